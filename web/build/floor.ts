// The oldest browsers that the page works in. docs/web.md names them; the build lowers syntax to
// them, and `compat.ts` checks what is built against them. All are of 2022.

/** Browser, as in MDN's compatibility data → its oldest version. */
export const FLOOR = {
  chrome: "99",
  chrome_android: "99",
  edge: "99",
  firefox: "102",
  firefox_android: "102",
  safari: "15.4",
  safari_ios: "15.4",
  samsunginternet_android: "18.0",
  webview_android: "99",
} as const;

/** The same as the build takes it. */
export const TARGET = ["chrome99", "edge99", "firefox102", "safari15.4", "ios15.4"];
