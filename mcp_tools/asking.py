"""A question of the bank's, as MCP asks it: in the client's own form, or on a page of the bank's.

A factor is never asked for in a form (MCP 2026-07-28, client/elicitation: sensitive information is for URL mode).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from mcp_types import ClientCapabilities, ElicitRequest, ElicitRequestFormParams, ElicitRequestURLParams

from domain.elicitation import TRANSFER

Mode = Literal["form", "url"]
_IN_A_FORM: Final = frozenset({"confirmation", "form"})
_FOR_THE_CUSTOMER: Final = frozenset({*_IN_A_FORM, "otp", "biometric"})


@dataclass(frozen=True, slots=True)
class Modes:
    """In which ways a client can ask the person before it."""

    form: bool = False
    url: bool = False

    @staticmethod
    def of(declared: ClientCapabilities | None) -> Modes:
        """What it said of itself; an empty object means forms (2026-07-28, client/elicitation)."""
        can = declared.elicitation if declared else None
        if can is None:
            return Modes()
        return Modes(form=can.form is not None or can.url is None, url=can.url is not None)

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return self.form or self.url


@dataclass(frozen=True, slots=True)
class Asking:
    """One question, under the id that it has everywhere."""

    elicitation_id: str
    mode: Mode
    request: ElicitRequest


def page_of(issuer: str, elicitation_id: str) -> str:
    """The page on which this question can be answered. It names nothing else, and lets nobody in by itself."""
    return f"{issuer}/countersign/{elicitation_id}"


def asking(question: dict[str, Any] | None, modes: Modes, issuer: str, note: str = "") -> Asking | None:
    """How this client asks it; None where it cannot, or there is nothing to ask. `note` says what was wrong before."""
    kind = str(question.get("elicitation_type", "")) if question else ""
    if question is None or kind not in _FOR_THE_CUSTOMER:
        return None
    elicitation_id = str(question["elicitation_id"])
    fields: list[dict[str, Any]] = question["schema"]["fields"]
    told = " ".join(filter(None, (note, _sentence(question, kind))))
    if modes.form and kind in _IN_A_FORM and not any(each.get("mask_input") for each in fields):
        form = ElicitRequestFormParams(message=told, requested_schema=_schema(fields))
        return Asking(elicitation_id, "form", ElicitRequest(params=form))
    if modes.url:
        url = page_of(issuer, elicitation_id)
        page = ElicitRequestURLParams(message=told, url=url, elicitation_id=elicitation_id)
        return Asking(elicitation_id, "url", ElicitRequest(params=page))
    return None


_HOW: Final = {
    "otp": "Enter the code that we sent you, on our page and nowhere else.",
    "biometric": "Sign it with your passkey, on our page.",
    "confirmation": "Is this right?",
    "form": "Please fill in what is missing.",
}


def _sentence(question: dict[str, Any], kind: str) -> str:
    context: dict[str, Any] = question.get("context", {})
    amount, payee, account = (str(context.get(name) or "") for name in ("amount", "payee", "account"))
    if not payee or amount.startswith(" "):
        return _HOW[kind]
    if context.get("transaction_type") == "mandate":
        return f"Allow up to {amount} to {payee}. {_HOW[kind]}"
    if context.get("transaction_type") == "standing_order":
        return f"Standing order to {payee}{f' from {account}' if account else ''}: {amount}. {_HOW[kind]}"
    verb = "Move" if context.get("transaction_type") == TRANSFER else "Pay"
    return f"{verb} {amount} to {payee}{f' from {account}' if account else ''}. {_HOW[kind]}"


def _schema(fields: list[dict[str, Any]]) -> dict[str, Any]:
    properties = {str(each["name"]): _property(each) for each in fields}
    required = [str(each["name"]) for each in fields if each.get("validation", {}).get("required")]
    return {"type": "object", "properties": properties, "required": required}


_TYPES: Final = {"number": "number", "boolean": "boolean"}
_RULES: Final = {"min": "minimum", "max": "maximum", "min_length": "minLength", "max_length": "maxLength"}


def _property(field: dict[str, Any]) -> dict[str, Any]:
    """A PrimitiveSchemaDefinition: flat, and of the few members that every client knows."""
    rules: dict[str, Any] = field.get("validation", {})
    about: dict[str, Any] = {"type": _TYPES.get(field["type"], "string"), "title": field["label"]}
    if field.get("help_text"):
        about["description"] = field["help_text"]
    if field["type"] == "date":
        about["format"] = "date"
    about |= {theirs: rules[ours] for ours, theirs in _RULES.items() if ours in rules}
    if options := rules.get("options"):
        about["oneOf"] = [{"const": each["value"], "title": each["label"]} for each in options]
    return about
