"""Requests that cannot be served, by whomever they are made."""

from __future__ import annotations

from domain.errors.base import BankError
from domain.errors.payments import IdempotencyConflictError


class SessionStaleError(BankError):
    code = "session_stale"
    status = 401
    spoken = "That conversation has ended. Please start a new one."


class SessionNotFoundError(BankError):
    code = "session_not_found"
    status = 404
    spoken = "I can't find that conversation."


class InvalidRequestError(BankError):
    code = "invalid_request"
    status = 422
    spoken = "I could not read that request."


class NotJsonError(BankError):
    code = "not_json"
    status = 400
    spoken = "I could not read that request."


class RouteNotFoundError(BankError):
    code = "not_found"
    status = 404
    spoken = "There is nothing at that address."


class MethodNotAllowedError(BankError):
    code = "method_not_allowed"
    status = 405
    spoken = "That can't be done there."


class BodyTooLargeError(BankError):
    code = "body_too_large"
    status = 413
    spoken = "That request is too long."


class UnsupportedMediaTypeError(BankError):
    code = "unsupported_media_type"
    status = 415
    spoken = "I could not read that request."


class RateLimitedError(BankError):
    code = "rate_limited"
    status = 429
    spoken = "That was a bit quick. Please wait a moment."

    def __init__(self, detail: str = "", *, spoken: str = "", retry_after_s: int = 1) -> None:
        """`retry_after_s` goes into the answer's Retry-After header."""
        super().__init__(detail, spoken=spoken)
        self.retry_after_s = retry_after_s


class UnavailableError(BankError):
    code = "service_unavailable"
    status = 503
    spoken = "I can't reach the bank's systems just now. Please try again in a moment."


class MaskingFailedError(BankError):
    """The masker failed: silence and an error, never leakage."""

    code = "masking_failed"
    status = 503
    spoken = "I can't take that in just now. Please try again in a moment."


class SupersededError(BankError):
    """Another agent has taken over this conversation."""

    code = "superseded"
    status = 409
    spoken = "This conversation goes on elsewhere."


class IdempotencyKeyReusedError(IdempotencyConflictError):
    """One Idempotency-Key, two requests: not a state that could change (draft-ietf-httpapi-idempotency-key-header)."""

    status = 422


class IdempotencyInProgressError(BankError):
    code = "idempotency_in_progress"
    status = 409
    spoken = "I'm still working on that. Please wait a moment."


class IdempotencyKeyInvalidError(BankError):
    code = "idempotency_key_invalid"
    status = 400
    spoken = "I could not read that request."
