// Every word of the page in English.
import type { Words } from "./ko.ts";
import * as seatMap from "./seat-map.ts";
import * as shell from "./shell.ts";

export const en: Words = {
  shell: shell.en,
  seatMap: seatMap.en,
};
