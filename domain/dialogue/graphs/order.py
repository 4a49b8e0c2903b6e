"""A standing order: whom, how much and when; then its terms are countersigned as a payment is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.conversation import Expects
from domain.dialogue import ordering, wishes
from domain.dialogue.graph import Graph, State, actions, guards, on
from domain.dialogue.graphs import countersigned as common
from domain.dialogue.state import Stage
from domain.understanding import Intent

if TYPE_CHECKING:
    from domain.dialogue.state import Dialogue

_TOOLS: Final = ("standing_orders",)


def _belongs(dialogue: Dialogue) -> bool:
    talked_of = dialogue.active.draft if dialogue.active else dialogue.draft
    return talked_of is not None and talked_of.ordered


ORDER: Final = Graph(
    name="order",
    about="A standing order: a payment on a day, or again and again, whose terms are countersigned once.",
    title="the standing order",
    states=(
        State(
            Stage.COLLECTING,
            prompt="where_it_stands",
            help="You can say whom, how much, and when, as in: on the first of every month. Or say go back, or cancel.",
            expects=Expects.SLOT,
            slots=(*common.WISH, "date", "every"),
            on=(
                on(Intent.PAY, when="changes_held", do="amend_held"),
                on(Intent.PAY, do="begin_payment", to="payment.collecting"),
                on(Intent.TRANSFER, do="begin_transfer", to="payment.collecting"),
                on(Intent.MANDATE, do="begin_mandate", to="mandate.collecting"),
                on(Intent.ORDER, do="begin_order"),
                *common.WHILE_COLLECTING,
            ),
            tools=("standing_orders", "payment_correct"),
        ),
        # other terms are asked about anew: those that wait are taken back first
        *common.countersigns(("standing_orders", *common.TAKE_BACK), (on(Intent.ORDER, do="amend"),)),
    ),
    throughout=(
        on(Intent.PAY, Intent.TRANSFER, Intent.MANDATE, Intent.ORDER, do="first_the_open_one"),
        on(Intent.AMEND, do="amend"),
        on(Intent.BACK, do="back_to_wish"),
        *common.WHILE_OPEN,
    ),
    anywhere=(
        on(Intent.ORDER, when="money_is_open", do="first_the_open_one"),
        on(Intent.ORDER, do="begin_order", to=Stage.COLLECTING),
    ),
    after=common.NEWS,
    tools=_TOOLS,
    fallback="not_understood",
    belongs=_belongs,
    guards={**common.GUARDS, **guards(ordering.money_is_open)},
    actions={
        **common.ACTIONS,
        **actions(ordering.begin_order, wishes.first_the_open_one),
    },
    prompts=common.PROMPTS,
)
