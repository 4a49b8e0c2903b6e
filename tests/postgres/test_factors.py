"""One-time codes and the text messages that carry them."""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING

import pytest

from adapters.codes import HotpCodes
from adapters.sms import TwilioSms
from domain.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path


def ring(path: Path, current: str, **keys: str) -> Path:
    path.write_text(json.dumps({"current": current, "keys": keys}))
    return path


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.mark.parametrize(("counter", "wrong"), [(0, False), (1, True), (2, True)])
def test_a_code_fits_its_counter_alone(tmp_path: Path, counter: int, wrong: bool) -> None:
    codes = HotpCodes(ring(tmp_path / "ring.json", "k1", k1=key()))
    sealed = codes.new_secret()
    code = codes.code(sealed, 0)
    assert len(code) == 6
    assert code.isdigit()
    assert codes.verify(sealed, counter, code) is (not wrong or codes.code(sealed, counter) == code)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_code_does_not_fit(tmp_path: Path, code: str) -> None:
    codes = HotpCodes(ring(tmp_path / "ring.json", "k1", k1=key()))
    assert not codes.verify(codes.new_secret(), 0, code)


def test_older_keys_open_what_they_sealed(tmp_path: Path) -> None:
    first, second = key(), key()
    sealed = HotpCodes(ring(tmp_path / "a.json", "k1", k1=first)).new_secret()
    rotated = HotpCodes(ring(tmp_path / "b.json", "k2", k1=first, k2=second))
    assert rotated.verify(sealed, 3, rotated.code(sealed, 3))
    assert rotated.new_secret().startswith("k2.")
    for broken in (sealed[:-4] + "AAA=", sealed.replace("k1", "k2"), "k9.AAAA", "nothing"):
        with pytest.raises(UnavailableError):
            rotated.code(broken, 0)


async def test_an_unreachable_carrier_is_unavailable() -> None:
    sms = TwilioSms("http://127.0.0.1:9", "+15005550006", "AC0", "secret")
    with pytest.raises(UnavailableError) as raised:
        await sms.send("+15550100101", "your code is 123456", "e1:0")
    assert "123456" not in str(raised.value)
    await sms.close()
