"""The desktop's files: installed for one user under the XDG folders, valid, and gone when asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from umx_gui.cli import main
from umx_gui.commands.integrate import data_home, exec_line

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these desktops have no such files")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data home"))
    return tmp_path / "data home"


def ours(home: Path) -> set[str]:
    return {str(p.relative_to(home)) for p in home.rglob("*umx-gui*") if p.is_file()}


def test_it_is_installed_and_taken_away(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["integrate"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert {str(Path(line).relative_to(home)) for line in said} == ours(home)
    assert ours(home) == {
        "applications/umx-gui.desktop",
        "metainfo/umx-gui.metainfo.xml",
        "mime/packages/umx-gui.xml",
        "icons/hicolor/scalable/apps/umx-gui.svg",
        "icons/hicolor/256x256/apps/umx-gui.png",
    }
    assert main(["integrate"]) == 0  # once more changes nothing
    (home / "applications" / "other.desktop").write_text("not ours")
    assert main(["integrate", "--remove"]) == 0
    assert ours(home) == set()
    assert (home / "applications" / "other.desktop").exists()
    assert main(["integrate", "--remove"]) == 0


def test_the_entry_starts_this_installation_with_songs_and_sessions(home: Path) -> None:
    main(["integrate"])
    entry = home / "applications" / "umx-gui.desktop"
    lines = dict(line.split("=", 1) for line in entry.read_text().splitlines() if "=" in line)
    assert lines["Exec"].endswith(" %F")
    program = lines["Exec"].split('"')[1]
    assert Path(program).exists()
    assert "application/x-umx-session" in lines["MimeType"].split(";")
    assert "audio/flac" in lines["MimeType"].split(";")
    if shutil.which("desktop-file-validate"):
        done = subprocess.run(["desktop-file-validate", str(entry)], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "")


def test_sessions_have_a_kind_of_their_own(home: Path) -> None:
    main(["integrate"])
    names = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    kind = ElementTree.parse(home / "mime" / "packages" / "umx-gui.xml").find("m:mime-type", names)
    assert kind is not None
    assert kind.get("type") == "application/x-umx-session"
    assert [glob.get("pattern") for glob in kind.findall("m:glob", names)] == ["*.umx"]
    if shutil.which("update-mime-database"):
        assert "application/x-umx-session:*.umx" in (home / "mime" / "globs").read_text()


@pytest.mark.parametrize("name", ["plain", "with space", 'quote"s', "per%cent", "back\\slash", "$HOME`x`"])
def test_any_path_is_quoted_as_the_standard_wants(name: str, tmp_path: Path) -> None:
    entry = tmp_path / "x.desktop"
    line = exec_line(tmp_path / name)
    entry.write_text(f"[Desktop Entry]\nType=Application\nName=x\nExec={line} %F\n")
    # Undone in the order in which a desktop does: the file's escapes, then those within quotes, then per cent signs.
    text = line.replace("\\\\", "\\")[1:-1]
    undone, at = "", 0
    while at < len(text):
        at += text[at] == "\\"
        undone, at = undone + text[at], at + 1
    assert undone.replace("%%", "%") == str(tmp_path / name)
    if shutil.which("desktop-file-validate"):
        assert subprocess.run(["desktop-file-validate", str(entry)]).returncode == 0


def test_without_a_data_folder_it_is_the_home_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for wrong in ("", "relative"):
        monkeypatch.setenv("XDG_DATA_HOME", wrong)
        assert data_home() == tmp_path / ".local" / "share"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no rights to take away")
def test_a_folder_that_cannot_be_written_is_one_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "applications").write_text("a file")
    assert main(["integrate"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
