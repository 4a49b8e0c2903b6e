"""The supervisors' list: filtered, by due time, a page at a time. A page costs the same however long the list is."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString, cast

from adapters.postgres.approvals import approval_from
from domain.errors import InvalidRequestError

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool
    from domain.approvals import Approval

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list. Bounds hold themselves; `cursor` is the end of the page before. Amounts in minor units."""

    tenant_id: str
    state: str = "open"
    due_after: datetime | None = None
    due_before: datetime | None = None
    amount_min: int | None = None
    amount_max: int | None = None
    group: str | None = None
    payee: str | None = None
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some approvals, and the cursor of what follows them; empty at the end."""

    approvals: list[Approval]
    cursor: str


def statement(wanted: Wanted) -> tuple[LiteralString, list[Any]]:
    """One page and one row more."""
    bounds: list[tuple[LiteralString, Any]] = [
        ("a.due_at >= %s", wanted.due_after),
        ("a.due_at <= %s", wanted.due_before),
        ("a.amount_minor >= %s", wanted.amount_min),
        ("a.amount_minor <= %s", wanted.amount_max),
        ("a.approver_group = %s", wanted.group),
        ("a.payee = %s", wanted.payee),
    ]
    clauses: list[LiteralString] = ["a.tenant_id = %s", "a.state = %s"]
    values: list[Any] = [wanted.tenant_id, wanted.state]
    for text, value in bounds:
        if value is not None:
            clauses.append(text)
            values.append(value)
    if wanted.cursor:
        clauses.append("(a.due_at, a.elicitation_id) > (%s, %s)")
        values += _place(wanted.cursor)
    parts: list[LiteralString] = [
        "SELECT * FROM approvals_shown a WHERE",
        " AND ".join(clauses),
        "ORDER BY a.due_at, a.elicitation_id LIMIT %s",
    ]
    return " ".join(parts), [*values, min(wanted.limit, MOST) + 1]


class PgApprovalList:
    """Reads pages."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def page(self, wanted: Wanted) -> Page:
        """Raises InvalidRequestError for a cursor that is none."""
        text, values = statement(wanted)
        found = [approval_from(row) for row in await self._pool.rows(text, *values)]
        shown = found[: min(wanted.limit, MOST)]
        return Page(shown, _cursor(shown[-1]) if len(found) > len(shown) else "")


def _cursor(last: Approval) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.due_at, last.approval_id]).encode()).decode()


def _place(cursor: str) -> tuple[datetime, str]:
    try:
        found: object = json.loads(base64.urlsafe_b64decode(cursor))
        due_at, approval_id = cast("list[str]", found)
        return datetime.fromisoformat(due_at), str(approval_id)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidRequestError("that is no cursor of this list") from error
