"""The dialogue beside a bank of a few lines: whatever is said and happens in whatever order, each move makes sense."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from domain.conversation import PaymentNews, Turn
from domain.dialogue import alerting, ordering, outcome
from domain.dialogue.alerts_told import ASKING, CHOOSING, LACKING
from domain.dialogue.decide import answered, decide
from domain.dialogue.moves import Answer, CallBack, Correct, Move, Pay, Resend, Say, Withdraw
from domain.dialogue.state import Dialogue, Draft, Person, Stage
from domain.elicitation import ElicitationRequest, ElicitationState, ElicitationType, is_final, may_become
from domain.payments import FINAL_STATES, WAITING_STATES, PaymentState
from domain.understanding import Intent

PERSON = Person("Maya Lindqvist", ("Sarah Chen", "John Doe"), ("checking", "savings"), "01")
AMOUNTS, PAYEES, ACCOUNTS = ("15.00", "50.00"), PERSON.payees, PERSON.accounts
KINDS = (ElicitationType.CONFIRMATION, ElicitationType.OTP, ElicitationType.BIOMETRIC)
STAGES = {
    ElicitationType.CONFIRMATION: Stage.CONFIRMING,
    ElicitationType.OTP: Stage.AWAITING_CODE,
    ElicitationType.BIOMETRIC: Stage.AWAITING_PASSKEY,
}
ASIDES = {Intent.HELP, Intent.THANKS, Intent.BALANCE, Intent.LOANS, Intent.MANDATES, Intent.NOT_OFFERED}
SLOTS = st.fixed_dictionaries(
    {},
    optional={
        "amount": st.sampled_from(AMOUNTS),
        "payee": st.sampled_from(PAYEES),
        "account": st.sampled_from(ACCOUNTS),
        "payee_known": st.sampled_from(["yes", "no"]),
        "amount_choices": st.just("2.50|250.00"),
    },
)
TEXTS = st.sampled_from(["masked words", "make it fifty", "also pay John Doe", "cancel the payment to Sarah Chen"])
SAID = st.builds(
    Turn,
    turn_id=st.just("t"),
    text=TEXTS,
    intent=st.sampled_from(Intent),
    slots=SLOTS,
    confidence=st.sampled_from([1.0, 0.5]),
    heard_code=st.booleans(),
)


@dataclass(frozen=True)
class Paying:
    """A payment as the bank knows it."""

    payment_id: str
    amount: str
    payee: str
    account: str
    state: PaymentState = PaymentState.AWAITING_CUSTOMER
    version: int = 1
    question: ElicitationRequest | None = None

    def asked(self, kind: ElicitationType) -> Paying:
        request = ElicitationRequest(
            f"{self.payment_id}-{kind}-{self.version}",
            *(self.payment_id, kind, self.payment_id, self.version, f"{self.version}"),
            *(self.amount, "USD", self.payee, self.account, "", "", 300),
        )
        return replace(self, state=PaymentState.AWAITING_CUSTOMER, question=request)

    def standing(self, state: PaymentState) -> Paying:
        return replace(self, state=state, question=None)

    def news(self, **more: object) -> PaymentNews:
        due = "2026-11-22T12:00:00+00:00" if self.state in WAITING_STATES else ""
        told = PaymentNews(self.payment_id, self.state, self.amount, "USD", self.payee, self.account, due=due)
        return replace(told, opened=self.question, **more)


def machine(counted: list[int]) -> type[RuleBasedStateMachine]:  # noqa: C901 - a class that counts
    class Talk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.dialogue = Dialogue(PERSON)
            self.bank: dict[str, Paying] = {}

        # ---- the customer

        @rule(turn=SAID)
        def say(self, turn: Turn) -> None:
            counted[0] += 1
            before = self.dialogue
            self.dialogue, move = decide(before, turn)
            assert decide(before, turn) == (self.dialogue, move)
            self._makes_sense(before, turn, move)
            self._is_mended(before, turn, move)
            self._perform(move)

        def _is_mended(self, before: Dialogue, turn: Turn, move: Move) -> None:
            """Only a silence that is nobody's gets no word; what is beside the point loses nothing."""
            quiet = turn.intent is Intent.SILENCE and isinstance(move, Say) and not move.text
            assert quiet or not isinstance(move, Say) or move.text
            if turn.intent not in ASIDES:
                return
            after = self.dialogue
            assert (after.active, after.draft, after.held) == (before.active, before.draft, before.held)
            assert after.stage == before.stage
            told = answered(before, after, turn, "Something else.")
            question = before.active.question if before.active else None
            assert question is None or ("Back to" in told and question.payee in told)

        def _makes_sense(self, before: Dialogue, turn: Turn, move: Move) -> None:
            question = before.active.question if before.active else None
            held = {each.payment_id for each in before.held}
            match move:
                case Pay(draft):
                    assert before.active is None
                    assert (draft.amount in AMOUNTS, draft.payee in (ACCOUNTS if draft.own else PAYEES)) == (True, True)
                case Answer(elicitation_id, confirmed):
                    assert question is not None
                    assert elicitation_id == question.elicitation_id
                    assert question.elicitation_type is ElicitationType.CONFIRMATION
                    assert confirmed is (turn.intent is Intent.CONFIRM)
                    assert turn.confidence == 1.0 or before.doubted == turn.intent
                case Withdraw(elicitation_id):
                    assert question is not None
                    assert elicitation_id == question.elicitation_id
                    assert turn.intent in {Intent.CANCEL, Intent.CONFIRM, Intent.ORDER_CANCEL}
                case Correct(payment_id, amount, payee, account):
                    active = before.active.payment_id if before.active else ""
                    assert payment_id == active or (not active and payment_id in held)
                    assert amount or payee or account
                case CallBack(payment_id):
                    assert payment_id in held
                case Resend(elicitation_id):
                    assert question is not None
                    assert (elicitation_id, question.elicitation_type) == (question.elicitation_id, "otp")
                case _:
                    pass

        def _perform(self, move: Move) -> None:
            match move:
                case Pay(draft):
                    self._pay(draft)
                case Answer(elicitation_id, confirmed):
                    self._answer(elicitation_id, confirmed=confirmed)
                case Withdraw(elicitation_id):
                    self._end(self._waits_on(elicitation_id), PaymentState.CANCELLED)
                case CallBack(payment_id):
                    self._end(self.bank.get(payment_id), PaymentState.CANCELLED)
                case Correct():
                    self._correct(self.bank.get(move.payment_id), move)
                case _:
                    pass

        def _pay(self, draft: Draft) -> None:
            if draft.account == "savings" and draft.amount == "50.00":
                self.dialogue, _ = outcome.payment_refused(self.dialogue, draft, "insufficient_funds", "no")
                return
            made = Paying(f"p{len(self.bank)}", draft.amount, draft.payee, draft.account).asked(KINDS[0])
            self.bank[made.payment_id] = made
            self.dialogue, _ = outcome.question_open(self.dialogue, made.payment_id, draft, made.question)

        def _waits_on(self, elicitation_id: str) -> Paying | None:
            """What waits on this question; none where it was settled elsewhere, which the dialogue then hears."""
            found = [p for p in self.bank.values() if p.question and p.question.elicitation_id == elicitation_id]
            if not found:
                self.dialogue, _ = outcome.lost(self.dialogue)
            return found[0] if found else None

        def _answer(self, elicitation_id: str, *, confirmed: bool) -> None:
            paying = self._waits_on(elicitation_id)
            if paying is not None and confirmed:
                self._tell(paying.asked(ElicitationType.OTP))
            elif paying is not None:
                self._end(paying, PaymentState.CANCELLED)

        def _correct(self, paying: Paying | None, change: Correct) -> None:
            if paying is None or paying.state in FINAL_STATES:
                self.dialogue, _ = outcome.lost(self.dialogue)
                return
            new = replace(
                paying,
                amount=change.amount or paying.amount,
                payee=change.payee or paying.payee,
                account=change.account or paying.account,
                version=paying.version + 1,
            )
            self._tell(new.asked(KINDS[0]), corrected=True)

        def _end(self, paying: Paying | None, state: PaymentState) -> None:
            if paying is not None and paying.state not in FINAL_STATES:
                self._tell(paying.standing(state))

        def _tell(self, paying: Paying, **more: Any) -> None:  # noqa: ANN401 - fields of the news
            self.bank[paying.payment_id] = paying
            self.dialogue, text = outcome.news(self.dialogue, paying.news(**more))
            assert text

        # ---- what happens without a word

        def _alive(self) -> list[Paying]:
            return [each for each in self.bank.values() if each.state not in FINAL_STATES]

        @precondition(lambda self: self._alive())
        @rule(data=st.data(), state=st.sampled_from(sorted(FINAL_STATES | WAITING_STATES)), heard=st.booleans())
        def goes_on(self, data: st.DataObject, state: PaymentState, heard: bool) -> None:
            paying = data.draw(st.sampled_from(self._alive())).standing(PaymentState(state))
            if heard:
                self._tell(paying)
            else:
                self.bank[paying.payment_id] = paying  # the news is on its way, or lost with a worker

        @precondition(lambda self: self._alive())
        @rule(data=st.data(), kind=st.sampled_from(KINDS), corrected=st.booleans())
        def is_asked(self, data: st.DataObject, kind: ElicitationType, corrected: bool) -> None:
            paying = data.draw(st.sampled_from(self._alive()))
            self._tell(replace(paying, version=paying.version + corrected).asked(kind), corrected=corrected)

        @rule(kind=st.sampled_from(KINDS), amount=st.sampled_from(AMOUNTS), payee=st.sampled_from(PAYEES))
        def begins_elsewhere(self, kind: ElicitationType, amount: str, payee: str) -> None:
            made = Paying(f"p{len(self.bank)}", amount, payee, "checking").asked(kind)
            self.bank[made.payment_id] = made
            if self.dialogue.active is None:  # it is taken up
                draft = Draft(amount, payee, "checking")
                self.dialogue, _ = outcome.question_open(self.dialogue, made.payment_id, draft, made.question)

        # ---- at any time

        @invariant()
        def stage_and_question_agree(self) -> None:
            active, stage = self.dialogue.active, self.dialogue.stage
            if active is None and stage in {LACKING, CHOOSING, ASKING}:
                assert self.dialogue.draft is None
                assert alerting.alert_stands(self.dialogue)
            elif active is None and stage == ordering.CHOOSING:
                assert ordering.order_stands(self.dialogue)
            elif active is None:
                assert stage is (Stage.COLLECTING if self.dialogue.draft else Stage.IDLE)
            else:
                assert stage is (STAGES[active.question.elicitation_type] if active.question else Stage.PAYING)
                assert active.question is None or active.question.payment_id == active.payment_id

        @invariant()
        def a_payment_is_in_one_place(self) -> None:
            held = [each.payment_id for each in self.dialogue.held]
            assert len(held) == len(set(held))
            assert self.dialogue.active is None or self.dialogue.active.payment_id not in held

    return Talk


def test_every_move_makes_sense() -> None:
    counted = [0]
    run_state_machine_as_test(
        machine(counted),
        settings=settings(max_examples=200, stateful_step_count=30, deadline=None, database=None, derandomize=True),
    )
    print(f"dialogues: 200, turns: {counted[0]}")  # noqa: T201
    assert counted[0] > 1500


class Question(RuleBasedStateMachine):
    """An elicitation that is asked to become anything, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ElicitationState.CREATED
        self.outcomes: list[ElicitationState] = []

    @rule(after=st.sampled_from(ElicitationState))
    def becomes(self, after: ElicitationState) -> None:
        allowed = may_become(self.state, after)
        assert not (is_final(self.state) and allowed)
        assert not (after is ElicitationState.COMPLETED and allowed and self.state is not ElicitationState.PROCESSING)
        if allowed:
            self.state = after
            self.outcomes += [after] if is_final(after) else []

    @invariant()
    def has_one_outcome(self) -> None:
        assert len(self.outcomes) == is_final(self.state)


def test_a_question_has_one_outcome() -> None:
    run_state_machine_as_test(
        Question, settings=settings(max_examples=300, stateful_step_count=20, database=None, derandomize=True)
    )
