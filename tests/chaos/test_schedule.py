"""A run can be had again: what breaks and what is wanted is a function of the seed alone."""

from __future__ import annotations

from collections import Counter

import pytest

from chaos import schedule
from chaos.links import SERVERS
from chaos.wishes import policy, wishes
from domain.policy_file import table_from

ROUND = len(schedule.KILLED) + len(SERVERS)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_breaks_the_same_at_the_same_time(seed: int) -> None:
    once, again = schedule.first(seed, 4, 100), schedule.first(seed, 4, 100)
    assert once == again
    assert once != schedule.first(seed + 1, 4, 100)
    assert schedule.until(seed, 4, once[40].at_s) == once[:40]
    assert [fault.at_s for fault in once] == sorted(fault.at_s for fault in once)


@pytest.mark.parametrize("seed", range(5))
def test_every_round_kills_every_process_and_poisons_a_way_to_every_server(seed: int) -> None:
    faults = schedule.first(seed, 4, 3 * ROUND)
    for begin in range(0, len(faults), ROUND):
        part = faults[begin : begin + ROUND]
        assert sorted(each.target for each in part if each.what == schedule.KILL) == sorted(schedule.KILLED)
        poisoned = [each for each in part if each.what != schedule.KILL]
        assert sorted(each.target.split(">")[1] for each in poisoned) == sorted(SERVERS)
        assert all(each.lasts_s > 0 for each in poisoned)


def test_the_same_seed_wants_the_same_and_no_customer_the_same_sum_twice() -> None:
    wanted = wishes(7, 5000, 40)
    assert wanted == wishes(7, 5000, 40)
    assert len({wish.payment_id for wish in wanted}) == len(wanted)
    sums = Counter((wish.customer, wish.amount_minor) for wish in wanted)
    sums.update({(wish.customer, wish.corrected_minor): 1 for wish in wanted})
    assert max(sums.values()) == 1


def test_the_policy_of_a_run_is_one_that_the_bank_takes() -> None:
    assert table_from(policy()).version == "chaos"
