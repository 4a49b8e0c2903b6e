"""A policy out of the plain values of a JSON file. docs/adr/0015 shows one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from domain.elicitation import ElicitationType
from domain.policy import (
    DEFAULT,
    PLATFORMS,
    Allow,
    Confirm,
    CoolingOff,
    Deny,
    Effect,
    Payees,
    Row,
    Rule,
    StepUp,
    Supervisor,
    Table,
)
from domain.policy_check import PolicyError, check

Plain = Mapping[str, Any]
_TABLE: Final = frozenset(
    {"version", "rows", "rules", "groups", "cooling_off_s", "new_payee_s", "mandate_limit", "own", "reversal"}
)
_SHARED: Final = frozenset({"name", "above", "effects", "reason", "payee", "platforms"})
_ROW: Final = _SHARED | {"up_to"}
_RULE: Final = _SHARED | {"recent_above", "hours", "risk"}


def table_from(plain: object, cooling_off_s: float = DEFAULT.cooling_off_s) -> Table:
    """A checked policy; `cooling_off_s` where the file names none. Raises PolicyError."""
    given = _object(plain, _TABLE, "the policy")
    rows = [_object(each, _ROW, "a row") for each in _list(given, "rows")]
    rules = [_object(each, _RULE, "a rule") for each in _list(given, "rules")]
    groups = tuple(str(group) for group in given.get("groups", DEFAULT.groups))
    usual = replace(DEFAULT.reversal, effects=(Supervisor(1, next(iter(groups), "")),))
    return check(
        Table(
            version=str(given.get("version", "")),
            rows=tuple(Row(up_to=_cents(row, "up_to"), **_shared(row)) for row in rows),
            rules=tuple(_rule(rule) for rule in rules),
            groups=groups,
            cooling_off_s=_seconds(given.get("cooling_off_s", cooling_off_s)),
            new_payee_s=_seconds(given.get("new_payee_s", DEFAULT.new_payee_s)),
            mandate_limit=_mandate_limit(given),
            own=_alone(given, "own", DEFAULT.own),
            reversal=_alone(given, "reversal", usual),
        )
    )


def _alone(given: Plain, field: str, usual: Row) -> Row:
    """A row that no amount leads to: the file's effects and reason, or the usual ones."""
    if field not in given:
        return usual
    row = {"name": usual.name, **_object(given[field], frozenset({"effects", "reason"}), field)}
    return Row(up_to=None, **_shared(row))


def _mandate_limit(given: Plain) -> int:
    """The file's, or the usual one."""
    found = _cents(given, "mandate_limit")
    return DEFAULT.mandate_limit if found is None else found


def _rule(plain: Plain) -> Rule:
    return Rule(
        recent_above=_cents(plain, "recent_above"),
        hours=_hours(plain) if "hours" in plain else None,
        risk=str(plain.get("risk", "")),
        **_shared(plain),
    )


def _hours(plain: Plain) -> tuple[int, int]:
    match _list(plain, "hours"):
        case [int(begin), int(end)]:
            return begin, end
        case _:
            raise PolicyError(f"{plain.get('name')!r}: hours are two whole numbers")


def _shared(plain: Plain) -> dict[str, Any]:
    payee = plain.get("payee", "any")
    if payee not in set(Payees):
        raise PolicyError(f"{plain.get('name')!r}: payee is any, known or new")
    return {
        "name": str(plain.get("name", "")),
        "above": _cents(plain, "above") or 0,
        "effects": tuple(_effect(each, str(plain.get("name"))) for each in _list(plain, "effects")),
        "reason": str(plain.get("reason", "")),
        "payee": Payees(payee),
        "platforms": tuple(str(each) for each in plain.get("platforms", PLATFORMS)),
    }


_BARE: Final[dict[str, Callable[[], Effect]]] = {
    "allow": Allow,
    "confirm": Confirm,
    "step_up": StepUp,
    "supervisor": Supervisor,
    "cooling_off": CoolingOff,
    "deny": Deny,
}


def _effect(plain: object, name: str) -> Effect:
    """`"confirm"`, or an object of one effect with what it needs to know: `{"supervisor": {"approvals": 2}}`."""
    if isinstance(plain, str) and plain in _BARE:
        return _BARE[plain]()
    if isinstance(plain, dict) and len(cast("Plain", plain)) == 1:
        [(kind, about)] = cast("Plain", plain).items()
        if kind == "step_up" and about in set(ElicitationType):
            return StepUp(ElicitationType(about))
        if kind == "supervisor":
            asked = _object(about, frozenset({"approvals", "group"}), f"{name!r}: supervisor")
            return Supervisor(_whole(asked.get("approvals", 1), name), str(asked.get("group", Supervisor().group)))
        if kind == "cooling_off":
            return CoolingOff(_seconds(about))
        if kind == "deny" and isinstance(about, str):
            return Deny(about)
    raise PolicyError(f"{name!r}: no such effect: {plain!r}")


def _object(plain: object, allowed: frozenset[str], what: str) -> Plain:
    if not isinstance(plain, dict):
        raise PolicyError(f"{what} must be an object")
    given = cast("Plain", plain)
    if unknown := sorted(set(given) - allowed):
        raise PolicyError(f"{what}: unknown: {', '.join(unknown)}")
    return given


def _list(plain: Plain, field: str) -> list[object]:
    found = plain.get(field, [])
    if not isinstance(found, list):
        raise PolicyError(f"{field} must be a list")
    return cast("list[object]", found)


def _cents(plain: Plain, field: str) -> int | None:
    """Decimal text such as "5000.00"; None where it is left out. A float is no amount."""
    found = plain.get(field)
    if found is None:
        return None
    try:
        value = Decimal(found) * 100 if isinstance(found, str | int) and not isinstance(found, bool) else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or value != value.to_integral_value():
        raise PolicyError(f'{plain.get("name")!r}: {field} must be an amount such as "5000.00"')
    return int(value)


def _whole(found: object, name: str) -> int:
    if not isinstance(found, int) or isinstance(found, bool):
        raise PolicyError(f"{name!r}: approvals is a whole number")
    return found


def _seconds(found: object) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise PolicyError("durations are numbers of seconds")
    return float(found)
