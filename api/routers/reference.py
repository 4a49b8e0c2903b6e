"""The page at /docs: every route and every error, made from the OpenAPI description. No script, no other host."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.home import POLICY
from domain.errors import BankError, every_error

if TYPE_CHECKING:
    from collections.abc import Iterable

router = APIRouter()
_VERBS: Final = ("get", "post", "put", "patch", "delete")
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Countersign: the HTTP interface</title>
<style>
  :root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
  body {{ max-width: 52rem; margin: 3rem auto; padding: 0 1.25rem; }}
  h2 {{ font: 600 1rem ui-monospace, monospace; margin: 1.75rem 0 0.25rem; overflow-wrap: anywhere; }}
  p {{ margin: 0.25rem 0; }}
  table {{ border-collapse: collapse; margin: 0.5rem 0; }}
  th, td {{ text-align: left; vertical-align: top; padding: 0.2rem 1rem 0.2rem 0; font-weight: normal; }}
  code {{ font: 0.9em ui-monospace, monospace; }}
  a {{ color: inherit; }}
</style>
</head>
<body>
<main>
<h1>The HTTP interface</h1>
<p>For programs: <a href="/openapi.json">openapi.json</a>. All but sign-in, keys and health want
<code>Authorization: Bearer</code> with a token of <code>POST /api/login</code>.</p>
{routes}
<h1>Errors</h1>
<p>Problem details (RFC 9457); <code>code</code> is stable, <code>sentence</code> is what a customer would hear.</p>
<table><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">Sentence</th></tr>
{errors}
</table>
</main>
</body>
</html>
"""


@router.get("/docs", response_class=HTMLResponse, include_in_schema=False)
async def reference(request: Request) -> HTMLResponse:
    """What there is to be called."""
    described = request.app.openapi()
    routes = [
        _route(described, verb, path, operation)
        for path, verbs in described["paths"].items()
        for verb, operation in verbs.items()
        if verb in _VERBS
    ]
    errors = [_error(kind) for kind in sorted(every_error(), key=lambda kind: (kind.status, kind.code))]
    page = _PAGE.format(routes="\n".join(routes), errors="\n".join(errors))
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


def _route(described: dict[str, Any], verb: str, path: str, operation: dict[str, Any]) -> str:
    lines = [f"<h2>{verb.upper()} {escape(path)}</h2>", f"<p>{escape(operation.get('description', ''))}</p>"]
    fields = [*_parameters(operation), *_body(described, operation)]
    if fields:
        lines += ["<table>", *fields, "</table>"]
    return "\n".join(lines)


def _parameters(operation: dict[str, Any]) -> Iterable[str]:
    for each in operation.get("parameters", ()):
        yield _field(each["name"], f"in the {each['in']}", each.get("schema", {}), wanted=each.get("required", False))


def _body(described: dict[str, Any], operation: dict[str, Any]) -> Iterable[str]:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    named = [schema, *schema.get("anyOf", ())]
    for name in (str(each["$ref"]).rsplit("/", 1)[-1] for each in named if "$ref" in each):
        shape = described["components"]["schemas"][name]
        for field, about in shape.get("properties", {}).items():
            yield _field(field, "in the body", about, wanted=field in shape.get("required", ()))


def _field(name: str, place: str, schema: dict[str, Any], *, wanted: bool) -> str:
    kinds = [str(each["type"]) for each in (schema, *schema.get("anyOf", ())) if "type" in each]
    kind = " or ".join(dict.fromkeys(kinds))
    need = "required" if wanted else "optional"
    return f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{place}</td><td>{need}</td></tr>"


def _error(kind: type[BankError]) -> str:
    return f"<tr><td>{kind.status}</td><td><code>{kind.code}</code></td><td>{escape(kind.spoken)}</td></tr>"
