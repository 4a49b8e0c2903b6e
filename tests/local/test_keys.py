import base64
import json
import stat
from pathlib import Path

import jwt

from runtime.keys import ensure_keys

FILES = {"access.pem", "service.pem", "proof.pem", "jwks.json", "payload.json", "codes.json", "livekit.yaml"}


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    ensure_keys(tmp_path / "keys")
    made = list((tmp_path / "keys").iterdir())
    assert {path.name for path in made} >= FILES
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    ensure_keys(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_published_keys_verify_what_the_private_ones_sign(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    published = json.loads((tmp_path / "jwks.json").read_text())["keys"]
    assert [key["x-countersign-use"] for key in published] == ["access", "service", "proof"]
    for jwk in published:
        assert "d" not in jwk
        signed = jwt.encode({"sub": "x"}, (tmp_path / f"{jwk['x-countersign-use']}.pem").read_text(), algorithm="EdDSA")
        assert jwt.decode(signed, jwt.PyJWK(jwk).key, algorithms=["EdDSA"]) == {"sub": "x"}


def test_a_lost_key_is_replaced_and_published_under_a_new_id(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    before = {key["kid"] for key in json.loads((tmp_path / "jwks.json").read_text())["keys"]}
    (tmp_path / "proof.pem").unlink()
    ensure_keys(tmp_path)
    after = {key["kid"] for key in json.loads((tmp_path / "jwks.json").read_text())["keys"]}
    assert len(before & after) == 2


def test_rings_hold_a_current_key_of_32_bytes(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    for name in ("payload.json", "codes.json"):
        ring = json.loads((tmp_path / name).read_text())
        assert len(base64.b64decode(ring["keys"][ring["current"]])) == 32
