"""What clients send: taken as it is written, never guessed at."""

import re
from typing import Annotated, Final

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

BIGINT: Final = 2**63 - 1
"""The largest number that Postgres keeps."""
_WRITTEN: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*", re.ASCII)


def _as_written(value: object) -> object:
    if not isinstance(value, str) or _WRITTEN.fullmatch(value) is None:
        raise ValueError("not a date and a time")
    return value


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_as_written)]
"""RFC 3339; a bare number of seconds is none."""
ID: Final = r"^[A-Za-z0-9_-]{1,128}$"
Id = Annotated[str, Path(pattern=ID)]
"""What may stand in a path as somebody's id."""


class Sent(BaseModel):
    """What a client sends; nothing is guessed: `"1"` is no number, and `"yes"` is not true."""

    model_config = ConfigDict(strict=True)
