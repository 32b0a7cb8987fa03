"""How long after the drop a song's stems are there to be heard, in the real window: the first of them, and all.

    xvfb-run -s "-screen 0 1600x1000x24" python benchmarks/heard.py [--busy 2] [--cold]

Opens the window, drops a song, and prints one line of JSON: the seconds from the drop to the song's first stems, which
may be drafts, and to its last final ones. `--busy N` keeps N other programs computing; `--cold` drops the song as soon
as the window shows, so that PyTorch and the model are still to be loaded. Promised: 2 s to the first, not busy.
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

import soundfile as sf
from frames import RATE, make_song, until

from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.engine.audio import Fill
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.views.application import application
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.main_window import MainWindow

_LIMIT_S = 600.0


def main() -> int:
    """Measure, print; 1 where something never came."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--song-s", type=float, default=180.0, help="how long the song is")
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="keep N other programs computing meanwhile")
    parser.add_argument("--cold", action="store_true", help="drop the song as soon as the window shows")
    parser.add_argument("--models", type=Path, help="a folder of models instead of the installed ones")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["UMX_CONFIG_DIR"] = folder
        path = Path(folder) / "song.wav"
        sf.write(path, make_song(args.song_s), RATE, subtype="PCM_16")
        busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(args.busy)]
        try:
            result = drop(path, args.cold, args.models)
        finally:
            for process in busy:
                process.kill()
                process.wait()
    print(json.dumps(result), flush=True)
    os._exit(0 if "last_s" in result else 1)  # a thread may be inside a call that cannot be stopped


def drop(path: Path, cold: bool, models: Path | None) -> dict[str, float]:
    """Open the window and the song; seconds to the first stems and to the last."""
    app = application()
    settings = Settings(theme="dark", demo_shown=True)
    session = Session(settings, ModelRegistry(models) if models else None)
    window = MainWindow(session, ThemeKeeper(app, "dark"))
    window.resize(1360, 864)
    window.show()
    session.start()
    if not cold:
        until(app, lambda: False, 2.0)
        until(app, lambda: not session._workers[0]._jobs, 120.0)
    start_s, found = time.monotonic(), {}
    try:
        window.open_files((path,))

        def filled(kind: Fill) -> float:
            return session.song.coverage.fraction(kind) if session.song is not None else 0.0

        if until(app, lambda: filled(Fill.DRAFT) > 0, _LIMIT_S):
            found["first_s"] = round(time.monotonic() - start_s, 2)
        if until(app, lambda: filled(Fill.FINAL) >= 1, _LIMIT_S):
            found["last_s"] = round(time.monotonic() - start_s, 2)
    finally:
        window.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
