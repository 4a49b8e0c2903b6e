from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from adapters.masking import Masker
from domain.errors import MaskingFailedError

MASKER = Masker()

MASKED = {
    "my account number is 12345678901": "my account number is ****8901",
    "my account is four one one one two two three three": "my account is ****2233",
    "account 1234-5678-90": "account ****7890",
    "my social is 123-45-6789": "my social is ***-**-6789",
    "123-45-6789": "***-**-6789",
    "social security one two three four five six seven eight nine": "social security ***-**-6789",
    "ssn 123456789": "ssn ***-**-6789",
    "call me at 415-555-2671": "call me at (***) ***-2671",
    "(415) 555-2671": "(***) ***-2671",
    "my phone is four one five five five five two six seven one": "my phone is (***) ***-2671",
    "415.555.2671 is my cell": "(***) ***-2671 is my cell",
    "card 4111 1111 1111 1111": "card ****1111",
    "4111-1111-1111-1111": "****1111",
    "my visa is four one one one one one one one one one one one one one one one": "my visa is ****1111",
    "2223 0031 2200 3222": "****3222",
    "3782 822463 10005": "****0005",
    "routing number 021000021": "routing number ****0021",
    "zero two one triple zero zero two one": "****0021",
    "DE89 3704 0044 0532 0130 00 please": "****3000 please",
    "de89370400440532013000": "****3000",
    "gb82 west 1234 5698 7654 32": "****5432",
    "mail sarah.chen@example.com now": "mail [email] now",
    "sarah at example dot com": "[email]",
    "482917": "******",
    "my code is 4 8 2 - 9 1 7": "my code is ******",
    "four eight two nine one seven": "******",
    "forty eight twenty nine seventeen": "******",
    "oh three five double eight one": "******",
    "it's 482 917": "it's ******",
    "my pin is 1234": "my pin is ******",
    "the code is four eight two": "the code is ******",
    "four eight two": "******",
    "card ending in 4242": "card ending in ****4242",
    "code for eight two nine one seven": "code ******",
    "My password is hunter2": "My password is ******",
    "my password is hunter2, pay Sarah Chen 25 dollars": "my password is ******, pay Sarah Chen 25 dollars",
    "my passcode is blue horse": "my passcode is ******",
    "my password's hunter2.": "my password's ******.",
    "the password is Tr0ub4dor&3 and please hurry": "the password is ****** and please hurry",
    "my password: hunter2": "my password: ******",
    "password = p@ss w0rd": "password = ******",
    "my login is maya and my password hunter2": "my login is maya and my password ******",
    "my password is not hunter2 but hunter3": "my password is ******",
    "change my password to hunter2": "change my password to ******",
    "hunter2 is my password": "****** is my password",
    "listen, purple monkey is my secret word": "listen, ****** is my secret word",
    "the passphrase is correct horse 4 battery": "the passphrase is ******",
    "my mother's maiden name is Smith": "my mother's maiden name is ******",
    "my memorable word is sunshine": "my memorable word is ******",
    "my PIN is one two three four": "my PIN is ******",
    "my pin is 1234 pay Sarah 20 dollars": "my pin is ****** pay Sarah 20 dollars",
    "my pin is 12ab": "my pin is ******",
    "security code 123": "security code ******",
    "the cvv is one two three": "the cvv is ******",
    "my account number is 12345678901 and my code is 482917": "my account number is ****8901 and my code is ******",
}

UNTOUCHED = [
    "pay Sarah Chen twenty five dollars", "pay 250 dollars", "last five transactions", "$1,250.00", "on 12/03/2026",
    "pay twelve hundred dollars to sarah", "pay sarah forty two fifty", "pay sarah two fifty", "show 20 transactions",
    "one hundred twenty five thousand dollars", "send 1250 to john", "pay Sarah 250000 dollars", "$1,000,000",
    "nine five five five dollars", "pay two hundred thousand dollars to john", "in 2026", "2026-11-21", "at 10:30",
    "I forgot my password", "what is my password",
    "tell me where is my password kept", "it is my password",
    "my password is wrong", "my password is not working", "reset my PIN",
    "my pin is blocked", "is my password safe", "change my password to something else", "the password was rejected",
    "what's my pin", "i think my password is being used by someone", "the code is in the mail", "pin down the date",
    "two for one", "to John for lunch", "one more time", "what is my balance", "", "ten point five five five",
    "forty two dollars and fifty cents", "make it fifty not fifteen", "the last ten", "double the amount", "EUR 20",
]  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), MASKED.items())
def test_masked(text: str, masked: str) -> None:
    assert MASKER.mask(text).text == masked


@pytest.mark.parametrize("text", UNTOUCHED)
def test_money_dates_and_counts_stay_as_they_are(text: str) -> None:
    found = MASKER.mask(text)
    assert (found.text, found.entities) == (text, ())


@pytest.mark.parametrize("text", ["250", "two fifty", "9 1", "4829171", "forty eight twenty nine", "seven"])
def test_lone_digits_are_masked_where_a_code_is_awaited(text: str) -> None:
    assert MASKER.mask(text, code_expected=True).text == "******"


def test_entities_name_the_kind_and_place_but_never_the_value() -> None:
    found = MASKER.mask("my social is 123-45-6789")
    assert [(entity.kind, entity.start, entity.end) for entity in found.entities] == [("ssn", 13, 24)]
    assert "123" not in repr(found)


def test_known_names_are_masked_where_asked_for() -> None:
    assert Masker(("Maya Lopez",)).mask("this is maya lopez speaking").text == "this is [name] speaking"


def test_a_text_too_long_to_judge_is_refused() -> None:
    with pytest.raises(MaskingFailedError):
        MASKER.mask("4" * 10_001)


def test_any_failure_inside_is_a_failure_without_the_text() -> None:
    with pytest.raises(MaskingFailedError) as caught:
        MASKER.mask(482917)  # pyright: ignore[reportArgumentType] - what must not happen
    assert "482917" not in repr(caught.value)
    assert caught.value.__suppress_context__


@given(st.text(max_size=120))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = MASKER.mask(text).text
    assert MASKER.mask(once).text == once


FRAMES = st.sampled_from(
    ["{}", "it is {}", "my number is {} okay", "so um {} thanks", "account {}", "yes {}", "code: {}."]
)


@given(st.text(alphabet="0123456789", min_size=6, max_size=19), FRAMES, st.sampled_from(["", " ", "-", ", "]))
def test_planted_digits_never_leak(digits: str, frame: str, gap: str) -> None:
    masked = MASKER.mask(frame.format(gap.join(digits))).text
    shown = "".join(c for c in masked if c.isdigit())
    assert len(shown) <= 4
    assert digits not in shown


@given(st.text(alphabet="0123456789", min_size=6, max_size=16), FRAMES)
def test_planted_spoken_digits_never_leak(digits: str, frame: str) -> None:
    spoken = " ".join(num2words(int(digit)) for digit in digits)
    masked = MASKER.mask(frame.format(spoken)).text
    numbers = {num2words(i) for i in range(10)}
    assert not numbers & set(masked.replace(".", "").split())


@given(
    st.integers(min_value=1, max_value=999_999),
    st.sampled_from(["pay Sarah {} dollars", "send ${} to John", "make it {} dollars"]),
)
def test_sums_are_never_masked(dollars: int, frame: str) -> None:
    text = frame.format(dollars)
    assert MASKER.mask(text).text == text


@pytest.mark.parametrize(
    "text", ["870 345 5000", "(870) 345-5000", "4111 1111 1111 1111", "my account is 12345678", "123-45-6789"]
)
def test_while_a_code_is_awaited_no_digit_stays(text: str) -> None:
    shown = MASKER.mask(text, code_expected=True).text
    assert not any(sign.isdigit() for sign in shown)
