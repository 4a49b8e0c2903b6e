"""Other MCP servers over real sockets: what may be asked, and what a bad one does to the others."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from adapters.masking import Masker
from adapters.outside.config import OutsideConfig
from adapters.outside.servers import OutsideServers
from domain.errors import BankError, OutsideFailedError, OutsideUnavailableError, RateLimitedError, ToolNotAllowedError
from domain.outside import OutsideCall
from tests.fakes.tool_server import ToolServer, tool_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

STDIO = """
from mcp.server.mcpserver import MCPServer
made = MCPServer("beside us")
@made.tool()
def today() -> str:
    return "a fine day"
made.run()
"""


@pytest.fixture
def good() -> Iterator[ToolServer]:
    with tool_server() as server:
        yield server


@pytest.fixture
def bad() -> Iterator[ToolServer]:
    with tool_server() as server:
        server.broken = 500
        yield server


def tool(name: str, **more: object) -> dict[str, Any]:
    return {"tool": name, "states": ["idle"], "phrases": f"ask {name.replace('_', ' ')} [for $said]", **more}


TOOLS = [
    tool("find_branch", arguments={"place": "{said}"}, answer="The nearest is {branch.name}, until {branch.open.1}."),
    tool("say", arguments={"what": "{said}"}),
    tool("wait", arguments={"seconds": "{said}"}),
    tool("refuse"),
    tool("not_there"),
]


def entry(name: str, server: ToolServer | str, **more: object) -> dict[str, Any]:
    url = server if isinstance(server, str) else server.url
    return {"name": name, "url": url, "tools": TOOLS, "timeout_s": 2, **more}


@asynccontextmanager
async def opened(*servers: dict[str, Any], at_once: int = 10) -> AsyncIterator[OutsideServers]:
    config = OutsideConfig.model_validate({"servers": list(servers), "at_once": at_once})
    async with OutsideServers(config, Masker()) as found:
        yield found


def call(name: str, said: str = "", *, state: str = "idle", user: str = "u1") -> OutsideCall:
    return OutsideCall(name, state, user, {"said": said} if said else {})


async def until(done: Callable[[], bool]) -> None:
    while not done():  # noqa: ASYNC110 - the other side is a thread
        await asyncio.sleep(0.01)


@asynccontextmanager
async def silence() -> AsyncIterator[str]:
    """The address of somebody who takes what is sent and says nothing."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(swallow, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"


async def refusal(servers: OutsideServers, asked: OutsideCall) -> type[BankError]:
    with pytest.raises(BankError) as refused:
        await servers.ask(asked)
    return refused.type


@pytest.mark.parametrize("stateless", [True, False])
async def test_an_answer_is_said_in_the_words_of_the_configuration(*, stateless: bool) -> None:
    with tool_server(stateless=stateless) as server:
        async with opened(entry("branches", server)) as servers:
            assert await servers.ask(call("branches.find_branch", "Elm")) == "The nearest is Elm Street, until five."
            assert server.asked == [("find_branch", {"place": "Elm"})]


async def test_words_that_were_not_said_are_not_sent(good: ToolServer) -> None:
    async with opened(entry("branches", good)) as servers:
        assert "Main Street" in await servers.ask(call("branches.find_branch"))
        assert good.asked == [("find_branch", {"place": ""})]


async def test_a_strangers_text_is_masked_cut_and_in_one_line(good: ToolServer) -> None:
    async with opened(entry("branches", good)) as servers:
        said = await servers.ask(call("branches.say", "card 4111 1111 1111 1111\n\x1b[31m now " + "word " * 200))
    assert "4111 1111" not in said
    assert said.isprintable()
    assert len(said) <= 410


async def test_only_what_is_allowed_is_asked_and_only_in_its_states(good: ToolServer) -> None:
    async with opened(entry("branches", good)) as servers:
        for asked in (call("branches.other"), call("elsewhere.say"), call("branches.say", "x", state="awaiting_code")):
            assert await refusal(servers, asked) is ToolNotAllowedError
    assert good.asked == []


async def test_a_tool_that_refuses_or_is_not_there_does_not_close_its_server(good: ToolServer) -> None:
    async with opened(entry("branches", good)) as servers:
        for name in ("branches.refuse", "branches.not_there") * 4:
            assert await refusal(servers, call(name)) is OutsideFailedError
        assert await servers.ask(call("branches.say", "here")) == "here"


async def test_a_dead_server_rests_after_three_failures_and_the_others_answer(
    good: ToolServer, bad: ToolServer
) -> None:
    gone = "http://127.0.0.1:9/mcp"
    async with opened(entry("good", good), entry("bad", bad), entry("gone", gone)) as servers:
        for _ in range(3):
            assert await refusal(servers, call("bad.say", "x")) is OutsideUnavailableError
            assert await refusal(servers, call("gone.say", "x")) is OutsideUnavailableError
        before = bad.requests
        assert await refusal(servers, call("bad.say", "x")) is OutsideUnavailableError
        assert bad.requests == before  # it rests
        assert await servers.ask(call("good.say", "still here")) == "still here"


async def test_a_server_that_came_back_is_used_again(good: ToolServer) -> None:
    async with opened(entry("branches", good)) as servers:
        assert await servers.ask(call("branches.say", "one")) == "one"
        good.broken = 503
        assert await refusal(servers, call("branches.say", "two")) is OutsideUnavailableError
        good.broken = 0
        assert await servers.ask(call("branches.say", "three")) == "three"


async def test_who_does_not_answer_in_time_is_given_up(good: ToolServer) -> None:
    async with opened(entry("slow", good, timeout_s=0.5)) as servers:
        assert await refusal(servers, call("slow.wait", "60")) is OutsideUnavailableError


async def test_who_takes_long_holds_nobody_up(good: ToolServer) -> None:
    async with opened(entry("slow", good, timeout_s=60), entry("quick", good, timeout_s=30)) as servers:
        slow = asyncio.create_task(servers.ask(call("slow.wait", "50")))
        await until(lambda: good.running == 1)
        assert await servers.ask(call("quick.say", "done")) == "done"
        assert not slow.done()
        slow.cancel()


async def test_a_customer_may_have_ten_running_and_another_their_own(good: ToolServer) -> None:
    async with opened(entry("branches", good, timeout_s=20)) as servers:
        await servers.discover()
        ten = [asyncio.create_task(servers.ask(call("branches.wait", "3"))) for _ in range(10)]
        await until(lambda: good.running == 10)
        assert await refusal(servers, call("branches.wait", "0")) is RateLimitedError
        assert await servers.ask(call("branches.say", "mine", user="u2")) == "mine"
        assert await asyncio.gather(*ten) == ["waited"] * 10
        assert await servers.ask(call("branches.wait", "0")) == "waited"


async def test_five_servers_are_found_together_with_a_dead_and_a_silent_one_among_them(
    good: ToolServer, bad: ToolServer
) -> None:
    several = [entry(f"good{number}", good, discovery_s=10) for number in range(5)]
    async with silence() as nowhere, opened(*several, entry("bad", bad), entry("silent", nowhere)) as servers:
        found = {health.name: health.state for health in await servers.discover()}
    assert found == {**{f"good{number}": "up" for number in range(5)}, "bad": "down", "silent": "down"}


async def test_a_token_goes_to_its_own_server_alone(good: ToolServer, bad: ToolServer, tmp_path: Path) -> None:
    bad.broken = 0
    token = tmp_path / "token"
    token.write_text("for branches\n")
    async with opened(entry("branches", good, token_file=token), entry("other", bad)) as servers:
        await servers.ask(call("branches.say", "x"))
        await servers.ask(call("other.say", "x"))
    assert set(good.headers) == {"Bearer for branches"}
    assert set(bad.headers) == {""}


async def test_a_command_beside_us_is_a_server_too(tmp_path: Path) -> None:
    script = tmp_path / "beside.py"
    script.write_text(STDIO)
    beside = {"name": "beside", "command": [sys.executable, str(script)], "tools": [tool("today")], "discovery_s": 10}
    async with opened(beside) as servers:
        await servers.discover()
        assert await servers.ask(call("beside.today")) == "a fine day"
