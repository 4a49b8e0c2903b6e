"""What a client may send on the data channel, and what is ignored."""

from __future__ import annotations

import json

import pytest

from voice_worker.screen import Answered, Withdrawn, read_message

RESPONSE = {"type": "elicitation_response", "elicitation_id": "e1", "data": {"otp_code": "123456"}}
TABLE = [
    (RESPONSE | {"response_id": "r1"}, Answered("e1", {"otp_code": "123456"}, "r1")),
    ({"type": "elicitation_response", "payload": RESPONSE}, Answered("e1", {"otp_code": "123456"}, "")),
    ({"type": "elicitation_cancel", "elicitation_id": "e1"}, Withdrawn("e1")),
    ({"type": "elicitation_cancel"}, None),
    ({"type": "elicitation_response", "elicitation_id": "e1"}, None),
    ({"type": "elicitation_response", "elicitation_id": "e1", "data": "123456"}, None),
    ({"type": "elicitation_response", "payload": [1]}, None),
    ({"type": "something_else", "elicitation_id": "e1", "data": {}}, None),
    ([1, 2], None),
    ("text", None),
]


@pytest.mark.parametrize(("message", "expected"), TABLE)
def test_messages(message: object, expected: Answered | Withdrawn | None) -> None:
    assert read_message(json.dumps(message).encode()) == expected


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'{"a":"' + b"x" * 20_000 + b'"}'])
def test_what_is_no_message_is_ignored(data: bytes) -> None:
    assert read_message(data) is None
