"""What a payment and a standing mandate have in common: they are put together, read back, and countersigned."""

from __future__ import annotations

from typing import Final

from domain.conversation import Expects
from domain.dialogue import answering, phrases, service, wishes
from domain.dialogue.graph import After, Event, On, State, actions, guards, on, prompts
from domain.dialogue.state import Stage
from domain.understanding import Intent

WISH: Final = ("amount", "payee", "account")
TAKE_BACK: Final = ("elicitation_cancel",)
PROMPTS: Final = prompts(phrases.where_it_stands)
GUARDS: Final = guards(
    wishes.changes_held,
    wishes.bare_period,
    wishes.same_payee,
    wishes.any_slot,
    answering.asked_beside,
    answering.names_held,
    service.code_went_in,
)
ACTIONS: Final = actions(
    wishes.begin_payment,
    wishes.begin_mandate,
    wishes.fill_in,
    wishes.amend,
    wishes.amend_held,
    wishes.first_the_open_one,
    answering.confirm,
    answering.deny,
    answering.let_go,
    answering.drop,
    answering.leave,
    answering.cancel,
    service.goodbye_for_now,
    service.tell_of_code,
    service.rest_of_code,
    service.resend,
    service.not_understood,
)
WHILE_COLLECTING: Final = (
    on(Intent.AMEND, do="fill_in"),
    on(Intent.UNKNOWN, when="any_slot", do="fill_in"),
    on(Intent.DENY, when="asked_beside", do="deny"),
    on(Intent.DENY, do="let_go", to="home.idle"),
    on(Intent.CANCEL, when="names_held", do="cancel"),
    on(Intent.CANCEL, do="drop", to="home.idle"),
    on(Intent.GOODBYE, do="leave", to="home.idle"),
)
WHILE_OPEN: Final = (
    on(Intent.CONFIRM, do="confirm"),
    on(Intent.DENY, do="deny"),
    on(Intent.CANCEL, do="cancel"),
    on(Intent.GOODBYE, do="goodbye_for_now"),
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
        State(Stage.CONFIRMING, where, Expects.CONFIRMATION, WISH, on=in_between, tools=("payment_resume", *tools)),
        State(Stage.AWAITING_CODE, where, Expects.CODE, ("code",), on=CODE, tools=tools),
        State(Stage.AWAITING_PASSKEY, where, tools=tools),
        State(Stage.PAYING, where),
    )
