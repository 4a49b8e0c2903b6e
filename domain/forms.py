"""Forms: fields as the first specification writes them, and what may be entered into them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from domain.errors import FormInvalidError

Value = str | int | bool
LONGEST: Final = 500
"""Characters of a text whose field names no `max_length`."""
_LONGEST_NUMBER: Final = 32
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a `select`."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FormField:
    """An ElicitationField. `pattern` must fit the whole text; `minimum` and `maximum` bound numbers."""

    name: str
    type: str
    label: str
    placeholder: str = ""
    help_text: str = ""
    required: bool = False
    pattern: str = ""
    minimum: int | None = None
    maximum: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    options: tuple[Option, ...] = ()
    mask_input: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a field that could never be filled in rightly."""
        if self.type not in _CHECKS:
            raise ValueError(f"{self.name}: no such type")
        if (self.type == "select") != bool(self.options):
            raise ValueError(f"{self.name}: a select, and nothing else, has options")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"{self.name}: pattern") from error

    def to_json(self) -> dict[str, Any]:
        """The first specification's form; optional members only where they hold something."""
        rules = {
            "required": self.required,
            "pattern": self.pattern,
            "min": self.minimum,
            "max": self.maximum,
            "min_length": self.min_length,
            "max_length": self.max_length,
            "options": [{"value": each.value, "label": each.label} for each in self.options],
        }
        body = {
            "name": self.name,
            "type": self.type,
            "label": self.label,
            "placeholder": self.placeholder,
            "help_text": self.help_text,
            "validation": {name: rule for name, rule in rules.items() if rule not in ("", None, [])},
            "mask_input": self.mask_input,
        }
        return {name: value for name, value in body.items() if value not in ("", False)}

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> FormField:
        """Read what `to_json` wrote."""
        rules: Mapping[str, Any] = body.get("validation", {})
        plain = FormField(
            name=str(body["name"]),
            type=str(body["type"]),
            label=str(body["label"]),
            options=tuple(Option(each["value"], each["label"]) for each in rules.get("options", [])),
        )
        return replace(
            plain,
            placeholder=str(body.get("placeholder", "")),
            help_text=str(body.get("help_text", "")),
            required=bool(rules.get("required", False)),
            pattern=str(rules.get("pattern", "")),
            minimum=rules.get("min"),
            maximum=rules.get("max"),
            min_length=rules.get("min_length"),
            max_length=rules.get("max_length"),
            mask_input=bool(body.get("mask_input", False)),
        )


def filled(fields: tuple[FormField, ...], data: Mapping[str, object]) -> dict[str, Value]:
    """What was entered, checked and cleaned. Numbers stay decimal text, dates ISO 8601; what was left empty is absent.

    Raises FormInvalidError, which names fields and rules, never values. A field that the form does not have is wrong.
    """
    if data.keys() - {each.name for each in fields} - {"version"}:
        raise FormInvalidError({"(another)": "unknown"})
    wrong: dict[str, str] = {}
    values: dict[str, Value] = {}
    for each in fields:
        given = data.get(each.name)
        if given is None or (isinstance(given, str) and not given.strip()):
            wrong |= {each.name: "required"} if each.required else {}
            continue
        found = _CHECKS[each.type](each, given)
        if isinstance(found, _Broken):
            wrong[each.name] = found.rule
        else:
            values[each.name] = found
    if wrong:
        raise FormInvalidError(wrong)
    return values


@dataclass(frozen=True, slots=True)
class _Broken:
    rule: str


def _text(field: FormField, given: object) -> Value | _Broken:
    if not isinstance(given, str):
        return _Broken("type")
    text = given.strip()
    longest = LONGEST if field.max_length is None else field.max_length
    if len(text) > longest:
        return _Broken("max_length")
    if field.min_length is not None and len(text) < field.min_length:
        return _Broken("min_length")
    if field.pattern and re.fullmatch(field.pattern, text, re.ASCII) is None:
        return _Broken("pattern")
    return text


def _number(field: FormField, given: object) -> Value | _Broken:
    number = _decimal(given)
    if number is None:
        return _Broken("type")
    if field.minimum is not None and number < field.minimum:
        return _Broken("min")
    if field.maximum is not None and number > field.maximum:
        return _Broken("max")
    text = format(number, "f")
    if field.pattern and re.fullmatch(field.pattern, text, re.ASCII) is None:
        return _Broken("pattern")
    return text


def _decimal(given: object) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return None
    text = str(given).strip()
    if len(text) > _LONGEST_NUMBER or _NUMBER.fullmatch(text) is None:
        return None
    return Decimal(text)


def _boolean(field: FormField, given: object) -> Value | _Broken:
    del field
    return given if isinstance(given, bool) else _Broken("type")


def _date(field: FormField, given: object) -> Value | _Broken:
    del field
    if not isinstance(given, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given.strip(), re.ASCII) is None:
        return _Broken("type")
    try:
        return date.fromisoformat(given.strip()).isoformat()
    except ValueError:
        return _Broken("type")


def _select(field: FormField, given: object) -> Value | _Broken:
    known = {each.value for each in field.options}
    return given if isinstance(given, str) and given in known else _Broken("options")


_CHECKS: Final[dict[str, Callable[[FormField, object], Value | _Broken]]] = {
    "string": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "select": _select,
    "otp": _text,
}
