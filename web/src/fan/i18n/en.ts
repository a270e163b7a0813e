// Every word of the page in English.
import type { Words } from "./ko.ts";
import * as booking from "./booking.ts";
import * as cancellation from "./cancellation.ts";
import * as concerts from "./concerts.ts";
import * as details from "./details.ts";
import * as problems from "./problems.ts";
import * as seatMap from "./seat-map.ts";
import * as session from "./session.ts";
import * as shell from "./shell.ts";
import * as waiting from "./waiting.ts";

export const en: Words = {
  shell: shell.en,
  concerts: concerts.en,
  session: session.en,
  waiting: waiting.en,
  seatMap: seatMap.en,
  booking: booking.en,
  cancellation: cancellation.en,
  details: details.en,
  problems: problems.en,
};
