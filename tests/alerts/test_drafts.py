"""What an alert lacks: said by voice, filled in, or both; and that nobody reaches another's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from activities.ports import ProofClaims
from adapters.tokens import Proofs
from domain.alerts import AlertNow, AlertRequest, AlertShown, AlertState, AlertWish
from domain.elicitation import Closing, ElicitationState, ElicitationType, ProvenAnswer
from domain.errors import (
    AlertClosedError,
    AlertDateError,
    AlertKindFixedError,
    AlertKindUnknownError,
    AlertNotFoundError,
    AlertOverError,
    AlertRuleError,
    AlertStateError,
    AmountNotPositiveError,
    AmountUnreadableError,
    BankError,
    IdempotencyConflictError,
    UnknownAccountError,
)
from tests.fakes.staff import until
from tests.signing import SIGNER
from workflows.elicitation import ElicitationWorkflow

if TYPE_CHECKING:
    from tests.alerts.conftest import Town

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]


async def fill_in(town: Town, now: AlertNow, **filled: str) -> None:
    """As the api does, once it has checked the form."""
    form = now.elicitation
    assert form is not None
    response = uuid4().hex
    town.owner.execute("SELECT keep_form(%s, %s, %s::jsonb)", [form.elicitation_id, response, _json(filled)])
    claims = ProofClaims(
        form.elicitation_id,
        "u1",
        form.version,
        form.transaction_hash,
        form.elicitation_type.value,
        accepted=True,
        response_id=response,
    )
    handle = town.client.get_workflow_handle_for(ElicitationWorkflow.run, f"elicitation-{form.elicitation_id}")
    await handle.execute_update(ElicitationWorkflow.answer, ProvenAnswer(Proofs(SIGNER).mint(claims), response))


def _json(filled: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":"{text}"' for name, text in filled.items()) + "}"


async def active(town: Town, alert_id: str) -> AlertShown:
    state = "SELECT state FROM alerts WHERE alert_id = %s"
    await until(lambda: town.owner.execute(state, [alert_id]).fetchone() == ("ACTIVE",))
    return await town.desk.get(alert_id, "u1")


async def state_of(town: Town, alert_id: str) -> AlertState:
    return (await town.desk.get(alert_id, "u1")).state


async def test_a_form_fills_in_what_is_missing(town: Town) -> None:
    asked = await town.ask(kind="low_balance")
    assert (asked.state, asked.missing) == (AlertState.DRAFT, ("amount",))
    form = asked.elicitation
    assert form is not None
    assert form.elicitation_type is ElicitationType.FORM
    assert [(each.name, each.required) for each in form.fields] == [("amount", True), ("account", False)]
    assert form.to_json()["context"] == {"transaction_type": "alert"}
    await fill_in(town, asked, amount="60.00", account="savings")
    shown = await active(town, asked.alert_id)
    assert (shown.state, shown.words) == (AlertState.ACTIVE, "when your savings balance drops below $60.00")


async def test_what_is_said_settles_the_form(town: Town) -> None:
    asked = await town.ask(kind="large_transaction")
    now, shown = await town.desk.change(asked.alert_id, "u1", AlertWish(amount="75.00"), "c1")
    assert (now.state, shown.amount_minor) == (AlertState.ACTIVE, 75_00)
    assert asked.elicitation is not None
    closed = "SELECT state FROM elicitations WHERE elicitation_id = %s"
    await until(
        lambda: town.owner.execute(closed, [asked.elicitation.elicitation_id]).fetchone() == ("cancelled",)  # pyright: ignore[reportOptionalMemberAccess]
    )
    again, _ = await town.desk.change(asked.alert_id, "u1", AlertWish(amount="99.00"), "c1")
    assert (again, (await town.desk.get(asked.alert_id, "u1")).amount_minor) == (now, 75_00)


async def test_half_of_it_said_and_half_filled_in(town: Town) -> None:
    asked = await town.ask()
    assert asked.missing == ("kind",)
    said, _ = await town.desk.change(asked.alert_id, "u1", AlertWish(amount="40.00"))
    assert (said.state, said.missing) == (AlertState.DRAFT, ("kind",))
    await fill_in(town, asked, kind="low_balance", account="savings")
    shown = await active(town, asked.alert_id)
    assert (shown.state, shown.words) == (AlertState.ACTIVE, "when your savings balance drops below $40.00")


async def test_both_at_once_make_one_alert(town: Town) -> None:
    asked = await town.ask(kind="low_balance")
    said = town.desk.change(asked.alert_id, "u1", AlertWish(amount="40.00"))
    await asyncio.gather(said, fill_in(town, asked, amount="60.00"), return_exceptions=True)
    shown = await active(town, asked.alert_id)
    assert shown.state is AlertState.ACTIVE
    assert shown.amount_minor in {40_00, 60_00}
    actives = "SELECT count(*) FROM outbox WHERE kind = 'alert.active' AND subject_id = %s"
    assert town.owner.execute(actives, [asked.alert_id]).fetchone() == (1,)


async def test_a_form_that_is_given_up_sets_nothing_up(town: Town) -> None:
    asked = await town.ask(kind="reminder")
    assert asked.elicitation is not None
    handle = town.client.get_workflow_handle_for(
        ElicitationWorkflow.run, f"elicitation-{asked.elicitation.elicitation_id}"
    )
    await handle.signal(ElicitationWorkflow.withdraw, Closing(ElicitationState.CANCELLED, "withdrawn"))
    shown = "SELECT state FROM alerts WHERE alert_id = %s"
    await until(lambda: town.owner.execute(shown, [asked.alert_id]).fetchone() == ("DELETED",))


async def test_another_form_where_the_first_asks_the_wrong_things(town: Town) -> None:
    asked = await town.ask(kind="payment_due", payee="Nobody Known")
    assert asked.missing == ("date",)
    rule = AlertWish(every="FREQ=MONTHLY;BYMONTHDAY=1")
    now, shown = await town.desk.change(asked.alert_id, "u1", rule)
    assert now.state is AlertState.ACTIVE
    assert shown.words == "the day before a payment to Nobody Known is due, on the 1st of each month, at 09:00"


YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
NEXT_YEAR = (datetime.now(UTC) + timedelta(days=365)).date().isoformat()
TODAY = (datetime.now(UTC)).date().isoformat()
REFUSED: list[tuple[dict[str, str], type[BankError]]] = [
    ({"kind": "moon"}, AlertKindUnknownError),
    ({"kind": "low_balance", "amount": "-1"}, AmountNotPositiveError),
    ({"kind": "low_balance", "amount": "5", "account": "loan"}, UnknownAccountError),
    ({"kind": "reminder", "about": "rent", "date": YESTERDAY}, AlertDateError),
    ({"kind": "reminder", "about": "rent", "date": "soon"}, AlertDateError),
    ({"kind": "reminder", "about": "rent", "every": "FREQ=SECONDLY"}, AlertRuleError),
    ({"kind": "reminder", "about": "rent", "every": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, AlertOverError),
    ({"kind": "reminder", "about": "rent", "every": "FREQ=DAILY;INTERVAL=x"}, AlertRuleError),
    ({"kind": "reminder", "about": "rent", "every": "FREQ=YEARLY;INTERVAL=0"}, AlertRuleError),
    ({"kind": "reminder", "about": "rent", "every": "FREQ=YEARLY;BYDAY=99MO"}, AlertRuleError),
    ({"kind": "reminder", "about": "rent", "date": "9999-12-31", "time": "23:00"}, AlertDateError),
    ({"kind": "reminder", "about": "rent", "date": "0001-01-01", "every": "FREQ=DAILY"}, AlertDateError),
    ({"kind": "payment_due", "payee": "City Power", "days_before": "9" * 5000, "date": NEXT_YEAR}, AlertDateError),
    ({"account": "123456789012"}, UnknownAccountError),
    ({"amount": "4111 1111 1111 1111"}, AmountUnreadableError),
    ({"kind": "reminder", "about": "rent", "date": TODAY, "time": "00:00"}, AlertOverError),
]


@pytest.mark.parametrize(("said", "error"), REFUSED)
async def test_what_cannot_be_is_refused_and_may_be_asked_again(
    town: Town, said: dict[str, str], error: type[BankError]
) -> None:
    alert_id = uuid4().hex
    with pytest.raises(error):
        await town.desk.create(AlertRequest(alert_id, "u1", AlertWish(**said)))
    assert await town.desk.of("u1") == []
    now, _ = await town.desk.create(AlertRequest(alert_id, "u1", AlertWish(kind="deposit_received")))
    assert now.state is AlertState.ACTIVE


async def test_a_repeat_is_one_and_other_words_under_its_id_conflict(town: Town) -> None:
    wanted = AlertRequest(uuid4().hex, "u1", AlertWish(kind="low_balance", amount="60.00"))
    first, second = await asyncio.gather(*(town.desk.create(wanted) for _ in range(2)))
    assert first[0] == second[0]
    assert len(await town.desk.of("u1")) == 1
    with pytest.raises(IdempotencyConflictError):
        await town.desk.create(AlertRequest(wanted.alert_id, "u1", AlertWish(kind="low_balance", amount="61.00")))


async def test_anothers_alert_is_not_there(town: Town) -> None:
    alert = await town.alert(kind="low_balance", amount="60.00")
    for attempt in (
        town.desk.get(alert, "u2"),
        town.desk.change(alert, "u2", AlertWish(amount="1.00")),
        town.desk.step(alert, "u2", "delete"),
        town.desk.create(AlertRequest(alert, "u2", AlertWish(kind="low_balance", amount="60.00"))),
    ):
        with pytest.raises(AlertNotFoundError):
            await attempt
    assert await state_of(town, alert) is AlertState.ACTIVE


async def test_its_states(town: Town) -> None:
    alert = await town.alert(kind="low_balance", amount="60.00")
    with pytest.raises(AlertKindFixedError):
        await town.desk.change(alert, "u1", AlertWish(kind="reminder"))
    assert (await town.desk.step(alert, "u1", "pause")).state is AlertState.PAUSED
    assert (await town.desk.step(alert, "u1", "pause")).state is AlertState.PAUSED
    _, changed = await town.desk.change(alert, "u1", AlertWish(amount="70.00"))
    assert (changed.state, changed.amount_minor) == (AlertState.PAUSED, 70_00)
    assert (await town.desk.step(alert, "u1", "resume")).state is AlertState.ACTIVE
    assert (await town.desk.step(alert, "u1", "delete")).state is AlertState.DELETED
    assert (await town.desk.step(alert, "u1", "delete")).state is AlertState.DELETED
    with pytest.raises(AlertClosedError):
        await town.desk.change(alert, "u1", AlertWish(amount="1.00"))
    draft = await town.ask(kind="low_balance")
    with pytest.raises(AlertStateError):
        await town.desk.step(draft.alert_id, "u1", "pause")
    assert [each.alert_id for each in await town.desk.of("u1")] == [draft.alert_id]


async def test_a_reminder_comes_due_and_is_over(town: Town) -> None:
    """A minute from now by the calendar: the clock of the bank stands a moment before it."""
    soon = datetime.now(UTC) + timedelta(minutes=1)
    town.clock = None
    alert = await town.alert(kind="reminder", about="the rent", date=soon.date().isoformat(), time=f"{soon:%H:%M}")
    shown = await town.desk.get(alert, "u1")
    assert shown.words == f"about the rent on {soon.day} {soon:%B %Y}, at {soon:%H:%M}"
    described = await town.client.get_workflow_handle(f"alert-{alert}").describe()
    found = {pair.key.name: pair.value for pair in described.typed_search_attributes}
    assert found["CustomerRef"] == "ref_u1"
    assert found["DueAt"].replace(second=0, microsecond=0) == soon.replace(second=0, microsecond=0)
