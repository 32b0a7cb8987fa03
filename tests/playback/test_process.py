"""The sound process as a process: light, and gone when it should be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from songs import make_song

from umx_gui.errors import SoundReason
from umx_gui.messages import describe
from umx_gui.playback.devices import devices
from umx_gui.playback.player import Player

TESTS = Path(__file__).parent


def wait_until(condition: Callable[[], bool], limit_s: float = 60.0) -> bool:
    deadline_s = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.01)
    return True


def runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_playback_loads_neither_torch_nor_qt():
    code = (
        "import sys, umx_gui.playback.player, umx_gui.playback.audio_process, umx_gui.playback.null_device,"
        "umx_gui.playback.devices;"
        "print([m for m in sys.modules if m.split('.')[0] in"
        "('torch', 'torchaudio', 'PySide6', 'pyqtgraph', 'scipy', 'sounddevice', 'soxr', 'soundfile', 'av')])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert said.stdout.strip() == "[]"


@pytest.mark.usefixtures("no_sound")
def test_no_device_is_an_error_that_says_what_to_do(song):
    with Player() as player:
        song.load_into(player)
        player.seek(1234)
        player.play()
        assert not player.wait_ready()
        assert not player.available
        assert player.error is not None
        assert player.error.reason in (SoundReason.NO_DEVICE, SoundReason.REFUSED)
        assert "separation and export" in describe(player.error).action
        assert not player.playing
        assert player.position == 1234
        assert player.levels.shape == (4, 2)


def test_portaudio_missing_is_an_error_of_its_own(song, monkeypatch, tmp_path):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Player() as player:
        song.load_into(player)
        assert not player.wait_ready()
        assert player.error is not None
        assert player.error.reason is SoundReason.NO_LIBRARY
        assert player.error.detail == "PortAudio library not found"


def test_a_crash_in_the_sound_process_is_an_error_with_its_last_words(song, monkeypatch, tmp_path):
    (tmp_path / "sounddevice.py").write_text("raise RuntimeError('a driver went wrong')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Player() as player:
        song.load_into(player)
        assert not player.wait_ready()
        assert player.error is not None
        assert player.error.reason is SoundReason.ENDED
        assert player.error.detail == "exit code 3 RuntimeError: a driver went wrong"


def test_without_a_song_every_verb_does_nothing():
    with Player() as player:
        player.play()
        player.pause()
        player.seek(5)
        player.set_loop((0, 10))
        player.set_stems(None)
        player.reopen()
        assert (player.position, player.playing, player.at_end, player.underruns) == (0, False, False, 0)
        assert player.available
        assert player.levels.shape == (1, 2)
        assert not player.wait_ready()


@pytest.mark.sound
@pytest.mark.usefixtures("sound")
class TestWithSound:
    """With a real device."""

    def test_lists_the_devices(self):
        found = devices()
        assert [d.name for d in found if d.is_default] == ["default, ALSA"]
        assert all(d.channels > 0 and d.default_rate > 0 for d in found)

    def test_a_device_that_is_not_there(self, song):
        with Player(device="Grandfather's gramophone") as player:
            song.load_into(player)
            assert not player.wait_ready()
            assert player.error is not None
            assert player.error.reason is SoundReason.NO_DEVICE
            player.device = "default"
            player.reopen()
            assert player.wait_ready()
            assert player.available

    def test_killed_sound_process_is_an_error_and_reopens_where_it_was(self, song):
        with Player() as player:
            song.load_into(player)
            assert player.wait_ready()
            player.seek(30_000)
            player.play()
            assert wait_until(lambda: player.position > 31_000)
            assert player.pid is not None
            os.kill(player.pid, signal.SIGKILL)
            assert wait_until(lambda: not player.available)
            assert player.error is not None
            assert player.error.reason is SoundReason.ENDED
            assert not player.playing
            position = player.position
            assert position > 31_000
            player.seek(position)
            player.set_stems(None)
            player.reopen()
            assert player.wait_ready()
            assert not player.playing
            assert player.position == position

    def test_close_leaves_nothing_behind(self, song):
        player = Player()
        song.load_into(player)
        assert player.wait_ready()
        player.play()
        time.sleep(0.1)
        pid = player.pid
        assert pid is not None
        player.close()
        assert not runs(pid)

    def test_loading_again_replaces_the_process(self, song):
        other = make_song(1.0, n_channels=1)
        with Player() as player:
            song.load_into(player)
            assert player.wait_ready()
            first = player.pid
            assert first is not None
            player.play()
            other.load_into(player)
            assert player.wait_ready()
            assert not player.playing
            assert player.position == 0
            assert wait_until(lambda: not runs(first))

    @pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
    def test_goes_with_its_parent(self, end):
        """However the parent ends, even by kill -9 while playing."""
        code = (
            f"import sys, time; sys.path.insert(0, {str(TESTS)!r})\n"
            "from songs import make_song; from umx_gui.playback.player import Player\n"
            "p = Player(); make_song(60).load_into(p); assert p.wait_ready(); p.play()\n"
            "print(p.pid, flush=True); time.sleep(600)"
        )
        parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=TESTS.parents[1])
        assert parent.stdout is not None
        with parent, parent.stdout as said:
            pid = int(said.readline())
            assert runs(pid)
            parent.send_signal(end)
            parent.wait(60)
            assert wait_until(lambda: not runs(pid), 30.0)

    def test_goes_with_its_parent_though_the_pipe_stays_open(self, song):
        """A program forked beside it may hold the pipe; then the parent's number tells."""
        code = (
            f"import os, sys, time; sys.path.insert(0, {str(TESTS)!r})\n"
            "from songs import make_song; from umx_gui.playback.player import Player\n"
            "p = Player(); make_song(60).load_into(p); assert p.wait_ready(); p.play()\n"
            "fork = os.fork()\n"
            "if fork: print(p.pid, fork, flush=True)\n"
            "time.sleep(600)"
        )
        parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=TESTS.parents[1])
        assert parent.stdout is not None
        with parent, parent.stdout as said:
            pid, fork = map(int, said.readline().split())
            parent.kill()
            parent.wait(60)
            try:
                assert wait_until(lambda: not runs(pid), 30.0)
            finally:
                os.kill(fork, signal.SIGKILL)
