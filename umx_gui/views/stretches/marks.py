"""How the selection, and stretches that are separated in their own way, are seen: calmly, on lanes, ruler, overview."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from umx_gui.app.separation.stretches import Stretches
from umx_gui.views.kit.theme import current
from umx_gui.views.lanes.selection import Selection

At = Callable[[float], float]
"""From a sample to a place in pixels."""


def mark_lanes(painter: QPainter, selection: Selection, stretches: Stretches, at: At, height: float) -> None:
    """The selection as a tint with edges; stretches as a thin line along the top, with edges that fade downwards."""
    theme = current()
    for edit in stretches.edits:
        left, right = round(at(edit.start)), round(at(edit.stop))
        strength = 0.75 if edit.take is not None else 0.3
        painter.fillRect(QRectF(left, 0, max(right - left, 2), 2), theme.color("accent", strength))
        for x in (left, right):
            painter.fillRect(QRectF(x, 0, 1, height), theme.color("accent", 0.4 * strength))
    if selection.stretch is not None:
        left, right = (round(at(sample)) for sample in selection.stretch)
        painter.fillRect(QRectF(left, 0, right - left, height), theme.color("accent", 0.13))
        for x in (left, right - 1):
            painter.fillRect(QRectF(x, 0, 1, height), theme.color("accent", 0.9))


def mark_strip(painter: QPainter, selection: Selection, stretches: Stretches, at: At, bottom: float) -> None:
    """On the ruler or the overview: a thin line for each stretch, the selection as a tint."""
    theme = current()
    if selection.stretch is not None:
        left, right = (at(sample) for sample in selection.stretch)
        painter.fillRect(QRectF(left, 0, max(right - left, 2), bottom), theme.color("accent", 0.22))
    for edit in stretches.edits:
        left, right = at(edit.start), at(edit.stop)
        strength = 0.9 if edit.take is not None else 0.35
        painter.fillRect(QRectF(left, bottom - 3, max(right - left, 2), 2), theme.color("accent", strength))
