"""The sound device: chosen by name, kept in the settings, and used from the playhead on."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_sounds import open_and_wait
from pytestqt.qtbot import QtBot

from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.sound_outputs import SoundOutputs
from umx_gui.app.transport import Transport
from umx_gui.playback.null_device import NullDevice


def test_another_device_takes_over_at_the_playhead(session: Session, song_file: Path, qtbot: QtBot) -> None:
    session.settings.auto_separate = False
    outputs = SoundOutputs(session.settings, session.transport)
    open_and_wait(session, song_file, qtbot)
    before = session.transport._player
    assert before is not None
    assert before.device is None
    session.transport.seek(50_000)
    session.transport.play()
    outputs.choose("Headphones")
    after = session.transport._player
    assert after is not None
    assert after is not before
    assert after.device == "Headphones"
    assert session.transport.playing
    assert session.transport.position >= 50_000
    assert session.settings.sound_device == "Headphones"
    outputs.choose("")
    assert session.transport._player is not None
    assert session.transport._player.device is None


@pytest.mark.usefixtures("no_sound")
def test_devices_are_listed_without_waiting(qtbot: QtBot) -> None:
    transport = Transport(NullDevice)
    outputs = SoundOutputs(Settings(sound_device="Gone"), transport)
    with qtbot.waitSignal(outputs.changed, timeout=15_000):
        outputs.look()
        outputs.look()
    assert outputs.chosen == "Gone"
    assert isinstance(outputs.names, tuple)
    transport.close()
