"""The rail's door, as strangers and as the rail itself find it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from adapters.webhooks import sign
from tests.faults.customer import Books

if TYPE_CHECKING:
    from runtime.local.stack import Stack

pytestmark = pytest.mark.servers
PATH = "/api/rail/webhooks"


def event(key: str = "nobody-1", **changes: Any) -> bytes:  # noqa: ANN401 - JSON
    about = {"key": key, "status": "settled", "amount_minor": 100, "currency": "USD", "creditor": {"account": "1"}}
    return json.dumps({"id": "e", "type": "payment.settled", "payment": about | changes}).encode()


def headers(stack: Stack, body: bytes, *, age_s: int = 0, secret: str = "", event_id: str = "") -> dict[str, str]:
    event_id, at = event_id or f"evt_{uuid4().hex}", int(time.time()) - age_s
    signature = sign(secret or stack.site.secret("rail_webhook"), event_id, at, body)
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
    }


def test_what_is_not_the_rails_or_not_of_now_is_refused_audited_and_moves_nothing(typed_bank: Stack) -> None:
    books, body = Books(typed_bank), event()
    good = headers(typed_bank, body)
    cases: list[tuple[str, int, bytes, dict[str, str]]] = [
        ("webhook_signature_invalid", 401, body, headers(typed_bank, body, secret="guessed")),
        ("webhook_signature_invalid", 401, event(amount_minor=1), good),
        ("webhook_signature_invalid", 401, body, good | {"webhook-timestamp": str(int(time.time()) + 5)}),
        ("webhook_signature_invalid", 401, body, good | {"webhook-id": "another"}),
        ("webhook_signature_invalid", 401, body, {"content-type": "application/json"}),
        ("webhook_too_old", 401, body, headers(typed_bank, body, age_s=600)),
        ("webhook_too_old", 401, body, headers(typed_bank, body, age_s=-600)),
        ("rail_payment_unknown", 404, body, good),
        ("rail_payment_unknown", 404, body, good),
        ("webhook_reused", 409, event("x-2"), headers(typed_bank, event("x-2"), event_id=good["webhook-id"])),
        ("invalid_request", 422, b'{"payment": 1}', headers(typed_bank, b'{"payment": 1}')),
        ("invalid_request", 422, event(amount_minor=True), headers(typed_bank, event(amount_minor=True))),
        ("invalid_request", 422, event("../x"), headers(typed_bank, event("../x"))),
    ]
    counted = "SELECT count(*) FROM audit WHERE action IN ('rail.refused', 'rail.ignored')"
    money = "SELECT count(*), sum(amount_minor) FROM entries"
    before, moved = books.rows(counted)[0][0], books.rows(money)
    with httpx.Client(base_url=typed_bank.env["COUNTERSIGN_API_URL"], timeout=60) as http:
        for code, status, content, given in cases:
            answer = http.post(PATH, content=content, headers=given)
            assert (answer.json()["code"], answer.status_code) == (code, status), answer.text
    assert books.rows(counted)[0][0] == before + 9  # the second good one of the same id is a repeat
    assert books.rows(money) == moved
