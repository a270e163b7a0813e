"""The findings about top-ups, card payment and logins elsewhere; see words.py."""

from yemae.doctor.words_of_stores import Wording

MONEY = {
    "webhooks.none": Wording("ok", "There are no webhooks."),
    "webhooks.right": Wording("ok", "Webhooks get through to all of {endpoints} endpoints."),
    "webhooks.failing": Wording(
        "warning", "{failing} endpoints of webhooks do not answer at the moment.",
        "`yemae webhooks log` shows why; what waits is sent for three days.",
    ),
    "webhooks.off": Wording(
        "warning", "These endpoints of webhooks were switched off, because they failed for too "
        "long: {ids}.",
        "Mend the receiver, then `yemae webhooks set ID --enable`; `yemae webhooks replay` sends "
        "what it missed.",
    ),
    "webhooks.unknown": Wording("not_checked", "The endpoints of webhooks are not known."),
    "sign_ins.none": Wording("not_checked", "Fans sign in here only."),
    "sign_ins.answer": Wording("ok", "These logins elsewhere answer: {providers}."),
    "sign_ins.bad": Wording(
        "failure", "{sentence}", "Correct it; docs/accounts.md has the fields of each provider."
    ),
    "sign_ins.silent": Wording(
        "warning", "These issuers do not answer, or with metadata that cannot be used: {issuers}.",
        "Open their /.well-known/openid-configuration from this machine; no fan signs in there.",
    ),
    "phone_tickets.none": Wording(
        "not_checked", "No tickets are made for the wallet apps of phones."
    ),
    "phone_tickets.made": Wording("ok", "Tickets are made for {apps}."),
    "phone_tickets.bad": Wording(
        "failure", "{sentence}", "Correct it; docs/tickets.md says what has to be in it."
    ),
    "phone_tickets.expires": Wording(
        "warning", "The certificate for Apple Wallet expires on {day}.",
        "Renew it in Apple's developer account, and restart the server.",
    ),
    "phone_tickets.expired": Wording(
        "failure", "The certificate for Apple Wallet expired on {day}: no ticket is made for it.",
        "Renew it in Apple's developer account, and restart the server.",
    ),
    "top_ups.free": Wording(
        "not_checked", "Every top-up is credited without payment: this server is for development."
    ),
    "top_ups.free_in_production": Wording(
        "warning", "Every top-up is credited without payment: tickets cost nothing here.",
        "Unless that is meant, remove YEMAE_TOP_UPS=free.",
    ),
    "top_ups.card": Wording("ok", "Fans top up by card."),
    "top_ups.off": Wording("ok", "No top-up is taken."),
    "payments.live": Wording(
        "ok", "{provider} takes our keys; its webhooks are for {url}/v1/hooks/{provider}."
    ),
    "payments.no_url": Wording(
        "warning", "{provider} takes our keys, and the address of this server is not known.",
        "Set YEMAE_PUBLIC_URL or YEMAE_DOMAIN, and give {provider} /v1/hooks/{provider} there.",
    ),
    "payments.test_mode": Wording(
        "not_checked",
        "{provider} takes our keys. Payments of its test mode count on this server, and move no "
        "money.",
    ),
    "payments.test_bank": Wording(
        "not_checked", "Cards are paid at the test bank of this server: no money moves."
    ),
    "payments.none": Wording(
        "warning", "No card payment is taken: fans pay from their balance, or at the box office.",
        "Unless that is meant, set YEMAE_PAYMENT_PROVIDER; docs/payments.md says how.",
    ),
    "payments.none_in_development": Wording("not_checked", "No card payment is taken."),
    "payments.bad": Wording(
        "failure", "{sentence}", "Correct it; docs/payments.md has the keys of each provider."
    ),
    "payments.elsewhere": Wording(
        "warning", "Card payments go to {url} instead of {provider}.",
        "Remove the address from YEMAE_PAYMENT_KEYS, unless this is a rehearsal.",
    ),
    "payments.refused": Wording(
        "failure", "{provider} does not take our keys, or does not answer: {reason}.",
        "Look at the keys in its dashboard, and whether it reports an outage.",
    ),
}  # fmt: skip
