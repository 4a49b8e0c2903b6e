"""One stage alone: what the grammar makes of a text, and what the masker leaves of it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from adapters.masking import Masker
from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.understander import Understander
from cli.console import out
from domain.errors import MaskingFailedError
from domain.understanding import Intent, Vocabulary
from runtime.settings import settings

DEMO_PAYEES = ("Sarah Chen", "John Doe", "City Power")
"""Whom the demo customers pay; there is no session here to ask."""

Text = Annotated[str, typer.Argument(help="What was said.")]


def understand(
    text: Text,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """The intent and slots of a sentence."""
    chosen = settings()
    calendar = Calendar(chosen.time_zone, day_first=chosen.day_first)
    found = Understander(Vocabulary(DEMO_PAYEES), calendar=calendar).understand(text)
    if as_json:
        body = {"intent": found.intent, "slots": found.slots, "confidence": found.confidence, "by": found.by}
        print(json.dumps(body))  # noqa: T201 - for scripts
        return
    if found.intent is Intent.UNKNOWN:
        out.print("not understood (unknown)", highlight=False)
        return
    slots = ", ".join(f"{name} {value}" for name, value in found.slots.items())
    out.print(f"{found.intent}{': ' if slots else ''}{slots}", highlight=False, markup=False)


def mask(text: Text) -> None:
    """The sentence without personal data; exit status 1 and no text where that can't be assured."""
    try:
        print(Masker().mask(text).text)  # noqa: T201 - for scripts
    except MaskingFailedError as error:
        raise typer.Exit(1) from error
