"""What `since`, `after`, `until` and `before` make of days. `future`: it is spoken of what is to come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.understanding.dates.moments import Span

if TYPE_CHECKING:
    from datetime import date


def since(span: Span, today: date, future: bool) -> Span:
    """From then on."""
    return Span(span.first, None if future and span.first and span.first > today else today)


def after(span: Span, today: date, future: bool) -> Span:
    """From the day after on."""
    first = span.last + timedelta(days=1) if span.last else None
    return Span(first, None if future or (first and first > today) else today)


def until(span: Span, today: date, future: bool) -> Span:
    """Up to then."""
    return Span(today if future else None, span.last)


def ahead(span: Span, today: date, future: bool) -> Span:
    """Up to the day before."""
    last = span.first - timedelta(days=1) if span.first else None
    return Span(today if future else None, last)
