"""The View menu, the ways of drawing, the readout and the ruler in bars, in a real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from test_lanes import pixels
from view_songs import RATE, four_stems, show_separated

from umx_gui.app.session import Session
from umx_gui.app.settings import load_settings
from umx_gui.views.kit.theme import DARK
from umx_gui.views.lanes import axes
from umx_gui.views.lanes.lane import Lane
from umx_gui.views.lanes.lane_modes import BOTH, COMPOSITE, DIFFERENCE, MASK, SPECTROGRAM, WAVEFORM, modes_of
from umx_gui.views.lanes.tempo import Tempo
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.views.main_window import MainWindow


def drawn(qtbot: QtBot, session: Session, lane: Lane) -> np.ndarray:
    """A lane once nothing is on its way to it."""
    lane.grab()

    def settled() -> bool:
        lane.grab()
        return session._tiles._running is None and not lane.waiting

    qtbot.waitUntil(settled)
    return pixels(lane)


def choose(menu: QMenu, *words: str) -> None:
    """Open menu after menu and trigger the last word."""
    for word in words:
        menu.aboutToShow.emit()
        action = next(a for a in menu.actions() if a.text() == word)
        inner = action.menu()
        if inner is None:
            action.trigger()
        else:
            menu = inner


def hover(lane: Lane, x: float, y: float) -> None:
    at, none = QPointF(x, y), Qt.MouseButton.NoButton
    where = QPointF(lane.mapToGlobal(QPoint(int(x), int(y))))
    event = QMouseEvent(QEvent.Type.MouseMove, at, where, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(lane, event)


def brightest_row(picture: np.ndarray) -> int:
    return int(picture.astype(int).sum(2).mean(1).argmax())


def test_axes_put_a_tone_where_they_say(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    t = np.arange(2 * RATE) / RATE
    tone = np.stack([0.3 * np.sin(2 * np.pi * 2000 * t)] * 2).astype(np.float32)
    show_separated(session, np.stack([tone, tone * 0, tone * 0, tone * 0]))
    window.modes.set_all(SPECTROGRAM)
    lane = window.lanes.lane("vocals")
    places = {}
    for words, axis in (("Logarithmic", "log"), ("Mel", "mel"), ("Linear", "linear")):
        choose(window.view.menu, "Frequency axis", words)
        places[axis] = brightest_row(drawn(qtbot, session, lane))
        expected = lane.height() * (1 - axes.share_of(2000, RATE, axis))
        assert places[axis] == pytest.approx(expected, abs=3)
    assert places["log"] < places["mel"] < places["linear"]


def test_window_and_hop_make_other_spectrograms_of_the_same_song(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    song = show_separated(session, four_stems())
    window.modes.set_all(SPECTROGRAM)
    lane = window.lanes.lane("drums")
    before = drawn(qtbot, session, lane)
    choose(window.view.menu, "Window", "512 samples")
    choose(window.view.menu, "Hop", "1/4 of the window")
    after = drawn(qtbot, session, lane)
    assert (song.tiles["drums"].n_fft, song.tiles["drums"].hop) == (512, 128)
    assert np.mean(before != after) > 0.05
    session.save_settings()
    kept, trouble = load_settings()
    assert trouble is None
    assert (kept.spectrum_window, kept.spectrum_overlap) == ("512", "4")


def test_levels_and_colours_change_the_picture_at_once(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    show_separated(session, four_stems())
    window.modes.set_all(SPECTROGRAM)
    lane = window.lanes.lane("other")
    usual = drawn(qtbot, session, lane)
    choose(window.view.menu, "Quietest level", "−60\u202fdB")
    assert pixels(lane).sum() < usual.sum(), "less is told from the ground"
    choose(window.view.menu, "Loudest level", "−36\u202fdB")
    assert pixels(lane).astype(int).sum() > usual.astype(int).sum() * 0.5
    seen = []
    for colors in ("Fire", "Sea", "Grey", "The lane's colour"):
        choose(window.view.menu, "Colours of spectrograms", colors)
        seen.append(pixels(lane))
    assert all((a != b).mean() > 0.01 for i, a in enumerate(seen) for b in seen[:i])


def test_the_menu_shows_what_is_set(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems())
    window.lanes.look.set("axis", "mel")
    menu = window.view.menu
    menu.aboutToShow.emit()
    axis = next(a.menu() for a in menu.actions() if a.text() == "Frequency axis")
    assert isinstance(axis, QMenu)
    assert [a.text() for a in axis.actions() if a.isChecked()] == ["Mel"]


def test_both_shows_a_spectrogram_above_a_waveform(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    show_separated(session, four_stems())
    lane = window.lanes.lane("bass")
    window.modes.set_all(BOTH)
    both = drawn(qtbot, session, lane)
    edge = round(lane.spectrum_area().height())
    window.modes.set_all(WAVEFORM)
    assert 0.5 * lane.height() < edge < 0.7 * lane.height()
    color = np.array(DARK.target("bass").getRgb()[:3])
    below = np.abs(both[edge + 2 :].astype(int) - color).sum(2).min()
    assert below < 30, "the waveform in the lane's colour"
    assert both[:edge].astype(int).sum() > 0


def test_a_composite_takes_its_hues_from_the_stems(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    t = np.arange(2 * RATE) / RATE
    stems = np.zeros((4, 2, 2 * RATE), np.float32)
    stems[0] = 0.2 * np.sin(2 * np.pi * 4000 * t)  # vocals
    stems[2] = 0.2 * np.sin(2 * np.pi * 80 * t)  # bass
    show_separated(session, stems)
    choose(window.view.menu, "Lane", "Mixture", "Spectrogram coloured by stem")
    lane = window.lanes.lane("mixture")
    assert lane.mode == COMPOSITE
    picture = drawn(qtbot, session, lane)
    for target, hertz in (("vocals", 4000.0), ("bass", 80.0)):
        row = round(lane.height() * (1 - axes.share_of(hertz, RATE)))
        shown = picture[row, lane.width() // 2].astype(float)
        wanted = np.array(DARK.target(target).getRgb()[:3], float)
        assert int(shown.argmax()) == int(wanted.argmax()), target
        assert int(shown.argmin()) == int(wanted.argmin()), target


def test_a_mask_is_full_where_all_is_the_stems(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    t = np.arange(2 * RATE) / RATE
    stems = np.zeros((4, 2, 2 * RATE), np.float32)
    stems[0] = 0.05 * np.sin(2 * np.pi * 3000 * t)
    stems[1] = 0.2 * np.sin(2 * np.pi * 300 * t)
    show_separated(session, stems)
    lane = window.lanes.lane("vocals")
    window.modes.set_one("vocals", MASK)
    picture = drawn(qtbot, session, lane).astype(int)
    mine, other = (round(lane.height() * (1 - axes.share_of(hertz, RATE))) for hertz in (3000.0, 300.0))
    middle = lane.width() // 2
    color = np.array(DARK.target("vocals").getRgb()[:3])
    assert np.abs(picture[mine, middle] - color).max() < 12
    assert np.abs(picture[other, middle] - np.array([0x14, 0x16, 0x1A])).max() < 24


def test_the_difference_shows_what_the_stems_leave(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    stems = four_stems()
    song = show_separated(session, stems)
    lane = window.lanes.lane("mixture")
    window.modes.set_one("mixture", DIFFERENCE)
    assert brightest_row(drawn(qtbot, session, lane)) in range(lane.height() // 2 - 12, lane.height() // 2 + 12), (
        "a sentence only"
    )
    t = np.arange(song.n_samples) / RATE
    song.mixture[:] += (1e-3 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    session._tiles.changed("mixture", 0, song.n_samples)
    qtbot.wait(200)
    row = brightest_row(drawn(qtbot, session, lane))
    assert row == pytest.approx(lane.height() * (1 - axes.share_of(1000, RATE)), abs=3)
    assert song.tiles["difference"].level_db(RATE, 1000.0) == pytest.approx(0.0, abs=2.0), "60 dB louder than it is"


def test_lanes_offer_what_they_can_show(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems())
    for key in ("mixture", "drums"):
        for mode in modes_of(key):
            window.modes.set_one(key, mode)
            assert window.lanes.lane(key).mode == mode
            assert not window.grab().isNull()
    window.modes.set_one("drums", COMPOSITE)
    assert window.lanes.lane("drums").mode == MASK, "what a lane cannot show is ignored"


@pytest.mark.parametrize("mode", [WAVEFORM, SPECTROGRAM, BOTH])
def test_a_scrolled_picture_equals_a_new_one(window: MainWindow, session: Session, qtbot: QtBot, mode: str) -> None:
    song = show_separated(session, four_stems(6.0))
    window.modes.set_all(mode)
    window.timeline.set_view(RATE, 3 * RATE)
    lane = window.lanes.lane("drums")
    for start in (RATE + 4000, RATE + 5013.7, 2 * RATE, RATE + 999, RATE, 0.3 * RATE):
        window.timeline.set_view(start, start + 2 * RATE)
        drawn(qtbot, session, lane)
    for _ in range(3):
        QTest.qWait(120)
    assert song.n_samples == 6 * RATE
    scrolled = lane._picture
    assert scrolled is not None
    scrolled = scrolled.copy()
    lane.forget()
    lane.grab()
    assert lane._picture is not None
    assert np.mean(scrolled != lane._picture) < 0.01


def test_the_readout_says_time_frequency_note_and_level(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    t = np.arange(4 * RATE) / RATE
    tone = np.stack([0.5 * np.sin(2 * np.pi * 440 * t)] * 2).astype(np.float32)
    show_separated(session, np.stack([tone, tone * 0, tone * 0, tone * 0]))
    window.modes.set_all(SPECTROGRAM)
    lane = window.lanes.lane("vocals")
    drawn(qtbot, session, lane)
    y = lane.height() * (1 - axes.share_of(440.0, RATE))
    hover(lane, lane.width() / 2, y)
    words = window.status.reading.text()
    assert words.startswith("Vocals   0:02.00")
    assert "440" in words
    assert "A4" in words
    level = float(words.split("   ")[-1].split("\u202f")[0].replace("−", "-"))
    assert level == pytest.approx(-6.0, abs=1.5)
    window.modes.set_all(WAVEFORM)
    hover(lane, lane.width() / 2, y)
    assert window.status.reading.text().endswith("−6.0\u202fdB")
    QApplication.sendEvent(lane, QEvent(QEvent.Type.Leave))
    assert window.status.reading.text() == ""


@pytest.mark.parametrize(
    ("hertz", "words"), [(440.0, "A4"), (261.63, "C4"), (452.0, "A4 +47"), (27.5, "A0"), (3.0, ""), (4186.0, "C8")]
)
def test_notes_have_their_names(hertz: float, words: str) -> None:
    assert axes.note_name(hertz) == words


@pytest.mark.parametrize("axis", ["log", "mel", "linear"])
@pytest.mark.parametrize("rate", [8000, 44100, 192_000])
def test_axes_go_there_and_back(axis: str, rate: int) -> None:
    shares = np.linspace(0, 1, 11)
    back = [axes.share_of(float(hertz), rate, axis) for hertz in axes.hertz_at(shares, rate, axis)]
    assert back == pytest.approx(shares.tolist(), abs=1e-9)


def test_the_loop_fills_the_view(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems(4.0))
    session.transport.set_loop((RATE, 2 * RATE))
    QTest.keyClick(window, Qt.Key.Key_Z)
    assert window.timeline.start == pytest.approx(0.98 * RATE)
    assert window.timeline.stop == pytest.approx(2.02 * RATE)


def test_the_ruler_counts_bars_and_loops_snap_to_beats(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    show_separated(session, four_stems(8.0))
    tempo, ruler = window.lanes.tempo, window.lanes.ruler
    before = ruler.grab().toImage()
    QTest.keyClick(window, Qt.Key.Key_B)
    tempo.set(bpm=120.0, offset_s=0.25)
    assert tempo.bars
    qtbot.wait(60)
    assert ruler.grab().toImage() != before
    width = ruler.width()
    x = [round(window.timeline.x_of(at * RATE, width)) for at in (1.15, 3.4)]
    QTest.mousePress(ruler, Qt.MouseButton.LeftButton, pos=QPoint(x[0], 8))
    for at in (x[0] + 20, x[1]):
        QTest.mouseMove(ruler, QPoint(at, 8))
        hover_pressed(ruler, at)
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, pos=QPoint(x[1], 8))
    assert session.transport.loop == (round(1.25 * RATE), round(3.25 * RATE))
    assert session.settings.ruler == "bars"
    QTest.keyClick(window, Qt.Key.Key_B)
    assert not tempo.bars
    assert tempo.snap(1234) == 1234


def hover_pressed(widget: object, x: int) -> None:
    """A move with the left button held."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    assert hasattr(widget, "mapToGlobal")
    where = QPointF(widget.mapToGlobal(QPoint(x, 8)))
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(x, 8), where, none, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)  # type: ignore[call-overload]


def test_tapping_gives_the_tempo(qtbot: QtBot) -> None:
    now = [100.0]
    timeline = Timeline()
    tempo = Tempo(timeline, "time", timeline, lambda: now[0])
    for _ in range(5):
        tempo.tap()
        now[0] += 0.5
    assert tempo.bpm == 120.0
    now[0] += 10.0
    tempo.tap()
    assert tempo.bpm == 120.0, "one tap after a pause says nothing"
    now[0] += 0.6
    tempo.tap()
    assert tempo.bpm == 100.0


@pytest.mark.parametrize("bpm", [20.0, 93.7, 400.0])
@pytest.mark.parametrize("span_s", [0.5, 7.0, 300.0, 10_800.0])
def test_bars_are_numbered_without_crowding(bpm: float, span_s: float) -> None:
    timeline = Timeline()
    timeline.set_song(round(span_s * RATE), RATE)
    tempo = Tempo(timeline, "bars", timeline)
    tempo.set(bpm=bpm, beats=3, offset_s=0.1)
    marks = list(tempo.ticks(0.0, span_s, 1000.0))
    labelled = [mark.at_s for mark in marks if mark.label]
    assert len(marks) < 1000
    if len(labelled) > 1:
        assert np.diff(labelled).min() * 1000 / span_s >= 55
    assert all(abs((mark.at_s - 0.1) / (60 / bpm) - round((mark.at_s - 0.1) / (60 / bpm))) < 1e-6 for mark in marks)


def test_the_tempos_panel_and_the_ruler_agree(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    show_separated(session, four_stems())
    window.view.open_tempo()
    panel = window.view._dialog
    assert panel is not None
    assert window.lanes.tempo.bars
    panel.bpm.setValue(93.5)
    panel.beats.setValue(3)
    panel.offset.setValue(0.125)
    tempo = window.lanes.tempo
    assert (tempo.bpm, tempo.beats, tempo.offset_s) == (93.5, 3, 0.125)
    tempo.set(bpm=140.0)
    assert panel.bpm.value() == 140.0
    panel.close()


def test_a_stem_is_heard_alone_by_key(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems())
    mix = session.transport.mix
    mix.set_solo("vocals", True)
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert [t for t in mix.targets if mix.strip(t).solo] == ["drums"]
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert not mix.any_solo


def test_speed_by_key_slider_and_button(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems())
    transport, bar = session.transport, window.transport
    QTest.keyClick(window, Qt.Key.Key_Comma)
    assert transport.speed == 0.95
    assert bar.speed.real == pytest.approx(0.95)
    assert bar.normal_speed.text() == "0.95×"
    bar.speed.setValue(150)
    assert transport.speed == 1.5
    bar.normal_speed.click()
    assert transport.speed == 1.0
    assert bar.speed.real == 1.0
    QTest.keyClick(window, Qt.Key.Key_Period)
    assert transport.speed == 1.05
    QTest.keyClick(window, Qt.Key.Key_Slash)
    assert transport.speed == 1.0


def test_clipping_stays_marked_until_a_click(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems())
    meter = window.transport.meter
    meter.show_peaks(0.5, 1.0)
    assert not meter.clipped
    meter.show_peaks(1.2, 0.1)
    for _ in range(200):
        meter.show_peaks(0.0, 0.0)
    assert meter.clipped
    assert meter.accessibleName() == "Master level, clipped"
    shown = meter.grab().toImage()
    assert shown.pixelColor(shown.width() - 2, 1).name().upper() == DARK.clip
    QTest.mouseClick(meter, Qt.MouseButton.LeftButton)
    assert not meter.clipped
    meter.show_peaks(1.2, 0.1)
    session.transport.playing_changed.emit(True)
    assert not meter.clipped, "playing anew forgets it"
