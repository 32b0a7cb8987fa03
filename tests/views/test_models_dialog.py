"""The dialog of the models: what it shows, and getting, choosing, checking and removing them by mouse and keyboard."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Server, cut_at, drip, loopback_server, status
from published_models import publish, weights
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.models import published
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.playback.null_device import NullDevice
from umx_gui.views.kit.theme import DARK, LIGHT
from umx_gui.views.main_window import MainWindow
from umx_gui.views.models.dialog import ModelsDialog
from umx_gui.views.models.table import COLUMNS

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(
    qtbot: QtBot, tmp_path: Path, tiny_models: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    """A session with two installed models in a folder of its own."""
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "config"))
    for name in ("tiny", "voice"):
        shutil.copytree(tiny_models / name, tmp_path / "models" / name)
    running = Session(
        Settings(model="tiny", demo_shown=True), ModelRegistry(tmp_path / "models"), Transport(NullDevice)
    )
    told.listen(running.told)
    yield running
    assert running.close()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine."""
    with loopback_server() as running:
        yield running


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> ModelsDialog:
    """The dialog, opened from the window's action."""
    window.actions_.models.trigger()
    qtbot.waitExposed(window.models)
    return window.models


def offer(server: Server, patch: pytest.MonkeyPatch, name: str, **about: object) -> None:
    """The published model of this name is a small one on the server."""
    model = publish([server], {"vocals": weights(0)}, name, **about)
    patch.setitem(published.PUBLISHED, name, model)


def row(dialog: ModelsDialog, name: str) -> dict[str, str]:
    """What the table says of a model, by column."""
    table = dialog.table
    for at in range(table.rowCount()):
        texts = [table.item(at, column).text() for column in range(table.columnCount())]  # type: ignore[union-attr]
        if texts[0] == name:
            return dict(zip(COLUMNS, texts, strict=True))
    return {}


def press(dialog: ModelsDialog, button: QAbstractButton, qtbot: QtBot) -> None:
    assert button.isVisible(), button.accessibleName()
    assert button.isEnabled(), button.accessibleName()
    qtbot.mouseClick(button, LEFT)


def finish(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.models.running is None)


def get(dialog: ModelsDialog, session: Session, name: str, qtbot: QtBot) -> None:
    dialog.table.choose(name)
    press(dialog, dialog.act, qtbot)
    finish(session, qtbot)


def test_it_shows_what_is_there_and_what_could_be(dialog: ModelsDialog) -> None:
    assert row(dialog, "tiny")["State"] == "In use"
    assert row(dialog, "tiny")["Stems"] == "Vocals, Drums, Bass, Other"
    assert row(dialog, "tiny")["Origin"] == "Imported"
    assert row(dialog, "tiny")["SDR"] == "–"
    large = row(dialog, "umxl")
    assert large["State"] == "Not installed"
    assert large["Size"].split() == ["452", "MB"]
    assert large["SDR"].split() == ["6.32", "dB"]
    assert large["Licence"] == "CC BY-NC-SA 4.0"
    assert row(dialog, "umxhq")["Licence"] == "MIT according to third parties, unverified"
    assert row(dialog, "umxse")["Stems"] == "Speech, Noise"
    dialog.table.choose("umxl")
    assert "non-commercial" in dialog.terms.text()
    assert dialog.terms.isVisible()
    assert "7.21" in dialog.facts.text()
    assert "zenodo.org" in dialog.facts.text()
    dialog.table.choose("umxhq")
    assert not dialog.terms.isVisible()


def test_the_menu_of_the_models_leads_here(window: MainWindow, qtbot: QtBot) -> None:
    assert window.actions_.models in window.tools.model.menu.actions()
    assert window.actions_.models in window.tools.menu.menu.actions()
    qtbot.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert window.models.isVisible()
    qtbot.keyClick(window.models, Qt.Key.Key_Escape)
    assert not window.models.isVisible()


def test_a_model_is_downloaded_used_verified_and_removed(
    dialog: ModelsDialog, window: MainWindow, session: Session, server: Server, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    offer(server, monkeypatch, "umxhq")
    get(dialog, session, "umxhq", qtbot)
    assert row(dialog, "umxhq")["State"] == "Installed"
    assert dialog.table.current_item is not None
    assert dialog.table.current_item.name == "umxhq"
    assert "umxhq" in [action.text().partition("\t")[0] for action in window.tools.model.menu.actions()]
    press(dialog, dialog.act, qtbot)
    assert session.model_name == "umxhq"
    assert window.tools.model.text() == "umxhq"
    assert row(dialog, "umxhq")["State"] == "In use"
    assert not dialog.act.isEnabled()
    press(dialog, dialog.verify, qtbot)
    finish(session, qtbot)
    assert session.models.verdict("umxhq") is True
    press(dialog, dialog.remove, qtbot)
    press(dialog, dialog.question.no, qtbot)
    assert "umxhq" in session.registry.names()
    press(dialog, dialog.remove, qtbot)
    press(dialog, dialog.question.yes, qtbot)
    finish(session, qtbot)
    assert "umxhq" not in session.registry.names()
    assert row(dialog, "umxhq")["State"] == "Not installed"
    assert session.model_name not in ("", "umxhq")


def test_the_licence_of_umxl_is_accepted_first(
    dialog: ModelsDialog, session: Session, server: Server, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(server, monkeypatch, "umxl", terms="Not for sale <b>ever</b>", licence="CC BY-NC-SA 4.0")
    get(dialog, session, "umxl", qtbot)
    assert dialog.question.isVisible()
    assert dialog.question.title.text() == "“umxl” is under CC BY-NC-SA 4.0"
    assert dialog.question.words.text() == "Not for sale <b>ever</b>."
    assert dialog.question.words.textFormat() == Qt.TextFormat.PlainText
    qtbot.keyClick(dialog.question.no, Qt.Key.Key_Escape)
    assert not dialog.question.isVisible()
    assert dialog.isVisible()
    assert server.requests == []
    get(dialog, session, "umxl", qtbot)
    press(dialog, dialog.question.yes, qtbot)
    finish(session, qtbot)
    assert row(dialog, "umxl")["State"] == "Installed"


def test_the_digests_of_umxse_are_shown_and_can_be_refused(
    dialog: ModelsDialog, session: Session, server: Server, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(server, monkeypatch, "umxse", digits_checked=False)
    get(dialog, session, "umxse", qtbot)
    file = published.PUBLISHED["umxse"].files[0]
    (shown,) = dialog.question.figures.text().splitlines()
    assert shown.startswith(file.digits)
    assert shown.endswith(file.name)
    press(dialog, dialog.question.no, qtbot)
    finish(session, qtbot)
    assert row(dialog, "umxse")["State"] == "Not installed"
    get(dialog, session, "umxse", qtbot)
    press(dialog, dialog.question.yes, qtbot)
    finish(session, qtbot)
    assert row(dialog, "umxse")["State"] == "Installed"
    assert len(server.requests) == 2


def test_a_download_is_watched_stopped_and_gone_on_with(
    dialog: ModelsDialog, session: Session, server: Server, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(server, monkeypatch, "umxhq")
    server.answers = [drip(2000, 0.07)]
    dialog.table.choose("umxhq")
    press(dialog, dialog.act, qtbot)
    qtbot.waitUntil(lambda: re.match(r"Downloading [1-9]", row(dialog, "umxhq")["State"]) is not None)
    assert dialog.bar.isVisible()
    assert "Downloading vocals" in dialog.words.text()
    for button in (dialog.act, dialog.verify, dialog.remove, dialog.import_folder, dialog.import_zip):
        assert not button.isEnabled()
    press(dialog, dialog.cancel, qtbot)
    finish(session, qtbot)
    assert not dialog.bar.isVisible()
    assert row(dialog, "umxhq")["State"].endswith("is there")
    assert dialog.act.text().startswith("Go on (")
    press(dialog, dialog.act, qtbot)
    finish(session, qtbot)
    assert row(dialog, "umxhq")["State"] == "Installed"
    assert server.requests[-1][1] > "bytes=1"


def test_a_failure_is_said_in_the_dialog_and_the_rest_can_be_thrown_away(
    dialog: ModelsDialog, window: MainWindow, session: Session, server: Server, told: Told, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    offer(server, monkeypatch, "umxhq")
    server.answers, server.otherwise = [cut_at(5000)], status(503)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    get(dialog, session, "umxhq", qtbot)
    assert dialog.notice.isVisible()
    assert dialog.notice.title.text() == told.only().title
    assert "could not be downloaded" in told.only().title
    assert not window.notice.isVisible()
    dialog.table.choose("umxhq")
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert dialog.question.title.text() == "Throw away what is there of “umxhq”?"
    press(dialog, dialog.question.yes, qtbot)
    finish(session, qtbot)
    assert row(dialog, "umxhq")["State"] == "Not installed"


def test_return_uses_a_model_and_only_proposes_a_download(
    dialog: ModelsDialog, session: Session, server: Server, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(server, monkeypatch, "umxhq")
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.table.setFocus()
    dialog.table.choose("tiny")
    qtbot.keyClick(dialog.table, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert session.model_name == "voice"
    dialog.table.choose("umxhq")
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert session.models.running is None
    assert dialog.act.hasFocus()
    assert server.requests == []
    qtbot.keyClick(dialog.act, Qt.Key.Key_Space)
    finish(session, qtbot)
    assert "umxhq" in session.registry.names()


def test_a_folder_and_a_zip_are_imported(
    dialog: ModelsDialog, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = shutil.copytree(tmp_path / "models" / "tiny", tmp_path / "<b>mine & yours<b>")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(source))
    press(dialog, dialog.import_folder, qtbot)
    finish(session, qtbot)
    assert "<b>mine" not in "".join(session.registry.names())
    assert dialog.notice.isVisible()
    plain = source.rename(tmp_path / "mine & yours")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(plain))
    press(dialog, dialog.import_folder, qtbot)
    finish(session, qtbot)
    assert row(dialog, "mine & yours")["State"] == "Installed"
    archive = shutil.make_archive(str(tmp_path / "zipped"), "zip", plain)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (archive, ""))
    press(dialog, dialog.import_zip, qtbot)
    finish(session, qtbot)
    assert row(dialog, "zipped")["State"] == "Installed"


def test_a_damaged_model_is_marked(dialog: ModelsDialog, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "models" / "voice" / "vocals.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    dialog.table.choose("voice")
    press(dialog, dialog.verify, qtbot)
    finish(session, qtbot)
    assert row(dialog, "voice")["State"] == "Damaged"


def test_everything_has_a_name_for_a_screen_reader(dialog: ModelsDialog) -> None:
    for widget in dialog.findChildren(QWidget):
        if isinstance(widget, QAbstractButton) and widget.isVisible():
            assert widget.accessibleName(), widget
    assert dialog.table.accessibleName() == "Models"


def test_speech_and_noise_have_colours_of_their_own() -> None:
    for theme in (DARK, LIGHT):
        colours = {theme.target(name).name() for name in ("speech", "noise", "residual")}
        assert len(colours) == 3
        assert colours <= {colour.lower() for colour in theme.further}
