"""Mail over SMTP: the standard library's client in a thread, one connection a message."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from typing import Final, Literal

from domain.errors import DeliveryFailedError, UnavailableError

_WAIT_S: Final = 5.0
_REFUSED_FOR_GOOD: Final = 500


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `password` is empty where none is asked for; over `none` it travels in the clear."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    user: str
    password: str = field(repr=False)


class SmtpMail:
    """Implements `adapters.courier.Way`. What a message says is never logged."""

    def __init__(self, server: MailServer, from_: str) -> None:
        self._server = server
        self._from = from_

    async def send(self, to: str, subject: str, text: str, key: str) -> None:
        """One attempt. `key` makes the Message-ID, by which a mailbox knows a repeat.

        Raises UnavailableError, or DeliveryFailedError where the server refuses for good.
        """
        await asyncio.to_thread(self._hand_in, to, self._message(to, subject, text, key))

    def _message(self, to: str, subject: str, text: str, key: str) -> EmailMessage:
        message = EmailMessage()
        try:
            message["From"], message["To"], message["Subject"] = self._from, to, subject
        except ValueError as error:  # a line break in an address
            raise DeliveryFailedError("mail: unusable address") from error
        message["Date"] = format_datetime(localtime())
        message["Message-ID"] = f"<{key}@{self._from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
        message.set_content(text)
        return message

    def _hand_in(self, to: str, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                if self._server.user and self._server.password:
                    server.login(self._server.user, self._server.password)
                server.send_message(message, self._from, [to])
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(max(code for code, _ in error.recipients.values())) from error
        except smtplib.SMTPResponseException as error:
            ours = isinstance(error, smtplib.SMTPAuthenticationError)  # our own fault, not the customer's address
            raise _refusal(0 if ours else error.smtp_code) from error
        except (smtplib.SMTPException, OSError) as error:
            raise UnavailableError(f"mail: {type(error).__name__}") from error

    def _connected(self) -> smtplib.SMTP:
        where = self._server
        if where.security == "tls":
            return smtplib.SMTP_SSL(where.host, where.port, timeout=_WAIT_S, context=ssl.create_default_context())
        server = smtplib.SMTP(where.host, where.port, timeout=_WAIT_S)
        if where.security == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


def _refusal(code: int) -> DeliveryFailedError | UnavailableError:
    """RFC 5321, section 4.2.1: 4yz may work later, 5yz will not."""
    if code >= _REFUSED_FOR_GOOD:
        return DeliveryFailedError(f"mail: status {code}")
    return UnavailableError(f"mail: status {code}")
