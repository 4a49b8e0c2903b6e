"""Which models there are, who helps out for whom, and what they may cost: one YAML file, checked before it is used."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MICRO: Final = 1_000_000
"""Costs are whole millionths of a US dollar."""
Seconds = Annotated[float, Field(gt=0, le=120)]
Usd = Annotated[Decimal, Field(ge=0, max_digits=12)]
Group = Literal["small", "large"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]


class ModelsFileError(ValueError):
    """The file cannot be used; the text says what is wrong, and where."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Price(_Strict):
    """US dollars for a million tokens. Left out, LiteLLM's own table is asked; models that run here cost nothing."""

    input: Usd
    output: Usd


class Spending(_Strict):
    """At most `usd` in each calendar day or month (UTC)."""

    usd: Usd
    per: Literal["day", "month"] = "day"

    @property
    def micro(self) -> int:
        """In millionths of a dollar."""
        return int(self.usd * MICRO)


class Deployment(_Strict):
    """One model at one provider, by its LiteLLM name: `openai/…`, `azure/…`, `groq/…`, `gemini/…`, `ollama_chat/…`.

    The key is named by a file (relative to this one) or by an environment variable, and never stands here.
    """

    model: Annotated[str, Field(pattern=r"^[a-z_0-9]+/.+$")]
    api_base: str = ""
    api_version: str = ""
    api_key_file: Path | None = None
    api_key_env: str = ""
    price: Price | None = None
    budget: Spending | None = None
    key: Annotated[SecretStr, Field(exclude=True)] = SecretStr("")

    @property
    def local(self) -> bool:
        """Whether it runs on our own machines."""
        return self.model.startswith(("ollama/", "ollama_chat/"))


class Timeouts(_Strict):
    """Seconds. `understand_s`: for one utterance in all; `deployment_s`: of those, for each deployment that is tried.

    `first_token_s` and `gap_s`: of a streamed answer, until a deployment begins, and between any two parts of it.
    """

    understand_s: Seconds = 4.0
    deployment_s: Seconds = 2.0
    first_token_s: Seconds = 2.0
    gap_s: Seconds = 1.5
    answer_s: Seconds = 15.0


class Cooldown(_Strict):
    """A deployment that failed more than `failures` times within a minute is passed over `for_s` seconds."""

    failures: Annotated[int, Field(ge=1, le=100)] = 1
    for_s: Seconds = 30.0


class Plan(_Strict):
    """The whole file. A group's deployments are tried in their order, then those of the group named in `fallbacks`."""

    deployments: Annotated[dict[Name, Deployment], Field(min_length=1)]
    groups: dict[Group, Annotated[list[Name], Field(min_length=1)]]
    fallbacks: dict[Group, Group] = {}
    timeouts: Timeouts = Timeouts()
    cooldown: Cooldown = Cooldown()
    retries: Annotated[int, Field(ge=0, le=3)] = 0
    tenants: dict[str, Spending] = {}
    """What each tenant's customers may cost; `default` is for all that are not named. None named: no limit."""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if problem := next(self._problems(), ""):
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        for group, members in self.groups.items():
            for name in members:
                if name not in self.deployments:
                    yield f"groups.{group}: there is no deployment {name!r}"
            if len(set(members)) != len(members):
                yield f"groups.{group}: a deployment stands there twice"
        if not self.groups:
            yield "groups: at least one of small and large is needed"
        for group, other in self.fallbacks.items():
            for each in (group, other):
                if each not in self.groups:
                    yield f"fallbacks: there is no group {each!r}"
            if group == other or self.fallbacks.get(other) == group:
                yield f"fallbacks: {group} and {other} fall back on each other in a circle"

    def group_for(self, wanted: Group) -> Group:
        """That group, or the only one there is."""
        return wanted if wanted in self.groups else next(iter(self.groups))

    def line_of(self, group: Group) -> list[tuple[Group, str]]:
        """The deployments for a call to this group, in the order in which they are tried, each beside its group."""
        other = self.fallbacks.get(group)
        groups: list[Group] = [group, other] if other else [group]
        return [(each, name) for each in groups for name in self.groups[each]]

    def limit_of(self, tenant: str) -> Spending | None:
        """What this tenant may cost; nothing said, no limit."""
        return self.tenants.get(tenant) or self.tenants.get("default")


def read_plan(file: Path, environment: Callable[[str], str]) -> Plan:
    """The file with its keys read. `environment` gives a variable's value, empty where it is not set.

    Raises ModelsFileError: unreadable, unknown names, a circle of fallbacks, a key that is not there.
    """
    try:
        found: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        plan = Plan.model_validate(found)
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise ModelsFileError(f"{file}: {error}") from error
    except ValidationError as error:
        # without the input: somebody may have put a key there
        where = "; ".join(f"{_place(each['loc'])}{each['msg']}" for each in error.errors(include_input=False))
        raise ModelsFileError(f"{file}: {where}") from None
    keyed = {name: _keyed(file, name, each, environment) for name, each in plan.deployments.items()}
    return plan.model_copy(update={"deployments": keyed})


def _place(where: tuple[int | str, ...]) -> str:
    return ".".join(map(str, where)) + ": " if where else ""


def _keyed(file: Path, name: str, deployment: Deployment, environment: Callable[[str], str]) -> Deployment:
    if deployment.api_key_file is not None:
        place = file.parent / deployment.api_key_file
        try:
            key = place.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise ModelsFileError(f"{file}: deployments.{name}: the key file {place} cannot be read") from error
        source = str(place)
    elif deployment.api_key_env:
        key, source = environment(deployment.api_key_env).strip(), f"the variable {deployment.api_key_env}"
    elif deployment.local or deployment.api_base:
        return deployment
    else:
        raise ModelsFileError(f"{file}: deployments.{name}: it needs api_key_file or api_key_env")
    if not key:
        raise ModelsFileError(f"{file}: deployments.{name}: {source} is empty")
    return deployment.model_copy(update={"key": SecretStr(key)})
