"""Refuses a policy that leaves a payment without a row, or with two. The error names the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, product
from typing import Final

from domain.errors import BankError, by_code
from domain.policy import (
    FACTORS,
    MOST_APPROVALS,
    PLATFORMS,
    Allow,
    Confirm,
    CoolingOff,
    Deny,
    Payees,
    Row,
    Rule,
    StepUp,
    Supervisor,
    Table,
)

RISKS: Final = frozenset({"codes_guessed"})
"""Signals that the bank can give."""


class PolicyError(ValueError):
    """What is wrong with a policy, each problem on a line."""


def check(table: Table) -> Table:
    """The table itself. Raises PolicyError with everything that is wrong."""
    found = list(dict.fromkeys([*_forms(table), *_reversal(table.reversal), *_tiling(table)]))
    if found:
        raise PolicyError("\n".join([f"policy {table.version!r}:", *found]))
    return table


def _tiling(table: Table) -> Iterator[str]:
    for platform, payee in product(PLATFORMS, (Payees.KNOWN, Payees.NEW)):
        rows = [row for row in table.rows if platform in row.platforms and row.payee in {Payees.ANY, payee}]
        where = f"({platform}, {payee} payee)"
        yield from _line(sorted(rows, key=lambda row: row.above), where)


def _line(rows: list[Row], where: str) -> Iterator[str]:
    """The rows of one platform and kind of payee, which must follow each other from zero without end."""
    if not rows:
        yield f"gap: no row at all {where}"
        return
    if rows[0].above > 0:
        yield f"gap: nothing below row {rows[0].name!r}, up to {_money(rows[0].above)} {where}"
    for low, high in pairwise(rows):
        if low.up_to is None or low.up_to > high.above:
            yield f"overlap: rows {low.name!r} and {high.name!r} both hold amounts above {_money(high.above)} {where}"
        elif low.up_to < high.above:
            between = f"{_money(low.up_to)} and {_money(high.above)}"
            yield f"gap: between rows {low.name!r} and {high.name!r}, amounts between {between} {where}"
    if all(row.up_to is not None for row in rows):
        yield f"gap: nothing above row {rows[-1].name!r}, from {_money(rows[-1].up_to or 0)} {where}"


def _forms(table: Table) -> Iterator[str]:
    if not table.version.strip():
        yield "a policy needs a version"
    if not table.groups or len(set(table.groups)) < len(table.groups):
        yield "groups must be named, each once"
    if table.cooling_off_s <= 0 or table.new_payee_s <= 0:
        yield "cooling_off_s and new_payee_s must be more than zero"
    if table.mandate_limit < 0:
        yield "mandate_limit must not be less than zero"
    names = [each.name for each in (*table.rows, table.own, table.reversal, *table.rules)]
    yield from (f"{name!r} is the name of two rows or rules" for name in sorted(_twice(names)))
    for row in (*table.rows, table.own, table.reversal):
        if row.above < 0 or (row.up_to is not None and row.up_to <= row.above):
            yield f"row {row.name!r} holds no amount"
        yield from _form(row, table.groups)
    for rule in table.rules:
        if rule.risk and rule.risk not in RISKS:
            yield f"rule {rule.name!r}: no such risk signal: {rule.risk!r}"
        if rule.hours and not all(0 <= hour <= 24 for hour in rule.hours):
            yield f"rule {rule.name!r}: hours are 0 to 24"
        yield from _form(rule, table.groups)


def _reversal(row: Row) -> Iterator[str]:
    if not any(isinstance(effect, Supervisor) for effect in row.effects):
        yield "a reversal needs a supervisor"
    if any(isinstance(effect, Confirm | StepUp) for effect in row.effects):
        yield "a reversal has no customer to countersign it"


def _form(each: Row | Rule, groups: tuple[str, ...]) -> Iterator[str]:
    name = f"{type(each).__name__.lower()} {each.name!r}"
    if not each.effects or not each.reason.strip():
        yield f"{name} needs an effect and a reason"
    if not each.platforms or set(each.platforms) - set(PLATFORMS):
        yield f"{name}: platforms are {', '.join(PLATFORMS)}"
    if len(each.effects) > 1 and any(isinstance(effect, Allow | Deny) for effect in each.effects):
        yield f"{name}: allow and deny stand alone"
    for effect in each.effects:
        if isinstance(effect, StepUp) and effect.factor not in FACTORS:
            yield f"{name}: no such factor: {effect.factor}"
        if isinstance(effect, Deny) and by_code(effect.code) is BankError:
            yield f"{name}: no such error: {effect.code!r}"
        if isinstance(effect, Supervisor) and not 1 <= effect.approvals <= MOST_APPROVALS:
            yield f"{name}: 1 to {MOST_APPROVALS} approvals"
        if isinstance(effect, Supervisor) and effect.group not in groups:
            yield f"{name}: no such group: {effect.group!r}"
        if isinstance(effect, CoolingOff) and effect.seconds is not None and effect.seconds <= 0:
            yield f"{name}: a cooling-off takes time"


def _twice(names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}


def _money(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02}"
