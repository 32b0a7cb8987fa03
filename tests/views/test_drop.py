"""What is dropped on the window is opened, or refused in plain words; nothing is ever fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from umx_gui.app.session import Session
from umx_gui.views.drop import files_of, files_of_paths, has_files
from umx_gui.views.main_window import MainWindow


def urls(*addresses: str | Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(a)) if isinstance(a, Path) else QUrl(a) for a in addresses])
    return data


@pytest.mark.parametrize(
    "name", ["My Söng #1.mp3", "50% off?.flac", "[x] & 'y'.wav", "a\nb.ogg", "без имени", "<b>bold.wav"]
)
def test_any_name_comes_through_unchanged(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.touch()
    assert files_of(urls(path)).files == (path,)


def test_a_folder_is_searched_for_songs(tmp_path: Path) -> None:
    (tmp_path / "CD 2").mkdir()
    for name in ("b.FLAC", "a.mp3", "cover.jpg", ".hidden.mp3", "CD 2/c.wav", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    found = files_of(urls(tmp_path))
    assert [str(p.relative_to(tmp_path)) for p in found.files] == ["a.mp3", "b.FLAC", "CD 2/c.wav"]
    assert found.refusal is None


def test_files_keep_their_order_and_come_once(tmp_path: Path) -> None:
    b, a = tmp_path / "b.wav", tmp_path / "a.wav"
    assert files_of(urls(b, a, b)).files == (b, a)


@pytest.mark.parametrize(
    "address", ["http://example.org/song.mp3", "smb://host/song.mp3", "file://host/share/song.mp3", "data:audio/wav,x"]
)
def test_what_is_elsewhere_is_refused(address: str) -> None:
    refused = files_of(urls(address))
    assert refused.files == ()
    assert refused.refusal is not None
    assert refused.refusal.reason == "it is not on this computer"
    assert not has_files(urls(address))


def test_mixed_drops_take_what_they_can(tmp_path: Path) -> None:
    song = tmp_path / "a.wav"
    mixed = files_of(urls("http://example.org/b.mp3", song))
    assert mixed.files == (song,)
    assert mixed.refusal is not None
    assert mixed.refusal.title == "Not everything was taken"


def test_text_and_empty_folders_are_refused_with_a_reason(tmp_path: Path) -> None:
    text = QMimeData()
    text.setText("file:///etc/passwd")
    assert files_of(text).refusal is not None
    empty = files_of(urls(tmp_path)).refusal
    assert empty is not None
    assert empty.reason == "no audio file was found"


def test_an_unreadable_folder_has_no_songs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> list[Path]:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "iterdir", denied)
    assert files_of_paths([tmp_path]).files == ()


def drop(window: MainWindow, data: QMimeData) -> None:
    """Enter and drop, as Qt delivers them."""
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(300, 300), copy, data, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(300, 300), copy, data, left, none))


@pytest.fixture
def opened(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Which files the session is asked to open."""
    asked: list[Path] = []
    monkeypatch.setattr(session, "open", asked.append)
    return asked


def test_a_drop_opens_the_first_song_and_lists_the_rest(
    window: MainWindow, opened: list[Path], tmp_path: Path, qtbot: QtBot
) -> None:
    songs = [tmp_path / f"{i}.wav" for i in range(3)]
    drop(window, urls(*songs))
    assert opened == [songs[0]]
    qtbot.keyClick(window, Qt.Key.Key_N)
    qtbot.keyClick(window, Qt.Key.Key_N)
    qtbot.keyClick(window, Qt.Key.Key_N)
    assert opened == songs
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert opened[-1] == songs[1]


def test_a_refused_drop_says_why_and_opens_nothing(window: MainWindow, opened: list[Path]) -> None:
    drop(window, urls("http://example.org/<i>song</i>.mp3"))
    assert opened == []
    assert window.notice.isVisible()
    assert window.notice.title.text() == "This cannot be opened"


def test_the_sheet_comes_and_goes(window: MainWindow, tmp_path: Path) -> None:
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    data = urls(tmp_path / "a.wav")
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(9, 9), copy, data, left, none))
    assert window._sheet.isVisible()
    assert window._sheet.size() == window.size()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window._sheet.isVisible()
