"""Codes of an authenticator app, at and around their step."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlparse

import pyotp
import pytest

from adapters.totp import TotpCodes
from domain.errors import UnavailableError
from tests.postgres.test_factors import key, ring

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_700_000_010  # in the middle of a step
STEP = NOW // 30


@pytest.fixture
def codes(tmp_path: Path) -> TotpCodes:
    return TotpCodes(ring(tmp_path / "ring.json", "k1", k1=key()), lambda: NOW)


@pytest.mark.parametrize(
    ("off_s", "step"), [(0, STEP), (-30, STEP - 1), (30, STEP + 1), (-60, None), (60, None), (3600, None)]
)
def test_a_clock_may_be_one_step_off_and_no_more(codes: TotpCodes, off_s: int, step: int | None) -> None:
    plain, sealed = codes.new_secret("u1")
    assert codes.step_of(sealed, "u1", pyotp.TOTP(plain).at(NOW + off_s)) == step


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef"])
def test_what_is_no_code_fits_no_step(codes: TotpCodes, code: str) -> None:
    assert codes.step_of(codes.new_secret("u1")[1], "u1", code) is None


def test_a_secret_is_sealed_for_one_user(codes: TotpCodes) -> None:
    plain, sealed = codes.new_secret("u1")
    assert plain not in sealed
    assert len(plain) == 32
    with pytest.raises(UnavailableError):
        codes.step_of(sealed, "u2", "123456")


def test_an_app_reads_the_address(codes: TotpCodes) -> None:
    plain, _ = codes.new_secret("u1")
    uri = urlparse(codes.uri(plain, "maya"))
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Countersign:maya")
    assert parse_qs(uri.query)["secret"] == [plain]
    assert parse_qs(uri.query)["issuer"] == ["Countersign"]
    assert pyotp.parse_uri(codes.uri(plain, "maya")).at(NOW) == pyotp.TOTP(plain).at(NOW)
