// From a problem's kind to what the fan can do next. Pure.

/** Where a fan goes from a problem; `retry` repeats the call, `reload` loads the
 * page again, `edit` is up to the form. */
export type Next =
  "retry" | "reload" | "edit" | "signIn" | "queue" | "dates" | "concerts" | "orders" | "topUp";

const NEXT: Record<string, Next> = {
  "balance-limit-exceeded": "edit",
  "body-too-large": "edit",
  "cancellation-closed": "orders",
  "order-disputed": "orders",
  "cancellation-fee-changed": "reload",
  "checkout-in-progress": "retry",
  "checkout-not-found": "orders",
  "companion-seat-alone": "edit",
  "concert-not-found": "concerts",
  "consent-required": "edit",
  "email-taken": "edit",
  "entry-proof-invalid": "queue",
  "entry-token-expired": "queue",
  "entry-token-invalid": "queue",
  "entry-token-mismatch": "queue",
  "entry-token-missing": "queue",
  forbidden: "signIn",
  "fresh-sign-in-required": "signIn",
  "guest-key-invalid": "signIn",
  "guests-closed": "signIn",
  "head-too-large": "retry",
  "identity-provider-unavailable": "retry",
  "idempotency-conflict": "orders",
  "idempotency-key-required": "retry",
  "insufficient-balance": "topUp",
  "internal-error": "retry",
  "invalid-request": "edit",
  "malformed-body": "retry",
  "malformed-request": "retry",
  "method-not-allowed": "retry",
  "not-found": "concerts",
  "order-already-paid": "orders",
  "order-expired": "dates",
  "order-not-found": "orders",
  "order-not-held": "orders",
  "order-not-paid": "orders",
  overloaded: "retry",
  "payment-declined": "edit",
  "payment-method-closed": "edit",
  "payment-provider-unavailable": "retry",
  "performance-not-found": "dates",
  "presale-code-invalid": "edit",
  "presale-code-required": "edit",
  "price-type-unavailable": "reload",
  "proof-of-work-invalid": "retry",
  "proof-of-work-required": "retry",
  "queue-closed": "concerts",
  "queue-not-open": "retry",
  "queue-token-expired": "queue",
  "queue-token-invalid": "queue",
  "rate-limited": "retry",
  "request-timeout": "retry",
  "sale-closed": "dates",
  "area-full": "edit",
  "seat-limit-exceeded": "edit",
  "allotment-exceeded": "edit",
  "seat-not-found": "edit",
  "seat-taken": "edit",
  "seats-not-in-order": "reload",
  "seats-unavailable": "edit",
  "second-factor-required": "signIn",
  "sign-in-failed": "signIn",
  "sign-up-closed": "signIn",
  "top-up-closed": "edit",
  "webhook-invalid": "retry",
  "store-unavailable": "retry",
  "target-too-long": "retry",
  unauthenticated: "signIn",
  "wrong-code": "edit",
  "wrong-credentials": "edit",
  unreachable: "retry",
  unreadable: "retry",
  "page-failed": "reload",
  unknown: "retry",
};

/** What to do about a kind; one that this page does not know can be retried. */
export function nextAfter(slug: string): Next {
  return NEXT[slug] ?? "retry";
}

/** Whether this page knows a kind. */
export function isKnown(slug: string): boolean {
  return slug in NEXT;
}
