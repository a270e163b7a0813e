// A cancellation policy as rows of a table: which days, and what is kept of each ticket. Pure.
import type { Schemas } from "../../api/client.ts";

export type Policy = Schemas["CancellationPolicy"];

export type Fee =
  | { readonly kind: "none" }
  | { readonly kind: "amount"; readonly amount: number; readonly most: number }
  | { readonly kind: "share"; readonly percent: number };

/** From `first` days before the performance (null: from the purchase on) to `last`. */
export interface Row {
  readonly first: number | null;
  readonly last: number;
  readonly fee: Fee;
}

/** The steps of a policy, the earliest first. */
export function rowsOf(policy: Policy): Row[] {
  let first: number | null = null;
  return policy.steps.map((step) => {
    const row = { first, last: step.until_days_before, fee: feeOf(step) };
    first = step.until_days_before - 1;
    return row;
  });
}

function feeOf(step: Schemas["FeeStep"]): Fee {
  if (step.fee_per_ticket)
    return { kind: "amount", amount: step.fee_per_ticket, most: step.fee_max_percent ?? 100 };
  return step.fee_percent ? { kind: "share", percent: step.fee_percent } : { kind: "none" };
}
