"""Two hours at the window in minutes: play, seek, solo, loop, filter, other songs, over and over. Does anything grow?

    python scripts/soak.py                          # 1,440 actions: one every five seconds for two hours
    python scripts/soak.py --actions 200 --seed 7 --models DIR

The real window without a screen, and the real player: in a sound server of its own, as the tests have it, where its
programs are installed, else without sound, which is said. The actions follow from the seed, each as soon as the one
before has had its effect. After each, memory of the window and its children, threads and open files are noted. At the
end everything is set back, and the stems must be those of the beginning, bit for bit. The last line is a JSON object;
the exit code is 1 if memory, threads or files grew, if a sample was late, or if the stems are others.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import hashlib
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from umx_gui.views.main_window import MainWindow

ROOT = Path(__file__).resolve().parents[1]
ACTIONS, SEED = 1440, 1
RATE = 44100
SONGS = 3
MOST_MB, MOST_MORE = 64.0, 3
CHANGES: list[dict[str, Any]] = [{"niter": n} for n in range(3)] + [{"softmask": on} for on in (True, False)]
_SONG_S = 12.0
_PATIENCE_S = 120.0
# What people do, and how often among 100 actions.
_OFTEN = {
    "seek": 28, "solo": 18, "filter": 16, "play": 12, "gain": 8, "loop": 6, "slot": 4, "undo": 4, "view": 2, "song": 2,
}  # fmt: skip


def make_songs(folder: Path) -> list[Path]:
    """Songs of tones and noise."""
    import soundfile

    paths, t = [], np.arange(round(RATE * _SONG_S)) / RATE
    for number in range(SONGS):
        rng = np.random.default_rng(number)
        tones = 0.1 * np.sin(2 * np.pi * np.array([[110.0 * (number + 1)], [277.2]]) * t)
        paths.append(folder / f"song {number}.wav")
        soundfile.write(paths[-1], (tones + 0.02 * rng.standard_normal(tones.shape)).T, RATE)
    return paths


@dataclass
class Noted:
    """What was used."""

    memory_mb: list[float] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def note(self) -> None:
        """Look now."""
        self.memory_mb.append(import_module("memory").resident_mb(os.getpid()))
        self.threads.append(sum(1 for _ in Path("/proc/self/task").iterdir()))
        self.files.append(sum(1 for _ in Path("/proc/self/fd").iterdir()))

    def grown(self) -> dict[str, float]:
        """How much higher the least of the last fifth lies than that of the second: leaks only ever go up."""
        return {name: round(_growth(getattr(self, name)), 1) for name in ("memory_mb", "threads", "files")}


def _growth(values: list[Any]) -> float:
    fifth = max(len(values) // 5, 1)
    return float(min(values[-fifth:]) - min(values[fifth : 2 * fifth] or values[:1]))


class Soak:
    """Somebody at the window, as a seed has it."""

    def __init__(self, window: MainWindow, songs: list[Path], seed: int, pump: Callable[[], None]) -> None:
        self._window, self._songs, self._rng, self._pump = window, songs, random.Random(seed), pump
        self._session, self._transport = window.session, window.session.transport
        self.done: Counter[str] = Counter()
        self.late = 0
        self.silent = False
        self.noted = Noted()

    def run(self, actions: int, say: Callable[[str], None]) -> bool:
        """Do it all; whether the first song's stems are the same in the end as in the beginning."""
        before = self._warm_up()
        kinds, weights = list(_OFTEN), list(_OFTEN.values())
        for number in range(1, actions + 1):
            kind = self._rng.choices(kinds, weights)[0]
            getattr(self, f"_do_{kind}")()
            self.done[kind] += 1
            self._pump()
            self.silent = self.silent or not self._transport.available
            if number % 5 == 0 or number == actions:
                self._settle()
                gc.collect()
                self.noted.note()
            if number % 100 == 0:
                say(
                    f"{number} actions, {self.noted.memory_mb[-1]:.0f} MB, {self.late + self._transport.underruns} late"
                )
        self._session.desk.reset()
        self._open(self._songs[0])
        self._settle()
        return self._digest() == before

    def _warm_up(self) -> str:
        """Have everything once, so that what is loaded once is loaded; the digest of the first song's stems."""
        for path in reversed(self._songs):
            self._open(path)
            self._do_view()
        before = self._digest()
        for change in CHANGES:
            self._session.desk.set(**change)
            self._settle()
        self._do_play()
        return before

    def _settle(self) -> None:
        """Wait until whatever was asked for is there."""
        from umx_gui.app.session import SessionState

        self._until(lambda: self._session.state is SessionState.READY and self._song().separated)

    def _song(self) -> Any:
        song = self._session.song
        assert song is not None
        return song

    def _until(self, so: Callable[[], bool]) -> None:
        until_s = time.monotonic() + _PATIENCE_S
        while not so():
            if time.monotonic() > until_s:
                raise SystemExit(f"stuck: {self._session.state}")
            self._pump()

    def _open(self, path: Path) -> None:
        self.late += self._transport.underruns
        self._session.open(path)
        self._until(lambda: self._session.song is not None and self._session.song.path == path)
        self._settle()

    def _digest(self) -> str:
        return hashlib.sha256(np.ascontiguousarray(self._song().stems.samples).tobytes()).hexdigest()

    def _do_seek(self) -> None:
        self._transport.seek(self._rng.randrange(self._transport.n_samples))

    def _do_solo(self) -> None:
        mix, target = self._transport.mix, self._rng.choice(self._transport.mix.targets)
        if self._rng.random() < 0.7:
            mix.set_solo(target, not mix.strip(target).solo)
        else:
            mix.set_mute(target, not mix.strip(target).mute)

    def _do_gain(self) -> None:
        mix, target = self._transport.mix, self._rng.choice(self._transport.mix.targets)
        mix.set_gain_db(target, self._rng.uniform(-30, 6))
        mix.set_pan(target, self._rng.uniform(-1, 1))

    def _do_filter(self) -> None:
        self._session.desk.set(**self._rng.choice(CHANGES))

    def _do_slot(self) -> None:
        self._session.desk.choose_slot(self._rng.choice("AB"))

    def _do_undo(self) -> None:
        history = self._session.history
        self._rng.choice([history.undo, history.redo])()

    def _do_play(self) -> None:
        """Play on, and see that the playhead moves; one time out of three, pause."""
        if self._rng.random() < 0.33:
            self._transport.pause()
            return
        if self._transport.position > self._transport.n_samples - RATE:
            self._transport.seek(0)
        self._transport.play()
        before = self._transport.position
        self._until(lambda: self._transport.position != before)

    def _do_loop(self) -> None:
        start = self._rng.randrange(self._transport.n_samples)
        self._transport.set_loop((start, start + RATE) if self._rng.random() < 0.5 else None)

    def _do_view(self) -> None:
        start = self._rng.uniform(0, self._transport.n_samples / 2)
        self._window.timeline.set_view(start, start + self._rng.uniform(RATE, self._transport.n_samples / 2))

    def _do_song(self) -> None:
        self._open(self._rng.choice(self._songs))


def soak(folder: Path, models: Path, actions: int, seed: int, with_sound: bool) -> dict[str, Any]:
    """Open the window, and do it all; what came of it."""
    from PySide6.QtWidgets import QApplication

    from umx_gui.app.session import Session
    from umx_gui.app.settings import Settings
    from umx_gui.app.sound.transport import Transport
    from umx_gui.engine.models.registry import ModelRegistry
    from umx_gui.playback.null_device import NullDevice
    from umx_gui.views.application import application
    from umx_gui.views.kit.theme import ThemeKeeper
    from umx_gui.views.main_window import MainWindow

    app = application()
    registry = ModelRegistry(models)
    settings = Settings(
        model=registry.names()[-1] if "tiny" not in registry.names() else "tiny", demo_shown=True, match_loudness=False
    )
    session = Session(settings, registry, Transport() if with_sound else Transport(NullDevice))
    window = MainWindow(session, ThemeKeeper(app, "dark"))
    window.resize(1360, 864)
    window.show()

    def pump() -> None:
        QApplication.processEvents()
        time.sleep(0.002)

    person = Soak(window, make_songs(folder), seed, pump)
    began = time.monotonic()
    same = person.run(actions, lambda text: print(text, file=sys.stderr, flush=True))
    heard = with_sound and not person.silent
    found = {
        "actions": actions,
        "seed": seed,
        "seconds": round(time.monotonic() - began),
        "done": dict(person.done),
        "sound": heard,
        "underruns": person.late + session.transport.underruns if heard else None,
        "grown": person.noted.grown(),
        "memory_mb": [round(min(person.noted.memory_mb)), round(max(person.noted.memory_mb))],
        "same_stems": same,
    }
    window.close()
    return found


def is_well(found: dict[str, Any]) -> bool:
    """Whether nothing grew, nothing was late, and the stems are the same."""
    grown = found["grown"]
    flat = grown["memory_mb"] < MOST_MB and max(grown["threads"], grown["files"]) <= MOST_MORE
    return bool(flat and not found["underruns"] and found["same_stems"])


@contextlib.contextmanager
def private_sound() -> Iterator[bool]:
    """A sound server of this process alone; False where its programs are missing."""
    server = import_module("sound_server")
    if server.missing_packages():
        print("without sound: a private sound server's programs are missing", file=sys.stderr)
        yield False
        return
    with server.sound_server() as sound:
        os.environ.update(sound.variables)
        yield True


def main() -> None:
    """Soak, and leave."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actions", type=int, default=ACTIONS, help=f"how many (default {ACTIONS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"from which all of them follow (default {SEED})")
    parser.add_argument("--models", type=Path, help="a folder of models, instead of a small one of random weights")
    parser.add_argument("--silent", action="store_true", help="without a sound device")
    args = parser.parse_args()
    for name in ("tests", "tests/security"):
        sys.path.insert(0, str(ROOT / name))
    with tempfile.TemporaryDirectory(prefix="umx-soak-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        os.environ.update(UMX_CONFIG_DIR=str(folder / "config"), UMX_COMPILED="wait")
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        with_sound = not args.silent and stack.enter_context(private_sound())
        models = args.models or import_module("tiny_models").make_tiny_models(folder / "models")
        found = soak(folder, models, args.actions, args.seed, with_sound)
    print(json.dumps(found))
    sys.stdout.flush()
    os._exit(0 if is_well(found) else 1)  # straight out, as the window leaves


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
