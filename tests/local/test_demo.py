from typer.testing import CliRunner

from cli.main import app


def test_the_stories_are_named() -> None:
    listed = CliRunner().invoke(app, ["demo", "--list"])
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.output.splitlines() if line[:1].isalpha()][:1] == ["kills"]
    assert "handover" in listed.output


def test_a_story_that_there_is_not() -> None:
    refused = CliRunner().invoke(app, ["demo", "--story", "nobody"])
    assert refused.exit_code == 2
    assert "handover" in refused.output
