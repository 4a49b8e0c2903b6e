"""Sentences that the grammar allows, as people say them: what the recogniser's language model is made from."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from num2words import num2words  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from adapters.understanding.dates.sampled import SpokenTimes
from adapters.understanding.names import plain_name
from domain.grammar import ORDER, RULES
from domain.grammar.notation import Choice, Ref, Sequence, Slot, Word
from domain.grammar.words import ACCOUNT_FORMS, CONTRACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from domain.grammar.notation import Node
    from domain.understanding import Vocabulary

_WEIGHTS: Final = {
    "pay" : 24, "transfer": 4,
    "amend" : 10, "code" : 9, "balance" : 9, "transactions" : 6, "confirm" : 8, "deny" : 4, "cancel" : 6,
    "resend" : 4,
    "status": 4, "not_offered": 8, "mandate": 5, "mandates": 1, "revoke": 2,
    "repeat": 2, "agent": 2, "help": 2, "greet": 1, "thanks": 1, "goodbye": 2,
    "spending": 5, "loans": 3, "credit": 3, "cards": 3, "scheduled": 3, "more": 2, "back": 2, "question": 2,
    "alert": 6, "alerts": 1, "alert_change": 1, "alert_pause": 1, "alert_resume": 1, "alert_delete": 1, "quiet": 1,
    "order_cancel": 1, "order_pause": 1, "order_resume": 1, "order_change": 1,
}  # fmt: skip
_BARE: Final = frozenset({"code", "confirm", "deny", "cancel", "amend", "thanks", "goodbye", "greet"})
"""Mostly said with nothing around them."""
_FALLING: Final = 0.12
"""How much rarer each later alternative of a rule is: the rules name the common forms first."""
_OPTIONAL: Final = 0.35
_PURPOSES: Final = (
    "dinner", "lunch", "rent", "the rent", "the tickets", "gas", "groceries", "the concert", "last night",
    "the party", "coffee", "the bill",
    "drinks", "utilities", "the trip", "her birthday", "his birthday", "the electricity", "this month", "the taxi",
    "my car", "a house",
)  # fmt: skip
_SHOPS: Final = ("amazon", "netflix", "the supermarket", "groceries", "restaurants", "gas", "coffee", "the pharmacy")
_DIGITS: Final = ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TIMES: Final = frozenset({"when", "date", "time", "every", "before", "quiet"})
_FILLERS: Final = ("um", "uh", "please", "please", "well", "just")


class Sampler:
    """Draws sentences for one vocabulary; the same seed gives the same sentences."""

    def __init__(self, vocabulary: Vocabulary, seed: int = 1) -> None:
        self._random = Random(seed)  # noqa: S311 - training text, no secret
        self._times = SpokenTimes(self._random)
        self._payees = [plain_name(payee) for payee in vocabulary.payees] or ["someone"]
        self._accounts = [form for kind in vocabulary.accounts for form in ACCOUNT_FORMS.get(kind, (kind,))]
        self._rules = {intent: [r for r in RULES if r.partition(".")[0] == intent] for intent in ORDER}

    def sentences(self, count: int) -> Iterator[str]:
        """`count` sentences over all intents, the important ones more often."""
        intents = list(_WEIGHTS)
        weights = list(_WEIGHTS.values())
        for _ in range(count):
            yield self.sentence(self._random.choices(intents, weights)[0])

    def sentence(self, intent: str) -> str:
        """One sentence that means this intent."""
        words = self._draw(RULES[self._random.choice(self._rules[intent])])
        if intent not in _BARE:
            words = self._around(words)
        if self._random.random() < 0.12:
            words.insert(self._random.choice((0, 0, len(words))), self._random.choice(_FILLERS))
        return self._slurred(" ".join(words))

    def _around(self, words: list[str]) -> list[str]:
        lead = self._draw(RULES["lead"]) if self._random.random() < _OPTIONAL else []
        tail = self._draw(RULES["tail"]) if self._random.random() < _OPTIONAL / 3 else []
        return [*lead, *words, *tail]

    def _slurred(self, text: str) -> str:
        for full, short in CONTRACTIONS.items():
            if full in text and self._random.random() < 0.6:
                text = f" {text} ".replace(f" {full} ", f" {short} ").strip()
        said = self._random.choice(("yes", "yes", "yeah", "yep", "yup"))
        return " ".join(said if word == "yes" else word for word in text.split())

    def _draw(self, node: Node) -> list[str]:
        if isinstance(node, Word):
            return [node.text]
        if isinstance(node, Ref):
            return self._draw(RULES[node.name])
        if isinstance(node, Sequence):
            return [word for part in node.parts for word in self._draw(part)]
        if isinstance(node, Choice):
            if node.optional and self._random.random() > _OPTIONAL:
                return []
            weights = [1 / (1 + _FALLING * i) for i in range(len(node.options))]
            return self._draw(self._random.choices(node.options, weights)[0])
        return self._value(node).split()

    def _value(self, slot: Slot) -> str:
        return self._times.phrase(slot.name) if slot.name in _TIMES else self._plain(slot)

    def _plain(self, slot: Slot) -> str:
        drawn: dict[str, Callable[[], str]] = {
            "payee": self._payee, "name": self._payee, "amount": self._amount, "code": self._code,
            "foreign": lambda: f"{self._number(500)} euros", "account": self._account, "source": self._source,
            "count": lambda: self._number(20), "counterparty": lambda: self._random.choice(_SHOPS),
        }  # fmt: skip
        draw = drawn.get(slot.name)
        return draw() if draw else self._random.choice(_PURPOSES)

    def _source(self) -> str:
        mine = self._random.choice(("my ", "my ", "", "the "))
        return f"{self._random.choice(('from', 'from', 'out of', 'using'))} {mine}{self._account()}"

    def _account(self) -> str:
        return self._random.choice(self._accounts)

    def _payee(self) -> str:
        name = self._random.choice(self._payees)
        first = name.split()[0]
        return first if self._random.random() < 0.2 and len(first) > 2 else name

    def _number(self, below: int) -> str:
        return _spoken(self._random.randint(1, below))

    def _amount(self) -> str:
        kind = self._random.random()
        whole = self._whole()
        if kind < 0.5:
            return f"{whole} {self._random.choice(('dollars', 'dollars', 'dollars', 'bucks'))}"
        if kind < 0.75:
            return whole
        cents = _spoken(self._random.randint(1, 99))
        if kind < 0.9:
            return f"{whole} dollars {self._random.choice(('and ', ''))}{cents} cents"
        if kind < 0.96:
            return f"{_spoken(self._random.randint(1, 99))} {_spoken(self._random.randint(10, 99))}"
        return self._random.choice(
            ("a grand", "two grand", "half a grand", "fifty cents", "a couple of hundred", "one point five thousand")
        )

    def _whole(self) -> str:
        kind = self._random.random()
        if kind < 0.35:
            number = self._random.randint(1, 99)
        elif kind < 0.6:
            number = self._random.choice(range(5, 1000, 5))
        elif kind < 0.8:
            number = self._random.choice(range(100, 10_000, 100))
        else:
            number = self._random.randint(1, 9999)
        spoken = _spoken(number)
        if self._random.random() < 0.4:
            spoken = spoken.replace(" and ", " ")
        if spoken.startswith("one ") and number >= 100 and self._random.random() < 0.5:
            spoken = f"a {spoken[4:]}"
        return spoken

    def _code(self) -> str:
        if self._random.random() < 0.1:
            return " ".join(_spoken(self._random.randint(10, 99)) for _ in range(3))
        length = self._random.choice((6, 6, 6, 6, 3, 3, 4, 2))
        return " ".join(self._random.choice(_DIGITS) for _ in range(length))


def _spoken(number: int) -> str:
    return str(num2words(number)).replace("-", " ").replace(",", "")
