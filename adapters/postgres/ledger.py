"""The ledger's calls: each is one SQL function, one round trip, one transaction (0001_ledger.sql)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, LiteralString

import psycopg
from psycopg.types.json import Jsonb

from adapters.crash_points import Step, around
from adapters.postgres.refused import refused_by_triggers
from domain.elicitation import ElicitationType
from domain.errors import (
    IdempotencyConflictError,
    PaymentNotFoundError,
    StaleVersionError,
    UnauthenticatedError,
    UnknownAccountError,
    by_code,
)
from domain.money import Money, parse_amount
from domain.payments import PayerHistory, PaymentKind, PaymentPlan, PaymentRequest, PaymentState, PaymentWait
from domain.policy import hundredths
from domain.reversals import Original

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row
    from domain.accounts import Payee


def content_digest(request: PaymentRequest) -> str:
    """SHA-256, hex, of what the customer asked for: two spellings of one wish are the same, another wish is not."""
    content = {
        "user": request.user_id,
        "amount": parse_amount(request.amount, request.currency).minor,
        "currency": request.currency,
        "payee": _plain(request.payee),
        "account": _plain(request.account),
        "description": request.description.strip(),
    }
    if request.kind is not PaymentKind.PAYEE:
        content["kind"] = request.kind.value
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class PgLedger:
    """Implements `activities.ports.Ledger`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @around(Step.PAYMENT_OPEN)
    async def open_payment(self, request: PaymentRequest, plan: PaymentPlan) -> PaymentPlan:
        """Record a payment, or return the plan recorded first.

        Raises IdempotencyConflictError, for another's payment PaymentNotFoundError, or UnknownAccountError. That of a
        standing order's due date is held with it, or not recorded at all: InsufficientFundsError, AccountClosedError,
        StandingOrderPausedError, StandingOrderEndedError, StandingOrderMismatchError.
        """
        digest = content_digest(request)
        stored = asdict(plan) | {
            "session_id": request.session_id,
            "tool_call_id": request.tool_call_id,
            "description": request.description.strip(),
        }
        try:
            with refused_by_triggers():
                row = await self._open(request, Jsonb(stored), digest)
        except psycopg.errors.ForeignKeyViolation as error:
            raise UnknownAccountError from error
        if row is None:
            raise UnauthenticatedError
        return _same(row, request, digest)

    async def original(self, payment_id: str) -> Original:
        """A payment that is to go back. Raises PaymentNotFoundError."""
        row = await self._pool.row(
            """SELECT p.*, a.user_id AS owner, a.closed_at IS NOT NULL AS is_closed, CASE a.kind WHEN 'loan' THEN 0
                   ELSE coalesce(a.balance_minor - a.held_minor + a.overdraft_limit_minor, 0) END AS left_minor,
                   EXISTS (SELECT FROM payments r WHERE r.reverses = p.payment_id
                           AND r.state NOT IN ('CANCELLED', 'EXPIRED', 'REJECTED', 'FAILED')) AS is_reversed
               FROM payments p JOIN accounts_shown a ON a.account_id = p.payee_account
               WHERE p.payment_id = %s""",
            payment_id,
        )
        if row is None:
            raise PaymentNotFoundError
        return Original(
            plan=plan_from(row),
            state=PaymentState(row["state"]),
            payer_name=row["payer_name"],
            owner=row["owner"] or "",
            left_minor=row["left_minor"],
            is_closed=row["is_closed"],
            is_reversed=row["is_reversed"],
        )

    @around(Step.REVERSAL_OPEN)
    async def open_reversal(self, request: PaymentRequest, plan: PaymentPlan) -> PaymentPlan:
        """Record a reversal, or return the one recorded first.

        Raises IdempotencyConflictError, NotReversibleError, AlreadyReversedError, PaymentNotFoundError.
        """
        digest, stored = content_digest(request), asdict(plan) | {"tool_call_id": request.tool_call_id}
        with refused_by_triggers():
            row = await self._pool.row("SELECT * FROM open_reversal(%s, %s, %s)", Jsonb(stored), digest, request.payee)
        if row is None:
            raise UnauthenticatedError
        return _same(row, request, digest)

    async def _open(self, request: PaymentRequest, stored: Jsonb, digest: str) -> Row | None:
        if not request.order_id:
            return await self._pool.row("SELECT * FROM open_payment(%s, %s)", stored, digest)
        return await self._open_run(request, stored, digest)

    @around(Step.RUN_OPEN)
    async def _open_run(self, request: PaymentRequest, stored: Jsonb, digest: str) -> Row | None:
        return await self._pool.row(
            "SELECT * FROM open_run(%s, %s, %s, %s)", stored, digest, request.order_id, request.due_on
        )

    async def find_payment(self, request: PaymentRequest) -> PaymentPlan | None:
        """The plan recorded under this id, if any. Raises IdempotencyConflictError, for another's payment not found."""
        row = await self._pool.row("SELECT * FROM payments WHERE payment_id = %s", request.payment_id)
        return None if row is None else _same(row, request, content_digest(request))

    async def state_of(self, payment_id: str) -> PaymentState:
        """Where the payment stands. Raises PaymentNotFoundError."""
        row = await self._pool.row("SELECT state FROM payments WHERE payment_id = %s", payment_id)
        if row is None:
            raise PaymentNotFoundError
        return PaymentState(row["state"])

    async def history(self, user_id: str, payee: Payee, payment_id: str) -> PayerHistory:
        """What the bank remembers of this payer and this payee of theirs, but for this payment; in its currency."""
        row = await self._pool.row(
            """SELECT coalesce(sum(p.amount_minor) FILTER (WHERE p.currency = %s AND p.payment_id <> %s
                       AND p.kind <> 'own'
                       AND p.state NOT IN ('CANCELLED', 'EXPIRED', 'REJECTED', 'FAILED')), 0)::bigint AS recent_minor,
                   coalesce(bool_or(p.state = 'FAILED' AND p.error_code = 'too_many_tries'), false) AS guessed,
                   EXISTS (SELECT FROM payments WHERE user_id = %s AND payee_account = %s
                           AND state = 'COMPLETED') AS paid,
                   (SELECT extract(epoch FROM now() - created_at)::float FROM payees WHERE payee_id = %s) AS age_s
               FROM payments p WHERE p.user_id = %s AND p.created_at > now() - interval '24 hours'""",
            payee.currency,
            payment_id,
            user_id,
            payee.account_id,
            payee.payee_id,
            user_id,
        )
        if row is None:
            return PayerHistory()
        return PayerHistory(
            recent_minor=hundredths(Money(row["recent_minor"], payee.currency)),
            payee_age_s=row["age_s"] or 0.0,
            payee_paid=row["paid"],
            risks=frozenset({"codes_guessed"} if row["guessed"] else ()),
        )

    async def held_of(self, payment_id: str) -> tuple[str, int]:
        """The account on which this payment holds money, and how much in minor units; ("", 0) where it holds none."""
        row = await self._pool.row(
            "SELECT account_id, amount_minor FROM holds WHERE payment_id = %s AND state = 'held'", payment_id
        )
        return ("", 0) if row is None else (str(row["account_id"]), int(row["amount_minor"]))

    @around(Step.REVISE)
    async def revise(self, plan: PaymentPlan) -> PaymentPlan:
        """Replace the last version: its questions are closed, its hold is released. A repeat gets what was stored.

        Raises PaymentClosedError, PaymentNotFoundError, TooManyCorrectionsError, StaleVersionError where it is not the
        version that follows.
        """
        await self._call(
            "SELECT revise_payment_under(%s, %s, %s) AS code",
            Jsonb(asdict(plan)),
            StaleVersionError.code,
            StaleVersionError.spoken,
        )
        row = await self._pool.row("SELECT * FROM payments WHERE payment_id = %s", plan.payment_id)
        if row is None:
            raise PaymentNotFoundError
        return plan_from(row)

    @around(Step.WAIT)
    async def wait(self, waits: PaymentWait) -> None:
        """Note that a payment waits, and until when. Raises PaymentClosedError."""
        await self._call(
            "SELECT await_payment(%s, %s, %s::timestamptz) AS code", waits.payment_id, waits.state.value, waits.due_at
        )

    async def set_state(self, payment_id: str, state: PaymentState, error_code: str = "") -> None:
        """Move a payment on; a final state stays, and one that ends it releases its hold. Only `post` completes."""
        await self._call("SELECT set_payment_state(%s, %s, %s) AS code", payment_id, state.value, error_code)

    @around(Step.HOLD)
    async def hold(self, payment_id: str, version: int = 1) -> None:
        """Reserve the amount.

        Raises InsufficientFundsError, AccountClosedError, PaymentClosedError, StaleVersionError; of a payment under a
        standing mandate MandateRevokedError, MandateEndedError, MandateExhaustedError.
        """
        await self._call("SELECT hold_payment(%s, %s) AS code", payment_id, version)

    @around(Step.POST)
    async def post(self, payment_id: str, version: int = 1) -> None:
        """Turn the hold into entries.

        Raises PaymentClosedError without one, AccountClosedError for a closed payee, StaleVersionError, and
        CountersignMissingError where not everybody whom the plan names has countersigned this version, or
        MandateRevokedError.
        """
        await self._call("SELECT post_payment(%s, %s) AS code", payment_id, version)

    @around(Step.VOID)
    async def void(self, payment_id: str, state: PaymentState, error_code: str = "") -> None:
        """Release the hold, if any, and end the payment in `state`.

        Raises PaymentClosedError where it was posted, PaymentUnsettledError while a rail may have paid it.
        """
        await self._call("SELECT void_payment(%s, %s, %s) AS code", payment_id, state.value, error_code)

    async def _call(self, statement: LiteralString, *values: object) -> None:
        with refused_by_triggers():
            row = await self._pool.row(statement, *values)
        code = "" if row is None else str(row["code"])
        if code != "ok":
            raise by_code(code)


def plan_from(row: Row) -> PaymentPlan:
    """A row of `payments` as the plan that was recorded."""
    return PaymentPlan(
        payment_id=row["payment_id"],
        user_id=row["user_id"],
        tenant_id=row["tenant_id"],
        customer_ref=row["customer_ref"],
        version=row["version"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        amount=row["amount"],
        payer_account=row["payer_account"],
        payer_account_name=row["payer_account_name"],
        payee_account=row["payee_account"],
        payee_name=row["payee_name"],
        transaction_hash=row["transaction_hash"],
        countersigns=tuple(ElicitationType(kind) for kind in row["countersigns"]),
        policy_version=row["policy_version"],
        reason=row["reason"],
        approvals=row["approvals"],
        approver_group=row["approver_group"],
        cooling_off_s=row["cooling_off_s"],
        mandate_id=row["mandate_id"],
        kind=PaymentKind(row["kind"]),
    )


def _same(row: Row, request: PaymentRequest, digest: str) -> PaymentPlan:
    if row["user_id"] != request.user_id:
        raise PaymentNotFoundError
    if row["digest"] != digest:
        raise IdempotencyConflictError(digests=(row["digest"], digest))
    return plan_from(row)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
