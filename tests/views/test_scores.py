"""Reference stems dropped on the window: an offer, curves under the lanes, a table, and its copy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from view_songs import RATE, TARGETS, four_stems, show_separated

from umx_gui.app.session import Session
from umx_gui.views.lanes.lane import Lane
from umx_gui.views.lanes.lane_modes import ERROR, REFERENCE, REFERENCE_WAVE, WAVEFORM, WITH_REFERENCE, WORDS
from umx_gui.views.lanes.mode_menu import fill_mode_menu
from umx_gui.views.lanes.score_curve import ScoreCurve
from umx_gui.views.main_window import MainWindow


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(300, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)


@pytest.fixture
def references(tmp_path: Path) -> Path:
    """A folder of the stems of `four_stems`, the voice with an error of -20 dB in its second second."""
    folder = tmp_path / "truth"
    folder.mkdir()
    for name, stem in zip(TARGETS, four_stems(3.0), strict=True):
        wrong = stem.copy()
        if name == "vocals":
            wrong[:, RATE : 2 * RATE] *= 0.9
        sf.write(folder / f"{name}.wav", wrong.T, RATE, subtype="FLOAT")
    return folder


def test_references_are_offered_and_seen(window: MainWindow, session: Session, references: Path, qtbot: QtBot) -> None:
    song = show_separated(session, four_stems(3.0))
    curves = {curve.key: curve for curve in window.findChildren(ScoreCurve)}
    assert list(curves) == list(TARGETS)
    assert not any(curve.isVisible() for curve in curves.values())
    drop(window, references)
    assert session.song is song, "nothing is opened"
    assert window.notice.title.text() == "“truth” holds reference stems"
    qtbot.mouseClick(window.notice.act, Qt.MouseButton.LeftButton)
    table = window.scores.window
    assert table.isVisible()
    qtbot.waitUntil(lambda: bool(session.scores.now) and not session.scores.running, timeout=60_000)
    vocals = curves["vocals"]
    assert vocals.isVisible()
    assert vocals.width() == window.lanes.lane("vocals").width()
    assert session.scores.now["vocals"].seconds_db == pytest.approx(
        [np.inf, 20 * np.log10(0.9 / 0.1), np.inf], abs=0.01
    )
    heights = [point.y() for part in vocals.points() for point in part.toList()]
    assert heights[0] == heights[1] < heights[2] == heights[3]
    rows = table.table
    assert rows.rowCount() == 4
    assert [rows.item(0, c).text() for c in range(2)] == ["tiny", "Vocals"]  # type: ignore[union-attr]
    assert rows.item(1, 2).text() == "∞"  # type: ignore[union-attr]
    heads = [rows.horizontalHeaderItem(c).text() for c in range(2, 5)]  # type: ignore[union-attr]
    assert heads == ["SDR whole track", "SI-SDR", "BSSEval v4 SDR"]
    qtbot.mouseClick(table.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == session.scores.csv() != ""
    table.close()


def test_songs_are_still_opened_by_dropping_them(
    window: MainWindow, session: Session, references: Path, qtbot: QtBot
) -> None:
    show_separated(session, four_stems(3.0))
    drop(window, references / "drums.wav")
    qtbot.waitUntil(lambda: session.song is not None and session.song.path == references / "drums.wav")
    assert not window.notice.isVisible()


def test_the_sum_check_says_what_it_means(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    song = show_separated(session, four_stems(3.0))
    session._noted(song, {"sum_db": song.sum_db})
    qtbot.waitUntil(lambda: "sum check: exact" in window.status.facts.text())
    assert "decibels of the song" in window.status.facts.toolTip()


def test_references_are_seen_and_heard_beside_the_stems(
    window: MainWindow, session: Session, references: Path, qtbot: QtBot
) -> None:
    song = show_separated(session, four_stems(3.0))
    lane, menu = window.lanes.lane("vocals"), QMenu(window)
    window.modes.set_one("vocals", REFERENCE)
    assert lane.mode == WAVEFORM, "there is no reference yet"
    assert not window.scores.button.isVisible()
    drop(window, references)
    qtbot.mouseClick(window.notice.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: song.references is not None and not session.scores.running, timeout=60_000)
    window.scores.window.close()

    assert window.scores.button.isVisible()
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow())
    qtbot.keyClick(window, Qt.Key.Key_R)
    assert session.scores.switch.on
    assert window.scores.button.isChecked()
    qtbot.mouseClick(window.transport.original, Qt.MouseButton.LeftButton)
    assert (window.scores.button.isChecked(), window.transport.original.isChecked()) == (False, True)

    fill_mode_menu(menu, "vocals", window.modes)
    assert [a.text() for a in menu.actions()][-4:] == ["", *(WORDS[mode] for mode in WITH_REFERENCE)]
    wave = [seen(window, session, "vocals", mode, qtbot) for mode in (WAVEFORM, REFERENCE_WAVE)]
    assert not np.array_equal(*wave)
    assert lane.accessibleName() == "Vocals waveform and the reference's"
    both = seen(window, session, "vocals", REFERENCE, qtbot).astype(int)
    upper, lower = both[20 : lane.height() // 2 - 2], both[lane.height() // 2 + 20 :]
    assert upper.max() > 100 < lower.max()
    error = seen(window, session, "vocals", ERROR, qtbot).astype(int)
    third = lane.width() // 3
    parts = [np.median(error[:, k * third + 30 : (k + 1) * third - 30].sum(2), axis=1).max() for k in range(3)]
    assert parts[1] > 2 * parts[0] == pytest.approx(2 * parts[2]), "only the second second of the voice is wrong"
    assert "Vocals (Reference)" in readout(window, lane, REFERENCE, 0.75, qtbot, session)
    assert "Vocals (Reference)" not in readout(window, lane, REFERENCE, 0.25, qtbot, session)

    show_separated(session, four_stems(1.0))
    assert lane.mode == WAVEFORM
    assert not window.scores.button.isVisible()
    assert not window.scores.hear.isVisible()


def seen(window: MainWindow, session: Session, key: str, mode: str, qtbot: QtBot) -> np.ndarray:
    """A lane in a mode once all of it is drawn, [height, width, 3]."""
    window.modes.set_one(key, mode)
    lane = window.lanes.lane(key)
    assert lane.mode == mode
    lane.grab()
    qtbot.waitUntil(lambda: session._tiles._running is None)
    qtbot.waitUntil(lambda: lane._stale is None)
    image = lane.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return raw[:, : image.width() * 3].reshape(image.height(), -1, 3).copy()


def readout(window: MainWindow, lane: Lane, mode: str, share: float, qtbot: QtBot, session: Session) -> str:
    """What is said of a place in a lane."""
    seen(window, session, lane.key, mode, qtbot)
    return window.lanes.readout.words(lane, lane.width() / 2, share * lane.height())
