"""Who must countersign a payment. `DEFAULT` is the table to read; `decide` applies it, `check` refuses a bad one.

Every payment falls into exactly one row; rules come on top of it and only ever add. Amounts in hundredths of the
payment's currency. A row or rule gives effects and the reason that supervisor and compliance are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from domain.elicitation import ElicitationType
from domain.money import MINOR_DIGITS, Money
from domain.payments import PaymentKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PLATFORMS: Final = ("web", "mobile", "phone")
FACTORS: Final = frozenset({ElicitationType.OTP})
"""What a step-up may ask for."""
MOST_APPROVALS: Final = 5


class Payees(StrEnum):
    """Which payees a row is about. One is new who was registered a short while ago and never paid."""

    ANY = "any"
    KNOWN = "known"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Allow:
    """Nobody needs to countersign."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """The customer's yes to the read-back."""


@dataclass(frozen=True, slots=True)
class StepUp:
    """A factor of the customer's."""

    factor: ElicitationType = ElicitationType.OTP


@dataclass(frozen=True, slots=True)
class Supervisor:
    """`approvals` by as many different supervisors of `group` or a group above it."""

    approvals: int = 1
    group: str = "supervisors"


@dataclass(frozen=True, slots=True)
class CoolingOff:
    """Held for `seconds` before it is posted; None: as long as the settings say."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Deny:
    """Not to be paid at all; `code` is the error's."""

    code: str = "amount_too_large"


Effect = Allow | Confirm | StepUp | Supervisor | CoolingOff | Deny


@dataclass(frozen=True, slots=True)
class Row:
    """Payments of more than `above` up to `up_to` (None: without end)."""

    name: str
    above: int
    up_to: int | None
    effects: tuple[Effect, ...]
    reason: str
    payee: Payees = Payees.ANY
    platforms: tuple[str, ...] = PLATFORMS


@dataclass(frozen=True, slots=True)
class Rule:
    """Adds its effects where everything that it names is so. `hours`: from, to in UTC; may pass midnight.

    `recent_above`: this payment and the last 24 hours' completed and waiting ones come to more than that.
    """

    name: str
    effects: tuple[Effect, ...]
    reason: str
    above: int = 0
    payee: Payees = Payees.ANY
    platforms: tuple[str, ...] = PLATFORMS
    recent_above: int | None = None
    hours: tuple[int, int] | None = None
    risk: str = ""


OWN: Final = Row("own accounts", 0, None, (Confirm(),), "to another account of the customer's: read-back (RTS art. 15)")

REVERSAL: Final = Row("reversals", 0, None, (Supervisor(1),), "a supervisor asked for it to go back: another approves")


@dataclass(frozen=True, slots=True)
class Table:
    """A policy. `groups` from the lowest to the highest: what is not decided in time goes one up.

    `mandate_limit`: the most that a standing mandate may allow in a month, in hundredths; 0: there are none.
    `own`: the row of what is moved between a customer's own accounts, `reversal`: of what goes back. No rule adds to
    these.
    """

    version: str
    rows: tuple[Row, ...]
    rules: tuple[Rule, ...] = ()
    groups: tuple[str, ...] = ("supervisors", "senior_supervisors")
    cooling_off_s: float = 86_400
    new_payee_s: float = 86_400
    mandate_limit: int = 5_000_00
    own: Row = OWN
    reversal: Row = REVERSAL


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a payment when it is screened. `recent_minor`: hundredths, without this payment."""

    amount: Money
    platform: str = "web"
    new_payee: bool = False
    recent_minor: int = 0
    hour: int = 12
    risks: frozenset[str] = frozenset()
    kind: PaymentKind = PaymentKind.PAYEE


@dataclass(frozen=True, slots=True)
class Decision:
    """What a payment needs, in the order in which it is asked for. `denied`: an error code, or empty."""

    countersigns: tuple[ElicitationType, ...]
    approvals: int
    group: str
    cooling_off_s: float
    denied: str
    reason: str
    version: str


@dataclass(frozen=True, slots=True)
class Policies:
    """Each tenant's own table, and the one for all others."""

    default: Table
    by_tenant: Mapping[str, Table]

    def of(self, tenant_id: str) -> Table:
        """The tenant's table."""
        return self.by_tenant.get(tenant_id, self.default)


_CUSTOMER: Final = (Confirm(), StepUp())
DEFAULT: Final = Table(
    version="2026-11-3",
    rows=(
        Row("everyday", 0, 5_000_00, _CUSTOMER, "read-back and one-time code (PSD2 RTS art. 4 and 5)"),
        Row("large", 5_000_00, 10_000_00, (*_CUSTOMER, Supervisor(1)), "above 5,000.00: one approval"),
        Row("very large", 10_000_00, 25_000_00, (*_CUSTOMER, Supervisor(2)), "above 10,000.00: two approvals"),
        Row("too large", 25_000_00, None, (Deny(),), "above 25,000.00: not by voice"),
    ),
    rules=(
        Rule("first to a new payee", (CoolingOff(),), "first payment to a new payee above 1,000.00: held for a while",
             above=1_000_00, payee=Payees.NEW),
        Rule("much in a day", (Supervisor(1),), "more than 20,000.00 within 24 hours: one approval",
             recent_above=20_000_00),
        Rule("codes were guessed", (Supervisor(1),), "a payment failed by wrong codes within 24 hours: one approval",
             above=1_000_00, risk="codes_guessed"),
    ),
)  # fmt: skip
USUAL: Final = Policies(DEFAULT, {})


def hundredths(amount: Money) -> int:
    """An amount as the tables count it; a third decimal counts as the next hundredth."""
    digits = MINOR_DIGITS[amount.currency]
    return amount.minor * 10 ** (2 - digits) if digits <= 2 else -(-amount.minor // 10 ** (digits - 2))


def decide(table: Table, facts: Facts) -> Decision:
    """What this payment needs. The table has been checked: exactly one row fits."""
    cents = hundredths(facts.amount)
    alone = {PaymentKind.OWN: table.own, PaymentKind.REVERSAL: table.reversal}.get(facts.kind)
    row = alone or next(row for row in table.rows if _in_row(row, cents, facts))
    denied = any(isinstance(effect, Deny) for effect in row.effects)
    rules = [] if denied or alone else [rule for rule in table.rules if _applies(rule, cents, facts)]
    effects = [*row.effects, *(effect for rule in rules for effect in rule.effects)]
    asked = [effect for effect in effects if isinstance(effect, Supervisor)]
    held = [effect for effect in effects if isinstance(effect, CoolingOff)]
    return Decision(
        countersigns=tuple(dict.fromkeys(_countersigns(effects))),
        approvals=max((effect.approvals for effect in asked), default=0),
        group=max((effect.group for effect in asked), key=table.groups.index, default=""),
        cooling_off_s=max((table.cooling_off_s if e.seconds is None else e.seconds for e in held), default=0),
        denied=next((effect.code for effect in effects if isinstance(effect, Deny)), ""),
        reason="; ".join([row.reason, *(rule.reason for rule in rules)]),
        version=table.version,
    )


def groups_from(table: Table, group: str) -> tuple[str, ...]:
    """This group and those above it, the lowest first; the group alone where the table has forgotten it."""
    return table.groups[table.groups.index(group) :] if group in table.groups else (group,)


def _countersigns(effects: Sequence[Effect]) -> Iterable[ElicitationType]:
    """The yes comes before any factor."""
    if any(isinstance(effect, Confirm) for effect in effects):
        yield ElicitationType.CONFIRMATION
    yield from (effect.factor for effect in effects if isinstance(effect, StepUp))


def _in_row(row: Row, cents: int, facts: Facts) -> bool:
    within = cents > row.above and (row.up_to is None or cents <= row.up_to)
    return within and facts.platform in row.platforms and _is_of(row.payee, new=facts.new_payee)


def _applies(rule: Rule, cents: int, facts: Facts) -> bool:
    return (
        cents > rule.above
        and facts.platform in rule.platforms
        and _is_of(rule.payee, new=facts.new_payee)
        and (rule.recent_above is None or facts.recent_minor + cents > rule.recent_above)
        and (rule.hours is None or _within(rule.hours, facts.hour))
        and (not rule.risk or rule.risk in facts.risks)
    )


def _is_of(payees: Payees, *, new: bool) -> bool:
    return payees is Payees.ANY or (payees is Payees.NEW) is new


def _within(hours: tuple[int, int], hour: int) -> bool:
    begin, end = hours
    return begin <= hour < end if begin <= end else hour >= begin or hour < end
