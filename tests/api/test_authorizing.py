"""What a stranger's browser is sent to from the authorization endpoint, where a client asks in a wrong way."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from adapters.sealing import Sealer
from api.clients import register
from api.routers.oauth import authorize

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("http://127.0.0.1:5555/callback", 303),
        ("http://localhost/callback", 303),
        ("https://elsewhere.example/callback", 400),
        ("https://127.0.0.1/callback", 400),
    ],
)
async def test_a_stranger_is_sent_to_no_other_site(tmp_path: Path, uri: str, status: int) -> None:
    ring = tmp_path / "ring.json"
    ring.write_text(json.dumps({"current": "k", "keys": {"k": base64.b64encode(bytes(32)).decode()}}))
    seal = Sealer(ring, b"mcp client ")
    settings = SimpleNamespace(issuer="https://bank.example", mcp_resource="https://bank.example/mcp")
    client = register(seal, "Anybody", [uri])
    sent = urlencode({"client_id": client.client_id, "redirect_uri": uri, "response_type": "token"})
    request = Request({"type": "http", "query_string": sent.encode(), "headers": []})
    answer = await authorize(request, SimpleNamespace(client_seal=seal, settings=settings))
    assert (answer.status_code, answer.headers.get("location", uri).startswith(uri)) == (status, True)
    assert ("location" in answer.headers) is (status == 303)
