"""The language models that a process may ask, read and checked once, when it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.models.plan import Plan, read_plan
from adapters.models.prices import rates_of
from runtime.settings import variable

if TYPE_CHECKING:
    from runtime.settings import Settings


def models_plan(chosen: Settings) -> Plan | None:
    """What the models file says; nothing where there is none. Raises ModelsFileError, with the file's name."""
    if chosen.models_file is None:
        return None
    plan = read_plan(chosen.models_file, variable)
    rates_of(plan)
    return plan
