"""What the bank's edges answer when they refuse, as the error types that they meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from domain.errors import BankError, IdempotencyConflictError, UnavailableError, by_code

if TYPE_CHECKING:
    import httpx


def object_or_refusal(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of a success. Raises the BankError that a problem body names."""
    try:
        body = answer.json()
    except ValueError as error:
        raise UnavailableError(f"status {answer.status_code} without JSON") from error
    if not isinstance(body, dict):
        raise UnavailableError(f"status {answer.status_code} with an unexpected body")
    if answer.is_success:
        return cast("dict[str, Any]", body)
    raise refusal(cast("dict[str, Any]", body))


def refusal(problem: dict[str, Any]) -> BankError:
    """The error of a problem body, or of a tool's error object."""
    kind = by_code(str(problem.get("code", "")))
    detail, sentence = str(problem.get("detail", "")), str(problem.get("sentence", ""))
    heads = problem.get("digests")
    if issubclass(kind, IdempotencyConflictError) and isinstance(heads, dict):
        told = cast("dict[str, object]", heads)
        return kind(detail, spoken=sentence, digests=(str(told.get("recorded", "")), str(told.get("sent", ""))))
    return kind(detail, spoken=sentence)
