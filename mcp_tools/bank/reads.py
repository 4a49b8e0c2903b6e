"""What customers ask about their money. Nothing here changes anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Final

from activities.ports import Inquiries
from adapters.counterparties import meant
from domain.accounts import Account
from domain.errors import AmbiguousCounterpartyError, UnknownAccountError
from domain.inquiries import Credit, Days, Direction, Line, Loan, Order, Sizes, Wanted, one_currency, rate_text
from domain.money import Money
from mcp_tools.bank.amounts import amount_text
from mcp_tools.cursors import cursor, place_in
from mcp_tools.guard import Caller
from mcp_tools.read_schemas import (
    AccountLine,
    BalanceArgs,
    BalanceResult,
    CreditLine,
    CreditResult,
    LoanLine,
    LoansResult,
    ScheduledArgs,
    ScheduledLine,
    ScheduledResult,
    SpendingArgs,
    SpendingResult,
    TransactionLine,
    TransactionsArgs,
    TransactionsResult,
)
from mcp_tools.schemas import NoArgs

_USUAL: Final = "checking"
_NOT_SPENT_FROM: Final = frozenset({"loan"})
_NOT_FILTERS: Final = frozenset({"account", "limit", "cursor"})


@dataclass(frozen=True, slots=True)
class Reads:
    """Tools that read."""

    inquiries: Inquiries
    today: Callable[[], date]

    async def balance(self, caller: Caller, args: BalanceArgs) -> BalanceResult:
        """Balances of one account or all."""
        caller.require("read")
        accounts = await self.inquiries.accounts_of(caller.user_id)
        chosen = [_named(accounts, args.account)] if args.account.strip() else accounts
        return BalanceResult(accounts=[_account_line(account) for account in chosen])

    async def transactions(self, caller: Caller, args: TransactionsArgs) -> TransactionsResult:
        """A page of lines, and where the next one begins."""
        caller.require("read")
        accounts = await self.inquiries.accounts_of(caller.user_id)
        chosen = _chosen(accounts, args.account, everywhere=bool(_filters(args)))
        wanted = Wanted(
            account_ids=tuple(account.account_id for account in chosen),
            days=Days.read(args.from_.strip(), args.to.strip()),
            sizes=Sizes.read(amount_text(args.least), amount_text(args.most), _currency(chosen, args)),
            direction=Direction(args.direction),
            order=Order(args.order or Order.NEWEST),
        )
        question = json.dumps([caller.user_id, wanted.account_ids, _filters(args)], sort_keys=True, default=str)
        after = place_in(args.cursor, question) if args.cursor else None
        if args.payee.strip():
            wanted = await self._at(caller.user_id, wanted, args.payee)
        found = await self.inquiries.lines_of(caller.user_id, wanted, args.limit + 1, after)
        shown, more = found[: args.limit], len(found) > args.limit
        names = {account.account_id: account.name for account in chosen}
        return TransactionsResult(
            account=chosen[0].name if len(chosen) == 1 else "",
            transactions=[_transaction_line(line, names[line.account_id]) for line in shown],
            next_cursor=cursor(shown[-1].place, question) if more else None,
        )

    async def _at(self, user_id: str, wanted: Wanted, payee: str) -> Wanted:
        """The same at every counterparty that may be meant: each line says which it was."""
        names = await self.inquiries.counterparties_of(user_id, wanted.account_ids)
        found = tuple(name for group in meant(payee, names) for name in group)
        return replace(wanted, names=found)

    async def spending(self, caller: Caller, args: SpendingArgs) -> SpendingResult:
        """How much left the customer, at one counterparty or at all."""
        caller.require("read")
        accounts = await self.inquiries.accounts_of(caller.user_id)
        chosen = _chosen(accounts, args.account, everywhere=True)
        currency = one_currency([account.currency for account in chosen])
        first, last = args.from_.strip(), args.to.strip() or self.today().isoformat()
        days = Days.read(first or Days.read("", last).month_of_last(), last)
        ids = tuple(account.account_id for account in chosen)
        names = await self._counted(caller.user_id, ids, args.payee) if args.payee.strip() else None
        spent = await self.inquiries.spent(caller.user_id, Wanted(ids, names, days))
        return SpendingResult.model_validate(
            {
                "from": str(days.first),
                "to": str(days.last),
                "payee": names[0] if names else args.payee.strip(),
                "account": chosen[0].name if len(chosen) == 1 else "",
                "currency": currency,
                "total_minor": spent.total_minor,
                "total": Money(spent.total_minor, currency).decimal(),
                "count": spent.count,
            }
        )

    async def _counted(self, user_id: str, account_ids: tuple[str, ...], payee: str) -> tuple[str, ...]:
        """One counterparty, however it is written; a sum over two would be about neither."""
        found = meant(payee, await self.inquiries.counterparties_of(user_id, account_ids))
        if len(found) > 1:
            raise AmbiguousCounterpartyError
        return found[0] if found else ()

    async def loans(self, caller: Caller, _args: NoArgs) -> LoansResult:
        """What is owed on each loan, and its next instalment."""
        caller.require("read")
        found = await self.inquiries.loans_of(caller.user_id)
        return LoansResult(loans=[_loan_line(each) for each in found])

    async def credit(self, caller: Caller, _args: NoArgs) -> CreditResult:
        """Limit, what is owed and what is left of each credit card."""
        caller.require("read")
        found = await self.inquiries.credit_of(caller.user_id)
        return CreditResult(cards=[_credit_line(each) for each in found])

    async def scheduled(self, caller: Caller, args: ScheduledArgs) -> ScheduledResult:
        """What will be taken from the customer's accounts."""
        caller.require("read")
        first = self.today()
        found = await self.inquiries.scheduled_of(caller.user_id, first, first + timedelta(days=args.days))
        return ScheduledResult(
            payments=[
                ScheduledLine.model_validate(
                    asdict(each) | {"amount": Money(each.amount_minor, each.currency).decimal()}
                )
                for each in found
            ]
        )


def _filters(args: TransactionsArgs) -> dict[str, object]:
    """What was asked for beyond the newest lines of an account."""
    said = args.model_dump(exclude=set(_NOT_FILTERS), exclude_defaults=True)
    return {name: value for name, value in said.items() if (name, value) != ("order", Order.NEWEST)}


def _currency(accounts: list[Account], args: TransactionsArgs) -> str:
    """What `least` and `most` are in; where neither is said, it does not matter."""
    if amount_text(args.least).strip() or amount_text(args.most).strip():
        return one_currency([account.currency for account in accounts])
    return accounts[0].currency


def _chosen(accounts: list[Account], wanted: str, *, everywhere: bool) -> list[Account]:
    """The account that is named; else the usual one, or all that money is spent from. Raises UnknownAccountError."""
    if wanted.strip() or not everywhere:
        return [_named(accounts, wanted.strip() or _USUAL)]
    found = [account for account in accounts if account.kind not in _NOT_SPENT_FROM]
    if not found:
        raise UnknownAccountError
    return found


def _named(accounts: list[Account], wanted: str) -> Account:
    key = wanted.strip().casefold()
    for account in accounts:
        if key in {account.kind.casefold(), account.name.casefold(), account.account_id.casefold()}:
            return account
    raise UnknownAccountError


def _account_line(account: Account) -> AccountLine:
    return AccountLine(
        account_id=account.account_id,
        kind=account.kind,
        name=account.name,
        currency=account.currency,
        balance_minor=account.balance_minor,
        available_minor=account.available_minor,
        balance=Money(account.balance_minor, account.currency).decimal(),
        available=Money(account.available_minor, account.currency).decimal(),
    )


def _transaction_line(line: Line, account: str) -> TransactionLine:
    return TransactionLine(
        at=line.at,
        amount_minor=line.amount_minor,
        amount=Money(line.amount_minor, line.currency).decimal(),
        currency=line.currency,
        account=account,
        counterparty=line.counterparty,
        description=line.description,
    )


def _loan_line(loan: Loan) -> LoanLine:
    return LoanLine(
        account_id=loan.account_id,
        name=loan.name,
        currency=loan.currency,
        outstanding_minor=loan.outstanding_minor,
        outstanding=Money(loan.outstanding_minor, loan.currency).decimal(),
        rate=rate_text(loan.rate_bp),
        instalment_minor=loan.instalment_minor,
        instalment=Money(loan.instalment_minor, loan.currency).decimal(),
        next_due=loan.next_due,
        instalments_left=loan.instalments_left,
    )


def _credit_line(credit: Credit) -> CreditLine:
    return CreditLine(
        account_id=credit.account_id,
        name=credit.name,
        currency=credit.currency,
        limit_minor=credit.limit_minor,
        limit=Money(credit.limit_minor, credit.currency).decimal(),
        owed_minor=credit.owed_minor,
        owed=Money(credit.owed_minor, credit.currency).decimal(),
        available_minor=credit.available_minor,
        available=Money(credit.available_minor, credit.currency).decimal(),
        payment_due=credit.payment_due,
        minimum_minor=credit.minimum_minor,
        minimum=Money(credit.minimum_minor, credit.currency).decimal(),
    )
