"""Who wants to pay what, and how they behave: nothing but a function of the seed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final
from uuid import UUID

from domain import ids
from runtime.local.rail.modes import Mode

TYPISTS: Final = 0.2
"""The share of customers who converse; the others' programs call the tools themselves."""


class Way(StrEnum):
    """What a customer does."""

    PAY = "pay"
    TWICE = "everything sent twice at once"
    WRONG = "a wrong code first"
    GUESS = "wrong codes only"
    DECLINE = "no"
    CANCEL = "cancelled when the code is asked for"
    RACE = "cancelled while the code is handed in"
    CORRECT = "another amount when the code is asked for"
    OTHER = "the same id with another amount"
    LEAVE = "never answered"


class Kind(StrEnum):
    """What a payment needs, by its amount; see POLICY."""

    FREE = "nobody"
    YES = "a yes"
    CODE = "a yes and a code"
    DESK = "an approval as well"
    COOL = "held for a while, to a new payee"
    MANDATE = "a standing mandate's"
    OWN = "to savings, a yes"
    OUTSIDE = "to another bank, over the rail"


_WAYS: Final = {
    Way.PAY: 56,
    Way.TWICE: 8,
    Way.WRONG: 6,
    Way.GUESS: 2,
    Way.DECLINE: 3,
    Way.CANCEL: 5,
    Way.RACE: 8,
    Way.CORRECT: 6,
    Way.OTHER: 4,
    Way.LEAVE: 2,
}
_KINDS: Final = {
    Kind.FREE: 6,
    Kind.YES: 6,
    Kind.CODE: 50,
    Kind.DESK: 8,
    Kind.COOL: 4,
    Kind.MANDATE: 8,
    Kind.OWN: 8,
    Kind.OUTSIDE: 12,
}
_FROM_MINOR: Final = {
    Kind.FREE: 100_00,
    Kind.OWN: 50_00,
    Kind.YES: 200_00,
    Kind.CODE: 300_00,
    Kind.OUTSIDE: 700_00,
    Kind.MANDATE: 1_000_00,
    Kind.DESK: 2_000_00,
    Kind.COOL: 3_000_00,
}
RAIL_MODES: Final = (Mode.SETTLE, Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER, Mode.LATE, Mode.TWICE, Mode.REFUSE)
_STEP_MINOR: Final = 3
"""Between one wish of a customer's and the next; the cents between are for corrections."""
COOLING_OFF_S: Final = 2.0
MANDATE_BUDGET: Final = "900000.00"
MANDATED: Final = "Mill"


def policy(cooling_off_s: float = COOLING_OFF_S) -> dict[str, object]:
    """The tenant's policy file (docs/adr/0015): every kind within reach of small sums."""
    both = ["confirm", "step_up"]
    rows = [
        {"name": "free", "above": "0", "up_to": "200.00", "effects": ["allow"], "reason": "small"},
        {"name": "yes", "above": "200.00", "up_to": "300.00", "effects": ["confirm"], "reason": "a yes"},
        {"name": "code", "above": "300.00", "up_to": "2000.00", "effects": both, "reason": "everyday"},
        {"name": "desk", "above": "2000.00", "up_to": "3000.00", "effects": [*both, "supervisor"], "reason": "large"},
        {"name": "cool", "above": "3000.00", "up_to": None, "effects": both, "reason": "larger"},
    ]
    rule = {"name": "new", "above": "3000.00", "payee": "new", "effects": [{"cooling_off": cooling_off_s}]}
    return {
        "version": "chaos",
        "mandate_limit": MANDATE_BUDGET,
        "rows": [{key: value for key, value in row.items() if value is not None} for row in rows],
        "rules": [rule | {"reason": "first payment to a new payee"}],
    }


@dataclass(frozen=True, slots=True)
class Wish:
    """One payment; amounts in minor units. `payment_id` is the client's; of one that is typed, the bank's."""

    number: int
    customer: int
    payment_id: str
    kind: Kind
    way: Way
    amount_minor: int
    payee: str

    @property
    def amount(self) -> str:
        """Decimal text."""
        return decimal(self.amount_minor)

    @property
    def corrected_minor(self) -> int:
        """What a correction makes of it; no other wish of this customer's has either amount."""
        return self.amount_minor + 1


def decimal(minor: int) -> str:
    """Dollars and cents."""
    return f"{minor // 100}.{minor % 100:02}"


def wishes(seed: int, count: int, customers: int) -> list[Wish]:
    """In the order in which each customer has them; amounts of one customer all differ."""
    dice = Random(seed ^ 0x5EED)  # noqa: S311 - it shall be repeatable
    return [_wish(dice, number, number % customers, customers) for number in range(count)]


def rail_payee(mode: Mode) -> str:
    """The payee at another bank to whom payments go this way."""
    return f"Rail {mode.value}"


def typists(customers: int) -> int:
    """How many of the customers converse: the first ones."""
    return max(1, round(customers * TYPISTS))


def _wish(dice: Random, number: int, customer: int, customers: int) -> Wish:
    typed = customer < typists(customers)
    kind = Kind.CODE if typed else dice.choices(list(_KINDS), list(_KINDS.values()))[0]
    way = Way.PAY if typed else dice.choices(list(_WAYS), list(_WAYS.values()))[0]
    amount = _FROM_MINOR[kind] + 1 + _STEP_MINOR * (number // customers)
    mode = dice.choice(RAIL_MODES)
    payee = {
        Kind.OUTSIDE: rail_payee(mode),
        Kind.COOL: f"Stranger {number}",
        Kind.MANDATE: MANDATED,
        Kind.OWN: "savings",
    }.get(kind, "Shop")
    payment_id = ids.uuid7(dice.getrandbits(40), UUID(int=dice.getrandbits(128)))
    return Wish(number, customer, payment_id, kind, way, amount, payee)
