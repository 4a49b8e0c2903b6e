"""What somebody with the owner's rights could do while the guards are off, and which rows the auditor then names.

`{plain.post}` stands for the id of that payment's transfer of that step, `{last}` for the newest event's number and
`{skipped}` for five more, `{period}` for the period in which the mandate was used, `{today}` and `{tomorrow}` for the
due dates of the standing order and `{run}` for the payment of the first.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Wrong(NamedTuple):
    """One thing made untrue, and everything that is then not as it must be: check and row."""

    statement: str
    finds: frozenset[tuple[str, str]]


def wrong(statement: str, *finds: tuple[str, str]) -> Wrong:
    return Wrong(statement, frozenset(finds))


def unwritten(payment: str, *kinds: str) -> list[tuple[str, str]]:
    return [(check, f"{payment} version 1, {kind}") for check in ("payment.events", "payment.audit") for kind in kinds]


_STRAY: Final = """INSERT INTO elicitations (elicitation_id, payment_id, user_id, session_id, type, request, state)
    VALUES ('late', 'void', 'u1', 's1', 'supervisor_approval', '{}', 'pending')"""

WRONGS: Final[dict[str, Wrong]] = {
    "paid to another bank without its rail": wrong(
        "UPDATE payments SET kind = 'outside' WHERE payment_id = 'plain'", ("rail.payments", "plain")
    ),
    "a balance raised": wrong(
        "UPDATE accounts SET balance_minor = balance_minor + 1 WHERE account_id = 'shop'",
        ("account.balance", "shop USD"),
    ),
    "more in a part than was paid": wrong(
        "UPDATE account_parts SET balance_minor = balance_minor + 1 WHERE account_id = 'shop'",
        ("account.balance", "shop USD"),
    ),
    "a customer's money in parts": wrong(
        """INSERT INTO account_parts VALUES ('b1', 7, 5);
           UPDATE accounts SET balance_minor = balance_minor - 5 WHERE account_id = 'b1'""",
        ("account.parts", "b1, part 7"),
    ),
    "an account gone": wrong("DELETE FROM accounts WHERE account_id = 'b1'", ("account.balance", "b1 USD")),
    "an account in another currency": wrong(
        "UPDATE accounts SET currency = 'EUR' WHERE account_id = 'b1'",
        ("account.balance", "b1 USD"),
        ("account.balance", "b1 EUR"),
    ),
    "less held than the holds say": wrong(
        "UPDATE accounts SET held_minor = held_minor - 1 WHERE account_id = 'a1'", ("account.held", "a1 USD")
    ),
    "held without a hold": wrong(
        "UPDATE accounts SET held_minor = 1 WHERE account_id = 'b1'", ("account.held", "b1 USD")
    ),
    "an overdraft that nobody allowed": wrong(
        """ALTER TABLE accounts DROP CONSTRAINT accounts_no_overdraft;
           SELECT book('k', 'b1', 'mill', 70_01, 'x', now())""",
        ("account.limit", "b1"),
        ("guard.constraints", "accounts_no_overdraft on accounts"),
    ),
    "money out of nothing": wrong(
        """UPDATE entries SET amount_minor = amount_minor + 1
           WHERE transfer_id = {opening-a1.book} AND account_id = 'equity';
           UPDATE accounts SET balance_minor = balance_minor + 1 WHERE account_id = 'equity'""",
        ("currency.zero", "USD"),
        ("transfer.entries", "transfer {opening-a1.book}, equity"),
    ),
    "a transfer of another amount": wrong(
        "UPDATE transfers SET amount_minor = 1 WHERE transfer_id = {opening-a1.book}",
        ("transfer.entries", "transfer {opening-a1.book}, a1"),
        ("transfer.entries", "transfer {opening-a1.book}, equity"),
    ),
    "a transfer to somebody else": wrong(
        "UPDATE transfers SET credit_account = 'mill' WHERE transfer_id = {opening-a1.book}",
        ("transfer.entries", "transfer {opening-a1.book}, a1"),
        ("transfer.entries", "transfer {opening-a1.book}, mill"),
    ),
    "a posting without entries": wrong(
        """INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency)
           VALUES ('k', 'book', 'posted', 'a1', 'b1', 1, 'USD')""",
        ("transfer.entries", "transfer {k.book}, a1"),
        ("transfer.entries", "transfer {k.book}, b1"),
    ),
    "a void that says expired": wrong(
        "UPDATE transfers SET step = 'expire', state = 'expired' WHERE transfer_id = {void.void}",
        ("hold.steps", "void version 1, void"),
        ("hold.steps", "void version 1, expire"),
    ),
    "a step of another amount": wrong(
        "UPDATE transfers SET amount_minor = 7 WHERE transfer_id = {open.hold}",
        ("hold.steps", "open version 1, hold"),
    ),
    "a step gone": wrong(
        "DELETE FROM transfers WHERE transfer_id = {returned.void}", ("hold.steps", "returned version 1, void")
    ),
    "a payment of another amount": wrong(
        "UPDATE payments SET amount_minor = 2 WHERE payment_id = 'plain'", ("payment.hold", "plain")
    ),
    "a posted payment opened again": wrong(
        "UPDATE payments SET state = 'CREATED', settled_at = NULL WHERE payment_id = 'plain'",
        ("payment.hold", "plain"),
        *unwritten("plain", "payment.completed"),
    ),
    "a refused payment called done": wrong(
        "UPDATE payments SET state = 'COMPLETED' WHERE payment_id = 'refused'",
        ("payment.hold", "refused"),
        *unwritten("refused", "payment.completed", "payment.failed"),
    ),
    "another payee": wrong(
        "UPDATE payments SET payee_account = 'mill' WHERE payment_id = 'plain'",
        ("payment.transfer", "transfer {plain.hold} of plain"),
        ("payment.transfer", "transfer {plain.post} of plain"),
    ),
    "a question that outlives its payment": wrong(_STRAY, ("payment.questions", "late")),
    "a countersign of something else": wrong(
        """UPDATE elicitations SET request = jsonb_set(request, '{amount}', '"9.99"')
           WHERE elicitation_id = 'signed-otp-1'""",
        ("payment.countersigned", "signed"),
    ),
    "a countersign of somebody else": wrong(
        "UPDATE elicitations SET user_id = 'u2' WHERE elicitation_id = 'signed-confirmation-1'",
        ("payment.countersigned", "signed"),
    ),
    "an approval of another version": wrong(
        "UPDATE approvals SET transaction_hash = 'x' WHERE payment_id = 'approved'", ("payment.approved", "approved")
    ),
    "a mandate's use not counted": wrong(
        "DELETE FROM mandate_uses WHERE payment_id = 'used'", ("mandate.uses", "used version 1")
    ),
    "a mandate's use never given back": wrong(
        "UPDATE mandate_uses SET given_back_at = NULL WHERE payment_id = 'returned'",
        ("mandate.uses", "returned version 1"),
    ),
    "more used than a mandate allows": wrong(
        "UPDATE mandates SET budget_minor = 1 WHERE mandate_id = 'm'", ("mandate.budget", "m from {period}")
    ),
    "an event's number left out": wrong(
        "UPDATE outbox SET seq = seq + 5 WHERE seq = {last}", ("outbox.seq", "event {skipped}")
    ),
    "an event gone": wrong(
        "UPDATE outbox SET kind = 'x' WHERE kind = 'payment.held' AND subject_id = 'open'",
        ("payment.events", "open version 1, payment.held"),
    ),
    "an event of what never happened": wrong(
        """INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
           VALUES ('payment.completed', 'u1', '', 'open', 'payment.completed:open:1', '{"version": 1}')""",
        ("payment.events", "open version 1, payment.completed"),
    ),
    "a row of the audit gone": wrong(
        "DELETE FROM audit WHERE action = 'payment.completed' AND subject_id = 'plain'",
        ("payment.audit", "plain version 1, payment.completed"),
    ),
    "an event that tells another amount": wrong(
        """UPDATE outbox SET body = jsonb_set(body, '{amount_minor}', '7')
           WHERE kind = 'payment.completed' AND subject_id = 'plain'""",
        ("event.amount", "plain"),
    ),
    "a posting told wrongly": wrong(
        """UPDATE outbox SET body = jsonb_set(body, '{after_minor}', '7')
           WHERE dedupe_key = 'account.posted:{plain.post}:a1'""",
        ("entry.events", "account.posted:{plain.post}:a1"),
    ),
    "a question nobody was told of": wrong(
        "UPDATE outbox SET kind = 'x' WHERE dedupe_key = 'elicitation.opened:open-otp-1'",
        ("question.events", "elicitation.opened:open-otp-1"),
    ),
    "a reversal of something else": wrong(
        "UPDATE payments SET reverses = 'signed' WHERE payment_id = 'reversal'",
        ("reversal.original", "reversal"),
        ("reversal.events", "payment.reversed:back"),
        ("reversal.events", "payment.reversed:signed"),
    ),
    "a reversal of nothing": wrong(
        "UPDATE payments SET reverses = 'void', amount_minor = amount_minor WHERE payment_id = 'reversal'",
        ("reversal.original", "reversal"),
        ("reversal.events", "payment.reversed:back"),
        ("reversal.events", "payment.reversed:void"),
    ),
    "a payment that goes back twice": wrong(
        """INSERT INTO payments SELECT (jsonb_populate_record(p, '{"payment_id": "again", "state": "CREATED",
               "settled_at": null}')).* FROM payments p WHERE payment_id = 'reversal'""",
        ("reversal.once", "back"),
        *unwritten("again", "payment.created"),
    ),
    "a reversal approved by whose payment it was": wrong(
        "UPDATE approvals SET decided_by = 'u1' WHERE payment_id = 'reversal'", ("reversal.persons", "reversal")
    ),
    "a reversal asked for by whose payment it was": wrong(
        """UPDATE payments SET user_id = 'u1' WHERE payment_id = 'reversal';
           UPDATE outbox SET user_id = 'u1' WHERE subject_id = 'reversal'""",
        ("reversal.persons", "reversal"),
    ),
    "a reversal nobody was told of": wrong(
        "UPDATE outbox SET kind = 'x' WHERE kind = 'payment.reversed'", ("reversal.events", "payment.reversed:back")
    ),
    "held and posted for a payee who was gone": wrong(
        "SELECT hold_payment('too-late', 1); SELECT post_payment('too-late', 1)", ("payee.removed", "too-late")
    ),
    "posted for a payee who was gone and came again": wrong(
        """SELECT hold_payment('too-late', 1); SELECT post_payment('too-late', 1);
           INSERT INTO payees VALUES ('y3', 'u1', 'Mill', 'mill', now() + interval '1 second')""",
        ("payee.removed", "too-late"),
    ),
    "sent over the rail for a payee who was gone": wrong(
        """DELETE FROM payees WHERE payee_id = 'y1';
           INSERT INTO removed_payees VALUES ('y1', 'u1', 'Dentist', 'out',
               (SELECT sent_at - interval '1 microsecond' FROM rail_payments WHERE payment_id = 'under-way'))""",
        ("payee.removed", "under-way"),
    ),
    "a due date paid in another amount": wrong(
        "UPDATE standing_order_terms SET amount_minor = 1 WHERE order_id = 'o'", ("order.runs", "o due {today}")
    ),
    "a due date paid to somebody else": wrong(
        "UPDATE standing_order_terms SET payee_account = 'mill' WHERE order_id = 'o'", ("order.runs", "o due {today}")
    ),
    "a due date paid before its time": wrong(
        "UPDATE standing_order_terms SET first_on = first_on + 1 WHERE order_id = 'o'", ("order.runs", "o due {today}")
    ),
    "a due date called paid for a payment that failed": wrong(
        """UPDATE standing_order_runs SET state = 'PAID', payment_id = 'refused'
           WHERE state = 'SKIPPED'""",
        ("order.runs", "o due {tomorrow}"),
        ("order.events", "standing_order.paid:o:{tomorrow}"),
        ("order.events", "standing_order.skipped:o:{tomorrow}"),
    ),
    "a due date called skipped and posted": wrong(
        "UPDATE standing_order_runs SET state = 'SKIPPED' WHERE state = 'PAID'",
        ("order.runs", "o due {today}"),
        ("order.events", "standing_order.paid:o:{today}"),
        ("order.events", "standing_order.skipped:o:{today}"),
    ),
    "a payment of an order without its due date": wrong(
        "DELETE FROM standing_order_runs WHERE state = 'PAID'",
        ("order.payments", "{run}"),
        ("order.events", "standing_order.paid:o:{today}"),
    ),
    "terms that somebody else countersigned": wrong(
        "UPDATE elicitations SET user_id = 'u2' WHERE payment_id = 'o' AND type = 'confirmation'",
        ("order.countersigned", "o due {today}"),
    ),
    "terms that were countersigned otherwise": wrong(
        "UPDATE standing_order_terms SET terms_hash = repeat('0', 64) WHERE order_id = 'o'",
        ("order.countersigned", "o due {today}"),
    ),
    "a due date told with another payment": wrong(
        """UPDATE outbox SET body = jsonb_set(body, '{payment_id}', '"plain"') WHERE kind = 'standing_order.paid'""",
        ("order.events", "standing_order.paid:o:{today}"),
    ),
    "a guard off": wrong(
        "ALTER TABLE entries DISABLE TRIGGER entries_immutable", ("guard.triggers", "entries_immutable on entries")
    ),
    "a guard gone": wrong("DROP TRIGGER payments_guard ON payments", ("guard.triggers", "payments_guard on payments")),
    "a constraint gone": wrong(
        "ALTER TABLE transfers DROP CONSTRAINT transfers_one_step",
        ("guard.constraints", "transfers_one_step on transfers"),
    ),
    "a constraint that does not hold": wrong(
        "ALTER TABLE holds ADD CONSTRAINT small CHECK (amount_minor < 5) NOT VALID",
        ("guard.constraints", "small on holds"),
    ),
    "an index gone": wrong("DROP INDEX holds_one_alive", ("guard.constraints", "holds_one_alive")),
}
