"""What can go wrong with tools of other servers."""

from __future__ import annotations

from domain.errors.base import BankError


class ToolNotAllowedError(BankError):
    code = "tool_not_allowed"
    status = 403
    spoken = "I can't look that up at this point."


class OutsideUnavailableError(BankError):
    code = "outside_unavailable"
    status = 503
    spoken = "I can't reach the service that knows that just now. Shall we try again later?"


class OutsideFailedError(BankError):
    code = "outside_failed"
    status = 502
    spoken = "The service that knows that gave no answer that I can use."
