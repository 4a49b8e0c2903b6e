"""Passing customers on to people."""

from __future__ import annotations

from domain.errors.base import BankError


class HandoverNotFoundError(BankError):
    code = "handover_not_found"
    status = 404
    spoken = "I can't find that request."


class HandoverClaimedError(BankError):
    code = "handover_claimed"
    status = 409
    spoken = "Somebody else is looking after that customer."


class HandoverNotClaimedError(BankError):
    code = "handover_not_claimed"
    status = 409
    spoken = "Claim it first: nobody has talked to that customer yet."


class HandoverClosedError(BankError):
    code = "handover_closed"
    status = 409
    spoken = "That request has been closed."


class OwnCaseError(BankError):
    """Who asked for a person is not served by themself."""

    code = "own_case"
    status = 403
    spoken = "That is your own request. Somebody else must look after it."
