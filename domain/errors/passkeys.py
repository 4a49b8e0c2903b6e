"""Passkeys."""

from __future__ import annotations

from domain.errors.base import BankError


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
