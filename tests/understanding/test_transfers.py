"""Money between own accounts: which account it comes from, which it goes to, and what is none at all."""

import pytest

from adapters.understanding.understander import Understander
from domain.conversation import Expects
from domain.understanding import Intent, Vocabulary

UNDERSTANDER = Understander(Vocabulary(("Sarah Chen", "John Doe")))

# what is said, and amount, source, target
SAID = [
    ("move 200 from savings to checking", "200.00", "savings", "checking"),
    ("savings to checking, two hundred dollars", "200.00", "savings", "checking"),
    ("put a hundred into savings from checking", "100.00", "checking", "savings"),
    ("take fifty out of checking and put it in savings", "50.00", "checking", "savings"),
    ("transfer fifty dollars to my savings", "50.00", None, "savings"),
    ("pay two hundred on my credit card", "200.00", None, "credit card"),
    ("pay 75.50 off my loan", "75.50", None, "loan"),
    ("transfer fifty no sixty dollars to savings", "60.00", None, "savings"),
    ("move money from savings to checking", None, "savings", "checking"),
    ("put some money aside", None, None, "savings"),
]


@pytest.mark.parametrize(("said", "amount", "source", "target"), SAID)
def test_a_transfer_says_from_where_and_to_where(
    said: str, amount: str | None, source: str | None, target: str | None
) -> None:
    found = UNDERSTANDER.understand(said)
    assert found.intent is Intent.TRANSFER
    assert (found.slots.get("amount"), found.slots.get("account"), found.slots.get("target")) == (
        *(amount, source, target),
    )
    assert found.complete is bool(amount and target)


@pytest.mark.parametrize(
    ("said", "expects", "slots"),
    [
        ("make it 300", Expects.CONFIRMATION, {"amount": "300.00"}),
        ("from checking instead", Expects.CONFIRMATION, {"account": "checking"}),
        ("to checking instead", Expects.CONFIRMATION, {"target": "checking"}),
        ("no, to the loan", Expects.CONFIRMATION, {"target": "loan"}),
        ("from savings to checking instead", Expects.CONFIRMATION, {"account": "savings", "target": "checking"}),
        ("change it to savings", Expects.CONFIRMATION, {"account": "savings"}),
        ("to my savings account", Expects.SLOT, {"target": "savings"}),
        ("my loan", Expects.SLOT, {"account": "loan"}),
    ],
)
def test_a_correction_says_which_of_the_two(said: str, expects: Expects, slots: dict[str, str]) -> None:
    found = UNDERSTANDER.understand(said, expects)
    assert (found.intent, found.slots) == (Intent.AMEND, slots)


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("move 100 from checking to savings every Friday",
         {"amount": "100.00", "account": "checking", "target": "savings", "every": "FREQ=WEEKLY;BYDAY=FR"}),
        ("put 50 into savings on the first of each month",
         {"amount": "50.00", "target": "savings", "every": "FREQ=MONTHLY;BYMONTHDAY=1"}),
        ("save 50 every week", {"amount": "50.00", "target": "savings", "every": "FREQ=WEEKLY"}),
        ("pay 75.50 off my loan every month", {"amount": "75.50", "target": "loan", "every": "FREQ=MONTHLY"}),
    ],
)  # fmt: skip
def test_a_transfer_again_and_again_is_a_standing_order(said: str, slots: dict[str, str]) -> None:
    found = UNDERSTANDER.understand(said)
    assert (found.intent, found.slots, found.complete) == (Intent.ORDER, slots, True)


@pytest.mark.parametrize(
    "said",
    [
        "move 200 from savings to checking every month",
        "move 200 to savings tomorrow",
        "put up to 100 a month into savings",
        "transfer 50 to sarah from savings",
        "did my transfer to savings go through",
        "don't move it to savings",
        "remind me to move money to savings",
        "how much is in savings",
        "if i move 200 to savings what is left",
        "withdraw 200 from savings",
        "he moved 200 to savings",
        "put my card into checking",
    ],
)
def test_what_only_sounds_like_one_moves_nothing(said: str) -> None:
    assert UNDERSTANDER.understand(said).intent is not Intent.TRANSFER
