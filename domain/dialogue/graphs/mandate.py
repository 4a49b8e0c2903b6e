"""A standing mandate: up to how much, how often, to whom; then countersigned as a payment is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.conversation import Expects
from domain.dialogue.graph import Graph, State, on
from domain.dialogue.graphs import countersigned as common
from domain.dialogue.state import Stage
from domain.understanding import Intent

if TYPE_CHECKING:
    from domain.dialogue.state import Dialogue


def _belongs(dialogue: Dialogue) -> bool:
    talked_of = dialogue.active.draft if dialogue.active else dialogue.draft
    return talked_of is not None and talked_of.standing


MANDATE: Final = Graph(
    name="mandate",
    about="A standing mandate: a budget a period, for payments without a code.",
    title="the standing payment",
    states=(
        State(
            Stage.COLLECTING,
            prompt="where_it_stands",
            help="You can say whom, up to how much, and a day, a week, a month or a year. Or say go back, or cancel.",
            expects=Expects.SLOT,
            slots=(*common.WISH, "period"),
            on=(
                on(Intent.PAY, when="changes_held", do="amend_held"),
                on(Intent.PAY, do="begin_payment", to="payment.collecting"),
                on(Intent.TRANSFER, do="begin_transfer", to="payment.collecting"),
                on(Intent.MANDATE, do="begin_mandate"),
                *common.WHILE_COLLECTING,
            ),
            tools=("mandate_create", "payment_correct"),
        ),
        # other terms are another mandate: the one that waits is taken back first
        *common.countersigns(("mandate_create", *common.TAKE_BACK), (on(Intent.MANDATE, do="amend"),)),
    ),
    throughout=(
        on(Intent.PAY, Intent.TRANSFER, Intent.MANDATE, do="first_the_open_one"),
        on(Intent.AMEND, do="amend"),
        on(Intent.BACK, do="back_to_wish"),
        *common.WHILE_OPEN,
    ),
    after=common.NEWS,
    fallback="not_understood",
    belongs=_belongs,
    guards=common.GUARDS,
    actions=common.ACTIONS,
    prompts=common.PROMPTS,
)
