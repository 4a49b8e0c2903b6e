"""Codes by mail and by text message: the real adapters against servers that speak the real protocols."""

from __future__ import annotations

import smtplib
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from activities.elicitations import code_message
from activities.ports import Message
from adapters.courier import Courier
from adapters.mail import MailServer, SmtpMail
from adapters.sms import TwilioSms
from domain.accounts import Customer
from domain.errors import BankError
from runtime.local.mail_sink import MailBox, make_mail_server
from runtime.local.sms_sink import make_server
from tests.fakes.desk import question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOGIN = ("countersign", "token")
MAYA = Customer("u1", "maya", "Maya", "customer", "t", "cust_1", "web", "+15550100101", "maya@example.com")
TOLD = Message("A payment waits for your code", "Your code is 123456 to pay $25.00 to Zoë.\n.\n..\nNever share it.")


@contextmanager
def running(server: object) -> Iterator[int]:
    with server as opened:
        thread = threading.Thread(target=opened.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield opened.server_address[1]
        opened.shutdown()
        thread.join()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "sms.sqlite"


@pytest.fixture
def port(store: Path) -> Iterator[int]:
    with running(make_mail_server("127.0.0.1", 0, store, LOGIN)) as port:
        yield port


def mail_to(port: int, password: str = LOGIN[1]) -> SmtpMail:
    return SmtpMail(MailServer("127.0.0.1", port, "none", LOGIN[0], password), "bank@countersign.example")


async def test_each_customer_gets_the_code_by_the_way_they_chose(store: Path, port: int) -> None:
    with running(make_server("127.0.0.1", 0, store, LOGIN)) as carrier:
        url = f"http://127.0.0.1:{carrier}"
        sms = TwilioSms(url, "+15005550006", *LOGIN)
        courier = Courier(sms, mail_to(port))
        assert await courier.send(MAYA, TOLD, "e1-0") == "sms"
        for _ in range(2):  # a repeat is known by its Message-ID
            assert await courier.send(replace(MAYA, code_channel="email"), TOLD, "e1-1") == "email"
        with pytest.raises(BankError) as refused:
            await courier.send(replace(MAYA, phone="maya"), TOLD, "e1-2")
        assert refused.value.code == "delivery_failed"
        await sms.close()
        async with httpx.AsyncClient(base_url=url, auth=LOGIN) as reader:
            texts = (await reader.get(f"/inbox/{MAYA.phone}")).json()
            mails = (await reader.get(f"/inbox/{MAYA.email}")).json()
    assert [text["body"] for text in texts] == [TOLD.text]
    assert [(mail["subject"], mail["body"]) for mail in mails] == [(TOLD.subject, TOLD.text)]


def test_the_message_shows_amount_and_payee_and_its_subject_no_code() -> None:
    told = code_message(question("e1").request, "042517")
    assert told.text == ("Your code is 042517 to pay $25.00 to Sarah Chen. It is valid for 5 minutes. Never share it.")
    assert not any(letter.isdigit() for letter in told.subject)
    assert "Sarah" not in told.subject


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("gone@bounce.example", "delivery_failed"),
        ("busy@later.example", "service_unavailable"),
        ("a@b\r\nBcc: thief@example.com", "delivery_failed"),
        ("", "delivery_failed"),
    ],
)
async def test_a_refused_address_is_told_apart_from_a_busy_server(store: Path, port: int, to: str, code: str) -> None:
    courier = Courier(TwilioSms("http://127.0.0.1:9", "+15005550006", *LOGIN), mail_to(port))
    with pytest.raises(BankError) as refused:
        await courier.send(replace(MAYA, email=to, code_channel="email"), TOLD, "e1-0")
    assert refused.value.code == code
    assert "123456" not in str(refused.value)
    assert MailBox(store).of("thief@example.com") == []


async def test_a_wrong_password_or_no_server_is_unavailable(port: int) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = closed.getsockname()[1]
    for mail in (mail_to(port, "wrong"), mail_to(nobody)):
        with pytest.raises(BankError) as refused:
            await mail.send(MAYA.email, TOLD.subject, TOLD.text, "e1-0")
        assert refused.value.code == "service_unavailable"


async def test_a_server_that_must_but_cannot_encrypt_gets_no_code(store: Path, port: int) -> None:
    for security in ("starttls", "tls"):
        mail = SmtpMail(MailServer("127.0.0.1", port, security, *LOGIN), "bank@countersign.example")
        with pytest.raises(BankError) as refused:
            await mail.send(MAYA.email, TOLD.subject, TOLD.text, "e1-0")
        assert refused.value.code == "service_unavailable"
    assert MailBox(store).of(MAYA.email) == []


def test_nobody_hands_in_without_the_password(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as stranger:
        assert stranger.helo()[0] == 250
        assert stranger.mail("a@example.com")[0] == 530
        assert stranger.rcpt("b@example.com")[0] == 503
        assert stranger.docmd("DATA")[0] == 503
        assert stranger.docmd("VRFY", "maya")[0] == 502
        assert stranger.docmd("AUTH", "LOGIN")[0] == 504
        assert stranger.docmd("AUTH", "PLAIN %")[0] == 535


def test_a_mail_that_is_too_long_is_refused(store: Path, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.login(*LOGIN)
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail("a@example.com", ["b@example.com"], "Subject: x\n\n" + "x" * 70 + "\n" + "y\n" * 100_000)
        assert client.noop()[0] == 250
    assert MailBox(store).of("b@example.com") == []
