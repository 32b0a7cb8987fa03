"""The sound system goes, and comes back, under a playing song: with the real player, and a real server."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from app_sounds import MakeSession, open_and_wait, sound, write
from pytestqt.qtbot import QtBot
from sound_server import missing_packages, sound_server

from umx_gui.app.sound.sound_outputs import SoundOutputs
from umx_gui.playback.player import Player

pytestmark = pytest.mark.sound


def test_the_song_goes_on_in_silence_and_is_heard_again(
    tmp_path: Path, make_session: MakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    if absent := missing_packages():
        pytest.skip(f"missing: {', '.join(absent)}")
    session = make_session(auto_separate=False)
    transport = session.transport
    transport._make_player = Player
    outputs = SoundOutputs(session.settings, transport)
    with sound_server() as server:
        for name, value in server.variables.items():
            monkeypatch.setenv(name, value)
        open_and_wait(session, write(tmp_path / "long.wav", sound(60.0)), qtbot)
        transport.try_sound_again()
        transport.play()
        qtbot.waitUntil(lambda: transport.position > 10_000)
        assert transport.available
    qtbot.waitUntil(lambda: transport.lost)
    silent_from = transport.position
    qtbot.waitUntil(lambda: transport.position > silent_from + 10_000)
    with qtbot.waitSignal(outputs.changed):
        pass  # a look finds nothing
    with sound_server() as server:
        for name, value in server.variables.items():
            monkeypatch.setenv(name, value)
        qtbot.waitUntil(lambda: transport.available)
        assert isinstance(transport._player, Player)
        back_at = transport.position
        assert transport.playing
        with server.record() as recording:
            qtbot.waitUntil(lambda: transport.position > back_at + 30_000)
        assert back_at > silent_from
        assert np.abs(recording.samples).max() > 0.01
        transport.close()
