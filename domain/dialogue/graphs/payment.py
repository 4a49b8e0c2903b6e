"""A payment: put together, read back, countersigned."""

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
    return talked_of is None or not (talked_of.standing or talked_of.ordered or talked_of.purpose)


PAYMENT: Final = Graph(
    name="payment",
    about="One payment: whom, how much, a yes to the read-back, and the factor that the policy asks for.",
    title="the payment",
    states=(
        State(
            Stage.COLLECTING,
            prompt="where_it_stands",
            help="You can say a name and an amount, as in: twenty five dollars to Sarah Chen; or go back, or cancel.",
            expects=Expects.SLOT,
            slots=common.WISH,
            on=(
                on(Intent.PAY, when="changes_held", do="amend_held"),
                on(Intent.PAY, do="begin_payment"),
                on(Intent.TRANSFER, do="begin_transfer"),
                on(Intent.MANDATE, do="begin_mandate", to="mandate.collecting"),
                *common.WHILE_COLLECTING,
            ),
            tools=("payment", "transfer", "payment_correct"),
        ),
        *common.countersigns(("payment_correct", *common.TAKE_BACK), (on(Intent.PAY, do="amend"),)),
    ),
    throughout=(
        on(Intent.PAY, when="same_payee", do="amend"),
        on(Intent.TRANSFER, when="moves_own", do="amend"),
        on(Intent.PAY, Intent.TRANSFER, Intent.MANDATE, do="first_the_open_one"),
        on(Intent.AMEND, when="bare_period", do="not_understood"),
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
