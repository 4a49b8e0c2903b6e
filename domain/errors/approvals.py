"""Supervisors' decisions."""

from __future__ import annotations

from domain.errors.base import BankError


class NotASupervisorError(BankError):
    code = "not_a_supervisor"
    status = 403
    spoken = "Only a supervisor can decide that."


class SelfApprovalError(BankError):
    """Who made a payment does not approve it: maker and checker are two people."""

    code = "self_approval"
    status = 403
    spoken = "You can't approve your own payment. Somebody else must decide."


class SameSupervisorError(BankError):
    code = "same_supervisor"
    status = 403
    spoken = "You have approved this payment already. The second approval must come from somebody else."


class NotYourGroupError(BankError):
    code = "not_your_group"
    status = 403
    spoken = "That decision belongs to another group."


class OverSupervisorLimitError(BankError):
    code = "over_supervisor_limit"
    status = 403
    spoken = "That amount is above your limit. Somebody with a higher limit must decide."


class ApprovalNotFoundError(BankError):
    code = "approval_not_found"
    status = 404
    spoken = "I can't find that approval."


class AlreadyDecidedError(BankError):
    code = "already_decided"
    status = 409
    spoken = "That has been decided already."


class ApprovalClosedError(BankError):
    code = "approval_closed"
    status = 409
    spoken = "That payment no longer waits for an approval."


class ApprovalClaimedError(BankError):
    code = "approval_claimed"
    status = 409
    spoken = "Another supervisor is looking at that one."


class NoteRequiredError(BankError):
    code = "note_required"
    status = 422
    spoken = "Please say why you refuse it."


class ApprovalRefusedError(BankError):
    """How a payment ends that a supervisor refused."""

    code = "approval_refused"
    status = 409
    spoken = "A supervisor did not approve that payment. Nothing was moved."


class ApprovalExpiredError(BankError):
    """How a payment ends that no supervisor decided in time."""

    code = "approval_expired"
    status = 410
    spoken = "No supervisor decided in time. Nothing was moved."


class DelegationInvalidError(BankError):
    code = "delegation_invalid"
    status = 422
    spoken = "You can lend your limit to another supervisor of your bank, until a time in the next ninety days."


class DelegationNotFoundError(BankError):
    code = "delegation_not_found"
    status = 404
    spoken = "I can't find that delegation."
