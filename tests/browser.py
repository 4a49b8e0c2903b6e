"""A person with a browser that has no JavaScript: follows addresses, fills in forms, keeps cookies."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx


@dataclass
class Form:
    """`fields` as they stand; `buttons`: name and value of those that have one."""

    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    buttons: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(about.get("action", "")))
        elif tag == "input" and about.get("name") and (about.get("type") != "checkbox" or "checked" in about):
            self.found[-1].fields.append((about["name"], about.get("value", "")))
        elif tag == "button" and about.get("name"):
            self.found[-1].buttons.append((about["name"], about.get("value", "")))

    def handle_data(self, data: str) -> None:
        self.text += data


class Browser:
    """`user` signs in wherever that is asked for."""

    def __init__(self, user: str, password: str) -> None:
        self.user, self.password = user, password
        self.http = httpx.Client(timeout=60)
        self.page = httpx.Response(204)
        self.visited: list[str] = []

    def open(self, url: str) -> str:
        """The text of the page, once signed in."""
        self._go("GET", url)
        if "/pages/sign-in" in self.page.text and self.page.status_code == 401:
            self.submit(username=self.user, password=self.password)
        return self.text

    @property
    def text(self) -> str:
        """What the page says."""
        return " ".join(self._read().text.split())

    @property
    def form(self) -> Form:
        """The first one."""
        return self._read().found[0]

    def submit(self, press: str = "", leave: tuple[str, ...] = (), **filled: str) -> str:
        """Fill in, press the button of this value, and follow. `leave`: values of boxes that are unticked."""
        form = self.form
        fields = [(n, filled.get(n, v)) for n, v in form.fields if v not in leave or n != "scope"]
        fields += [each for each in form.buttons if each[1] == press]
        where = urljoin(str(self.page.url), form.action)
        self._go("POST", where, fields)
        return self.text

    def close(self) -> None:
        """Forget the cookies."""
        self.http.close()

    def _read(self) -> _Forms:
        parser = _Forms()
        parser.feed(self.page.text)
        return parser

    def _go(self, verb: str, url: str, fields: list[tuple[str, str]] | None = None) -> None:
        own = urlsplit(url)
        while True:
            self.visited.append(url)
            headers = {"Origin": f"{own.scheme}://{own.netloc}", "Sec-Fetch-Site": "same-origin"} if fields else {}
            content = httpx.QueryParams(fields).__str__() if fields else None
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
            self.page = self.http.request(verb, url, content=content, headers=headers | kind)
            if not self.page.has_redirect_location:
                return
            verb, url, fields = "GET", urljoin(url, self.page.headers["location"]), None
            if urlsplit(url).netloc != own.netloc:  # back to the client
                self.visited.append(url)
                return
