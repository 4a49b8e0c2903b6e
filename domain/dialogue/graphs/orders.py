"""Standing orders that there are: which one is meant, and what is to be done with it."""

from __future__ import annotations

from typing import Final

from domain.conversation import Expects
from domain.dialogue import ordering, wishes
from domain.dialogue.graph import After, Event, Graph, State, actions, aside, guards, on, prompts
from domain.dialogue.ordering import CHOOSING
from domain.understanding import Intent

_STEPS: Final = (Intent.ORDER_PAUSE, Intent.ORDER_RESUME, Intent.ORDER_CANCEL, Intent.ORDER_CHANGE)
_IT: Final = (Intent.ALERT_PAUSE, Intent.ALERT_RESUME, Intent.ALERT_DELETE)
_ANSWERS: Final = (Intent.AMEND, Intent.UNKNOWN, Intent.NOT_OFFERED, Intent.ORDER, Intent.ALERT)

ORDERS: Final = Graph(
    name="orders",
    about="The standing orders that there are: listed, paused, resumed, cancelled. Which one is asked, or whether an "
    "alert was meant.",
    title="the standing orders",
    states=(
        State(
            CHOOSING,
            prompt="order_stands",
            help="You can say whom it pays, or its place, such as the second one. Or say cancel.",
            expects=Expects.SLOT,
            slots=("which", "payee", "amount"),
            on=(
                on(*_ANSWERS, when="names_kind", do="choose_kind", to="home.idle"),
                on(*_ANSWERS, when="names_order", do="choose_order", to="home.idle"),
                on(Intent.CANCEL, Intent.DENY, do="leave_orders", to="home.idle"),
                on(Intent.PAY, do="begin_payment", to="payment.collecting"),
                on(Intent.TRANSFER, do="begin_transfer", to="payment.collecting"),
                on(Intent.MANDATE, do="begin_mandate", to="mandate.collecting"),
                on(Intent.GOODBYE, do="order_goodbye", to="home.idle"),
            ),
        ),
    ),
    anywhere=(
        aside(Intent.ORDERS, do="list_orders"),
        on(*_STEPS, when="waits_first", do="first_the_open_one"),
        on(*_STEPS, do="step_order"),
        on(*_IT, when="means_order", do="step_order"),
        on(*_IT, when="means_either", do="find_either", to=CHOOSING),
    ),
    after=(After(Event.LACKS, CHOOSING), After(Event.ENDED, "home.idle")),
    tools=("standing_orders", "alerts"),
    fallback="order_misheard",
    guards=guards(
        ordering.waits_first,
        ordering.means_order,
        ordering.means_either,
        ordering.names_kind,
        ordering.names_order,
    ),
    actions=actions(
        ordering.list_orders,
        ordering.step_order,
        ordering.find_either,
        ordering.choose_kind,
        ordering.choose_order,
        ordering.leave_orders,
        ordering.order_misheard,
        ordering.order_goodbye,
        wishes.first_the_open_one,
        wishes.begin_payment,
        wishes.begin_transfer,
        wishes.begin_mandate,
    ),
    prompts=prompts(ordering.order_stands),
)
