"""The application's own icons: strokes on a 16-pixel grid, drawn in any colour at any size."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgRenderer

# Paths are stroked with 1.5 px and round ends; "fill:" ones are filled instead.
_PATHS: dict[str, tuple[str, ...]] = {
    "open": ("M2 12.5V3.75h4l1.5 1.75h5.25V7", "M2 12.5l2-5.5h10.5l-2 5.5z"),
    "separate": (
        "M1.5 8h3.5",
        "M5 8c3 0 2.5-5 5.5-5h4",
        "M5 8c2.5 0 3-1.7 5.5-1.7h4",
        "M5 8c2.5 0 3 1.7 5.5 1.7h4",
        "M5 8c3 0 2.5 5 5.5 5h4",
    ),
    "waveform": ("M1.5 7v2", "M4.1 4.500v7", "M6.7 2v12", "M9.3 5v6", "M11.9 3.500v9", "M14.5 6.500v3"),
    "spectrogram": (
        "M2.5 14V9",
        "M2.5 6V2",
        "M6.2 14v-2.5",
        "M6.2 8.500V5",
        "M9.9 14V7",
        "M9.9 4V2",
        "M13.6 14v-4",
        "M13.6 7V5.5",
    ),
    "both": (
        "M2 8.500h12",
        "M3 6V3",
        "M6.300 6V4.500",
        "M9.700 6V2",
        "M13 6V4",
        "M2.500 12.500v.5",
        "M5.300 11.500v2.500",
        "M8 11v3.500",
        "M10.700 11.500v2.500",
        "M13.500 12.500v.5",
    ),
    "eye": (
        "M1.500 8S4 3.500 8 3.500 14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8z",
        "M8 6.200a1.800 1.800 0 1 0 0 3.600a1.800 1.800 0 1 0 0-3.600",
    ),
    "export": ("M8 10V2", "M5 5l3-3 3 3", "M2.5 10v3.500h11V10"),
    "start": ("M3 3v10", "fill:M13.5 3v10L5 8z"),
    "play": ("fill:M4 2.200v11.600L13.6 8z",),
    "pause": ("fill:M3.7 2.500h3v11h-3z", "fill:M9.3 2.500h3v11h-3z"),
    "loop": (
        "M11 1.5L13.5 4 11 6.5",
        "M13.5 4H5.5A3 3 0 0 0 2.5 7v.8",
        "M5 14.5L2.5 12 5 9.5",
        "M2.5 12h8a3 3 0 0 0 3-3v-.8",
    ),
    "grip": (
        "fill:M5 4a1 1 0 1 0 2 0a1 1 0 1 0 -2 0zM9 4a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z",
        "fill:M5 8a1 1 0 1 0 2 0a1 1 0 1 0 -2 0zM9 8a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z",
        "fill:M5 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0zM9 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z",
    ),
    "menu": ("M2.5 4h11", "M2.5 8h11", "M2.5 12h11"),
    "zoom_in": ("M8 3.500v9", "M3.5 8h9"),
    "zoom_out": ("M3.5 8h9",),
    "fit": ("M2 4v8", "M14 4v8", "M4.5 8h7", "M6.3 6L4.3 8l2 2", "M9.7 6l2 2-2 2"),
    "chevron": ("M4 6l4 4 4-4",),
    "check": ("M3.5 8.5l3 3 6-6.5",),
    "close": ("M4 4l8 8", "M12 4l-8 8"),
    "volume": ("M2 6v4h2.500L8 13V3L4.5 6z", "M10.5 5.800a3 3 0 0 1 0 4.4", "M12.5 3.800a6 6 0 0 1 0 8.4"),
    "model": ("M8 1.800l5.5 3v6.400L8 14.200l-5.5-3V4.800z", "M2.7 4.900L8 8l5.3-3.1", "M8 8v6"),
    "chip": (
        "M4 4h8v8H4z",
        "M6 1.5V4",
        "M10 1.5V4",
        "M6 12v2.5",
        "M10 12v2.5",
        "M1.5 6H4",
        "M1.5 10H4",
        "M12 6h2.5",
        "M12 10h2.5",
    ),
    "filter": ("M2 4h6", "M12 4h2", "M10 2v4", "M2 8h1.5", "M7.5 8H14", "M5.5 6v4", "M2 12h6", "M12 12h2", "M10 10v4"),
    "queue": ("M2 4h8", "M2 8h8", "M2 12h5", "fill:M11 8.500v6l4-3z"),
    "undo": ("M6 3L3 6l3 3", "M3 6h6.5a3.5 3.5 0 0 1 0 7H6"),
    "redo": ("M10 3l3 3-3 3", "M13 6H6.5a3.5 3.5 0 0 0 0 7H10"),
    "notice": ("M8 2l6.5 11.5h-13z", "M8 6.500v3.2", "M8 11.5v.2"),
}


def draw(painter: QPainter, name: str, rect: QRectF, color: QColor) -> None:
    """Draw an icon into a (square) rectangle."""
    painter.save()
    painter.setOpacity(painter.opacity() * color.alphaF())
    _renderer(name, color.name()).render(painter, rect)
    painter.restore()


@lru_cache(maxsize=128)
def _renderer(name: str, color: str) -> QSvgRenderer:
    parts = []
    for path in _PATHS[name]:
        filled = path.startswith("fill:")
        style = f'fill="{color}"' if filled else 'fill="none"'
        parts.append(f'<path d="{path.removeprefix("fill:")}" {style}/>')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" stroke="{color}" stroke-width="1.4" '
        f'stroke-linecap="round" stroke-linejoin="round">{"".join(parts)}</svg>'
    )
    return QSvgRenderer(QByteArray(svg.encode()))
