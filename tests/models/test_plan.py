"""The models file: what is wrong with it is said before anything starts, and no key is ever told."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.models.plan import ModelsFileError, read_plan
from adapters.models.prices import rates_of
from runtime.models import models_plan
from runtime.settings import Settings

ONE = "deployments: {one: {model: openai/gpt-4.1-mini, api_key_env: A_KEY}}\n"
TWO = "deployments: {one: {model: openai/gpt-4.1-mini, api_key_env: A_KEY}, two: {model: ollama_chat/llama3.2}}\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Plan"),
        ("deployments: [", "while parsing"),
        (f"{ONE}groups: {{small: [other]}}", "groups.small: there is no deployment 'other'"),
        (f"{ONE}groups: {{medium: [one]}}", "groups.medium"),
        (f"{ONE}groups: {{}}", "at least one"),
        (f"{ONE}groups: {{small: [one]}}\nfallbacks: {{small: large}}", "there is no group 'large'"),
        (f"{TWO}groups: {{small: [one], large: [two]}}\nfallbacks: {{small: large, large: small}}", "in a circle"),
        (f"{ONE}groups: {{small: [one]}}\nfallbacks: {{small: small}}", "in a circle"),
        (f"{ONE}groups: {{small: [one, one]}}", "twice"),
        (f"{ONE}groups: {{small: [one]}}\ntimeouts: {{first_token_s: 0}}", "timeouts.first_token_s"),
        (f"{ONE}groups: {{small: [one]}}\ntimeout: 3", "timeout: Extra inputs"),
        ("deployments: {one: {model: openai/x, api_key: sk-12345}}\ngroups: {small: [one]}", "api_key: Extra"),
        ("deployments: {one: {model: openai/x}}\ngroups: {small: [one]}", "needs api_key_file or api_key_env"),
        ("deployments: {one: {model: openai/x, api_key_file: none}}\ngroups: {small: [one]}", "cannot be read"),
        ("deployments: {one: {model: openai/x, api_key_env: NOT_SET}}\ngroups: {small: [one]}", "NOT_SET is empty"),
        ("deployments: {one: {model: gpt}}\ngroups: {small: [one]}", "deployments.one.model"),
        (f"{ONE}groups: {{small: [one]}}\ntenants: {{default: {{usd: -1}}}}", "tenants.default.usd"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "models.yaml"
    file.write_text(text)
    with pytest.raises(ModelsFileError) as found:
        read_plan(file, lambda name: "sk-9999" if name == "A_KEY" else "")
    assert str(file) in str(found.value)
    assert problem in str(found.value)
    assert "sk-" not in str(found.value)


def test_a_key_comes_from_its_file_or_variable_and_shows_nowhere(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-1111\n")
    file = tmp_path / "models.yaml"
    file.write_text(
        "deployments: {a: {model: groq/llama-3.1-8b-instant, api_key_file: key}, b: {model: gemini/g, api_key_env: K}}"
        "\n"
        "groups: {small: [a], large: [b]}\n"
    )
    plan = read_plan(file, {"K": "sk-2222"}.__getitem__)
    keys = [plan.deployments[name].key.get_secret_value() for name in ("a", "b")]
    assert keys == ["sk-1111", "sk-2222"]
    assert "sk-" not in repr(plan) + plan.model_dump_json()


def test_a_price_that_nobody_knows_must_be_given(tmp_path: Path) -> None:
    file = tmp_path / "models.yaml"
    file.write_text("deployments: {a: {model: azure/ours, api_base: http://x, api_key_env: K}}\ngroups: {small: [a]}")
    with pytest.raises(ModelsFileError, match="price of azure/ours is not known"):
        rates_of(read_plan(file, lambda _: "k"))


def test_the_example_is_a_good_one(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/azure").write_text("k")
    (tmp_path / "models.yaml").write_text(Path("ops/models.example.yaml").read_text(encoding="utf-8"))
    plan = read_plan(tmp_path / "models.yaml", lambda _: "k")
    rates = rates_of(plan)
    assert rates["local"].micro(10**6, 10**6) == 0
    assert rates["azure"].micro(1_000_000, 1_000_000) == 12_500_000
    assert rates["openai"].micro(1, 0) == 1, "rounded up"


def test_without_a_file_there_is_no_model() -> None:
    assert models_plan(Settings()) is None
