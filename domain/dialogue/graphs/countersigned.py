"""What a payment and a standing mandate have in common: they are put together, read back, and countersigned."""

from __future__ import annotations

from typing import Final

from domain.conversation import Expects
from domain.dialogue import answering, ordering, phrases, service, wishes
from domain.dialogue.graph import After, Event, On, State, actions, guards, on, prompts
from domain.dialogue.state import Stage
from domain.understanding import Intent

WISH: Final = ("amount", "payee", "account")
TAKE_BACK: Final = ("elicitation_cancel",)
PROMPTS: Final = prompts(phrases.where_it_stands, phrases.in_short)
GUARDS: Final = guards(
    wishes.changes_held,
    wishes.bare_period,
    wishes.same_payee,
    wishes.moves_own,
    wishes.any_slot,
    wishes.nothing_filled,
    answering.asked_beside,
    answering.names_held,
    ordering.means_open,
    service.code_went_in,
)
ACTIONS: Final = actions(
    wishes.begin_payment,
    wishes.begin_mandate,
    wishes.begin_transfer,
    wishes.fill_in,
    wishes.amend,
    wishes.amend_held,
    wishes.first_the_open_one,
    wishes.back_a_slot,
    wishes.back_to_wish,
    wishes.too_late_to_go_back,
    answering.confirm,
    answering.deny,
    answering.let_go,
    answering.drop,
    answering.leave,
    answering.cancel,
    service.goodbye,
    service.tell_of_code,
    service.rest_of_code,
    service.resend,
)
WHILE_COLLECTING: Final = (
    on(Intent.AMEND, do="fill_in"),
    on(Intent.UNKNOWN, when="any_slot", do="fill_in"),
    on(Intent.BACK, when="nothing_filled", do="let_go", to="home.idle"),
    on(Intent.BACK, do="back_a_slot"),
    on(Intent.DENY, when="asked_beside", do="deny"),
    on(Intent.DENY, do="let_go", to="home.idle"),
    on(Intent.CANCEL, when="names_held", do="cancel"),
    on(Intent.CANCEL, do="drop", to="home.idle"),
    on(Intent.ORDER_CANCEL, when="means_open", do="drop", to="home.idle"),
    on(Intent.GOODBYE, do="leave", to="home.idle"),
)
WHILE_OPEN: Final = (
    on(Intent.CONFIRM, do="confirm"),
    on(Intent.DENY, do="deny"),
    on(Intent.CANCEL, do="cancel"),
    on(Intent.ORDER_CANCEL, when="means_open", do="cancel"),
    on(Intent.GOODBYE, do="goodbye"),
)
NEWS: Final = (
    After(Event.ASKS_YES, Stage.CONFIRMING),
    After(Event.ASKS_CODE, Stage.AWAITING_CODE),
    After(Event.ASKS_PASSKEY, Stage.AWAITING_PASSKEY),
    After(Event.WORKS, Stage.PAYING),
    After(Event.LACKS, Stage.COLLECTING),
    After(Event.ENDED, "home.idle"),
)


CODE: Final = (
    on(Intent.CODE, when="code_went_in", do="tell_of_code"),
    on(Intent.CODE, do="rest_of_code"),
    on(Intent.RESEND, do="resend"),
)


def countersigns(tools: tuple[str, ...], in_between: tuple[On, ...]) -> tuple[State, ...]:
    """The states in which it waits; `tools` may be called in each that waits on the customer."""
    where = "where_it_stands"
    return (
        State(
            Stage.CONFIRMING,
            where,
            "You can say yes or no, say another amount, payee or account, or say cancel.",
            Expects.CONFIRMATION,
            WISH,
            on=in_between,
            tools=("payment_resume", *tools),
            again="in_short",
        ),
        State(
            Stage.AWAITING_CODE,
            where,
            "You can say or type the six digits, ask for a new code, change the payment, or say cancel.",
            Expects.CODE,
            ("code",),
            on=CODE,
            tools=tools,
            again="in_short",
        ),
        State(
            Stage.AWAITING_PASSKEY,
            where,
            "Please confirm it with your passkey on your phone, or say cancel.",
            tools=tools,
            again="in_short",
        ),
        State(
            Stage.PAYING,
            where,
            "It is on its way, so it can't be changed now. You can ask for something else meanwhile.",
            on=(on(Intent.BACK, do="too_late_to_go_back"),),
            waits=True,
        ),
    )
