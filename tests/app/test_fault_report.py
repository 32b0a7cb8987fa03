"""A report of a fault tells what we need to know, and nothing of what the user listens to."""

from __future__ import annotations

from pathlib import Path

import pytest

from umx_gui.app.fault_report import fault_report, without_paths
from umx_gui.app.settings import Settings

LOG = """2026-01-01 10:00:00 INFO opener umx_gui: job 3 of opener: /home/ann/My Music/Secret Song.mp3: damaged
2026-01-01 10:00:01 CRITICAL MainThread umx_gui: unexpected
Traceback (most recent call last):
  File "/home/ann/.venv/lib/python3.12/site-packages/umx_gui/engine/decoding/decode.py", line 12, in blocks
    raise ValueError
FileNotFoundError: [Errno 2] No such file or directory: '/home/ann/Secret Song.mp3'
2026-01-01 10:00:02 INFO opener umx_gui: /home/ann/odd: name/Secret Song.mp3: damaged
2026-01-01 10:00:02 INFO opener umx_gui: /home/ann/odd: name/Secret Song.mp3: damaged
OSError: C:\\Users\\ann\\Secret Song.wav: gone
"""


def test_it_holds_versions_settings_and_the_end_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "umx-gui.log"
    log.write_text("an old line\n" * 10_000 + LOG)
    text = fault_report(("umx-gui 1.0", "torch 2.14"), Settings(theme="dark", niter=2), log)
    assert text.startswith("umx-gui 1.0\ntorch 2.14\nsettings: niter=2, theme='dark'\n")
    for word in (
        "unexpected",
        "site-packages/umx_gui/engine/decoding/decode.py",
        "line 12",
        "FileNotFoundError",
        "job 3",
    ):
        assert word in text
    assert len(text) < 10_000


def test_it_holds_no_path_and_no_name_of_a_song(tmp_path: Path) -> None:
    log = tmp_path / "umx-gui.log"
    log.write_text(LOG)
    settings = Settings(recent_files=["/home/ann/Secret Song.mp3"], open_folder="/home/ann", export_folder="/x/Secret")
    text = fault_report(("umx-gui",), settings, log)
    for word in ("ann", "Secret", "/home", str(tmp_path), "recent_files"):
        assert word not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("job 1: /a/b c/d.wav: damaged", "job 1: <path>: damaged"),
        ("opened '/a b/c.wav' well", "opened '<path>' well"),
        ("“~/x y.mp3” cannot be opened", "“<path>” cannot be opened"),
        (r"D:\songs\x.wav: no", "<path>: no"),
        (r"\\server\share\x.wav: no", "<path>: no"),
        ("file:///a/b.wav", "<path>"),
        ("2 channels at 44100 Hz, and/or 1.9x", "2 channels at 44100 Hz, and/or 1.9x"),
        ('File "/usr/lib/python3.11/json/decoder.py", line 3', 'File "lib/python3.11/json/decoder.py", line 3'),
        ('File "/home/ann/src/trainer/train.py", line 3', 'File "trainer/train.py", line 3'),
    ],
)
def test_paths_are_taken_out(text: str, expected: str) -> None:
    assert without_paths(text) == expected


def test_without_a_log_there_is_a_report_all_the_same(tmp_path: Path) -> None:
    assert fault_report(("umx-gui",), Settings(), tmp_path / "none.log") == "umx-gui\nsettings: as they came"
