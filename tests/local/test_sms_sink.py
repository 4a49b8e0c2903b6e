import base64
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from runtime.local.sms_sink import make_server

MESSAGES = "/2010-04-01/Accounts/ACdemo/Messages.json"
MESSAGE = {"To": "+15550100001", "From": "+15005550006", "Body": "Your code is on its way"}


def basic(login: str) -> str:
    return f"Basic {base64.b64encode(login.encode()).decode()}"


def serve(store: Path) -> Iterator[httpx.Client]:
    with make_server("127.0.0.1", 0, store, ("ACdemo", "token")) as server:
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


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer token",
        "Basic",
        "Basic %",
        "Basic é",
        basic("ACdemo:"),
        basic("ACdemo:other"),
        basic("ACother:token"),
    ],
)
def test_nobody_sends_or_reads_without_the_password(sink: httpx.Client, authorization: str) -> None:
    headers = {"Authorization": authorization.encode()} if authorization else {}
    stranger = httpx.Client(base_url=sink.base_url, headers=headers)
    for answer in (stranger.post(MESSAGES, data=MESSAGE), stranger.get("/inbox/+15550100001"), stranger.get("/")):
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    assert sink.get("/inbox/+15550100001").json() == []
    assert stranger.get("/health").json() == {"status": "ok"}
    stranger.close()


def test_an_account_sends_as_itself_alone(sink: httpx.Client) -> None:
    assert sink.post(MESSAGES.replace("ACdemo", "ACother"), data=MESSAGE).json()["code"] == 20003


def test_what_is_not_there_or_too_much_is_refused(sink: httpx.Client) -> None:
    assert sink.post("/elsewhere", data=MESSAGE).status_code == 404
    assert sink.post(MESSAGES, content=b"x" * 30_000).status_code == 413
