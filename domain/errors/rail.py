"""Payments to banks elsewhere, and what their rail says."""

from __future__ import annotations

from domain.errors.base import BankError


class PaymentUnsettledError(BankError):
    """It may have been paid: until the rail says, it can be neither taken back nor changed, nor its hold released."""

    code = "payment_unsettled"
    status = 409
    spoken = "That payment is on its way to another bank, and can't be changed now. I'll tell you how it ends."


class RailRefusedError(BankError):
    code = "rail_refused"
    status = 409
    spoken = "The other bank refused the payment. Nothing was moved."


class RailNotReachedError(BankError):
    """The rail has said that it never took the payment, and never will under its key."""

    code = "rail_not_reached"
    status = 409
    spoken = "The payment could not be handed to the other bank. Nothing was moved."


class RailPaymentUnknownError(BankError):
    """The rail speaks of a payment that was never handed to it."""

    code = "rail_payment_unknown"
    status = 404
    spoken = "I can't find that payment."


class RailMismatchError(BankError):
    """The rail answers for another amount, currency or account than it was asked for."""

    code = "rail_mismatch"
    status = 409
    spoken = "The other bank's answer does not fit that payment. Somebody will look at it."


class RailContradictionError(BankError):
    """The rail says otherwise than it has said before, of what does not change."""

    code = "rail_contradiction"
    status = 409
    spoken = "The other bank's answers contradict each other. Somebody will look at it."


class WebhookSignatureError(BankError):
    code = "webhook_signature_invalid"
    status = 401
    spoken = "I could not tell who sent that."


class WebhookTooOldError(BankError):
    code = "webhook_too_old"
    status = 401
    spoken = "That was sent too long ago, or too far in the future."


class WebhookReusedError(BankError):
    """One event id, two contents."""

    code = "webhook_reused"
    status = 409
    spoken = "I already have different news under that number."
