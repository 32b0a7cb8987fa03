"""The curves of a training run: losses, gain in SDR and learning rate, in the colours of the targets.

The only module that loads pyqtgraph; the training window loads it when it is first opened.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from umx_gui.engine.runs.run_history import Epoch, TargetScores
from umx_gui.views.kit.formats import decibels, target_name
from umx_gui.views.kit.theme import Theme, current, font
from umx_gui.words import mark, number, point, tr

pg.setConfigOptions(antialias=False, background=current().ground, foreground=current().muted)

_PLOTS: tuple[tuple[str, str, bool], ...] = (
    ("loss", mark("Loss: training dashed, validation solid"), True),
    ("gain", mark("SDR gain over the mixture, dB"), False),
    ("lr", mark("Learning rate"), True),
)
_DIGITS = ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5, 7), (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9))
_TICK_GAP_PX = 16.0
_CURVES: dict[str, tuple[str, Callable[[TargetScores], float]]] = {
    "train": ("loss", lambda scores: scores.train_loss),
    "valid": ("loss", lambda scores: scores.valid_loss),
    "gain": ("gain", lambda scores: scores.gain_db),
    "lr": ("lr", lambda scores: scores.lr),
}


class TrainingPlots(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Three plots over the epochs. The wheel zooms, a double click shows all again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(560, 320)
        self.plots = {name: self._plot(row, log) for row, (name, _, log) in enumerate(_PLOTS)}
        for row, stretch in ((0, 3), (1, 2), (2, 1)):
            self.ci.layout.setRowStretchFactor(row, stretch)
        for name in ("gain", "lr"):
            self.plots[name].setXLink(self.plots["loss"])
        self.curves: dict[tuple[str, str], pg.PlotDataItem] = {}
        self._hidden: set[str] = set()
        self.restyle()
        self.show_epochs(())

    def show_epochs(self, epochs: Sequence[Epoch]) -> None:
        """Draw these epochs, and say the last one to a screen reader."""
        targets = list(dict.fromkeys(target for epoch in epochs for target in epoch.targets))
        for key in [key for key in self.curves if key[0] not in targets]:
            self.plots[_CURVES[key[1]][0]].removeItem(self.curves.pop(key))
        for target in targets:
            found = [(epoch.number, epoch.targets[target]) for epoch in epochs if target in epoch.targets]
            x = np.array([number for number, _ in found], float)
            for curve, (plot, value_of) in _CURVES.items():
                y = np.array([_drawable(value_of(scores), plot) for _, scores in found])
                self._curve(target, curve).setData(x, y)
        for plot in self.plots.values():
            for side in ("left", "bottom"):
                plot.getAxis(side).setStyle(showValues=bool(epochs))  # there is no scale of nothing
        self.setAccessibleName(curves_in_words(epochs))

    def show_target(self, target: str, on: bool) -> None:
        """Show or hide the curves of a target."""
        (self._hidden.discard if on else self._hidden.add)(target)
        for (name, _), curve in self.curves.items():
            if name == target:
                curve.setVisible(on)

    def restyle(self) -> None:
        """Take the colours of the theme that is in force."""
        theme = current()
        self.setBackground(theme.ground)
        for (_, words, _log), plot in zip(_PLOTS, self.plots.values(), strict=True):
            plot.setTitle(tr(words), color=theme.muted, size=f"{font('caption').pixelSize()}px", justify="left")
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(theme.hairline)
                axis.setTextPen(theme.muted)
                axis.setTickFont(font("caption"))
        for (target, curve), item in self.curves.items():
            item.setPen(_pen(theme, target, curve))
            item.setSymbolBrush(theme.target(target))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """All epochs again."""
        for plot in self.plots.values():
            plot.enableAutoRange()
        event.accept()

    def _plot(self, row: int, log: bool) -> pg.PlotItem:
        plot = self.addPlot(row=row, col=0, axisItems={"left": _LogAxis("left") if log else _Axis("left")})
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setLogMode(y=log)
        plot.showGrid(x=False, y=True, alpha=0.16)
        plot.getAxis("left").setWidth(64)
        plot.getAxis("left").enableAutoSIPrefix(False)
        plot.getAxis("bottom").enableAutoSIPrefix(False)
        return plot

    def _curve(self, target: str, curve: str) -> pg.PlotDataItem:
        """The item of a curve, made when it is first wanted; a single epoch is a dot."""
        if (target, curve) not in self.curves:
            theme = current()
            dots = {"symbol": "o", "symbolSize": 4, "symbolPen": None, "symbolBrush": theme.target(target)}
            item = pg.PlotDataItem(
                connect="finite", pen=_pen(theme, target, curve), **(dots if curve != "train" else {})
            )
            item.setVisible(target not in self._hidden)
            self.plots[_CURVES[curve][0]].addItem(item)
            self.curves[target, curve] = item
        return self.curves[target, curve]


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis with the language's decimal point."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """The numbers, as pyqtgraph writes them."""
        return [text.replace(".", point()) for text in super().tickStrings(values, scale, spacing)]


class _LogAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis with as many round numbers as have room; pyqtgraph's own lie on top of each other."""

    def tickValues(self, lowest: float, highest: float, size: float) -> list[tuple[float, list[float]]]:
        """Exponents of ten within the range, in one level. `size` in pixels."""
        span = highest - lowest
        stride = max(math.ceil(_TICK_GAP_PX * span / max(size, 1.0)), 1)
        decades = range(math.floor(lowest / stride) * stride, math.ceil(highest) + 1, stride)
        # Of less than two there would be no scale to be read.
        ticks = [lowest + share * span for share in (0.25, 0.75)]
        for digits in _DIGITS:
            values = [decade + math.log10(digit) for decade in decades for digit in digits]
            fits = [value for value in values if lowest <= value <= highest]
            if len(fits) > 1 and min(b - a for a, b in pairwise(fits)) * size >= _TICK_GAP_PX * span:
                ticks = fits
        return [(1.0, ticks)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """The numbers themselves."""
        return [number(10**value, ".3g") for value in values]


def curves_in_words(epochs: Sequence[Epoch]) -> str:
    """The last epoch, for those who cannot see the curves."""
    if not epochs:
        return tr("Training curves: no epoch is done yet")
    parts = []
    for target, scores in epochs[-1].targets.items():
        words = tr(
            "{stem} training loss {train_loss:.4g}, validation loss {valid_loss:.4g}",
            stem=target_name(target),
            train_loss=scores.train_loss,
            valid_loss=scores.valid_loss,
        )
        gain = "" if math.isnan(scores.gain_db) else tr(", SDR gain {gain_db} dB", gain_db=decibels(scores.gain_db))
        parts.append(words + gain)
    return tr("Training curves up to epoch {number}: {curves}", number=epochs[-1].number, curves="; ".join(parts))


def _drawable(value: float, plot: str) -> float:
    """Zero and less have no place on a logarithmic axis."""
    return value if plot == "gain" or value > 0 else math.nan


def _pen(theme: Theme, target: str, curve: str) -> object:
    style = Qt.PenStyle.DashLine if curve == "train" else Qt.PenStyle.SolidLine
    # One pixel wide pens are drawn many times faster than wider ones.
    return pg.mkPen(theme.target(target), width=1 if curve in ("train", "lr") else 2, style=style)
