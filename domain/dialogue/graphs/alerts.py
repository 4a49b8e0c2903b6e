"""Alerts and reminders: set up in the middle of nothing else, and asked about until nothing is missing."""

from __future__ import annotations

from typing import Final

from domain.conversation import Expects
from domain.dialogue import alerting, wishes
from domain.dialogue.alerts_told import ASKING, CHOOSING, LACKING
from domain.dialogue.graph import After, Event, Graph, State, actions, aside, guards, on, prompts
from domain.understanding import Intent

_ONE: Final = (Intent.ALERT_CHANGE, Intent.ALERT_PAUSE, Intent.ALERT_RESUME, Intent.ALERT_DELETE)
_LOOKED_UP: Final = (
    Intent.BALANCE, Intent.SCHEDULED, Intent.TRANSACTIONS, Intent.SPENDING, Intent.LOANS, Intent.CREDIT,
    Intent.NOT_OFFERED, Intent.QUESTION,
)  # fmt: skip
"""What the name of an alert alone may sound like: `a low balance`."""
_ANY: Final = (Intent.ALERT, *_ONE, Intent.QUIET)
_SLOTS: Final = ("alert", "amount", "account", "payee", "about", "date", "time", "every", "days_before")
_TOOLS: Final = ("alerts",)

ALERTS: Final = Graph(
    name="alerts",
    about="Alerts and reminders, and the hours in which they keep quiet. No money moves: no code is asked for.",
    title="the alert",
    states=(
        State(
            LACKING,
            prompt="alert_stands",
            help="You can say what it is about and when, or how much. Or say cancel.",
            expects=Expects.SLOT,
            slots=_SLOTS,
            on=(
                on(Intent.ALERT, when="another_alert", do="begin_alert"),
                on(*_LOOKED_UP, when="answers_kind", do="fill_alert"),
                on(Intent.ALERT, Intent.AMEND, Intent.ALERT_CHANGE, Intent.UNKNOWN, do="fill_alert"),
                on(Intent.CANCEL, Intent.DENY, do="drop_alert", to="home.idle"),
            ),
            tools=_TOOLS,
        ),
        State(
            CHOOSING,
            prompt="alert_stands",
            help="You can say which one, such as the second one, and what should be different. Or say cancel.",
            expects=Expects.SLOT,
            slots=("which", *_SLOTS),
            on=(
                on(*_ONE, Intent.AMEND, Intent.UNKNOWN, when="names_which", do="choose_alert"),
                on(Intent.CANCEL, Intent.DENY, do="leave_alerts", to="home.idle"),
            ),
            tools=_TOOLS,
        ),
        State(
            ASKING,
            prompt="alert_stands",
            help="You can say yes or no.",
            expects=Expects.CONFIRMATION,
            on=(
                on(Intent.CONFIRM, Intent.DENY, when="half_heard", do="ask_yes_again"),
                on(Intent.CONFIRM, do="do_as_asked", to="home.idle"),
                on(Intent.DENY, Intent.CANCEL, do="leave_alerts", to="home.idle"),
            ),
            tools=_TOOLS,
        ),
    ),
    throughout=(
        on(Intent.PAY, do="begin_payment", to="payment.collecting"),
        on(Intent.TRANSFER, do="begin_transfer", to="payment.collecting"),
        on(Intent.MANDATE, do="begin_mandate", to="mandate.collecting"),
        on(Intent.GOODBYE, do="alert_goodbye", to="home.idle"),
    ),
    anywhere=(
        aside(Intent.ALERTS, do="list_alerts"),
        on(*_ANY, when="money_is_open", do="money_first"),
        on(Intent.ALERT, do="begin_alert"),
        on(*_ONE, do="arrange_alert", to=CHOOSING),
        on(Intent.QUIET, when="hears_quiet_badly", do="quiet_half_heard", to=ASKING),
        on(Intent.QUIET, do="keep_quiet"),
    ),
    after=(After(Event.LACKS, LACKING), After(Event.ENDED, "home.idle")),
    tools=_TOOLS,
    fallback="alert_misheard",
    guards=guards(
        alerting.money_is_open,
        alerting.another_alert,
        alerting.answers_kind,
        alerting.names_which,
        alerting.half_heard,
        alerting.hears_quiet_badly,
    ),
    actions=actions(
        alerting.begin_alert,
        alerting.fill_alert,
        alerting.drop_alert,
        alerting.list_alerts,
        alerting.arrange_alert,
        alerting.choose_alert,
        alerting.keep_quiet,
        alerting.quiet_half_heard,
        alerting.do_as_asked,
        alerting.ask_yes_again,
        alerting.leave_alerts,
        alerting.money_first,
        alerting.alert_misheard,
        alerting.alert_goodbye,
        wishes.begin_payment,
        wishes.begin_mandate,
        wishes.begin_transfer,
    ),
    prompts=prompts(alerting.alert_stands),
)
