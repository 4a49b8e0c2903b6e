"""A person's own MCP client, by the official SDK: let in by the person in a browser, asking them what the bank asks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import httpx
import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.session import ClientRequestContext
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from mcp_types import ElicitRequestFormParams, ElicitRequestParams, ElicitRequestURLParams, ElicitResult

from runtime.local.stack import Stack
from tests.browser import Browser

CALLBACK = "http://127.0.0.1:33418/callback"


@dataclass
class Memory:
    """Where the SDK keeps what it was given."""

    tokens: OAuthToken | None = None
    info: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.info

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.info = client_info


@dataclass
class Person:
    """Who sits before the client: allows what is asked for, says yes, and enters codes on the bank's page.

    `fills`: what is entered into the client's forms; a yes, where nothing else is said.
    """

    stack: Stack
    user: str = "maya"
    says: str = "accept"
    unticked: tuple[str, ...] = ()
    memory: Memory = field(default_factory=Memory)
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    on_the_page: Callable[[Browser, str], None] | None = None
    fills: dict[str, str | int | float | bool | list[str] | None] = field(default_factory=lambda: {"confirmed": True})

    def __post_init__(self) -> None:
        self.browser = Browser(self.user, self.stack.env["COUNTERSIGN_DEMO_PASSWORD"])
        self._back = ""

    @property
    def mcp(self) -> str:
        return f"{self.stack.env['COUNTERSIGN_MCP_URL']}/mcp"

    async def allow(self, url: str) -> None:
        await asyncio.to_thread(self._allow, url)

    def _allow(self, url: str) -> None:
        self.browser.open(url)
        self.browser.submit("allow", leave=self.unticked)
        self._back = self.browser.visited[-1]

    async def called_back(self) -> AuthorizationCodeResult:
        told = dict(parse_qsl(urlsplit(self._back).query))
        return AuthorizationCodeResult(code=told.get("code", ""), state=told.get("state"), iss=told.get("iss"))

    async def answer(self, _: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        self.asked.append((params.mode, params.message))
        if self.says != "accept":
            return ElicitResult(action=self.says)  # type: ignore[arg-type]
        match params:
            case ElicitRequestFormParams():
                assert set(self.fills) <= set(params.requested_schema["properties"])
                return ElicitResult(action="accept", content=self.fills)
            case ElicitRequestURLParams():
                await asyncio.to_thread(self.countersign, params.url)
                return ElicitResult(action="accept")

    def countersign(self, url: str) -> None:
        """Open the page, and enter the code there."""
        if self.on_the_page is not None:
            self.on_the_page(self.browser, url)
            return
        self.browser.open(url)
        self.browser.submit(otp_code=self.code())

    def code(self) -> str:
        """The newest one that the person was sent."""
        return newest_code(self.stack, self.user)

    @asynccontextmanager
    async def client(self, mode: str = "2026-07-28", *, asks: bool = True) -> AsyncIterator[Client]:
        """Their client, once they have allowed it."""
        metadata = OAuthClientMetadata(
            client_name="A client of theirs",
            redirect_uris=[CALLBACK],  # type: ignore[list-item]
            token_endpoint_auth_method="none",
        )
        auth = OAuthClientProvider(self.mcp, metadata, self.memory, self.allow, self.called_back)
        async with httpx2.AsyncClient(auth=auth, timeout=60) as http:
            stream = streamable_http_client(self.mcp, http_client=http)
            callback = self.answer if asks else None
            async with Client(stream, mode=mode, elicitation_callback=callback, read_timeout_seconds=60) as client:
                await client.list_tools()  # as every client does first; here it is let in
                yield client


def newest_code(stack: Stack, user: str) -> str:
    """From what the carrier delivered."""

    with httpx.Client(base_url=stack.env["COUNTERSIGN_API_URL"], timeout=60) as api:
        login = {"username": user, "password": stack.env["COUNTERSIGN_DEMO_PASSWORD"]}
        api.headers["Authorization"] = f"Bearer {api.post('/api/login', json=login).json()['access_token']}"
        messages = api.get("/api/demo/inbox").json()["messages"]
    return [found[0] for each in messages if (found := re.search(r"\b\d{6}\b", each["body"]))][-1]
