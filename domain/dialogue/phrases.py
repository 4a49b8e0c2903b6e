"""What the assistant says. For the eye and plain enough for the ear; the voice reads `$25.00` as money."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from domain.dialogue import elsewhere, identity, orders_told, standing, transfers
from domain.dialogue.sums import listed, money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.conversation import Spoken
    from domain.dialogue.state import Dialogue, Draft, Held
    from domain.elicitation import ElicitationRequest

_DOES: Final = {False: ("pay", "paid", "payment"), True: ("move", "moved", "transfer")}
"""Of a payment, and of money that stays with the customer."""
BACK: Final = "I'm back."
HELP: Final = (
    "I pay your payees, move money between your accounts, look up balances, spending, loans, cards and what is coming "
    "up, and set up alerts. "
    "For example: pay Sarah Chen twenty five dollars, or: how much did I spend last month?"
)
NOT_UNDERSTOOD: Final = "Sorry, I didn't understand that. You can ask for a balance, or say: pay, a name and an amount."
NOT_OFFERED: Final = "I can't do that here. I can look up your money, pay one of your payees, and set up alerts."
GOODBYE: Final = "Goodbye."
WELCOME: Final = "You're welcome."
ANYTHING_ELSE: Final = "All right. What can I do for you?"
NOTHING_TO_CONFIRM: Final = "There is nothing waiting for your answer. What can I do for you?"
NOTHING_TO_CANCEL: Final = "There is nothing to cancel. Nothing was moved."
NO_CODE_NEEDED: Final = "I'm not waiting for a code just now."
YES_OR_NO: Final = "Sorry, was that a yes or a no?"
SIX_DIGITS: Final = "I need all six digits of the code. You can say them or type them."
CODE_UNCLEAR: Final = "Sorry, I didn't catch the code. Please say it once more, digit by digit, or type it."
HOW_MUCH_AGAIN: Final = "I'm not sure of the amount. Please say it once more, for example: twenty five dollars."
CHANGE_AGAIN: Final = "I'm not sure what to change. Please say it once more."
OR_CANCEL: Final = "You can also ask for a new code, or say cancel."
WHO: Final = "Who should I pay?"
HOW_MUCH: Final = "How much should I pay?"
LOST: Final = "That payment is no longer waiting for you. Your payments show how it ended. What else can I do?"
SUPERVISOR: Final = "A supervisor must approve this. I'll tell you when it is decided."
STAYS: Final = "All right, it stays as it is. What else can I do?"
PASSED_ON: Final = "I've passed you on to a person. Stay on the line, or hang up and we'll call you back."
PASSED_ON_IN_TEXT: Final = "I've passed you on to a person. They will call you back. You can go on here meanwhile."
PASSED_ON_BEFORE: Final = "A person knows that you are waiting. I'll tell you as soon as they are here."
PERSON_HERE: Final = "A person is with you now. I'll be quiet until they leave. Never tell anybody a code of yours."
PERSON_CALLS: Final = "A person has taken up your request and will call you back. What can I do for you meanwhile?"
PERSON_LEFT: Final = "It's me again."
PERSON_SETTLED: Final = "The person has settled your request."
PERSON_CALLS_LATER: Final = "The person will call you back about your request."
NOTHING_BEFORE: Final = "There is nothing to go back to. What can I do for you?"
WHAT_ELSE: Final = (
    "Nothing has been paid yet. What should be different: the amount, the payee or the account? "
    "Say it, and I'll read it back again; a code that I sent before no longer counts then."
)
TOO_LATE: Final = "I can't go back now."
WHAT_CAN_I_DO: Final = "What can I do for you?"
UNDER_WAY: Final = "That is under way. I'll tell you as soon as it is done."
CODE_AGAIN: Final = "I've sent you a new code. The old one no longer works. Please say or type the six digits."


def greeting(name: str, stands: str = "", meanwhile: str = "") -> str:
    """The first thing said in a session: what is open from another one, and what has happened since."""
    hello = f"Hello {name.split(' ', maxsplit=1)[0]}." if name else "Hello."
    return " ".join(each for each in (hello, meanwhile, stands or "How can I help?") if each)


def cooling_off(payee: str, due: str) -> str:
    """A first payment that is held; the time is told as a time of day in UTC."""
    return f"This is new for {payee}, so I'll hold it. It will go out on {_when(due)}. Until then you can cancel it."


def held(waits: Held) -> str:
    """Where a payment stands that waits for hours."""
    if waits.gone:
        return elsewhere.waits(waits)
    what = f"Your payment of {money(waits.amount, waits.currency)} to {waits.payee}"
    if waits.state == "COOLING_OFF":
        return f"{what} is on hold and will go out on {_when(waits.due)}."
    return f"{what} still waits for a supervisor."


def went_out(amount: str, currency: str, payee: str) -> str:
    """A payment that was completed while nobody was listening."""
    return f"Your payment of {money(amount, currency)} to {payee} has been made."


def which_to_cancel(waiting: Sequence[Held]) -> str:
    """Several payments wait."""
    each = [f"{money(one.amount, one.currency)} to {one.payee}" for one in waiting]
    return f"More than one payment waits: {listed(each)}. You can cancel any of them in your payments."


def shall_i_call_back(waits: Held) -> str:
    """Asks before a payment is cancelled that has waited for hours."""
    return f"{held(waits)} Shall I cancel it?"


def _when(due: str) -> str:
    """`Sunday, 22 November at 15:43 UTC`."""
    at = datetime.fromisoformat(due).astimezone(UTC)
    return f"{at:%A}, {at.day} {at:%B} at {at:%H:%M} UTC"


def what(question: ElicitationRequest) -> str:
    """`$25.00 to Sarah Chen`; of a standing mandate `up to $100.00 a month to City Power`."""
    sum_ = money(question.amount, question.currency)
    if question.standing:
        return f"up to {sum_} a {question.period} to {question.payee}{standing.until(question.ends_on)}"
    return f"{sum_} to {question.payee}{f' {question.schedule}' if question.ordered else ''}"


def read_back(question: ElicitationRequest) -> str:
    """The read-back that a confirmation is bound to: amount, payee, account."""
    if question.standing:
        return f"I'll allow {what(question)} from {standing.source(question.account)}. Shall I set that up?"
    asks = "Shall I set that up?" if question.ordered else "Shall I go ahead?"
    return (
        f"I'll {_verb(question)} {what(question)}, from {_mine(question)}. {asks}"
        if question.ordered
        else (f"I'll {_verb(question)} {what(question)} from {_mine(question)}. {asks}")
    )


def code_sent(question: ElicitationRequest, phone_tail: str) -> str:
    """Asks for the one-time code, with what it is bound to."""
    if question.identity:
        return identity.code_sent(question, phone_tail)
    where = f" to your phone ending in {phone_tail}" if phone_tail else ""
    return f"I've sent a six-digit code{where} for {what(question)}. Please say it or type it."


def use_passkey(question: ElicitationRequest) -> str:
    """Asks for the passkey, with what it is bound to."""
    if question.identity:
        return identity.use_passkey(question)
    verb, source = _verb(question), standing.source(question.account) if question.standing else _mine(question)
    wish = f"To {verb} {what(question)} from {source}, please use your passkey on your phone."
    return f"{wish} Say cancel if that is not what you want."


def _mine(question: ElicitationRequest) -> str:
    return f"your {question.account} account"


def _verb(question: ElicitationRequest) -> str:
    return "allow" if question.standing else _DOES[question.own][0]


def paid(amount: str, currency: str, payee: str, *, own: bool = False) -> str:
    """The receipt."""
    return f"Done. I {_DOES[own][1]} {money(amount, currency)} to {payee}."


def cancelled(amount: str, currency: str, payee: str, *, own: bool = False) -> str:
    """A payment that the customer withdrew."""
    return (
        f"Cancelled. Nothing was {_DOES[own][1]} to {payee}."
        if not amount
        else (f"Cancelled. {money(amount, currency)} was not {_DOES[own][1]} to {payee}.")
    )


def payee_gone(amount: str, currency: str, payee: str) -> str:
    """A payment that ended because its payee was removed."""
    return f"{payee} was removed from your payees. {money(amount, currency)} was not paid."


def ended(state: str, amount: str, currency: str, payee: str, *, own: bool = False) -> str:
    """The truth about a payment that did not go through."""
    noun = _DOES[own][2]
    what = f"{money(amount, currency)} to {payee}" if amount else f"the {noun} to {payee}"
    why = {"EXPIRED": "ran out of time", "REJECTED": "was not approved"}.get(state, "did not go through")
    return f"The {noun} of {what} {why}. Nothing was moved."


def which_payee(candidates: Sequence[str]) -> str:
    """Two names alike."""
    return f"Did you mean {' or '.join(candidates)}?"


def which_name(candidates: Sequence[str]) -> str:
    """Two names alike, in a question about what was paid."""
    return f"{which_payee(candidates)} Please ask again with the full name."


def which_days(heard: str) -> str:
    """Days that can't be read. What was heard is said back."""
    which = f"which days you mean by {heard}" if heard else "which days you mean"
    return f"I'm not sure {which}. Please say it once more, for example: in May, or since Monday."


def unknown_payee(heard: str, payees: Sequence[str]) -> str:
    """A name that is none of the customer's payees. What was heard is not repeated where it may be anything."""
    known = f" Your payees are {listed(payees)}." if payees else ""
    return f"I can't find {heard} among your payees.{known} Who should I pay?" if heard else WHO


def which_amount(choices: Sequence[str]) -> str:
    """An amount with two meanings, such as two fifty."""
    return f"Do you mean {' or '.join(money(choice) for choice in choices)}?"


def where_it_stands(dialogue: Dialogue) -> str:
    """One sentence on what is open, for a customer who comes back or asks."""
    active = dialogue.active
    if active is None:
        draft = dialogue.draft
        if draft is not None:
            return next_question(draft)
        return " ".join(held(each) for each in dialogue.held) or "Nothing is waiting for you."
    if active.question is None:
        return UNDER_WAY
    if active.question.identity:
        return identity.waits(active.question)
    if active.question.elicitation_type == "otp":
        return f"I'm waiting for the six-digit code for {what(active.question)}. Please say it or type it."
    return (
        use_passkey(active.question) if active.question.elicitation_type == "biometric" else read_back(active.question)
    )


def what_can_i_do(_dialogue: Dialogue) -> str:
    """Asks for a wish."""
    return WHAT_CAN_I_DO


def in_short(dialogue: Dialogue) -> str:
    """What is open, as it is asked again behind something else: still with all that a yes would be bound to."""
    question = dialogue.active.question if dialogue.active else None
    if question is None:
        return where_it_stands(dialogue)
    if question.elicitation_type == "otp":
        return f"I'm waiting for the six-digit code for {what(question)}."
    verb, source = _verb(question), standing.source(question.account) if question.standing else _mine(question)
    if question.elicitation_type == "biometric":
        return f"To {verb} {what(question)} from {source}, please use your passkey on your phone."
    return f"Shall I {verb} {what(question)} from {source}?"


def shall_i_cancel(question: ElicitationRequest) -> str:
    """A no where a code is awaited: the customer may want out, or may only be thinking aloud."""
    if question.identity:
        return identity.shall_i_cancel(question)
    noun = "standing payment" if question.standing else "standing order" if question.ordered else "payment"
    ask = "Shall I cancel it? Say yes to cancel, or give me the code."
    return f"Your {noun} of {what(question)} waits for its code. {ask}"


def one_at_a_time(stands: str) -> str:
    """Another payment is asked for while one is open."""
    return f"One payment at a time. First: {stands}"


def first_this(stands: str) -> str:
    """Something else is asked for while this is open: a payment while it is checked who speaks, an alert."""
    return f"One thing at a time. First: {stands}"


def changed(text: str) -> str:
    """What is asked about a new version, or how it waits."""
    return f"Changed. {text}"


def unchanged(refusal: str, stands: str) -> str:
    """A correction that was refused."""
    return f"{refusal} It stays as it was. {stands}"


def which_to_change(waiting: Sequence[Held]) -> str:
    """Several payments wait."""
    each = [f"{money(one.amount, one.currency)} to {one.payee}" for one in waiting]
    return f"More than one payment waits: {listed(each)}. To change one, say its name, too."


def what_to_change(waits: Held) -> str:
    """A wish for another payment without a word about what of it."""
    return f"{held(waits)} What should be different: the amount, the payee or the account?"


def instead_of(draft: Draft, refusal: str) -> str:
    """A standing mandate whose other terms were refused: the one that they replaced is gone too."""
    return f"I cancelled the standing payment of {money(draft.amount)} to {draft.payee}. {refusal}"


def left_open(question: ElicitationRequest) -> str:
    """A question of another conversation of the same customer."""
    if question.identity:
        return identity.left_open(question)
    waits = "its code" if question.elicitation_type == "otp" else "your yes or no"
    about = f"Your earlier payment of {what(question)} still waits for {waits}."
    return f"{about} You can answer or cancel it where it is shown."


def kept(stands: str) -> str:
    """The customer does not want the payment cancelled."""
    return f"All right, I'll keep it. {stands} {OR_CANCEL}"


def back(stands: str) -> str:
    """The first thing said by an agent that takes over from another."""
    return f"{BACK} {stands}"


def open_elsewhere(dialogue: Dialogue) -> str:
    """The first thing said to a customer who comes with a payment that was begun on another device, or call."""
    what = "question" if dialogue.active and dialogue.active.draft.purpose else "payment"
    return f"A {what} that you began is still open. {where_it_stands(dialogue)}"


def unheard(lines: Sequence[Spoken]) -> str:
    """What was said since the customer last spoke: the agent that said it may have died before it was heard."""
    for line in reversed(lines):
        if line.who != "assistant":
            break
        if not line.text.startswith(BACK):
            return line.text
    return "What can I do for you?"


def next_question(draft: Draft) -> str:
    """What is still missing of a draft."""
    if draft.standing or draft.own:
        return standing.next_question(draft) if draft.standing else transfers.next_question(draft)
    if draft.ordered:
        return orders_told.next_question(draft)
    if not draft.payee:
        return WHO if not draft.amount else f"Who should I pay {money(draft.amount)} to?"
    return f"How much should I pay {draft.payee}?"
