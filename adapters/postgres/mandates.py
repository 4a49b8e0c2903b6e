"""Standing mandates at rest. Each change is one SQL function; uses are counted with the holds (0010_mandates.sql)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg.types.json import Jsonb

from domain.elicitation import ElicitationType
from domain.errors import IdempotencyConflictError, MandateNotFoundError, by_code
from domain.mandates import MOST_MANDATES, Allowed, Mandate, MandatePlan, MandateShown, MandateState, Period

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row
    from domain.mandates import Cover, MandateEnd, MandateRequest

MOST_SHOWN: Final = 200


class PgMandates:
    """Implements `activities.ports.MandateStore`, and what api and tools need beside it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, request: MandateRequest, plan: MandatePlan) -> MandatePlan:
        """Record it, or return the plan recorded first.

        Raises IdempotencyConflictError, TooManyMandatesError, or MandatesLockedError after three that failed by wrong
        codes within a day.
        """
        row = await self._pool.row(
            "SELECT open_mandate(%s, %s, %s) AS code",
            Jsonb(_stored(plan) | {"session_id": request.session_id}),
            request.digest(),
            MOST_MANDATES,
        )
        _check(row)
        return await self.find(request) or plan

    async def find(self, request: MandateRequest) -> MandatePlan | None:
        """The plan recorded under this id. Raises IdempotencyConflictError, for another's mandate not found."""
        row = await self._pool.row("SELECT * FROM mandates WHERE mandate_id = %s", request.mandate_id)
        if row is None:
            return None
        if row["user_id"] != request.user_id:
            raise MandateNotFoundError
        if row["digest"] != request.digest():
            raise IdempotencyConflictError
        return _plan(row)

    async def state_of(self, mandate_id: str) -> MandateState:
        """Raises MandateNotFoundError."""
        row = await self._pool.row("SELECT state FROM mandates WHERE mandate_id = %s", mandate_id)
        if row is None:
            raise MandateNotFoundError
        return MandateState(row["state"])

    async def activate(self, mandate_id: str) -> None:
        """Raises MandateUnsignedError, MandateRevokedError, MandateClosedError, MandateNotFoundError."""
        _check(await self._pool.row("SELECT activate_mandate(%s) AS code", mandate_id))

    async def end(self, end: MandateEnd) -> MandateState:
        """The state it is in afterwards: the first end stays. Raises MandateNotFoundError."""
        row = await self._pool.row(
            "SELECT end_mandate(%s, %s, %s) AS state", end.mandate_id, end.state.value, end.error_code
        )
        if row is None or row["state"] is None:
            raise MandateNotFoundError
        return MandateState(row["state"])

    async def covering(self, sought: Cover) -> str:
        """Of several that would do, the one with the least left; empty where none would."""
        row = await self._pool.row(
            """SELECT m.mandate_id FROM mandates_shown m,
                   LATERAL (SELECT coalesce(sum(u.amount_minor), 0) AS minor FROM mandate_uses u
                            WHERE u.mandate_id = m.mandate_id AND u.period_began = m.period_began
                                AND u.given_back_at IS NULL AND u.payment_id <> %s) others
               WHERE m.user_id = %s AND m.state = 'ACTIVE' AND m.currency = %s AND %s = ANY (m.payee_accounts)
                   AND coalesce(m.account_id, %s) = %s AND m.budget_minor - others.minor >= %s
               ORDER BY m.budget_minor - others.minor, m.created_at, m.mandate_id LIMIT 1""",
            sought.payment_id,
            sought.user_id,
            sought.amount.currency,
            sought.payee_account,
            sought.account_id,
            sought.account_id,
            sought.amount.minor,
        )
        return "" if row is None else str(row["mandate_id"])

    async def of(self, user_id: str) -> list[MandateShown]:
        """The user's, newest first, those that stand before the others."""
        rows = await self._pool.rows(
            """SELECT * FROM mandates_shown WHERE user_id = %s
               ORDER BY state IN ('ACTIVE', 'AWAITING_CUSTOMER') DESC, created_at DESC, mandate_id LIMIT %s""",
            user_id,
            MOST_SHOWN,
        )
        return [_shown(row) for row in rows]

    async def get(self, mandate_id: str, user_id: str) -> MandateShown:
        """Raises MandateNotFoundError, also where it is another's."""
        row = await self._pool.row(
            "SELECT * FROM mandates_shown WHERE mandate_id = %s AND user_id = %s", mandate_id, user_id
        )
        if row is None:
            raise MandateNotFoundError
        return _shown(row)

    async def revoke(self, mandate_id: str, user_id: str) -> None:
        """At once; a repeat is one. Raises MandateNotFoundError, also for another's, or MandateClosedError."""
        _check(await self._pool.row("SELECT revoke_mandate(%s, %s) AS code", mandate_id, user_id))

    async def unheard(self, older_than_s: float) -> list[str]:
        """Revoked ones whose workflow does not know of it: Temporal was away just then. Oldest first."""
        rows = await self._pool.rows(
            """SELECT mandate_id FROM mandates WHERE state = 'REVOKED' AND closed_at IS NULL
                   AND ended_at > now() - interval '1 day' AND ended_at < now() - make_interval(secs => %s)
               ORDER BY ended_at LIMIT 50""",
            older_than_s,
        )
        return [str(row["mandate_id"]) for row in rows]


def _check(row: Row | None) -> None:
    code = "" if row is None else str(row["code"])
    if code != "ok":
        raise by_code(code)


def _stored(plan: MandatePlan) -> Row:
    terms = plan.terms
    return {
        "mandate_id": terms.mandate_id,
        "user_id": plan.user_id,
        "tenant_id": plan.tenant_id,
        "customer_ref": plan.customer_ref,
        "version": terms.version,
        "budget_minor": terms.budget_minor,
        "budget": plan.budget,
        "currency": terms.currency,
        "period": terms.period,
        "payee_accounts": [payee.account for payee in terms.payees],
        "payee_names": [payee.name for payee in terms.payees],
        "account_id": terms.account or None,
        "account_name": plan.account_name,
        "ends_on": terms.ends_on or None,
        "mandate_hash": plan.mandate_hash,
        "countersigns": list(plan.countersigns),
        "policy_version": plan.policy_version,
    }


def _plan(row: Row) -> MandatePlan:
    terms = Mandate(
        mandate_id=row["mandate_id"],
        version=row["version"],
        budget_minor=row["budget_minor"],
        currency=row["currency"],
        period=Period(row["period"]),
        payees=tuple(Allowed(*each) for each in zip(row["payee_accounts"], row["payee_names"], strict=True)),
        account=row["account_id"] or "",
        ends_on=_day(row),
    )
    return MandatePlan(
        terms=terms,
        user_id=row["user_id"],
        tenant_id=row["tenant_id"],
        customer_ref=row["customer_ref"],
        budget=row["budget"],
        account_name=row["account_name"],
        countersigns=tuple(ElicitationType(kind) for kind in row["countersigns"]),
        policy_version=row["policy_version"],
        mandate_hash=row["mandate_hash"],
    )


def _shown(row: Row) -> MandateShown:
    return MandateShown(
        mandate_id=row["mandate_id"],
        state=MandateState(row["state"]),
        budget_minor=row["budget_minor"],
        budget=row["budget"],
        currency=row["currency"],
        period=Period(row["period"]),
        payees=tuple(row["payee_names"]),
        account=row["account_name"],
        ends_on=_day(row),
        version=row["version"],
        mandate_hash=row["mandate_hash"],
        used_minor=row["used_minor"],
        left_minor=max(row["budget_minor"] - row["used_minor"], 0),
        period_began=row["period_began"].isoformat(),
        created_at=row["created_at"].isoformat(),
        error_code=row["error_code"],
    )


def _day(row: Row) -> str:
    return "" if row["ends_on"] is None else row["ends_on"].isoformat()
