"""The dialogue as tables: a state, a turn, and what is done about it."""

from dataclasses import replace

import pytest

from domain.conversation import PaymentNews, Turn
from domain.dialogue import outcome, phrases, repairs, standing
from domain.dialogue.decide import decide
from domain.dialogue.moves import (
    Answer,
    Ask,
    AwaitNews,
    Correct,
    FindMandate,
    HandOver,
    Move,
    Pay,
    Resend,
    Say,
    SetUp,
    Withdraw,
)
from domain.dialogue.state import Active, Dialogue, Draft, Held, Person, Stage
from domain.elicitation import ElicitationRequest, ElicitationState, ElicitationType
from domain.understanding import Intent

PERSON = Person("Maya Lindqvist", ("Sarah Chen", "John Doe", "City Power"), ("checking", "savings"), "01")
WHOLE = Draft("25.00", "Sarah Chen")


def question(kind: ElicitationType) -> ElicitationRequest:
    return ElicitationRequest(
        elicitation_id=f"p-1-{kind}-1",
        tool_call_id="p-1",
        elicitation_type=kind,
        payment_id="p-1",
        version=1,
        transaction_hash="00",
        amount="25.00",
        currency="USD",
        payee="Sarah Chen",
        account="checking",
        created_at="",
        expires_at="",
        timeout_seconds=300,
    )


IDLE = Dialogue(PERSON)
COLLECTING = Dialogue(PERSON, stage=Stage.COLLECTING, draft=Draft(payee="Sarah Chen"))
CONFIRMING = outcome.question_open(IDLE, "p-1", WHOLE, question(ElicitationType.CONFIRMATION))[0]
AWAITING = outcome.question_open(IDLE, "p-1", WHOLE, question(ElicitationType.OTP))[0]
PAYING = replace(AWAITING, active=Active("p-1", WHOLE, None), stage=Stage.PAYING)
CONFIRM_ID, CODE_ID = "p-1-confirmation-1", "p-1-otp-1"


def turn(intent: Intent, confidence: float = 1.0, **slots: str) -> Turn:
    return Turn("t-1", "masked words", intent, slots, confidence)


MOVES: list[tuple[str, Dialogue, Turn, Move]] = [
    ("a whole payment is begun", IDLE, turn(Intent.PAY, amount="25.00", payee="Sarah Chen"), Pay(WHOLE)),
    (
        "another account is used",
        IDLE,
        turn(Intent.PAY, amount="25.00", payee="Sarah Chen", account="savings"),
        Pay(Draft("25.00", "Sarah Chen", "savings")),
    ),
    ("the payee is asked", IDLE, turn(Intent.PAY, amount="25.00"), Say("Who should I pay $25.00 to?")),
    ("the amount is asked", IDLE, turn(Intent.PAY, payee="Sarah Chen"), Say("How much should I pay Sarah Chen?")),
    ("the missing amount completes it", COLLECTING, turn(Intent.AMEND, amount="25.00"), Pay(WHOLE)),
    ("also as a bare number", COLLECTING, turn(Intent.UNKNOWN, amount="25.00"), Pay(WHOLE)),
    ("a balance may be asked in between", COLLECTING, turn(Intent.BALANCE), Ask("balance")),
    (
        "two payees alike are asked about",
        IDLE,
        turn(Intent.PAY, amount="5.00", payee_candidates="John Doe|Joan Doe"),
        Say("Did you mean John Doe or Joan Doe?"),
    ),
    (
        "two amounts alike are asked about",
        IDLE,
        turn(Intent.PAY, payee="John Doe", amount_choices="2.50|250.00"),
        Say("Do you mean $2.50 or $250.00?"),
    ),
    ("yes answers the read-back", CONFIRMING, turn(Intent.CONFIRM), Answer(CONFIRM_ID, confirmed=True)),
    ("no answers the read-back", CONFIRMING, turn(Intent.DENY), Answer(CONFIRM_ID, confirmed=False)),
    ("one ear's yes is asked again", CONFIRMING, turn(Intent.CONFIRM, 0.5), Say(phrases.YES_OR_NO)),
    (
        "no, fifty: it is read back anew",
        CONFIRMING,
        turn(Intent.AMEND, amount="50.00"),
        Correct("p-1", amount="50.00"),
    ),
    (
        "another payee: it is read back anew",
        CONFIRMING,
        turn(Intent.DENY, payee="John Doe"),
        Correct("p-1", payee="John Doe"),
    ),
    (
        "a correction while the code is awaited voids the code",
        AWAITING,
        turn(Intent.AMEND, account="savings"),
        Correct("p-1", account="savings"),
    ),
    ("cancel withdraws", AWAITING, turn(Intent.CANCEL), Withdraw(CODE_ID)),
    ("cancel comes too late while paying", PAYING, turn(Intent.CANCEL), Say(phrases.UNDER_WAY)),
    ("there is nothing to cancel", IDLE, turn(Intent.CANCEL), Say(phrases.NOTHING_TO_CANCEL)),
    ("there is nothing to confirm", IDLE, turn(Intent.CONFIRM), Say(phrases.NOTHING_TO_CONFIRM)),
    ("an accepted code waits for the payment", AWAITING, replace(turn(Intent.CODE), heard_code=True), AwaitNews()),
    ("a code that was not caught", AWAITING, turn(Intent.CODE, unclear="yes"), Say(phrases.CODE_UNCLEAR)),
    ("half a code", AWAITING, turn(Intent.CODE), Say(phrases.SIX_DIGITS)),
    ("a code that nobody waits for", IDLE, turn(Intent.CODE), Say(phrases.NO_CODE_NEEDED)),
    ("a new code", AWAITING, turn(Intent.RESEND), Resend(CODE_ID)),
    ("a new code that nobody waits for", IDLE, turn(Intent.RESEND), Say(phrases.NO_CODE_NEEDED)),
    ("what was not understood", IDLE, turn(Intent.UNKNOWN), Say(phrases.NOT_UNDERSTOOD)),
    ("a mandate is set up", IDLE, turn(Intent.MANDATE, amount="100.00", payee="City Power", period="month"),
     SetUp(Draft("100.00", "City Power", "checking", "month", standing=True))),
    ("a mandate without how often is asked about", IDLE, turn(Intent.MANDATE, amount="100.00", payee="City Power"),
     Say("Up to $100.00 to City Power: a day, a week, a month or a year?")),
    ("a mandate is no payment's correction", CONFIRMING, turn(Intent.MANDATE, amount="9.00", period="day"),
     Say("One payment at a time. First: I'll pay $25.00 to Sarah Chen from your checking account. Shall I go ahead?")),
    ("how often, out of the blue", IDLE, turn(Intent.AMEND, period="month"), Say(phrases.NOT_UNDERSTOOD)),
    ("how often is no payment's business", CONFIRMING, turn(Intent.AMEND, period="month"), Say(
        "Sorry, I didn't get that. I'll pay $25.00 to Sarah Chen from your checking account. Shall I go ahead?"
    )),
    ("mandates are looked up", IDLE, turn(Intent.MANDATES), Ask("mandates")),
    ("a named mandate is revoked", IDLE, turn(Intent.REVOKE, payee="City Power"),
     FindMandate("City Power", sure=True)),
    ("half a hearing revokes nothing unasked", IDLE, turn(Intent.REVOKE, 0.5, payee="City Power"),
     FindMandate("City Power", sure=False)),
    ("a fixed payment again and again", IDLE, turn(Intent.NOT_OFFERED, topic="schedule"), Say(standing.INSTEAD)),
    ("what is not offered", IDLE, turn(Intent.NOT_OFFERED), Say(phrases.NOT_OFFERED)),
    ("one payment at a time", AWAITING, turn(Intent.PAY, amount="5.00", payee="John Doe"), Say(
        "One payment at a time. First: I'm waiting for the six-digit code for $25.00 to Sarah Chen. "
        "Please say it or type it."
    )),
]  # fmt: skip


@pytest.mark.parametrize(("name", "state", "said", "move"), MOVES, ids=[row[0] for row in MOVES])
def test_move(name: str, state: Dialogue, said: Turn, move: Move) -> None:
    assert decide(state, said)[1] == move, name


@pytest.mark.parametrize("intent", list(Intent))
@pytest.mark.parametrize("state", [IDLE, COLLECTING, CONFIRMING, AWAITING, PAYING])
def test_only_a_yes_to_the_read_back_confirms(state: Dialogue, intent: Intent) -> None:
    _, move = decide(state, turn(intent, amount="9.00", payee="John Doe"))
    confirmed = isinstance(move, Answer) and move.confirmed
    assert confirmed == (intent is Intent.CONFIRM and state is CONFIRMING)


def test_the_same_word_twice_running_is_believed() -> None:
    doubting, _ = decide(CONFIRMING, turn(Intent.CONFIRM, 0.5))
    assert decide(doubting, turn(Intent.CONFIRM, 0.5))[1] == Answer(CONFIRM_ID, confirmed=True)


def test_a_doubted_yes_followed_by_a_doubted_no_confirms_nothing() -> None:
    doubting, _ = decide(CONFIRMING, turn(Intent.CONFIRM, 0.5))
    assert decide(doubting, turn(Intent.DENY, 0.5))[1] == Say(phrases.YES_OR_NO)


def test_something_else_between_two_doubted_yeses_starts_the_doubt_anew() -> None:
    doubting, _ = decide(CONFIRMING, turn(Intent.CONFIRM, 0.5))
    asked, _ = decide(doubting, turn(Intent.HELP))
    assert decide(asked, turn(Intent.CONFIRM, 0.5))[1] == Say(phrases.YES_OR_NO)


def test_an_unknown_name_is_never_paid() -> None:
    said = turn(Intent.PAY, amount="25.00", payee="Bob Stone", payee_known="no")
    state, move = decide(IDLE, said)
    assert isinstance(move, Say)
    assert state.draft == Draft("25.00", "")


CANCEL_ASKED = decide(AWAITING, turn(Intent.DENY))[0]
WHICH_ASKED = decide(CONFIRMING, turn(Intent.AMEND, amount_choices="2.50|250.00"))[0]
STANDS = "I'm waiting for the six-digit code for $25.00 to Sarah Chen. Please say it or type it."
AT_THE_CODE: list[tuple[str, Dialogue, Turn, Move]] = [
    ("no: it is asked whether to cancel", AWAITING, turn(Intent.DENY), Say(
        "Your payment of $25.00 to Sarah Chen waits for its code. Shall I cancel it? "
        "Say yes to cancel, or give me the code."
    )),
    ("then yes cancels", CANCEL_ASKED, turn(Intent.CONFIRM), Withdraw(CODE_ID)),
    ("so does cancel", CANCEL_ASKED, turn(Intent.CANCEL), Withdraw(CODE_ID)),
    ("then no keeps it", CANCEL_ASKED, turn(Intent.DENY), Say(
        f"All right, I'll keep it. {STANDS} You can also ask for a new code, or say cancel."
    )),
    ("the code is taken all the same", CANCEL_ASKED, replace(turn(Intent.CODE), heard_code=True), AwaitNews()),
    ("one ear's yes to it is asked again", CANCEL_ASKED, turn(Intent.CONFIRM, 0.5), Say(phrases.YES_OR_NO)),
    ("after anything else a yes cancels nothing", decide(CANCEL_ASKED, turn(Intent.HELP))[0], turn(Intent.CONFIRM),
     Say(STANDS)),
    ("a yes out of the blue", AWAITING, turn(Intent.CONFIRM), Say(STANDS)),
    ("an unclear amount is asked again", IDLE, turn(Intent.PAY, payee="John Doe", amount_unclear="yes"),
     Say(phrases.HOW_MUCH_AGAIN)),
    ("yes to which amount answers no older question", WHICH_ASKED, turn(Intent.CONFIRM), Say(
        "I'll pay $25.00 to Sarah Chen from your checking account. Shall I go ahead?"
    )),
    ("not understood twice: the ways out", replace(AWAITING, misheard=1), turn(Intent.UNKNOWN), Say(
        "I still didn't get that. You can say or type the six digits, ask for a new code, change the payment, or say "
        "cancel. I'm waiting for the six-digit code for $25.00 to Sarah Chen."
    )),
]  # fmt: skip


@pytest.mark.parametrize(("name", "state", "said", "move"), AT_THE_CODE, ids=[row[0] for row in AT_THE_CODE])
def test_a_no_is_never_only_asked_again(name: str, state: Dialogue, said: Turn, move: Move) -> None:
    assert decide(state, said)[1] == move, name


REFUSALS = [
    ("insufficient_funds", Draft("", "Sarah Chen"), Stage.COLLECTING),
    ("amount_too_large", Draft("", "Sarah Chen"), Stage.COLLECTING),
    ("unknown_payee", Draft("25.00", ""), Stage.COLLECTING),
    ("service_unavailable", None, Stage.IDLE),
]


@pytest.mark.parametrize(("code", "kept", "stage"), REFUSALS)
def test_a_refusal_keeps_what_was_right(code: str, kept: Draft | None, stage: Stage) -> None:
    state, said = outcome.payment_refused(IDLE, WHOLE, code, "No.")
    assert (state.draft, state.stage, said) == (kept, stage, "No.")


def news(state: str, **more: object) -> PaymentNews:
    told = PaymentNews("p-1", state, "25.00", "USD", "Sarah Chen", "checking", closed_state=ElicitationState.COMPLETED)
    return replace(told, **more)


TOLD = [
    ("COMPLETED", "Done. I paid $25.00 to Sarah Chen."),
    ("CANCELLED", "Cancelled. $25.00 was not paid to Sarah Chen."),
    ("EXPIRED", "The payment of $25.00 to Sarah Chen ran out of time. Nothing was moved."),
    ("FAILED", "The payment of $25.00 to Sarah Chen did not go through. Nothing was moved."),
]


@pytest.mark.parametrize(("state", "said"), TOLD)
def test_the_customer_is_told_the_truth(state: str, said: str) -> None:
    after, text = outcome.news(AWAITING, news(state))
    assert text == said
    assert after.stage is Stage.IDLE
    assert after.active is None


def test_news_of_another_payment_leaves_the_open_one_open() -> None:
    after, _ = outcome.news(AWAITING, news("EXPIRED", payment_id="p-0"))
    assert after.active == AWAITING.active
    assert after.stage is Stage.AWAITING_CODE


def test_the_next_question_is_asked() -> None:
    after, text = outcome.news(CONFIRMING, news("AWAITING_CUSTOMER", opened=question(ElicitationType.OTP)))
    assert after.stage is Stage.AWAITING_CODE
    assert text.startswith("I've sent a six-digit code to your phone ending in 01 for $25.00 to Sarah Chen.")


def test_a_passkey_is_asked_for_with_what_it_is_bound_to_and_no_word_takes_its_place() -> None:
    asking, said = outcome.question_open(IDLE, "p-1", WHOLE, question(ElicitationType.BIOMETRIC))
    assert asking.stage is Stage.AWAITING_PASSKEY
    for bound in ("$25.00", "Sarah Chen", "checking", "passkey"):
        assert bound in said
    for intent in (Intent.CONFIRM, Intent.STATUS):
        assert decide(asking, turn(intent))[1] == Say(said)
    assert decide(asking, turn(Intent.RESEND))[1] == Say(phrases.NO_CODE_NEEDED)
    assert decide(asking, turn(Intent.CANCEL))[1] == Withdraw("p-1-biometric-1")


@pytest.mark.parametrize("dialogue", [CONFIRMING, AWAITING])
@pytest.mark.parametrize("intent", [Intent.PAY, Intent.AMEND])
@pytest.mark.parametrize(
    "text", ["yes and pay John Doe ten dollars", "and another ten to John Doe", "also pay John Doe", "pay John Doe too"]
)
def test_another_payment_does_not_replace_the_open_one(dialogue: Dialogue, intent: Intent, text: str) -> None:
    said = replace(turn(intent, amount="10.00", payee="John Doe"), text=text)
    after, move = decide(dialogue, said)
    assert after.active == dialogue.active
    assert move == Say(f"One payment at a time. First: {phrases.where_it_stands(dialogue)}")


@pytest.mark.parametrize("text", ["yes and make it ten", "no, pay John Doe instead", "that's too much, make it ten"])
def test_a_correction_still_replaces_the_open_payment(text: str) -> None:
    said = replace(turn(Intent.AMEND, amount="10.00", payee="John Doe"), text=text)
    assert decide(CONFIRMING, said)[1] == Correct("p-1", amount="10.00", payee="John Doe")


SARAH, JOHN = (
    Held("p-7", "AWAITING_SUPERVISOR", "6000.00", "USD", "Sarah Chen"),
    Held("p-8", "AWAITING_SUPERVISOR", "7000.00", "USD", "John Doe"),
)
WAITING = replace(IDLE, held=(SARAH,))
TWO = replace(IDLE, held=(SARAH, JOHN))
LATE: list[tuple[str, Dialogue, Turn, Move]] = [
    ("the only one", WAITING, turn(Intent.AMEND, amount="6500.00"), Correct("p-7", amount="6500.00")),
    ("from elsewhere", WAITING, turn(Intent.AMEND, account="savings"), Correct("p-7", account="savings")),
    ("to somebody else", WAITING, turn(Intent.AMEND, payee="John Doe"), Correct("p-7", payee="John Doe")),
    (
        "one that is named",
        TWO,
        replace(turn(Intent.PAY, amount="6500.00", payee="John Doe"), text="change my payment to John Doe to 6500"),
        Correct("p-8", amount="6500.00", payee="John Doe"),
    ),
    (
        "one of two",
        TWO,
        turn(Intent.AMEND, amount="1.00"),
        Say(
            "More than one payment waits: $6,000.00 to Sarah Chen and $7,000.00 to John Doe. "
            "To change one, say its name, too."
        ),
    ),
    (
        "without a word about what",
        WAITING,
        turn(Intent.AMEND),
        Say(
            "Your payment of $6,000.00 to Sarah Chen still waits for a supervisor. "
            "What should be different: the amount, the payee or the account?"
        ),
    ),
    ("half heard", WAITING, turn(Intent.AMEND, 0.5, amount="6500.00"), Say(phrases.CHANGE_AGAIN)),
    ("a new one is a new one", WAITING, turn(Intent.PAY, amount="25.00", payee="Sarah Chen"), Pay(WHOLE)),
    (
        "what is being put together comes first",
        replace(COLLECTING, held=(SARAH,)),
        turn(Intent.AMEND, amount="25.00"),
        Pay(WHOLE),
    ),
]


@pytest.mark.parametrize(("name", "state", "said", "move"), LATE, ids=[row[0] for row in LATE])
def test_a_payment_that_waits_for_hours_is_corrected(name: str, state: Dialogue, said: Turn, move: Move) -> None:
    assert decide(state, said)[1] == move, name


def test_a_new_version_is_asked_about_wherever_the_payment_is_followed() -> None:
    asked = replace(question(ElicitationType.CONFIRMATION), payment_id="p-7", amount="6500.00")
    told = PaymentNews("p-7", "AWAITING_CUSTOMER", "6500.00", "USD", "Sarah Chen", "checking", opened=asked)
    after, text = outcome.news(TWO, replace(told, corrected=True))
    assert text == "Changed. I'll pay $6,500.00 to Sarah Chen from your checking account. Shall I go ahead?"
    assert after.active == Active("p-7", Draft("6500.00", "Sarah Chen"), asked)
    assert after.held == (JOHN,)


def test_a_new_version_of_another_payment_leaves_the_open_one_open() -> None:
    asked = replace(question(ElicitationType.CONFIRMATION), payment_id="p-7", amount="6500.00")
    told = PaymentNews("p-7", "AWAITING_CUSTOMER", "6500.00", "USD", "Sarah Chen", "checking", opened=asked)
    after, text = outcome.news(replace(AWAITING, held=(SARAH,)), told)
    assert after.active == AWAITING.active
    assert text.startswith("Your earlier payment of $6,500.00 to Sarah Chen still waits for your yes or no.")


def test_more_of_the_same_is_another_payment_at_the_code_too() -> None:
    said = replace(turn(Intent.PAY, amount="50.00", payee="Sarah Chen"), text="pay Sarah Chen fifty")
    assert decide(AWAITING, said)[1] == Correct("p-1", amount="50.00")
    more = replace(said, text="also pay Sarah Chen fifty")
    assert isinstance(decide(AWAITING, more)[1], Say)


YES: list[tuple[str, Dialogue, str | None, Move]] = [
    ("to what was asked", CONFIRMING, CONFIRM_ID, Answer(CONFIRM_ID, confirmed=True)),
    ("by a front that does not say", CONFIRMING, None, Answer(CONFIRM_ID, confirmed=True)),
    ("to an older version", CONFIRMING, "p-1-confirmation-0", Say(phrases.where_it_stands(CONFIRMING))),
    ("begun before anything was asked", CONFIRMING, "", Say(phrases.where_it_stands(CONFIRMING))),
    ("to an older question, now a code's", AWAITING, CONFIRM_ID, Say(phrases.where_it_stands(AWAITING))),
]


@pytest.mark.parametrize(("name", "state", "asked", "move"), YES, ids=[row[0] for row in YES])
def test_a_yes_is_one_to_what_was_asked(name: str, state: Dialogue, asked: str | None, move: Move) -> None:
    assert decide(state, replace(turn(Intent.CONFIRM), asked=asked))[1] == move, name


def test_a_tool_that_does_not_answer_is_offered_again_and_then_a_person() -> None:
    once, first = repairs.out_of_reach(AWAITING, Ask("balance", {"account": "savings"}))
    tried, move = decide(once, turn(Intent.CONFIRM))
    assert (first, move) == (repairs.TRY_AGAIN, Ask("balance", {"account": "savings"}))
    twice, second = repairs.out_of_reach(tried, Ask("balance", {"account": "savings"}))
    assert second == f"{repairs.STILL_OUT_OF_REACH} {repairs.OR_A_PERSON}"
    assert decide(twice, turn(Intent.CONFIRM))[1] == HandOver("asked")
    refused, stands = decide(twice, turn(Intent.DENY))
    assert refused.active == AWAITING.active
    assert isinstance(stands, Say)
    assert decide(once, turn(Intent.CANCEL))[1] == Withdraw(CODE_ID)
