"""Autosaves: those of windows that died are found, those of windows at work left alone, and none is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from session_helpers import full_document

from umx_gui.engine.sessions.autosave import MAX_KEPT, Autosave, age_words, autosave_folder, kept, leftovers
from umx_gui.engine.sessions.session_file import read_session

ROOT = Path(__file__).resolve().parents[2]


def test_the_folder_is_private_and_made_when_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "home"))
    autosave = Autosave()
    assert not (tmp_path / "home").exists()
    autosave.write(full_document())
    assert autosave.folder == autosave_folder() == tmp_path / "home" / "autosave"
    assert read_session(autosave.path) == full_document()
    if os.name == "posix":
        assert autosave.folder.stat().st_mode & 0o077 == 0
    autosave.discard()
    assert list(autosave.folder.iterdir()) == []


def test_a_window_at_work_is_left_alone(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path)
    autosave.write(full_document())
    assert leftovers(tmp_path) == []
    autosave.write(full_document(playhead=9))
    assert read_session(autosave.path).playhead == 9
    autosave.keep()
    assert leftovers(tmp_path) == []
    assert [left.document.playhead for left in kept(tmp_path)] == [9]


def test_what_a_killed_process_left_is_found_once_and_kept(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from session_helpers import full_document\n"
        "from umx_gui.engine.sessions.autosave import Autosave\n"
        "Autosave(Path(sys.argv[1])).write(full_document(playhead=int(sys.argv[2])))\n"
        "os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, 'SIGKILL') else signal.SIGTERM)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "engine")])}
    for playhead in (1, 2):
        subprocess.run([sys.executable, "-c", program, str(tmp_path), str(playhead)], env=env, timeout=600)
    mine = Autosave(tmp_path)
    mine.write(full_document(playhead=3))
    (tmp_path / "broken.umx").write_text("{")
    found = leftovers(tmp_path)
    assert sorted(left.document.playhead for left in found) == [1, 2]
    assert {path.name for path in tmp_path.iterdir()} == {"kept", mine.path.name, f"{mine.path.stem}.lock"}
    assert leftovers(tmp_path) == []
    assert len(kept(tmp_path)) == 2
    assert (tmp_path / "kept" / "broken.umx").read_text() == "{"
    mine.discard()


def test_the_oldest_go_when_there_are_many(tmp_path: Path) -> None:
    for number in range(MAX_KEPT + 3):
        autosave = Autosave(tmp_path, f"{number:04d}")
        autosave.write(replace(full_document(), playhead=number))
        os.utime(autosave.path, (number, number))
        autosave.keep()
    assert [left.document.playhead for left in kept(tmp_path)] == list(range(MAX_KEPT + 2, 2, -1))


def test_what_comes_last_is_kept_though_the_clock_was_set_back(tmp_path: Path) -> None:
    for number in range(MAX_KEPT + 3):
        autosave = Autosave(tmp_path, f"{number:04d}")
        autosave.write(replace(full_document(), playhead=number))
        os.utime(autosave.path, (1000 - number, 1000 - number))
        autosave.keep()
        assert number in [left.document.playhead for left in kept(tmp_path)]
    assert len(kept(tmp_path)) == MAX_KEPT
    # And so is what a window had open that died before all of them.
    dead = Autosave(tmp_path, "dead")
    dead.write(replace(full_document(), playhead=99))
    dead._release()
    os.utime(dead.path, (1, 1))
    assert [left.document.playhead for left in leftovers(tmp_path)] == [99]


def test_ages_in_words() -> None:
    seconds = [5, 61, 3700, 7300, 200_000]
    words = ["a moment ago", "1 minute ago", "1 hour ago", "2 hours ago", "2 days ago"]
    assert [age_words(0, s) for s in seconds] == words
