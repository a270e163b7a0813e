// Every word of the page in Korean. The type of this dictionary is the type of the other one.
import * as booking from "./booking.ts";
import * as cancellation from "./cancellation.ts";
import * as concerts from "./concerts.ts";
import * as details from "./details.ts";
import * as problems from "./problems.ts";
import * as seatMap from "./seat-map.ts";
import * as session from "./session.ts";
import * as shell from "./shell.ts";
import * as waiting from "./waiting.ts";

export const ko = {
  shell: shell.ko,
  concerts: concerts.ko,
  session: session.ko,
  waiting: waiting.ko,
  seatMap: seatMap.ko,
  booking: booking.ko,
  cancellation: cancellation.ko,
  details: details.ko,
  problems: problems.ko,
};

export type Words = typeof ko;
