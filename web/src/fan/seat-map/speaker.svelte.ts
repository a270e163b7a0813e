// What the map announces: to screen readers, or as a visible warning.

/** Long enough to read twice. */
const WARNING_MS = 7000;

export class Speaker {
  said = $state("");
  warning = $state("");
  #ends: ReturnType<typeof setTimeout> | undefined;

  /** For screen readers only: the same words twice are read twice. */
  say = (text: string): void => {
    this.warning = "";
    this.said = this.said === text ? `${text}\u00a0` : text;
  };

  /** A visible warning, for a while. */
  warn = (text: string): void => {
    this.warning = "";
    queueMicrotask(() => (this.warning = text));
    this.stop();
    this.#ends = setTimeout(this.dismiss, WARNING_MS);
  };

  dismiss = (): void => {
    this.warning = "";
  };

  /** Stop; nothing is announced afterwards. */
  stop = (): void => {
    clearTimeout(this.#ends);
  };
}
