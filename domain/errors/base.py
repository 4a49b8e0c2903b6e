"""The type of every refusal, and the way back to it from its code."""

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


def _all(base: type[BankError]) -> list[type[BankError]]:
    return [base, *(found for sub in base.__subclasses__() for found in _all(sub))]


def every_error() -> list[type[BankError]]:
    """All that can go wrong, each once."""
    return list(dict.fromkeys(_all(BankError)))


def by_code(code: str) -> type[BankError]:
    """The error type with this stable code; `BankError` itself for a code that nobody declared."""
    return next((error for error in _all(BankError) if error.code == code), BankError)
