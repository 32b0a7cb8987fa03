"""Attacks 25 to 28: other programs at the window's socket, and sessions, receipts and queues that name what is no song.

The numbers are those of docs/security.md. Nonsense and giants at the socket are in `app/test_single_instance`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from decode_helpers import tones, write
from loopback import loopback_server
from processes import assert_one_sentence, environment, report_of, umx_gui
from pytestqt.qtbot import QtBot
from session_helpers import full_document, reference

from umx_gui.app.queue.file import QueueFile, encoded
from umx_gui.app.queue.job import JobSettings, JobState, QueueJob
from umx_gui.app.saving.jobs import open_file, open_kept
from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.single_instance import SingleInstance, socket_name
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.sessions.autosave import Leftover
from umx_gui.engine.sessions.document import Kind, ModelRef, SessionDocument, WrittenFile
from umx_gui.engine.sessions.session_file import to_json, write_session
from umx_gui.engine.work import CancelToken
from umx_gui.playback.null_device import NullDevice

posix = pytest.mark.skipif(sys.platform == "win32", reason="users, pipes and devices of POSIX")
NOBODY = 65534
CONNECT = """
import socket, sys
s = socket.socket(socket.AF_UNIX)
try:
    s.connect(sys.argv[1])
    print("connected")
except PermissionError:
    print("refused")
"""
POSE = """
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
print("ready", flush=True)
s.settimeout(20)
try:
    other, _ = s.accept()
    other.settimeout(20)
    print(len(other.recv(1000)), flush=True)
    other.sendall(b"ok\\n")
except TimeoutError:
    print(0)
"""


@pytest.fixture
def common_folder() -> Iterator[Path]:
    """A folder that every user can enter and write, as /tmp is."""
    if os.geteuid():
        pytest.skip("missing: the right to be another user (root)")
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o1777)
        yield Path(name)


def as_nobody(program: str, place: Path) -> subprocess.Popen[str]:
    # Python's own folder must be one that everybody may read; nothing else is imported.
    command = ["/usr/bin/python3", "-I", "-c", program, str(place)]
    return subprocess.Popen(command, user=NOBODY, group=NOBODY, extra_groups=[], stdout=subprocess.PIPE, text=True)


@posix
def test_25_other_users_do_not_reach_the_window(common_folder: Path, qtbot: QtBot) -> None:
    single = SingleInstance(common_folder)
    assert single.claim()
    with as_nobody(CONNECT, Path(socket_name(common_folder))) as process:
        assert process.communicate(timeout=600)[0].strip() == "refused"
    with socket.socket(socket.AF_UNIX) as ours:
        ours.connect(socket_name(common_folder))
    single.close()


@posix
def test_25_nobody_else_poses_as_the_window(
    common_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    # Where the settings' folder has too long a name for a socket, the socket is where others may make files, too.
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(common_folder))
    monkeypatch.setattr("umx_gui.app.single_instance.PATIENCE_S", 2.0)
    folder = tmp_path / ("x" * 120)
    place = Path(socket_name(folder))
    assert place.parent == common_folder
    with as_nobody(POSE, place) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert not SingleInstance(folder).hand_over(["/home/ann/secret.wav"])
        process.kill()
        assert process.stdout.read() == ""


@contextmanager
def odd_places(folder: Path) -> Iterator[dict[str, str]]:
    """What a file can name that is no song: addresses, devices, pipes, folders, and links to them."""
    os.mkfifo(folder / "pipe.wav")
    (folder / "folder.wav").mkdir()
    (folder / "link to a device.wav").symlink_to("/dev/zero")
    (folder / "link to a pipe.wav").symlink_to(folder / "pipe.wav")
    (folder / "link to itself.wav").symlink_to(folder / "link to itself.wav")
    here = write(folder / "here.wav", tones(441))
    with loopback_server() as server:
        server.files["/a.wav"] = here.read_bytes()
        names = ("pipe.wav", "folder.wav", "link to a device.wav", "link to a pipe.wav", "link to itself.wav")
        texts = [
            f"{server.url}/a.wav", f"concat:{here}|{here}", f"file://{here}", f"subfile,,start,0,end,0,,:{here}",
            "pipe:0", "/dev/zero", "/dev/stdin", "/proc/self/mem", "//127.0.0.1/share/a.wav",
        ]  # fmt: skip
        yield {**{name: str(folder / name) for name in names}, **{text: text for text in texts}}
        assert server.requests == []


FIND = """
import json, sys, time
from dataclasses import replace
from pathlib import Path
from umx_gui.engine.sessions.session_file import read_session
from umx_gui.engine.sessions.song_search import find_song
from umx_gui.engine.work import CancelToken
found = {}
for path in sys.argv[1:]:
    began = time.monotonic()
    song = find_song(read_session(Path(path)).song, Path(path), CancelToken())
    found[path] = [None if song is None else str(song), time.monotonic() - began]
print(json.dumps(found))
"""


@posix
def test_26_sessions_name_songs_of_this_computer_only(tmp_path: Path) -> None:
    sessions: list[Path] = []
    (tmp_path / "of them").mkdir()
    (tmp_path / "outside.wav").write_bytes(b"private")
    with odd_places(tmp_path) as places:
        # As `path` and as the way from the session; every size and digest is the right one for somebody's file.
        for number, text in enumerate((*places.values(), "../outside.wav", "/etc/passwd")):
            for size in (0, 7, Path("/etc/passwd").stat().st_size):
                song = replace(full_document().song, path=text, relative=text, size=size)
                sessions.append(tmp_path / "of them" / f"{number} {size}.umx")
                write_session(sessions[-1], full_document(song=song))
        found = report_of(FIND, *sessions, timeout=600)
    assert [value for value, _ in found.values()] == [None] * len(sessions)
    assert max(seconds for _, seconds in found.values()) < 5


@posix
def test_26_a_link_to_the_very_song_is_the_song(tmp_path: Path) -> None:
    song = write(tmp_path / "song.wav", tones(441))
    (tmp_path / "link.wav").symlink_to(song)
    write_session(tmp_path / "s.umx", full_document(song=replace(reference(song), path=str(tmp_path / "link.wav"))))
    (found,) = report_of(FIND, tmp_path / "s.umx").values()
    assert found[0] == str(tmp_path / "link.wav")


def test_26_no_session_says_where_it_is_saved(tmp_path: Path, tiny_models: Path) -> None:
    precious = tmp_path / "thesis.txt"
    for name in (str(precious), "relative.umx", "//server/share/a.umx", "http://127.0.0.1/a.umx", ""):
        document = full_document(autosave_of=name)
        (opening,) = open_kept(Leftover(tmp_path / "a.umx", document, 0.0), ModelRegistry(tiny_models), CancelToken())
        assert opening.file is None, name
    own = str(tmp_path / "mine.umx")
    left = Leftover(tmp_path / "a.umx", full_document(autosave_of=own), 0.0)
    assert [o.file for o in open_kept(left, ModelRegistry(tiny_models), CancelToken())] == [Path(own)]
    # A session that somebody gave us, and that says it is the autosave of a file of ours.
    write_session(tmp_path / "given.umx", full_document(autosave_of=own))
    (opening,) = open_file(tmp_path / "given.umx", ModelRegistry(tiny_models), CancelToken())
    assert opening.file is None


def receipt(folder: Path, *names: str) -> SessionDocument:
    written = tuple(WrittenFile(name, "vocals", "01" * 32) for name in names)
    song = reference(write(folder / "song.wav", tones(4410)))
    return replace(full_document(song=song, written=written), kind=Kind.RECEIPT, model=ModelRef("tiny"))


@pytest.mark.parametrize("name", ["../song.wav", "/etc/passwd", "a/../../b", "..", ".", "", "..\\b.wav", "a\0b", 5])
def test_27_receipts_name_files_beside_them_only(tmp_path: Path, tiny_models: Path, name: object) -> None:
    (tmp_path / "in").mkdir()
    content = to_json(receipt(tmp_path / "in", "vocals.wav"))
    content["written"] = [{"file": name, "target": "vocals", "sha256": "01" * 32}]
    (tmp_path / "in" / "r.umx").write_text(json.dumps(content))
    done = umx_gui(environment(tiny_models), tmp_path, "verify", "in/r.umx")
    assert (done.returncode, done.stdout) == (1, "")
    assert_one_sentence(done.stderr)


@posix
def test_27_pipes_and_devices_beside_a_receipt_are_no_files(tmp_path: Path, tiny_models: Path) -> None:
    with odd_places(tmp_path) as places:
        names = [name for name in places if (tmp_path / name).name == name and name.endswith(".wav")][:5]
        write_session(tmp_path / "r.umx", receipt(tmp_path, "here.wav", *names))
        done = umx_gui(environment(tiny_models), tmp_path, "verify", "r.umx", timeout=600)
    assert done.returncode == 1
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert "here.wav: changed" in lines
    assert [f"{name}: missing" in lines for name in names] == [True] * 5


@posix
def test_28_queues_name_songs_of_this_computer_only(
    tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "songs").mkdir()
    good = write(tmp_path / "good.wav", tones(4410))
    with odd_places(tmp_path / "songs") as places:
        settings = JobSettings("tiny", str(tmp_path / "out"))
        jobs = [QueueJob(n, Path(text), settings) for n, text in enumerate((*places.values(), str(good)), 1)]
        content = json.loads(encoded(jobs, {}, paused=False))
        for job, text in zip(content["jobs"], places.values(), strict=False):
            job["song"] = text  # as it is: a path would leave some of it out
        (tmp_path / "config").mkdir()
        QueueFile(tmp_path / "config").path.write_text(json.dumps(content))
        session = Session(Settings(model="tiny"), ModelRegistry(tiny_models), Transport(NullDevice))
        session.start()
        qtbot.waitUntil(lambda: bool(session.queue.jobs))
        # What is waited for by mistake, a pipe, would be waited for without end.
        qtbot.waitUntil(lambda: session.queue.n_left == 0 and session.queue.running is None, timeout=300_000)
        ended = {str(job.path): job for job in session.queue.jobs}
        assert session.close(patience_s=30.0)
    assert ended.pop(str(good)).state is JobState.DONE
    assert set(ended) <= {text for text in places.values() if text.startswith("/")}
    assert {job.state for job in ended.values()} == {JobState.FAILED}
    assert all(job.error is not None for job in ended.values())
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"good_tiny"}
