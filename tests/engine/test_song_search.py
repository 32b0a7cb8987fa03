"""A song that moved is found by what it is, not by what it is called; nothing else is ever opened for it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from session_helpers import reference

from umx_gui.engine.models.digests import record_digests
from umx_gui.engine.sessions.document import SongRef
from umx_gui.engine.sessions.song_search import candidates, find_song, is_song, models_digest, relative_path
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled

CONTENT = b"RIFF, as it were" * 1000


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "music" / "a: song.wav"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


def find(song: SongRef, session: Path | None) -> Path | None:
    return find_song(song, session, CancelToken())


def test_where_it_was(song: Path, tmp_path: Path) -> None:
    assert find(reference(song), None) == song
    assert find(reference(song), tmp_path / "elsewhere" / "s.umx") == song


def test_both_moved_together(song: Path, tmp_path: Path) -> None:
    ref = replace(reference(song), relative=relative_path(song, tmp_path / "sessions"))
    assert ref.relative == "../music/a: song.wav"
    shutil.move(tmp_path / "music", tmp_path / "new")
    (tmp_path / "new" / "music").mkdir()
    moved = shutil.move(tmp_path / "new" / song.name, tmp_path / "new" / "music" / song.name)
    (tmp_path / "new" / "sessions").mkdir()
    assert find(ref, tmp_path / "new" / "sessions" / "s.umx") == Path(moved)


def test_beside_the_session_and_below_it(song: Path, tmp_path: Path) -> None:
    ref, session = reference(song), tmp_path / "s" / "s.umx"
    (tmp_path / "s" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "s" / ".hidden").mkdir()
    shutil.copy(song, tmp_path / "s" / ".hidden" / song.name)
    below = Path(shutil.copy(song, tmp_path / "s" / "deep" / "er" / song.name))
    song.unlink()
    assert find(ref, session) == below
    beside = Path(shutil.copy(below, session.parent / song.name))
    assert find(ref, session) == beside


def test_another_song_of_the_same_name_is_not_it(song: Path, tmp_path: Path) -> None:
    ref = reference(song)
    song.write_bytes(CONTENT[:-1] + b"!")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / song.name).write_bytes(CONTENT + b"!")
    assert find(ref, tmp_path / "s.umx") is None
    assert not is_song(song, ref, CancelToken())


@pytest.mark.parametrize(
    "path",
    [
        "http://127.0.0.1/song.wav",
        "https://127.0.0.1/song.wav",
        "concat:/etc/passwd|/etc/hostname",
        "file:///etc/passwd",
        "song.wav",
        "../song.wav",
        "//server/share/song.wav",
        "\\\\server\\share\\song.wav",
        "",
        "/",
        "..",
    ],
)
def test_only_absolute_paths_of_this_computer_are_looked_at(tmp_path: Path, path: str) -> None:
    ref = SongRef(path, "ab" * 32, 3, 1.0, 44100)
    assert list(candidates(ref, None)) in ([], [Path("/")])
    assert all(tmp_path in found.parents for found in candidates(ref, tmp_path / "s.umx") if found != Path("/"))
    assert find(ref, tmp_path / "s.umx") is None


def test_a_folder_of_the_name_or_a_device_is_nothing(song: Path, tmp_path: Path) -> None:
    ref = reference(song)
    song.unlink()
    song.mkdir()
    assert find(ref, tmp_path / "s.umx") is None
    assert find(replace(ref, path="/dev/zero"), None) is None


def test_looking_can_be_stopped(song: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        find_song(reference(song), None, cancel)


def test_a_models_digest_is_of_what_it_computes_with(tiny_models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    shutil.copytree(tiny_models / "tiny", folder)
    before = models_digest(folder)
    assert before != models_digest(tiny_models / "voice")
    (folder / "CARD.md").write_text("words")
    assert models_digest(folder) == before
    record_digests(folder)
    assert models_digest(folder) == before
    (folder / ".sha256.json").unlink()
    (folder / "vocals.json").write_text((folder / "vocals.json").read_text() + " ")
    assert models_digest(folder) != before
