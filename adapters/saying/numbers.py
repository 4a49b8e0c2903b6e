"""Numbers, money, dates and times as words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from babel.numbers import get_currency_name, get_currency_precision
from num2words import num2words  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

LOCALE: Final = "en_US"
_MINOR: Final = {
    "USD": ("cent", "cents"), "EUR": ("cent", "cents"), "GBP": ("penny", "pence"), "CAD": ("cent", "cents"),
    "AUD": ("cent", "cents"), "KWD": ("fils", "fils"), "CHF": ("centime", "centimes"), "INR": ("paisa", "paise"),
}  # fmt: skip
_SHORT: Final = {"USD": ("dollar", "dollars"), "GBP": ("pound", "pounds"), "JPY": ("yen", "yen")}
"""Where the locale's name says more than people do (`US dollars`)."""
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_NOON: Final = 12
_EVENING: Final = 18
_NIGHT: Final = 21
_TEN: Final = 10


def cardinal(number: int) -> str:
    """`twenty five`, `one thousand two hundred and fifty`."""
    return _plain(num2words(number))


def ordinal(number: int) -> str:
    """`twenty second`."""
    return _plain(num2words(number, to="ordinal"))


def digits(text: str) -> str:
    """`1234` as `one two three four`; letters one by one."""
    return " ".join(cardinal(int(each)) if each.isdigit() else each.upper() for each in text if each.isalnum())


def decimal(text: str) -> str:
    """`2.50` as `two point five zero`: each figure behind the point by itself."""
    whole, _, rest = text.partition(".")
    said = cardinal(int(whole or 0))
    return f"{said} point {digits(rest)}" if rest else said


def money(amount: Decimal, currency: str) -> str:
    """`twenty five dollars and fifty cents`; a currency without minor units, or with three figures of them, too."""
    sign = "minus " if amount < 0 else ""
    places = get_currency_precision(currency)
    minor = int(abs(amount).scaleb(places).to_integral_value())
    if abs(amount).scaleb(places) != minor:
        return f"{sign}{decimal(str(abs(amount)))} {_major(currency, 2)}"
    whole, rest = divmod(minor, 10**places)
    parts = [f"{cardinal(whole)} {_major(currency, whole)}"] if whole or not rest else []
    if rest:
        one, many = _MINOR.get(currency, ("", ""))
        parts.append(f"{cardinal(rest)} {one if rest == 1 else many}" if one else f"{cardinal(rest)} hundredths")
    return sign + " and ".join(parts)


def _major(currency: str, count: int) -> str:
    short = _SHORT.get(currency)
    return short[count != 1] if short else get_currency_name(currency, count=count, locale=LOCALE)


def year(number: int) -> str:
    """`twenty twenty six`, `two thousand and five`."""
    return _plain(num2words(number, to="year"))


def day(number: int, month: int, of_year: int = 0) -> str:
    """`the first of December twenty twenty six`. Raises ValueError for a day that the month has not."""
    date(of_year or 2000, month, number)
    return f"the {ordinal(number)} of {MONTHS[month - 1]}" + (f" {year(of_year)}" if of_year else "")


def time(hour: int, minute: int) -> str:
    """`three forty three in the afternoon`, `noon`, `five oh seven in the morning`."""
    if minute == 0 and hour in (0, _NOON):
        return "noon" if hour else "midnight"
    part = "in the morning" if hour < _NOON else "in the afternoon" if hour < _EVENING else "in the evening"
    part = "at night" if hour >= _NIGHT else part
    said = cardinal(hour % _NOON or _NOON)
    if not minute:
        return f"{said} {part}"
    return f"{said} {'oh ' if minute < _TEN else ''}{cardinal(minute)} {part}"


def _plain(words: object) -> str:
    return str(words).replace("-", " ").replace(",", "")
