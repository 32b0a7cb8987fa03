"""A private sound server (PipeWire) with one null sink, for tests that hear what the application really plays.

Float32 from end to end at 44.1 kHz: what is recorded from the sink's monitor equals what was played bit for bit.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

PROGRAMS = ("pipewire", "wireplumber", "pipewire-pulse", "pactl", "parec", "dbus-run-session")
ALSA_TO_PIPEWIRE = "99-pipewire-default.conf"  # of the Debian package pipewire-alsa
SINK = "test"
RATE_HZ = 44100
START_LIMIT_S = 60.0
CYCLE = 2048  # samples the server handles at a time

# The shell ends with its standard input, so with the test run, whatever ends that; then it takes all others with it.
_START = """
pipewire &
until [ -S "$XDG_RUNTIME_DIR/pipewire-0" ]; do sleep 0.02; done
wireplumber &
pipewire-pulse &
cat >/dev/null
kill 0
"""

# A large quantum: on a busy machine a graph cycle that comes late is lost, and would be blamed on the player.
_CONFIG = f"""
context.properties = {{
    default.clock.rate = {RATE_HZ} default.clock.allowed-rates = [ {RATE_HZ} ]
    default.clock.quantum = {CYCLE} default.clock.min-quantum = {CYCLE} }}
context.objects = [ {{ factory = adapter args = {{
    factory.name = support.null-audio-sink node.name = {SINK} media.class = Audio/Sink
    audio.position = [ FL FR ] audio.rate = {RATE_HZ} object.linger = true }} }} ]
"""

# WirePlumber's bluetooth part wants systemd's logind and gives up, with all else, on a machine that has none. The first
# file is for its versions 0.4, the second for those after.
_NO_LOGIND = {
    "bluetooth.lua.d/60-no-logind.lua": 'bluez_monitor.properties["with-logind"] = false\n',
    "wireplumber.conf.d/no-bluetooth.conf": "wireplumber.profiles = { main = { hardware.bluetooth = disabled } }\n",
}


@dataclass
class Recording:
    """What was heard: `samples` [n, 2] float32, complete once the recording has ended."""

    samples: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))

    def find(self, wanted: NDArray[np.float32]) -> int:
        """Where the stretch `wanted` [n, 2] was heard, bit for bit. Fails with the first wrong sample."""
        head = wanted[:8]
        starts = np.flatnonzero((self.samples[: len(self.samples) - 7] == head[0]).all(1))
        for start in starts:
            if np.array_equal(self.samples[start : start + 8], head):
                heard = self.samples[start : start + len(wanted)]
                assert len(heard) == len(wanted), f"only {len(heard)} of {len(wanted)} samples were recorded"
                wrong = np.flatnonzero((heard != wanted).any(1))
                assert not len(wrong), f"{len(wrong)} wrong samples, first {wrong[0]}"
                return int(start)
        heard_at_all = np.flatnonzero(self.samples.any(1))
        raise AssertionError(f"never heard; there was sound in {len(heard_at_all)} of {len(self.samples)} samples")


@dataclass(frozen=True)
class SoundServer:
    """A running server: the environment that leads a program to it."""

    run_dir: Path

    @property
    def variables(self) -> dict[str, str]:
        """What differs in the environment of a program that plays here."""
        run = str(self.run_dir)
        return {"XDG_RUNTIME_DIR": run, "PIPEWIRE_RUNTIME_DIR": run, "PULSE_SERVER": f"unix:{run}/pulse/native"}

    @property
    def env(self) -> dict[str, str]:
        """The whole environment for a program that plays here."""
        return {**os.environ, **self.variables}

    def pactl(self, *arguments: str) -> str:
        """Run pactl on this server and return what it prints."""
        command = ["pactl", *arguments]
        done = subprocess.run(command, env=self.env, check=True, capture_output=True, text=True, timeout=600)
        return done.stdout.strip()

    def plug_in(self, sink: str) -> str:
        """Add one more null sink, as a device that is plugged in and chosen; returns what `unplug` takes."""
        plugged = self.pactl("load-module", "module-null-sink", f"sink_name={sink}", f"rate={RATE_HZ}")
        self.pactl("set-default-sink", sink)
        return plugged

    def unplug(self, plugged: str) -> None:
        """Take such a sink away."""
        self.pactl("unload-module", plugged)

    @contextmanager
    def record(self, tail_s: float = 0.3, sink: str = SINK) -> Iterator[Recording]:
        """Record what a sink hears, from when data flows until `tail_s` after the end of the block."""
        recording = Recording()
        with TemporaryDirectory() as folder:
            path = Path(folder) / "heard.raw"
            rate, device = f"--rate={RATE_HZ}", f"--device={sink}.monitor"
            command = ["parec", device, "--format=float32le", rate, "--channels=2", "--raw", "--latency-msec=20"]
            with path.open("wb") as file:
                no = subprocess.DEVNULL
                recorder = subprocess.Popen(command, stdout=file, stderr=no, stdin=no, env=self.env)
            _hurry(recorder.pid)
            try:
                _wait_for(lambda: path.stat().st_size > 0, "the recorder")
                yield recording
                time.sleep(tail_s)
            finally:
                recorder.terminate()
                recorder.wait(5)
            data = path.read_bytes()
            recording.samples = np.frombuffer(data[: len(data) // 8 * 8], np.float32).reshape(-1, 2)


def missing_packages() -> list[str]:
    """The programs and settings this needs and the machine lacks."""
    lacking = [name for name in PROGRAMS if shutil.which(name) is None]
    if not Path("/etc/alsa/conf.d", ALSA_TO_PIPEWIRE).exists():
        lacking.append("pipewire-alsa")
    return lacking


@contextmanager
def sound_server() -> Iterator[SoundServer]:
    """Start the server, and end it with all it started on leaving."""
    with TemporaryDirectory(prefix="umx-sound-") as folder:
        run, home, log = Path(folder, "run"), Path(folder, "home"), Path(folder, "log")
        run.mkdir(mode=0o700)
        config = home / ".config/pipewire/pipewire.conf.d/null.conf"
        config.parent.mkdir(parents=True)
        config.write_text(_CONFIG)
        for name, text in _NO_LOGIND.items():
            path = home / ".config/wireplumber" / name
            path.parent.mkdir(parents=True)
            path.write_text(text)
        server = SoundServer(run)
        env = {**server.env, "HOME": str(home)}
        for name in ("CONFIG", "STATE", "CACHE", "DATA"):
            env.pop(f"XDG_{name}_HOME", None)
        with log.open("wb") as file:
            process = subprocess.Popen(
                ["dbus-run-session", "--", "sh", "-c", _START],
                env=env,
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_for(lambda: _default_sink(server) == SINK, "the sound server", log)
            yield server
        finally:
            _end(process)


def _hurry(pid: int) -> None:
    """Let a process go before all ordinary ones, where this is allowed: a recorder that comes late loses sound.

    The server's threads that handle sound have seen to that themselves.
    """
    with suppress(PermissionError):
        os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(20))


def _default_sink(server: SoundServer) -> str:
    asked = subprocess.run(["pactl", "get-default-sink"], env=server.env, capture_output=True, text=True, timeout=600)
    return asked.stdout.strip()


def _wait_for(condition: Callable[[], bool], what: str, log: Path | None = None) -> None:
    deadline_s = time.monotonic() + START_LIMIT_S
    while not condition():
        if time.monotonic() > deadline_s:
            raise RuntimeError(f"{what} did not start: {log.read_text(errors='replace')[-2000:] if log else ''}")
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(3)
    with suppress(ProcessLookupError):  # all of the group were asked to end; nothing of it may stay
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(5)
