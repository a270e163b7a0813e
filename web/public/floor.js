// Says in one sentence that a browser is too old for the page. In words that every browser
// understands, and apart from the page, because a browser that is too old may not even read that.
// docs/web.md has the list of browsers.
(function () {
  function isTooOld() {
    return !(
      "noModule" in document.createElement("script") &&
      "at" in Array.prototype &&
      "hasOwn" in Object &&
      "structuredClone" in window &&
      "HTMLDialogElement" in window &&
      "reportError" in window
    );
  }

  function say() {
    document.getElementById("too-old").hidden = false;
  }

  if (isTooOld()) say();
})();
