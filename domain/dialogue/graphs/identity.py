"""The check of who is speaking: one factor, in the middle of whatever was being put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.conversation import Expects
from domain.dialogue.graph import After, Event, Graph, State, on
from domain.dialogue.graphs import countersigned as common
from domain.dialogue.state import Stage
from domain.understanding import Intent

if TYPE_CHECKING:
    from domain.dialogue.state import Dialogue


def _belongs(dialogue: Dialogue) -> bool:
    return dialogue.active is not None and bool(dialogue.active.draft.purpose)


IDENTITY: Final = Graph(
    name="identity",
    about="Who is speaking is checked, before what a password alone does not open.",
    title="the check that it is you",
    states=(
        State(
            Stage.AWAITING_CODE,
            "where_it_stands",
            "You can say or type the six digits, ask for a new code, or say cancel.",
            Expects.CODE,
            ("code",),
            on=common.CODE,
            tools=common.TAKE_BACK,
        ),
        State(
            Stage.AWAITING_PASSKEY,
            "where_it_stands",
            "Please show that it is you with your passkey on your phone, or say cancel.",
            tools=common.TAKE_BACK,
        ),
    ),
    throughout=(
        on(Intent.PAY, Intent.TRANSFER, Intent.MANDATE, do="first_the_open_one"),
        on(Intent.AMEND, Intent.BACK, do="first_the_open_one"),
        *common.WHILE_OPEN,
    ),
    after=(After(Event.ENDED, "home.idle"),),
    fallback="not_understood",
    belongs=_belongs,
    guards=common.GUARDS,
    actions=common.ACTIONS,
    prompts=common.PROMPTS,
)
