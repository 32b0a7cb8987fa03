"""Session files: everything comes back, and whatever else is in the file is one sentence, and leaves it as it is."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from session_helpers import full_document

from umx_gui.engine.sessions.document import Kind, SessionDocument
from umx_gui.engine.sessions.recipe import Recipe
from umx_gui.engine.sessions.session_file import VERSION, is_session, read_session, to_json, write_session
from umx_gui.errors import SessionUnreadableError
from umx_gui.messages import describe


def test_everything_comes_back(tmp_path: Path) -> None:
    document = full_document()
    write_session(tmp_path / "a.umx", document)
    assert read_session(tmp_path / "a.umx") == document
    receipt = replace(document, kind=Kind.RECEIPT, autosave_of="/somewhere/else.umx", loop=None)
    write_session(tmp_path / "a.umx", receipt)
    assert read_session(tmp_path / "a.umx") == receipt
    assert [path.name for path in tmp_path.iterdir()] == ["a.umx"]


def test_what_the_stems_are_made_with() -> None:
    assert full_document().recipe == Recipe("tiny", 0)


def test_how_it_is_looked_at_is_nobodys_work() -> None:
    document = full_document()
    looked_at = replace(document, playhead=7, view=replace(document.view, start=0.0, gain=2.0), stems=())
    assert looked_at.worked_on() == document.worked_on()
    assert replace(document, loop=None).worked_on() != document.worked_on()
    assert replace(document, stretches=()).worked_on() != document.worked_on()


def test_names_of_files() -> None:
    assert is_session(Path("/a/b.umx"))
    assert is_session(Path("B.UMX"))
    assert not is_session(Path("umx"))


def refused(path: Path) -> str:
    """Why a file is refused: one plain sentence, and the file is as it was."""
    before = path.stat()
    with pytest.raises(SessionUnreadableError) as caught:
        read_session(path)
    after = path.stat()
    assert (before.st_size, before.st_mtime_ns, before.st_ino) == (after.st_size, after.st_mtime_ns, after.st_ino)
    line = describe(caught.value).one_line()
    assert line.startswith(f"The session “{path.name}” cannot be opened: ")
    assert "Error" not in line
    assert "\n" not in line
    return caught.value.detail


CHANGES = [
    ({"umx": "song"}, "no session"),
    ({"umx": None}, "no session"),
    ({"version": VERSION + 1}, "newer version"),
    ({"song": None}, "path"),
    ({"song": []}, "song"),
    ({"song": {"path": "/a\0b", "sha256": "ab" * 32}}, "path"),
    ({"song": {"path": "/a", "sha256": "ab"}}, "SHA-256"),
    ({"song": {"path": "/a", "sha256": "xy" * 32}}, "SHA-256"),
    ({"song": {"path": "\ud800", "sha256": "ab" * 32}}, "path"),
    ({"strips": {"vocals": {"gain_db": 1e999}}}, "gain_db"),
    ({"strips": {"vocals": {"pan": 2}}}, "pan"),
    ({"strips": {"vocals": {"solo": 1}}}, "solo"),
    ({"strips": {"../vocals": {}}}, "stem"),
    ({"strips": [1]}, "strips"),
    ({"master_db": "loud"}, "master_db"),
    ({"master_db": 10**400}, "master_db"),
    ({"loop": {"start": 10, "stop": 10}}, "stretch"),
    ({"loop": {"start": -1, "stop": 10}}, "stretch"),
    ({"loop": [1, 2]}, "loop"),
    ({"desk": {"A": {"niter": True}}}, "niter"),
    ({"desk": {"A": {"emphasis_db": {"vocals": 99}}}}, "vocals"),
    ({"desk": {"slot": "C"}}, "slot"),
    ({"stretches": {"start": 0}}, "stretches"),
    ({"stretches": [{"start": 5, "stop": 4}]}, "stretch"),
    ({"stretches": [{}] * 5000}, "stretches"),
    ({"written": [{"file": "../a.wav", "sha256": "ab" * 32}]}, "outside"),
    ({"written": [{"file": "..", "sha256": "ab" * 32}]}, "outside"),
    ({"view": {"different": "bass"}}, "different"),
    ({"export": {"format": "exe"}}, "format"),
]


@pytest.mark.parametrize(("change", "word"), CHANGES)
def test_a_field_that_cannot_be_is_named(tmp_path: Path, change: dict[str, object], word: str) -> None:
    path = tmp_path / "a.umx"
    path.write_text(json.dumps({**to_json(full_document()), **change}))
    assert word in refused(path)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"{", b"\xff\xfe{}", b"[" * 1_000_000, b'{"a":' * 100_000, b"RIFF\0\0\0\0WAVE"]
)
def test_other_contents_are_no_session(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.umx").write_bytes(content)
    refused(tmp_path / "a.umx")


def test_a_folder_a_pipe_a_gigabyte_and_nothing_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.umx").mkdir()
    refused(tmp_path / "a.umx")
    with (tmp_path / "large.umx").open("wb") as file:
        file.truncate(1 << 30)
    refused(tmp_path / "large.umx")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.umx")
        refused(tmp_path / "pipe.umx")
    with pytest.raises(SessionUnreadableError):
        read_session(tmp_path / "nowhere.umx")


def test_a_hundred_mutations_are_read_or_refused(tmp_path: Path, rng: np.random.Generator) -> None:
    whole = json.dumps(to_json(full_document()), indent=1).encode()
    n_read = 0
    for number in range(100):
        data = bytearray(whole)
        for _ in range(int(rng.integers(1, 6))):
            at = int(rng.integers(len(data)))
            kind = rng.integers(4)
            if kind == 0:
                data[at] = int(rng.integers(256))
            elif kind == 1:
                del data[at : at + int(rng.integers(1, 40))]
            elif kind == 2:
                data[at:at] = data[at : at + int(rng.integers(1, 40))]
            else:
                data[at:at] = rng.choice([b"-1", b"1e999", b"null", b'"', b"{}", b"[[", b"\\ud800", b"NaN"])
        path = tmp_path / f"{number}.umx"
        path.write_bytes(data)
        try:
            found = read_session(path)
        except SessionUnreadableError:
            pass
        else:
            n_read += 1
            assert isinstance(found, SessionDocument)
            write_session(tmp_path / "again.umx", found)
            assert read_session(tmp_path / "again.umx") == found
        assert path.read_bytes() == data
    assert 0 < n_read < 60, "most of them must be noticed, and not all"
