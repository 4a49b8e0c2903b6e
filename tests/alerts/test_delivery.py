"""What alerts have to say reaches their customer: each once, after the quiet hours, by the ways that were chosen."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.postgres.outcomes import PgOutcomes
from domain.alerts import AlertWish, Choices
from domain.errors import AlertTimeError, ZoneUnknownError
from tests.fakes.staff import until

if TYPE_CHECKING:
    from tests.alerts.conftest import Town

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
FIRED = "SELECT body ->> 'text', body ->> 'count' FROM outbox WHERE kind = 'alert.fired' ORDER BY id"
BELOW = "Your checking balance is $40.00, which is below $60.00."


async def drop(town: Town, alert: str, times: int = 1) -> None:
    for _ in range(times):
        before = len(town.firings(alert))
        town.book("a1", "shop", 60_00)
        town.book("equity", "a1", 60_00)
        await town.carry()
        await until(lambda before=before: len(town.firings(alert)) == before + 1)


async def low(town: Town) -> str:
    return await town.alert(kind="low_balance", amount="60.00")


async def test_an_event_a_message_and_words_once(town: Town) -> None:
    alert = await low(town)
    await drop(town, alert)
    await asyncio.gather(*(town.delivery.release() for _ in range(3)))
    await asyncio.gather(*(town.delivery.deliver() for _ in range(3)))
    assert town.owner.execute(FIRED).fetchall() == [(BELOW, "1")]
    assert list(town.post.messages.values()) == [("sms", BELOW)]
    assert await town.delivery.deliver() == 0


@pytest.mark.parametrize(("ways", "wanted"), [((), []), (("email",), ["email"]), (("sms", "email"), ["email", "sms"])])
async def test_the_customer_chooses_the_ways(town: Town, ways: tuple[str, ...], wanted: list[str]) -> None:
    await town.desk.choose("u1", Choices(ways=ways))
    await drop(town, await low(town))
    await town.delivery.release()
    await town.delivery.deliver()
    assert sorted(way for way, _ in town.post.messages.values()) == wanted
    assert len(town.owner.execute(FIRED).fetchall()) == 1


async def test_a_message_that_was_not_taken_is_tried_again(town: Town) -> None:
    await drop(town, await low(town))
    await town.delivery.release()
    await town.pool.rows("SELECT * FROM take_alert_messages(5)")  # a worker that died with it
    assert await town.delivery.deliver() == 0
    town.owner.execute("UPDATE alert_messages SET tried_at = now() - interval '2 minutes'")
    assert await town.delivery.deliver() == 1


async def test_quiet_hours_keep_back_and_tell_as_one(town: Town) -> None:
    now = datetime.now(UTC)
    begins, ends = now - timedelta(hours=1), now + timedelta(hours=2)
    await town.desk.choose("u1", Choices(f"{begins:%H:%M}", f"{ends:%H:%M}"))
    alert = await low(town)
    await drop(town, alert, 4)
    assert await town.delivery.release() == 0
    town.clock = ends + timedelta(minutes=1)
    assert await town.delivery.release() == 4
    await town.delivery.deliver()
    [(text, count)] = town.owner.execute(FIRED).fetchall()
    assert count == "4"
    assert text.startswith(f"While it was quiet, 4 of your alerts went off. {BELOW}")
    assert [text for _, text in town.post.messages.values()] == [text]


async def test_without_quiet_hours_nothing_is_kept_any_longer(town: Town) -> None:
    now = datetime.now(UTC)
    await town.desk.choose("u1", Choices(f"{now - timedelta(hours=1):%H:%M}", f"{now + timedelta(hours=2):%H:%M}"))
    alert = await low(town)
    await drop(town, alert)
    await town.desk.step(alert, "u1", "delete")  # what it has said before is still told
    assert await town.delivery.release() == 0
    await town.desk.choose("u1", Choices())
    assert await town.delivery.release() == 1


@pytest.mark.parametrize(
    ("choices", "error"),
    [
        (Choices("22:00", ""), AlertTimeError),
        (Choices("22:00", "25:00"), AlertTimeError),
        (Choices("22:00", "07:00", "Moon/Sea"), ZoneUnknownError),
        (Choices("22:00", "07:00", "../etc"), ZoneUnknownError),
    ],
)
async def test_what_cannot_be_chosen(town: Town, choices: Choices, error: type[Exception]) -> None:
    with pytest.raises(error):
        await town.desk.choose("u1", choices)


async def test_an_open_conversation_says_it_and_no_later_one_again(town: Town) -> None:
    outcomes = PgOutcomes(town.pool)
    town.owner.execute(
        """INSERT INTO sessions (session_id, user_id, channel, platform)
           VALUES ('open', 'u1', 'voice', 'web'), ('over', 'u1', 'voice', 'web'), ('theirs', 'u2', 'voice', 'web')"""
    )
    await drop(town, await low(town))
    await town.delivery.release()
    assert town.post.spoken == [("open", BELOW)]
    [firing] = town.owner.execute("SELECT firing_id FROM alert_firings").fetchone() or (0,)
    await outcomes.mark_alerts_told((firing,), "open")
    assert await outcomes.take_alerts("u1", "next") == []


async def test_the_next_conversation_begins_with_it(town: Town) -> None:
    outcomes = PgOutcomes(town.pool)
    await drop(town, await low(town))
    assert await outcomes.take_alerts("u1", "early") == []
    await town.delivery.release()
    assert await outcomes.take_alerts("u1", "next") == [BELOW]
    assert await outcomes.take_alerts("u1", "next") == [BELOW]
    assert await outcomes.take_alerts("u1", "later") == []
    assert await outcomes.take_alerts("u2", "other") == []


async def test_what_a_customer_writes_is_masked(town: Town) -> None:
    _, shown = await town.desk.change(
        (await town.ask(kind="reminder")).alert_id,
        "u1",
        AlertWish(about="pay card 4111 1111 1111 1111", every="FREQ=WEEKLY;BYDAY=MO"),
    )
    assert "4111 1111" not in shown.about
    stored = town.owner.execute("SELECT terms::text FROM alerts").fetchall()
    assert not any("4111 1111" in text for (text,) in stored)
