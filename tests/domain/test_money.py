import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BankError, CurrencyMismatchError
from domain.money import LARGEST_MINOR, Money, parse_amount

READS = [
    ("25", "USD", 2500),
    ("25.5", "USD", 2550),
    ("25.10", "USD", 2510),
    ("0.01", "USD", 1),
    ("1,250.00", "USD", 125_000),
    ("1,000,000", "USD", 100_000_000),
    ("$40", "USD", 4000),
    (" 7 ", "USD", 700),
    ("1e2", "USD", 10_000),
    ("25.000", "USD", 2500),
    ("500", "JPY", 500),
    ("1.234", "KWD", 1234),
]

REFUSES = [
    ("", "amount_unreadable"),
    ("abc", "amount_unreadable"),
    ("ten", "amount_unreadable"),
    ("NaN", "amount_unreadable"),
    ("Infinity", "amount_unreadable"),
    ("1.2.3", "amount_unreadable"),
    ("1,2,3", "amount_unreadable"),
    ("1.000,50", "amount_unreadable"),
    ("1,50", "amount_unreadable"),
    ("1,0000", "amount_unreadable"),
    ("0,500", "amount_unreadable"),
    ("1000,000", "amount_unreadable"),
    (",5", "amount_unreadable"),
    (".5", "amount_unreadable"),
    ("5.", "amount_unreadable"),
    ("12 000", "amount_unreadable"),
    ("1_000", "amount_unreadable"),
    ("\u0663\u0660", "amount_unreadable"),
    ("--5", "amount_unreadable"),
    ("$$5", "amount_unreadable"),
    ("9" * 40, "amount_unreadable"),
    ("0", "amount_not_positive"),
    ("0.00", "amount_not_positive"),
    ("-20", "amount_not_positive"),
    ("25.001", "amount_too_precise"),
    ("0.001", "amount_too_precise"),
    ("1e-5", "amount_too_precise"),
    ("1000000000000.01", "amount_too_large"),
    ("1e30", "amount_too_large"),
    ("1e999999", "amount_too_large"),
]


@pytest.mark.parametrize(("text", "currency", "minor"), READS)
def test_reads_an_amount_exactly(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(("text", "code"), REFUSES)
def test_refuses_an_amount_with_a_stable_code(text: str, code: str) -> None:
    with pytest.raises(BankError) as refused:
        parse_amount(text)
    assert refused.value.code == code


def test_more_decimals_than_the_currency_has_depend_on_the_currency() -> None:
    assert parse_amount("1.234", "KWD").minor == 1234
    with pytest.raises(BankError) as refused:
        parse_amount("1.5", "JPY")
    assert refused.value.code == "amount_too_precise"


@given(st.integers(1, LARGEST_MINOR), st.sampled_from(["USD", "JPY", "KWD"]))
def test_what_is_written_reads_back_the_same(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert parse_amount(amount.decimal(), currency) == amount


def test_two_currencies_do_not_add() -> None:
    with pytest.raises(CurrencyMismatchError):
        Money(1, "USD") + Money(1, "EUR")
