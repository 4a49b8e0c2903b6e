"""What was told against what the books say, payment by payment. Anything in `wrong` is a broken promise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chaos.others import refuses
from chaos.wishes import Kind, Way, rail_payee
from domain.payments import FINAL_STATES, PaymentState
from runtime.local.rail.modes import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chaos.told import Line
    from chaos.wishes import Wish

_S: Final = PaymentState
ENDED: Final = {
    "payment.completed": _S.COMPLETED,
    "payment.cancelled": _S.CANCELLED,
    "payment.expired": _S.EXPIRED,
    "payment.rejected": _S.REJECTED,
    "payment.failed": _S.FAILED,
}
_NEVER_PAID: Final = frozenset({rail_payee(Mode.REFUSE), rail_payee(Mode.TIMEOUT_BEFORE)})
_USUAL: Final = {
    Way.PAY: {_S.COMPLETED},
    Way.TWICE: {_S.COMPLETED},
    Way.WRONG: {_S.COMPLETED},
    Way.CORRECT: {_S.COMPLETED},
    Way.OTHER: {_S.COMPLETED},
    Way.GUESS: {_S.FAILED},
    Way.DECLINE: {_S.CANCELLED},
    Way.CANCEL: {_S.CANCELLED},
    Way.RACE: {_S.COMPLETED, _S.CANCELLED},
    Way.LEAVE: set[PaymentState](),
}


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the books have it. `moved`: its entries by account; `ends`: its final states as the events say."""

    payment_id: str
    state: str
    error_code: str
    amount_minor: int
    payer_account: str
    payee_account: str
    version: int
    steps: tuple[str, ...]
    moved: dict[str, int]
    ends: tuple[str, ...]
    held: bool


@dataclass
class Verdict:
    """One wish: how it ended, and what is wrong with that."""

    wish: Wish
    ended: str
    wrong: list[str] = field(default_factory=list[str])


def judge(wish: Wish, told: Sequence[Line], found: Sequence[Payment], *, typed: bool = False) -> Verdict:
    """`found`: the payment of this id, or, of a wish that was `typed`, all of its customer's for this amount.

    Who types may have to say it again, and leave behind what then runs out of time; it is paid once all the same.
    """
    posted = [each for each in found if "post" in each.steps]
    ended = (posted or [*found])[0].state if found else "never begun"
    wrong = [text for each in found for text in (*_books(each), *_words(each, told))]
    if len(posted) != 1 and typed:
        wrong.append(f"paid {len(posted)} times")
    if not typed:
        wrong += _outcome(wish, found)
    return Verdict(wish, ended, wrong)


def _books(payment: Payment) -> Iterable[str]:
    """What the books must say of any payment, whatever happened."""
    paid = payment.state == _S.COMPLETED
    if payment.state not in FINAL_STATES:
        yield f"hangs in {payment.state}"
    if payment.steps.count("post") != int(paid):
        yield f"{payment.state}, and posted {payment.steps.count('post')} times"
    if payment.held:
        yield "money is still held"
    due = {payment.payer_account: -payment.amount_minor, payment.payee_account: payment.amount_minor} if paid else {}
    if payment.moved != due:
        yield f"{payment.moved} moved instead of {due}"
    if payment.state in FINAL_STATES and payment.ends != (payment.state,):
        yield f"the events tell its end as {payment.ends or 'nothing'}"


def _words(payment: Payment, told: Sequence[Line]) -> Iterable[str]:
    """Nobody was told of an end that was not the end, nor of another state after it."""
    over = False
    for line in told:
        said = said_state(line, payment.payment_id)
        if said in FINAL_STATES:
            over = True
            if said != payment.state:
                yield f"told {said} at {line.at_s:.2f} s, the books say {payment.state}"
        elif said and over:
            yield f"told {said} at {line.at_s:.2f} s, after its end"


def said_state(line: Line, payment_id: str) -> str:
    """The state of this payment that an answer names; empty where it names none."""
    body = line.body
    if body.get("payment_id") == payment_id and "elicitation_id" not in body:
        return str(body.get("state") or body.get("status") or "")
    listed: list[dict[str, Any]] = body.get("payments", [])
    return next((each["state"] for each in listed if each.get("payment_id") == payment_id), "")


def _outcome(wish: Wish, found: Sequence[Payment]) -> Iterable[str]:
    """What such a customer may expect: a fault is no reason why a payment should fail."""
    if not found:
        yield "never begun"
        return
    [payment] = found
    usual = _usual(wish)
    if payment.state in FINAL_STATES - {_S.EXPIRED} - usual:
        yield f"ended {payment.state} ({payment.error_code}) instead of {'/'.join(sorted(usual)) or 'EXPIRED'}"
    amounts = {wish.amount_minor, wish.corrected_minor} if wish.way is Way.CORRECT else {wish.amount_minor}
    if payment.amount_minor not in amounts:
        yield f"{payment.amount_minor} instead of {wish.amount_minor}"


def _usual(wish: Wish) -> set[PaymentState]:
    """Where the other bank refuses, or never takes anything, what would be completed fails."""
    usual = _agreed(wish)
    unpaid = wish.payee in _NEVER_PAID and _S.COMPLETED in usual
    return usual - {_S.COMPLETED} | {_S.FAILED} if unpaid else usual


def _agreed(wish: Wish) -> set[PaymentState]:
    if wish.kind is Kind.FREE:
        return {_S.COMPLETED}
    asks_no_code = wish.kind in {Kind.YES, Kind.MANDATE, Kind.OWN}
    usual = _USUAL[wish.way] if not asks_no_code or wish.way is Way.DECLINE else {_S.COMPLETED}
    if asks_no_code and wish.way is Way.LEAVE:
        return set()
    if wish.kind is Kind.DESK and refuses(wish.payment_id):
        return usual - {_S.COMPLETED} | ({_S.REJECTED} if _S.COMPLETED in usual else set[PaymentState]())
    return usual
