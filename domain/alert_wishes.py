"""Checks what was said of an alert: which fields are missing, and whether the others can be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from domain.accounts import PAYS_FROM, Account
from domain.alerts import AlertKind, AlertTerms, AlertWish, Due, Examined, dues_of
from domain.errors import (
    AlertDateError,
    AlertKindUnknownError,
    AlertRuleError,
    AlertTimeError,
    InvalidRequestError,
    UnknownAccountError,
)
from domain.forms import FormField, Option
from domain.money import parse_amount
from domain.recurrence import is_rule

USUAL_TIME: Final = "09:00"
USUAL_DAYS_BEFORE: Final = 1
_LONGEST: Final = 140
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_DAYS: Final = re.compile(r"[0-9]{1,2}", re.ASCII)
_PAST: Final = timedelta(days=366)
_FUTURE: Final = timedelta(days=50 * 366)
"""How far from today a date may be; a rule may have begun before."""
_K = AlertKind
REQUIRED: Final[dict[AlertKind, tuple[str, ...]]] = {
    _K.LOW_BALANCE: ("amount",),
    _K.LARGE_TRANSACTION: ("amount",),
    _K.PAYMENT_DUE: ("payee", "date"),
    _K.DEPOSIT_RECEIVED: (),
    _K.REMINDER: ("about", "date"),
}
"""In the order of asking. A rule does for a date. What has a usual value is not asked for, but said back."""
_WHICH: Final = "I can watch the balance of checking or savings. Which one?"
_TEXTS: Final = frozenset({"payee", "about"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a wish is checked against. `due`: the payments to come that the bank knows of."""

    accounts: Sequence[Account]
    today: date
    zone: str = "UTC"
    due: Sequence[Due] = ()


def examine(wish: AlertWish, around: Surroundings) -> Examined:
    """Raises AlertKindUnknownError, UnknownAccountError, an amount's error, AlertDateError, AlertTimeError or more."""
    if wish.kind and wish.kind not in set(AlertKind):
        raise AlertKindUnknownError
    _check_texts(wish)
    if not wish.kind:
        _check_early(wish, around)
        return Examined(wish, ("kind",))
    kind = AlertKind(wish.kind)
    if not kind.of_ledger:
        wish = replace(wish, amount="", account="")
    missing = tuple(name for name in REQUIRED[kind] if not _has(wish, name, around))
    terms = _terms(kind, wish, around)
    return Examined(wish, missing, None if missing else terms)


def _has(wish: AlertWish, name: str, around: Surroundings) -> bool:
    dated = bool(wish.date or wish.every)
    known = wish.kind == _K.PAYMENT_DUE and bool(dues_of(wish.payee, around.due))
    if name == "payee":
        return bool(wish.payee) or (known and not dated)
    return dated or known if name == "date" else bool(getattr(wish, name))


def _terms(kind: AlertKind, wish: AlertWish, around: Surroundings) -> AlertTerms:
    account = _account(kind, wish, around.accounts)
    timed = not kind.of_ledger
    currency = account.currency if account else "USD"
    return AlertTerms(
        kind=kind,
        minor=parse_amount(wish.amount, currency).minor if wish.amount and kind.of_ledger else 0,
        currency=currency,
        account_id=account.account_id if account else "",
        account=account.name.lower() if account else "",
        payee=wish.payee if kind in {_K.PAYMENT_DUE, _K.DEPOSIT_RECEIVED} else "",
        about=wish.about if kind is _K.REMINDER else "",
        date=_date(wish, around.today) if timed else "",
        time=wish.time or USUAL_TIME if timed else "",
        every=wish.every if timed else "",
        days_before=_days(wish) if kind is _K.PAYMENT_DUE else 0,
        zone=around.zone,
    )


def _check_texts(wish: AlertWish) -> None:
    for name in _TEXTS:
        text = str(getattr(wish, name))
        if len(text) > _LONGEST or not text.isprintable():
            raise InvalidRequestError(f"{name} must be up to {_LONGEST} printable characters")
    if wish.time and _TIME.fullmatch(wish.time) is None:
        raise AlertTimeError
    if wish.every and not is_rule(wish.every):
        raise AlertRuleError


def _check_early(wish: AlertWish, around: Surroundings) -> None:
    """What is kept before its kind is known has been read as well: nothing else is."""
    if wish.account:
        _named(wish.account, around.accounts)
    if wish.amount:
        parse_amount(wish.amount, "USD")
    _date(replace(wish, every=wish.every or "FREQ=DAILY"), around.today)
    _days(wish)


def _account(kind: AlertKind, wish: AlertWish, own: Sequence[Account]) -> Account | None:
    """A balance is that of one account, checking where none was named; anything else may be of any."""
    if not kind.of_ledger or (not wish.account and kind is not _K.LOW_BALANCE):
        return None
    found = _named(wish.account or "checking", own)
    if kind is _K.LOW_BALANCE and found.kind not in PAYS_FROM:
        raise UnknownAccountError(spoken=_WHICH)
    return found


def _named(name: str, own: Sequence[Account]) -> Account:
    key = name.strip().casefold()
    for each in own:
        if key in {each.kind, each.name.casefold(), each.account_id.casefold()}:
            return each
    raise UnknownAccountError(spoken=_WHICH)


def _date(wish: AlertWish, today: date) -> str:
    """The one day, or the day from which a rule counts."""
    if not wish.date:
        return today.isoformat() if wish.every else ""
    try:
        day = date.fromisoformat(wish.date)
    except ValueError as error:
        raise AlertDateError("date must be ISO 8601, such as 2027-03-01") from error
    earliest = today - _PAST if wish.every else today
    if not earliest <= day <= today + _FUTURE:
        raise AlertDateError
    return day.isoformat()


def _days(wish: AlertWish) -> int:
    if not wish.days_before:
        return USUAL_DAYS_BEFORE
    if _DAYS.fullmatch(wish.days_before) is None or int(wish.days_before) > 60:
        raise AlertDateError("days_before must be 0 to 60", spoken="How many days before should I tell you?")
    return int(wish.days_before)


_KINDS: Final = (
    Option("low_balance", "A low balance"),
    Option("large_transaction", "A large transaction"),
    Option("payment_due", "A payment that is due"),
    Option("deposit_received", "Money received"),
    Option("reminder", "A reminder"),
)
_AMOUNT: Final = FormField("amount", "number", "Amount", placeholder="200.00", minimum=0)
_ABOUT: Final = FormField("about", "string", "What about?", max_length=_LONGEST)
_PAYEE: Final = FormField("payee", "string", "Whom is the payment to?", max_length=_LONGEST)
_DATE: Final = FormField("date", "date", "On which day?")
_TIME_FIELD: Final = FormField("time", "string", "At what time?", placeholder=USUAL_TIME, pattern=_TIME.pattern)
_REST: Final[dict[str, tuple[str, ...]]] = {
    "": ("amount", "account", "payee", "about", "date", "time"),
    _K.LOW_BALANCE: ("account",),
    _K.LARGE_TRANSACTION: ("account",),
    _K.PAYMENT_DUE: ("time",),
    _K.REMINDER: ("time",),
}
"""What a form asks for beside what is missing, where it was not said: it may be left empty."""


def form_of(examined: Examined, accounts: Sequence[str]) -> tuple[FormField, ...]:
    """The fields of a form for what is missing; `accounts`: kinds that can be chosen."""
    wish, missing = examined.wish, examined.missing
    options = tuple(Option(each, each.capitalize()) for each in accounts if each in PAYS_FROM)
    known = {
        "kind": FormField("kind", "select", "Tell me about", options=_KINDS),
        "amount": _AMOUNT,
        "account": FormField("account", "select", "Account", options=options) if options else _ABOUT,
        "payee": _PAYEE,
        "about": _ABOUT,
        "date": _DATE,
        "time": _TIME_FIELD,
    }
    optional = [each for each in _REST.get(wish.kind, ()) if each not in missing and not getattr(wish, each)]
    wanted = [*missing, *(each for each in optional if each != "account" or options)]
    return tuple(_needed(known[name], required=name in missing) for name in wanted)


def _needed(plain: FormField, *, required: bool) -> FormField:
    return FormField(
        name=plain.name,
        type=plain.type,
        label=plain.label,
        placeholder=plain.placeholder,
        required=required,
        pattern=plain.pattern,
        minimum=plain.minimum,
        max_length=plain.max_length,
        options=plain.options,
    )
