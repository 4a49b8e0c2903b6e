"""Is it there? One question a server, asked over its own protocol, answered in milliseconds."""

from __future__ import annotations

import asyncio
import ssl
import struct
from contextlib import suppress
from urllib.parse import urlsplit

PATIENCE_S = 1.0
POSTGRES_3_0 = 196608
ENOUGH = 65536


async def ask(host: str, port: int, question: bytes, *, tls: bool = False, whole: bool = False) -> bytes:
    """The answer's first bytes, or all of it; empty where nobody answers in time."""
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(PATIENCE_S):
            context = ssl.create_default_context() if tls else None
            reader, writer = await asyncio.open_connection(host, port, ssl=context)
            try:
                writer.write(question)
                return await reader.read(-1 if whole else ENOUGH)
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
    return b""


async def http_answers(url: str, needle: bytes = b"") -> bool:
    """Whether a GET is answered with 200 and, where given, with `needle` in it."""
    parts = urlsplit(url)
    tls = parts.scheme in ("https", "wss")
    host = parts.hostname or "127.0.0.1"
    question = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    answer = await ask(host, parts.port or (443 if tls else 80), question, tls=tls, whole=True)
    return answer[9:12] == b"200" and needle in answer


async def postgres_answers(host: str, port: int) -> bool:
    """Whether PostgreSQL asks for a password (`R`), instead of saying that it is starting up (`E`)."""
    body = struct.pack("!i", POSTGRES_3_0) + b"user\0postgres\0database\0postgres\0\0"
    return (await ask(host, port, struct.pack("!i", len(body) + 4) + body)).startswith(b"R")


async def redis_answers(host: str, port: int) -> bool:
    """Whether a PING is answered; a refusal for want of a password is an answer too."""
    return (await ask(host, port, b"PING\r\n")).startswith((b"+PONG", b"-NOAUTH"))


async def listens(host: str, port: int) -> bool:
    """Whether somebody accepts connections."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return True
    return False
