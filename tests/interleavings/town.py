"""Customers of their own for every schedule, the supervisors of all, and the desks at which they are served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from activities.ports import ElicitationRow
from adapters.answer_desk import AnswerDesk
from adapters.approval_desk import ApprovalDesk
from adapters.codes import HotpCodes
from adapters.postgres.answers import PgAnswers
from adapters.postgres.approval_list import PgApprovalList
from adapters.postgres.approvals import PgApprovals
from adapters.postgres.elicitations import PgElicitations
from adapters.temporal.gateways import ApprovalGateway, ElicitationGateway, PaymentGateway
from adapters.tokens import Proofs, Signer
from domain.errors import PasskeyUnknownError
from tests.interleavings.work import POLICIES

if TYPE_CHECKING:
    import psycopg
    from temporalio.client import Client

    from adapters.postgres.pool import Pool
    from tests.interleavings.schedule import Schedule
    from tests.interleavings.work import Place

SUPERVISORS: Final = (
    ("sam", "supervisors", 200_00),
    ("sid", "supervisors", 1_000_00),
    ("sue", "senior_supervisors", 1_000_00),
)
_USER: Final = """
    INSERT INTO users
        (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone, email, password_hash)
    VALUES (%(id)s, %(id)s, %(id)s, %(role)s, 't', %(id)s, %(platform)s, '+15550100199', 'x@y.z', 'h')
"""


class Thumb:
    """A passkey in words: it signs one version of one question."""

    async def check(self, row: ElicitationRow, given: object) -> None:
        if given != thumb_on(row):
            raise PasskeyUnknownError


def thumb_on(row: ElicitationRow) -> str:
    return f"{row.request.elicitation_id}:{row.request.version}:{row.request.transaction_hash}"


@dataclass(frozen=True)
class Customer:
    """Who plays which schedule, with which payment."""

    user_id: str
    payment_id: str
    plays: Schedule


def found_town(owner: psycopg.Connection) -> None:
    """What all share."""
    for name, group, limit in SUPERVISORS:
        owner.execute(_USER, {"id": name, "role": "supervisor", "platform": "web"})
        owner.execute("INSERT INTO supervisors VALUES (%s, %s, %s)", [name, group, limit])
    owner.execute(
        """INSERT INTO accounts (account_id, kind, name, currency, overdraft_limit_minor)
           VALUES ('equity', 'equity', 'Opening balance', 'USD', NULL), ('shop', 'checking', 'Checking', 'USD', 0),
                  ('mill', 'checking', 'Checking', 'USD', 0)"""
    )


def move_in(owner: psycopg.Connection, plays: Schedule) -> Customer:
    """Two accounts, two payees, of whom Mill is new; on mobile a passkey."""
    user = f"u{uuid4().hex[:12]}"
    owner.execute(_USER, {"id": user, "role": "supervisor" if plays.staff else "customer", "platform": plays.platform})
    if plays.staff:
        owner.execute("INSERT INTO supervisors VALUES (%s, 'senior_supervisors', 100000)", [user])
    for kind, minor in (("checking", 1000_00), ("savings", 400_00)):
        owner.execute(
            "INSERT INTO accounts (account_id, user_id, kind, name, currency) VALUES (%s, %s, %s, %s, 'USD')",
            [f"{user}-{kind}", user, kind, kind.title()],
        )
        owner.execute("SELECT book(%s, 'equity', %s, %s, '', now())", [f"o-{user}-{kind}", f"{user}-{kind}", minor])
    owner.execute(
        """INSERT INTO payees (payee_id, user_id, name, account_id, created_at)
           VALUES (%(a)s, %(u)s, 'Shop', 'shop', now() - interval '9 days'), (%(b)s, %(u)s, 'Mill', 'mill', now())""",
        {"a": f"{user}-a", "b": f"{user}-b", "u": user},
    )
    if plays.platform == "mobile":
        owner.execute(
            """INSERT INTO passkeys (passkey_id, user_id, credential_id, public_key, sign_count, backup_eligible,
                   backed_up, transports, aaguid, name) VALUES (%s, %s, %s, '', 0, false, false, '{}', '', 'phone')""",
            [user, user, user.encode()],
        )
    return Customer(user, f"pay-{uuid4().hex[:16]}-{plays.elicitation_ms}-{plays.approval_ms}", plays)


class Desks:
    """Every door of the bank that is not HTTP."""

    def __init__(self, client: Client, place: Place, api: Pool, worker: Pool) -> None:
        keys = place.keys
        self.client, self.place = client, place
        self.payments = PaymentGateway(client, place.queue)
        self.questions, self.deciders = ElicitationGateway(client), ApprovalGateway(client)
        self.rows, self.approvals = PgElicitations(api), PgApprovals(api)
        self.resends = PgElicitations(worker, resend_min_s=0)
        self.codes = HotpCodes(keys / "codes.json")
        self.proofs = Proofs(Signer.from_files(keys / "proof.pem", keys / "jwks.json"))
        self.answers = AnswerDesk(self.rows, self.codes, self.proofs, self.questions, PgAnswers(api), passkeys=Thumb())
        self.decisions = ApprovalDesk(self.approvals, PgApprovalList(api), self.proofs, self.deciders, POLICIES, 60)
