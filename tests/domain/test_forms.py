"""What may be entered into a form, and what the five types look like on the wire."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.elicitation import ElicitationRequest, ElicitationType
from domain.errors import FormInvalidError
from domain.forms import FormField, Option, filled
from tests.fakes.desk import question

FIELDS = (
    FormField("payee", "string", "Payee", required=True, min_length=2, max_length=10, pattern="[A-Za-z ]+"),
    FormField("above", "number", "Above", minimum=0, maximum=1000),
    FormField("on", "date", "On"),
    FormField("every", "select", "Every", options=(Option("day", "Day"), Option("month", "Month"))),
    FormField("mail", "boolean", "By mail"),
    FormField("pin", "otp", "PIN", pattern="[0-9]{4}", mask_input=True),
)
GOOD = {"payee": "City Power"}

TABLE: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {"payee": "required"}),
    ({"payee": ""}, {"payee": "required"}),
    ({"payee": "   "}, {"payee": "required"}),
    ({"payee": None}, {"payee": "required"}),
    ({"payee": 5}, {"payee": "type"}),
    ({"payee": ["City"]}, {"payee": "type"}),
    ({"payee": "C"}, {"payee": "min_length"}),
    ({"payee": "City Powerhouse"}, {"payee": "max_length"}),
    ({"payee": "City 5"}, {"payee": "pattern"}),
    ({"payee": "City\n5"}, {"payee": "pattern"}),
    (GOOD | {"above": "much"}, {"above": "type"}),
    (GOOD | {"above": True}, {"above": "type"}),
    (GOOD | {"above": float("nan")}, {"above": "type"}),
    (GOOD | {"above": float("inf")}, {"above": "type"}),
    (GOOD | {"above": "1e9"}, {"above": "type"}),
    (GOOD | {"above": "\u0665"}, {"above": "type"}),
    (GOOD | {"above": "9" * 40}, {"above": "type"}),
    (GOOD | {"above": -1}, {"above": "min"}),
    (GOOD | {"above": "1000.01"}, {"above": "max"}),
    (GOOD | {"on": "2026-02-30"}, {"on": "type"}),
    (GOOD | {"on": "30.1.2026"}, {"on": "type"}),
    (GOOD | {"on": 20260130}, {"on": "type"}),
    (GOOD | {"every": "year"}, {"every": "options"}),
    (GOOD | {"every": {}}, {"every": "options"}),
    (GOOD | {"mail": "yes"}, {"mail": "type"}),
    (GOOD | {"mail": 1}, {"mail": "type"}),
    (GOOD | {"pin": "12345"}, {"pin": "pattern"}),
    (GOOD | {"secretly": "more"}, {"(another)": "unknown"}),
    ({"above": -1, "mail": 1}, {"payee": "required", "above": "min", "mail": "type"}),
]


@pytest.mark.parametrize(("data", "wrong"), TABLE)
def test_what_is_wrong_is_named_by_field_and_rule_alone(data: dict[str, Any], wrong: dict[str, str]) -> None:
    with pytest.raises(FormInvalidError) as refused:
        filled(FIELDS, data)
    assert refused.value.fields == wrong
    told = refused.value.detail + refused.value.sentence
    assert not [value for value in data.values() if isinstance(value, str) and len(value) > 2 and value in told]


def test_what_is_right_is_cleaned() -> None:
    data = {"payee": " City Power ", "above": 12.5, "on": "2026-01-30", "every": "day", "mail": False, "pin": "0123"}
    assert filled(FIELDS, data | {"version": 1}) == data | {"payee": "City Power", "above": "12.5"}
    assert filled(FIELDS, GOOD | {"above": "", "on": None}) == GOOD


@pytest.mark.parametrize(
    "members",
    [
        {"type": "file"},
        {"type": "select"},
        {"type": "string", "options": (Option("a", "A"),)},
        {"type": "string", "pattern": "("},
    ],
)
def test_a_field_that_nobody_could_fill_in_is_no_field(members: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="x: "):
        FormField(name="x", label="X", **members)


@pytest.mark.parametrize("field", FIELDS, ids=lambda each: each.type)
def test_a_field_comes_back_from_its_json(field: FormField) -> None:
    assert FormField.from_json(field.to_json()) == field


COMPONENTS = {
    ElicitationType.OTP: ("otp_input", ["otp_code"]),
    ElicitationType.CONFIRMATION: ("confirmation_dialog", ["confirmed"]),
    ElicitationType.BIOMETRIC: ("biometric_prompt", ["assertion"]),
    ElicitationType.FORM: ("form", ["payee", "above", "on", "every", "mail", "pin"]),
    ElicitationType.SUPERVISOR_APPROVAL: ("form", ["decision", "note"]),
}
FIELD = {"name", "type", "label", "placeholder", "help_text", "validation", "mask_input"}
RULES = {"required", "pattern", "min", "max", "min_length", "max_length", "options"}
TYPES = {"string", "number", "boolean", "date", "select", "otp"}


def asked(kind: ElicitationType, **changes: Any) -> ElicitationRequest:  # noqa: ANN401 - a dataclass's members
    return replace(question("e1", kind).request, fields=FIELDS if kind == "form" else (), **changes)


@pytest.mark.parametrize("kind", ElicitationType)
def test_every_type_has_the_first_specifications_form(kind: ElicitationType) -> None:
    body = asked(kind).to_json()
    component, names = COMPONENTS[kind]
    assert body.keys() == {
        "type",
        "elicitation_id",
        "tool_call_id",
        "elicitation_type",
        "schema",
        "context",
        "metadata",
    }
    assert body["schema"].keys() == {"fields", "ui_hints"}
    assert body["schema"]["ui_hints"].keys() <= {"component", "timeout_seconds", "retry_count"}
    assert (body["schema"]["ui_hints"]["component"], body["schema"]["ui_hints"]["timeout_seconds"]) == (component, 300)
    assert [each["name"] for each in body["schema"]["fields"]] == names
    for each in body["schema"]["fields"]:
        assert {"name", "type", "label"} <= each.keys() <= FIELD
        assert each["type"] in TYPES
        assert each.get("validation", {}).keys() <= RULES
    again = ElicitationRequest.from_json(body, "p1")
    assert again.to_json() == body


@pytest.mark.parametrize(
    ("kind", "plan_asks", "mobile"),
    [
        (ElicitationType.BIOMETRIC, False, True),
        (ElicitationType.CONFIRMATION, True, True),
        (ElicitationType.OTP, True, True),
        (ElicitationType.OTP, False, False),
        (ElicitationType.FORM, False, False),
        (ElicitationType.SUPERVISOR_APPROVAL, False, False),
    ],
)
def test_platform_requirements_say_what_the_plan_asks_for(kind: ElicitationType, plan_asks: bool, mobile: bool) -> None:
    told = asked(kind, requires_biometric=plan_asks).to_json()["metadata"]["platform_requirements"]
    assert told == {"mobile": {"requires_biometric": mobile}, "web": {"requires_biometric": False}}
    assert (
        ElicitationRequest.from_json(asked(kind, requires_biometric=plan_asks).to_json(), "p").asks_for_biometric()
        is mobile
    )
