"""What is loaded once a worker and shared by all of its calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.saying.ear import for_the_ear
from adapters.speech.moonshine import MoonshineEar
from adapters.speech.sphinx import SphinxService
from adapters.speech.voice import Speaker
from adapters.understanding.understander import warm_up
from domain.dialogue import phrases
from voice_worker.dialogue import ONE_MOMENT

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Models:
    """Both ears and the voice."""

    first: MoonshineEar
    second: SphinxService
    speaker: Speaker

    @classmethod
    def load(cls) -> Models:
        """Takes about two seconds; the fixed phrases are spoken in advance in the background."""
        models = cls(MoonshineEar(), SphinxService(), Speaker.embedded())
        warm_up()
        models.speaker.warm([for_the_ear(phrase) for phrase in (ONE_MOMENT, *_fixed_phrases())])
        return models

    def close(self) -> None:
        """Free them."""
        self.first.close()
        self.second.close()
        self.speaker.close()


def _fixed_phrases() -> Iterator[str]:
    return (said for name, said in vars(phrases).items() if name.isupper() and isinstance(said, str))
