// What went wrong and what the fan can do: one text for each problem type of the API, and four of the
// page's own.

import * as identity from "./problems/identity.ts";
import * as money from "./problems/money.ts";
import * as page from "./problems/page.ts";
import * as queue from "./problems/queue.ts";
import * as request from "./problems/request.ts";
import * as sale from "./problems/sale.ts";

export const ko = {
  ...identity.ko,
  ...queue.ko,
  ...sale.ko,
  ...money.ko,
  ...request.ko,
  ...page.ko,
};

export const en: typeof ko = {
  ...identity.en,
  ...queue.en,
  ...sale.en,
  ...money.en,
  ...request.en,
  ...page.en,
};
