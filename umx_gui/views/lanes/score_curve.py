"""Under a stem's lane, where references were given: how clean each second is, as a thin curve."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from umx_gui.app.session import Session
from umx_gui.views.kit.bind import Throttle
from umx_gui.views.kit.formats import decibels, target_name
from umx_gui.views.kit.theme import current, font
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.words import tr

HEIGHT = 24
LOWEST_DB, HIGHEST_DB = -5.0, 20.0
_LABEL = 92


class ScoreCurve(QWidget):
    """Hidden until the stem has scores."""

    def __init__(self, key: str, session: Session, timeline: Timeline) -> None:
        super().__init__()
        self.key = key
        self._scores, self._timeline = session.scores, timeline
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(font("caption"))
        redraw = Throttle(self.update, self)
        timeline.changed.connect(redraw.poke)
        session.scores.changed.connect(self.refresh)
        self.refresh()

    def sizeHint(self) -> QSize:
        """Three grid steps high."""
        return QSize(640, HEIGHT)

    def refresh(self) -> None:
        """Show what is known of the stems as they are now."""
        score = self._scores.now.get(self.key)
        self.setVisible(score is not None)
        if score is not None:
            name, db = target_name(self.key), decibels(score.sdr_db)
            self.setAccessibleName(tr("SDR of {stem} by second: {db} dB in all", stem=name, db=db))
            self.setToolTip(
                tr(
                    "How clean {stem} is in each second: signal to distortion ratio against the reference, from "
                    "{low} to {high} dB.\nThe number is that of the whole track",
                    stem=name,
                    low=f"{LOWEST_DB:.0f}",
                    high=f"{HIGHEST_DB:.0f}",
                )
            )
        self.update()

    def points(self) -> list[QPolygonF]:
        """The curve in pixels, interrupted where the reference is silent."""
        score = self._scores.now.get(self.key)
        if score is None:
            return []
        rate, parts = self._timeline.sample_rate, [QPolygonF()]
        for second, db in enumerate(score.seconds_db.tolist()):
            if math.isnan(db):
                parts.append(QPolygonF())
                continue
            y = self._y(db)
            for edge in (second, second + 1):
                at = min(edge * rate, self._timeline.n_samples)
                parts[-1].append(QPointF(self._timeline.x_of(at, self.width()), y))
        return [part for part in parts if not part.isEmpty()]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, the line of 0 dB, the curve, the number."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("ground"))
        painter.fillRect(QRectF(0, self._y(0.0), self.width(), 1), theme.color("hairline"))
        color = theme.target(self.key)
        color.setAlphaF(0.85)
        painter.setPen(QPen(color, 1.25))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for part in self.points():
            painter.drawPolyline(part)
        score = self._scores.now.get(self.key)
        if score is not None:
            label = QRectF(self.width() - _LABEL, 0, _LABEL - 4, HEIGHT)
            painter.fillRect(label.adjusted(0, 0, 4, 0), theme.color("ground", 0.92))
            painter.setPen(theme.color("muted"))
            painter.drawText(label, _RIGHT, f"SDR {decibels(score.sdr_db)} dB ")

    def _y(self, db: float) -> float:
        share = (float(np.clip(db, LOWEST_DB, HIGHEST_DB)) - LOWEST_DB) / (HIGHEST_DB - LOWEST_DB)
        return 3 + (1 - share) * (self.height() - 6)


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
