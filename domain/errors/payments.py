"""Payments, and what they are made of."""

from __future__ import annotations

from typing import Final

from domain.errors.base import BankError

DIGEST_HEAD: Final = 12
"""Hex digits: enough to tell two requests from each other, and to find one in a log."""


class UnknownPayeeError(BankError):
    code = "unknown_payee"
    status = 422
    spoken = "I can't find that payee among yours. Who should I pay?"


class PayeeNotFoundError(BankError):
    code = "payee_not_found"
    status = 404
    spoken = "I can't find that payee among yours."


class PayeeRemovedError(BankError):
    """The customer removed the payee while a payment to them still waited."""

    code = "payee_removed"
    status = 409
    spoken = "That payee was removed. Nothing was moved."


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


class SameAccountError(BankError):
    code = "same_account"
    status = 422
    spoken = "That is the same account twice. To which other account?"


class MoreThanOwedError(BankError):
    code = "more_than_owed"
    status = 422
    spoken = "That is more than you owe on that loan. How much should I move?"


class NotReversibleError(BankError):
    """Not completed, itself a reversal, or gone to another bank."""

    code = "not_reversible"
    status = 409
    spoken = "That payment can't be reversed. Nothing was moved."


class AlreadyReversedError(BankError):
    code = "already_reversed"
    status = 409
    spoken = "That payment goes back already. Nothing more was moved."


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
    """One id, two wishes. `digests`: how those of the recorded one and of the one sent begin, for their owner alone."""

    code = "idempotency_conflict"
    status = 409
    spoken = "I already have a different request under that number. Nothing was moved."

    def __init__(
        self, detail: str = "", *, spoken: str = "", retry_after_s: int = 0, digests: tuple[str, str] = ("", "")
    ) -> None:
        """`digests` are hex and cut to their heads."""
        recorded, sent = (digest[:DIGEST_HEAD] for digest in digests)
        told = f"this id stands for a request with digest {recorded}…, not for one with {sent}…" if recorded else ""
        super().__init__(detail or told, spoken=spoken, retry_after_s=retry_after_s)
        self.digests = (recorded, sent)


class PaymentNotFoundError(BankError):
    code = "payment_not_found"
    status = 404
    spoken = "I can't find that payment."


class PaymentClosedError(BankError):
    code = "payment_closed"
    status = 409
    spoken = "That payment is already finished."


class StaleVersionError(BankError):
    code = "stale_version"
    status = 409
    spoken = "The payment has changed since. Please check it once more."


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


class HoldExpiredError(BankError):
    """Held longer than a payment waits: nobody works on it any more."""

    code = "hold_expired"
    status = 409
    spoken = "That payment was never finished. What was held for it is yours again."


class WithdrawnError(BankError):
    """The customer, or an operator for them, took it back."""

    code = "withdrawn"
    status = 409
    spoken = "That was cancelled. Nothing was moved."
