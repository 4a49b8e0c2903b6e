"""A payment signed with a passkey, and everything that must not sign one."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.ear import fit_for_the_ear
from tests.fakes.authenticator import Authenticator, decoded, with_client
from tests.passkeys.conftest import answered, asking, creation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.passkeys.conftest import Bank

pytestmark = pytest.mark.servers


@pytest.mark.parametrize(
    ("algorithm", "origin"), [("ES256", "http://localhost:8000"), ("EdDSA", "https://bank.localhost")]
)
def test_a_passkey_pays_once(bank: Bank, algorithm: str, origin: str) -> None:
    omar = bank.client("omar")
    device, before, question = bank.enrolled(omar, algorithm), bank.balance(), bank.pay()
    shown = omar.get(f"/api/elicitations/{question}").json()
    assert shown["schema"]["ui_hints"]["component"] == "biometric_prompt"
    assert shown["metadata"]["platform_requirements"]["mobile"] == {"requires_biometric": True}
    options = omar.get(f"/api/elicitations/{question}/passkey-options").json()
    assert (options["elicitation_id"], options["version"]) == (question, 1)
    public = options["publicKey"]
    assert (public["rpId"], public["userVerification"]) == ("localhost", "required")
    assert 0 < public["timeout"] <= 60_000
    assertion = device.get(public, origin=origin)
    answer = answered(omar, question, assertion, "r1")
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    paid = question.removesuffix("-biometric-1")
    assert wait_for(omar, paid) == "COMPLETED"
    assert bank.balance() == before - 25_00
    assert answered(omar, question, assertion, "r1").json()["status"] == "completed"
    assert answered(omar, question, assertion, "r2").json()["code"] == "elicitation_closed"
    assert omar.get(f"/api/elicitations/{question}/passkey-options").json()["code"] == "elicitation_closed"
    assert bank.balance() == before - 25_00


def test_the_first_specifications_biometric_token_is_taken_too(bank: Bank) -> None:
    omar = bank.client("omar")
    device, question = bank.enrolled(omar), bank.pay()
    body = {"data": {}, "metadata": {"biometric_token": json.dumps(device.get(asking(omar, question)))}}
    assert omar.post(f"/api/elicitations/{question}/answer", json=body).json()["status"] == "completed"


def test_of_racing_answers_one_is_taken(bank: Bank) -> None:
    omar = bank.client("omar")
    device, question = bank.enrolled(omar, step=0), bank.pay()
    signed = device.get(asking(omar, question))
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: answered(omar, question, signed, f"race-{n}").json(), range(8)))
    assert sorted(each.get("status") == "completed" for each in results) == [False] * 7 + [True]
    refused = {each["code"] for each in results if "code" in each}
    assert refused <= {"challenge_invalid", "elicitation_closed"}


def _of_maya(bank: Bank, omar: httpx.Client, _: Authenticator, question: str) -> object:
    return bank.enrolled(bank.client("maya")).get(asking(omar, question))


def _maya_as_omar(bank: Bank, omar: httpx.Client, device: Authenticator, question: str) -> object:
    theirs = bank.enrolled(bank.client("maya"))
    return theirs.get(asking(omar, question), handle=device.user_handle)


def _revoked(_: Bank, omar: httpx.Client, device: Authenticator, question: str) -> object:
    signed = device.get(asking(omar, question))
    newest = omar.get("/api/passkeys").json()["passkeys"][-1]
    omar.delete(f"/api/passkeys/{newest['passkey_id']}")
    return signed


def _replayed(_: Bank, omar: httpx.Client, device: Authenticator, question: str) -> object:
    public = asking(omar, question)
    assert answered(omar, question, device.get(public, verified=False)).status_code == 403
    return device.get(public)


def _for_login(_: Bank, omar: httpx.Client, device: Authenticator, __: str) -> object:
    return device.get(omar.post("/api/login/passkey/options", json={"username": "omar"}).json()["publicKey"])


def _for_enrolment(_: Bank, omar: httpx.Client, device: Authenticator, __: str) -> object:
    return device.get({"rpId": "localhost", "challenge": creation(omar)["challenge"]})


def _for_another_payment(bank: Bank, omar: httpx.Client, device: Authenticator, _: str) -> object:
    return device.get(asking(omar, bank.pay()))


def _expired(bank: Bank, omar: httpx.Client, device: Authenticator, question: str) -> object:
    public = asking(omar, question)
    bank.row("UPDATE passkey_challenges SET expires_at = now() WHERE challenge = %s", decoded(public["challenge"]))
    return device.get(public)


def _hash_changed(bank: Bank, omar: httpx.Client, device: Authenticator, question: str) -> object:
    signed = device.get(asking(omar, question))
    change = '{"transaction_hash": "' + "0" * 64 + '"}'
    bank.row("UPDATE elicitations SET request = request || %s::jsonb WHERE elicitation_id = %s", change, question)
    return signed


def _version_changed(bank: Bank, omar: httpx.Client, device: Authenticator, question: str) -> object:
    signed = device.get(asking(omar, question))
    change = '{"version": 2, "transaction_hash": "' + "0" * 64 + '"}'
    bank.row("UPDATE elicitations SET request = request || %s::jsonb WHERE elicitation_id = %s", change, question)
    return signed


def _signed(**changes: object) -> Callable[[Bank, httpx.Client, Authenticator, str], object]:
    return lambda _, omar, device, question: device.get(asking(omar, question), **changes)


def _tampered(**changes: object) -> Callable[[Bank, httpx.Client, Authenticator, str], object]:
    return lambda _, omar, device, question: with_client(device.get(asking(omar, question)), **changes)


def _other_question(_: Bank, omar: httpx.Client, device: Authenticator, question: str) -> object:
    """An old signature under a challenge that is still good."""
    return with_client(device.get(asking(omar, question)), challenge=asking(omar, question)["challenge"])


HOSTILE: dict[str, tuple[Callable[[Bank, httpx.Client, Authenticator, str], object], int, str]] = {
    "another user's passkey": (_of_maya, 403, "passkey_unknown"),
    "another user's passkey under one's own handle": (_maya_as_omar, 403, "passkey_unknown"),
    "a passkey that nobody enrolled": (lambda _, c, __, q: Authenticator().get(asking(c, q)), 403, "passkey_unknown"),
    "a revoked passkey": (_revoked, 403, "passkey_unknown"),
    "without user verification": (_signed(verified=False), 403, "passkey_unverified"),
    "a replayed challenge": (_replayed, 403, "challenge_invalid"),
    "a login challenge": (_for_login, 403, "challenge_invalid"),
    "an enrolment challenge": (_for_enrolment, 403, "challenge_invalid"),
    "the challenge of another payment": (_for_another_payment, 403, "challenge_invalid"),
    "a challenge that nobody issued": (_signed(challenge="AAAA"), 403, "challenge_invalid"),
    "an expired challenge": (_expired, 403, "challenge_expired"),
    "a version that has been corrected since": (_version_changed, 409, "stale_version"),
    "a transaction that is another now": (_hash_changed, 403, "challenge_invalid"),
    "another origin": (_signed(origin="https://evil.example"), 403, "passkey_origin"),
    "another port": (_signed(origin="http://localhost:8001"), 403, "passkey_origin"),
    "a frame in another site": (_signed(cross_origin=True), 403, "passkey_origin"),
    "another relying party": (_signed(rp_id="evil.example"), 403, "passkey_origin"),
    "client data of an enrolment": (_tampered(type="webauthn.create"), 403, "passkey_invalid"),
    "client data with more in it": (_tampered(extra=1), 403, "passkey_invalid"),
    "client data with another challenge": (_other_question, 403, "passkey_invalid"),
    "a count that went back": (_signed(step=-1), 403, "passkey_cloned"),
    "a count that stood still": (_signed(step=0), 403, "passkey_cloned"),
    "eligibility for backup that changed": (_signed(eligible=False), 403, "passkey_backup_changed"),
    "backed up without eligibility": (_signed(eligible=False, backed_up=True), 403, "passkey_backup_changed"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_signs_nothing(bank: Bank, case: str) -> None:
    tried, status, code = HOSTILE[case]
    omar = bank.client("omar")
    device, question, before = bank.enrolled(omar), bank.pay(), bank.balance()
    answer = answered(omar, question, tried(bank, omar, device, question), "r1")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert fit_for_the_ear(answer.json()["sentence"])
    assert {"purpose": "payment", "code": code} in bank.audited(question, "passkey.refused")
    assert (bank.state(question), bank.balance()) == ("pending", before)
    paid = bank.row("SELECT state FROM payments WHERE payment_id = %s", question.removesuffix("-biometric-1"))
    assert paid == ("AWAITING_CUSTOMER",)


def test_a_passkey_that_was_refused_works_again_when_it_is_honest(bank: Bank) -> None:
    omar = bank.client("omar")
    device, question = bank.enrolled(omar), bank.pay()
    assert answered(omar, question, device.get(asking(omar, question), verified=False), "r1").status_code == 403
    again = answered(omar, question, device.get(asking(omar, question)), "r1")
    assert again.json()["code"] == "passkey_unverified"
    assert answered(omar, question, device.get(asking(omar, question)), "r2").json()["status"] == "completed"


def test_the_signature_for_version_one_is_not_one_for_version_two(bank: Bank) -> None:
    omar = bank.client("omar")
    device, first = bank.enrolled(omar), bank.pay()
    signed, second = device.get(asking(omar, first)), first.replace("-biometric-1", "-biometric-2")
    bank.row("UPDATE payments SET version = 2 WHERE payment_id = %s", first.removesuffix("-biometric-1"))
    bank.row(
        """INSERT INTO elicitations (elicitation_id, payment_id, user_id, session_id, type, request, state)
           SELECT %s, payment_id, user_id, session_id, type,
               request || jsonb_build_object('elicitation_id', %s::text, 'version', 2), 'pending'
           FROM elicitations WHERE elicitation_id = %s""",
        second,
        second,
        first,
    )
    answer = answered(omar, second, signed)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
    assert bank.state(second) == "pending"


MALFORMED: list[Any] = [None, 5, "", "{", [], {}, {"id": "AA"}, "[" * 9000, {"id": "A", "rawId": "A", "response": 1}]


@pytest.mark.parametrize("assertion", MALFORMED)
def test_rubbish_costs_nothing(bank: Bank, assertion: object) -> None:
    omar = bank.client("omar")
    bank.enrolled(omar)
    question = bank.pay()
    answer = answered(omar, question, assertion)
    assert (answer.status_code, answer.json()["code"]) == (422, "passkey_malformed")
    code = omar.post(f"/api/elicitations/{question}/answer", json={"data": {"confirmed": True}})
    assert code.json()["code"] == "passkey_malformed"
    assert bank.state(question) == "pending"


def test_only_the_one_who_is_asked_is_given_something_to_sign(bank: Bank) -> None:
    omar, sam = bank.client("omar"), bank.client("sam")
    question = bank.pay()
    door = f"/api/elicitations/{question}/passkey-options"
    assert bank.client("maya").get(door).json()["code"] == "elicitation_not_found"
    assert sam.get(door).json()["code"] == "forbidden"
    assert bank.client().get(door).json()["code"] == "unauthenticated"
    for each in omar.get("/api/passkeys").json()["passkeys"]:
        omar.delete(f"/api/passkeys/{each['passkey_id']}")
    assert (omar.get(door).status_code, omar.get(door).json()["code"]) == (404, "passkey_not_found")


def wait_for(client: httpx.Client, payment_id: str) -> str:
    """The state that the payment ends in, looked at until it has."""
    for _ in range(300):
        state = str(client.get(f"/api/payments/{payment_id}").json()["state"])
        if state in {"COMPLETED", "FAILED", "CANCELLED", "EXPIRED"}:
            return state
    return state
