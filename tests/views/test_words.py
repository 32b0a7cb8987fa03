"""What the window says: status, notices, titles; and that it never reads text of others as markup."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from view_songs import four_stems, make_song, show, show_separated

from umx_gui.app.session import Session, Status
from umx_gui.engine.work import Progress
from umx_gui.messages import Message
from umx_gui.views.kit.labels import Line, plain_label, plain_tip
from umx_gui.views.kit.notice import Notice
from umx_gui.views.lanes.song_header import song_facts, song_title
from umx_gui.views.main_window import MainWindow
from umx_gui.views.status_bar import busy_words, export_words

EVIL = '<img src="/etc/x.png"><b>Song</b> &amp; more'


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status("separating", 0.62, 48.0, 1.94), "Separating 62\u202f%, 1.9× real time, 0:48 left"),
        (Status("opening"), "Opening"),
        (Status("loading the model", 0.0), "Loading the model 0\u202f%"),
        (Status(""), "Working"),
        (Status("draft", 0.1), "First draft 10\u202f%"),
        (Status("filter", 0.96), "Refining 96\u202f%"),
    ],
)
def test_what_runs(status: Status, words: str) -> None:
    assert busy_words(status) == words


def test_how_far_an_export_is() -> None:
    assert export_words(Progress(0.5, "writing", 3.0)) == "Writing 50\u202f%, 0:03 left"


def test_names_of_others_are_shown_as_they_are(window: MainWindow, session: Session) -> None:
    song = show_separated(session, four_stems(), name=EVIL.replace("/", "_") + ".wav", tags={"title": EVIL})
    assert song_title(song) == EVIL
    assert window.lanes.header.title.text == EVIL
    assert window.windowTitle() == f"{EVIL} – umx-gui"
    assert "<b>" not in window.lanes.header.toolTip()
    assert "<img" not in window.lanes.header.toolTip()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in window.findChildren(QLabel))


def test_direction_tricks_in_names_are_taken_out(session: Session) -> None:
    song = make_song(four_stems(), tags={"title": "photo\u202egpj.\x07exe", "artist": "a\nb"})
    assert song_title(song) == "photogpj.exe"
    assert song_facts(song).startswith("ab · ") or song_facts(song).startswith("a b · ")


def test_a_tool_tip_of_others_is_escaped() -> None:
    assert plain_tip("<b>a</b>\n&") == "<span>&lt;b&gt;a&lt;/b&gt;<br>&amp;</span>"


def test_facts_of_a_song() -> None:
    song = make_song(four_stems(2.0), tags={"artist": "sigh"})
    assert song_facts(song) == "sigh · 0:02 · 44.1\u202fkHz · stereo · FLAC"


def test_a_notice_says_all_and_can_do_something(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    done: list[bool] = []
    message = Message("It failed", "the disk is full", "Free some space")
    notice.show_message(message, "Try again", lambda: done.append(True))
    assert notice.isVisible()
    assert (notice.title.text(), notice.reason.text()) == ("It failed", "The disk is full. Free some space.")
    assert notice.accessibleName() == "It failed: the disk is full. Free some space."
    qtbot.mouseClick(notice.act, Qt.MouseButton.LeftButton)
    assert done == [True]
    assert not notice.isVisible()


def test_a_failure_stays_until_dismissed_and_information_leaves(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice._fade.setInterval(30)
    notice.show_message(Message("Done"))
    qtbot.waitUntil(lambda: not notice.isVisible())
    notice.show_message(Message("It failed", "so it is"))
    qtbot.wait(80)
    assert notice.isVisible()
    qtbot.mouseClick(notice.dismiss, Qt.MouseButton.LeftButton)
    assert not notice.isVisible()


def test_a_second_failure_waits_for_the_first(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    for title in ("One", "Two", "Two", "One", "Three"):
        notice.show_message(Message(title, "because"))
    shown = []
    while notice.isVisible():
        shown.append(notice.title.text())
        qtbot.mouseClick(notice.dismiss, Qt.MouseButton.LeftButton)
    assert shown == ["One", "Two", "Three"]
    notice.show_message(Message("One", "because"))
    notice.show_message(Message("Two", "because"))
    notice.clear()
    assert not notice.isVisible()


def test_a_long_message_is_cut(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.show_message(Message("x" * 10_000, "y" * 10_000))
    assert len(notice.title.text()) + len(notice.reason.text()) < 1000


def test_lines_give_way(qtbot: QtBot) -> None:
    line = Line("body", "text")
    qtbot.addWidget(line)
    line.set_text("a very long name " * 20)
    line.resize(100, 20)
    assert line.minimumSizeHint().width() < 100
    line.grab()
    assert plain_label(EVIL).textFormat() == Qt.TextFormat.PlainText


def test_the_status_bar_in_each_state(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    show(session, make_song(four_stems()))
    qtbot.waitUntil(lambda: window.status.words.text == "Ready to separate")
    show_separated(session, four_stems())
    qtbot.waitUntil(lambda: window.status.words.text.startswith("Separated with tiny"))
    assert "sum check: exact" in window.status.facts.text()
    assert not window.status.cancel.isVisible()
    session.export_progress.emit(Progress(0.25, "writing", None))
    assert window.status.cancel.isVisible()
    assert window.status.words.text == "Writing 25\u202f%"
    session.export_progress.emit(None)
    assert not window.status.cancel.isVisible()
