"""The sound device: chosen by name, kept in the settings, and used from the playhead on."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_sounds import MakeSession, open_and_wait, sound, write
from pytestqt.qtbot import QtBot

from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.sound.sound_outputs import SoundOutputs
from umx_gui.app.sound.transport import Transport
from umx_gui.errors import SoundReason, SoundUnavailableError
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
    with qtbot.waitSignal(outputs.changed):
        outputs.look()
        outputs.look()
    assert outputs.chosen == "Gone"
    assert isinstance(outputs.names, tuple)
    transport.close()


class Unplugged(NullDevice):
    """A device that can be pulled out: `there` says whether it is plugged in, for all of them."""

    there = True

    @property
    def error(self) -> SoundUnavailableError | None:
        return None if Unplugged.there else SoundUnavailableError("Headphones", SoundReason.LOST)


@pytest.mark.parametrize("chosen", ["Headphones, ALSA", "Headphones", ""])
def test_a_device_that_comes_back_is_used_again(
    tmp_path: Path, make_session: MakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    monkeypatch.setattr(Unplugged, "there", True)
    session = make_session(auto_separate=False)
    transport = session.transport
    transport._make_player = Unplugged
    session.settings.sound_device = chosen
    outputs = SoundOutputs(session.settings, transport)
    # What this machine has is none of the test's business: it says itself what a look finds.
    monkeypatch.setattr(outputs, "_list", lambda: outputs._found.emit(plugged))
    plugged = ("Speakers, ALSA", "Headphones, ALSA")
    outputs._search.setInterval(200)
    open_and_wait(session, write(tmp_path / "long.wav", sound(20.0)), qtbot)
    transport.try_sound_again()
    transport.play()
    assert transport.available
    Unplugged.there, plugged = False, ("Speakers, ALSA",)
    qtbot.waitUntil(lambda: not transport.available)
    assert transport.lost
    assert transport.playing, "the playhead runs on"
    with qtbot.waitSignal(outputs.changed):
        pass
    assert not transport.available, "speakers that were there before are not what was unplugged"
    position = transport.position
    Unplugged.there, plugged = True, ("Speakers, ALSA", "Headphones, ALSA")
    qtbot.waitUntil(lambda: transport.available)
    assert isinstance(transport._player, Unplugged)
    assert transport.playing
    assert transport.position >= position
    assert not outputs._search.isActive()
