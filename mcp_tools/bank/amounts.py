"""Amounts as callers write them."""

from __future__ import annotations

from domain.errors import AmountUnreadableError


def amount_text(value: object) -> str:
    """The digits of an amount as they were written. Raises AmountUnreadableError."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise AmountUnreadableError
