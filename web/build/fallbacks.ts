// What the page uses although a browser of the floor lacks it, and what happens there.

/** A name as compat.ts writes it → what the page does without it. */
export const FALLBACKS: Record<string, string> = {
  ".locks": "browser/leader.ts agrees by a lease in localStorage",
  ".subtle": "fan/proof-of-work/pbkdf2.ts derives the keys of a challenge in JavaScript",
  ".serviceWorker": "tickets open with a network, or from paper and mail",
  ".storage": "the browser may clear a guest's data; the page says so anyway",
  ".roundRect": "hall/painting/round-rect.ts draws corners",
  Notification: "nothing is offered; the title and the sound call the fan",
  "Notification.permission": "see Notification",
  "Notification.requestPermission": "see Notification",
  "1dvh": "vh stands before it",
  ".showNotification": "only a browser with Web Push is pushed to",
  ".subscribe": "the page notifies as long as it is open",
  ".getSubscription": "see .subscribe",
  ".unsubscribe": "see .subscribe",
  "PublicKeyCredential.isConditionalMediationAvailable":
    "passkeys are not among the suggestions of the field, and have their button",
  ".clientDataJSON": "only a browser with passkeys is asked for one",
  ".authenticatorData": "see .clientDataJSON",
  ".userHandle": "see .clientDataJSON",
  "1cqi": "a fixed width stands before it",
  "1lh": "em stands before it",
  "1cqb": "a fixed height stands before it",
  "overscroll-behavior": "the page behind moves when a list is at its end",
  "color-mix()": "a plain colour stands before it",
  ":has": "the input itself shows its state",
  "user-select": "the build adds the prefix",
  "container-type": "only cqi needs it",
  "scrollbar-width": "scroll bars are as wide as usual",
  "content-visibility": "all rows are drawn",
  "contain-intrinsic-size": "see content-visibility",
  "text-size-adjust": "the build adds the prefix",
  "forced-color-adjust": "the system's colours are kept",
  "backdrop-filter": "the colour behind is almost opaque",
  "text-wrap": "lines break as usual",
  ":-webkit-progress-bar": "Firefox has its own",
  ":-webkit-progress-value": "Firefox has its own",
  ":-moz-progress-bar": "the others have their own",
};

/** Names of what the server or a library gives us, which are also names of newer browser things. */
export const NAMES_OF_DATA = [
  "createPolicy",
  "fontFamily",
  "format",
  "in",
  "node",
  "phone",
  "role",
];
