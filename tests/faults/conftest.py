from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Typist

Sit = Callable[..., Typist]


@pytest.fixture
def sit_down() -> Iterator[Sit]:
    """Customers who leave when the test is over."""
    with ExitStack() as seats:

        def sit(stack: Stack, user: str = "maya") -> Typist:
            return seats.enter_context(closing(Typist(stack, user)))

        yield sit
