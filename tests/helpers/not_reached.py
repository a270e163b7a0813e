"""Operations that no request of the fuzz succeeds with, and why."""

PASSKEYS = ("me/passkeys", "passkey-sign-ins")
# A server takes top-ups of one kind, only a provider signs webhooks or a fan in, only a mail has a
# link, no card declined a refund or is in doubt, fans have tickets to come and neither a password,
# an address nor a device, the server has no name and makes no tickets for phones, and tokens are
# not of a sign-in.
NOT_REACHED = {
    *(f"POST /v1/{each}" for each in ("wallet/checkouts", "hooks/{provider}")),
    *(f"POST /v1/{each}" for each in ("password-resets/new-password", "email-confirmations")),
    *(f"POST /v1{me}/sign-ins{end}" for me in ("", "/me") for end in ("", "/completion")),
    *(f"POST /v1/me/{each}" for each in ("deletion", "email", "password")),
    "DELETE /v1/me/sign-ins/{provider}",
    *(f"POST /v1/{each}{end}" for each in PASSKEYS for end in ("", "/completion")),
    *(f"{method} /v1/me/passkeys/{{passkey_id}}" for method in ("PATCH", "DELETE")),
    *(f"POST /v1/me/second-factor{end}" for end in ("", "/confirmation")),
    *("DELETE /v1/me/second-factor", "POST /v1/sessions/renewal", "POST /v1/opening-reminders"),
    *(f"POST /v1/admin/refunds/{{refund_id}}/{each}" for each in ("retry", "payout")),
    "POST /v1/admin/checkouts/{checkout_id}/look-up",
    *(f"GET /v1/{each}/phone-tickets" for each in ("orders/{order_id}", "linked-order")),
    "GET /v1/phone-tickets/{link}",
}
