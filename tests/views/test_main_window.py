"""The window as a whole: invitation, messages, models, closing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QMenu, QPlainTextEdit
from pytestqt.qtbot import QtBot
from told import Told
from view_songs import RATE, four_stems, make_song, show, show_separated

from umx_gui.app.session import Session, SessionState
from umx_gui.engine.audio import Fill
from umx_gui.engine.export.plan import ExportOptions
from umx_gui.messages import Message
from umx_gui.views.application import application
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.main_window import MainWindow, demo_song
from umx_gui.views.models.card import card_text


def test_empty_it_invites(window: MainWindow) -> None:
    assert window.empty.isVisible()
    assert window.empty.title.text() == "Drop a song here"
    assert not window.lanes.isVisible()
    assert not window.transport.isVisible()
    assert window.empty.open.isEnabled()
    assert window.empty.demo.isVisible() == (demo_song() is not None)


def test_what_was_open_lately_is_one_click_away(
    window: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    song_file = tmp_path / "Lied #1.wav"
    sf.write(song_file, four_stems(1.0).sum(0).T, RATE)
    assert (window.empty.files, window.empty.lately.isVisible()) == ([], False)
    long = Path("/music") / f"{'long ' * 20}.flac"
    session.settings.recent_files = [str(song_file), "/gone/& away.umx", str(long), "/music/fourth.wav"]
    session.settings.auto_separate = False
    window.empty.hide()
    window.empty.show()
    assert [button.text() for button in window.empty.files] == [
        song_file.name,
        "& away.umx",
        "long long long long lon…",
    ]
    assert window.empty.files[2].accessibleName() == f"Open {long.name}"
    assert window.empty.minimumSizeHint().width() <= 840
    qtbot.mouseClick(window.empty.files[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(told.messages))
    assert "away.umx" in told.titles[0]
    qtbot.mouseClick(window.empty.files[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.song is not None and session.song.path == song_file)
    assert not window.empty.isVisible()


def test_a_song_takes_the_place_of_the_invitation(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems(), name="My Song.flac")
    assert window.lanes.isVisible()
    assert window.transport.isVisible()
    assert window.windowTitle() == "My Song – umx-gui"


def test_a_real_file_is_opened_separated_and_shown(
    window: MainWindow, session: Session, tmp_path: Path, told: Told, qtbot: QtBot
) -> None:
    path = tmp_path / "Lied #1.wav"
    sf.write(path, four_stems(3.0).sum(0).T, RATE)
    window.open_files((path,))
    qtbot.waitUntil(lambda: session.song is not None and session.song.separated)
    qtbot.waitUntil(lambda: session.state is SessionState.READY)
    song = session.song
    assert song is not None
    assert song.coverage.runs() == [(0, 3 * RATE, Fill.FINAL)]
    assert [row.lane.key for row in window.lanes._rows] == ["mixture", "vocals", "drums", "bass", "other"]
    assert np.any(window.lanes.lane("vocals").grab().toImage().constBits())
    assert window.tools.separate.text() == "Separate again"
    assert window.actions_.export.isEnabled()
    assert [Path(f).name for f in session.settings.recent_files] == ["Lied #1.wav"]
    assert told.nothing()


def test_the_rows_of_the_model_wait_while_a_song_opens(window: MainWindow, session: Session) -> None:
    show(session, make_song(four_stems()))
    assert [row.lane.key for row in window.lanes._rows] == ["mixture", "vocals", "drums", "bass", "other"]
    window.lanes.lane("vocals").grab()
    session.settings.auto_separate = False
    show(session, make_song(four_stems()))
    assert [row.lane.key for row in window.lanes._rows] == ["mixture"]


def test_a_file_that_cannot_be_opened_is_said(
    window: MainWindow, session: Session, tmp_path: Path, told: Told, qtbot: QtBot
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no sound")
    window.open_files((path,))
    qtbot.waitUntil(lambda: bool(told.messages))
    assert window.notice.isVisible()
    assert "notes.txt" in window.notice.title.text()
    assert window.empty.isVisible()


def test_another_model_offers_to_separate_again(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    show_separated(session, four_stems())
    actions = {a.text().split("\t")[0]: a for a in window.tools.model.menu.actions() if a.isCheckable()}
    assert {"tiny", "voice"} <= actions.keys()
    actions["voice"].trigger()
    assert session.model_name == "voice"
    assert window.tools.model.text() == "voice"
    assert window.notice.act.text() == "Separate again"
    window.notice.act.click()
    qtbot.waitUntil(lambda: session.song is not None and session.song.targets == ("vocals", "residual"))
    assert [row.lane.key for row in window.lanes._rows] == ["mixture", "vocals", "residual"]
    qtbot.waitUntil(lambda: session.state is SessionState.READY)


def test_a_models_card_is_shown_as_plain_text(
    window: MainWindow, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[QDialog] = []
    monkeypatch.setattr(QDialog, "exec", lambda dialog: shown.append(dialog) or 0)
    window.tools.model.menu.actions()[-1].trigger()
    text = shown[0].findChildren(QPlainTextEdit)[0].toPlainText()
    assert text.startswith("Separates: Vocals, Drums, Bass, Other\nLicence: ")
    card = tmp_path / "CARD.md"
    card.write_text("# A model\n<script>x</script> \u202e" + "y" * 200_000)
    entry = replace(session.registry.entry("tiny"), card=card)
    text = card_text(entry)
    assert "<script>x</script> y" in text
    assert len(text) < 101_000
    assert card_text(replace(entry, card=tmp_path / "gone")).endswith("cannot be read.")


def test_devices_are_named_for_people(window: MainWindow, session: Session) -> None:
    assert [a.text() for a in window.tools.device.menu.actions()][:2] == ["Automatic", "CPU"]
    window.tools.device.menu.actions()[1].trigger()
    assert session.device == "cpu"
    assert window.tools.device.text() == "CPU"


def test_cancel_keeps_what_is_there(window: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "long.wav"
    sf.write(path, np.tile(four_stems(5.0).sum(0), 24).T, RATE)
    window.open_files((path,))
    qtbot.waitUntil(lambda: session.song is not None and bool(session.song.fill.any()))
    qtbot.waitUntil(lambda: window.status.cancel.isVisible() or session.state is SessionState.READY)
    window.actions_.cancel.trigger()
    qtbot.waitUntil(lambda: session.state is SessionState.READY)
    assert session.song is not None
    assert session.song.coverage.fraction(Fill.DRAFT) > 0
    qtbot.waitUntil(lambda: not window.status.cancel.isVisible())


def test_the_recent_files_are_in_the_menu(window: MainWindow, session: Session) -> None:
    window.actions_.recent.aboutToShow.emit()
    assert [a.text() for a in window.actions_.recent.actions()] == ["No songs yet"]
    session.settings.recent_files = ["/music/Rock & Roll.mp3"]
    window.actions_.recent.aboutToShow.emit()
    assert [a.text() for a in window.actions_.recent.actions()] == ["Rock && Roll.mp3"]


def test_what_every_part_adds_is_in_the_main_menu(window: MainWindow) -> None:
    top = window.tools.menu.menu.actions()
    below = [action for entry in top if entry.menu() is not None for action in cast(QMenu, entry.menu()).actions()]
    for action in (window.queue.action, window.sessions.save, window.scores.action, window.actions_.export):
        assert action in top, action.text()
    for action in (window.stretches.separate, window.stretches.start, window.actions_.fit):
        assert action in below, action.text()


def test_what_was_exported_can_be_shown_where_it_is(
    window: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toLocalFile()) or len(asked) == 1)
    show_separated(session, four_stems())
    window.say(Message("Something else"))
    session.export(tmp_path / "out", ExportOptions(), ("bass",))
    notice = window.notice
    qtbot.waitUntil(lambda: notice.act.text() == "Show the folder")
    assert notice.title.text() == f"1 file written to “{tmp_path / 'out'}”"
    assert not notice.warns
    assert notice._fade.isActive(), "it leaves by itself"
    notice.act.click()
    assert asked == [str(tmp_path / "out")]
    assert not notice.isVisible()
    session.export(tmp_path / "more", ExportOptions(), ("bass",))
    qtbot.waitUntil(lambda: notice.isVisible() and notice.act.isVisible())
    notice.act.click()
    assert notice.title.text() == "No program shows folders here"
    notice.clear()
    session.told.emit(Message("The next message"))
    assert notice.isVisible()
    assert not notice.act.isVisible(), "is about something else"


def test_diagnostics_are_copied_without_names_of_songs(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems(), name="Secret.flac")
    window.actions_.diagnostics.trigger()
    text = QGuiApplication.clipboard().text()
    assert "PySide6" in text
    assert "Secret" not in text


@pytest.mark.parametrize("width", [840, 1000, 1360])
def test_it_fits_narrow_windows(window: MainWindow, session: Session, width: int) -> None:
    show_separated(session, four_stems())
    window.resize(width, 560)
    QGuiApplication.processEvents()
    right = max(w.geometry().right() for w in (window.tools.menu, window.tools.export, window.tools.view))
    assert right < window.width()
    assert window.tools.view.geometry().right() < window.tools.export.geometry().left()
    assert window.lanes.ruler.width() == window.lanes.lane("mixture").width()
    assert window.lanes.overview.width() == window.lanes.lane("mixture").width()


def test_closing_remembers_and_stops(session: Session, qtbot: QtBot) -> None:
    keeper = ThemeKeeper(application(), "dark")
    first = MainWindow(session, keeper)
    first.resize(840, 640)
    first.show()
    qtbot.waitExposed(first)
    first.modes.set_all("spectrogram")
    keeper.choose("light")
    assert first.close()
    assert first.stopped
    settings = session.settings
    assert (settings.theme, settings.lane_view) == ("light", "spectrogram")
    second = MainWindow(session, keeper)
    qtbot.addWidget(second)
    second.restore()
    assert (second.width(), second.height()) == (840, 640)
    assert second.modes.everywhere == "spectrogram"
    settings.window_geometry = "not base64 at all"
    second.restore()
    keeper.deleteLater()
    qtbot.addWidget(first)
