"""What MCP clients of others need of the tools, in memory."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Final

from adapters.postgres.progress import Progress
from adapters.tokens import GrantTokens
from domain.errors import AlertNotFoundError, MandateNotFoundError, PaymentNotFoundError, StandingOrderNotFoundError
from mcp_tools.app import Outside
from mcp_tools.following import Following
from mcp_tools.guard import Guard
from tests.fakes.bank import FakeSessions
from tests.signing import KEYS, SIGNER

if TYPE_CHECKING:
    from adapters.tokens import ServiceTokenVerifier

RESOURCE: Final = "http://127.0.0.1:8010/mcp"
ISSUER: Final = "http://localhost:8000"
GRANTS: Final = GrantTokens(SIGNER, KEYS, ISSUER)


class FakeGrants:
    """`g1` of u1 and `g2` of u2 are open."""

    async def is_open(self, sign_in_id: str, user_id: str) -> bool:
        return (sign_in_id, user_id) in {("g1", "u1"), ("g2", "u2")}


@dataclass
class FakeProgress:
    """What is put into it, by owner and id."""

    known: dict[tuple[str, str], Progress] = field(default_factory=dict[tuple[str, str], Progress])

    async def payment(self, payment_id: str, user_id: str) -> Progress:
        if (user_id, payment_id) not in self.known:
            raise PaymentNotFoundError
        return self.known[user_id, payment_id]

    async def alert(self, alert_id: str, user_id: str) -> Progress:
        if (user_id, alert_id) not in self.known:
            raise AlertNotFoundError
        return self.known[user_id, alert_id]

    async def mandate(self, mandate_id: str, user_id: str) -> Progress:
        if (user_id, mandate_id) not in self.known:
            raise MandateNotFoundError
        return self.known[user_id, mandate_id]

    async def standing_order(self, order_id: str, user_id: str) -> Progress:
        if (user_id, order_id) not in self.known:
            raise StandingOrderNotFoundError
        return self.known[user_id, order_id]


def guard(verifier: ServiceTokenVerifier) -> Guard:
    return Guard(verifier, FakeSessions(), GRANTS, FakeGrants())


def outside(progress: FakeProgress | None = None) -> Outside:
    keys = Path(mkdtemp()) / "rounds.json"
    keys.write_text(json.dumps({"current": "k", "keys": {"k": base64.b64encode(bytes(32)).decode()}}))
    return Outside(Following(progress or FakeProgress()), RESOURCE, ISSUER, keys, 0.3)
