// How operators' maps look: light or dark or in the system's colours, and whether they move softly.
import { MediaQuery } from "svelte/reactivity";
import { wantedTheme } from "../../hall/painting/system-theme.ts";
import { PALETTES } from "./paint.ts";

export class MapLooks {
  readonly #dark = new MediaQuery("(prefers-color-scheme: dark)");
  readonly #forced = new MediaQuery("(forced-colors: active)");
  readonly #still = new MediaQuery("(prefers-reduced-motion: reduce)");
  readonly theme = $derived(wantedTheme(this.#dark.current, this.#forced.current));
  readonly palette = $derived(PALETTES[this.#dark.current ? "dark" : "light"]);

  get isStill(): boolean {
    return this.#still.current;
  }
}
