"""Chooses the adapters for words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.masking import Masker
from adapters.models.assistant import LanguageModels
from adapters.models.helping import Help
from adapters.outside.phrases import Phrases
from adapters.speech.listener import LanguageFiles
from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.language_model import build_apart
from runtime.models import models_plan
from runtime.outside import outside_servers
from voice_worker.front import Words

if TYPE_CHECKING:
    from domain.understanding import Vocabulary
    from runtime.settings import Settings


def words(settings: Settings) -> Words:
    """Masking and language models; models are kept in the state folder, one a vocabulary."""
    cache = settings.state_dir / "language"

    def language(vocabulary: Vocabulary) -> LanguageFiles:
        made = build_apart(vocabulary, cache)
        return LanguageFiles(made.arpa, made.dictionary)

    outside = Phrases(outside_servers(settings).allowed().values())
    calendar = Calendar(settings.time_zone, day_first=settings.day_first)
    masker, plan = Masker(), models_plan(settings)
    models = plan and LanguageModels(plan, masker, settings.redis_url, settings.tenant_id, calendar)
    return Words(masker, language, outside, calendar, Help(models))
