"""Enrolling passkeys, and signing in with them: over HTTP, with a real authenticator in software."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from tests.fakes.authenticator import Authenticator, decoded, encoded, with_client
from tests.passkeys.conftest import PASSWORD, creation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.passkeys.conftest import Bank

pytestmark = pytest.mark.servers


def login_options(client: httpx.Client, username: str = "") -> dict[str, Any]:
    return client.post("/api/login/passkey/options", json={"username": username}).json()["publicKey"]


def log_in(client: httpx.Client, credential: object) -> httpx.Response:
    return client.post("/api/login/passkey", json={"credential": credential})


def test_what_a_browser_is_asked_to_make(bank: Bank) -> None:
    maya = bank.client("maya")
    device = bank.enrolled(maya)
    options = creation(maya)
    assert options["rp"] == {"name": "Countersign", "id": "localhost"}
    assert decoded(options["user"]["id"]).startswith(b"cust_")
    assert (options["user"]["name"], options["attestation"], options["timeout"]) == ("maya", "none", 300_000)
    assert len(decoded(options["challenge"])) == 32
    assert [each["alg"] for each in options["pubKeyCredParams"]] == [-8, -7, -257]
    chosen = options["authenticatorSelection"]
    assert (chosen["userVerification"], chosen["residentKey"]) == ("required", "preferred")
    assert encoded(device.credential_id) in {each["id"] for each in options["excludeCredentials"]}


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_enrol_list_sign_in_revoke(bank: Bank, algorithm: str) -> None:
    maya, stranger = bank.client("maya"), bank.client()
    before = {each["passkey_id"] for each in maya.get("/api/passkeys").json()["passkeys"]}
    device = bank.enrolled(maya, algorithm, backed_up=True)
    [mine] = [each for each in maya.get("/api/passkeys").json()["passkeys"] if each["passkey_id"] not in before]
    assert (mine["name"], mine["synced"], mine["backed_up"], mine["last_used_at"]) == ("Phone", True, True, "")
    assert mine["transports"] == ["internal", "hybrid"]

    for username in ("", "Maya "):
        answer = log_in(stranger, device.get(login_options(stranger, username), backed_up=False))
        assert (answer.status_code, answer.json()["user"]["user_id"]) == (200, "user_maya")
    signed_in = httpx.Client(base_url=bank.url, headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    [seen] = [each for each in signed_in.get("/api/passkeys").json()["passkeys"] if each["passkey_id"] not in before]
    assert (seen["backed_up"], bool(seen["last_used_at"])) == (False, True)
    signed_in.close()

    door = f"/api/passkeys/{mine['passkey_id']}"
    assert bank.client("omar").delete(door).json()["code"] == "passkey_not_found"
    assert maya.delete(door).json() == {"passkey_id": mine["passkey_id"], "revoked": True}
    assert maya.delete(door).json()["code"] == "passkey_not_found"
    assert log_in(stranger, device.get(login_options(stranger))).json()["code"] == "unauthenticated"
    actions = [bool(bank.audited(mine["passkey_id"], f"passkey.{what}")) for what in ("enrolled", "used", "revoked")]
    assert actions == [True, True, True]


def test_a_stolen_token_alone_leaves_no_passkey_behind(bank: Bank) -> None:
    maya = bank.client("maya")
    answer = maya.post("/api/passkeys/options", json={"password": "guess"})
    assert (answer.status_code, answer.json()["code"]) == (403, "answer_rejected")
    assert bank.client().post("/api/passkeys/options", json={"password": PASSWORD}).status_code == 401


ENROL: dict[str, tuple[dict[str, Any], str]] = {
    "no user verification": ({"verified": False}, "passkey_unverified"),
    "another site": ({"origin": "https://evil.example"}, "passkey_origin"),
    "another relying party": ({"rp_id": "evil.example"}, "passkey_origin"),
    "framed by another site": ({"cross_origin": True}, "passkey_origin"),
    "a challenge that nobody issued": ({"challenge": encoded(bytes(32))}, "challenge_invalid"),
    "backed up, but not eligible": ({"eligible": False, "backed_up": True}, "passkey_backup_changed"),
}


@pytest.mark.parametrize("case", ENROL)
def test_what_is_not_enrolled(bank: Bank, case: str) -> None:
    changes, code = ENROL[case]
    omar = bank.client("omar")
    before = omar.get("/api/passkeys").json()
    answer = omar.post("/api/passkeys", json={"credential": Authenticator().create(creation(omar), **changes)})
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert omar.get("/api/passkeys").json() == before
    assert bank.audited("user_omar", "passkey.refused")[-1] == {"purpose": "enrol", "code": code}


def test_a_challenge_is_its_users_and_good_for_one_enrolment(bank: Bank) -> None:
    maya, omar = bank.client("maya"), bank.client("omar")
    options = creation(maya)
    foreign = omar.post("/api/passkeys", json={"credential": Authenticator().create(options)})
    assert foreign.json()["code"] == "challenge_invalid"
    options = creation(maya)
    assert maya.post("/api/passkeys", json={"credential": Authenticator().create(options)}).status_code == 201
    again = maya.post("/api/passkeys", json={"credential": Authenticator().create(options)})
    assert again.json()["code"] == "challenge_invalid"


def test_one_credential_is_enrolled_once_and_twenty_are_enough(bank: Bank) -> None:
    cora = bank.client("cora")
    device = bank.enrolled(cora)
    again = cora.post("/api/passkeys", json={"credential": device.create(creation(cora))})
    assert (again.status_code, again.json()["code"]) == (409, "passkey_exists")
    bank.row(
        """INSERT INTO passkeys (passkey_id, user_id, credential_id, public_key, sign_count, backup_eligible, backed_up,
               transports, aaguid, name)
           SELECT gen_random_uuid(), user_id, decode(md5(n || passkey_id), 'hex'), public_key, 0, false, false,
               transports, aaguid, name
           FROM passkeys, generate_series(1, 19) n WHERE user_id = 'user_cora' AND revoked_at IS NULL"""
    )
    more = cora.post("/api/passkeys", json={"credential": Authenticator().create(creation(cora))})
    assert (more.status_code, more.json()["code"]) == (409, "too_many_passkeys")


MALFORMED: list[Any] = [
    {},
    {"id": 5},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}},
    {"id": "AA", "rawId": "AA", "type": "password", "response": {"clientDataJSON": "AA", "attestationObject": "AA"}},
    {"id": "A", "rawId": "A", "type": "public-key", "response": {"clientDataJSON": "A", "attestationObject": "A"}},
    {
        "id": "AA",
        "rawId": "AA",
        "type": "public-key",
        "response": {"clientDataJSON": encoded(b"[" * 9000), "attestationObject": encoded(b"\x9f" * 9000)},
    },
]


@pytest.mark.parametrize("credential", MALFORMED)
def test_rubbish_is_refused_as_such(bank: Bank, credential: dict[str, Any]) -> None:
    maya = bank.client("maya")
    for path in ("/api/passkeys", "/api/login/passkey"):
        answer = maya.post(path, json={"credential": credential})
        assert (answer.status_code, answer.json()["code"]) == (422, "passkey_malformed"), path


def test_a_key_that_is_no_key_is_not_enrolled(bank: Bank) -> None:
    omar, device = bank.client("omar"), Authenticator("EdDSA")
    off_curve = {1: 2, 3: -7, -1: 1, -2: bytes([1] * 32), -3: bytes([1] * 32)}
    for cose in (off_curve, {1: 1, 3: -8, -1: 6, -2: b"short"}, {1: 9}, {}, [], {1: 2, 3: -7, -1: 1, -2: "x", -3: "y"}):
        device._cose = lambda cose=cose: cose  # type: ignore[method-assign,assignment]  # noqa: SLF001
        answer = omar.post("/api/passkeys", json={"credential": device.create(creation(omar))})
        assert answer.json()["code"] in {"passkey_invalid", "passkey_malformed"}


LOGIN: dict[str, tuple[Callable[[Bank, httpx.Client, Authenticator], object], str]] = {
    "no user verification": (lambda _, c, d: d.get(login_options(c), verified=False), "passkey_unverified"),
    "another site": (lambda _, c, d: d.get(login_options(c), origin="http://localhost:9999"), "passkey_origin"),
    "another relying party": (lambda _, c, d: d.get(login_options(c), rp_id="evil.example"), "passkey_origin"),
    "a challenge of an enrolment": (
        lambda b, _, d: d.get(creation(b.client("maya")) | {"rpId": "localhost"}),
        "challenge_invalid",
    ),
    "somebody else's user name": (lambda _, c, d: d.get(login_options(c, "omar")), "passkey_unknown"),
    "somebody else's handle": (lambda _, c, d: d.get(login_options(c), handle=b"cust_else"), "passkey_unknown"),
    "a passkey that nobody enrolled": (lambda _, c, __: Authenticator().get(login_options(c)), "passkey_unknown"),
    "a passkey that says nobody, unasked": (lambda _, c, d: _speechless(d).get(login_options(c)), "passkey_unknown"),
    "a signature over other words": (
        lambda _, c, d: with_client(d.get(login_options(c)), challenge=login_options(c)["challenge"]),
        "passkey_invalid",
    ),
    "a count that went back": (lambda _, c, d: d.get(login_options(c), step=-1), "passkey_cloned"),
    "a count that stood still": (lambda _, c, d: d.get(login_options(c), step=0), "passkey_cloned"),
    "eligibility that changed": (lambda _, c, d: d.get(login_options(c), eligible=False), "passkey_backup_changed"),
}


def _speechless(device: Authenticator) -> Authenticator:
    device.user_handle = b""
    return device


@pytest.mark.parametrize("case", LOGIN)
def test_what_opens_nothing_and_is_not_explained(bank: Bank, case: str) -> None:
    tried, code = LOGIN[case]
    stranger, device = bank.client(), bank.enrolled(bank.client("maya"))
    answer = log_in(stranger, tried(bank, stranger, device))
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.json()["detail"] == "the passkey was not accepted"
    written = bank.row("SELECT detail FROM audit WHERE action = 'passkey.refused' ORDER BY audit_id DESC LIMIT 1")
    assert written == ({"purpose": "login", "code": code},)


def test_a_login_challenge_is_good_once_and_not_for_ever(bank: Bank) -> None:
    stranger, device = bank.client(), bank.enrolled(bank.client("maya"))
    options = login_options(stranger)
    assert log_in(stranger, device.get(options)).status_code == 200
    assert log_in(stranger, device.get(options)).status_code == 401
    late = login_options(stranger)
    bank.row("UPDATE passkey_challenges SET expires_at = now() WHERE challenge = %s", decoded(late["challenge"]))
    assert log_in(stranger, device.get(late)).status_code == 401
    assert bank.audited("anonymous", "passkey.refused")[-1]["code"] == "challenge_expired"


def test_a_passkey_that_does_not_count_keeps_working(bank: Bank) -> None:
    stranger, device = bank.client(), bank.enrolled(bank.client("maya"), step=0)
    for _ in range(2):
        assert log_in(stranger, device.get(login_options(stranger))).status_code == 200


def test_a_user_name_gives_nothing_away(bank: Bank) -> None:
    stranger, name = bank.client(), f"nobody-{uuid4().hex[:8]}"
    bank.enrolled(bank.client("ada"))
    shapes = []
    for username in (name, "ada", "sue"):  # nobody; somebody with a passkey; somebody without
        first, second = login_options(stranger, username), login_options(stranger, username)
        assert first["allowCredentials"] == second["allowCredentials"]
        assert first["challenge"] != second["challenge"]
        shapes.append([sorted(each) for each in first["allowCredentials"]])
    assert shapes == [[["id", "type"]]] * 3
    assert login_options(stranger)["allowCredentials"] == []
