"""What stands behind the answer door, in memory: elicitations, codes, attempts and the waiting workflow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from activities.ports import ElicitationRow
from adapters.answer_desk import AnswerDesk
from adapters.tokens import ProofChecker, Proofs
from domain.elicitation import ElicitationRequest, ElicitationState, ElicitationStatus, ElicitationType
from domain.errors import ElicitationClosedError, ElicitationNotFoundError, TooManyTriesError, UnavailableError
from domain.forms import Value
from domain.schemas import OTP_TRIES
from tests.signing import KEYS, SIGNER

CODE = "042517"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def question(elicitation_id: str, kind: ElicitationType = ElicitationType.OTP, user_id: str = "u1") -> ElicitationRow:
    request = ElicitationRequest(
        elicitation_id=elicitation_id,
        tool_call_id="t1",
        elicitation_type=kind,
        payment_id="p1",
        version=1,
        transaction_hash="f" * 64,
        amount="25.00",
        currency="USD",
        payee="Sarah Chen",
        account="checking",
        created_at=NOW.isoformat(),
        expires_at=(NOW + timedelta(seconds=300)).isoformat(),
        timeout_seconds=300,
    )
    return ElicitationRow(request, user_id, "s1", ElicitationState.PENDING, 0, secret="sealed")


class FakeElicitations:
    """Elicitations at rest, as far as the desk reads and counts."""

    def __init__(self, *rows: ElicitationRow) -> None:
        self.rows = {row.request.elicitation_id: row for row in rows}
        self.forms: dict[tuple[str, str], dict[str, Value]] = {}

    async def keep_form(self, elicitation_id: str, response_id: str, filled: dict[str, Value]) -> None:
        self.forms.setdefault((elicitation_id, response_id), filled)

    async def get(self, elicitation_id: str) -> ElicitationRow:
        if elicitation_id not in self.rows:
            raise ElicitationNotFoundError
        return self.rows[elicitation_id]

    async def count_try(self, elicitation_id: str) -> int:
        row = self.rows[elicitation_id]
        if row.tries >= OTP_TRIES:
            raise TooManyTriesError
        self.rows[elicitation_id] = replace(row, tries=row.tries + 1)
        return row.tries + 1

    async def give_back_try(self, elicitation_id: str) -> None:
        row = self.rows[elicitation_id]
        self.rows[elicitation_id] = replace(row, tries=row.tries - 1)


class FakeCodes:
    """One code fits."""

    def verify(self, sealed: str, counter: int, code: str) -> bool:
        del sealed, counter
        return code == CODE


class FakeAttempts:
    """Outcomes by response id; the first stays."""

    def __init__(self) -> None:
        self.outcomes: dict[tuple[str, str], str] = {}

    async def outcome_of(self, elicitation_id: str, response_id: str) -> str | None:
        return self.outcomes.get((elicitation_id, response_id))

    async def record(self, row: ElicitationRow, response_id: str, outcome: str) -> None:
        self.outcomes.setdefault((row.request.elicitation_id, response_id), outcome)


class FakeWorkflows:
    """Elicitation workflows: a valid proof settles one, once. `away`: how many find nobody there."""

    def __init__(self, elicitations: FakeElicitations) -> None:
        self.elicitations = elicitations
        self.accepted: list[bool] = []
        self.away = 0
        self._checker = ProofChecker(KEYS)

    async def answer(self, elicitation_id: str, proof: str, response_id: str) -> ElicitationStatus:
        if self.away:
            self.away -= 1
            raise UnavailableError
        claims = self._checker.verify(proof)
        assert (claims.elicitation_id, claims.response_id) == (elicitation_id, response_id)
        row = self.elicitations.rows[elicitation_id]
        if row.state is not ElicitationState.PENDING:
            raise ElicitationClosedError
        self.accepted.append(claims.accepted)
        return self._settle(row, ElicitationState.COMPLETED, response_id)

    async def fail(self, elicitation_id: str, error_code: str) -> ElicitationStatus:
        return self._settle(self.elicitations.rows[elicitation_id], ElicitationState.FAILED, "", error_code)

    def _settle(
        self, row: ElicitationRow, state: ElicitationState, response_id: str, error_code: str = ""
    ) -> ElicitationStatus:
        settled = replace(row, state=state, response_id=response_id, error_code=error_code)
        self.elicitations.rows[row.request.elicitation_id] = settled
        return ElicitationStatus(row.request.elicitation_id, state, error_code=error_code)


class Bench:
    """A desk and everything behind it."""

    def __init__(self, *rows: ElicitationRow) -> None:
        self.now = NOW
        self.elicitations = FakeElicitations(*rows)
        self.workflows = FakeWorkflows(self.elicitations)
        self.attempts = FakeAttempts()
        self.desk = AnswerDesk(
            self.elicitations, FakeCodes(), Proofs(SIGNER), self.workflows, self.attempts, lambda: self.now
        )
