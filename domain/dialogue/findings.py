"""What was looked up, as sentences for the ear. Rows are the tools' (mcp_tools/schemas.py), amounts in minor units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from domain.dialogue import card_words, windows
from domain.dialogue.inquiries import name_in, page_size
from domain.dialogue.sums import minor, money

if TYPE_CHECKING:
    from datetime import date

    from domain.dialogue.state import Inquiry

Found = Mapping[str, Any]
Told = tuple["Inquiry", str]
_ORDERS: Final = {"newest": "last", "oldest": "first", "largest": "largest", "smallest": "smallest"}
_NOUNS: Final = {"in": "deposits", "out": "payments"}
LAST_OF_LIST: Final = "That was all."


def narrowed(inquiry: Inquiry, found: Found) -> dict[str, Any]:
    """Of what a tool found that can't be asked for less, what is meant: these days, this name, this kind of card."""
    kept = dict(found)
    if inquiry.tool == "scheduled":
        kept["payments"] = [row for row in found.get("payments", []) if _is_meant(row, inquiry.slots)]
    if inquiry.tool == "cards" and (account := inquiry.slots.get("account")):
        kind = "credit" if account == "credit card" else "debit"
        kept["cards"] = [row for row in found.get("cards", []) if kind in str(row["kind"]).lower()]
    return kept


def _is_meant(row: Found, slots: Mapping[str, str]) -> bool:
    in_time = not (slots.get("from") or slots.get("to")) or windows.within(str(row["due_on"]), slots)
    return in_time and name_in(slots).casefold() in str(row["payee"]).casefold()


def told(inquiry: Inquiry, found: Found, today: date) -> Told:
    """What to say of it, and where `more` goes on."""
    return _TELLERS[inquiry.tool](inquiry, found, today)


# ---- one sentence


def _balance(inquiry: Inquiry, found: Found, _: date) -> Told:
    lines = [_balance_line(account) for account in found.get("accounts", [])]
    return replace(inquiry, over=True), " ".join(lines) or "I found no account."


def _balance_line(account: Found) -> str:
    currency, balance = str(account["currency"]), int(account["balance_minor"])
    name, kind = str(account["name"]).lower(), str(account.get("kind", ""))
    if kind in {"credit card", "loan"}:
        return f"You owe {minor(abs(balance), currency)} on your {name}."
    line = f"Your {name} balance is {minor(balance, currency)}"
    held = balance - int(account["available_minor"])
    return f"{line}, of which {minor(held, currency)} is on hold." if held > 0 else f"{line}."


def _spending(inquiry: Inquiry, found: Found, today: date) -> Told:
    """What was spent, where and when: `You spent $184.20 at City Power in May, in 2 payments`."""
    slots, count = inquiry.slots, int(found["count"])
    heard, nothing = name_in(slots), "nothing" if name_in(slots) else "no spending"
    name = str(found.get("payee") or "")
    name = heard if name.islower() or not name else name
    where = _joined(f"at {name}" if name else "", _from_account(slots), _span(slots, found, today))
    over = replace(inquiry, over=True)
    if count == 0:
        return over, f"{_joined('I found', nothing, where)}."
    total = minor(abs(int(found["total_minor"])), str(found["currency"]))
    return over, f"{_joined('You spent', total, where)}, in {'one payment' if count == 1 else f'{count} payments'}."


# ---- lists


def _transactions(inquiry: Inquiry, found: Found, today: date) -> Told:
    """A page of the tool's; the next one begins at its cursor."""
    rows: Sequence[Found] = found.get("transactions", [])
    cursor, first = str(found.get("next_cursor") or ""), inquiry.told == 0
    after = replace(inquiry, cursor=cursor, told=inquiry.told + len(rows), over=not cursor)
    about = _about(inquiry.slots, today)
    if not rows:
        return after, LAST_OF_LIST if not first else _nothing(inquiry.slots, about)
    lines = "; ".join(_transaction_line(row, inquiry.slots, today) for row in rows)
    begin = f"{_counted(len(rows), inquiry.slots, about, whole=not cursor)}: " if first else ""
    return after, f"{begin}{lines}.{_what_follows(inquiry.slots, after, first=first)}"


def _counted(count: int, slots: Mapping[str, str], about: str, *, whole: bool) -> str:
    """`Your last 3 transactions at City Power in May`; where these are all that there are, how many there are."""
    noun, order = _NOUNS.get(slots.get("direction", ""), "transactions"), _ORDERS.get(slots.get("order", ""), "last")
    one = noun.removesuffix("s")
    if whole and about and "order" not in slots:
        return f"I found {f'one {one}' if count == 1 else f'{count} {noun}'}{about}"
    return f"Your {order} {one if count == 1 else f'{count} {noun}'}{about}"


def _nothing(slots: Mapping[str, str], about: str) -> str:
    what = "nothing" if name_in(slots) else f"no {_NOUNS.get(slots.get('direction', ''), 'transactions')}"
    return f"I found {what}{about}."


def _about(slots: Mapping[str, str], today: date) -> str:
    """` at City Power over $50.00 on your savings account in May`."""
    name, least, most = name_in(slots), slots.get("least", ""), slots.get("most", "")
    account = f"on your {slots['account']} account" if slots.get("account") else ""
    words = _joined(f"at {name}" if name else "", _limits(least, most), account, windows.span(slots, today))
    return f" {words}" if words else ""


def _limits(least: str, most: str) -> str:
    if least and most:
        return f"of {money(least)}" if least == most else f"between {money(least)} and {money(most)}"
    return f"of {money(least)} or more" if least else f"of {money(most)} or less" if most else ""


def _transaction_line(row: Found, slots: Mapping[str, str], today: date) -> str:
    amount, who = int(row["amount_minor"]), str(row["counterparty"])
    way = "to" if amount < 0 else "from"
    whom = "" if who.casefold() == name_in(slots).casefold() and amount < 0 else f"{way} {who}"
    return _joined(minor(abs(amount), str(row["currency"])), whom, windows.on(str(row["at"]), today))


def _loans(inquiry: Inquiry, found: Found, today: date) -> Told:
    return _rows(inquiry, found.get("loans", []), "You have no loan with us.", lambda row: _loan_line(row, today))


def _loan_line(loan: Found, today: date) -> str:
    currency = str(loan["currency"])
    owed = f"You owe {minor(abs(int(loan['outstanding_minor'])), currency)} on your {str(loan['name']).lower()}"
    left, due = loan.get("instalments_left"), windows.on(str(loan.get("next_due") or ""), today)
    if not due:
        return f"{owed}."
    instalment = f"The next instalment of {minor(abs(int(loan['instalment_minor'])), currency)} is due {due}"
    return f"{owed}. {instalment}{f'; {left} are left' if left and left > 1 else ''}."


def _credit(inquiry: Inquiry, found: Found, today: date) -> Told:
    return _rows(inquiry, found.get("cards", []), "You have no credit card.", lambda row: _credit_line(row, today))


def _credit_line(card: Found, today: date) -> str:
    currency, name = str(card["currency"]), str(card["name"]).lower()
    limit, left = (minor(int(card[f"{part}_minor"]), currency) for part in ("limit", "available"))
    owed, due = abs(int(card["owed_minor"])), windows.on(str(card.get("payment_due") or ""), today)
    line = f"Your {name} limit is {limit}, of which {left} is available."
    if not owed:
        return line
    least = minor(abs(int(card.get("minimum_minor") or 0)), currency)
    return f"{line} You owe {minor(owed, currency)}{f'; at least {least} is due {due}' if due else ''}."


def _cards(inquiry: Inquiry, found: Found, today: date) -> Told:
    return _rows(
        inquiry,
        found.get("cards", []),
        "I found no such card." if inquiry.slots.get("account") else "You have no card with us.",
        lambda row: card_words.line(row, today),
    )


def _scheduled(inquiry: Inquiry, found: Found, today: date) -> Told:
    slots, name = inquiry.slots, name_in(inquiry.slots)
    due: Sequence[Found] = found.get("payments", [])
    where = _joined(f"for {name}" if name else "", windows.span(slots, today))
    count = "One payment is" if len(due) == 1 else f"{len(due)} payments are"
    begin = f"{_joined(f'{count} scheduled', where)}: " if inquiry.told == 0 and due else ""
    after, text = _rows(inquiry, due, f"{_joined('Nothing is scheduled', where)}.", lambda row: _due_line(row, today))
    return after, begin + text


def _due_line(row: Found, today: date) -> str:
    whom = f"for your {str(row['payee']).lower()}" if row.get("kind") == "instalment" else f"to {row['payee']}"
    amount = minor(abs(int(row["amount_minor"])), str(row["currency"]))
    return f"{_joined(amount, whom, windows.on(str(row['due_on']), today))}."


def _rows(inquiry: Inquiry, rows: Sequence[Found], none: str, line: Callable[[Found], str]) -> Told:
    """The next rows of a list that comes without pages."""
    size, first = page_size(inquiry.slots), inquiry.told == 0
    said = rows[inquiry.told : inquiry.told + size]
    so_far = inquiry.told + len(said)
    after = replace(inquiry, told=so_far, over=so_far >= len(rows))
    if not said:
        return after, none if first else LAST_OF_LIST
    return after, " ".join(map(line, said)) + _what_follows(inquiry.slots, after, first=first)


def _what_follows(slots: Mapping[str, str], after: Inquiry, *, first: bool) -> str:
    if after.over:
        return "" if first else f" {LAST_OF_LIST}"
    return f" Say more to hear the next {'one' if page_size(slots) == 1 else 'ones'}."


# ---- words


def _span(slots: Mapping[str, str], found: Found, today: date) -> str:
    """The window that was asked for; where none was, the one that the tool took."""
    return windows.span(slots, today) or windows.span({"from": str(found.get("from") or "")}, today)


def _from_account(slots: Mapping[str, str]) -> str:
    return f"from your {slots['account']} account" if slots.get("account") else ""


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)


_TELLERS: Final[Mapping[str, Callable[[Inquiry, Found, date], Told]]] = {
    "balance": _balance,
    "transactions": _transactions,
    "spending": _spending,
    "loans": _loans,
    "credit": _credit,
    "cards": _cards,
    "scheduled": _scheduled,
}
