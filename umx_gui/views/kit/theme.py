"""Colours and type: one dark and one light theme on Fusion, following the system unless the user chose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from umx_gui.views.kit.stylesheet import stylesheet

GRID = 8
STRIP_WIDTH = 28 * GRID
FURTHER = ("#C9B458", "#8FA3E8", "#E07B67", "#9CC56B")
FURTHER_LIGHT = ("#8C7914", "#5166C4", "#B64A34", "#5A8A22")


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours of one theme, as #RRGGBB; `targets` are told apart by colour-blind eyes."""

    name: str
    ground: str
    panel: str
    raised: str
    hover: str
    hairline: str
    text: str
    muted: str
    accent: str
    on_accent: str
    mixture: str
    playhead: str
    warn: str
    clip: str
    targets: tuple[tuple[str, str], ...]
    further: tuple[str, ...]

    def target(self, name: str) -> QColor:
        """The colour of a target (or "mixture"), everywhere the same; unknown names get one of the same family."""
        if name == "mixture":
            return QColor(self.mixture)
        known = dict(self.targets)
        return QColor(known.get(name) or self.further[sum(name.encode()) % len(self.further)])

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """The colour of a role by its field name, with an opacity in 0..1."""
        color = QColor(getattr(self, role))
        color.setAlphaF(alpha)
        return color


DARK = Theme(
    name="dark",
    ground="#14161A",
    panel="#1C1F25",
    raised="#272B33",
    hover="#323741",
    hairline="#2B2F38",
    text="#E4E6EA",
    muted="#8B909A",
    accent="#7AA2F7",
    on_accent="#10131A",
    mixture="#B4BAC4",
    playhead="#FFFFFF",
    warn="#F2B661",
    clip="#F0524F",
    targets=(("vocals", "#F0A33C"), ("drums", "#56B4E9"), ("bass", "#2BB58A"), ("other", "#D585B5")),
    further=FURTHER,
)
LIGHT = Theme(
    name="light",
    ground="#FCFCFD",
    panel="#F1F2F5",
    raised="#FFFFFF",
    hover="#E3E6EB",
    hairline="#D8DBE1",
    text="#1B1E24",
    muted="#5E6570",
    accent="#2F62D0",
    on_accent="#FFFFFF",
    mixture="#59606C",
    playhead="#14161A",
    warn="#9A5B00",
    clip="#D02F2B",
    targets=(("vocals", "#CB7A0C"), ("drums", "#1C83C0"), ("bass", "#0F8C67"), ("other", "#B4528F")),
    further=FURTHER_LIGHT,
)


def current() -> Theme:
    """The theme in force, read from the application's palette: Qt keeps that truth, not we."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def palette(theme: Theme) -> QPalette:
    """The theme as a palette for Fusion, with the disabled group told apart."""
    roles = {
        QPalette.ColorRole.Window: theme.panel,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.ground,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.playhead,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Mid: theme.hairline,
        QPalette.ColorRole.Accent: theme.accent,
    }
    result = QPalette()
    for role, color in roles.items():
        result.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return result


def font(role: str = "body") -> QFont:
    """The system's font in one of our sizes: caption, body, strong, title, time, hero; figures are always tabular."""
    base = _base_px()
    sizes = {"caption": 0.86, "body": 1.0, "strong": 1.0, "title": 1.15, "time": 1.6, "hero": 2.1}
    result = QFont(QGuiApplication.font())
    result.setPixelSize(round(base * sizes[role]))
    if role in ("strong", "title", "hero"):
        result.setWeight(QFont.Weight.DemiBold)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def _base_px() -> int:
    return min(max(QFontInfo(QGuiApplication.font()).pixelSize(), 13), 17)


@lru_cache(maxsize=256)
def mix_colors(under: str, over: str, share: float) -> QColor:
    """An opaque colour between two: `share` of `over` laid on `under`."""
    a, b = QColor(under), QColor(over)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    red, green, blue = (round(x + (y - x) * share) for x, y in pairs)
    return QColor(red, green, blue)


class ThemeKeeper(QObject):
    """Gives the application its palette and style sheet, and follows the system while the choice is "system"."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice = choice
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.choose(choice)

    @property
    def choice(self) -> str:
        """What was chosen: system, dark or light."""
        return self._choice

    def choose(self, choice: str) -> None:
        """Take a theme: system, dark or light."""
        self._choice = choice
        self._apply()

    def _system_changed(self) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        light = self._app.styleHints().colorScheme() == Qt.ColorScheme.Light
        theme = {"dark": DARK, "light": LIGHT}.get(self._choice, LIGHT if light else DARK)
        self._app.setPalette(palette(theme))
        self._app.setFont(font())
        self._app.setStyleSheet(stylesheet(theme))
        self.changed.emit()
