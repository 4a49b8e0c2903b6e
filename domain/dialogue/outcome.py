"""What a conversation makes of what its moves brought back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain.dialogue import elsewhere, identity, orders_meant, orders_told, phrases, standing
from domain.dialogue.graph import Event
from domain.dialogue.graphs import HOUSE
from domain.dialogue.state import Active, Dialogue, Draft, Held
from domain.elicitation import ElicitationType
from domain.errors import PayeeRemovedError
from domain.parties import account_name
from domain.payments import FINAL_STATES, WAITING_STATES, PaymentKind, PaymentState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.conversation import PaymentNews
    from domain.elicitation import ElicitationRequest

Told = tuple[Dialogue, str]

_BAD_AMOUNT: Final = frozenset(
    {
        "amount_unreadable",
        "amount_not_positive",
        "amount_too_precise",
        "amount_too_large",
        "insufficient_funds",
        "mandate_too_large",
        "more_than_owed",
    }
)
_BAD_DAYS: Final = frozenset({"standing_order_date_invalid", "standing_order_rule_invalid", "standing_order_over"})
_BAD_PAYEE: Final = frozenset({"unknown_payee", "ambiguous_payee"})
_BAD_ACCOUNT: Final = frozenset({"unknown_account", "account_closed", "currency_mismatch"})

_OTHER_ACCOUNT: Final = frozenset({"unknown_account", "same_account"})


def question_open(dialogue: Dialogue, payment_id: str, draft: Draft, question: ElicitationRequest | None) -> Told:
    """A payment waits on the customer."""
    if question is not None and question.identity:
        return identity_asked(dialogue, question)
    active = Active(payment_id, draft, question)
    asking = replace(dialogue, active=active, draft=None, unanswered=None)
    if question is None:
        return _after(asking, draft, Event.WORKS), phrases.UNDER_WAY
    if question.elicitation_type is ElicitationType.OTP:
        return _after(asking, draft, Event.ASKS_CODE), phrases.code_sent(question, dialogue.person.phone_tail)
    if question.elicitation_type is ElicitationType.BIOMETRIC:
        return _after(asking, draft, Event.ASKS_PASSKEY), phrases.use_passkey(question)
    return _after(asking, draft, Event.ASKS_YES), phrases.read_back(question)


def _after(dialogue: Dialogue, draft: Draft, event: Event) -> Dialogue:
    return HOUSE.told(dialogue, "mandate" if draft.standing else "order" if draft.ordered else "payment", event)


def identity_asked(dialogue: Dialogue, question: ElicitationRequest) -> Told:
    """Who is speaking is checked first; what was being put together is kept."""
    asking = replace(dialogue, active=Active(question.payment_id, draft_of(question), question))
    if question.elicitation_type is ElicitationType.BIOMETRIC:
        return HOUSE.told(asking, "inquiries", Event.ASKS_PASSKEY), identity.use_passkey(question)
    said = identity.code_sent(question, dialogue.person.phone_tail)
    return HOUSE.told(asking, "inquiries", Event.ASKS_CODE), said


def identity_settled(dialogue: Dialogue, told: PaymentNews) -> Told:
    """It is known who speaks, and what was asked can be looked up (then nothing is said yet), or it is not."""
    if dialogue.active is not None and dialogue.active.payment_id == told.payment_id:
        dialogue = _unchecked(dialogue)
    return dialogue, "" if told.state == identity.VERIFIED else identity.not_shown(told)


def _unchecked(dialogue: Dialogue) -> Dialogue:
    """Back where it was before who speaks had to be checked."""
    free, draft = replace(dialogue, active=None), dialogue.draft
    return _after(free, draft, Event.LACKS) if draft else HOUSE.told(free, "identity", Event.ENDED)


def draft_of(question: ElicitationRequest) -> Draft:
    """What a question that was begun elsewhere is about."""
    payee = account_name(question.payee) if question.own else question.payee
    about = (question.period, question.standing, question.purpose, question.own, question.ordered)
    return Draft(question.amount, payee, question.account, *about)


def unanswered(dialogue: Dialogue, payment_id: str, draft: Draft) -> Dialogue:
    """Nobody knows whether the bank has begun it."""
    return replace(dialogue, unanswered=Active(payment_id, draft))


def id_for(dialogue: Dialogue, draft: Draft, fresh: str) -> str:
    """A payment's id: a new one, unless the same was wanted just now and never answered."""
    last = dialogue.unanswered
    return last.payment_id if last is not None and last.draft == draft else fresh


def payment_refused(dialogue: Dialogue, draft: Draft, code: str, sentence: str) -> Told:
    """The bank refused to start a payment: keep what was right, ask for the rest."""
    kept = _kept(draft, code)
    after = replace(dialogue, draft=kept, active=None)
    return _after(after, draft, Event.ENDED if kept is None else Event.LACKS), sentence


def _kept(draft: Draft, code: str) -> Draft | None:
    if code in _BAD_AMOUNT:
        return replace(draft, amount="")
    if code in _BAD_PAYEE:
        return replace(draft, payee="")
    if draft.own and code in _OTHER_ACCOUNT:
        return replace(draft, payee="", account="")
    if code in _BAD_DAYS:
        return replace(draft, date="", every="", ends_on="")
    if code in _BAD_ACCOUNT:
        return replace(draft, account=Draft().account, amount="")
    return None


def news(dialogue: Dialogue, told: PaymentNews) -> Told:
    """A step of the payment under way. News of another payment is told and changes nothing else."""
    active = dialogue.active
    ours = active is not None and active.payment_id == told.payment_id
    if told.opened is not None:
        return _asked(dialogue, told, told.opened)
    if told.purpose:
        return identity_settled(dialogue, told)
    if told.schedule:
        text, settled = orders_told.news(told), _without_active(dialogue) if ours else dialogue
        return (orders_meant.spoken_of(settled, told.payment_id, text) if told.state == "ACTIVE" else settled), text
    if told.period:
        return _without_active(dialogue) if ours else dialogue, standing.news(told)
    if told.returned:
        known = replace(dialogue, came_back=(*dialogue.came_back, told.payment_id))
        return known, elsewhere.returned(*_told(told), told.account)
    return _moved_on(dialogue, told, ours=ours)


def _without_active(dialogue: Dialogue) -> Dialogue:
    draft = dialogue.active.draft if dialogue.active else Draft()
    return _after(replace(dialogue, active=None), draft, Event.ENDED)


def _moved_on(dialogue: Dialogue, told: PaymentNews, *, ours: bool) -> Told:
    state = PaymentState(told.state)
    if state not in FINAL_STATES | WAITING_STATES:
        return dialogue, phrases.UNDER_WAY
    after, own = replace(dialogue, held=_without(dialogue.held, told.payment_id)), told.kind == PaymentKind.OWN
    if dialogue.unanswered is not None and dialogue.unanswered.payment_id == told.payment_id:
        after = replace(after, unanswered=None)
    if ours:
        after = _without_active(after)
    if state in WAITING_STATES:
        after, text = _held(after, told)
        return after, phrases.changed(text) if told.corrected else text
    if state is PaymentState.COMPLETED:
        back = told.payment_id in dialogue.came_back  # heard before that it went out: that it is back is the last word
        text = elsewhere.returned(*_told(told), told.account) if back else phrases.paid(*_told(told), own=own)
        return replace(after, payments=after.payments + 1), text
    if told.error_code == PayeeRemovedError.code:
        return after, phrases.payee_gone(*_told(told))
    if state is PaymentState.CANCELLED:
        return after, phrases.cancelled(*_told(told), own=own)
    text = phrases.ended(told.state, *_told(told), own=own)
    return after, elsewhere.with_reason(standing.with_reason(text, told.error_code), told.error_code)


def _told(told: PaymentNews) -> tuple[str, str, str]:
    return told.amount, told.currency, told.payee


def _asked(dialogue: Dialogue, told: PaymentNews, question: ElicitationRequest) -> Told:
    active = dialogue.active
    if active is not None and active.payment_id != told.payment_id:
        return dialogue, phrases.left_open(question)
    keep = active is not None and not told.corrected
    draft = active.draft if active and keep else draft_of(question)
    free = replace(dialogue, held=_without(dialogue.held, told.payment_id))
    asking, text = question_open(free, told.payment_id, draft, question)
    return asking, phrases.changed(text) if told.corrected else text


def _without(held: tuple[Held, ...], payment_id: str) -> tuple[Held, ...]:
    return tuple(each for each in held if each.payment_id != payment_id)


def _held(dialogue: Dialogue, told: PaymentNews) -> Told:
    """It waits on nobody who is on the line: the conversation is free for other things."""
    waits = Held(told.payment_id, told.state, told.amount, told.currency, told.payee, told.due)
    kept = replace(dialogue, held=(*dialogue.held, waits))
    if told.state == PaymentState.UNKNOWN:
        return kept, elsewhere.not_known(told.amount, told.currency, told.payee)
    if told.state == PaymentState.COOLING_OFF:
        return kept, phrases.cooling_off(told.payee, told.due)
    return kept, phrases.SUPERVISOR


def meanwhile(dialogue: Dialogue, since: Sequence[PaymentNews]) -> Told:
    """What has happened since the last conversation, and what still waits."""
    said: list[str] = []
    for each in since:
        dialogue, text = news(dialogue, each)
        if each.state == PaymentState.COMPLETED and not each.returned:
            text = phrases.went_out(each.amount, each.currency, each.payee)
        elif each.state in WAITING_STATES:
            text = phrases.held(dialogue.held[-1])
        said.append(text)
    return dialogue, " ".join(said)


def lost(dialogue: Dialogue) -> Told:
    """The payment under way no longer answers. Nothing is claimed about it; the same wish again is the same payment."""
    if dialogue.active is not None and dialogue.active.draft.purpose:
        return _unchecked(dialogue), identity.LOST
    active = dialogue.active
    if active is None:
        return dialogue, phrases.LOST
    return unanswered(_without_active(dialogue), active.payment_id, active.draft), phrases.LOST
