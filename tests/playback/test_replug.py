"""Outputs that are plugged out and in again while a song plays, on a real sound server."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from songs import RATE_HZ, UNITY, TestSong, make_song
from sound_server import SoundServer, missing_packages, sound_server
from test_process import wait_until

from umx_gui.engine.audio import FloatArray
from umx_gui.playback.player import Player

pytestmark = pytest.mark.sound


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    """A server of its own: what is plugged out here is no other test's output."""
    if absent := missing_packages():
        pytest.skip(f"missing: {', '.join(absent)}")
    with sound_server() as running:
        for name, value in running.variables.items():
            monkeypatch.setenv(name, value)
        yield running


def place_heard(server: SoundServer, sink: str, player: Player, song: TestSong) -> int:
    """Plays on for a third of a second; where in the song the sink heard it, bit for bit, for a tenth at least.

    The server may take its time to lead the sound to that sink: then it is listened to once more.
    """
    wanted = song.heard(UNITY)
    for _ in range(20):
        with server.record(sink=sink) as recording:
            goal = player.position + RATE_HZ // 3
            assert wait_until(lambda goal=goal: player.position > goal), "the playhead stands"
        heard = recording.samples
        sounds = np.flatnonzero(heard.any(1))
        if len(sounds) <= RATE_HZ // 10:
            continue
        part: FloatArray = heard[sounds[0] + 2048 :][: RATE_HZ // 10]
        starts = np.flatnonzero((wanted == part[0]).all(1))
        if any(np.array_equal(wanted[at : at + len(part)], part) for at in starts):
            return int(starts[0])
    raise AssertionError(f"nothing, or another sound, came from {sink}")


def test_a_song_goes_on_elsewhere_and_comes_back_with_its_output(server: SoundServer) -> None:
    song = make_song(60.0)
    plugged = server.plug_in("headphones")
    assert wait_until(lambda: server.pactl("get-default-sink") == "headphones")
    with Player() as player:
        player.set_mix(UNITY)
        song.load_into(player)
        assert player.wait_ready()
        player.play()
        first = place_heard(server, "headphones", player, song)
        server.unplug(plugged)
        second = place_heard(server, "test", player, song)
        server.plug_in("headphones")
        assert wait_until(lambda: server.pactl("get-default-sink") == "headphones")
        third = place_heard(server, "headphones", player, song)
        assert first < second < third
        assert player.available
        assert player.playing
    song.scratch.close()


def test_a_sound_system_that_ends_and_starts_again_is_played_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    if absent := missing_packages():
        pytest.skip(f"missing: {', '.join(absent)}")
    song = make_song(60.0)
    with Player() as player:
        player.set_mix(UNITY)
        for there in range(2):
            with sound_server() as server:
                for name, value in server.variables.items():
                    monkeypatch.setenv(name, value)
                if there == 0:
                    song.load_into(player)
                else:
                    player.reopen()
                assert player.wait_ready()
                player.play()
                place = place_heard(server, "test", player, song)
            assert wait_until(lambda: not player.available)
        assert place > RATE_HZ // 3, "not where it was"
    song.scratch.close()
