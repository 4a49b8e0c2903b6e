"""Everything that can go wrong for a customer, each a type with a stable code, a status and a sentence.

The sentence is what the customer hears; the code is what a client programs against. Translation happens once, at
the edge: `activities` turn these into Temporal's ApplicationError (type = code), `api` and `mcp_tools` into RFC 9457.
"""

from __future__ import annotations

from typing import ClassVar


class BankError(Exception):
    """A refusal with a stable `code`, the HTTP `status` it maps to and a `sentence` fit for the ear."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    spoken: ClassVar[str] = "Something went wrong on our side. Please ask me where your payment stands."

    def __init__(self, detail: str = "", *, spoken: str = "", retry_after_s: int = 0) -> None:
        """Keep `detail` for logs and problem bodies; `spoken` overrides the type's sentence for the ear.

        `retry_after_s`: when the same request may succeed, where that is known; 0 where it is not.
        """
        self.sentence = spoken or self.spoken
        self.retry_after_s = retry_after_s
        self.detail = detail or self.sentence
        super().__init__(self.detail)


class UnknownPayeeError(BankError):
    code = "unknown_payee"
    status = 422
    spoken = "I can't find that payee among yours. Who should I pay?"


class AmbiguousPayeeError(BankError):
    code = "ambiguous_payee"
    status = 422
    spoken = "More than one of your payees has a name like that. Please say the full name."


class UnknownAccountError(BankError):
    code = "unknown_account"
    status = 422
    spoken = "I can't find that account among yours. Checking or savings?"


class AccountClosedError(BankError):
    code = "account_closed"
    status = 409
    spoken = "That account is closed. Nothing was moved."


class CurrencyMismatchError(BankError):
    code = "currency_mismatch"
    status = 422
    spoken = "Those two accounts hold different currencies. Nothing was moved."


class AmountUnreadableError(BankError):
    code = "amount_unreadable"
    status = 422
    spoken = "I didn't understand the amount. How much should I pay?"


class AmountNotPositiveError(BankError):
    code = "amount_not_positive"
    status = 422
    spoken = "The amount must be more than zero. How much should I pay?"


class AmountTooPreciseError(BankError):
    code = "amount_too_precise"
    status = 422
    spoken = "That amount has more decimals than the currency has. How much should I pay?"


class AmountTooLargeError(BankError):
    code = "amount_too_large"
    status = 422
    spoken = "That amount is larger than I can pay by voice. How much should I pay?"


class InsufficientFundsError(BankError):
    code = "insufficient_funds"
    status = 409
    spoken = "There is not enough money in that account. Nothing was moved."


class IdempotencyConflictError(BankError):
    code = "idempotency_conflict"
    status = 409
    spoken = "I already have a different request under that number. Nothing was moved."


class PaymentNotFoundError(BankError):
    code = "payment_not_found"
    status = 404
    spoken = "I can't find that payment."


class PaymentClosedError(BankError):
    code = "payment_closed"
    status = 409
    spoken = "That payment is already finished."


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


class StaleVersionError(BankError):
    code = "stale_version"
    status = 409
    spoken = "The payment has changed since. Please listen to it again."


class NothingToChangeError(BankError):
    code = "nothing_to_change"
    status = 409
    spoken = "That is how it is already."


class TooManyCorrectionsError(BankError):
    """Every version may send a fresh code."""

    code = "too_many_corrections"
    status = 409
    spoken = "This payment has been changed too often. You can cancel it and start again."


class CountersignMissingError(BankError):
    """The ledger's own look at who has countersigned: no money moves on a workflow's word alone."""

    code = "countersign_missing"
    status = 409
    spoken = "Not everybody has agreed to this payment. Nothing was moved."


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


class UnauthenticatedError(BankError):
    code = "unauthenticated"
    status = 401
    spoken = "Please sign in."


class TokenExpiredError(UnauthenticatedError):
    code = "token_expired"


class TokenInvalidError(UnauthenticatedError):
    code = "token_invalid"


class TokenAudienceError(UnauthenticatedError):
    code = "token_audience"


class TotpRequiredError(UnauthenticatedError):
    code = "totp_required"
    spoken = "Please add the code that your authenticator shows."


class SignInEndedError(UnauthenticatedError):
    """Signed out, here or elsewhere, or too old, or its role has changed."""

    code = "sign_in_ended"
    spoken = "You have been signed out. Please sign in again."


class RefreshInvalidError(UnauthenticatedError):
    code = "refresh_invalid"


class RefreshReusedError(UnauthenticatedError):
    """A refresh token came a second time: it was stolen, from one side or the other. The sign-in is over."""

    code = "refresh_reused"
    spoken = "For your safety you have been signed out. Please sign in again."


class SignInNotFoundError(BankError):
    code = "sign_in_not_found"
    status = 404
    spoken = "I can't find that sign-in."


class StepUpRequiredError(BankError):
    """The sign-in is not fresh, and what is asked for changes how one signs in."""

    code = "step_up_required"
    status = 403
    spoken = "Please confirm with your password first."


class NoAddressError(BankError):
    code = "no_address"
    status = 409
    spoken = "The bank has no address of yours for that."


class TotpAlreadyOnError(BankError):
    code = "totp_already_on"
    status = 409
    spoken = "A second factor is already on."


class TotpNotOnError(BankError):
    code = "totp_not_on"
    status = 409
    spoken = "There is no second factor to do that with."


class ForbiddenError(BankError):
    code = "forbidden"
    status = 403
    spoken = "I can't do that with this sign-in."


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


def _all(base: type[BankError]) -> list[type[BankError]]:
    return [base, *(found for sub in base.__subclasses__() for found in _all(sub))]


def every_error() -> list[type[BankError]]:
    """All that can go wrong, each once."""
    return list(dict.fromkeys(_all(BankError)))


def by_code(code: str) -> type[BankError]:
    """The error type with this stable code; `BankError` itself for a code that nobody declared."""
    return next((error for error in _all(BankError) if error.code == code), BankError)


class SupersededError(BankError):
    """Another agent has taken over this conversation."""

    code = "superseded"
    status = 409
    spoken = "This conversation goes on elsewhere."


class WithdrawnError(BankError):
    """The customer, or an operator for them, took it back."""

    code = "withdrawn"
    status = 409
    spoken = "That was cancelled. Nothing was moved."


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


class PasskeyError(BankError):
    """A passkey's answer that is not believed. At sign-in which of these it was is written down, and not told."""

    code = "passkey_invalid"
    status = 403
    spoken = "I could not verify that passkey. Nothing was moved. Please try again."


class PasskeyUnknownError(PasskeyError):
    code = "passkey_unknown"
    spoken = "That passkey is not one of yours. Nothing was moved."


class PasskeyUnverifiedError(PasskeyError):
    code = "passkey_unverified"
    spoken = "Your device did not check that it is you. Please use its fingerprint, face or PIN."


class PasskeyOriginError(PasskeyError):
    code = "passkey_origin"
    spoken = "That passkey was used on another site. Nothing was moved."


class PasskeyClonedError(PasskeyError):
    code = "passkey_cloned"
    spoken = "That passkey seems to have been copied. Nothing was moved. Please use another and remove this one."


class PasskeyBackupError(PasskeyError):
    code = "passkey_backup_changed"
    spoken = "That passkey is not what it was when you set it up. Nothing was moved. Please set it up anew."


class ChallengeInvalidError(PasskeyError):
    """Never issued, already used, or issued to somebody else or for something else."""

    code = "challenge_invalid"
    spoken = "That was not an answer to this question. Nothing was moved. Please try again."


class ChallengeExpiredError(PasskeyError):
    code = "challenge_expired"
    spoken = "That took too long. Nothing was moved. Please use your passkey again."


class PasskeyMalformedError(BankError):
    code = "passkey_malformed"
    status = 422
    spoken = "I could not read what your passkey said. Please try again."


class PasskeyNotFoundError(BankError):
    code = "passkey_not_found"
    status = 404
    spoken = "I can't find that passkey among yours."


class PasskeyExistsError(BankError):
    code = "passkey_exists"
    status = 409
    spoken = "That passkey is set up already."


class TooManyPasskeysError(BankError):
    code = "too_many_passkeys"
    status = 409
    spoken = "You have as many passkeys as I can keep. Please remove one first."


class FormInvalidError(BankError):
    """`fields` says of each wrong field which rule it breaks; never what was entered."""

    code = "form_invalid"
    status = 422
    spoken = "Something in that form isn't right. Please look at it again."

    def __init__(self, fields: dict[str, str]) -> None:
        """Name the fields and their rules, in the form's order."""
        self.fields = fields
        super().__init__(", ".join(f"{name}: {rule}" for name, rule in fields.items()))


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


class MandateNotFoundError(BankError):
    code = "mandate_not_found"
    status = 404
    spoken = "I can't find that standing payment."


class MandateClosedError(BankError):
    code = "mandate_closed"
    status = 409
    spoken = "That standing payment is already finished."


class MandateRevokedError(BankError):
    """Also of a payment that it was to cover: between its screening and its posting the mandate was revoked."""

    code = "mandate_revoked"
    status = 409
    spoken = "That standing payment was revoked. Nothing was moved."


class MandateEndedError(BankError):
    code = "mandate_ended"
    status = 409
    spoken = "That standing payment has ended. Nothing was moved."


class MandateExhaustedError(BankError):
    code = "mandate_exhausted"
    status = 409
    spoken = "What is left of that standing payment is not enough any more. Nothing was moved."


class MandateMismatchError(BankError):
    """A payment names a mandate that does not fit it."""

    code = "mandate_mismatch"
    status = 409
    spoken = "That standing payment does not cover this. Nothing was moved."


class MandateUnsignedError(BankError):
    """A mandate was to become active without every countersign of its version."""

    code = "mandate_unsigned"
    status = 409
    spoken = "That standing payment was not confirmed in full. Nothing was set up."


class MandateTooLargeError(BankError):
    code = "mandate_too_large"
    status = 422
    spoken = "That is more than I can allow as a standing payment. How much should it be?"


class TooManyMandatesError(BankError):
    code = "too_many_mandates"
    status = 409
    spoken = "You have as many standing payments as there can be. Please revoke one first."


class MandatesLockedError(BankError):
    """Several mandates failed by wrong codes within a day: a new one would only be five more guesses."""

    code = "mandates_locked"
    status = 403
    spoken = "There were too many wrong codes today. You can set up a standing payment again tomorrow."


class PeriodUnknownError(BankError):
    code = "period_unknown"
    status = 422
    spoken = "Is that a day, a week, a month or a year?"
