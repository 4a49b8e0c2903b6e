"""The YAML file that names other MCP servers, and which of their tools may be called where. docs/adr/0024 shows one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from domain.grammar.notation import GrammarError, parse_rules, slots_of
from domain.outside import NAME, OutsideTool, places_in

_LOOPBACK: Final = re.compile(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])(:|/|$)")
Name = Annotated[str, Field(pattern=rf"^{NAME.pattern}$")]


class OutsideConfigError(ValueError):
    """The file is not well formed; the message says where."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolEntry(_Strict):
    """One tool that may be called; all others of its server may not."""

    tool: Annotated[str, Field(min_length=1, max_length=128)]
    states: Annotated[frozenset[str], Field(min_length=1)]
    phrases: Annotated[str, Field(min_length=1)]
    arguments: dict[str, str] = {}
    answer: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        try:
            said = slots_of(parse_rules(f"ask = {self.phrases} ;")["ask"])
        except GrammarError as error:
            raise ValueError(f"{self.tool}: phrases: {error}") from error
        for name, value in self.arguments.items():
            if unknown := places_in(value) - said:
                raise ValueError(f"{self.tool}: argument {name} wants {sorted(unknown)}, which no phrase says")
        return self


class ServerEntry(_Strict):
    """One server: at a `url` (plain http only on this machine), or a `command` that speaks on its standard output.

    `token_file` holds a bearer token. `timeout_s`: for one call; `discovery_s`: for connecting and listing its tools.
    """

    name: Name
    url: str = ""
    command: tuple[str, ...] = ()
    token_file: Path | None = None
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10
    discovery_s: Annotated[float, Field(gt=0, le=10)] = 1
    tools: Annotated[tuple[ToolEntry, ...], Field(min_length=1)]

    @field_validator("url")
    @classmethod
    def _safe(cls, url: str) -> str:
        if url and not _LOOPBACK.match(url):
            raise ValueError("a url is https, or http on this machine")
        return url

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.url) == bool(self.command):
            raise ValueError(f"{self.name}: either a url or a command")
        if self.command and self.token_file:
            raise ValueError(f"{self.name}: a token goes to a url")
        if len({each.tool for each in self.tools}) < len(self.tools):
            raise ValueError(f"{self.name}: a tool is named twice")
        return self

    def allowed(self) -> list[OutsideTool]:
        """Its tools, by their spaced names."""
        return [
            OutsideTool(self.name, each.tool, each.states, each.phrases, dict(each.arguments), each.answer)
            for each in self.tools
        ]


class OutsideConfig(_Strict):
    """All servers; `each user` may have `at_once` calls running."""

    servers: tuple[ServerEntry, ...] = ()
    at_once: Annotated[int, Field(ge=1, le=100)] = 10

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({each.name for each in self.servers}) < len(self.servers):
            raise ValueError("two servers have one name")
        return self

    def allowed(self) -> dict[str, OutsideTool]:
        """Every tool that may be called, by `server.tool`."""
        return {tool.name: tool for server in self.servers for tool in server.allowed()}


def read_config(file: Path | None, states: Iterable[str]) -> OutsideConfig:
    """The file's servers, none without a file. `states`: those that dialogues have. Raises OutsideConfigError."""
    if file is None:
        return OutsideConfig()
    try:
        config = OutsideConfig.model_validate(yaml.safe_load(file.read_text()) or {})
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise OutsideConfigError(f"{file}: {_told(error)}") from error
    known = set(states)
    for tool in config.allowed().values():
        if unknown := tool.states - known:
            raise OutsideConfigError(f"{file}: {tool.name}: no dialogue has the states {sorted(unknown)}")
    return config


def _told(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_url=False))
