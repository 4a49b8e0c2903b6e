"""`countersign call`: a phone call from the command line, through a real room, with sound both ways."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import httpx
import numpy as np
import typer

from adapters.livekit.caller import HEARD_RATE, MIC_RATE, Caller
from adapters.speech.pcm import VOICE_RATE, Pcm, read_wav, resample, silence, trim, write_wav
from cli.client import no_such_user
from cli.console import NO_FILE, err, out
from cli.inbox import newest_code
from runtime.settings import Settings, settings

if TYPE_CHECKING:
    from adapters.speech.voice import HibariVoice

_AGENT_WAIT_S: Final = 20.0
_REPLY_WAIT_S: Final = 20.0
_FINISHED_S: Final = 0.9
_LONGEST_REPLY_S: Final = 60.0
_CODE_WAIT_S: Final = 10.0
_INBOX_POLL_S: Final = 0.2


def call(
    user: Annotated[str, typer.Argument(help="A demo user: maya or omar.")],
    sounds: Annotated[
        list[str],
        typer.Argument(help="Sound files, one a turn; `say:TEXT` speaks, `otp` speaks your code; `wait:SECONDS`."),
    ],
    out_file: Annotated[Path | None, typer.Option("--out", help="Keep the assistant's voice as WAV.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Call the assistant and speak these sounds, each once the assistant has finished."""
    for sound in sounds:
        if problem := _problem_with(sound):
            err.print(problem)
            raise typer.Exit(2)
    try:
        asyncio.run(PhoneCall(settings(), user, as_json=as_json).run(sounds, out_file))
        hang_up()
    except httpx.HTTPStatusError as error:
        is_problem = "json" in error.response.headers.get("content-type", "")
        told: dict[str, Any] = error.response.json() if is_problem else {}
        code = told.get("code", error.response.status_code)
        if unknown := no_such_user(user, str(code)):
            err.print(unknown, markup=False, highlight=False, soft_wrap=True)
        else:
            err.print(f"{told.get('sentence', 'The bank refused the call.')} ({code})")
        raise typer.Exit(1) from error
    except httpx.ConnectError as error:
        err.print("Nothing is running here. Start it with: make up")
        raise typer.Exit(1) from error
    except NoCodeError as error:
        err.print("No code waits to be given. One is sent after the yes to a read-back.")
        raise typer.Exit(1) from error
    except (httpx.HTTPError, TimeoutError, OSError, RuntimeError) as error:
        reason = str(error) or type(error).__name__
        err.print(f"The call failed: {reason}. Is everything up? See: ./countersign status")
        raise typer.Exit(1) from error


def hang_up() -> NoReturn:
    """End the process here: LiveKit's own threads have been seen to panic while an interpreter takes itself down."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


class NoCodeError(Exception):
    """No one-time code is open, and none was sent while the call waited for it."""


def _problem_with(sound: str) -> str:
    """Why this cannot be spoken, or nothing."""
    if sound.startswith("wait:"):
        seconds = sound.removeprefix("wait:")
        return "" if seconds.replace(".", "", 1).isdigit() else f"wait:{seconds}: seconds are wanted, as in wait:5"
    if sound.startswith("say:"):
        return "" if sound.removeprefix("say:").strip() else "say: needs words, as in say:hello"
    if sound == "otp" or Path(sound).is_file():
        return ""
    return f"{sound}: {NO_FILE}"


class PhoneCall:
    """One call of a demo user."""

    def __init__(self, using: Settings, user: str, *, as_json: bool) -> None:
        self._settings = using
        self._user = user
        self._as_json = as_json
        self._turns: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._token = ""
        self._voice: HibariVoice | None = None
        self._question = ""

    async def run(self, sounds: list[str], out_file: Path | None) -> None:
        """Call, speak, listen, hang up. Raises httpx.HTTPError, TimeoutError or OSError."""
        async with httpx.AsyncClient(base_url=self._settings.api_url, timeout=10.0) as api:
            details = await self._sign_in(api)
            caller = Caller(self._on_message)
            await caller.join(details["serverUrl"], details["participantToken"])
            try:
                await asyncio.wait_for(caller.agent_there.wait(), _AGENT_WAIT_S)
                await self._hear_out(caller)
                for sound in sounds:
                    if sound.startswith("wait:"):
                        await self._wait(caller, float(sound.removeprefix("wait:")))
                        continue
                    await self._turn(caller, await self._sound(sound, api))
            finally:
                await caller.leave()
        if out_file is not None and caller.recorded:
            write_wav(out_file, np.concatenate(caller.recorded), HEARD_RATE)

    async def _sign_in(self, api: httpx.AsyncClient) -> dict[str, Any]:
        credentials = {"username": self._user, "password": self._settings.demo_password}
        signed_in = (await api.post("/api/login", json=credentials)).raise_for_status().json()
        self._token = signed_in["access_token"]
        wanted = {"agent_name": self._settings.voice_agent_name}
        return (
            (await api.post("/api/connection-details", json=wanted, headers=self._bearer())).raise_for_status().json()
        )

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _turn(self, caller: Caller, speech: Pcm) -> None:
        caller.listen_anew()
        ended_at = await caller.say(speech)
        heard: dict[str, Any] = {"who": "customer", "text": "", "heard": "", "end_of_speech_to_audio_ms": None}
        try:
            first = await caller.first_sound(_REPLY_WAIT_S)
            heard["end_of_speech_to_audio_ms"] = round((first - ended_at) * 1000)
        except TimeoutError:
            err.print("No answer.")
        replies = await self._collect(caller)
        for message in replies:
            if message.get("who") == "customer":
                heard |= message
        self._print(heard)
        for message in replies:
            if message.get("who") != "customer":
                self._print(message)

    async def _hear_out(self, caller: Caller) -> None:
        await caller.first_sound(_AGENT_WAIT_S)
        for message in await self._collect(caller):
            self._print(message)

    async def _wait(self, caller: Caller, seconds: float) -> None:
        await asyncio.sleep(seconds)
        for message in await self._collect(caller):
            self._print(message)

    async def _collect(self, caller: Caller) -> list[dict[str, Any]]:
        await caller.quiet(_FINISHED_S, _LONGEST_REPLY_S)
        found: list[dict[str, Any]] = []
        while not self._turns.empty():
            found.append(self._turns.get_nowait())
        return found

    def _on_message(self, message: dict[str, Any]) -> None:
        payload: dict[str, Any] = message.get("payload") or {}
        if message.get("type") == "turn":
            line = {"who": "customer", "text": payload["text"], "heard": payload["text"], "intent": payload["intent"]}
            self._turns.put_nowait(line | {"confidence": payload["confidence"], "by": payload["by"]})
        elif message.get("type") == "degraded":
            state = f"{payload['part']}_{'up' if payload['working'] else 'down'}"
            self._turns.put_nowait({"who": "event", "text": payload["message"], "intent": None, "state": state})
        elif message.get("type") == "reply":
            question = payload.get("elicitation")
            self._question = question["elicitation_id"] if question else ""
            line = {"who": "assistant", "text": payload["text"], "intent": payload["intent"], "state": payload["state"]}
            self._turns.put_nowait(line | {"elicitation": question["elicitation_id"] if question else None})

    async def _sound(self, sound: str, api: httpx.AsyncClient) -> Pcm:
        if sound == "otp":
            return self._speak(" ".join(await self._code(api)))
        if sound.startswith("say:"):
            return self._speak(sound.removeprefix("say:"))
        return read_wav(Path(sound), MIC_RATE)

    def _speak(self, text: str) -> Pcm:
        if self._voice is None:
            from adapters.speech.voice import HibariVoice  # noqa: PLC0415 - half a second, only where it is needed

            self._voice = HibariVoice()
        spoken = trim(self._voice.synthesize(text), VOICE_RATE, tail_ms=0)
        return resample(np.concatenate([silence(VOICE_RATE, 20), spoken]), VOICE_RATE, MIC_RATE)

    async def _code(self, api: httpx.AsyncClient) -> str:
        try:
            async with asyncio.timeout(_CODE_WAIT_S):
                code = await self._code_sent(api)
                while not code:
                    await asyncio.sleep(_INBOX_POLL_S)
                    code = await self._code_sent(api)
        except TimeoutError as error:
            raise NoCodeError from error
        return code

    async def _code_sent(self, api: httpx.AsyncClient) -> str:
        found: dict[str, Any] = {}
        for path in ("/api/demo/inbox", "/api/elicitations?status=pending"):
            found |= (await api.get(path, headers=self._bearer())).raise_for_status().json()
        return newest_code(found["messages"], found["elicitations"], self._question)

    def _print(self, line: dict[str, Any]) -> None:
        if self._as_json:
            print(json.dumps(line), flush=True)  # noqa: T201 - for scripts
        elif line["who"] == "customer":
            took = line.get("end_of_speech_to_audio_ms")
            pace = "…" if took is None else "cut in" if took < 0 else f"{took} ms"
            out.print(f"[bold]{self._user}:[/] {line.get('heard') or '…'}  [dim]{pace}[/]")
        else:
            out.print(f"[cyan]assistant:[/] {line['text']}")
