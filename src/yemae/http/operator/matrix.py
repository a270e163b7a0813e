"""Which role may make which call for operators: the one place that says it.

Every operation of http/operator/ has its row, by its name, and is served only behind the gate that
reads it (gate.py). An admin may make every call, so no row names that role.
"""

from collections.abc import Set as AbstractSet
from typing import NamedTuple

from yemae.accounts.roles import Role


class Rule(NamedTuple):
    """The roles that may make a call, the least first. Of a call whose path names no concert, date,
    order or refund, `narrows` says that its handler keeps to the concerts of the caller's role;
    without that only a role for the whole server may make it. `is_grave`: of a session that was
    signed in, it has to be one of the last ten minutes."""

    roles: tuple[Role, ...]
    narrows: bool = False
    is_grave: bool = False


ALL: tuple[Role, ...] = ("viewer", "door", "support", "box_office", "operator", "finance")
SEES: tuple[Role, ...] = ("viewer", "support", "box_office", "operator", "finance")
# What has a fan's data in it, masked or not.
SEES_FANS: tuple[Role, ...] = ("door", "support", "box_office", "operator", "finance")
HELPS_FANS: tuple[Role, ...] = ("support", "box_office", "operator", "finance")
RUNS_THE_SALE: tuple[Role, ...] = ("operator",)
KEEPS_THE_BOOKS: tuple[Role, ...] = ("operator", "finance")
ADMIN: tuple[Role, ...] = ()

MATRIX: dict[str, Rule] = {
    "show_own_roles": Rule(ALL, narrows=True),
    "list_concerts_to_operator": Rule(ALL, narrows=True),
    "show_concert_file": Rule(SEES),
    "copy_concert_file": Rule(RUNS_THE_SALE),
    "compare_concert_file": Rule(RUNS_THE_SALE, narrows=True),
    "apply_concert_file": Rule(RUNS_THE_SALE, narrows=True),
    "draw_concert_file": Rule(RUNS_THE_SALE, narrows=True),
    # Before the sale.
    "show_doctor": Rule(SEES, narrows=True),
    "show_readiness": Rule(SEES),
    "sign_off": Rule(("box_office", "operator", "finance")),
    "take_sign_off_back": Rule(("box_office", "operator", "finance")),
    # The queue.
    "show_queue_to_operator": Rule(SEES),
    "change_queue": Rule(RUNS_THE_SALE),
    "pause_queue": Rule(RUNS_THE_SALE),
    "resume_queue": Rule(RUNS_THE_SALE),
    "drain_queue": Rule(RUNS_THE_SALE),
    "open_sale_now": Rule(RUNS_THE_SALE),
    "admit_now": Rule(RUNS_THE_SALE),
    "revoke_pass": Rule(("support", "operator")),
    "reopen_place": Rule(("support", "operator")),
    "list_queue_actions": Rule(SEES),
    "follow_sale": Rule(SEES),
    "show_history": Rule(SEES),
    "show_refusals": Rule(SEES),
    "show_latencies": Rule(SEES),
    # Seats.
    "show_seats_to_operator": Rule(SEES),
    "list_seat_blocks": Rule(SEES),
    "block_seats": Rule(("box_office", "operator")),
    "release_seats": Rule(("box_office", "operator"), is_grave=True),
    # Orders, and the fans behind them.
    "find_orders": Rule(SEES_FANS, narrows=True),
    "find_fans": Rule(SEES_FANS, narrows=True),
    "show_fan": Rule(SEES_FANS, narrows=True),
    "reveal_person": Rule(HELPS_FANS, narrows=True),
    "show_any_order": Rule(SEES_FANS),
    "reveal_fan": Rule(HELPS_FANS),
    "quote_any_cancellation": Rule(HELPS_FANS),
    "cancel_any_order": Rule(HELPS_FANS, is_grave=True),
    "send_mail": Rule(("support", "box_office", "operator")),
    "extend_hold": Rule(("support", "box_office", "operator")),
    "free_hold": Rule(("support", "box_office", "operator")),
    "move_order": Rule(("support", "box_office", "operator")),
    "sell_at_box_office": Rule(("box_office",), narrows=True),
    "print_tickets": Rule(("box_office",)),
    # Money.
    "show_sales": Rule(SEES),
    "show_sales_by_minute": Rule(SEES),
    # Sums by method; no order and no fan is in them.
    "show_money": Rule(SEES),
    "take_sales_workbook": Rule(SEES),
    # Orders are in it.
    "take_payments": Rule(("finance",), is_grave=True),
    "show_reconcile": Rule(SEES, narrows=True),
    "ask_for_reconcile": Rule(("finance",)),
    "refund_order": Rule(("finance",), is_grave=True),
    "show_closing_report": Rule(KEEPS_THE_BOOKS),
    "take_closing_report": Rule(KEEPS_THE_BOOKS, is_grave=True),
    "list_open_refunds": Rule(HELPS_FANS, narrows=True),
    "retry_refund": Rule(("finance",), is_grave=True),
    "show_trouble": Rule(("support", "operator", "finance"), narrows=True),
    "look_up_payment": Rule(KEEPS_THE_BOOKS),
    "retry_mail": Rule(("support", "operator")),
    "pay_out_refund": Rule(("box_office", "finance"), is_grave=True),
    "list_disputes": Rule(("support", "operator", "finance"), narrows=True),
    # Dates that are not held, or held later.
    "cancel_date": Rule(ADMIN, is_grave=True),
    "cancel_concert": Rule(ADMIN, is_grave=True),
    "postpone_date": Rule(RUNS_THE_SALE),
    "show_refund_run": Rule(SEES),
    "pause_refund_run": Rule(KEEPS_THE_BOOKS),
    "resume_refund_run": Rule(KEEPS_THE_BOOKS),
    # Systems of the operator.
    "list_webhooks": Rule(KEEPS_THE_BOOKS),
    "show_webhook": Rule(KEEPS_THE_BOOKS),
    "list_webhook_deliveries": Rule(KEEPS_THE_BOOKS),
    "add_webhook": Rule(ADMIN),
    "change_webhook": Rule(ADMIN),
    "remove_webhook": Rule(ADMIN),
    "rotate_webhook_secret": Rule(ADMIN),
    "test_webhook": Rule(ADMIN),
    "replay_webhooks": Rule(ADMIN),
    # The log, and who may do what.
    "list_log": Rule(KEEPS_THE_BOOKS, narrows=True),
    "list_settings": Rule(KEEPS_THE_BOOKS),
    "list_roles": Rule(ADMIN),
    "give_role": Rule(ADMIN, is_grave=True),
    "take_role_back": Rule(ADMIN, is_grave=True),
}


def opened_by(roles: AbstractSet[Role]) -> list[str]:
    """The names of the calls that roles open, on at least one concert."""
    return [name for name, rule in MATRIX.items() if roles & {"admin", *rule.roles}]
