import base64
import json
import stat
from pathlib import Path

import jwt
import pytest

from adapters.signing_keys import PublicKeys, Signer, published
from adapters.tokens import AccessTokens
from domain.errors import TokenInvalidError
from runtime.keys import ensure_keys, overlap_s, rotate
from runtime.settings import Settings

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


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def tokens(folder: Path, clock: Clock) -> AccessTokens:
    """As a process holds them: made once, while the files change below."""
    signer = Signer.from_files(folder / "access.pem", folder / "jwks.json")
    return AccessTokens(signer, PublicKeys.from_jwks(folder / "jwks.json", "access", clock), lives_s=900, clock=clock)


def kid(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


def test_a_new_key_signs_while_the_old_one_is_still_believed(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    clock = Clock()
    running = tokens(tmp_path, clock)
    before = running.mint("u1", "customer", [])
    new = rotate(tmp_path, ["access"], 960, clock.now)
    after = running.mint("u1", "customer", [])
    assert kid(after) == new["access"] != kid(before)
    clock.now += 890
    assert [tokens(tmp_path, clock).verify(each).user_id for each in (before, after)] == ["u1", "u1"]
    assert [running.verify(each).user_id for each in (before, after)] == ["u1", "u1"]
    assert {key["kid"] for key in published(tmp_path / "jwks.json", clock.now)["keys"]} == {kid(before), kid(after)}


def test_after_the_overlap_the_old_key_is_believed_no_more(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    clock = Clock()
    running = tokens(tmp_path, clock)
    old = Signer.from_files(tmp_path / "access.pem", tmp_path / "jwks.json")
    stolen = AccessTokens(old, PublicKeys({}), lives_s=10_000, clock=clock).mint("u1", "customer", [])
    rotate(tmp_path, ["access"], 960, clock.now)
    clock.now += 959
    assert running.verify(stolen).user_id == "u1"
    clock.now += 1
    for each in (running, tokens(tmp_path, clock)):
        with pytest.raises(TokenInvalidError):
            each.verify(stolen)
    assert [key["kid"] for key in published(tmp_path / "jwks.json", clock.now)["keys"]] == [
        kid(running.mint("u1", "customer", []))
    ]
    rotate(tmp_path, ["proof"], 960, clock.now)
    assert kid(stolen) not in (tmp_path / "jwks.json").read_text()


def test_rotating_leaves_the_other_keys_and_everyones_rights(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    rotate(tmp_path, ["service"], 960)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {name for name in after if after[name] != before.get(name)} == {"service.pem", "jwks.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    ensure_keys(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == after


def test_a_rotation_that_died_half_way_is_finished_by_the_next(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    clock = Clock()
    running = tokens(tmp_path, clock)
    before = running.mint("u1", "customer", [])
    ensure_keys(tmp_path / "other")
    (tmp_path / "other" / "access.pem").rename(tmp_path / "access.next.pem")  # all that it had come to
    assert running.verify(before)
    new = rotate(tmp_path, ["access"], 960, clock.now)
    assert kid(running.mint("u1", "customer", [])) == new["access"]
    assert running.verify(before)
    assert not (tmp_path / "access.next.pem").exists()


def test_files_that_cannot_be_read_take_no_key_away(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    clock = Clock()
    running = tokens(tmp_path, clock)
    token = running.mint("u1", "customer", [])
    (tmp_path / "jwks.json").write_text("{")
    (tmp_path / "access.pem").write_text("no key")
    assert running.verify(token)
    assert running.verify(running.mint("u1", "customer", []))


def test_the_overlap_outlives_every_token() -> None:
    chosen = Settings(access_token_s=100, service_token_s=700, proof_s=60)
    assert overlap_s(chosen) > 700
