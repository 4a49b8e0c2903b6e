"""What was written beside the money: events for the outbox, rows of the audit."""

from __future__ import annotations

from typing import Final

from adapters.audit.check import Check

_KINDS: Final = """'payment.created', 'payment.corrected', 'payment.held', 'payment.completed', 'payment.cancelled',
                   'payment.expired', 'payment.rejected', 'payment.failed'"""
_DUE: Final = """
               SELECT payment_id AS subject_id, 'payment.created' AS kind, 1 AS version, true AS due FROM payments
               UNION ALL SELECT payment_id, 'payment.corrected', v, true FROM payments, generate_series(2, version) v
               UNION ALL SELECT payment_id, 'payment.held', version, true FROM holds
               UNION ALL SELECT payment_id, 'payment.' || lower(state), version, true FROM payments
                   WHERE is_final(state)"""
_COMPARED: Final = """
           SELECT format('%s version %s, %s', subject_id, version, kind),
                  CASE WHEN told IS NULL THEN 'not written' ELSE 'written, but it never happened' END
           FROM due FULL JOIN told USING (subject_id, kind, version) WHERE due IS NULL OR told IS NULL"""

EVENTS: Final = (
    Check(
        "outbox.seq",
        "the numbers of published events: dense from one on, none twice",
        """SELECT format('event %s', seq), format('follows %s', before)
           FROM (SELECT seq, lag(seq, 1, 0::bigint) OVER (ORDER BY seq) AS before FROM outbox WHERE seq IS NOT NULL) o
           WHERE seq <> before + 1""",
    ),
    Check(
        "payment.events",
        "each change of a payment's state and each hold with its event, and each such event with its cause",
        f"""WITH due AS ({_DUE}),
           told AS (
               SELECT subject_id, kind, coalesce((body ->> 'version')::integer, 1) AS version, true AS told FROM outbox
               WHERE kind IN ({_KINDS}))
           {_COMPARED}""",  # noqa: S608 - of this module's own words
    ),
    Check(
        "payment.audit",
        "the same with the rows of the audit",
        f"""WITH due AS ({_DUE}),
           told AS (
               SELECT subject_id, action AS kind, coalesce((detail ->> 'version')::integer, 1) AS version, true AS told
               FROM audit WHERE action IN ({_KINDS}))
           {_COMPARED}""",  # noqa: S608 - of this module's own words
    ),
    Check(
        "event.amount",
        "what the events of posted payments told with what was posted",
        """SELECT o.subject_id, format('told %s %s, posted %s %s', o.body ->> 'amount_minor', o.body ->> 'currency',
                  t.amount_minor, t.currency)
           FROM outbox o JOIN transfers t ON t.payment_id = o.subject_id AND t.step = 'post'
           WHERE o.kind = 'payment.completed' AND ((o.body ->> 'amount_minor')::bigint, o.body ->> 'currency')
                   IS DISTINCT FROM (t.amount_minor, t.currency)""",
    ),
    Check(
        "entry.events",
        "events about an account's postings with the entries that they are about",
        """SELECT o.dedupe_key, format('told %s, posted %s', o.body ->> 'amount_minor',
                  coalesce(e.amount_minor::text, 'nothing'))
           FROM outbox o LEFT JOIN entries e ON e.transfer_id = (o.body ->> 'transfer_id')::bigint
               AND e.account_id = o.subject_id
           WHERE o.kind = 'account.posted' AND ((o.body ->> 'amount_minor')::bigint IS DISTINCT FROM e.amount_minor
               OR (o.body ->> 'before_minor')::bigint + e.amount_minor <> (o.body ->> 'after_minor')::bigint)""",
    ),
    Check(
        "question.events",
        "each question that was opened or closed with its event",
        """WITH due AS (
               SELECT 'elicitation.opened:' || elicitation_id AS dedupe_key FROM elicitations
               WHERE type <> 'supervisor_approval'
               UNION ALL SELECT 'elicitation.closed:' || elicitation_id FROM elicitations WHERE closed_at IS NOT NULL)
           SELECT coalesce(d.dedupe_key, t.dedupe_key), CASE WHEN t.dedupe_key IS NULL THEN 'not in the outbox'
                  ELSE 'in the outbox, but never happened' END
           FROM due d FULL JOIN (SELECT dedupe_key FROM outbox
               WHERE kind IN ('elicitation.opened', 'elicitation.closed')) t ON t.dedupe_key = d.dedupe_key
           WHERE t.dedupe_key IS NULL OR d.dedupe_key IS NULL""",
    ),
)
