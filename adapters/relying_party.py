"""The bank as a WebAuthn relying party: options for a browser, and what came back, verified by py_webauthn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json_dict,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_authenticator_data,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import InvalidBackupFlags, WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorData,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CollectedClientData,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from domain.accounts import Customer
from domain.errors import (
    PasskeyBackupError,
    PasskeyError,
    PasskeyMalformedError,
    PasskeyOriginError,
    PasskeyUnverifiedError,
)
from domain.passkeys import CHALLENGE_S, Passkey, Seen

_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_UNREADABLE: Final = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What py_webauthn lets through of a hostile credential, beside its own exceptions."""
_LOOPBACK: Final = "localhost"


@dataclass(frozen=True, slots=True)
class Attestation:
    """A new credential as it came in: nothing is verified yet, but that it can be read."""

    credential: RegistrationCredential
    challenge: bytes
    client: CollectedClientData
    authenticator: AuthenticatorData


@dataclass(frozen=True, slots=True)
class Assertion:
    """A signature as it came in: nothing is verified yet, but that it can be read."""

    credential: AuthenticationCredential
    challenge: bytes
    client: CollectedClientData
    authenticator: AuthenticatorData

    @property
    def credential_id(self) -> bytes:
        """Which passkey it claims to be."""
        return self.credential.raw_id

    @property
    def user_handle(self) -> bytes | None:
        """Whose it claims to be, where the authenticator says so."""
        return self.credential.response.user_handle


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A verified new credential."""

    credential_id: bytes
    public_key: bytes
    aaguid: str
    transports: tuple[str, ...]
    seen: Seen


class RelyingParty:
    """Options and verification for one RP id. Raises ValueError for origins from which that id cannot be used."""

    def __init__(self, rp_id: str, name: str, origins: Sequence[str]) -> None:
        for origin in origins:
            _check_origin(rp_id, origin)
        self._rp_id = rp_id
        self._rp_id_hash = hashlib.sha256(rp_id.encode()).digest()
        self._name = name
        self._origins = list(origins)

    def creation_options(self, customer: Customer, challenge: bytes, known: Sequence[Passkey]) -> dict[str, Any]:
        """PublicKeyCredentialCreationOptionsJSON. The user handle is the customer's pseudonym."""
        options = generate_registration_options(
            rp_id=self._rp_id,
            rp_name=self._name,
            user_name=customer.username,
            user_display_name=customer.display_name,
            user_id=handle_of(customer),
            challenge=challenge,
            timeout=CHALLENGE_S * 1000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[_descriptor(each.credential_id, each.transports) for each in known],
            supported_pub_key_algs=_ALGORITHMS,
        )
        return options_to_json_dict(options)

    def request_options(
        self, challenge: bytes, allowed: Sequence[tuple[bytes, Sequence[str]]] = (), timeout_s: float = CHALLENGE_S
    ) -> dict[str, Any]:
        """PublicKeyCredentialRequestOptionsJSON. `allowed`: credential ids with their transports."""
        options = generate_authentication_options(
            rp_id=self._rp_id,
            challenge=challenge,
            timeout=int(timeout_s * 1000),
            allow_credentials=[_descriptor(credential_id, ways) for credential_id, ways in allowed],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json_dict(options)

    def verify_attestation(self, attestation: Attestation) -> Enrolled:
        """Raises PasskeyError, or the kind of it that fits."""
        self._check_ceremony(attestation.client, attestation.authenticator)
        try:
            verified = verify_registration_response(
                credential=attestation.credential,
                expected_challenge=attestation.challenge,
                expected_rp_id=self._rp_id,
                expected_origin=self._origins,
                require_user_verification=True,
                supported_pub_key_algs=_ALGORITHMS,
            )
            decoded_public_key_to_cryptography(decode_credential_public_key(verified.credential_public_key))
        except InvalidBackupFlags as error:
            raise PasskeyBackupError from error
        except _UNREADABLE as error:
            raise PasskeyError from error
        ways = attestation.credential.response.transports or []
        return Enrolled(
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            aaguid=verified.aaguid,
            transports=tuple(dict.fromkeys(way.value for way in ways)),
            seen=_seen(verified.sign_count, verified.credential_device_type, backed_up=verified.credential_backed_up),
        )

    def verify_assertion(self, assertion: Assertion, public_key: bytes) -> Seen:
        """Raises PasskeyError, or the kind of it that fits.

        The count is for the caller to judge: the library would judge it before the signature, on anybody's word.
        """
        self._check_ceremony(assertion.client, assertion.authenticator)
        try:
            verified = verify_authentication_response(
                credential=assertion.credential,
                expected_challenge=assertion.challenge,
                expected_rp_id=self._rp_id,
                expected_origin=self._origins,
                credential_public_key=public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except InvalidBackupFlags as error:
            raise PasskeyBackupError from error
        except _UNREADABLE as error:
            raise PasskeyError from error
        return _seen(verified.new_sign_count, verified.credential_device_type, backed_up=verified.credential_backed_up)

    def _check_ceremony(self, client: CollectedClientData, authenticator: AuthenticatorData) -> None:
        """What the library checks too, but says in prose; and that no other site framed it, which it does not check."""
        if client.origin not in self._origins or client.cross_origin or authenticator.rp_id_hash != self._rp_id_hash:
            raise PasskeyOriginError
        if not authenticator.flags.uv:
            raise PasskeyUnverifiedError


def read_attestation(given: object) -> Attestation:
    """A RegistrationResponseJSON, as an object or as its text. Raises PasskeyMalformedError."""
    try:
        credential = parse_registration_credential_json(_json(given))
        client = parse_client_data_json(credential.response.client_data_json)
        authenticator = parse_attestation_object(credential.response.attestation_object).auth_data
    except _UNREADABLE as error:
        raise PasskeyMalformedError from error
    return Attestation(credential, client.challenge, client, authenticator)


def read_assertion(given: object) -> Assertion:
    """An AuthenticationResponseJSON, as an object or as its text. Raises PasskeyMalformedError."""
    try:
        credential = parse_authentication_credential_json(_json(given))
        client = parse_client_data_json(credential.response.client_data_json)
        authenticator = parse_authenticator_data(credential.response.authenticator_data)
    except _UNREADABLE as error:
        raise PasskeyMalformedError from error
    return Assertion(credential, client.challenge, client, authenticator)


def handle_of(customer: Customer) -> bytes:
    """The WebAuthn user handle: a pseudonym, for authenticators show it to whoever holds them."""
    return customer.customer_ref.encode()


def _json(given: object) -> str | dict[str, Any]:
    if isinstance(given, Mapping):
        return dict(cast("Mapping[str, Any]", given))
    if isinstance(given, str):
        return given
    raise TypeError(type(given).__name__)


def _descriptor(credential_id: bytes, transports: Sequence[str]) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        id=credential_id, transports=[AuthenticatorTransport(way) for way in transports] or None
    )


def _seen(sign_count: int, device_type: CredentialDeviceType, *, backed_up: bool) -> Seen:
    return Seen(sign_count, device_type is CredentialDeviceType.MULTI_DEVICE, backed_up)


def _check_origin(rp_id: str, origin: str) -> None:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if f"{parts.scheme}://{parts.netloc}" != origin or (host != rp_id and not host.endswith(f".{rp_id}")):
        raise ValueError(f"passkeys of {rp_id} cannot be used from {origin}")
    if parts.scheme != "https" and host != _LOOPBACK:
        raise ValueError(f"passkeys need https: {origin}")
