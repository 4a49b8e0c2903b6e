"""What is to be paid: wishes, what is missing of them, and changes of those that wait."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain.dialogue import elsewhere, phrases, transfers
from domain.dialogue.another import asks_for_another, asks_to_change
from domain.dialogue.moves import Correct, Move, Pay, Say, SetUp
from domain.dialogue.state import Asked, Dialogue, Draft
from domain.recurrence import PERIODS, counted_from_a_day

if TYPE_CHECKING:
    from domain.conversation import Turn

Decided = tuple[Dialogue, Move]
SURE: Final = 1.0


def changes_held(dialogue: Dialogue, turn: Turn) -> bool:
    """Whether a wish to pay changes a payment that waits for hours."""
    return bool(dialogue.held) and asks_to_change(turn.text)


def some_held(dialogue: Dialogue, _turn: Turn) -> bool:
    """Whether a payment waits for hours."""
    return bool(dialogue.held)


def same_payee(dialogue: Dialogue, turn: Turn) -> bool:
    """Whether a wish to pay names nobody but the payee of the open payment."""
    payee = dialogue.active.draft.payee if dialogue.active else ""
    return turn.slots.get("payee", payee) == payee


def bare_period(_dialogue: Dialogue, turn: Turn) -> bool:
    """`Monthly` alone says something only where a mandate is talked about."""
    return turn.slots.keys() == {"period"}


def any_slot(_dialogue: Dialogue, turn: Turn) -> bool:
    """Whether words that make no sentence hold something that was asked for."""
    return any(turn.slots.values())


def begin_payment(dialogue: Dialogue, turn: Turn) -> Decided:
    """A wish to pay."""
    return fill(dialogue, Draft(), turn)


def begin_transfer(dialogue: Dialogue, turn: Turn) -> Decided:
    """A wish to move money between own accounts."""
    return fill(dialogue, transfers.NONE, turn)


def moves_own(dialogue: Dialogue, _turn: Turn) -> bool:
    """Whether what is open moves money between own accounts."""
    return dialogue.active is not None and dialogue.active.draft.own


def begin_mandate(dialogue: Dialogue, turn: Turn) -> Decided:
    """A wish for a standing mandate."""
    draft = dialogue.draft
    return fill(dialogue, draft if draft is not None and draft.standing else Draft(standing=True), turn)


def fill_in(dialogue: Dialogue, turn: Turn) -> Decided:
    """What was missing, or is meant instead, while it is put together."""
    return fill(dialogue, dialogue.draft or Draft(), turn)


def nothing_filled(dialogue: Dialogue, _turn: Turn) -> bool:
    """Whether nothing of a wish has been said yet."""
    return not _filled(dialogue.draft or Draft())


def back_a_slot(dialogue: Dialogue, _turn: Turn) -> Decided:
    """What was said last of a wish is asked for again."""
    draft = dialogue.draft or Draft()
    emptied = replace(draft, **{_filled(draft)[-1]: ""})
    asked = phrases.HOW_MUCH if not draft.payee else phrases.next_question(emptied)
    return replace(dialogue, draft=emptied), Say(asked)


def _filled(draft: Draft) -> list[str]:
    return [name for name in ("payee", "amount", "period", "date", "every") if getattr(draft, name)]


def back_to_wish(dialogue: Dialogue, _turn: Turn) -> Decided:
    """Going back where a countersign waits is a correction: it is asked which."""
    return replace(dialogue, asked=Asked.CHANGE), Say(phrases.WHAT_ELSE)


def too_late_to_go_back(dialogue: Dialogue, _turn: Turn) -> Decided:
    """The money is on its way."""
    return dialogue, Say(f"{phrases.TOO_LATE} {phrases.UNDER_WAY}")


def first_the_open_one(dialogue: Dialogue, _turn: Turn) -> Decided:
    """Another one is wished for while one is open, or while it is checked who speaks."""
    checked = dialogue.active is not None and dialogue.active.draft.purpose
    first = phrases.first_this if checked else phrases.one_at_a_time
    return dialogue, Say(first(phrases.where_it_stands(dialogue)))


def amend(dialogue: Dialogue, turn: Turn) -> Decided:
    """A change of the payment that is open."""
    active = dialogue.active
    if active is None or active.question is None:
        return dialogue, Say(phrases.UNDER_WAY)
    if asks_for_another(turn.text):
        return dialogue, Say(phrases.one_at_a_time(phrases.where_it_stands(dialogue)))
    problem = transfers.elsewhere(active.draft, turn) or problem_with(dialogue, turn)
    if problem:
        return replace(dialogue, asked=Asked.CHANGE), Say(problem)
    changed = _merged(active.draft, turn)
    if changed == active.draft:
        return dialogue, Say(phrases.where_it_stands(dialogue))
    # other terms are another mandate, with countersigns of its own
    again = SetUp(changed, instead_of=active.question.elicitation_id) if changed.standing or changed.ordered else None
    return dialogue, again or _correction(active.payment_id, active.draft, changed)


def amend_held(dialogue: Dialogue, turn: Turn) -> Decided:
    """A payment that waits for a supervisor, or cools off: the one whose payee is named, or the only one."""
    problem = problem_with(dialogue, turn)
    if problem or turn.confidence < SURE:  # what others have looked at for hours is not void by half a hearing
        return dialogue, Say(problem or phrases.CHANGE_AGAIN)
    named = [held for held in dialogue.held if mentions(turn, held.payee)]
    held = named or list(dialogue.held)
    meant = [each for each in held if not each.gone]
    if not meant:
        return dialogue, Say(elsewhere.too_late(held[0]))
    if len(meant) > 1:
        return dialogue, Say(phrases.which_to_change(meant))
    unsaid = Draft(account="")
    changed = _merged(unsaid, turn)
    if changed == unsaid:
        return dialogue, Say(phrases.what_to_change(meant[0]))
    return dialogue, _correction(meant[0].payment_id, unsaid, changed)


def _correction(payment_id: str, before: Draft, after: Draft) -> Correct:
    """Only what differs: the rest may have been changed on another device."""
    return Correct(
        payment_id,
        amount=after.amount if after.amount != before.amount else "",
        payee=after.payee if after.payee != before.payee else "",
        account=after.account if after.account != before.account else "",
    )


def fill(dialogue: Dialogue, draft: Draft, turn: Turn) -> Decided:
    """Put what was said into the draft; pay once it is whole."""
    draft = _merged(draft, turn)
    asking = replace(dialogue, draft=draft)
    problem = problem_with(dialogue, turn)
    if problem:
        return asking, Say(problem)
    if not draft.whole:
        return asking, Say(phrases.next_question(draft))
    return asking, SetUp(draft) if draft.standing or draft.ordered else Pay(draft)


def problem_with(dialogue: Dialogue, turn: Turn) -> str:
    """What about the slots needs another word, or nothing."""
    if turn.slots.get("payee_candidates"):
        return phrases.which_payee(turn.slots["payee_candidates"].split("|"))
    if turn.slots.get("payee_known") == "no":
        return phrases.unknown_payee(turn.slots.get("payee", ""), dialogue.person.payees)
    if turn.slots.get("amount_choices"):
        return phrases.which_amount(turn.slots["amount_choices"].split("|"))
    return phrases.HOW_MUCH_AGAIN if turn.slots.get("amount_unclear") else ""


def _merged(draft: Draft, turn: Turn) -> Draft:
    if draft.ordered and (turn.slots.get("target") or draft.payee.startswith(transfers.YOUR)):
        return replace(transfers.ordered(draft, turn), **_timed(draft, turn))
    if draft.own or transfers.becomes_own(draft, turn):
        return transfers.merged(draft, turn)
    known = turn.slots.get("payee_known", "yes") == "yes"
    return replace(
        draft,
        amount=turn.slots.get("amount") or draft.amount,
        payee=(turn.slots.get("payee") if known else None) or draft.payee,
        account=turn.slots.get("account") or turn.slots.get("target") or draft.account,
        period=turn.slots.get("period") or draft.period,
        **_timed(draft, turn),
    )


def _timed(draft: Draft, turn: Turn) -> dict[str, str]:
    """A rule replaces a day; of a rule a day is the first. Of anything but a standing order no day is kept."""
    if not draft.ordered:
        return {}
    said = {name: turn.slots[name] for name in ("date", "every", "ends_on") if turn.slots.get(name)}
    if turn.slots.get("period") and not said:
        said = {"every": PERIODS[turn.slots["period"]]}
    other = {"date": "", "every": ""} if "every" in said else {}
    if "date" in said and "every" not in said and draft.every:
        said["every"] = counted_from_a_day(draft.every)
    return other | said


def mentions(turn: Turn, words: str) -> bool:
    """Whether these words were said."""
    return words.casefold() in turn.text.casefold() or turn.slots.get("payee") == words
