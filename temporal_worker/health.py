"""The smallest health server: 200 once the worker polls, 503 before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus


async def serve_health(host: str, port: int, ready: Callable[[], bool]) -> asyncio.Server:
    """Answer any request on a loopback port with the state of `ready`."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)
            status = HTTPStatus.OK if ready() else HTTPStatus.SERVICE_UNAVAILABLE
            body = b'{"status":"ok"}' if ready() else b'{"status":"starting"}'
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
            writer.write(head.encode() + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
            await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            return
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port)
