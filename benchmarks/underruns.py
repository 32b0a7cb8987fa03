"""Whether the sound ever stops: what a null sink hears while the song is separated, both cores are busy and views move.

    python benchmarks/underruns.py [--seconds 60]

Starts a sound server and a screen of its own (see `tests/sound_server.py`), opens the real window, separates a song in
it with as many busy loops beside it as there are cores, turns the wheel over the lanes, and plays the original. What
was recorded is compared with the song sample by sample. Prints one line of JSON: the underruns that were counted, and
how many of the samples were heard, bit for bit, in one piece. Promised: no underrun, all samples.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile as sf

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from screen_server import screen_server
from sound_server import RATE_HZ, SoundServer, sound_server

_BURN = "while True: pass"


def main() -> int:
    """Measure in a screen and a sound server of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long it plays")
    parser.add_argument("--models", type=Path, help="a folder of models instead of the installed ones")
    args = parser.parse_args()
    with screen_server() as screen, sound_server() as sound, tempfile.TemporaryDirectory() as folder:
        os.environ.update(screen.env, UMX_CONFIG_DIR=folder, **sound.variables)
        busy = [subprocess.Popen([sys.executable, "-c", _BURN]) for _ in range(os.cpu_count() or 1)]
        try:
            result = listen(sound, Path(folder), args.seconds, args.models)
        finally:
            for process in busy:
                process.kill()
                process.wait()
    print(json.dumps(result))
    sys.stdout.flush()
    # Straight out: on a machine as busy as this a thread may still be inside a call that cannot be stopped.
    os._exit(0 if result["underruns"] == 0 and result["heard"] == 1.0 else 1)


def listen(sound: SoundServer, folder: Path, seconds: float, models: Path | None) -> dict[str, float]:
    """Open, separate, move, play and record."""
    # Here, since Qt looks at the environment when it is loaded.
    from frames import turn_wheel, until

    from umx_gui.app.session import Session
    from umx_gui.app.settings import Settings
    from umx_gui.app.sound.transport import Transport
    from umx_gui.engine.models.registry import ModelRegistry
    from umx_gui.views.application import application
    from umx_gui.views.kit.theme import ThemeKeeper
    from umx_gui.views.main_window import MainWindow

    path = folder / "song.wav"
    noise = np.random.default_rng(3).integers(-8000, 8000, (round((seconds + 5) * RATE_HZ), 2), np.int16)
    sf.write(path, noise, RATE_HZ, subtype="PCM_16")
    app = application()
    settings = Settings(theme="dark", demo_shown=True, match_loudness=False, lane_view="both")
    session = Session(settings, ModelRegistry(models) if models else None, Transport())
    window = MainWindow(session, ThemeKeeper(app, "dark"))
    window.resize(1360, 864)
    window.show()
    until(app, lambda: False, 1.0)
    transport = session.transport
    try:
        window.open_files((path,))
        until(app, lambda: session.song is not None and session.song.complete, 60.0)
        transport.mix.set_original(True)
        until(app, lambda: False, 2.0)
        with sound.record() as recording:
            transport.play()
            end_s = time.monotonic() + 2 * seconds + 20
            while transport.position < seconds * RATE_HZ and time.monotonic() < end_s:
                lane = window.lanes.lane("mixture")
                turn_wheel(app, lane, "zoom", 1.0)
            transport.pause()
            position = transport.position
        underruns = transport.underruns
        available = transport.available
    finally:
        window.close()
    wanted = noise[: max(position - RATE_HZ // 2, 8)].astype(np.float32) / np.float32(32768)
    return {
        "seconds": round(position / RATE_HZ, 1),
        "underruns": underruns if available else -1,
        "heard": share_heard(recording.samples, wanted),
    }


def share_heard(heard: np.ndarray, wanted: np.ndarray) -> float:
    """Which share of `wanted` [n, 2] was heard bit for bit from its beginning on, without a gap."""
    starts = np.flatnonzero((heard[: len(heard) - 7] == wanted[0]).all(1))
    best = 0
    for start in starts:
        part = heard[start : start + len(wanted)]
        wrong = np.flatnonzero((part != wanted[: len(part)]).any(1))
        best = max(best, int(wrong[0]) if len(wrong) else len(part))
    return round(best / len(wanted), 4)


if __name__ == "__main__":
    sys.exit(main())
