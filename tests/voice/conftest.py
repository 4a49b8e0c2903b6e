from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.speech.listener import Ears, LanguageFiles
from adapters.speech.moonshine import MoonshineEar
from adapters.speech.sphinx import SphinxService
from adapters.understanding.language_model import build
from adapters.understanding.understander import Understander
from domain.understanding import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

VOCABULARY = Vocabulary(("Sarah Chen", "John Doe", "City Power"))


@pytest.fixture(scope="session")
def understander() -> Understander:
    return Understander(VOCABULARY)


@pytest.fixture(scope="session")
def ears(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ears]:
    made = build(VOCABULARY, tmp_path_factory.mktemp("language"))
    first, second = MoonshineEar(), SphinxService()
    yield Ears(first, second, LanguageFiles(made.arpa, made.dictionary))
    second.close()
    first.close()
