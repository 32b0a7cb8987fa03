"""The yardstick of the underruns: what a recording says about player, server and recorder."""

from __future__ import annotations

import numpy as np
import pytest
from coded_sound import Break, Fault, breaks, coded

CYCLE = 2048
SILENCE = np.zeros((5000, 2), np.float32)


def recording(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate([SILENCE, *(part / np.float32(32768) for part in parts), SILENCE]).astype(np.float32)


def only(found: list[Break]) -> Break:
    assert len(found) == 1
    return found[0]


def test_a_whole_song_has_no_break():
    song = coded(100_000)
    assert len(np.unique(song, axis=0)) == len(song)
    assert breaks(recording(song), len(song)) == []
    assert breaks(recording(song), 90_000) == []


def test_what_came_late_is_the_players_fault():
    song = coded(100_000)
    found = only(breaks(recording(song[:40_000], np.zeros((CYCLE, 2)), song[40_000:]), len(song)))
    assert found == Break(39_999, CYCLE, 0)
    assert found.fault(CYCLE) is Fault.PLAYER


def test_what_was_heard_twice_is_the_players_fault():
    song = coded(100_000)
    found = only(breaks(recording(song[:40_000], song[30_000:]), len(song)))
    assert found == Break(39_999, 0, -10_000)
    assert found.fault(CYCLE) is Fault.PLAYER


def test_silence_instead_of_a_cycle_is_the_servers_fault():
    song = coded(100_000)
    found = only(breaks(recording(song[:40_000], np.zeros((CYCLE, 2)), song[40_000 + CYCLE :]), len(song)))
    assert found.fault(CYCLE) is Fault.SERVER
    found = only(breaks(recording(song[:40_000], np.zeros((1000, 2)), song[41_000:]), len(song)))
    assert found.fault(CYCLE) is Fault.PLAYER


def test_a_hole_without_silence_is_the_recorders_fault():
    song = coded(100_000)
    assert only(breaks(recording(song[:40_000], song[44_096:]), len(song))).fault(CYCLE) is Fault.RECORDER


def test_missing_beginnings_and_ends_are_breaks():
    song = coded(10_000)
    quiet = len(SILENCE)
    assert breaks(recording(song[3000:]), len(song)) == [Break(-1, quiet, 3000)]
    assert breaks(recording(song[:9000]), len(song)) == [Break(8999, quiet, 1000)]
    assert breaks(recording(), len(song)) == [Break(-1, 2 * quiet, 10_000)]


def test_a_sample_faded_over_to_itself_is_the_same():
    song = coded(60_000)
    heard = recording(song)
    ramp = np.linspace(0, 1, 300, dtype=np.float32)[:, None]
    part = heard[30_000:30_300].copy()
    heard[30_000:30_300] = part * ramp + part * (1 - ramp)
    assert (heard[30_000:30_300] != part).any()
    assert breaks(heard, len(song)) == []


def test_other_sound_is_an_error_and_what_follows_may_fade_out():
    song = coded(10_000).astype(np.float32)
    song[6000:] *= np.float32(0.3)
    assert breaks(recording(song), 5000) == []
    with pytest.raises(ValueError, match="something else"):
        breaks(recording(song), 10_000)
