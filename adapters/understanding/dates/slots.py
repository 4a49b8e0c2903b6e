"""The slots that an utterance's phrases about time fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.understanding.dates.moments import Moment

if TYPE_CHECKING:
    from adapters.understanding.tagging import Tagged


def moments_in(tagged: Tagged) -> list[Moment]:
    """All phrases about time, in order. `tagged`: the dated text."""
    return [value for value in tagged.values if isinstance(value, Moment)]


def days_of(tagged: Tagged, *, future: bool) -> dict[str, str]:
    """`from`, `to` (ISO dates, both included; one is missing where it is open) and `when` as said, of the first days.

    `date_unclear` where no calendar has them.
    """
    for moment in moments_in(tagged):
        if moment.unclear == "date":
            return {"date_unclear": "yes", "when": moment.said}
        span = moment.future if future else moment.past
        if span is not None:
            ends = (("from", span.first), ("to", span.last))
            return {name: day.isoformat() for name, day in ends if day} | {"when": moment.said}
    return {}


def times_of(tagged: Tagged) -> dict[str, str]:
    """What is to come: `date` or `date_choices`, `time`, `every` or `every_choices`, `days_before`, `quiet_from/_to`.

    A time of day that was said outright wins over the one that `morning` stands for.
    """
    slots: dict[str, str] = {}
    for moment in moments_in(tagged):
        if moment.unclear:
            slots[f"{moment.unclear}_unclear"] = "yes"
        if moment.choices:
            slots["date_choices"] = "|".join(day.isoformat() for day in moment.choices)
        elif moment.future and moment.future.day:
            slots["date"] = moment.future.day.isoformat()
        if moment.time and ("time" not in slots or not moment.future):
            slots["time"] = moment.time
        if moment.every:
            slots["every"] = moment.every
        if moment.every_choices:
            slots["every_choices"] = "|".join(moment.every_choices)
        if moment.days_before >= 0:
            slots["days_before"] = str(moment.days_before)
        if moment.quiet:
            slots |= dict(zip(("quiet_from", "quiet_to"), moment.quiet, strict=True))
    return slots
