"""How names sound, whoever else speaks in the same process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.speech.espeak import EspeakVoice
from adapters.understanding.sound import ipa, separated

WORDS = [
    f"{first} {last}" for first in ("jon", "jean", "carl", "maria", "xavier") for last in ("dough", "power", "rent")
]


@pytest.mark.parametrize("voice", ["es", "de", "en-gb"])
def test_another_voice_in_the_same_process_changes_nothing(voice: str) -> None:
    ipa.cache_clear()
    alone = [ipa(word) for word in WORDS]
    spoken = EspeakVoice(voice)
    ipa.cache_clear()
    separated.cache_clear()
    with ThreadPoolExecutor(2) as threads:
        speaking = [threads.submit(spoken.synthesize, word) for word in WORDS]
        beside = [ipa(word) for word in WORDS]
        assert all(len(each.result()) for each in speaking)
    assert beside == alone
    assert ipa("jon dough") == ipa("john doe")
