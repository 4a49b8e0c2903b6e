"""Lines of accounts: one statement for every filter and order, a page at a time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final, LiteralString

from domain.inquiries import Days, Direction, Order, Place, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

OWN: Final[LiteralString] = "(SELECT account_id FROM accounts WHERE user_id = %s AND account_id = ANY(%s))"
# ties end with the primary key, so that no two lines are in one place
_ORDERS: Final[dict[Order, LiteralString]] = {
    Order.NEWEST: "created_at DESC, transfer_id DESC, account_id DESC",
    Order.OLDEST: "created_at, transfer_id, account_id",
    Order.LARGEST: "abs(amount_minor) DESC, created_at DESC, transfer_id DESC, account_id DESC",
    Order.SMALLEST: "abs(amount_minor), created_at, transfer_id, account_id",
}
_BEHIND: Final[dict[Order, LiteralString]] = {
    Order.NEWEST: "(created_at, transfer_id, account_id) < (%s::timestamptz, %s, %s)",
    Order.OLDEST: "(created_at, transfer_id, account_id) > (%s::timestamptz, %s, %s)",
    Order.LARGEST: "(abs(amount_minor), created_at, transfer_id, account_id) < (%s, %s::timestamptz, %s, %s)",
    Order.SMALLEST: "(abs(amount_minor), created_at, transfer_id, account_id) > (%s, %s::timestamptz, %s, %s)",
}
_BY_SIZE: Final = frozenset({Order.LARGEST, Order.SMALLEST})
_DIRECTIONS: Final[dict[Direction, LiteralString]] = {
    Direction.IN: "amount_minor > 0",
    Direction.OUT: "amount_minor < 0",
}

Bound = tuple["LiteralString", "Sequence[object]"]


def lines(
    user_id: str, wanted: Wanted, most: int, after: Place | None, zone: tzinfo
) -> tuple[LiteralString, list[Any]]:
    """Each account is read in the order of its index, and no further than `most` lines."""
    bounds: list[Bound] = [
        ("account_id = own.account_id", ()),
        ("abs(amount_minor) BETWEEN %s AND %s", (wanted.sizes.least_minor, wanted.sizes.most_minor)),
        *within(wanted.days, zone),
        *named(wanted.names),
    ]
    if wanted.direction:
        bounds.append((_DIRECTIONS[wanted.direction], ()))
    if after is not None:
        size = (after.size_minor,) if wanted.order in _BY_SIZE else ()
        bounds.append((_BEHIND[wanted.order], (*size, after.at, after.transfer_id, after.account_id)))
    parts: list[LiteralString] = [
        "SELECT found.* FROM",
        OWN,
        "own, LATERAL (SELECT * FROM entries WHERE",
        " AND ".join(text for text, _ in bounds),
        "ORDER BY",
        _ORDERS[wanted.order],
        "LIMIT %s) found ORDER BY",
        _ORDERS[wanted.order],
        "LIMIT %s",
    ]
    values = [value for _, given in bounds for value in given]
    return " ".join(parts), [user_id, list(wanted.account_ids), *values, most, most]


def within(days: Days, zone: tzinfo) -> list[Bound]:
    """From the first moment of the first day to the last of the last."""
    bounds: list[Bound] = []
    if days.first:
        bounds.append(("created_at >= %s", (datetime.combine(days.first, time(), zone),)))
    if days.last and days.last < date.max:
        bounds.append(("created_at < %s", (datetime.combine(days.last + timedelta(days=1), time(), zone),)))
    return bounds


def named(names: tuple[str, ...] | None) -> list[Bound]:
    """One of these counterparties."""
    return [] if names is None else [("counterparty = ANY(%s)", (list(names),))]
