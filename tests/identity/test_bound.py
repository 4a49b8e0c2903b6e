"""Change one thing about a bound transaction, or about its proof, and nothing of it gets through (PSD2 RTS, art. 5)."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from dataclasses import fields, replace
from typing import Any, Final

import jwt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from temporalio.testing import ActivityEnvironment

from activities.elicitations import AnswerToCheck, Questions
from activities.ports import ElicitationRow, ProofClaims
from adapters.answer_desk import AnswerDesk
from adapters.passkey_desk import PasskeyDesk
from adapters.postgres.passkeys import Taken
from adapters.relying_party import RelyingParty, handle_of
from adapters.tokens import API_AUDIENCE, PROOF_AUDIENCE, ProofChecker, Proofs
from domain.elicitation import ElicitationOrder, ElicitationState, ElicitationStatus, ElicitationType, ProvenAnswer
from domain.errors import BankError
from domain.passkeys import Challenge, Passkey, Purpose, Seen
from domain.transaction import Transaction, transaction_hash
from tests.fakes.authenticator import Authenticator
from tests.fakes.desk import CODE, FakeAttempts, FakeCodes, FakeElicitations, question
from tests.fakes.house import USER, HouseAttempts, HouseCodes, HouseDirectory, HouseElicitations, HousePhone
from tests.signing import KEYS, OTHER_KEY, SIGNER, signed, unsigned, with_header

BOUNDED: Final = settings(deadline=None, max_examples=60)
FIELDS: Final = [field.name for field in fields(Transaction)]
words = st.text(max_size=12)
transactions = st.builds(
    Transaction,
    payment_id=words,
    amount_minor=st.integers(1, 10**12),
    currency=st.sampled_from(["USD", "EUR", "JPY"]),
    payer_account=words,
    payee_account=words,
    payee_name=words,
)


def mutated(known: Transaction, field: str, data: st.DataObject) -> Transaction:
    """The same but for one field; often nearly the same."""
    before = getattr(known, field)
    near = [before + 1, before * 10, -before] if isinstance(before, int) else [f"{before} ", before.upper(), "x"]
    value = data.draw(st.sampled_from(near) | (st.integers() if isinstance(before, int) else words))
    assume(value != before)
    return replace(known, **{field: value})


def asked(transaction: Transaction, kind: ElicitationType = ElicitationType.OTP, version: int = 1) -> ElicitationRow:
    row = question("e1", kind, USER)
    bound = replace(
        row.request,
        payment_id=transaction.payment_id,
        version=version,
        transaction_hash=transaction_hash(transaction),
        expires_at="2999-01-01T00:00:00+00:00",
    )
    return replace(row, request=bound)


def code_of(work: Any) -> str:  # noqa: ANN401 - whatever is awaited
    """The code that it is refused with; "" where it is not."""

    async def tried() -> str:
        try:
            await work
        except BankError as error:
            return error.code
        except Exception as error:  # noqa: BLE001 - an ApplicationError carries the code as its type
            return str(getattr(error, "type", "")) or repr(error)
        return ""

    return asyncio.run(tried())


class Accepting:
    """The accept activity over its own question, as the workflow's end of the answer door."""

    def __init__(self, row: ElicitationRow) -> None:
        self.order = ElicitationOrder(row.request, row.user_id, row.session_id, 300)
        self.kept = HouseElicitations({row.request.elicitation_id: row})
        self.late_s = 0.0
        codes, phone, directory = HouseCodes(), HousePhone(), HouseDirectory()
        checker = ProofChecker(KEYS, clock=lambda: time.time() + self.late_s)
        self._questions = Questions(self.kept, codes, phone, directory, checker, HouseAttempts())

    async def answer(self, elicitation_id: str, proof: str, response_id: str) -> ElicitationStatus:
        check = AnswerToCheck(self.order, ProvenAnswer(proof, response_id))
        outcome = await ActivityEnvironment().run(self._questions.accept, check)
        return ElicitationStatus(elicitation_id, outcome.state)

    async def fail(self, elicitation_id: str, error_code: str) -> ElicitationStatus:
        return ElicitationStatus(elicitation_id, ElicitationState.FAILED, error_code=error_code)

    @property
    def state(self) -> ElicitationState:
        return self.kept.rows["e1"].state


def proof_of(row: ElicitationRow, **changes: object) -> str:
    request = row.request
    claims = ProofClaims(
        "e1", row.user_id, request.version, request.transaction_hash, "otp", accepted=True, response_id="r1"
    )
    return Proofs(SIGNER).mint(replace(claims, **changes))


@pytest.mark.parametrize("field", FIELDS)
@given(transactions, st.data())
@BOUNDED
def test_a_proof_for_another_transaction_is_refused(field: str, known: Transaction, data: st.DataObject) -> None:
    other = asked(mutated(known, field, data))
    waiting = Accepting(asked(known))
    assert code_of(waiting.answer("e1", proof_of(other), "r1")) == "stale_version"
    assert waiting.state is ElicitationState.PENDING
    assert code_of(waiting.answer("e1", proof_of(asked(known)), "r1")) == ""


@pytest.mark.parametrize("field", FIELDS)
@given(transactions, st.data())
@BOUNDED
def test_the_desk_vouches_for_what_it_showed_and_for_nothing_else(
    field: str, known: Transaction, data: st.DataObject
) -> None:
    """The right code, given on what was shown, while the workflow waits on something else by now."""
    shown = asked(known)
    waiting = Accepting(asked(mutated(known, field, data)))
    desk = AnswerDesk(FakeElicitations(shown), FakeCodes(), Proofs(SIGNER), waiting, FakeAttempts())
    assert code_of(desk.answer("e1", USER, {"otp_code": CODE}, "r1")) == "stale_version"
    assert waiting.state is ElicitationState.PENDING


@given(st.integers() | st.text() | st.none() | st.booleans() | st.floats(allow_nan=False))
@BOUNDED
def test_the_desk_takes_no_answer_to_another_version(version: object) -> None:
    assume(version != 1)
    shown = asked(Transaction("p", 1, "USD", "a", "b", "c"))
    waiting = Accepting(shown)
    desk = AnswerDesk(FakeElicitations(shown), FakeCodes(), Proofs(SIGNER), waiting, FakeAttempts())
    assert code_of(desk.answer("e1", USER, {"otp_code": CODE, "version": version}, "r1")) == "stale_version"
    assert waiting.state is ElicitationState.PENDING


@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_that_was_settled_stays_settled_when_its_proof_has_expired(accepted: bool) -> None:
    """Its worker died before it could tell, and another one takes it up minutes later."""
    row = asked(Transaction("p", 1, "USD", "a", "b", "c"))
    waiting, proof = Accepting(row), proof_of(row, accepted=accepted)
    settled = ElicitationState.COMPLETED if accepted else ElicitationState.CANCELLED
    waiting.late_s = 600
    assert code_of(waiting.answer("e1", proof, "r1")) == "proof_invalid"
    assert waiting.state is ElicitationState.PENDING
    waiting.late_s = 0
    assert asyncio.run(waiting.answer("e1", proof, "r1")).status is settled
    waiting.late_s = 600
    assert asyncio.run(waiting.answer("e1", proof, "r1")).status is settled
    assert code_of(waiting.answer("e1", proof, "r2")) == "proof_invalid"


PROOF_FIELDS: Final = {
    "elicitation_id": (words, {"proof_invalid"}),
    "user_id": (words, {"proof_invalid"}),
    "version": (st.integers(), {"stale_version"}),
    "transaction_hash": (words, {"stale_version"}),
    "method": (
        st.sampled_from(["confirmation", "biometric", "form", "supervisor_approval", "", "OTP"]),
        {"proof_invalid"},
    ),
    "response_id": (words, {"proof_invalid"}),
    "accepted": (st.none() | st.integers() | words, {"proof_invalid"}),
}


@pytest.mark.parametrize("field", PROOF_FIELDS)
@given(st.data())
@BOUNDED
def test_a_proof_of_something_else_well_signed_is_refused(field: str, data: st.DataObject) -> None:
    row = asked(Transaction("p", 1, "USD", "a", "b", "c"))
    values, codes = PROOF_FIELDS[field]
    value = data.draw(values)
    good = ProofClaims("e1", USER, 1, row.request.transaction_hash, "otp", accepted=True, response_id="r1")
    assume(value is not getattr(good, field) and value != getattr(good, field))
    waiting = Accepting(row)
    assert code_of(waiting.answer("e1", proof_of(row, **{field: value}), "r1")) in codes
    assert waiting.state is ElicitationState.PENDING


def claims_for(row: ElicitationRow) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": API_AUDIENCE,
        "aud": PROOF_AUDIENCE,
        "sub": row.user_id,
        "iat": now,
        "exp": now + 60,
        "jti": "j1",
        "eid": "e1",
        "ver": 1,
        "txh": row.request.transaction_hash,
        "method": "otp",
        "accepted": True,
        "rid": "r1",
    }


ROW: Final = asked(Transaction("p", 1, "USD", "a", "b", "c"))
CLAIMS: Final = sorted(claims_for(ROW))


@pytest.mark.parametrize("claim", CLAIMS)
@given(st.data())
@BOUNDED
def test_a_changed_claim_breaks_the_signature(claim: str, data: st.DataObject) -> None:
    """Whatever it is changed to, the token's own id and times included."""
    claims = claims_for(ROW)
    value = data.draw(words | st.integers() | st.booleans() | st.none() | st.just(claims["exp"] + 600))
    assume(type(value) is not type(claims[claim]) or value != claims[claim])
    head, _, signature = signed(claims, typ="proof+jwt").split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims | {claim: value}).encode()).rstrip(b"=").decode()
    waiting = Accepting(ROW)
    assert code_of(waiting.answer("e1", f"{head}.{body}.{signature}", "r1")) == "proof_invalid"
    assert waiting.state is ElicitationState.PENDING


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_proof_without_one_of_its_claims_is_refused(claim: str) -> None:
    less = {name: value for name, value in claims_for(ROW).items() if name != claim}
    assert code_of(Accepting(ROW).answer("e1", signed(less, typ="proof+jwt"), "r1")) == "proof_invalid"


@given(st.data())
@BOUNDED
def test_another_header_is_refused(data: st.DataObject) -> None:
    """alg, typ and kid, each by itself; the good one passes."""
    good = {"alg": "EdDSA", "typ": "proof+jwt", "kid": "k1"}
    member = data.draw(st.sampled_from(sorted(good)))
    likely = st.sampled_from(["none", "None", "HS256", "ES256", "JWT", "at+jwt", "svc+jwt", "PROOF+JWT", "k2", ""])
    value = data.draw(likely | words | st.none() | st.lists(words, max_size=2))
    assume(value != good[member])
    waiting = Accepting(ROW)
    assert code_of(waiting.answer("e1", with_header(claims_for(ROW), good | {member: value}), "r1")) == "proof_invalid"
    assert waiting.state is ElicitationState.PENDING
    assert code_of(waiting.answer("e1", with_header(claims_for(ROW), good), "r1")) == ""


FORGED: Final = {
    "alg none": lambda claims: unsigned(claims, "proof+jwt"),
    "HS256 with the public key": lambda claims: jwt.encode(
        claims, KEYS["k1"].public_bytes_raw(), algorithm="HS256", headers={"typ": "proof+jwt", "kid": "k1"}
    ),
    "another key under our kid": lambda claims: signed(claims, typ="proof+jwt", key=OTHER_KEY),
    "another kind": lambda claims: signed(claims, typ="at+jwt"),
    "another audience": lambda claims: signed(claims | {"aud": API_AUDIENCE}, typ="proof+jwt"),
    "another issuer": lambda claims: signed(claims | {"iss": "orchestrator"}, typ="proof+jwt"),
    "a version that is true": lambda claims: signed(claims | {"ver": True}, typ="proof+jwt"),
    "expired": lambda claims: signed(claims | {"iat": 1, "exp": 61}, typ="proof+jwt"),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_proof_is_refused(case: str) -> None:
    waiting = Accepting(ROW)
    assert code_of(waiting.answer("e1", FORGED[case](claims_for(ROW)), "r1")) == "proof_invalid"
    assert waiting.state is ElicitationState.PENDING


class Vault:
    """One passkey and its challenges, in memory, each taken once."""

    def __init__(self) -> None:
        self.passkey: Passkey | None = None
        self.open: dict[bytes, Challenge] = {}
        self.refusals: list[str] = []

    async def of(self, user_id: str) -> list[Passkey]:
        return [self.passkey] if self.passkey and self.passkey.user_id == user_id else []

    async def by_credential(self, credential_id: bytes) -> Passkey | None:
        return self.passkey if self.passkey and self.passkey.credential_id == credential_id else None

    async def issue(self, challenge: Challenge, lives_s: float = 300) -> None:
        assert lives_s > 0
        self.open[challenge.value] = challenge

    async def take(self, value: bytes) -> Taken | None:
        found = self.open.pop(value, None)
        return None if found is None else Taken(found, expired=False)

    async def enrol(self, passkey: Passkey) -> None:
        self.passkey = passkey

    async def use(self, passkey_id: str, seen: Seen, purpose: Purpose) -> None:
        assert (passkey_id, purpose) == (self.passkey and self.passkey.passkey_id, Purpose.PAYMENT)
        assert seen.sign_count

    async def refused(self, who: str, about: str, purpose: Purpose, code: str) -> None:
        assert (who, about, purpose) == (USER, "e1", Purpose.PAYMENT)
        self.refusals.append(code)


async def _signed_then_asked(shown: ElicitationRow, now: ElicitationRow, vault: Vault) -> None:
    """What was shown is signed; what is asked by now is what it is checked against."""
    directory = HouseDirectory()
    desk = PasskeyDesk(RelyingParty("localhost", "Bank", ("http://localhost:8000",)), vault, directory)
    device = Authenticator("EdDSA")
    await desk.enrol(USER, device.create(await desk.enrol_options(USER)), "Phone")
    assert device.user_handle == handle_of(await directory.customer(USER))
    await desk.check(now, device.get(await desk.payment_options(shown, 60)))


@pytest.mark.parametrize("field", FIELDS)
@given(transactions, st.data())
@BOUNDED
def test_a_passkey_signs_one_transaction(field: str, known: Transaction, data: st.DataObject) -> None:
    shown, now = (asked(each, ElicitationType.BIOMETRIC) for each in (known, mutated(known, field, data)))
    vault = Vault()
    assert code_of(_signed_then_asked(shown, now, vault)) == "challenge_invalid"
    assert vault.refusals == ["challenge_invalid"]
    assert code_of(_signed_then_asked(shown, shown, Vault())) == ""


@given(transactions, st.integers(1, 2**31 - 1))
@BOUNDED
def test_a_passkey_signs_one_version(known: Transaction, version: int) -> None:
    assume(version != 1)
    shown, now = (asked(known, ElicitationType.BIOMETRIC, each) for each in (1, version))
    assert code_of(_signed_then_asked(shown, now, Vault())) == "stale_version"
