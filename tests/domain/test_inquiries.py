"""Inquiries as tables: what is asked of the tools, what is said of what they found, and how a conversation goes on."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.conversation import Turn
from domain.dialogue import cards, findings, inquiries, phrases
from domain.dialogue.decide import decide
from domain.dialogue.moves import Ask, Say
from domain.dialogue.state import Dialogue, Inquiry, Person, Stage
from domain.understanding import Intent

TODAY = date(2026, 11, 21)
IDLE = Dialogue(Person("Maya Lindqvist", ("Sarah Chen", "City Power"), ("checking", "savings")))
MAY = {"from": "2026-05-01", "to": "2026-05-31", "when": "in May"}
APRIL = {"from": "2026-04-01", "to": "2026-04-30", "when": "in April"}


def turn(intent: Intent, **slots: str) -> Turn:
    return Turn("t-1", "masked words", intent, slots)


ASKED: list[tuple[str, Intent, dict[str, str], Ask]] = [
    ("all balances", Intent.BALANCE, {}, Ask("balance")),
    ("one balance", Intent.BALANCE, {"account": "savings"}, Ask("balance", {"account": "savings"})),
    ("the newest lines", Intent.TRANSACTIONS, {}, Ask("transactions", {"limit": 3})),
    ("as many as were asked for", Intent.TRANSACTIONS, {"count": "5"}, Ask("transactions", {"limit": 5})),
    ("but no hundred", Intent.TRANSACTIONS, {"count": "100"}, Ask("transactions", {"limit": 10})),
    ("and not none", Intent.TRANSACTIONS, {"count": "0"}, Ask("transactions", {"limit": 1})),
    (
        "every filter",
        Intent.TRANSACTIONS,
        {**MAY, "payee": "City Power", "direction": "out", "least": "5.00", "most": "9.00", "order": "largest"},
        Ask(
            "transactions",
            {
                "from": "2026-05-01",
                "to": "2026-05-31",
                "payee": "City Power",
                "direction": "out",
                "least": "5.00",
                "most": "9.00",
                "order": "largest",
                "limit": 3,
            },
        ),
    ),
    (
        "a name that is no payee's",
        Intent.SPENDING,
        {"counterparty": "Corner Grocer", "account": "checking"},
        Ask("spending", {"payee": "Corner Grocer", "account": "checking"}),
    ),
    ("loans", Intent.LOANS, {}, Ask("loans")),
    ("credit", Intent.CREDIT, {}, Ask("credit")),
    ("cards", Intent.CARDS, {"account": "credit card"}, Ask("cards")),
    ("what is coming up", Intent.SCHEDULED, {}, Ask("scheduled")),
    ("what is coming up on some days", Intent.SCHEDULED, MAY, Ask("scheduled", {"days": 366})),
]


@pytest.mark.parametrize(("intent", "slots", "move"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED])
def test_what_is_asked_of_the_tools(intent: Intent, slots: dict[str, str], move: Ask) -> None:
    after, decided = decide(IDLE, turn(intent, **slots))
    assert decided == move
    assert after.inquiry == Inquiry(move.tool, slots)


UNREADABLE = [
    ({"when": "in smarch"}, "I'm not sure which days you mean by in smarch."),
    ({"from": "2026-05-31", "to": "2026-05-01", "when": "then"}, "I'm not sure which days you mean by then."),
    ({"from": "the 5th"}, "I'm not sure which days you mean."),
]


@pytest.mark.parametrize(("slots", "said"), UNREADABLE)
def test_days_that_cannot_be_read_are_asked_for(slots: dict[str, str], said: str) -> None:
    after, move = decide(IDLE, turn(Intent.SPENDING, payee="City Power", **slots))
    assert isinstance(move, Say)
    assert move.text.startswith(said)
    _, move = decide(after, turn(Intent.SPENDING, follow="yes", **MAY))
    assert move == Ask("spending", {"payee": "City Power", "from": "2026-05-01", "to": "2026-05-31"})


def test_two_names_alike_are_asked_about() -> None:
    _, move = decide(IDLE, turn(Intent.SPENDING, payee_candidates="John Doe|Joan Doe"))
    assert move == Say("Did you mean John Doe or Joan Doe? Please ask again with the full name.")


FOLLOWED: list[tuple[str, tuple[Intent, dict[str, str]], dict[str, str], Ask | Say]] = [
    (
        "and in April?",
        (Intent.SPENDING, {"payee": "City Power", **MAY}),
        APRIL,
        Ask("spending", {"payee": "City Power", "from": "2026-04-01", "to": "2026-04-30"}),
    ),
    (
        "another name",
        (Intent.SPENDING, {"payee": "Foo", "payee_known": "no", **MAY}),
        {"payee": "Sarah Chen", "payee_known": "yes"},
        Ask("spending", {"payee": "Sarah Chen", "from": "2026-05-01", "to": "2026-05-31"}),
    ),
    (
        "a shop after a payee",
        (Intent.SPENDING, {"payee": "Sarah Chen"}),
        {"counterparty": "Corner Grocer"},
        Ask("spending", {"payee": "Corner Grocer"}),
    ),
    ("another account", (Intent.BALANCE, {}), {"account": "savings"}, Ask("balance", {"account": "savings"})),
    (
        "only what came in, of a sum that was spent",
        (Intent.SPENDING, MAY),
        {"direction": "in"},
        Ask("transactions", {"from": "2026-05-01", "to": "2026-05-31", "direction": "in", "limit": 3}),
    ),
    ("a name after a balance", (Intent.BALANCE, {}), {"payee": "City Power"}, Ask("spending", {"payee": "City Power"})),
    ("other days of a balance", (Intent.BALANCE, {}), APRIL, Say(inquiries.NOW_ONLY)),
    ("other days of a loan", (Intent.LOANS, {}), APRIL, Say(inquiries.NOW_ONLY)),
    ("other days of what is due", (Intent.SCHEDULED, {}), MAY, Ask("scheduled", {"days": 366})),
    ("the other card", (Intent.CARDS, {}), {"account": "credit card"}, Ask("cards")),
]


@pytest.mark.parametrize(("first", "then", "move"), [row[1:] for row in FOLLOWED], ids=[row[0] for row in FOLLOWED])
def test_a_follow_up_goes_on_with_the_last(
    first: tuple[Intent, dict[str, str]], then: dict[str, str], move: Ask | Say
) -> None:
    asked, _ = decide(IDLE, turn(first[0], **first[1]))
    assert decide(asked, turn(Intent.SPENDING, follow="yes", **then))[1] == move


def test_a_follow_up_of_nothing() -> None:
    assert decide(IDLE, turn(Intent.SPENDING, follow="yes", **MAY))[1] == Say(phrases.NOT_UNDERSTOOD)
    assert decide(IDLE, turn(Intent.SPENDING, follow="yes", account="savings"))[1] == Ask(
        "balance", {"account": "savings"}
    )


def test_an_inquiry_leaves_what_is_open_as_it_is() -> None:
    collecting = replace(IDLE, stage=Stage.COLLECTING)
    for intent in inquiries.TOOLS:
        after, _ = decide(collecting, turn(intent))
        assert replace(after, inquiry=None) == collecting


def test_days_to_come_are_not_spent_and_days_gone_are_not_scheduled() -> None:
    ahead, gone = {"from": "2026-12-01", "to": "2026-12-31"}, {"from": "2026-10-01", "to": "2026-10-31"}
    assert inquiries.unanswerable("spending", ahead, TODAY) == inquiries.AHEAD
    assert inquiries.unanswerable("transactions", ahead, TODAY) == inquiries.AHEAD
    assert inquiries.unanswerable("scheduled", gone, TODAY) == inquiries.OVER
    this_month = {"from": "2026-11-01", "to": "2026-11-30"}
    assert [inquiries.unanswerable(tool, this_month, TODAY) for tool in ("spending", "scheduled")] == ["", ""]
    assert not inquiries.unanswerable("balance", ahead, TODAY)


def line(minor: int, who: str, at: str) -> dict[str, Any]:
    return {"at": f"{at}T10:00:00+00:00", "amount_minor": minor, "currency": "USD", "counterparty": who}


def spent(minor: int, count: int, **more: str) -> dict[str, Any]:
    return {"currency": "USD", "total_minor": minor, "count": count, **more}


GROCER = line(-12_34, "Corner Grocer", "2026-11-20")
PAY_DAY = line(2_500_00, "Acme", "2026-11-21")
POWER = line(-84_20, "City Power", "2026-05-12")
LOAN = {
    "name": "Car loan",
    "currency": "USD",
    "outstanding_minor": 12_400_00,
    "instalment_minor": 310_00,
    "next_due": "2026-12-01",
    "instalments_left": 40,
    "rate": "4.9",
}
CREDIT = {
    "name": "Credit card",
    "currency": "USD",
    "limit_minor": 5_000_00,
    "available_minor": 3_800_00,
    "owed_minor": 1_200_00,
    "payment_due": "2026-12-05",
    "minimum_minor": 35_00,
}
DEBIT = {
    "kind": "debit",
    "last4": "1234",
    "status": "shipped",
    "ordered_on": "2026-11-12",
    "shipped_on": "2026-11-18",
    "expected_on": "2026-11-24",
    "carrier": "FedEx",
    "tracking": "7712334471",
}
BILL = {"payee": "City Power", "amount_minor": 84_20, "currency": "USD", "due_on": "2026-12-05", "kind": "bill"}
INSTALMENT = {"payee": "Car loan", "amount_minor": 310_00, "currency": "USD", "due_on": "2026-12-01"}
INSTALMENT["kind"] = "instalment"

SAID: list[tuple[str, dict[str, str], dict[str, Any], str]] = [
    (
        "spending",
        {"payee": "City Power", **MAY},
        spent(184_20, 2, payee="City Power"),
        "You spent $184.20 at City Power in May, in 2 payments.",
    ),
    ("spending", MAY, spent(5_00, 1), "You spent $5.00 in May, in one payment."),
    ("spending", {"counterparty": "Foo", **MAY}, spent(0, 0), "I found nothing at Foo in May."),
    ("spending", MAY, spent(0, 0), "I found no spending in May."),
    ("spending", {**MAY, "when": "May"}, spent(0, 0), "I found no spending in May."),
    (
        "spending",
        {"account": "savings"},
        spent(5_00, 1, **{"from": "2026-11-01"}),
        "You spent $5.00 from your savings account since 1 November, in one payment.",
    ),
    (
        "spending",
        {"from": "2025-03-01", "to": "2025-03-31"},
        spent(5_00, 1),
        "You spent $5.00 from 1 March 2025 to 31 March 2025, in one payment.",
    ),
    (
        "spending",
        {"from": "2026-11-20", "to": "2026-11-20"},
        spent(5_00, 1),
        "You spent $5.00 yesterday, in one payment.",
    ),
    (
        "transactions",
        {},
        {"transactions": [PAY_DAY, GROCER], "next_cursor": None},
        "Your last 2 transactions: $2,500.00 from Acme today; $12.34 to Corner Grocer yesterday.",
    ),
    ("transactions", {}, {"transactions": []}, "I found no transactions."),
    (
        "transactions",
        {},
        {"transactions": [POWER], "next_cursor": "c"},
        "Your last transaction: $84.20 to City Power on 12 May. Say more to hear the next ones.",
    ),
    (
        "transactions",
        {"payee": "City Power", **MAY},
        {"transactions": [POWER]},
        "I found one transaction at City Power in May: $84.20 on 12 May.",
    ),
    ("transactions", {"payee": "Foo", **MAY}, {"transactions": []}, "I found nothing at Foo in May."),
    ("transactions", {"direction": "in", **MAY}, {"transactions": []}, "I found no deposits in May."),
    (
        "transactions",
        {"direction": "out", "least": "50.00", "account": "checking"},
        {"transactions": [POWER]},
        "I found one payment of $50.00 or more on your checking account: $84.20 to City Power on 12 May.",
    ),
    (
        "transactions",
        {"order": "largest", "count": "1", **MAY},
        {"transactions": [POWER]},
        "Your largest transaction in May: $84.20 to City Power on 12 May.",
    ),
    ("transactions", {"least": "5.00", "most": "9.00"}, {}, "I found no transactions between $5.00 and $9.00."),
    ("transactions", {"least": "5.00", "most": "5.00"}, {}, "I found no transactions of $5.00."),
    ("transactions", {"most": "9.00"}, {}, "I found no transactions of $9.00 or less."),
    ("loans", {}, {"loans": []}, "You have no loan with us."),
    (
        "loans",
        {},
        {"loans": [LOAN]},
        "You owe $12,400.00 on your car loan. The next instalment of $310.00 is due on 1 December; 40 are left.",
    ),
    (
        "loans",
        {},
        {"loans": [LOAN | {"next_due": None, "instalments_left": 0}]},
        "You owe $12,400.00 on your car loan.",
    ),
    ("credit", {}, {"cards": []}, "You have no credit card."),
    (
        "credit",
        {},
        {"cards": [CREDIT]},
        (
            "Your credit card limit is $5,000.00, of which $3,800.00 is available. You owe $1,200.00; "
            "at least $35.00 is due on 5 December."
        ),
    ),
    (
        "credit",
        {},
        {"cards": [CREDIT | {"owed_minor": 0}]},
        "Your credit card limit is $5,000.00, of which $3,800.00 is available.",
    ),
    ("scheduled", {}, {"payments": []}, "Nothing is scheduled."),
    ("scheduled", APRIL, {"payments": [BILL]}, "Nothing is scheduled in April."),
    ("scheduled", {"payee": "Sarah Chen"}, {"payments": [BILL]}, "Nothing is scheduled for Sarah Chen."),
    (
        "scheduled",
        {},
        {"payments": [INSTALMENT, BILL]},
        "2 payments are scheduled: $310.00 for your car loan on 1 December. $84.20 to City Power on 5 December.",
    ),
    (
        "scheduled",
        {"payee": "City Power"},
        {"payments": [INSTALMENT, BILL]},
        "One payment is scheduled for City Power: $84.20 to City Power on 5 December.",
    ),
    (
        "cards",
        {},
        {"cards": [DEBIT]},
        (
            "Your debit card ending 1234 was shipped on 18 November with FedEx, tracking ending 4471, "
            "and should arrive by Tuesday."
        ),
    ),
    (
        "cards",
        {},
        {"cards": [DEBIT | {"expected_on": "2026-11-19"}]},
        (
            "Your debit card ending 1234 was shipped on 18 November with FedEx, tracking ending 4471. "
            "It should have arrived by 19 November."
        ),
    ),
    (
        "cards",
        {},
        {"cards": [DEBIT | {"status": "delivered", "delivered_on": "2026-11-20"}]},
        "Your debit card ending 1234 was delivered yesterday.",
    ),
    (
        "cards",
        {},
        {"cards": [DEBIT | {"status": "ordered", "expected_on": "2026-12-01"}]},
        "Your debit card ending 1234 was ordered on 12 November and is being made, and should arrive by 1 December.",
    ),
    (
        "cards",
        {},
        {"cards": [DEBIT | {"status": "produced", "expected_on": None}]},
        "Your debit card ending 1234 has been made and will be shipped soon.",
    ),
    (
        "cards",
        {},
        {"cards": [DEBIT | {"status": "returned"}]},
        (
            "Your debit card ending 1234 came back to us with FedEx, tracking ending 4471. "
            "Please call us, and we'll send it once more."
        ),
    ),
    ("cards", {"account": "credit card"}, {"cards": [DEBIT]}, "I found no such card."),
    ("cards", {}, {"cards": []}, "You have no card with us."),
]


@pytest.mark.parametrize(("tool", "slots", "found", "said"), SAID)
def test_what_is_said_of_what_was_found(tool: str, slots: dict[str, str], found: dict[str, Any], said: str) -> None:
    asked = Inquiry(tool, slots)
    assert findings.told(asked, findings.narrowed(asked, found), TODAY)[1] == said


def test_a_balance_with_a_hold_says_so() -> None:
    account = {"name": "Checking", "kind": "checking", "currency": "USD", "balance_minor": 421_100}
    found = {"accounts": [account | {"available_minor": 418_600}]}
    said = findings.told(Inquiry("balance"), found, TODAY)[1]
    assert said == "Your checking balance is $4,211.00, of which $25.00 is on hold."


def test_a_list_goes_on_at_the_tools_cursor_until_it_ends() -> None:
    asking, move = decide(IDLE, turn(Intent.TRANSACTIONS, payee="City Power"))
    told, said = findings.told(asking.inquiry, {"transactions": [POWER] * 3, "next_cursor": "c1"}, TODAY)
    assert said.endswith("Say more to hear the next ones.")
    asking, move = decide(replace(asking, inquiry=told), turn(Intent.MORE))
    assert move == Ask("transactions", {"payee": "City Power", "limit": 3, "cursor": "c1"})
    told, said = findings.told(asking.inquiry, {"transactions": [POWER], "next_cursor": ""}, TODAY)
    assert said == "$84.20 on 12 May. That was all."
    assert decide(replace(asking, inquiry=told), turn(Intent.MORE))[1] == Say(inquiries.NO_MORE)


def test_a_list_without_pages_goes_on_where_it_was() -> None:
    found = {"payments": [BILL | {"payee": f"Bill {number}"} for number in range(5)]}
    asking, _ = decide(IDLE, turn(Intent.SCHEDULED))
    told, said = findings.told(asking.inquiry, found, TODAY)
    assert said.startswith("5 payments are scheduled: $84.20 to Bill 0 on 5 December.")
    assert said.endswith("$84.20 to Bill 2 on 5 December. Say more to hear the next ones.")
    asking, move = decide(replace(asking, inquiry=told), turn(Intent.MORE))
    assert move == Ask("scheduled")
    told, said = findings.told(asking.inquiry, found, TODAY)
    assert said == "$84.20 to Bill 3 on 5 December. $84.20 to Bill 4 on 5 December. That was all."
    assert told.over


def test_more_of_nothing() -> None:
    assert decide(IDLE, turn(Intent.MORE))[1] == Say(inquiries.NO_LIST)


def test_a_page_that_ends_before_it_begins() -> None:
    asked = Inquiry("transactions", cursor="c1", told=3)
    assert findings.told(asked, {"transactions": []}, TODAY)[1] == "That was all."


SHOWN: list[tuple[str, dict[str, Any], cards.Rows]] = [
    ("balance", {"accounts": [{"name": "Loan", "balance_minor": -5, "currency": "USD"}]}, (("Loan", "minus $0.05"),)),
    ("transactions", {"transactions": [POWER]}, (("City Power, 12 May", "minus $84.20"),)),
    (
        "spending",
        spent(184_20, 2, payee="City Power", **{"from": "2026-05-01", "to": "2026-05-31"}),
        (("Spent", "$184.20"), ("At", "City Power"), ("Payments", "2"), ("From", "1 May"), ("To", "31 May")),
    ),
    (
        "loans",
        {"loans": [LOAN]},
        (
            ("Car loan", "$12,400.00"),
            ("Interest", "4.9"),
            ("Next instalment", "$310.00"),
            ("Due", "1 December"),
            ("Instalments left", "40"),
        ),
    ),
    (
        "credit",
        {"cards": [CREDIT]},
        (
            ("Limit", "$5,000.00"),
            ("Available", "$3,800.00"),
            ("Owed", "$1,200.00"),
            ("At least due", "$35.00"),
            ("Due", "5 December"),
        ),
    ),
    (
        "cards",
        {"cards": [DEBIT]},
        (
            ("Debit ****1234", "Shipped"),
            ("Shipped", "18 November"),
            ("Carrier", "FedEx"),
            ("Tracking", "****4471"),
            ("Expected", "24 November"),
        ),
    ),
    ("scheduled", {"payments": [BILL]}, (("City Power, 5 December", "$84.20"),)),
]


@pytest.mark.parametrize(("tool", "found", "rows"), SHOWN)
def test_what_is_shown_of_what_was_found(tool: str, found: dict[str, Any], rows: cards.Rows) -> None:
    assert cards.rows(tool, found, TODAY) == rows
    assert cards.TITLES[tool]
