"""What the caller hears, frame by frame, while the assistant is paused, resumed and cut off."""

from __future__ import annotations

import numpy as np

from adapters.speech.pcm import Pcm
from adapters.speech.playback import Mark, Playback

FRAME = 240


def tone(frames: float) -> Pcm:
    return np.full(int(frames * FRAME), 1000, np.int16)


def loud(pcm: Pcm) -> int:
    return int(np.count_nonzero(pcm))


def test_an_idle_track_is_silent() -> None:
    frame, mark = Playback(FRAME).pull()
    assert (loud(frame), mark, frame.size) == (0, None, FRAME)


def test_a_segment_begins_and_ends_once() -> None:
    playback = Playback(FRAME)
    playback.add(tone(1.5))
    playback.complete()
    marks = [playback.pull()[1] for _ in range(5)]
    assert marks == [Mark.FIRST, None, Mark.DONE, None, None]


def test_nothing_is_lost_or_repeated_across_uneven_parts() -> None:
    playback = Playback(FRAME)
    said = np.arange(1, 1001, dtype=np.int16)
    for start in range(0, 1000, 77):
        playback.add(said[start : start + 77])
    heard = np.concatenate([playback.pull()[0] for _ in range(5)])
    assert heard[:1000].tolist() == said.tolist()


def test_a_pause_fades_within_half_a_frame_and_is_silent_after() -> None:
    playback = Playback(FRAME)
    playback.add(tone(10))
    playback.pull()
    playback.pause()
    fading, _ = playback.pull()
    assert loud(fading[FRAME // 2 :]) == 0
    assert int(fading[0]) > int(fading[FRAME // 4])
    assert loud(playback.pull()[0]) == 0


def test_resume_goes_on_where_it_stopped() -> None:
    playback = Playback(FRAME)
    playback.add(tone(10))
    playback.pull()
    playback.pause()
    playback.pull()
    playback.resume()
    rest = [playback.pull()[0] for _ in range(10)]
    assert sum(loud(frame) for frame in rest) == 9 * FRAME


def test_clear_drops_the_rest_and_the_next_segment_is_whole() -> None:
    playback = Playback(FRAME)
    playback.add(tone(10))
    playback.pull()
    assert playback.clear()
    assert not playback.clear()
    playback.pull()
    assert loud(playback.pull()[0]) == 0
    playback.add(tone(2))
    assert [playback.pull()[1], loud(playback.pull()[0])] == [Mark.FIRST, FRAME]


def test_a_segment_added_right_after_clear_is_heard() -> None:
    playback = Playback(FRAME)
    playback.add(tone(10))
    playback.pull()
    playback.clear()
    playback.add(tone(3))
    playback.pull()
    heard = sum(loud(playback.pull()[0]) for _ in range(6))
    assert heard == 3 * FRAME


def test_clear_ends_a_pause() -> None:
    playback = Playback(FRAME)
    playback.add(tone(10))
    playback.pause()
    playback.clear()
    playback.pull()
    playback.add(tone(1))
    assert loud(playback.pull()[0]) == FRAME
