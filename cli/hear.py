"""`countersign hear`: the ears alone."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.speech.pcm import EAR_RATE, read_wav
from cli.console import NO_FILE, err, out
from cli.understand import DEMO_PAYEES
from domain.understanding import Understanding, Vocabulary
from runtime.settings import settings

if TYPE_CHECKING:
    from adapters.speech.sounds import Heard

_Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]
_Payees = Annotated[list[str] | None, typer.Option("--payee", help="A name to listen for; may be repeated.")]


def hear(
    sound: Annotated[Path, typer.Argument(help="A sound file of any rate and width.")],
    payee: _Payees = None,
    *,
    as_json: _Json = False,
) -> None:
    """What both recognisers hear in a recording, masked."""
    from adapters.masking import Masker  # noqa: PLC0415 - models and grammar load only where they are needed

    if not sound.is_file():
        err.print(f"{sound}: {NO_FILE}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2)
    vocabulary = _vocabulary(payee)
    try:
        turns, latency_ms = asyncio.run(_hear(sound, vocabulary))
    except (OSError, RuntimeError) as error:
        err.print(f"Cannot hear {sound}: {error}")
        raise typer.Exit(1) from error
    masker = Masker()
    text, first, second = (
        masker.mask(" ".join(each)).text
        for each in ([turn.text for turn in turns], [turn.first for turn in turns], [turn.second for turn in turns])
    )
    _print({"text": text, "latency_ms": latency_ms}, text, as_json=as_json)
    if not as_json:
        for ear, said in (("Moonshine", first), ("Sphinx", second)):
            out.print(f"  {ear}: {said.strip() or '…'}", style="dim", markup=False, highlight=False)


def _vocabulary(payees: list[str] | None) -> Vocabulary:
    return Vocabulary(tuple(payees or DEMO_PAYEES))


def _print(answer: Mapping[str, object], plain: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer))  # noqa: T201 - for scripts
    else:
        out.print(plain, markup=False)


async def _hear(sound: Path, vocabulary: Vocabulary) -> tuple[list[Heard], int]:
    from adapters.speech.listener import Ears, LanguageFiles  # noqa: PLC0415
    from adapters.speech.moonshine import MoonshineEar  # noqa: PLC0415
    from adapters.speech.sphinx import SphinxService  # noqa: PLC0415
    from adapters.speech.whole import hear as hear_whole  # noqa: PLC0415
    from adapters.speech.whole import turns  # noqa: PLC0415
    from adapters.understanding.dates.calendar import Calendar  # noqa: PLC0415
    from adapters.understanding.language_model import build  # noqa: PLC0415
    from adapters.understanding.understander import Understander  # noqa: PLC0415

    pcm = read_wav(sound, EAR_RATE)
    made = build(vocabulary, settings().state_dir / "language")
    first, second = MoonshineEar(), SphinxService()
    chosen = settings()
    understander = Understander(vocabulary, calendar=Calendar(chosen.time_zone, day_first=chosen.day_first))
    spent_ms = 0.0

    def meaning(text: str) -> Understanding:
        return understander.understand(text)

    try:
        ears = Ears(first, second, LanguageFiles(made.arpa, made.dictionary))
        heard = turns(await hear_whole(pcm, ears, meaning))
        begun = time.perf_counter()
        first.transcribe(pcm)
        spent_ms = (time.perf_counter() - begun) * 1000
    finally:
        second.close()
        first.close()
    return heard, round(spent_ms)
