"""How a question looks on the page: amount, payee and account first, then what answers it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from api.html import details, hidden, page, sign_in_form, wrong
from domain.elicitation import TRANSFER, ElicitationState, ElicitationType
from domain.errors import TooManyTriesError

if TYPE_CHECKING:
    from fastapi.responses import HTMLResponse

    from activities.ports import ElicitationRow
    from domain.forms import FormField

_T: Final = ElicitationType
_TITLES: Final = {
    "payment": "Countersign a payment",
    TRANSFER: "Countersign a transfer",
    "mandate": "Countersign a standing mandate",
    "standing_order": "Countersign a standing order",
    "identity_check": "Show that it is you",
}
_BACK: Final = "<p>You can close this page and go back to the program that sent you here.</p>"


def question_page(row: ElicitationRow, response_id: str, sentence: str = "", status: int = 200) -> HTMLResponse:
    """An open question. `response_id` makes a second click harmless."""
    request = row.request
    shown = request.to_json()["context"]
    title = _TITLES.get(request.transaction_type, "Countersign")
    about = {"Amount": str(shown.get("amount", "")), "To": request.payee, "From": request.account}
    fields, script = _fields(row)
    passkey = f' data-passkey="/countersign/{request.elicitation_id}/passkey"' if script else ""
    return page(
        title,
        "<p>Check every line. If you did not ask for this, do not answer it, and close this page.</p>",
        details(about if request.payee else {}),
        wrong(sentence),
        f'<form method="post" action="/countersign/{request.elicitation_id}"{passkey}>',
        hidden({"response_id": response_id}),
        fields,
        "</form>",
        '<p role="status"></p><script src="/pages/passkey.js" defer></script>' if script else "",
        "<noscript><p>A passkey needs JavaScript on this page.</p></noscript>" if script else "",
        status=status,
    )


def closed_page(row: ElicitationRow, status: int = 200) -> HTMLResponse:
    """How it ended."""
    if row.request.elicitation_type is _T.SUPERVISOR_APPROVAL:  # a refusal completes it, too
        return page("This is over", "<p>This was decided elsewhere.</p>", _BACK, status=status)
    if row.state is ElicitationState.COMPLETED:
        return page("Countersigned", "<p>Your answer was taken.</p>", _BACK, status=status)
    why = {
        ElicitationState.EXPIRED: "It ran out of time.",
        ElicitationState.CANCELLED: "It was taken back.",
        ElicitationState.FAILED: TooManyTriesError.spoken if row.error_code == TooManyTriesError.code else "",
    }.get(row.state, "")
    return page("This is over", f"<p>{escape(why)} Nothing more can be answered here.</p>", _BACK, status=status)


def not_yours(elicitation_id: str) -> HTMLResponse:
    """The same for another's question and for none: nothing is learnt from it."""
    return page(
        "This is not for you",
        "<p>There is no such question of yours. If somebody sent you this address, they may want you to answer in "
        "their place: close this page, and tell us.</p>",
        "<p>If you began this under another name, sign in with that.</p>",
        sign_in_form(f"/countersign/{elicitation_id}"),
        status=404,
    )


def _fields(row: ElicitationRow) -> tuple[str, bool]:
    match row.request.elicitation_type:
        case _T.OTP:
            return _CODE, False
        case _T.BIOMETRIC:
            return _PASSKEY, True
        case _T.CONFIRMATION:
            return _YES_OR_NO, False
        case _T.FORM:
            return "".join(map(_field, row.request.fields)) + _buttons("Send"), False
        case _:
            return "<p>This is decided elsewhere.</p>", False


def _buttons(label: str) -> str:
    return f'<div class="buttons"><button>{label}</button></div>'


_CODE: Final = (
    '<label for="otp_code">The six digits that we sent you</label>'
    '<input class="code" type="text" id="otp_code" name="otp_code" inputmode="numeric" autocomplete="one-time-code" '
    'pattern="[0-9]{6}" maxlength="6" required autofocus>' + _buttons("Countersign")
)
_PASSKEY: Final = '<input type="hidden" name="assertion">' + _buttons("Sign with passkey")
_YES_OR_NO: Final = (
    '<div class="buttons"><button name="confirmed" value="yes">Yes, that is right</button>'
    '<button class="other" name="confirmed" value="no">No</button></div>'
)


def _field(each: FormField) -> str:
    name, label = escape(each.name), escape(each.label)
    if each.type == "boolean":
        return f'<label class="choice"><input type="checkbox" name="{name}" value="yes"> {label}</label>'
    if each.options:
        options = "".join(f'<option value="{escape(o.value)}">{escape(o.label)}</option>' for o in each.options)
        return f'<label for="{name}">{label}</label><select id="{name}" name="{name}">{options}</select>'
    need = " required" if each.required else ""
    kind = "date" if each.type == "date" else "text"
    hint = f" <small>{escape(each.help_text)}</small>" if each.help_text else ""
    return f'<label for="{name}">{label}{hint}</label><input type="{kind}" id="{name}" name="{name}"{need}>'
