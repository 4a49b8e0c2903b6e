"""What happens to one payment, as plain data: whose it is, who is diligent, and what everybody does when."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Step:
    """One message. It is sent `wait_ms` after the same actor's last one; where `near` is "expiry", so many ms before or
    after the end of the question that is open then."""

    who: str
    what: str
    detail: str = ""
    near: str = ""
    wait_ms: int = 0


@dataclass(frozen=True)
class Schedule:
    """`answers`, `approves`: whether the customer and the supervisors do their part as well, `think_ms` later.

    `own`: it goes to the customer's other account, whoever the payee is.
    """

    platform: str = "web"
    staff: bool = False
    amount: str = "60.00"
    payee: str = "Shop"
    account: str = "checking"
    answers: bool = True
    approves: bool = True
    think_ms: int = 0
    elicitation_ms: int = 1500
    approval_ms: int = 1500
    steps: tuple[Step, ...] = ()
    own: bool = False

    def to_json(self) -> str:
        """On one line."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Schedule:
        """What `to_json` wrote."""
        body = json.loads(text)
        return Schedule(**body | {"steps": tuple(Step(**each) for each in body["steps"])})

    def smaller(self) -> Iterator[Schedule]:
        """The same with one step less."""
        for number in range(len(self.steps)):
            yield replace(self, steps=self.steps[:number] + self.steps[number + 1 :])


CUSTOMERS: Final = ("customer", "tablet")
AMOUNTS: Final = ("15.00", "30.00", "60.00", "60.01", "150.00", "250.00")
_PLAIN: Final = (
    *("right", "wrong", "malformed", "again", "old_proof", "old_version", "resend", "take_up", "proof") * 3,
    *("decline", "cancel_question", "cancel_payment", "cancel_signal", "operator_cancel", "every_way_at_once"),
)
_CHANGES: Final = (
    *(f"amount={amount}" for amount in AMOUNTS),
    *("amount=0.00", "amount=many", "amount=900.00", "payee=Shop", "payee=Mill", "payee=Nobody"),
    *("account=savings", "account=checking", "account=loan", "same", "stale", "twice"),
)
_DECIDERS: Final = ("sam", "sue", "sid", "maker")


def _steps() -> st.SearchStrategy[Step]:
    waits = st.sampled_from([0, 0, 1, 3, 10, 40, 120, 400])
    late = st.sampled_from([-20, -5, -1, 0, 1, 5, 20])
    plain = st.builds(Step, st.sampled_from(CUSTOMERS), st.sampled_from(_PLAIN), wait_ms=waits)
    changes = st.builds(Step, st.sampled_from(CUSTOMERS), st.just("correct"), st.sampled_from(_CHANGES), wait_ms=waits)
    decisions = st.builds(
        Step,
        st.sampled_from(_DECIDERS),
        st.just("decide"),
        st.sampled_from(["approve", "refuse", "refuse", "twice", "stale", "signal"]),
        wait_ms=waits,
    )
    at_the_end = st.builds(
        Step,
        st.sampled_from(CUSTOMERS),
        st.sampled_from(["proof", "right", "cancel_question", "cancel_payment", "correct"]),
        st.just("amount=30.00"),
        st.just("expiry"),
        late,
    )
    return st.one_of(plain, changes, changes, decisions, at_the_end)


def schedules() -> st.SearchStrategy[Schedule]:
    """Any of them."""
    return st.builds(
        Schedule,
        platform=st.sampled_from(["web", "web", "mobile"]),
        staff=st.booleans(),
        amount=st.sampled_from((*AMOUNTS, "150.00", "250.00", "250.00")),
        payee=st.sampled_from(["Shop", "Shop", "Mill"]),
        account=st.sampled_from(["checking", "checking", "savings"]),
        answers=st.sampled_from([True, True, True, False]),
        approves=st.sampled_from([True, True, False]),
        think_ms=st.sampled_from([0, 0, 20, 150]),
        elicitation_ms=st.sampled_from([300, 1500, 4000, 4000]),
        approval_ms=st.sampled_from([400, 1500, 4000, 4000]),
        steps=st.lists(_steps(), min_size=1, max_size=8).map(tuple),
        own=st.sampled_from([False, False, False, True]),
    )


def drawn(count: int, from_seed: int) -> list[Schedule]:
    """So many schedules, the same for the same seed."""
    found: list[Schedule] = []
    while len(found) < count:
        found += _few(from_seed + len(found))
    return found[:count]


def _few(from_seed: int) -> list[Schedule]:
    """Five at a time: of more, Hypothesis makes most by varying the ones before."""
    found: list[Schedule] = []

    @seed(from_seed)
    @settings(
        max_examples=5, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(schedules())
    def keep(schedule: Schedule) -> None:
        found.append(schedule)

    keep()
    return found
