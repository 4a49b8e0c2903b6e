"""Passkeys: enrolled, used to sign in, used to countersign. What is not believed is written to the audit."""

from __future__ import annotations

import hmac
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from adapters.relying_party import Assertion, RelyingParty, handle_of, read_assertion, read_attestation
from domain.errors import (
    ChallengeExpiredError,
    ChallengeInvalidError,
    PasskeyError,
    PasskeyNotFoundError,
    PasskeyUnknownError,
    StaleVersionError,
    UnauthenticatedError,
)
from domain.passkeys import CHALLENGE_S, Challenge, Passkey, Purpose, payment_challenge

if TYPE_CHECKING:
    from activities.ports import ElicitationRow
    from adapters.postgres.directory import PgDirectory
    from adapters.postgres.passkeys import PgPasskeys
    from domain.accounts import Customer
    from domain.elicitation import ElicitationRequest

_ANYBODY: Final = "anonymous"
_BYTES: Final = 32


class PasskeyDesk:
    """Issues challenges and judges what was signed over them."""

    def __init__(self, party: RelyingParty, passkeys: PgPasskeys, directory: PgDirectory) -> None:
        self._party = party
        self._passkeys = passkeys
        self._directory = directory

    async def enrol_options(self, user_id: str) -> dict[str, Any]:
        """What `navigator.credentials.create` is given."""
        customer = await self._directory.customer(user_id)
        value = await self._issue(Purpose.ENROL, user_id)
        return self._party.creation_options(customer, value, await self._passkeys.of(user_id))

    async def enrol(self, user_id: str, credential: object, name: str) -> Passkey:
        """Keep a new passkey. Raises PasskeyMalformedError, PasskeyError, PasskeyExistsError, TooManyPasskeysError."""
        attestation = read_attestation(credential)
        try:
            await self._taken(attestation.challenge, Purpose.ENROL, user_id)
            new = self._party.verify_attestation(attestation)
        except PasskeyError as error:
            await self._passkeys.refused(user_id, user_id, Purpose.ENROL, error.code)
            raise
        passkey = Passkey(
            passkey_id=str(uuid7()),
            user_id=user_id,
            credential_id=new.credential_id,
            public_key=new.public_key,
            sign_count=new.seen.sign_count,
            backup_eligible=new.seen.backup_eligible,
            backed_up=new.seen.backed_up,
            transports=new.transports,
            aaguid=new.aaguid,
            name=name,
        )
        await self._passkeys.enrol(passkey)
        return passkey

    async def of(self, user_id: str) -> list[Passkey]:
        """The user's, oldest first."""
        return await self._passkeys.of(user_id)

    async def revoke(self, passkey_id: str, user_id: str) -> None:
        """From now on it opens and signs nothing. Raises PasskeyNotFoundError."""
        if not await self._passkeys.revoke(passkey_id, user_id):
            raise PasskeyNotFoundError

    async def login_options(self, username: str) -> dict[str, Any]:
        """For anybody, or for a user name: one that nobody has is answered as one that somebody has."""
        name = username.strip().lower()
        value = await self._issue(Purpose.LOGIN, name)
        allowed = await self._passkeys.allowed(name) if name else []
        return self._party.request_options(value, [(credential_id, ()) for credential_id in allowed])

    async def login(self, credential: object) -> Customer:
        """Who signed in. Raises PasskeyMalformedError, or UnauthenticatedError, which says no more than that."""
        assertion = read_assertion(credential)
        who = _ANYBODY
        try:
            challenge = await self._taken(assertion.challenge, Purpose.LOGIN)
            passkey = await self._passkey(assertion)
            customer, who = await self._directory.customer(passkey.user_id), passkey.user_id
            _require(challenge.subject in {"", customer.username}, PasskeyUnknownError)
            _require(assertion.user_handle in {None, handle_of(customer)}, PasskeyUnknownError)
            _require(bool(challenge.subject) or assertion.user_handle is not None, PasskeyUnknownError)
            seen = self._party.verify_assertion(assertion, passkey.public_key)
            await self._passkeys.use(passkey.passkey_id, seen, Purpose.LOGIN)
        except PasskeyError as error:
            await self._passkeys.refused(who, who, Purpose.LOGIN, error.code)
            raise UnauthenticatedError("the passkey was not accepted", spoken="That sign-in is not right.") from error
        return customer

    async def payment_options(self, row: ElicitationRow, left_s: float) -> dict[str, Any]:
        """What `navigator.credentials.get` is given to sign this version. Raises PasskeyNotFoundError."""
        known = await self._passkeys.of(row.user_id)
        if not known:
            raise PasskeyNotFoundError("no passkey is enrolled", spoken="You have no passkey set up yet.")
        request, nonce, lives_s = row.request, token_bytes(_BYTES), min(float(CHALLENGE_S), left_s)
        value = _bound(nonce, request)
        await self._passkeys.issue(
            Challenge(
                value=value,
                purpose=Purpose.PAYMENT,
                subject=row.user_id,
                nonce=nonce,
                elicitation_id=request.elicitation_id,
                payment_id=request.payment_id,
                version=request.version,
            ),
            lives_s,
        )
        return self._party.request_options(value, [(each.credential_id, each.transports) for each in known], lives_s)

    async def check(self, row: ElicitationRow, given: object) -> None:
        """Whether this passkey signed this version. Raises PasskeyMalformedError, PasskeyError or StaleVersionError."""
        assertion = read_assertion(given)
        try:
            await self._check(row, assertion)
        except (PasskeyError, StaleVersionError) as error:
            await self._passkeys.refused(row.user_id, row.request.elicitation_id, Purpose.PAYMENT, error.code)
            raise

    async def _check(self, row: ElicitationRow, assertion: Assertion) -> None:
        challenge = await self._taken(assertion.challenge, Purpose.PAYMENT, row.user_id)
        _check_bound(challenge, row.request)
        passkey = await self._passkey(assertion)
        _require(passkey.user_id == row.user_id, PasskeyUnknownError)
        if assertion.user_handle is not None:
            owner = await self._directory.customer(row.user_id)
            _require(assertion.user_handle == handle_of(owner), PasskeyUnknownError)
        seen = self._party.verify_assertion(assertion, passkey.public_key)
        await self._passkeys.use(passkey.passkey_id, seen, Purpose.PAYMENT)

    async def _issue(self, purpose: Purpose, subject: str) -> bytes:
        value = token_bytes(_BYTES)
        await self._passkeys.issue(Challenge(value, purpose, subject, nonce=b""))
        return value

    async def _taken(self, value: bytes, purpose: Purpose, subject: str | None = None) -> Challenge:
        """The challenge, spent. Raises ChallengeInvalidError or ChallengeExpiredError."""
        taken = await self._passkeys.take(value)
        if taken is None or taken.challenge.purpose is not purpose or subject not in {None, taken.challenge.subject}:
            raise ChallengeInvalidError
        if taken.expired:
            raise ChallengeExpiredError
        return taken.challenge

    async def _passkey(self, assertion: Assertion) -> Passkey:
        found = await self._passkeys.by_credential(assertion.credential_id)
        if found is None:
            raise PasskeyUnknownError
        return found


def _bound(nonce: bytes, request: ElicitationRequest) -> bytes:
    return payment_challenge(nonce, request.elicitation_id, request.version, request.transaction_hash)


def _check_bound(challenge: Challenge, request: ElicitationRequest) -> None:
    """Made anew from what the elicitation says now: what was kept beside the challenge decides only on the words."""
    if hmac.compare_digest(challenge.value, _bound(challenge.nonce, request)):
        return
    if challenge.payment_id == request.payment_id and challenge.version != request.version:
        raise StaleVersionError
    raise ChallengeInvalidError


def _require(fits: bool, error: type[PasskeyError]) -> None:
    if not fits:
        raise error
