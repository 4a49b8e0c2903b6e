import json
from pathlib import Path

import pytest

from cli.logs import Story, parse, render, show


def line(**fields: str) -> str:
    return json.dumps({"timestamp": "2026-11-21T12:00:00.5Z", "level": "info", "event": "it happened"} | fields)


@pytest.mark.parametrize(
    ("raw", "at", "text"),
    [
        (line(), 1795262400.5, "it happened"),
        ('{"ts": 1795262400.25, "level": "info", "msg": "room"}', 1795262400.25, "room"),
        ('{"time": "2026-11-21T12:00:00.936568393Z", "level": "WARN", "msg": "slow"}', 1795262400.936568, "slow"),
        ("2026-11-21 12:00:01.126 UTC [9] LOG:  ready", 1795262401.126, "2026-11-21 12:00:01.126 UTC [9] LOG:  ready"),
        ("  File x, line 1", 7.0, "File x, line 1"),
        ("{not json", 7.0, "{not json"),
        ("[1, 2]", 7.0, "[1, 2]"),
    ],
)
def test_lines_of_every_server_are_read(raw: str, at: float, text: str) -> None:
    read = parse(raw, "api", before=7.0)
    assert (read.at, read.text) == (pytest.approx(at), text)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"payment_id": "p1"}, True),
        ({"workflow_id": "payment-p1"}, True),
        ({"elicitation_id": "p1-otp-1"}, True),
        ({"trace_id": "t1"}, True),
        ({"trace_id": "t2"}, False),
        ({"payment_id": "p2"}, False),
        ({"event": "p1"}, False),
        ({}, False),
    ],
)
def test_a_story_is_what_mentions_the_payment_or_shares_its_trace(fields: dict[str, str], told: bool) -> None:
    story = Story("p1")
    story.learn(parse(line(payment_id="p1", trace_id="t1"), "api", 0))
    assert story.tells(parse(line(**fields), "mcp", 0)) is told


def test_a_payment_that_no_line_tells_of_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "api.log").write_text(line(payment_id="p1") + "\n")
    assert show(tmp_path, None, "p1", follow=False)
    assert not show(tmp_path, None, "p9", follow=False)


def test_processes_are_merged_by_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "api.log").write_text(
        line(event="first") + "\n" + line(event="third", timestamp="2026-11-21T12:00:02Z")
    )
    (tmp_path / "mcp.log").write_text(line(event="second", timestamp="2026-11-21T12:00:01Z") + "\n")
    with (tmp_path / "api.log").open("a") as file:
        file.write("\n")
    show(tmp_path, None, None, follow=False)
    said = capsys.readouterr().out
    assert said.index("first") < said.index("second") < said.index("third")


def test_fields_are_shown_and_nothing_is_taken_for_markup() -> None:
    shown = render(parse(line(event="[red]x[/]", state="HELD"), "api", 0)).plain
    assert "[red]x[/]" in shown
    assert "state=HELD" in shown


def test_a_build_is_told_only_where_its_service_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "livekit.prepare").write_text("go: downloading\n")
    (tmp_path / "livekit.log").write_text(line(event="serving") + "\n")
    show(tmp_path, None, None, follow=False)
    assert "downloading" not in capsys.readouterr().out
    show(tmp_path, "livekit", None, follow=False)
    said = capsys.readouterr().out
    assert said.index("downloading") < said.index("serving")
