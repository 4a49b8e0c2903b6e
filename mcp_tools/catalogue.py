"""The list of tools: one row each, used by the MCP server and by the plain POST twins alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mcp_types import Tool, ToolAnnotations
from pydantic import BaseModel, ValidationError

from adapters.traces import TRACER
from domain.errors import InvalidRequestError
from mcp_tools.alert_schemas import AlertsArgs, AlertsResult
from mcp_tools.bank import Bank
from mcp_tools.following import Follow, Following
from mcp_tools.guard import Caller
from mcp_tools.memory import Memory
from mcp_tools.order_schemas import StandingOrdersArgs, StandingOrdersResult
from mcp_tools.read_schemas import (
    BalanceArgs,
    BalanceResult,
    CardsArgs,
    CardsResult,
    CreditResult,
    LoansResult,
    ScheduledArgs,
    ScheduledResult,
    SpendingArgs,
    SpendingResult,
    TransactionsArgs,
    TransactionsResult,
)
from mcp_tools.schemas import (
    CancelArgs,
    MandateArgs,
    MandateLine,
    MandateOutcome,
    MandateRef,
    MandatesResult,
    NoArgs,
    PaymentArgs,
    PaymentCancelArgs,
    PaymentCorrectArgs,
    PaymentOutcome,
    ResumeArgs,
    StatusResult,
    TransferArgs,
)

_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_ACTS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_PAYS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True)
_WITHDRAWS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)
_REMEMBERED = frozenset({"balance", "transactions", "spending", "loans", "credit", "scheduled"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One tool: its shapes and what runs it."""

    name: str
    title: str
    description: str
    args: type[BaseModel]
    result: type[BaseModel]
    annotations: ToolAnnotations
    run: Callable[[Caller, Any], Awaitable[BaseModel]]
    finishes: bool = False
    """It can only end what was begun, and so is never counted."""
    scope: str = "read"
    """What the caller's token must allow: read, transact or configure."""
    path: str = ""
    """Of its POST twin; empty: `/mcp/<name>`. A name in braces is an argument."""
    follow: Follow | None = None
    """Where what it begins waits for its customer: reads how far that has come, by the id that its result names."""
    own: str = ""
    """The member of the result that is this id."""
    task: str = ""
    """What its workflow's id has before this id, where it can be run as a task."""
    withdraw: Callable[[Caller, str], Awaitable[object]] | None = None
    """Takes such a thing back by its id; without it, its question is withdrawn."""

    @property
    def twin(self) -> str:
        """The path of its POST twin."""
        return self.path or f"/mcp/{self.name}"

    @property
    def changes(self) -> bool:
        """Whether it does more than read."""
        return not self.annotations.read_only_hint

    def described(self) -> Tool:
        """As MCP lists it."""
        return Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.args.model_json_schema(),
            output_schema=self.result.model_json_schema(),
            annotations=self.annotations,
        )

    async def call(self, caller: Caller, arguments: dict[str, Any]) -> dict[str, Any]:
        """Run it on untrusted arguments; returns the result's JSON. Raises a BankError."""
        try:
            args = self.args.model_validate(arguments)
        except ValidationError as error:
            fields = sorted({".".join(map(str, each["loc"])) for each in error.errors(include_input=False)})
            raise InvalidRequestError(f"does not fit the schema: {', '.join(fields)}") from error
        with TRACER.start_as_current_span("tool_response", attributes={"tool": self.name}):
            return (await self.run(caller, args)).model_dump(mode="json", exclude_none=True)


def catalogue(bank: Bank, following: Following) -> dict[str, Entry]:
    """Every tool by name."""
    entries = (
        Entry("balance", "Balances", "Balances of one account or all of the customer's accounts.",
              BalanceArgs, BalanceResult, _READS, bank.reads.balance),
        Entry("transactions", "Transactions", "Lines of the customer's accounts, filtered, a page at a time.",
              TransactionsArgs, TransactionsResult, _READS, bank.reads.transactions),
        Entry("spending", "Spending", "How much the customer spent in some days, at one payee or shop or at all.",
              SpendingArgs, SpendingResult, _READS, bank.reads.spending),
        Entry("loans", "Loans", "What the customer owes on each loan, its rate and its next instalment.",
              NoArgs, LoansResult, _READS, bank.reads.loans),
        Entry("credit", "Credit cards", "Limit, debt, what is available and the next payment of each credit card.",
              NoArgs, CreditResult, _READS, bank.reads.credit),
        Entry("scheduled", "Scheduled payments", "Instalments, bills and standing orders that are due soon.",
              ScheduledArgs, ScheduledResult, _READS, bank.reads.scheduled),
        Entry("cards", "Bank cards", "Where the customer's bank cards are. Who asks is checked first: then the "
              "result has an elicitation to be answered, after which the tool is called again.",
              CardsArgs, CardsResult, _ACTS, bank.cards.cards),
        Entry("payment", "Payment", "Pay a registered payee. The customer countersigns it, in your client or on a page "
              "of the bank; only then is it paid. Send the same payment_id again to learn how it stands: nothing is "
              "paid twice.", PaymentArgs, PaymentOutcome, _PAYS, bank.payments.payment, scope="transact",
              follow=following.payment, own="payment_id", task="payment", withdraw=bank.payments.withdraw),
        Entry("transfer", "Transfer between own accounts", "Move money to another account of the customer's. They "
              "confirm it; what holds for a payment holds for this too.",
              TransferArgs, PaymentOutcome, _ACTS, bank.payments.transfer, scope="transact",
              follow=following.payment, own="payment_id", task="payment", withdraw=bank.payments.withdraw),
        Entry("payment_resume", "Resume payment", "Hand in the customer's yes or no, or their form. Never ask a "
              "customer for a code: those are entered on the bank's page.", ResumeArgs, StatusResult, _ACTS,
              bank.payments.payment_resume, finishes=True, scope="transact", path="/mcp/payment/resume"),
        Entry("payment_correct", "Correct payment",
              "Have a payment that still waits another way. It is asked about again from the beginning.",
              PaymentCorrectArgs, PaymentOutcome, _ACTS, bank.payments.payment_correct, scope="transact",
              path="/mcp/payment/correct", follow=following.payment, own="payment_id"),
        Entry("payment_cancel", "Cancel payment", "Withdraw a payment that still waits.",
              PaymentCancelArgs, PaymentOutcome, _WITHDRAWS, bank.payments.payment_cancel, finishes=True,
              scope="transact", path="/mcp/payment/cancel"),
        Entry("elicitation_cancel", "Cancel elicitation", "Withdraw a question, and with it what asked it.",
              CancelArgs, StatusResult, _WITHDRAWS, bank.payments.elicitation_cancel, finishes=True, scope="transact",
              path="/mcp/elicitation/{elicitation_id}/cancel"),
        Entry("mandate_create", "Set up a standing mandate", "Allow up to an amount a period to registered payees. "
              "The customer countersigns it first.", MandateArgs, MandateOutcome, _ACTS, bank.mandates.create,
              scope="transact", path="/mcp/mandate",
              follow=following.mandate, own="mandate_id", task="mandate"),
        Entry("mandates", "Standing mandates", "The customer's standing mandates and what is left of each.",
              NoArgs, MandatesResult, _READS, bank.mandates.shown),
        Entry("mandate_revoke", "Revoke a standing mandate", "End a standing mandate at once.",
              MandateRef, MandateLine, _WITHDRAWS, bank.mandates.revoke, finishes=True, scope="transact",
              path="/mcp/mandate/revoke"),
        Entry("standing_orders", "Standing orders", "Set up, list, change, pause, resume or cancel payments on a day "
              "or again and again. The customer countersigns new and changed terms first; each due date is then paid "
              "once.", StandingOrdersArgs, StandingOrdersResult, _PAYS, bank.standing_orders.standing_orders,
              scope="transact", follow=following.standing_order, own="order_id"),
        Entry("alerts", "Alerts and reminders", "Set up, list, change, pause, resume or delete alerts and reminders; "
              "set quiet hours. What a new one lacks is asked for by a form.",
              AlertsArgs, AlertsResult, _WITHDRAWS, bank.alerts.alerts, scope="configure",
              follow=partial(following.alert, bank.alerts.desk), own="alert_id"),
    )  # fmt: skip
    return {entry.name: _remembered(entry, bank.memory) for entry in entries}


def _remembered(entry: Entry, memory: Memory | None) -> Entry:
    if memory is None or entry.name not in _REMEMBERED:
        return entry
    return replace(entry, run=memory.before(entry.name, entry.result, entry.run))
