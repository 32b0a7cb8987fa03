"""How long the window takes to be gone, from being asked to close to the end of its process, whatever it does.

    xvfb-run -s "-screen 0 1600x1000x24" python benchmarks/closing.py [--model NAME] [--seconds S] [--only STATE ...]

Each state is a process of its own, closed in its midst: idle, opening, separating, rendering, exporting, with a
running queue, playing, separating a stretch in a way of its own, putting it in its place.
The promise is 2 s; the last line says how many kept it.
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

ROOT = Path(__file__).resolve().parents[1]
STATES = ("idle", "opening", "separating", "rendering", "exporting", "queue", "playing", "stretch", "splicing")
PROMISE_S = 2.0
RATE = 44100
_OUTLIVES = "umx_gui.engine.separation.compiling"  # goes on by itself, so that nobody waits for it a second time


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="", help="a model other than the default one")
    parser.add_argument("--seconds", type=float, default=120.0, help="the song's length")
    parser.add_argument("--only", nargs="+", choices=STATES, default=STATES, metavar="STATE")
    args = parser.parse_args()
    times = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        song = write_song(Path(folder) / "song.flac", args.seconds)
        for state in args.only:
            took_s, left = close_in(state, song, args.model, Path(folder) / state)
            times.append(took_s)
            rest = f", but {left} child processes stayed" if left else ""
            print(f"{state:12} {took_s:5.2f} s{rest}", flush=True)
    kept = sum(t <= PROMISE_S for t in times)
    print(f"{kept} of {len(times)} within {PROMISE_S:g} s")
    return 0 if kept == len(times) else 1


def write_song(path: Path, seconds: float) -> Path:
    """Noise under a tone, which takes decoders and networks what music takes them."""
    t = np.arange(round(seconds * RATE)) / RATE
    noise = 0.05 * np.random.default_rng(1).standard_normal((t.size, 2))
    sf.write(path, noise + 0.2 * np.sin(2 * np.pi * 220 * t)[:, None], RATE)
    return path


def close_in(state: str, song: Path, model: str, home: Path) -> tuple[float, int]:
    """Bring a window into a state, close it, and say how long that took in seconds, and how many children were left."""
    home.mkdir()
    folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CACHE", "STATE")}
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, **folders, "UMX_CONFIG_DIR": str(home / "config"), "PYTHONPATH": paths}
    command = [
        sys.executable,
        str(ROOT / "benchmarks" / "closing_window.py"),
        state,
        str(song),
        model,
        str(home / "out"),
    ]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()  # it says so just before it closes, and who its children are
        began = time.monotonic()
        if not line:
            raise RuntimeError(f"the window did not come to be {state}")
        process.wait(60)
        took_s = time.monotonic() - began
        if process.returncode != 0:
            raise RuntimeError(f"it ended with {process.returncode}")
    time.sleep(0.3)
    left = [pid for pid in json.loads(line) if alive(pid) and _OUTLIVES not in command_of(pid)]
    return took_s, len(left)


def command_of(pid: int) -> str:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def alive(pid: int) -> bool:
    """Whether a process runs on."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    return "State:\tZ" not in status


if __name__ == "__main__":
    sys.exit(main())
