import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from runtime.local.sms_sink import make_server

MESSAGES = "/2010-04-01/Accounts/ACdemo/Messages.json"
MESSAGE = {"To": "+15550100001", "From": "+15005550006", "Body": "Your code is on its way"}


def serve(store: Path) -> Iterator[httpx.Client]:
    with make_server("127.0.0.1", 0, store) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}", auth=("ACdemo", "token")) as client:
            yield client
        server.shutdown()
        thread.join()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[httpx.Client]:
    yield from serve(tmp_path / "sms.sqlite")


def test_messages_are_kept_in_order_by_number(sink: httpx.Client) -> None:
    for body in ("first", "second"):
        answer = sink.post(MESSAGES, data=MESSAGE | {"Body": body})
        assert answer.status_code == 201
        assert answer.json()["sid"].startswith("SM")
        assert answer.json()["status"] == "queued"
    sink.post(MESSAGES, data=MESSAGE | {"To": "+15550100002"})
    inbox = sink.get("/inbox/+15550100001").json()
    assert [row["body"] for row in inbox] == ["first", "second"]
    assert {row["to"] for row in inbox} == {"+15550100001"}
    assert inbox[0]["at"] <= inbox[1]["at"]


def test_a_repeated_token_is_delivered_once(sink: httpx.Client) -> None:
    headers = {"I-Twilio-Idempotency-Token": "elicitation-1:0"}
    first, second = (sink.post(MESSAGES, data=MESSAGE, headers=headers).json() for _ in range(2))
    assert first == second
    assert len(sink.get("/inbox/+15550100001").json()) == 1


def test_messages_outlive_the_process(tmp_path: Path) -> None:
    for client in serve(tmp_path / "sms.sqlite"):
        client.post(MESSAGES, data=MESSAGE)
    for client in serve(tmp_path / "sms.sqlite"):
        assert len(client.get("/inbox/+15550100001").json()) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": "maya"}, 21211),
        ({"To": ""}, 21211),
        ({"From": "bank"}, 21212),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
    ],
)
def test_a_bad_message_is_refused_with_the_carriers_code(sink: httpx.Client, change: dict[str, str], code: int) -> None:
    answer = sink.post(MESSAGES, data=MESSAGE | change)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_who_may_send(sink: httpx.Client) -> None:
    assert sink.post(MESSAGES, data=MESSAGE, auth=("ACother", "token")).status_code == 401
    assert sink.post(MESSAGES, data=MESSAGE, headers={"Authorization": "Bearer x"}, auth=None).status_code == 401
    assert sink.post("/elsewhere", data=MESSAGE).status_code == 404
    assert sink.post(MESSAGES, content=b"x" * 30_000).status_code == 413
    assert sink.get("/health").json() == {"status": "ok"}
