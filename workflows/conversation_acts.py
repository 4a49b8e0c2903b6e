"""Performs what a conversation decided: tools for money and reads, and the wait for a payment's next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.conversation import Desk, Heard, Timings
    from activities.elicitations import Questions
    from activities.outside import Outside
    from domain import ids
    from domain.conversation import PaymentNews, TakenUp
    from domain.dialogue import outcome, phrases, repairs, standing
    from domain.dialogue.graphs import HOUSE
    from domain.dialogue.moves import (
        Answer,
        Arrange,
        Ask,
        AskOutside,
        AwaitNews,
        CallBack,
        Correct,
        FindAlert,
        FindEither,
        FindMandate,
        FindOrder,
        HandOver,
        Move,
        Pay,
        Resend,
        Revoke,
        Say,
        SetUp,
        StopOrder,
        Withdraw,
    )
    from domain.dialogue.state import Draft
    from domain.elicitation import ElicitationRequest
    from domain.errors import UnavailableError
    from domain.outside import OutsideCall
    from domain.payments import FINAL_STATES, UNPAID_STATES
    from workflows import options
    from workflows.conversation_orders import Ordering
    from workflows.conversation_view import asker_of, receipt_of
    from workflows.refusal import refusal_of

_AS_IT_IS = frozenset({"nothing_to_change"})
_GONE = frozenset({"elicitation_closed", "elicitation_not_found", "elicitation_expired", "payment_closed"})


class Acting(Ordering):
    """The hands of a ConversationWorkflow: they change its dialogue, and return what is to be said."""

    _timings: Timings | None
    _news: list[PaymentNews]
    _ended: bool

    async def _perform(self, move: Move) -> str:
        """Do what was decided, with the tools of the state that it was decided in; every refusal becomes a sentence."""
        if isinstance(move, Say):
            return move.text
        self._allowed = HOUSE.tools(self._dialogue)
        try:
            return await self._do(move)
        except FailureError as failure:
            refusal = refusal_of(failure)
            if isinstance(move, Ask) and refusal.code == UnavailableError.code:
                self._dialogue, told = repairs.out_of_reach(self._dialogue, move)
                return told
            return await self._without_question() if refusal.code in _GONE else refusal.sentence

    async def _do(self, move: Move) -> str:
        told = ""
        match move:
            case Say(text):
                told = text
            case HandOver() | Ask() | AskOutside() | FindMandate() | Revoke() | SetUp() | Arrange() | FindAlert():
                told = await self._at_the_desk(move)
            case FindOrder() | StopOrder() | FindEither():
                told = await self._of_orders(move)
            case Pay(draft):
                told = await self._pay(draft)
            case Answer(elicitation_id, confirmed):
                said = {"elicitation_id": elicitation_id, "user_input": {"confirmed": confirmed}}
                await self._at_once("payment_resume", said)
            case Correct():
                told = await self._correct(move)
            case Withdraw() | CallBack():
                await self._take_back(move)
            case AwaitNews(instead, answered):
                news = await self._hear_news_after(answered)
                told = instead or news
            case Resend(elicitation_id):
                await workflow.execute_local_activity_method(Questions.resend, elicitation_id, **options.DELIVER)
                told = phrases.CODE_AGAIN
        return told or await self._hear_news()

    async def _take_back(self, move: Withdraw | CallBack) -> None:
        if isinstance(move, Withdraw):
            await self._tool("elicitation_cancel", {"elicitation_id": move.elicitation_id})
        else:
            await self._tool("payment_cancel", {"payment_id": move.payment_id})

    async def _hear_news_after(self, answered: str) -> str:
        """What came of an answer: that its question was opened may be heard only now, and is no answer."""
        told = await self._hear_news()
        question = self._dialogue.active.question if self._dialogue.active else None
        late = told != phrases.UNDER_WAY and question is not None and question.elicitation_id == answered
        return await self._hear_news() if late else told

    async def _without_question(self) -> str:
        """The question was settled elsewhere: its payment tells how it ended, or nobody does and it is let go."""
        told = await self._hear_news()
        if told == phrases.UNDER_WAY:
            self._dialogue, told = outcome.lost(self._dialogue)
        return told

    async def _at_the_desk(
        self, move: HandOver | Ask | AskOutside | FindMandate | Revoke | SetUp | Arrange | FindAlert
    ) -> str:
        """What is only looked up, standing mandates, alerts, and people."""
        match move:
            case HandOver(reason):
                return await self._hand_over(reason)
            case Arrange() | FindAlert():
                return await self._arrange(move)
            case Ask(tool, arguments):
                told = await self._ask(tool, arguments)
                self._dialogue = replace(self._dialogue, missed=None)
                return told
            case AskOutside(tool, words):
                call = OutsideCall(tool, self._dialogue.stage, self._start.user_id, words)
                return await workflow.execute_activity_method(Outside.ask, call, **options.OUTSIDE, summary=tool)
            case SetUp() | Revoke() | FindMandate():
                return await self._of_mandates(move)

    async def _of_mandates(self, move: SetUp | Revoke | FindMandate) -> str:
        match move:
            case SetUp():
                return await self._set_up(move)
            case Revoke() | FindMandate():
                return await self._end_mandate(move)

    async def _end_mandate(self, move: Revoke | FindMandate) -> str:
        if isinstance(move, Revoke):
            return await self._revoke(move.mandate_id)
        found = await self._at_once("mandates", {}, "read")
        self._dialogue, mandate_id, text = standing.meant(self._dialogue, found, move.payee, sure=move.sure)
        return await self._revoke(mandate_id) if mandate_id else text

    async def _set_up(self, wanted: SetUp) -> str:
        given_up = self._dialogue.active
        if wanted.instead_of:
            await self._tool("elicitation_cancel", {"elicitation_id": wanted.instead_of})
            await self._hear_news()
        told = await self._pay(wanted.draft)
        refused = self._dialogue.active is None
        return phrases.instead_of(given_up.draft, told) if refused and wanted.instead_of and given_up else told

    async def _revoke(self, mandate_id: str) -> str:
        return standing.revoked(await self._at_once("mandate_revoke", {"mandate_id": mandate_id}))

    async def _pay(self, draft: Draft) -> str:
        fresh = ids.uuid7(int(workflow.time() * 1000), workflow.uuid4())
        payment_id = outcome.id_for(self._dialogue, draft, fresh)
        name, arguments = _wish(draft, payment_id, self._start.channel)
        try:
            begun = await self._tool(name, arguments)
        except FailureError as failure:
            refusal = refusal_of(failure)
            if refusal.code == UnavailableError.code:
                self._dialogue = outcome.unanswered(self._dialogue, payment_id, draft)
            elif payment_id != fresh:  # what was refused then is asked for anew
                self._dialogue = replace(self._dialogue, unanswered=None)
                return await self._pay(draft)
            self._dialogue, text = outcome.payment_refused(self._dialogue, draft, refusal.code, refusal.sentence)
            return text
        if payment_id != fresh and begun.get("status") in UNPAID_STATES:  # it came to nothing meanwhile
            self._dialogue = replace(self._dialogue, unanswered=None)
            return await self._pay(draft)
        asked = begun.get("elicitation")
        question = ElicitationRequest.from_json(asked, payment_id) if asked else None
        self._dialogue, text = outcome.question_open(self._dialogue, payment_id, draft, question)
        return text

    async def _correct(self, wanted: Correct) -> str:
        arguments = {
            "payment_id": wanted.payment_id,
            "correction_id": ids.uuid7(int(workflow.time() * 1000), workflow.uuid4()),
            "amount": wanted.amount,
            "to_account": wanted.payee,
            "from_account": wanted.account,
        }
        try:
            await self._tool("payment_correct", {name: value for name, value in arguments.items() if value})
        except FailureError as failure:
            refusal = refusal_of(failure)
            if refusal.code in _GONE:
                raise
            stands = phrases.where_it_stands(self._dialogue)
            return stands if refusal.code in _AS_IT_IS else phrases.unchanged(refusal.sentence, stands)
        return await self._hear_news()

    async def _tool(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        call = await self._call(name, arguments, "transact")
        result = await workflow.execute_activity_method(Desk.call_tool, call, **options.TOOL, summary=name)
        return result.content

    async def _take_up(self) -> bool:
        """What was asked in another conversation, on another device, goes on here; whoever answers first, answers."""
        question = await workflow.execute_local_activity_method(
            Desk.find_open_question, self._start.user_id, **options.STORE
        )
        if question is None or self._dialogue.active is not None:
            return False
        draft = outcome.draft_of(question)
        self._dialogue, _ = outcome.question_open(self._dialogue, question.payment_id, draft, question)
        payment = workflow.get_external_workflow_handle(asker_of(question))
        try:
            await payment.signal("take_up", TakenUp(self._start.session_id, question.elicitation_id))
        except FailureError:  # it has ended meanwhile
            self._dialogue = replace(outcome.lost(self._dialogue)[0], unanswered=None)
            return False
        return True

    async def _hear_news(self) -> str:
        """Wait for the payment's next step, not longer than a customer would wait in silence."""
        wait = timedelta(seconds=self._timings.turn_wait_s if self._timings else 1)
        try:
            await workflow.wait_condition(lambda: bool(self._news), timeout=wait)
        except TimeoutError:
            return phrases.UNDER_WAY
        return await self._take_news()

    async def _take_news(self) -> str:
        """The last word on each payment, of which more may have come at once; what came back comes after its end."""
        said, waited = dict[tuple[bool, str], str](), {held.payment_id for held in self._dialogue.held}
        while self._news:
            news = self._news.pop(0)
            self._card = receipt_of(news) or self._card
            self._dialogue, text = outcome.news(self._dialogue, news)
            said.pop((news.returned, news.payment_id), None)
            said[news.returned, news.payment_id] = text or await self._now_verified(news)
            told = news.payment_id in waited or news.returned
            if told and news.state in FINAL_STATES and not self._ended:
                heard = Heard(self._start.session_id, news.payment_id)
                await workflow.execute_local_activity_method(Desk.mark_told, heard, **options.STORE)
        return " ".join(text for _, text in sorted(said.items(), key=lambda each: each[0][0]) if text)


def _wish(draft: Draft, own_id: str, channel: str) -> tuple[str, dict[str, Any]]:
    """The tool that begins what the customer wants, and what it is given."""
    if draft.standing:
        terms = {"budget": draft.amount, "period": draft.period, "account": draft.account, "payees": [draft.payee]}
        return "mandate_create", {"mandate_id": own_id, **terms}
    if draft.ordered:
        terms = {"payee": draft.payee, "amount": draft.amount, "account": draft.account}
        timed = {"date": draft.date, "every": draft.every, "ends_on": draft.ends_on}
        return "standing_orders", {"action": "create", "order_id": own_id, **terms, **timed}
    return "transfer" if draft.own else "payment", {
        "payment_id": own_id,
        "amount": draft.amount,
        "from_account": draft.account,
        "to_account": draft.payee,
        "description": f"{'Transfer' if draft.own else 'Payment'} by {channel}",
    }
