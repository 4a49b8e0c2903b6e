"""JSON whose numbers keep the digits that they were written with: no amount passes through a float."""

from __future__ import annotations

import json
from typing import Any, cast

from domain.errors import InvalidRequestError, NotJsonError


def loads_exact(body: bytes) -> Any:  # noqa: ANN401 - JSON is any of its types
    """Parse; fractions, exponents and NaN arrive as the text that stood there. Raises NotJsonError."""
    try:
        return json.loads(body, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise NotJsonError("the body is not JSON") from error


def object_of(body: bytes) -> dict[str, Any]:
    """The body as one JSON object. Raises NotJsonError or InvalidRequestError."""
    value = loads_exact(body)
    if not isinstance(value, dict):
        raise InvalidRequestError("the body must be a JSON object")
    return cast("dict[str, Any]", value)
