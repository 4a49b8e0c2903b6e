"""Questions, and the answers to them."""

from __future__ import annotations

from domain.errors.base import BankError


class ElicitationNotFoundError(BankError):
    code = "elicitation_not_found"
    status = 404
    spoken = "I can't find that request."


class ElicitationClosedError(BankError):
    code = "elicitation_closed"
    status = 409
    spoken = "That request is already finished."


class ElicitationExpiredError(BankError):
    code = "elicitation_expired"
    status = 410
    spoken = "That code has expired. Nothing was moved. Please start the payment again."


class AnswerMalformedError(BankError):
    code = "answer_malformed"
    status = 422
    spoken = "I need the six digits of the code. You can say them or type them."


class AnswerRejectedError(BankError):
    """A factor was wrong. Which one is never said (OWASP ASVS 5 V6.3)."""

    code = "answer_rejected"
    status = 403
    spoken = "That code isn't right. Please try again."


class TooManyTriesError(BankError):
    code = "too_many_tries"
    status = 403
    spoken = "That was the last try. The payment is cancelled and nothing was moved."


class ProofInvalidError(BankError):
    code = "proof_invalid"
    status = 403
    spoken = "I could not verify that answer. Please try again."


class ResendTooSoonError(BankError):
    code = "resend_too_soon"
    status = 429
    spoken = "I sent you a code only a moment ago. Please wait a little before you ask for another."


class ResendsUsedUpError(BankError):
    code = "resends_used_up"
    status = 429
    spoken = "I can't send any more codes for this payment. Please use the last one, or start the payment again."


class DeliveryFailedError(BankError):
    """The carrier or mail server refused the message for good: no second try would help."""

    code = "delivery_failed"
    status = 502
    spoken = "I could not deliver the code. Please check your contact details with the bank. Nothing was moved."


class FormInvalidError(BankError):
    """`fields` says of each wrong field which rule it breaks; never what was entered."""

    code = "form_invalid"
    status = 422
    spoken = "Something in that form isn't right. Please look at it again."

    def __init__(self, fields: dict[str, str]) -> None:
        """Name the fields and their rules, in the form's order."""
        self.fields = fields
        super().__init__(", ".join(f"{name}: {rule}" for name, rule in fields.items()))
