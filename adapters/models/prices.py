"""What a token costs: from the models file, or from the table that LiteLLM brings along."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from adapters.models.plan import MICRO, ModelsFileError

if TYPE_CHECKING:
    from adapters.models.plan import Deployment, Plan

_TABLE: Final = "model_prices_and_context_window_backup.json"


@dataclass(frozen=True, slots=True)
class Rate:
    """US dollars a token."""

    input: Decimal
    output: Decimal

    def micro(self, tokens_in: int, tokens_out: int) -> int:
        """The cost of a call in whole millionths of a dollar, rounded up."""
        cost = (self.input * tokens_in + self.output * tokens_out) * MICRO
        return int(cost.to_integral_value(ROUND_CEILING))


def rates_of(plan: Plan) -> dict[str, Rate]:
    """Each deployment's rate. Raises ModelsFileError where nobody knows one: what is not counted has no limit."""
    table: dict[str, Any] = {}
    found: dict[str, Rate] = {}
    for name, deployment in plan.deployments.items():
        if deployment.price is None and not deployment.local and not table:
            table = _table()
        rate = _rate(deployment, table)
        if rate is None:
            raise ModelsFileError(
                f"deployments.{name}: the price of {deployment.model} is not known; say price: {{input: …, output: …}}"
            )
        found[name] = rate
    return found


def _rate(deployment: Deployment, table: dict[str, Any]) -> Rate | None:
    if deployment.price is not None:
        return Rate(deployment.price.input / MICRO, deployment.price.output / MICRO)
    if deployment.local:
        return Rate(Decimal(0), Decimal(0))
    for name in (deployment.model, deployment.model.partition("/")[2]):
        row = table.get(name)
        if row and "input_cost_per_token" in row and "output_cost_per_token" in row:
            return Rate(Decimal(row["input_cost_per_token"]), Decimal(row["output_cost_per_token"]))
    return None


def _table() -> dict[str, Any]:
    """Read as a file: to import the library takes seconds."""
    package = find_spec("litellm")
    if package is None or package.origin is None:
        return {}
    text = (Path(package.origin).parent / _TABLE).read_text(encoding="utf-8")
    return json.loads(text, parse_float=str, parse_int=str)
