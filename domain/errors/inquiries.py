"""Inquiries that cannot be answered as they were asked."""

from __future__ import annotations

from domain.errors.base import BankError


class DateUnreadableError(BankError):
    code = "date_unreadable"
    status = 422
    spoken = "I didn't understand the date. From when until when?"


class DatesReversedError(BankError):
    code = "dates_reversed"
    status = 422
    spoken = "The last day is before the first. From when until when?"


class AmountsReversedError(BankError):
    code = "amounts_reversed"
    status = 422
    spoken = "The smallest amount is larger than the largest. Between which amounts?"


class CursorInvalidError(BankError):
    """Broken, or of another list."""

    code = "cursor_invalid"
    status = 422
    spoken = "I lost my place in that list. Please ask me again."


class AmbiguousCounterpartyError(BankError):
    code = "ambiguous_counterparty"
    status = 422
    spoken = "There is more than one name like that in your statements. Please say the full name."
