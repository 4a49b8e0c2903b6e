"""Approvals at rest, and who may give them. Each change is one SQL function (0008_approvals.sql)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg.types.json import Jsonb

from adapters.crash_points import Step, around
from adapters.postgres.stale import stale_versions
from domain.approvals import Approval, ApprovalState, Lent, Supervisor
from domain.elicitation import ElicitationState, ElicitationStatus
from domain.errors import ApprovalNotFoundError, ApprovalRefusedError, NotASupervisorError, by_code

if TYPE_CHECKING:
    from datetime import datetime

    from activities.ports import Settlement
    from adapters.postgres.pool import Pool, Row
    from domain.elicitation import ApprovalOrder


class PgApprovals:
    """Implements `activities.ports.ApprovalStore`, and what the api needs beside it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @around(Step.APPROVAL_OPEN)
    async def open(self, order: ApprovalOrder) -> None:
        """Store it, and note that its payment waits. Raises PaymentClosedError, StaleVersionError."""
        request = order.request
        stored = {
            "elicitation_id": request.elicitation_id,
            "payment_id": request.payment_id,
            "user_id": order.user_id,
            "session_id": order.session_id,
            "type": request.elicitation_type.value,
            "request": asdict(request),
            "version": request.version,
            "transaction_hash": request.transaction_hash,
            "round": order.round,
            "approver_group": order.groups[0],
            "due_at": request.expires_at,
        }
        with stale_versions():
            await self._call("SELECT open_approval(%s) AS code", Jsonb(stored))

    async def get(self, approval_id: str) -> Approval:
        """Raises ApprovalNotFoundError."""
        row = await self._pool.row("SELECT * FROM approvals_shown WHERE elicitation_id = %s", approval_id)
        if row is None:
            raise ApprovalNotFoundError
        return approval_from(row)

    async def supervisor(self, user_id: str) -> Supervisor:
        """As the role stands now, with what others have lent. Raises NotASupervisorError."""
        row = await self._pool.row(
            """SELECT u.tenant_id, s.approver_group, s.limit_minor,
                   (SELECT coalesce(json_agg(json_build_array(l.user_id, l.approver_group, l.limit_minor)
                                             ORDER BY l.limit_minor), '[]')
                    FROM delegations d JOIN supervisors l ON l.user_id = d.from_user
                        JOIN users lu ON lu.user_id = d.from_user
                    WHERE d.to_user = u.user_id AND d.ended_at IS NULL AND d.until > now()
                        AND lu.role = 'supervisor' AND lu.tenant_id = u.tenant_id) AS lent
               FROM users u JOIN supervisors s USING (user_id) WHERE u.user_id = %s AND u.role = 'supervisor'""",
            user_id,
        )
        if row is None:
            raise NotASupervisorError
        lent = tuple(Lent(user, group, int(limit)) for user, group, limit in row["lent"])
        return Supervisor(user_id, row["tenant_id"], row["approver_group"], row["limit_minor"], lent)

    @around(Step.APPROVAL_SETTLE)
    async def settle(self, settlement: Settlement) -> None:
        """Keep a decision, once. Raises AlreadyDecidedError, ApprovalClosedError, NotASupervisorError."""
        code = "" if settlement.approve else ApprovalRefusedError.code
        message = "" if settlement.approve else ApprovalRefusedError.spoken
        event = ElicitationStatus(settlement.approval_id, ElicitationState.COMPLETED, message, code)
        await self._call(
            "SELECT settle_approval(%s, %s, %s, %s, %s, %s, %s) AS code",
            settlement.approval_id,
            "approved" if settlement.approve else "refused",
            settlement.supervisor,
            settlement.lender,
            settlement.note,
            settlement.response_id,
            Jsonb(event.to_json()),
        )

    async def escalate(self, approval_id: str, group: str) -> None:
        """Give it to another group; one that is decided stays where it is."""
        await self._call("SELECT escalate_approval(%s, %s) AS code", approval_id, group)

    async def note_refused(self, approval_id: str, actor: str, code: str, detail: dict[str, Any]) -> None:
        """A line in the audit."""
        await self._pool.run("SELECT note_decision(%s, %s, %s, %s)", approval_id, actor, code, Jsonb(detail))

    async def claim(self, approval_id: str, user_id: str, seconds: float) -> None:
        """Raises ApprovalClaimedError, AlreadyDecidedError, ApprovalClosedError, ApprovalNotFoundError."""
        await self._call("SELECT claim_approval(%s, %s, %s) AS code", approval_id, user_id, seconds)

    async def release(self, approval_id: str, user_id: str) -> None:
        """Raises ApprovalClaimedError where it is somebody else's, ApprovalNotFoundError."""
        await self._call("SELECT release_approval(%s, %s) AS code", approval_id, user_id)

    async def delegate(self, lender: str, borrower: str, until: datetime) -> int:
        """The delegation's id; an older one of the same two ends with it."""
        row = await self._pool.row("SELECT delegate(%s, %s, %s) AS id", lender, borrower, until)
        return int(_found(row)["id"])

    async def user_id_of(self, name: str) -> str:
        """The id of the user with this name, or the name itself where it is nobody's."""
        row = await self._pool.row("SELECT user_id FROM users WHERE username = %s", name.strip().lower())
        return name if row is None else str(row["user_id"])

    async def delegations_of(self, user_id: str) -> list[Row]:
        """Open ones, lent or borrowed: {delegation_id, from_user, to_user, until}."""
        return await self._pool.rows(
            """SELECT delegation_id, from_user, to_user, until FROM delegations
               WHERE %s IN (from_user, to_user) AND ended_at IS NULL AND until > now() ORDER BY delegation_id""",
            user_id,
        )

    async def end_delegation(self, delegation_id: int, lender: str) -> None:
        """Raises DelegationNotFoundError where it is not the lender's."""
        await self._call("SELECT end_delegation(%s, %s) AS code", delegation_id, lender)

    async def undelivered(self, older_than_s: float) -> list[Approval]:
        """Decided ones whose decision nobody was told of: the servers died between the two. Oldest first."""
        rows = await self._pool.rows(
            """SELECT * FROM approvals_shown a
               WHERE a.decided_at < now() - %s AND a.decided_at > now() - interval '1 day'
                   AND NOT EXISTS (SELECT FROM answers w
                                WHERE w.elicitation_id = a.elicitation_id AND w.response_id = a.response_id)
                ORDER BY a.decided_at LIMIT 50""",
            timedelta(seconds=older_than_s),
        )
        return [approval_from(row) for row in rows]

    async def mark_delivered(self, approval: Approval) -> None:
        """The deciding workflow knows."""
        await self._pool.run(
            "SELECT record_answer(%s, %s, %s, %s)",
            approval.approval_id,
            approval.response_id,
            approval.decided_by,
            approval.state.value,
        )

    async def _call(self, statement: LiteralString, *values: object) -> None:
        code = str(_found(await self._pool.row(statement, *values))["code"])
        if code != "ok":
            raise by_code(code)


def _found(row: Row | None) -> Row:
    if row is None:
        raise ApprovalNotFoundError
    return row


def approval_from(row: Row) -> Approval:
    """A row of `approvals_shown`."""
    times = ("due_at", "created_at", "claimed_until", "decided_at")
    fields: Row = {name: row[name] for name in Approval.__slots__ if name in row}
    fields |= {name: "" if row[name] is None else row[name].isoformat() for name in times}
    fields |= {"approval_id": row["elicitation_id"], "group": row["approver_group"]}
    fields |= {"state": ApprovalState(row["state"]), "given_by": tuple(row["given_by"])}
    fields |= {"concerned": tuple(row["concerned"])}
    return Approval(**fields)
