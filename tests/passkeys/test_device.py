"""The demo's device with the real api: enrolled once, used, taken off again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.client import Bank as Client
from cli.device import Device
from domain.errors import ElicitationNotFoundError, PasskeyClonedError, PasskeyNotFoundError
from runtime.settings import Settings
from tests.passkeys.conftest import ORIGINS, PASSWORD, Bank

pytestmark = pytest.mark.servers


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(
        Settings(environment="test", demo_password=PASSWORD, state_dir=tmp_path, passkey_origins=ORIGINS), "omar"
    )


def test_enrolled_once_used_and_forgotten(bank: Bank, device: Device) -> None:
    omar = Client(bank.client("omar"))
    assert [device.enrol(omar), device.enrol(omar)] == [True, False]
    [mine] = omar.get("/api/passkeys")["passkeys"]
    assert mine["name"] == "Demo phone"
    for _ in range(2):
        assert device.answer(omar, bank.pay())["status"] == "completed"
    assert json.loads(device.file.read_text())["count"] == 3
    device.forget(omar)
    assert (omar.get("/api/passkeys")["passkeys"], device.file.exists()) == ([], False)
    with pytest.raises(PasskeyNotFoundError):
        device.answer(omar, bank.pay())


def test_a_copy_of_the_file_that_fell_behind_is_found_out(bank: Bank, device: Device) -> None:
    omar = Client(bank.client("omar"))
    device.enrol(omar)
    copy = device.file.read_text()
    device.answer(omar, bank.pay())
    device.file.write_text(copy)
    with pytest.raises(PasskeyClonedError):
        device.answer(omar, bank.pay())


def test_one_that_was_revoked_elsewhere_is_made_anew(bank: Bank, device: Device) -> None:
    omar = Client(bank.client("omar"))
    device.enrol(omar)
    old = json.loads(device.file.read_text())["passkey_id"]
    omar.delete(f"/api/passkeys/{old}")
    assert device.enrol(omar)
    device.forget(omar)


def test_a_foreign_question_is_not_answered(bank: Bank, device: Device) -> None:
    maya = Client(bank.client("maya"))
    device.enrol(maya)
    with pytest.raises(ElicitationNotFoundError):
        device.answer(maya, bank.pay())
