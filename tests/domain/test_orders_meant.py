"""Which standing order is meant, and whether one or an alert: a memory, a turn, and what is done about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.conversation import Turn
from domain.dialogue import orders_meant
from domain.dialogue.decide import decide
from domain.dialogue.moves import Answer, FindAlert, FindEither, FindOrder, Move, Say, StopOrder, Withdraw
from domain.dialogue.ordering import CHOOSING, EITHER
from domain.dialogue.state import Dialogue, Draft, Person, Stage, Topic
from domain.understanding import Intent
from tests.domain.test_dialogue import AWAITING, CODE_ID, CONFIRMING

HOME = Dialogue(Person("Maya Lindqvist", ("Sarah Chen", "City Power"), ("checking", "savings"), "01"))


def order(order_id: str, payee: str, state: str = "ACTIVE", amount: str = "80.00") -> dict[str, Any]:
    return {"order_id": order_id, "payee": payee, "state": state, "amount": amount, "currency": "USD",
            "schedule": "every day", "every": "FREQ=DAILY", "next_on": ""}  # fmt: skip


POWER, SARAH = order("power", "City Power"), order("sarah", "Sarah Chen", amount="50.00")
BOTH = {"standing_orders": [POWER, SARAH]}
ALERTS = {"alerts": [{"alert_id": "a", "state": "ACTIVE"}]}


def hear(dialogue: Dialogue, intent: Intent, text: str = "", **slots: str) -> tuple[Dialogue, Move]:
    return decide(dialogue, Turn("t", text, intent, slots))


def paused(which: dict[str, Any] = POWER) -> Dialogue:
    """Having just paused one."""
    _, move = said = hear(HOME, Intent.ORDER_PAUSE, payee=which["payee"])
    assert isinstance(move, FindOrder)
    after, order_id, _ = orders_meant.meant(said[0], BOTH, move)
    assert order_id == which["order_id"]
    after, text = orders_meant.stepped(after, "pause", {"standing_orders": [which]})
    return after.saying(text)


@pytest.mark.parametrize(
    ("intent", "text", "action"),
    [
        (Intent.ALERT_RESUME, "resume it", "resume"),
        (Intent.ALERT_RESUME, "start it again", "resume"),
        (Intent.ALERT_PAUSE, "pause that", "pause"),
        (Intent.ALERT_DELETE, "delete it", "cancel"),
        (Intent.CANCEL, "cancel that", "cancel"),
        (Intent.CANCEL, "stop it", "cancel"),
    ],
)
@pytest.mark.parametrize("last", [POWER, SARAH], ids=["power", "sarah"])
def test_it_is_the_order_spoken_of_last(last: dict[str, Any], intent: Intent, text: str, action: str) -> None:
    after, move = hear(paused(last), intent, text)
    assert isinstance(move, FindOrder)
    assert (move.action, move.it) == (action, True)
    found, order_id, told = orders_meant.meant(after, BOTH, move)
    assert (order_id or found.stopping) == last["order_id"]
    assert (action == "cancel") is told.endswith("Shall I cancel it?")


def test_an_alert_spoken_of_later_is_it() -> None:
    assert isinstance(hear(replace(paused(), topic=Topic.ALERT), Intent.ALERT_RESUME, "resume it")[1], FindAlert)
    assert isinstance(hear(paused(), Intent.ALERT_RESUME, "resume my balance alert", alert="low_balance")[1], FindAlert)


@pytest.mark.parametrize(
    ("orders", "alerts", "move"),
    [
        (BOTH, {}, FindOrder("pause")),
        ({}, ALERTS, FindAlert("pause", {}, sure=True)),
        ({"standing_orders": [order("o", "City Power", "PAUSED")]}, ALERTS, FindAlert("pause", {}, sure=True)),
    ],
)
def test_it_is_whatever_there_is(orders: dict[str, Any], alerts: dict[str, Any], move: Move) -> None:
    asking, either = hear(HOME, Intent.ALERT_PAUSE, "pause it")
    assert isinstance(either, FindEither)
    after, found, _ = orders_meant.either(asking, orders, alerts, either)
    assert (found, after.stage) == (move, Stage.IDLE)


@pytest.mark.parametrize(
    ("intent", "text", "move"),
    [
        (Intent.ORDER, "the standing order", FindOrder("pause")),
        (Intent.UNKNOWN, "the payment to City Power", FindOrder("pause", "City Power")),
        (Intent.ALERT, "the alert", FindAlert("pause", {}, sure=True)),
    ],
)
def test_where_both_may_be_meant_it_is_asked(intent: Intent, text: str, move: Move) -> None:
    asking, either = hear(HOME, Intent.ALERT_PAUSE, "pause it")
    assert isinstance(either, FindEither)
    asked, found, told = orders_meant.either(asking, BOTH, ALERTS, either)
    assert (found, told, asked.stage) == (None, EITHER, CHOOSING)
    after, chosen = hear(asked, intent, text)
    assert (chosen, after.stage) == (move, Stage.IDLE)


def test_neither() -> None:
    asking, either = hear(HOME, Intent.ALERT_DELETE, "delete it")
    assert isinstance(either, FindEither)
    after, found, told = orders_meant.either(asking, {}, {}, either)
    assert (after.stage, found, told) == (Stage.IDLE, None, orders_meant.NEITHER)


@pytest.mark.parametrize(
    ("intent", "text", "slots", "order_id"),
    [
        (Intent.AMEND, "City Power", {"payee": "City Power"}, "power"),
        (Intent.UNKNOWN, "the one to Sarah", {}, "sarah"),
        (Intent.AMEND, "the second one", {"which": "2"}, "sarah"),
        (Intent.AMEND, "the last one", {"which": "-1"}, "sarah"),
        (Intent.AMEND, "fifty dollars", {"amount": "50.00"}, "sarah"),
    ],
)
def test_which_of_several_is_asked(intent: Intent, text: str, slots: dict[str, str], order_id: str) -> None:
    after, move = hear(HOME, Intent.ORDER_PAUSE, "pause my standing order")
    assert isinstance(move, FindOrder)
    asking, found, told = orders_meant.meant(after, BOTH, move)
    assert (found, asking.stage) == ("", CHOOSING)
    assert told.startswith("You have more than one: $80.00 to City Power every day and $50.00 to Sarah Chen every day.")
    chosen, again = hear(asking, intent, text, **slots)
    assert isinstance(again, FindOrder)
    assert (orders_meant.meant(chosen, BOTH, again)[1], chosen.stage) == (order_id, Stage.IDLE)


@pytest.mark.parametrize("said", [{"when": "in june"}, {"amount": "90.00"}])
def test_what_is_cancelled_on_a_later_day_or_by_another_sum_is_asked_about(said: dict[str, str]) -> None:
    after, move = hear(HOME, Intent.ORDER_CANCEL, payee="City Power", **said)
    assert isinstance(move, FindOrder)
    asking, order_id, told = orders_meant.meant(after, BOTH, move)
    assert (order_id, told) == ("", "That is $80.00 to City Power every day. Shall I cancel it?")
    assert hear(asking, Intent.CONFIRM)[1] == StopOrder("power")


def test_a_stop_on_a_later_day_is_asked_about_also_once_it_is_known_of_which() -> None:
    after, move = hear(HOME, Intent.ORDER_CANCEL, when="in june")
    assert isinstance(move, FindOrder)
    chosen, again = hear(orders_meant.meant(after, BOTH, move)[0], Intent.AMEND, "City Power", payee="City Power")
    assert isinstance(again, FindOrder)
    asking, order_id, told = orders_meant.meant(chosen, BOTH, again)
    assert (order_id, asking.stopping, told.endswith("Shall I cancel it?")) == ("", "power", True)


def test_a_stop_that_names_the_sum_as_it_is_is_done() -> None:
    after, move = hear(HOME, Intent.ORDER_CANCEL, payee="City Power", amount="80.00")
    assert isinstance(move, FindOrder)
    assert orders_meant.meant(after, BOTH, move)[1] == "power"


def test_the_only_one_with_which_it_can_be_done_is_meant() -> None:
    found = {"standing_orders": [POWER, {**SARAH, "state": "PAUSED"}]}
    after, move = hear(HOME, Intent.ORDER_RESUME, "resume my standing order")
    assert isinstance(move, FindOrder)
    assert orders_meant.meant(after, found, move)[1] == "sarah"


def test_a_stop_that_names_a_payee_is_asked_about_and_where_there_is_none_nothing_is_cancelled() -> None:
    after, move = hear(HOME, Intent.CANCEL, "cancel my payment to City Power")
    assert isinstance(move, FindOrder)
    asking, found, told = orders_meant.meant(after, BOTH, move)
    assert (found, told.endswith("Shall I cancel it?")) == ("", True)
    assert hear(asking, Intent.CONFIRM)[1] == StopOrder("power")
    assert orders_meant.meant(after, {}, move)[2] == "There is nothing to cancel. Nothing was moved."


def test_a_yes_to_a_later_question_does_not_cancel_the_order_of_an_older_one() -> None:
    after, move = hear(HOME, Intent.ORDER_CANCEL)
    assert isinstance(move, FindOrder)
    asking, _, _ = orders_meant.meant(after, {"standing_orders": [POWER]}, move)
    left, _ = hear(asking, Intent.BALANCE)
    assert left.stopping == ""
    assert not isinstance(hear(left, Intent.CONFIRM)[1], StopOrder)


def test_a_change_right_behind_it_is_one_of_it() -> None:
    assert hear(paused(), Intent.AMEND, "make it ninety", amount="90.00")[1] == FindOrder(
        "change", changes={"amount": "90.00"}, it=True
    )
    later = paused().saying("Something else.")
    assert not isinstance(hear(later, Intent.AMEND, "make it ninety", amount="90.00")[1], FindOrder)


@pytest.mark.parametrize(
    ("state", "text", "slots", "move"),
    [
        (CONFIRMING, "don't pay Sarah any more", {"payee": "Sarah Chen"}, Withdraw("p-1-confirmation-1")),
        (AWAITING, "stop paying Sarah", {"payee": "Sarah Chen"}, Withdraw(CODE_ID)),
        (CONFIRMING, "stop paying Sarah every month", {"payee": "Sarah Chen"}, FindOrder("cancel", "Sarah Chen")),
        (CONFIRMING, "stop paying City Power", {"payee": "City Power"}, FindOrder("cancel", "City Power")),
    ],
)
def test_a_stop_takes_back_what_is_open(state: Dialogue, text: str, slots: dict[str, str], move: Move) -> None:
    assert hear(state, Intent.ORDER_CANCEL, text, **slots)[1] == move


def test_a_stop_drops_what_is_put_together() -> None:
    collecting = replace(HOME, stage=Stage.COLLECTING, draft=Draft(payee="Sarah Chen"))
    after, move = hear(collecting, Intent.ORDER_CANCEL, "don't pay Sarah any more", payee="Sarah Chen")
    assert (after.draft, after.stage, isinstance(move, Say)) == (None, Stage.IDLE, True)


def test_what_is_open_keeps_its_question_while_an_order_is_looked_for() -> None:
    after, move = hear(CONFIRMING, Intent.ORDER_PAUSE, "pause my standing order")
    assert isinstance(move, FindOrder)
    asking, _, _ = orders_meant.meant(after, BOTH, move)
    assert asking.stage == Stage.CONFIRMING
    assert isinstance(hear(asking, Intent.CONFIRM)[1], Answer)


def test_nothing_is_paused_for_a_word_that_may_mean_what_is_open() -> None:
    assert isinstance(hear(CONFIRMING, Intent.ORDER_PAUSE, "hold the payment")[1], Say)


def test_into_an_own_account_is_not_to_a_payee() -> None:
    after, move = hear(HOME, Intent.ORDER_PAUSE, "pause my transfer to savings", target="savings")
    assert isinstance(move, FindOrder)
    assert orders_meant.meant(after, BOTH, move)[1:] == ("", "You have no standing order to your savings account.")
