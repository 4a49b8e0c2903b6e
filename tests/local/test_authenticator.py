"""The passkey in software signs what a bank's own page may ask for, and nothing else."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

from adapters.relying_party import RelyingParty, read_assertion, read_attestation
from cli.authenticator import Authenticator, NotToBeSignedError, decoded, encoded
from cli.device import Device, demo_only
from domain.accounts import Customer
from domain.errors import ForbiddenError, PasskeyOriginError
from runtime.settings import Settings

ORIGIN = "http://localhost:8000"
OMAR = Customer("user_omar", "omar", "Omar", "customer", "demo", "cust_91c4", "mobile", "+15550100102", "o@example.com")


@pytest.fixture
def party() -> RelyingParty:
    return RelyingParty("localhost", "Countersign", [ORIGIN])


def enrolled(party: RelyingParty, origin: str = ORIGIN) -> tuple[Authenticator, bytes]:
    """A passkey and its public key."""
    passkey = Authenticator(origin)
    made = passkey.create(party.creation_options(OMAR, token_bytes(32), []))
    return passkey, party.verify_attestation(read_attestation(made)).public_key


def test_what_it_signs_is_believed_and_counted(party: RelyingParty) -> None:
    passkey, public_key = enrolled(party)
    for used in (2, 3):
        kept = Authenticator.from_json(json.loads(json.dumps(passkey.to_json())))
        assertion = read_assertion(kept.get(party.request_options(token_bytes(32), [(kept.credential_id, ())])))
        assert party.verify_assertion(assertion, public_key).sign_count == used
        assert (assertion.user_handle, assertion.authenticator.flags.uv) == (b"cust_91c4", True)
        passkey = kept


REFUSED = {
    "no user verification": {"userVerification": "preferred"},
    "user verification not mentioned": {"userVerification": None},
    "another party": {"rpId": "bank.example"},
    "another passkey": {"allowCredentials": [{"id": encoded(b"x"), "type": "public-key"}]},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
def test_it_does_not_sign(party: RelyingParty, changes: dict[str, Any]) -> None:
    passkey, _ = enrolled(party)
    with pytest.raises(NotToBeSignedError):
        passkey.get(party.request_options(token_bytes(32)) | changes)
    assert passkey.count == 1


def test_it_is_not_enrolled_where_the_user_is_not_to_be_verified(party: RelyingParty) -> None:
    options = party.creation_options(OMAR, token_bytes(32), [])
    options["authenticatorSelection"]["userVerification"] = "discouraged"
    with pytest.raises(NotToBeSignedError):
        Authenticator(ORIGIN).create(options)


def test_another_page_is_told_apart(party: RelyingParty) -> None:
    with pytest.raises(PasskeyOriginError):
        enrolled(party, "http://localhost:9")


@pytest.mark.parametrize("changes", [{"environment": "production", "demo_password": "p"}, {"demo_password": ""}])
def test_there_is_none_outside_a_demo(changes: dict[str, Any], tmp_path: Path) -> None:
    chosen = Settings(state_dir=tmp_path, **changes)
    for refused in (lambda: demo_only(chosen), lambda: Device(chosen, "omar")):
        with pytest.raises(ForbiddenError):
            refused()


def test_the_flags_of_the_file_keep_others_out(party: RelyingParty, tmp_path: Path) -> None:
    device = Device(Settings(environment="test", demo_password="p", state_dir=tmp_path), "omar")
    device.keep(enrolled(party)[0], "p1")
    assert stat.S_IMODE(device.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(device.file.parent.stat().st_mode) == 0o700
    kept = json.loads(device.file.read_text())
    assert (kept["passkey_id"], decoded(kept["user_handle"])) == ("p1", b"cust_91c4")
