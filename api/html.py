"""The api's own pages: plain HTML without inline script or style, and what their forms may send."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from fastapi.responses import HTMLResponse

from domain.errors import ForbiddenError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

    from runtime.settings import Settings

FORMS: Final = ("/oauth/", "/pages/", "/countersign/")
"""Below these, a body is what an HTML form sends."""
_MOST_FIELDS: Final = 40
_MANY: Final = ("scope",)
"""Of these there may be several: the boxes that were ticked."""
_STANDS_OUT: Final = ' class="amount"'
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'{to}; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_SHELL: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Countersign</title>
<link rel="stylesheet" href="/pages/style.css">
</head>
<body>
<main>
<header>Countersign</header>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def page(title: str, *body: str, status: int = 200, form_to: str = "") -> HTMLResponse:
    """One page; `body` is HTML, escaped where it holds anybody's words. `form_to`: an origin that a form leads to."""
    # `no-referrer` would have browsers send `Origin: null` with the page's own forms
    headers = {
        "Content-Security-Policy": _POLICY.format(to=f" {form_to}" if form_to else ""),
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(_SHELL.format(title=escape(title), body="\n".join(filter(None, body))), status, headers)


def wrong(sentence: str) -> str:
    """What was not right, read aloud by a screen reader as it appears."""
    return f'<p class="wrong" role="alert">{escape(sentence)}</p>' if sentence else ""


def hidden(fields: Mapping[str, str]) -> str:
    """Fields that a form carries along."""
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )


def details(rows: Mapping[str, str]) -> str:
    """Names and values; an amount stands out."""
    shown = "".join(
        f"<dt>{escape(name)}</dt><dd{_STANDS_OUT if name == 'Amount' else ''}>{escape(value)}</dd>"
        for name, value in rows.items()
        if value.strip()
    )
    return f"<dl>{shown}</dl>"


def sign_in_form(following: str, sentence: str = "", username: str = "") -> str:
    """Name, password and, where one is on, the authenticator's code; then on to `following`."""
    return f"""{wrong(sentence)}
<form method="post" action="/pages/sign-in">
{hidden({"next": following})}
<label for="username">User name</label>
<input type="text" id="username" name="username" value="{escape(username)}" autocomplete="username" required
 autocapitalize="none" spellcheck="false" maxlength="64">
<label for="password">Password</label>
<input type="password" id="password" name="password" autocomplete="current-password" required maxlength="256">
<label for="totp_code">Authenticator code <small>if you use one</small></label>
<input type="text" id="totp_code" name="totp_code" inputmode="numeric" autocomplete="one-time-code" maxlength="6"
 pattern="[0-9]{{6}}">
<div class="buttons"><button>Sign in</button></div>
</form>"""


async def form_of(request: Request) -> dict[str, str]:
    """What a form sent, each field once. Raises InvalidRequestError."""
    try:
        sent = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise InvalidRequestError("the body is not what a form sends") from error
    if any("\0" in value or not value.isprintable() for _, value in sent):
        raise InvalidRequestError("a field holds what cannot be kept")
    names = [name for name, _ in sent if name not in _MANY]
    if len(names) != len(set(names)):
        raise InvalidRequestError("a field was sent twice")
    many = {name: " ".join(value for given, value in sent if given == name) for name in _MANY}
    return dict(sent) | {name: values for name, values in many.items() if values}


def from_own_page(request: Request, chosen: Settings) -> None:
    """Raises ForbiddenError for a form of another site's page: browsers say where each comes from."""
    own = {chosen.issuer, chosen.api_url.rstrip("/"), f"http://127.0.0.1:{chosen.api_port}"}
    site = request.headers.get("sec-fetch-site", "same-origin")
    if request.headers.get("origin") not in own or site != "same-origin":
        raise ForbiddenError("this form is another site's")
