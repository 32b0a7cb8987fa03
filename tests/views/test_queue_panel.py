"""The queue's window: songs dropped on it, ordered by keyboard and mouse, set one by one, and seen as they come."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.queue.job import JobState
from umx_gui.app.session import Session
from umx_gui.views.export.group_dialog import GroupDialog
from umx_gui.views.main_window import MainWindow
from umx_gui.views.queue.panel import QueuePanel, summary

RATE = 44100


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """A folder with three short songs in it."""
    folder = tmp_path / "songs"
    folder.mkdir()
    for n, name in enumerate(("a.wav", "b.flac", "c.wav")):
        noise = 0.1 * np.random.default_rng(n).standard_normal((RATE, 2))
        sf.write(folder / name, noise, RATE, subtype="PCM_16")
    return folder


@pytest.fixture
def panel(window: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot) -> QueuePanel:
    """The queue's window, opened by its key, the queue paused."""
    session.settings.queue_folder = str(tmp_path / "out")
    session.queue.pause()
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow())
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    panel = window.queue.panel
    assert panel.isVisible()
    return panel


@pytest.fixture
def filled(panel: QueuePanel, session: Session, songs: Path, qtbot: QtBot) -> QueuePanel:
    drop(panel, [songs])
    qtbot.waitUntil(lambda: len(session.queue.jobs) == 3)
    return panel


def drop(onto: QWidget, paths: list[Path | str]) -> None:
    data = QMimeData()
    data.setUrls([QUrl(p) if isinstance(p, str) else QUrl.fromLocalFile(str(p)) for p in paths])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(onto, enter)
    event = QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(onto, event)
    assert event.isAccepted()


def names(session: Session) -> str:
    return "".join(job.path.stem for job in session.queue.jobs)


def column(panel: QueuePanel, at: int) -> list[str]:
    cells = [panel.table.item(row, at) for row in range(panel.table.rowCount())]
    return [cell.text() for cell in cells if cell is not None]


def test_dropped_folders_are_queued_and_their_songs_counted(
    filled: QueuePanel, window: MainWindow, session: Session, songs: Path, qtbot: QtBot, told: Told
) -> None:
    qtbot.waitUntil(lambda: told.titles == ["3 songs were added to the queue"])
    assert column(filled, 0) == ["a.wav", "b.flac", "c.wav"]
    assert column(filled, 3) == ["Waiting"] * 3
    assert window.queue.button.text() == "Queue 3"
    assert window.queue.button.accessibleName() == "Queue: 3 songs left"
    drop(filled.table.viewport(), [songs / "a.wav"])  # the same again
    qtbot.wait(200)
    assert names(session) == "abc"


def test_what_cannot_be_queued_is_said(
    panel: QueuePanel, session: Session, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    drop(panel, ["http://localhost/a.mp3"])
    assert panel.notice.title.text() == "This cannot be opened"
    (tmp_path / "empty").mkdir()
    drop(panel, [tmp_path / "empty"])
    qtbot.waitUntil(lambda: told.titles == ["“empty” has no songs in it"])
    assert session.queue.jobs == []


def test_rows_move_by_keyboard_and_button(filled: QueuePanel, session: Session, qtbot: QtBot) -> None:
    table = filled.table
    table.choose([session.queue.jobs[2]])
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(session) == "acb"
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(session) == "cab"
    assert [job.path.stem for job in table.chosen_jobs] == ["c"]
    qtbot.mouseClick(filled.down, Qt.MouseButton.LeftButton)
    assert names(session) == "acb"
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert names(session) == "ab"


def test_rows_are_dragged_to_another_place(filled: QueuePanel, session: Session) -> None:
    table = filled.table
    table.choose([session.queue.jobs[0]])

    class Dropped(QDropEvent):
        def source(self) -> QWidget:
            return table

    y = table.rowViewportPosition(2) + 30
    data, left, none = QMimeData(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    table.dropEvent(Dropped(QPointF(40, y), Qt.DropAction.MoveAction, data, left, none))
    assert names(session) == "bca"
    assert column(filled, 0) == ["b.flac", "c.wav", "a.wav"]


def test_each_song_has_settings_of_its_own(filled: QueuePanel, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    form, table, jobs = filled.form, filled.table, session.queue.jobs
    table.choose([jobs[1]])
    form.format.choose("flac")
    form.format.activated.emit(form.format.currentIndex())
    form.folder.setText(str(tmp_path / "elsewhere"))
    form.folder.editingFinished.emit()
    form.template.setText("{song} {target}")
    form.template.editingFinished.emit()
    form.stems["drums"].click()
    form.softmask.click()
    form.iterations.choose("2")
    form.iterations.activated.emit(2)
    changed = jobs[1].settings
    assert (changed.format, changed.template, changed.softmask, changed.niter) == ("flac", "{song} {target}", True, 2)
    assert changed.targets == ("vocals", "bass", "other")
    assert changed.folder == str(tmp_path / "elsewhere")
    assert jobs[0].settings == jobs[2].settings != changed
    table.choose([jobs[0]])
    assert (form.format.value, form.template.text(), form.softmask.isChecked()) == ("wav", "{target}", False)
    form.template.setText("always the same")
    form.template.editingFinished.emit()
    assert "{target}" in form.problem.text()
    assert jobs[0].settings.template == "{target}"
    form.model.choose("voice")
    form.model.activated.emit(form.model.currentIndex())
    assert list(form.stems) == ["vocals"]
    qtbot.mouseClick(filled.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.queue.n_left == 0)
    assert sorted(p.name for p in (tmp_path / "elsewhere" / "b_tiny").iterdir()) == [
        "b bass.flac",
        "b other.flac",
        "b vocals.flac",
    ]


def test_lossy_songs_have_a_bit_rate_and_any_a_common_gain(filled: QueuePanel, session: Session) -> None:
    form, job = filled.form, session.queue.jobs[0]
    filled.table.choose([job])
    assert form.bits.isVisibleTo(form)
    assert not form.bitrate.isVisibleTo(form)
    form.format.choose("mp3")
    form.format.activated.emit(form.format.currentIndex())
    assert form.bitrate.isVisibleTo(form)
    assert not form.bits.isVisibleTo(form)
    form.bitrate.choose("192")
    form.bitrate.activated.emit(form.bitrate.currentIndex())
    form.common_gain.click()
    export = job.settings.options("cpu", overwrite=False).export
    assert (export.format, export.bitrate_kbps, export.common_gain) == ("mp3", 192, True)


def test_progress_errors_and_retry_are_seen(
    filled: QueuePanel, window: MainWindow, session: Session, songs: Path, qtbot: QtBot
) -> None:
    (songs / "b.flac").write_bytes(b"broken")
    assert filled.pause.text() == "Resume"
    qtbot.mouseClick(filled.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.queue.n_left == 0)
    qtbot.waitUntil(lambda: column(filled, 3)[::2] == ["Done", "Done"])  # the panel's news are held back a moment
    assert column(filled, 3)[1] == "It is not an audio file"
    failed = filled.table.item(1, 3)
    assert failed is not None
    assert "b.flac" in failed.toolTip(), "which the row says already, in its first column"
    assert filled.words.text() == "3 songs, 1 failed"
    assert window.queue.button.text() == "Queue"
    noise = 0.1 * np.random.default_rng(1).standard_normal((RATE, 2))
    sf.write(songs / "b.flac", noise, RATE)
    filled.table.choose([session.queue.jobs[1]])
    qtbot.mouseClick(filled.retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: column(filled, 3) == ["Done"] * 3)
    qtbot.mouseClick(filled.clear, Qt.MouseButton.LeftButton)
    assert filled.table.rowCount() == 0


def test_the_open_song_is_queued_by_a_key(
    window: MainWindow, session: Session, songs: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    session.settings.queue_folder = str(tmp_path / "out")
    session.queue.pause()
    window.open_files((songs / "a.wav", songs / "b.flac"))
    qtbot.waitUntil(lambda: session.song is not None)
    window.activateWindow()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_J, both)
    qtbot.waitUntil(lambda: names(session) == "ab")


def test_the_summary_is_a_sentence(session: Session, filled: QueuePanel) -> None:
    jobs = session.queue.jobs
    assert summary([], False, None) == ""
    assert summary(jobs, False, None) == "3 of 3 left"
    assert summary(jobs, True, 75.0) == "3 of 3 left, paused, about 1:15 in all"
    jobs[0].state = JobState.FAILED
    assert summary(jobs, False, 9.0) == "2 of 3 left, 1 failed, about 0:09 in all"
    jobs[0].state = JobState.WAITING


def test_every_control_is_named_and_reached_by_tab(filled: QueuePanel, qtbot: QtBot) -> None:
    filled.table.choose([])
    wanted = {
        w
        for w in filled.findChildren(QWidget)
        if w.isVisibleTo(filled) and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    wanted -= {w for w in wanted if not w.accessibleName() and w.parent() is filled.table}
    for widget in wanted:
        assert widget.accessibleName() or getattr(widget, "text", str)(), widget
    filled.activateWindow()
    reached: set[QWidget] = set()
    for _ in range(3 * len(wanted)):
        qtbot.keyClick(QApplication.focusWidget() or filled, Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert wanted <= reached, [w.accessibleName() for w in wanted - reached]


def test_the_row_under_the_mouse_says_where_the_song_is(filled: QueuePanel, session: Session) -> None:
    cell = filled.table.item(0, 0)
    assert cell is not None
    assert str(session.queue.jobs[0].path) in cell.toolTip()
    assert filled.table.itemAt(QPoint(20, 10)) is cell


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_groups_and_projects_are_a_songs_own(
    filled: QueuePanel, session: Session, songs: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    form, jobs = filled.form, session.queue.jobs
    filled.table.choose([jobs[1]])
    assert list(form.groups) == ["accompaniment", "no drums"]
    form.groups["no drums"].click()
    form.stems["bass"].click()
    form.project.choose("reaper")
    form.project.activated.emit(form.project.currentIndex())
    changed = jobs[1].settings
    assert changed.targets == ("vocals", "drums", "other")
    assert (changed.groups, changed.project) == (("no drums=vocals,bass,other",), "reaper")
    filled.table.choose([jobs[2]])
    assert not form.groups["no drums"].isChecked()
    assert form.project.value == ""
    form.groups["accompaniment"].click()
    for name in ("vocals", "drums", "bass", "other"):
        form.stems[name].click()
    assert jobs[2].settings.targets == ("accompaniment",)
    form.groups["accompaniment"].click()
    assert form.groups["accompaniment"].isChecked(), "one file at least"

    qtbot.mouseClick(filled.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.queue.n_left == 0, timeout=60_000)
    out = tmp_path / "out"
    assert written(out / "a_tiny") == ["bass.wav", "drums.wav", "other.wav", "vocals.wav"]
    assert written(out / "b_tiny") == ["b.rpp", "drums.wav", "no drums.wav", "other.wav", "vocals.wav"]
    assert written(out / "c_tiny") == ["accompaniment.wav"]
    project = (out / "b_tiny/b.rpp").read_text()
    assert project.count("<TRACK") == 5
    whole, rest, drums = (
        sf.read(path, dtype="int32")[0] >> 8
        for path in (songs / "b.flac", out / "b_tiny/no drums.wav", out / "b_tiny/drums.wav")
    )
    assert np.array_equal(rest + drums, whole), "a group adds up with what is not in it"


def test_groups_are_made_in_the_queue_and_kept(filled: QueuePanel, session: Session, qtbot: QtBot) -> None:
    form, job = filled.form, session.queue.jobs[0]
    filled.table.choose([job])

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, GroupDialog)
        dialog.boxes["bass"].setChecked(False)
        dialog.name.setText("top")
        dialog.accept()

    QTimer.singleShot(0, answer)
    qtbot.mouseClick(form.files.add, Qt.MouseButton.LeftButton)
    assert job.settings.groups == ("top=drums,other",)
    assert form.groups["top"].isChecked()
    assert session.settings.export_groups == ["top=drums,other"]
    filled.table.choose([session.queue.jobs[1]])
    assert not form.groups["top"].isChecked()
    filled.table.choose([job])
    form.format.choose("stem.mp4")
    form.format.activated.emit(form.format.currentIndex())
    assert not form.groups["top"].isEnabled()
    assert not form.files.add.isEnabled()
    options = job.settings.options("cpu", overwrite=False)
    assert (options.targets, dict(options.groups)) == ((), {})
    form.model.choose("voice")
    form.model.activated.emit(form.model.currentIndex())
    assert (list(form.groups), job.settings.groups) == ([], ())
