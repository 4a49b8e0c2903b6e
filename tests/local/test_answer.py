import pytest
from typer.testing import CliRunner

from cli.main import app


@pytest.mark.parametrize("said", ["maybe", "123", "1234567", "\u0661\u0662\u0663\u0664\u0665\u0666", "yes please", " "])
def test_what_answers_nothing_is_refused_with_the_forms_that_do(said: str) -> None:
    refused = CliRunner().invoke(app, ["answer", "maya", "p-1-otp-1", said])
    assert refused.exit_code == 2
    assert "yes, no, cancel, or the six digits" in " ".join(refused.output.split())
