"""Both themes can be read, and targets are told apart by every eye."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QStyleHints
from pytestqt.qtbot import QtBot

from umx_gui.views.application import application
from umx_gui.views.kit.theme import DARK, LIGHT, Theme, ThemeKeeper, current, font, mix_colors, palette

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
# Machado, Oliveira, Fernandes 2009, severity 1.0; for linear RGB.
_EYES = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


def linear(color: QColor) -> np.ndarray:
    rgb = np.array([color.redF(), color.greenF(), color.blueF()])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(a: QColor, b: QColor) -> float:
    """The contrast ratio of WCAG 2."""
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB as CIE Lab (D65)."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@THEMES
def test_text_can_be_read(theme: Theme) -> None:
    for ground in ("panel", "ground", "raised"):
        assert contrast(theme.color("text"), theme.color(ground)) >= 7
        assert contrast(theme.color("muted"), theme.color(ground)) >= 4.4
    assert contrast(theme.color("on_accent"), theme.color("accent")) >= 4.5
    assert contrast(theme.color("warn"), theme.color("raised")) >= 4.5


@THEMES
def test_the_sound_stands_out_from_its_ground(theme: Theme) -> None:
    for target in ("vocals", "drums", "bass", "other", "mixture", "guitar"):
        assert contrast(theme.target(target), theme.color("ground")) >= 3, target


@THEMES
@pytest.mark.parametrize("eye", ["normal", "protan", "deutan"])
def test_targets_are_told_apart(theme: Theme, eye: str) -> None:
    matrix = np.array(_EYES.get(eye, np.eye(3)))
    seen = {t: lab(matrix @ linear(theme.target(t))) for t in ("vocals", "drums", "bass", "other")}
    for a, b in combinations(seen, 2):
        assert np.linalg.norm(seen[a] - seen[b]) > 15, (a, b)


def test_a_target_always_has_the_same_colour() -> None:
    assert DARK.target("guitar") == DARK.target("guitar")
    assert DARK.target("guitar").name() not in [color for _, color in DARK.targets]


def test_choosing_a_theme_changes_the_palette(qtbot: QtBot) -> None:
    keeper = ThemeKeeper(application(), "light")
    assert current() is LIGHT
    keeper.choose("dark")
    assert current() is DARK
    assert application().palette().color(palette(DARK).ColorRole.Base).name() == DARK.ground.lower()
    keeper.deleteLater()


def test_figures_keep_their_places(qtbot: QtBot) -> None:
    assert font("time").featureValue(font("time").Tag("tnum")) == 1
    assert font("time").pixelSize() > font("title").pixelSize() > font("body").pixelSize() > font("caption").pixelSize()
    assert font("caption").pixelSize() >= 11


def test_mixing_colours() -> None:
    assert mix_colors("#000000", "#FFFFFF", 0.0).name() == "#000000"
    assert mix_colors("#000000", "#FFFFFF", 1.0).name() == "#ffffff"


def test_the_system_is_followed_while_running(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    app = application()
    keeper = ThemeKeeper(app, "system")

    def system_says(scheme: Qt.ColorScheme) -> None:
        # The offscreen platform has no scheme to change.
        monkeypatch.setattr(QStyleHints, "colorScheme", lambda _: scheme)
        app.styleHints().colorSchemeChanged.emit(scheme)

    for scheme, theme in ((Qt.ColorScheme.Light, LIGHT), (Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT)):
        system_says(scheme)
        assert current() is theme
    keeper.choose("light")
    system_says(Qt.ColorScheme.Dark)
    assert current() is LIGHT
    keeper.deleteLater()
