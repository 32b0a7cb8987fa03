"""Whether the sound ever stops: what a null sink hears while the song is separated, both cores are busy and views move.

    python benchmarks/underruns.py [--seconds 60]

Starts a sound server and a screen of its own (see `tests/sound_server.py`), opens the real window, separates a song in
it with as many busy loops beside it as there are cores, turns the wheel over the lanes, and plays the original: a song
each of whose samples says which it is. Prints one line of JSON: the underruns that the sound process counted; how often
the recording breaks off, by whose fault (see `tests/coded_sound.py`); and the breaks, as seconds into the song, samples
of silence, and samples lost. Promised: no underrun, no break. `--player paplay` plays by another program under the same
load: what both lose is the machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import soundfile as sf

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from coded_sound import Fault, breaks, coded
from screen_server import screen_server
from sound_server import CYCLE, RATE_HZ, SoundServer, sound_server

if TYPE_CHECKING:
    from umx_gui.app.sound.transport import Transport

_BURN = "while True: pass"


def main() -> int:
    """Measure in a screen and a sound server of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long it plays")
    parser.add_argument(
        "--song-s", type=float, default=600.0, help="how long the song is, that it be separated meanwhile"
    )
    parser.add_argument("--player", help="another player's command to hear instead, such as paplay")
    parser.add_argument("--models", type=Path, help="a folder of models instead of the installed ones")
    args = parser.parse_args()
    with screen_server() as screen, sound_server() as sound, tempfile.TemporaryDirectory() as folder:
        os.environ.update(screen.env, UMX_CONFIG_DIR=folder, **sound.variables)
        busy = [subprocess.Popen([sys.executable, "-c", _BURN]) for _ in range(os.cpu_count() or 1)]
        try:
            result = listen(sound, Path(folder), args)
        finally:
            for process in busy:
                process.kill()
                process.wait()
    print(json.dumps(result))
    sys.stdout.flush()
    # Straight out: on a machine as busy as this a thread may still be inside a call that cannot be stopped.
    os._exit(0 if result["underruns"] == 0 and not result["breaks"] else 1)


def listen(sound: SoundServer, folder: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Open, separate, move, play and record."""
    # Here, since Qt looks at the environment when it is loaded.
    from frames import turn_wheel, until

    from umx_gui.app.session import Session
    from umx_gui.app.settings import Settings
    from umx_gui.app.sound.transport import Transport
    from umx_gui.engine.audio import Fill
    from umx_gui.engine.models.registry import ModelRegistry
    from umx_gui.views.application import application
    from umx_gui.views.kit.theme import ThemeKeeper
    from umx_gui.views.main_window import MainWindow

    path, n_samples = folder / "song.wav", round(args.seconds * RATE_HZ)
    sf.write(path, coded(max(round(args.song_s * RATE_HZ), n_samples + RATE_HZ)), RATE_HZ, subtype="PCM_16")
    app = application()
    settings = Settings(theme="dark", demo_shown=True, match_loudness=False, lane_view="both")
    session = Session(settings, ModelRegistry(args.models) if args.models else None, Transport())
    window = MainWindow(session, ThemeKeeper(app, "dark"))
    window.resize(1360, 864)
    window.show()
    session.start()
    until(app, lambda: False, 1.0)
    transport = session.transport
    try:
        window.open_files((path,))
        until(app, lambda: session.song is not None and session.song.complete, 60.0)
        transport.mix.set_original(True)
        until(app, lambda: session.song.coverage.fraction(Fill.DRAFT) > 0, 120.0)  # it separates now
        with sound.record() as recording, hear(transport, path, args.player) as position:
            end_s = time.monotonic() + 2 * args.seconds + 20
            while position() < n_samples and time.monotonic() < end_s:
                turn_wheel(app, window.lanes.lane("mixture"), "zoom", 1.0)
            n_heard = position()
        separated = session.song.coverage.fraction(Fill.FINAL)
        underruns = transport.underruns
        available = transport.available
    finally:
        window.close()
    found = breaks(recording.samples, n_heard - RATE_HZ // 2)
    faults = Counter(one.fault(CYCLE) for one in found)
    return {
        "seconds": round(n_heard / RATE_HZ, 1),
        "separated": round(separated, 2),
        "underruns": underruns if available else -1,
        **{f"lost_by_{fault.value}": faults[fault] for fault in Fault},
        "breaks": [(round(one.at / RATE_HZ, 2), one.silence, one.lost) for one in found[:20]],
    }


@contextmanager
def hear(transport: Transport, path: Path, player: str | None) -> Iterator[Callable[[], int]]:
    """Play the song by the window or by another player's command; gives the sample that is heard now."""
    if player is None:
        transport.play()
        yield lambda: transport.position
        transport.pause()
        return
    started_s = time.monotonic() + 1.0  # it takes a moment to begin
    with subprocess.Popen([player, str(path)]) as process:
        yield lambda: round((time.monotonic() - started_s) * RATE_HZ)
        process.terminate()


if __name__ == "__main__":
    sys.exit(main())
