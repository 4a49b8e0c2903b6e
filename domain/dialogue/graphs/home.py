"""Home: nothing is open, and anything may be asked. What is understood in every dialogue stands here too."""

from __future__ import annotations

from typing import Final

from domain.dialogue import alerting, answering, ordering, phrases, service, wishes
from domain.dialogue.graph import Graph, State, actions, aside, guards, on, prompts
from domain.dialogue.state import Stage
from domain.understanding import Intent

HOME: Final = Graph(
    name="home",
    about="Nothing is open: the customer says what is wanted.",
    states=(
        State(
            Stage.IDLE,
            prompt="where_it_stands",
            help=phrases.HELP,
            again="what_can_i_do",
            on=(
                on(Intent.PAY, when="changes_held", do="amend_held"),
                on(Intent.PAY, do="begin_payment", to="payment.collecting"),
                on(Intent.TRANSFER, do="begin_transfer", to="payment.collecting"),
                on(Intent.MANDATE, do="begin_mandate", to="mandate.collecting"),
                on(Intent.AMEND, when="corrects_alert", do="correct_alert"),
                on(Intent.AMEND, when="corrects_order", do="correct_order"),
                on(Intent.CANCEL, when="stops_order", do="stop_order"),
                on(Intent.AMEND, when="bare_period", do="not_understood"),
                on(Intent.AMEND, when="some_held", do="amend_held"),
                on(Intent.AMEND, do="begin_payment", to="payment.collecting"),
                on(Intent.GREET, do="greet"),
            ),
            tools=("payment_correct", "alerts", "standing_orders"),
            rest=True,
        ),
    ),
    anywhere=(
        on(Intent.CONFIRM, do="confirm"),
        on(Intent.DENY, do="deny"),
        on(Intent.CANCEL, do="cancel"),
        on(Intent.CODE, when="code_went_in", do="tell_of_code"),
        on(Intent.CODE, Intent.RESEND, do="no_code_needed"),
        on(Intent.REVOKE, do="revoke"),
        on(Intent.GOODBYE, do="goodbye"),
        on(Intent.GREET, Intent.STATUS, do="tell_status"),
        on(Intent.REPEAT, do="repeat"),
        on(Intent.SILENCE, do="silence"),
        on(Intent.BACK, do="nowhere_to_go_back"),
        on(Intent.AGENT, do="hand_over"),
        aside(Intent.MANDATES, do="tell_mandates"),
        aside(Intent.HELP, do="help_out"),
        aside(Intent.THANKS, do="welcome"),
        aside(Intent.NOT_OFFERED, do="offer_instead"),
    ),
    tools=("mandates", "mandate_revoke", "payment_cancel"),
    fallback="not_understood",
    guards=guards(
        wishes.changes_held,
        wishes.bare_period,
        wishes.some_held,
        service.code_went_in,
        alerting.corrects_alert,
        ordering.corrects_order,
        ordering.stops_order,
    ),
    actions=actions(
        wishes.amend_held,
        wishes.begin_payment,
        wishes.begin_mandate,
        wishes.begin_transfer,
        alerting.correct_alert,
        ordering.correct_order,
        ordering.stop_order,
        answering.confirm,
        answering.deny,
        answering.cancel,
        service.tell_of_code,
        service.no_code_needed,
        service.revoke,
        service.goodbye,
        service.greet,
        service.tell_status,
        service.tell_mandates,
        service.nowhere_to_go_back,
        service.hand_over,
        service.welcome,
        service.offer_instead,
    ),
    prompts=prompts(phrases.where_it_stands, phrases.what_can_i_do),
)
