"""The second ear's process: one for several calls, and back again when it was killed."""

from __future__ import annotations

import os
import queue
import signal
from typing import TYPE_CHECKING

from adapters.speech.sphinx import Hypothesis, SphinxEar, SphinxService
from adapters.speech.sphinx_process import Operation
from tests.voice.sounds import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.speech.listener import Ears


def last_words(ear: SphinxEar, heard: queue.Queue[Hypothesis], text: str) -> str:
    spoken = said(text)
    utterance = ear.start()
    ear.feed(spoken)
    while True:
        found = heard.get(timeout=60)
        if (found.utterance, found.samples) == (utterance, spoken.size):
            return found.text


def opened(service: SphinxService, ears: Ears) -> tuple[SphinxEar, queue.Queue[Hypothesis]]:
    heard: queue.Queue[Hypothesis] = queue.Queue()
    put: Callable[[Hypothesis], None] = heard.put
    assert ears.files is not None
    return service.open(ears.files.language, ears.files.dictionary, put), heard


def test_two_calls_share_a_process_and_hear_their_own_words(ears: Ears) -> None:
    service = SphinxService()
    try:
        one, heard_by_one = opened(service, ears)
        other, heard_by_other = opened(service, ears)
        assert "savings" in last_words(one, heard_by_one, "what is my savings balance")
        assert "my last five" in last_words(other, heard_by_other, "show me my last five transactions")
    finally:
        service.close()


def test_a_killed_process_is_replaced_at_the_next_utterance(ears: Ears) -> None:
    service = SphinxService()
    try:
        ear, heard = opened(service, ears)
        last_words(ear, heard, "yes please")
        killed = service.pid
        os.kill(killed, signal.SIGKILL)
        while service.pid == killed:
            ear.start()
        assert "savings" in last_words(ear, heard, "what is my savings balance")
    finally:
        service.close()


def test_a_code_is_heard_by_a_grammar_of_digits_without_any_call() -> None:
    service = SphinxService()
    try:
        service.send(Operation.OPEN, 0, 0)
        six, _, _ = service.hear_code(said("4 8 2 9 1 7")).result(timeout=60).partition("\n")
        assert six == "four eight two nine one seven"
    finally:
        service.close()


def test_without_a_process_no_code_is_heard() -> None:
    assert SphinxService().hear_code(said("4 8 2 9 1 7")).result(timeout=60) == ""
