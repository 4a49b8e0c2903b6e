"""What a run of digits is: a card, an account, a telephone, a code, or only money, a date or a count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stdnum import luhn

if TYPE_CHECKING:
    from adapters.masking.spoken import Run

_MONEY_BEFORE: Final = re.compile(r"(?:[$€£]\s*|usd\s*)-?(?:\d{1,3},)*$|\bpoint $", re.IGNORECASE)
_MONEY_AFTER: Final = re.compile(
    r"^(?:[.,]\d+)?\s*(?:dollars?|bucks?|cents?|usd|euros?|pounds?|grand|k\b|quid|percent|%|hundred|thousand|million|billion|point|transactions?|payments?|purchases?|days?|weeks?|months?|years?|times|minutes?|hours?|o'clock|am\b|pm\b)",
    re.IGNORECASE,
)
_WRITTEN_MONEY: Final = re.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?$|^\d+\.\d{1,2}$")
_DATE: Final = re.compile(r"^(?:\d{1,2}[/\-.]\d{1,2}[/\-.](?:19|20)?\d{2}|(?:19|20)\d{2}[/\-.]\d{1,2}[/\-.]\d{1,2})$")
_SSN_SHAPE: Final = re.compile(r"^\d{3}[\-. ]\d{2}[\-. ]\d{4}$")
_PHONE_SHAPE: Final = re.compile(r"^(?:1[\-. ]{0,2})?\(?\d{3}\)?[\-. ]{1,2}\d{3}[\-. ]\d{4}$")
_CONTEXT: Final = 48
_SAYS_SSN: Final = re.compile(r"social|\bssn\b|\btax id\b|s s n", re.IGNORECASE)
_SAYS_PHONE: Final = re.compile(r"phone|mobile|cell|\bcall\b|reach me|telephone|\btext me\b|contact", re.IGNORECASE)
_SAYS_ROUTING: Final = re.compile(r"routing|\baba\b|transit", re.IGNORECASE)
_SAYS_CARD: Final = re.compile(r"\bcards?\b|visa|mastercard|amex", re.IGNORECASE)
_SAYS_ACCOUNT: Final = re.compile(r"account|acct|member|customer number", re.IGNORECASE)
_SAYS_CODE: Final = re.compile(
    r"\bcodes?\b|\botp\b|passcode|\bpin\b|verification|one[- ]time|\bcvv\b|\bcvc\b|digits|password", re.IGNORECASE
)
_SAYS_SUM: Final = re.compile(
    r"\b(?:pay|send|give|transfer|wire|amount|make it|balance|owe|zelle|venmo)\b", re.IGNORECASE
)
_CARD_LENGTHS: Final = range(13, 20)
_SHORTEST_NUMBER: Final = 7
_CODE: Final = 6
_MAY_BE_CODE: Final = range(5, 9)
_SHORT_SUM: Final = range(1, 5)
_CENTS: Final = re.compile(r"\.\d{1,2}$")
_SSN: Final = 9
_PHONE: Final = (10, 11)

Verdict = tuple[str, str]


def judge(text: str, run: Run, *, code_expected: bool) -> Verdict | None:  # noqa: PLR0911 - a table of cases, in order of weight
    """(kind, mask) of a run that must not be seen; None for money, dates, counts and short numbers."""
    said = text[run.start : run.end]
    before, after = text[max(0, run.start - _CONTEXT) : run.start], text[run.end : run.end + _CONTEXT]
    long = len(run.digits) >= _SHORTEST_NUMBER
    if code_expected and len(run.digits) in _MAY_BE_CODE and not _is_short_sum(said):
        return "code", "*" * _CODE
    if _is_money(said, before, after, run) or (_DATE.match(said) and not code_expected):
        return None
    if code_expected and len(run.digits) < _SSN:
        return "code", "*" * _CODE
    if long:
        return _long(run.digits, said, before)
    if _SAYS_CODE.search(before) or _SAYS_CODE.search(after[:24]):
        spelled = len(run.digits) > 2 and not _DATE.match(said)
        return ("code", "*" * _CODE) if spelled else None
    if _near_account(before, run):
        return "account", _tail(run.digits)
    if len(run.digits) == _CODE and not _amount_of(before, run, said):
        return "code", "*" * _CODE
    spread = run.alone and run.pieces > 2 and len(run.digits) > 2
    return ("code", "*" * _CODE) if spread and not _SAYS_SUM.search(before) else None


def _is_short_sum(said: str) -> bool:
    """`1250.00`, but not `3031.52`, which may be six digits."""
    whole = _CENTS.sub("", said)
    if sum(character.isdigit() for character in said) == _CODE and not said.endswith("00") and "," not in said:
        return False
    return sum(character.isdigit() for character in whole) in _SHORT_SUM and whole.replace(",", "").isdigit()


def _is_money(said: str, before: str, after: str, run: Run) -> bool:
    if _MONEY_BEFORE.search(before) or _WRITTEN_MONEY.match(said):
        return True
    return bool(_MONEY_AFTER.match(after)) and (len(run.digits) < _SSN or run.pieces == 1)


def _amount_of(before: str, run: Run, said: str) -> bool:
    """`pay Sarah 250000`: one plain figure after a verb of paying is a sum; a spread one is not."""
    return bool(_SAYS_SUM.search(before)) and run.pieces == 1 and said.isdigit()


def _near_account(before: str, run: Run) -> bool:
    return (
        len(run.digits) > 3
        and re.search(r"(?:account|acct|card)(?: number)?(?: ending)?(?: in| is|:)? $", before, re.IGNORECASE)
        is not None
    )


def _long(digits: str, said: str, before: str) -> Verdict:
    if _SSN_SHAPE.match(said) or (len(digits) == _SSN and _SAYS_SSN.search(before)):
        return "ssn", f"***-**-{digits[-4:]}"
    if len(digits) in _CARD_LENGTHS and (luhn.is_valid(digits) or _SAYS_CARD.search(before)):
        return "card", _tail(digits)
    if len(digits) == _SSN and _is_routing(digits) and not _SAYS_ACCOUNT.search(before):
        return "routing", _tail(digits)
    if len(digits) in _PHONE and (_PHONE_SHAPE.match(said) or _SAYS_PHONE.search(before)):
        return "phone", f"(***) ***-{digits[-4:]}"
    if len(digits) == _PHONE[0] and not _SAYS_ACCOUNT.search(before) and _is_phone(digits):
        return "phone", f"(***) ***-{digits[-4:]}"
    return "account", _tail(digits)


def _is_routing(digits: str) -> bool:
    weights = (3, 7, 1) * 3
    return sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 10 == 0 and digits != "0" * _SSN


def _is_phone(digits: str) -> bool:
    """North American numbering: area and exchange begin with 2 to 9."""
    return digits[0] in "23456789" and digits[3] in "23456789"


def _tail(digits: str) -> str:
    return f"****{digits[-4:]}"
