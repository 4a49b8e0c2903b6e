"""The policy as tables: what a payment needs, and which tables are refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.elicitation import ElicitationType
from domain.money import Money
from domain.payments import PaymentKind
from domain.policy import (
    DEFAULT,
    CoolingOff,
    Deny,
    Facts,
    Payees,
    Row,
    Rule,
    Supervisor,
    decide,
    groups_from,
    hundredths,
)
from domain.policy_check import PolicyError, check
from domain.policy_file import table_from
from runtime.policies import policies
from runtime.settings import Settings

DAY = 86_400
CUSTOMER = (ElicitationType.CONFIRMATION, ElicitationType.OTP)

# amount in hundredths, approvals, denied
BANDS = [
    (1, 0, ""),
    (25_00, 0, ""),
    (5_000_00, 0, ""),
    (5_000_01, 1, ""),
    (10_000_00, 1, ""),
    (10_000_01, 2, ""),
    (25_000_00, 2, ""),
    (25_000_01, 0, "amount_too_large"),
]


@pytest.mark.parametrize(("minor", "approvals", "denied"), BANDS)
@pytest.mark.parametrize("platform", ["web", "mobile", "phone"])
def test_the_amount_decides(minor: int, approvals: int, denied: str, platform: str) -> None:
    found = decide(DEFAULT, Facts(Money(minor), platform))
    assert (found.approvals, found.denied, found.cooling_off_s) == (approvals, denied, 0)
    assert found.countersigns == (() if denied else CUSTOMER)
    assert found.group == ("supervisors" if approvals else "")
    assert found.version == DEFAULT.version


# new payee, recent, risks, amount -> approvals, cooling off
RULES = [
    (True, 0, (), 1_000_00, 0, 0),
    (True, 0, (), 1_000_01, 0, DAY),
    (False, 0, (), 1_000_01, 0, 0),
    (True, 0, (), 6_000_00, 1, DAY),
    (True, 0, (), 12_000_00, 2, DAY),
    (False, 20_000_00, (), 1, 1, 0),
    (False, 19_975_00, (), 25_00, 0, 0),
    (False, 19_975_00, (), 25_01, 1, 0),
    (False, 19_000_00, (), 12_000_00, 2, 0),
    (False, 0, ("codes_guessed",), 1_000_00, 0, 0),
    (False, 0, ("codes_guessed",), 1_000_01, 1, 0),
]


@pytest.mark.parametrize(("new", "recent", "risks", "minor", "approvals", "cooling"), RULES)
def test_rules_add(new: bool, recent: int, risks: tuple[str, ...], minor: int, approvals: int, cooling: int) -> None:  # noqa: PLR0913, PLR0917 - a table's columns
    facts = Facts(Money(minor), new_payee=new, recent_minor=recent, risks=frozenset(risks))
    found = decide(DEFAULT, facts)
    assert (found.approvals, found.cooling_off_s) == (approvals, cooling)
    assert found.countersigns == CUSTOMER


def test_the_reason_names_all_that_applied() -> None:
    found = decide(DEFAULT, Facts(Money(6_000_00), new_payee=True, recent_minor=15_000_00))
    assert found.reason.split("; ") == [
        "above 5,000.00: one approval",
        "first payment to a new payee above 1,000.00: held for a while",
        "more than 20,000.00 within 24 hours: one approval",
    ]


@pytest.mark.parametrize(
    ("amount", "cents"), [(Money(5, "JPY"), 500), (Money(1_234, "USD"), 1_234), (Money(10_001, "KWD"), 1_001)]
)
def test_amounts_of_any_currency_are_compared_in_hundredths(amount: Money, cents: int) -> None:
    assert hundredths(amount) == cents


@pytest.mark.parametrize(("hours", "hour", "applies"), [
    ((9, 17), 9, True), ((9, 17), 17, False), ((22, 6), 23, True), ((22, 6), 5, True), ((22, 6), 6, False),
])  # fmt: skip
def test_hours_may_pass_midnight(hours: tuple[int, int], hour: int, applies: bool) -> None:
    table = replace(DEFAULT, rules=(Rule("night", (Supervisor(1),), "at night", hours=hours),))
    assert (decide(table, Facts(Money(1), hour=hour)).approvals == 1) is applies


def test_the_highest_of_several_groups_is_asked() -> None:
    rules = (
        Rule("a", (Supervisor(1, "senior_supervisors"),), "a"),
        Rule("b", (Supervisor(2, "supervisors"), CoolingOff(5)), "b"),
    )
    found = decide(replace(DEFAULT, rules=rules), Facts(Money(1)))
    assert (found.approvals, found.group, found.cooling_off_s) == (2, "senior_supervisors", 5)


@pytest.mark.parametrize(
    ("group", "groups"),
    [
        ("supervisors", ("supervisors", "senior_supervisors")),
        ("senior_supervisors", ("senior_supervisors",)),
        ("forgotten", ("forgotten",)),
    ],
)
def test_groups_go_up(group: str, groups: tuple[str, ...]) -> None:
    assert groups_from(DEFAULT, group) == groups


def row(name: str, above: int, up_to: int | None, **changes: object) -> Row:
    return replace(DEFAULT.rows[0], name=name, above=above, up_to=up_to, **changes)


BAD_ROWS = [
    ((row("a", 0, 100), row("b", 200, None)), "gap: between rows 'a' and 'b', amounts between 1.00 and 2.00"),
    ((row("a", 0, 300), row("b", 200, None)), "overlap: rows 'a' and 'b' both hold amounts above 2.00"),
    ((row("a", 0, None), row("b", 200, None)), "overlap: rows 'a' and 'b' both hold amounts above 2.00"),
    ((row("a", 100, None),), "gap: nothing below row 'a', up to 1.00"),
    ((row("a", 0, 100),), "gap: nothing above row 'a', from 1.00"),
    ((row("a", 0, None, platforms=("web",)),), "gap: no row at all (mobile"),
    ((row("a", 0, None, payee=Payees.KNOWN),), "gap: no row at all (web, new payee)"),
    ((row("a", 0, 0), row("b", 0, None)), "row 'a' holds no amount"),
    ((row("a", 0, 100), row("a", 100, None)), "'a' is the name of two"),
    ((row("a", 0, None, effects=(Supervisor(1, "nobody"),)),), "row 'a': no such group: 'nobody'"),
    ((row("a", 0, None, effects=(Supervisor(9),)),), "row 'a': 1 to 5 approvals"),
    ((row("a", 0, None, effects=(Deny("pray"),)),), "row 'a': no such error: 'pray'"),
    ((row("a", 0, None, effects=()),), "row 'a' needs an effect and a reason"),
    ((row("a", 0, None, platforms=("fax",)), row("b", 0, None)), "row 'a': platforms are"),
]


@pytest.mark.parametrize(("rows", "words"), BAD_ROWS)
def test_a_table_with_a_gap_or_an_overlap_is_refused(rows: tuple[Row, ...], words: str) -> None:
    with pytest.raises(PolicyError) as refused:
        check(replace(DEFAULT, rows=rows))
    assert words in str(refused.value)


def test_rows_may_differ_by_platform_and_payee() -> None:
    rows = (
        row("phone", 0, None, platforms=("phone",)),
        row("known", 0, None, platforms=("web", "mobile"), payee=Payees.KNOWN),
        row("new, small", 0, 100, platforms=("web", "mobile"), payee=Payees.NEW),
        row("new, large", 100, None, platforms=("web", "mobile"), payee=Payees.NEW),
    )
    assert check(replace(DEFAULT, rows=rows))
    assert check(DEFAULT) is DEFAULT


PLAIN: dict[str, Any] = {
    "version": "acme-7",
    "groups": ["desk", "board"],
    "cooling_off_s": 60,
    "rows": [
        {"name": "small", "up_to": "50.00", "effects": ["allow"], "reason": "small"},
        {"name": "rest", "above": "50.00", "reason": "rest",
         "effects": ["confirm", {"step_up": "otp"}, {"supervisor": {"approvals": 2, "group": "desk"}}]},
    ],
    "rules": [{"name": "night", "effects": ["cooling_off"], "reason": "night", "hours": [22, 6]}],
}  # fmt: skip


def test_a_tenant_s_file(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(PLAIN))
    found = policies(Settings(policy_files={"acme": file}, cooling_off_s=5))
    assert found.of("another").cooling_off_s == 5
    table = found.of("acme")
    small = decide(table, Facts(Money(50_00), hour=23))
    assert (small.countersigns, small.approvals, small.cooling_off_s, small.version) == ((), 0, 60, "acme-7")
    rest = decide(table, Facts(Money(50_01)))
    assert (rest.countersigns, rest.approvals, rest.group) == (CUSTOMER, 2, "desk")


@pytest.mark.parametrize(("given", "limit"), [({}, 5_000_00), ({"mandate_limit": "250.00"}, 250_00),
                                              ({"mandate_limit": "0"}, 0)])  # fmt: skip
def test_how_much_a_mandate_may_allow(given: dict[str, str], limit: int) -> None:
    assert table_from(PLAIN | given).mandate_limit == limit


ROWS = PLAIN["rows"]
BAD_FILES = [
    ([], "must be an object"),
    ({}, "a policy needs a version"),
    (PLAIN | {"rowz": []}, "unknown: rowz"),
    (PLAIN | {"rows": {}}, "rows must be a list"),
    (PLAIN | {"rows": ROWS[:1]}, "gap: nothing above row 'small', from 50.00"),
    (PLAIN | {"rows": [ROWS[0] | {"up_to": 50.0}, ROWS[1]]}, "up_to must be an amount"),
    (PLAIN | {"rows": [ROWS[0] | {"up_to": "50.005"}, ROWS[1]]}, "up_to must be an amount"),
    (PLAIN | {"rows": [ROWS[0] | {"up_to": "60.00"}, ROWS[1]]}, "overlap: rows 'small' and 'rest'"),
    (PLAIN | {"rows": [ROWS[0] | {"effects": ["pray"]}, ROWS[1]]}, "'small': no such effect: 'pray'"),
    (PLAIN | {"rows": [ROWS[0] | {"effects": ["allow", "confirm"]}, ROWS[1]]}, "allow and deny stand alone"),
    (PLAIN | {"rows": [ROWS[0] | {"payee": "old"}, ROWS[1]]}, "payee is any, known or new"),
    (PLAIN | {"rules": [PLAIN["rules"][0] | {"hours": [1]}]}, "hours are two whole numbers"),
    (PLAIN | {"rules": [PLAIN["rules"][0] | {"risk": "moon"}]}, "no such risk signal: 'moon'"),
    (PLAIN | {"cooling_off_s": "long"}, "durations are numbers"),
    (PLAIN | {"mandate_limit": "-1.00"}, "mandate_limit must not be less than zero"),
    (PLAIN | {"mandate_limit": 500.5}, "mandate_limit must be an amount"),
    (PLAIN | {"mandate_limit": "much"}, "mandate_limit must be an amount"),
]


@pytest.mark.parametrize(("plain", "words"), BAD_FILES)
def test_a_bad_file_is_refused_and_says_why(tmp_path: Path, plain: object, words: str) -> None:
    with pytest.raises(PolicyError) as refused:
        table_from(plain)
    assert words in str(refused.value)
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(plain))
    with pytest.raises(PolicyError) as at_start:
        policies(Settings(policy_files={"acme": file}))
    assert str(file) in str(at_start.value)


def test_a_file_that_is_not_there_or_not_json_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for file in (broken, tmp_path / "none.json"):
        with pytest.raises(PolicyError, match=file.name):
            policies(Settings(policy_files={"acme": file}))


def test_rows_that_no_amount_leads_to() -> None:
    own = decide(DEFAULT, Facts(Money(900_000_00), new_payee=True, recent_minor=10**9, kind=PaymentKind.OWN))
    assert (own.countersigns, own.approvals, own.cooling_off_s, own.denied) == (
        (ElicitationType.CONFIRMATION,),
        0,
        0,
        "",
    )
    back = decide(DEFAULT, Facts(Money(1), kind=PaymentKind.REVERSAL))
    assert (back.countersigns, back.approvals) == ((), 1)
    plain = {"version": "v", "rows": [{"name": "all", "effects": ["confirm"], "reason": "r"}]}
    assert table_from(plain).own == DEFAULT.own
    strict = table_from({**plain, "own": {"effects": ["confirm", "step_up"], "reason": "more"}})
    assert decide(strict, Facts(Money(1), kind=PaymentKind.OWN)).countersigns == CUSTOMER
    for effects in (["confirm"], ["allow"], ["confirm", "supervisor"]):
        with pytest.raises(PolicyError, match="a reversal"):
            table_from({**plain, "reversal": {"effects": effects, "reason": "r"}})
