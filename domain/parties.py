"""Between whom a payment is: names as they were given, and the accounts and payees that they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.accounts import PAYS_FROM, Account, Payee
from domain.errors import (
    AccountClosedError,
    AmbiguousPayeeError,
    CurrencyMismatchError,
    InsufficientFundsError,
    MoreThanOwedError,
    SameAccountError,
    UnknownAccountError,
    UnknownPayeeError,
)

if TYPE_CHECKING:
    from domain.money import Money

_OTHER: Final = {"checking": "savings"}
"""Where it comes from when only the account that it goes to is named; else it comes from checking."""


def find_payee(payees: list[Payee], wanted: str) -> Payee:
    """The payee with this id or name (case and spacing aside), or the only one with this first name."""
    name = " ".join(wanted.split()).casefold()
    exact = [payee for payee in payees if wanted == payee.payee_id or name == payee.name.casefold()]
    found = exact or [payee for payee in payees if name and name == payee.name.casefold().split(" ")[0]]
    if not found:
        raise UnknownPayeeError
    if len(found) > 1:
        raise AmbiguousPayeeError
    return found[0]


def find_account(accounts: list[Account], wanted: str) -> Account:
    """The account with this id, kind or name; checking where none is named."""
    name = account_name(wanted) or "checking"
    for account in accounts:
        if name in {account.account_id.casefold(), account.kind.casefold(), account_name(account.name)}:
            return account
    raise UnknownAccountError


def account_name(called: str) -> str:
    """`Your savings account` as `savings`."""
    return " ".join(called.split()).casefold().removeprefix("your ").removeprefix("my ").removesuffix(" account")


def is_own(called: str) -> bool:
    """Whether it is how `as_payee` calls an account: `your savings account`."""
    name = " ".join(called.split()).casefold()
    return name.startswith("your ") and name.endswith(" account")


def as_payee(account: Account) -> Payee:
    """A customer's own account as what is paid: `your savings account`."""
    name = f"your {account_name(account.name)} account"
    return Payee(account.account_id, name, account.account_id, account.currency, account.closed)


def between_own(accounts: list[Account], wanted_from: str, wanted_to: str) -> tuple[Account, Account]:
    """The account that it comes from, and the one that it goes to. Raises UnknownAccountError, SameAccountError."""
    if not account_name(wanted_to):
        raise UnknownAccountError
    target = find_account(accounts, wanted_to)
    source = find_account(accounts, wanted_from or _OTHER.get(target.kind, "checking"))
    if source.account_id == target.account_id:
        raise SameAccountError
    return source, target


def check_owed(amount: Money, target: Account) -> None:
    """A loan is not paid beyond what is owed. Raises MoreThanOwedError."""
    if target.kind == "loan" and amount.currency == target.currency and amount.minor > -target.balance_minor:
        raise MoreThanOwedError


def check_payable(amount: Money, account: Account, payee: Payee, held_minor: int) -> None:
    """`held_minor`: what the payment itself holds on the account, for an older version."""
    if account.kind not in PAYS_FROM:
        raise UnknownAccountError(spoken="I can pay from checking or savings. Which one?")
    if account.closed or payee.closed:
        raise AccountClosedError
    if not amount.currency == account.currency == payee.currency:
        raise CurrencyMismatchError
    if amount.minor > account.available_minor + held_minor:
        raise InsufficientFundsError
