// Every word of the page in Korean. The type of this dictionary is the type of the other one.
import * as seatMap from "./seat-map.ts";
import * as shell from "./shell.ts";

export const ko = {
  shell: shell.ko,
  seatMap: seatMap.ko,
};

export type Words = typeof ko;
