"""The mixer shows the mix and sets it; whoever changes it, the strips say so."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from view_songs import four_stems, show_separated

from umx_gui.app.session import Session
from umx_gui.app.sound.mix_state import MixState
from umx_gui.views.kit.sliders import PanSlider, VolumeSlider
from umx_gui.views.main_window import MainWindow
from umx_gui.views.mixer.meter import FLOOR_DB, LevelMeter
from umx_gui.views.mixer.mixer_strip import MixerStrip


@pytest.fixture
def mix(window: MainWindow, session: Session) -> MixState:
    show_separated(session, four_stems())
    return session.transport.mix


def strip(window: MainWindow, target: str) -> MixerStrip:
    found = window.lanes.strip(target)
    assert isinstance(found, MixerStrip)
    return found


def test_clicks_solo_and_mute(window: MainWindow, mix: MixState, qtbot: QtBot) -> None:
    qtbot.mouseClick(strip(window, "drums").solo, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(strip(window, "bass").mute, Qt.MouseButton.LeftButton)
    assert [mix.strip(t).solo for t in mix.targets] == [False, True, False, False]
    assert [mix.strip(t).mute for t in mix.targets] == [False, False, True, False]
    qtbot.mouseClick(strip(window, "drums").solo, Qt.MouseButton.LeftButton)
    assert not mix.any_solo


def test_the_strip_follows_the_mix_without_echo(window: MainWindow, mix: MixState) -> None:
    changes: list[None] = []
    mix.mix_changed.connect(lambda: changes.append(None))
    mix.set_gain_db("vocals", -12.3)
    mix.set_pan("vocals", -0.5)
    mix.set_mute("vocals", True)
    assert len(changes) == 3
    vocals = strip(window, "vocals")
    assert (vocals.volume.real, vocals.pan.real) == pytest.approx((-12.3, -0.5))
    assert vocals.mute.isChecked()
    assert vocals.level.text == "\u221212.3"
    assert vocals.volume.accessibleName() == "Vocals volume: \u221212.3 dB"


def test_a_gain_that_no_step_matches_stays_as_it_is(window: MainWindow, mix: MixState) -> None:
    mix.set_gain_db("vocals", -1.2345)
    mix.set_pan("vocals", 0.123)
    assert mix.strip("vocals").gain_db == -1.2345
    assert mix.strip("vocals").pan == 0.123


def test_ctrl_click_hears_one_stem_alone(
    window: MainWindow, mix: MixState, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mix.set_solo("drums", True)
    with monkeypatch.context() as held:
        held.setattr(
            "umx_gui.views.mixer.mixer_strip.QGuiApplication.keyboardModifiers",
            lambda: Qt.KeyboardModifier.ControlModifier,
        )
        qtbot.mouseClick(strip(window, "other").solo, Qt.MouseButton.LeftButton)
    assert [t for t in mix.targets if mix.strip(t).solo] == ["other"]


def test_sliders_by_keyboard_wheel_and_double_click(window: MainWindow, mix: MixState, qtbot: QtBot) -> None:
    volume = strip(window, "bass").volume
    qtbot.keyClick(volume, Qt.Key.Key_Right)
    assert mix.strip("bass").gain_db == pytest.approx(0.5)
    qtbot.keyClick(volume, Qt.Key.Key_PageDown)
    assert mix.strip("bass").gain_db == pytest.approx(-2.5)
    centre = QPointF(volume.rect().center())
    wheel = QWheelEvent(
        centre,
        volume.mapToGlobal(centre),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(volume, wheel)
    assert mix.strip("bass").gain_db == pytest.approx(-2.0)
    qtbot.mouseDClick(volume, Qt.MouseButton.LeftButton)
    assert mix.strip("bass").gain_db == 0.0


def test_the_slider_goes_where_the_mouse_is_and_snaps_to_neutral(qtbot: QtBot) -> None:
    volume = VolumeSlider("Volume")
    qtbot.addWidget(volume)
    volume.resize(200, 24)
    volume.show()
    for share in (0.1, 0.5, 0.9):
        qtbot.mouseClick(volume, Qt.MouseButton.LeftButton, pos=QPoint(round(5 + share * 190), 12))
        assert volume.share_of(volume.real) == pytest.approx(share, abs=0.02)
    qtbot.mouseClick(volume, Qt.MouseButton.LeftButton, pos=QPoint(round(5 + volume.share_of(0.0) * 190) + 2, 12))
    assert volume.real == 0.0
    pan = PanSlider("Pan")
    qtbot.addWidget(pan)
    pan.resize(48, 24)
    qtbot.mouseClick(pan, Qt.MouseButton.LeftButton, pos=QPoint(47, 12))
    assert (pan.real, pan.words()) == (1.0, "R100")


def test_the_lowest_volume_is_called_silence(qtbot: QtBot) -> None:
    volume = VolumeSlider("Volume")
    qtbot.addWidget(volume)
    volume.show_real(-60.0)
    assert volume.words() == "\u2212\u221e dB"


def test_a_b_is_one_switch_in_two_places(window: MainWindow, mix: MixState, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.transport.original, Qt.MouseButton.LeftButton)
    assert mix.original
    assert window.lanes.strip("mixture").original.isChecked()  # type: ignore[attr-defined]
    qtbot.mouseClick(window.lanes.strip("mixture").original, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    assert not mix.original
    assert not window.transport.original.isChecked()


def test_meters_show_peaks_and_fall(qtbot: QtBot, window: MainWindow) -> None:
    meter = LevelMeter("Test", vertical=True, color=lambda: window.palette().text().color())
    qtbot.addWidget(meter)
    meter.resize(8, 100)
    assert meter.resting
    meter.show_peaks(1.0, 0.5)
    assert not meter.resting
    image = meter.grab().toImage()
    heights = [sum(image.pixelColor(x, y).lightness() > 120 for y in range(100)) for x in (1, 6)]
    assert heights[0] == 100
    assert heights[1] == pytest.approx(100 * (1 - 6.02 / -FLOOR_DB), abs=3)
    for _ in range(200):
        meter.show_peaks(0.0, 0.0)
    assert meter.resting


def test_the_pump_feeds_each_meter_its_row(window: MainWindow, mix: MixState, session: Session, qtbot: QtBot) -> None:
    session.transport.play()
    assert len(window._pump._strips) == len(mix.targets)
    qtbot.waitUntil(lambda: window._pump._timer.isActive())
    session.transport.pause()
    qtbot.waitUntil(lambda: not window._pump._timer.isActive())
