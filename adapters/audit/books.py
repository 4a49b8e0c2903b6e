"""Accounts, transfers and entries. Amounts are minor units; money out of an account is negative."""

from __future__ import annotations

from typing import Final

from adapters.audit.check import Check

BOOKS: Final = (
    Check(
        "account.balance",
        "each balance, its parts with it, with the sum of its entries, in its currency",
        """WITH whole AS (
               SELECT account_id, currency, a.balance_minor + coalesce(p.total, 0) AS minor
               FROM accounts a LEFT JOIN (
                   SELECT account_id, sum(balance_minor) AS total FROM account_parts GROUP BY account_id) p
                   USING (account_id))
           SELECT account_id || ' ' || currency,
                  format('balance %s, entries %s', coalesce(a.minor::text, 'none'), coalesce(e.total, 0))
           FROM whole a FULL JOIN (
               SELECT account_id, currency, sum(amount_minor) AS total FROM entries GROUP BY account_id, currency) e
               USING (account_id, currency)
           WHERE a.minor IS DISTINCT FROM coalesce(e.total, 0)""",
    ),
    Check(
        "account.parts",
        "what is credited beside an account's row with the account: open, no customer's, and nothing below zero",
        """SELECT format('%s, part %s', p.account_id, part), format('%s, of %s, %s', p.balance_minor,
                  coalesce(a.user_id, 'nobody'), coalesce('closed ' || a.closed_at, 'open'))
           FROM account_parts p LEFT JOIN accounts a USING (account_id)
           WHERE a.account_id IS NULL OR a.user_id IS NOT NULL OR a.closed_at IS NOT NULL OR p.balance_minor < 0""",
    ),
    Check(
        "account.held",
        "each held amount with the sum of its open holds, in its currency",
        """SELECT account_id || ' ' || currency,
                  format('held %s, holds %s', coalesce(a.held_minor::text, 'none'), coalesce(h.total, 0))
           FROM accounts a FULL JOIN (
               SELECT account_id, currency, sum(amount_minor) AS total FROM holds WHERE state = 'held'
               GROUP BY account_id, currency) h USING (account_id, currency)
           WHERE a.held_minor IS DISTINCT FROM coalesce(h.total, 0)""",
    ),
    Check(
        "account.limit",
        "what is available with the overdraft that is allowed; only the bank's own accounts have no limit",
        """SELECT account_id, format('%s available, overdraft %s', balance_minor - held_minor,
                  coalesce(overdraft_limit_minor::text, 'without limit'))
           FROM accounts WHERE balance_minor - held_minor < -overdraft_limit_minor
               OR (overdraft_limit_minor IS NULL AND kind <> 'equity') OR held_minor < 0""",
    ),
    Check(
        "currency.zero",
        "debits with credits, in each currency",
        """SELECT currency, format('entries sum to %s', sum(amount_minor))
           FROM entries GROUP BY currency HAVING sum(amount_minor) <> 0""",
    ),
    Check(
        "transfer.entries",
        "each posted transfer with its two entries, and each entry with its transfer",
        """WITH legs AS (
               SELECT transfer_id, debit_account AS account_id, -amount_minor AS minor, currency
               FROM transfers WHERE state = 'posted'
               UNION ALL
               SELECT transfer_id, credit_account, amount_minor, currency FROM transfers WHERE state = 'posted')
           SELECT format('transfer %s, %s', transfer_id, account_id), format('transfer says %s, entry %s',
                  coalesce(l.minor || ' ' || l.currency, 'none'), coalesce(e.amount_minor || ' ' || e.currency, 'none'))
           FROM legs l FULL JOIN entries e USING (transfer_id, account_id)
           WHERE (l.minor, l.currency) IS DISTINCT FROM (e.amount_minor, e.currency)""",
    ),
)
