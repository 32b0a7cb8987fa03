"""Attacks 21 to 23 and 33: words that are markup, mangled settings, archives that unpack elsewhere, plugins, languages.

The numbers are those of docs/security.md.
"""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hostile_models import make_model
from processes import ROOT, environment, everything_in, umx_gui
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage, QTextDocument
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from scripts.launcher import main as launcher
from umx_gui import words
from umx_gui.app.session import Session, SessionState
from umx_gui.app.settings import Settings, load_settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.models.importing import import_model
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.resource import resource
from umx_gui.errors import ModelInvalidError
from umx_gui.playback.null_device import NullDevice
from umx_gui.views.application import application
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.language import LANGUAGES, use_language
from umx_gui.views.main_window import MainWindow

TRICKS = "\u202e\u2066\u200e\x07\x1b\x00"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The application's window, on a session without sound."""
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "config"))
    settings = Settings(model="tiny", demo_shown=True, auto_separate=False)
    session = Session(settings, ModelRegistry(tiny_models), Transport(NullDevice))
    keeper = ThemeKeeper(application(), "dark")
    shown = MainWindow(session, keeper)
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    session.close()
    keeper.deleteLater()


def words_of(widget: QWidget) -> list[str]:
    """Everything a widget shows or says."""
    read = ("text", "title", "windowTitle", "toolTip", "statusTip", "accessibleName", "accessibleDescription")
    found = [getattr(widget, name, "") for name in read]
    return [str(value() if callable(value) else value) for value in found]


def is_markup(text: str) -> bool:
    """Whether a tool tip of this text shows a picture, a link or bold letters instead of the letters."""
    document = QTextDocument()
    document.setHtml(text)
    block = document.begin()
    while block.isValid():
        for place in block:
            kind = place.fragment().charFormat()
            if kind.isImageFormat() or kind.isAnchor() or kind.fontWeight() > 500:
                return True
        block = block.next()
    return False


def test_21_markup_in_names_and_tags_stays_text(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    picture = QImage(329, 303, QImage.Format.Format_RGB32)
    picture.fill(0)
    assert picture.save(str(tmp_path / "p.png"))
    markup = f"<img src='{tmp_path}/p.png'><b><a href='http://x'>Song</a></b>"
    assert is_markup(markup)
    path = tmp_path / (markup.replace("/", "_")[:100] + "\u202e\u2066gpj.wav")
    # Tags are read by libav from a file's own chunks; control characters among them are its gift as well.
    soundfile.write(path, np.zeros((44100, 2)), 44100)
    with soundfile.SoundFile(path, "r+") as file:
        file.title, file.artist = markup + TRICKS.replace("\x00", ""), markup
    window.session.open(path)
    qtbot.waitUntil(lambda: window.session.state is SessionState.READY)
    window.actions_.recent.aboutToShow.emit()
    with qtbot.waitSignal(window.session.told):
        window.session.open(tmp_path / f"<b>gone{TRICKS[:3]}.wav")
    shown = [text for widget in [window, *window.findChildren(QWidget)] for text in words_of(widget)]
    assert any("Song" in text for text in shown)
    for widget in window.findChildren(QLabel):
        assert widget.textFormat() == Qt.TextFormat.PlainText, widget.text()
    for widget in [window, *window.findChildren(QWidget)]:
        assert not is_markup(widget.toolTip()), widget.toolTip()
        assert not any(c in text for text in words_of(widget) for c in TRICKS), words_of(widget)
    for action in window.findChildren(QAction):
        assert not is_markup(action.toolTip())
        assert not any(c in action.text() + action.toolTip() for c in TRICKS), action.text()


def test_21_a_label_of_markup_is_as_large_as_its_letters(qtbot: QtBot, tmp_path: Path) -> None:
    from umx_gui.views.kit.labels import plain_label

    picture = QImage(329, 303, QImage.Format.Format_RGB32)
    assert picture.save(str(tmp_path / "p.png"))
    markup = f"<img src='{tmp_path}/p.png'>"
    label, careless = plain_label(markup), QLabel(markup)
    for widget in (label, careless):
        qtbot.addWidget(widget)
    assert careless.sizeHint().height() > 300
    assert label.sizeHint().height() < 40


def test_22_a_hundred_mangled_settings_start_a_hundred_times(tmp_path: Path, rng: np.random.Generator) -> None:
    Settings(model="m", theme="dark", niter=3, recent_files=["/a", "/b"], window_geometry="AAAA").save(tmp_path)
    whole = (tmp_path / "settings.json").read_bytes()
    for number in range(100):
        folder = tmp_path / str(number)
        folder.mkdir()
        content = bytearray(whole)
        for _ in range(int(rng.integers(1, 20))):
            content[int(rng.integers(len(content)))] = int(rng.integers(256))
        (folder / "settings.json").write_bytes(content)
        settings, told = load_settings(folder)
        assert isinstance(settings, Settings)
        assert told is None or bytes(content) in [path.read_bytes() for path in folder.glob("*.bad-*")]


@pytest.mark.parametrize("kind", ["pickle", "empty", "noise", "cut"])
def test_22_a_window_opens_with_any_geometry(
    kind: str,
    qtbot: QtBot,
    tmp_path: Path,
    tiny_models: Path,
    rng: np.random.Generator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path))
    noise = base64.b64encode(rng.bytes(300)).decode()
    geometry = {"pickle": "gASVHAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOU", "empty": "", "noise": noise, "cut": "AdnQywAD"}
    (tmp_path / "settings.json").write_text(
        json.dumps({"version": 99, "demo_shown": True, "window_geometry": geometry[kind], "window_state": noise})
    )
    session = Session(None, ModelRegistry(tiny_models), Transport(NullDevice))
    keeper = ThemeKeeper(application(), "dark")
    shown = MainWindow(session, keeper)
    qtbot.addWidget(shown)
    shown.restore()
    shown.show()
    qtbot.waitExposed(shown)
    assert 200 <= shown.width() <= 20_000
    shown.close()
    session.close()
    keeper.deleteLater()


def zipped(members: dict[str, bytes], link: str = "", compression: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive, with one of its members made a symbolic link."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            if name == link:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def test_23_archives_write_nowhere_else(tmp_path: Path) -> None:
    good = {path.name: path.read_bytes() for path in make_model(tmp_path / "good").iterdir()}
    registry = ModelRegistry(tmp_path / "inner" / "models")
    archives = {
        "climbs": zipped({**good, "../../evil.json": b"{}"}),
        "climbs within": zipped({**good, "a/../../../evil.md": b""}),
        "absolute": zipped({**good, str(tmp_path / "evil.json"): b"{}"}),
        "backslash": zipped({**good, "..\\..\\evil.json": b"{}"}),
        "drive": zipped({**good, "C:evil.json": b"{}"}),
        "link": zipped({**good, "evil.json": str(tmp_path / "good").encode()}, link="evil.json"),
        "link to a folder": zipped({"up": str(tmp_path).encode(), **good, "up/evil.json": b""}, link="up"),
        "bomb": zipped({**good, "bass.pth": bytes(200 << 20)}, compression=zipfile.ZIP_DEFLATED),
        "many": zipped({**good, **{f"{n}.json": b"{}" for n in range(1000)}}),
        "two models": zipped({f"{folder}/{name}": content for folder in "ab" for name, content in good.items()}),
        "not one": b"PK\3\4" + bytes(100),
    }
    for name, content in archives.items():
        (tmp_path / f"{name}.zip").write_bytes(content)
    before = everything_in(tmp_path)
    for name in archives:
        with pytest.raises(ModelInvalidError):
            list(import_model(tmp_path / f"{name}.zip", registry))
        assert everything_in(tmp_path) - before <= {"inner", "inner/models"}, name
    (tmp_path / "fine.zip").write_bytes(zipped(good))
    list(import_model(tmp_path / "fine.zip", registry))
    assert registry.names()[-1] == "fine"


def test_23_nothing_else_is_ever_unpacked() -> None:
    for path in [*(ROOT / "umx_gui").rglob("*.py"), *(ROOT / "trainer").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bextract(all)?\(|unpack_archive|import tarfile", text), path
    assert tarfile.data_filter  # should it ever be needed, this is what to use


@pytest.mark.parametrize("where", ["model", "working folder"])
def test_no_plugin_is_loaded(tmp_path: Path, where: str) -> None:
    model = make_model(tmp_path / "models" / "tiny", ("vocals", "drums", "bass", "other"))
    place = tmp_path / "place"
    place.mkdir()
    soundfile.write(place / "song.wav", 0.1 * np.ones((4410, 2)), 44100)
    program = f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()\nraise SystemExit(7)\n"
    folder = model if where == "model" else place
    for name in ("plugin", "sitecustomize", "numpy", "torch", "av", "umx_gui", "openunmix", "hubconf", "conftest"):
        (folder / f"{name}.py").write_text(program)
    env = environment(
        tmp_path / "models", **({"PYTHONSTARTUP": str(tmp_path / "plugin.py")} if "START" in where else {})
    )
    # As the installed command starts: from the folder of scripts, not with the working folder in the path.
    start = f"import sys; sys.path[0] = {str(ROOT)!r}; from umx_gui.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "separate", "--model", "tiny", "song.wav"]
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()
    assert len(list((place / "song_tiny").iterdir())) == 4


@pytest.mark.parametrize("how", ["run.py", "-m"])
def test_nothing_is_taken_from_the_working_folder(
    tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(launcher.Environment, "is_ready", lambda *_: True)
    program = ["-m", "umx_gui", "models", "list"]
    if how == "run.py":
        program = launcher.prepare(launcher.read_options(["models", "list"]), launcher.Environment(ROOT))
    # Where Python itself looks for the program to be run with -m, nobody can keep it from looking.
    names = ("numpy", "json", "tqdm", "pathlib", *(("umx_gui", "runpy") if how == "run.py" else ()))
    for name in names:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    env = {key: value for key, value in environment(tiny_models).items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *program], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=600
    )
    assert not (tmp_path / "ran").exists()
    assert (done.returncode, "tiny" in done.stdout) == (0, True), done.stderr


def test_what_lies_in_torchs_caches_is_not_used(tmp_path: Path) -> None:
    caches = tmp_path / "hub" / "checkpoints"
    caches.mkdir(parents=True)
    (caches / "vocals-b62c91ce.pth").write_bytes(b"\x80\x02not a model")
    env = environment(tmp_path / "models", TORCH_HOME=str(tmp_path), HOME=str(tmp_path))
    done = umx_gui(env, tmp_path, "separate", "song.wav", "--model", "umxhq")
    assert done.returncode == 1
    assert "umxhq” is not installed" in done.stderr
    assert everything_in(caches) == {"vocals-b62c91ce.pth"}


@pytest.mark.parametrize("choice", ["../../evil", "evil", "{0}/evil", "en_evil", "", "\0"])
def test_33_no_language_is_loaded_but_ours(choice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (tmp_path, tmp_path / "a" / "b"):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(resource("translations") / "umx-gui_de.qm", folder / "umx-gui_evil.qm")
    monkeypatch.chdir(tmp_path / "a" / "b")
    (tmp_path / "settings.json").write_text(json.dumps({"version": 1, "language": choice.format(tmp_path)}))
    settings, _ = load_settings(tmp_path)
    before = words.tr("Language")
    assert use_language(application(), settings.language) in LANGUAGES
    assert use_language(application(), choice.format(tmp_path)) in LANGUAGES
    assert words.tr("Language") == before
