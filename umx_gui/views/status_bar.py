"""The line at the bottom: what is going on, how long it still takes, how to stop it, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from umx_gui.app.separation.separating import Recipe
from umx_gui.app.session import Session, SessionState, Status
from umx_gui.app.status import EXACT_DB
from umx_gui.engine.audio import Fill
from umx_gui.engine.work import Progress
from umx_gui.views.kit.bind import Throttle
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.formats import NARROW_SPACE, clock
from umx_gui.views.kit.labels import Line, plain_label
from umx_gui.views.kit.theme import current
from umx_gui.words import mark, tr, trn

HEIGHT = 32


class StatusBar(QWidget):
    """Bound to the session's status; shows an export beside it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._export: Progress | None = None
        self.setFixedHeight(HEIGHT)
        self.bar = ProgressBar()
        self.words = Line("caption", "text")
        self.cancel = Button(tr("Cancel"), "close", tr("Cancel"), height=24)
        self.facts = plain_label("", "caption", "muted")
        self.reading = plain_label("", "caption", "text")
        self.reading.setAccessibleName(tr("Under the pointer"))
        self.cancel.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(12)
        row.addWidget(self.bar)
        row.addWidget(self.words, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.reading)
        row.addWidget(self.facts)
        refresh = Throttle(self._refresh, self, interval_ms=100)
        session.status_changed.connect(refresh.poke)
        session.state_changed.connect(refresh.poke)
        session.transport.sound_changed.connect(refresh.poke)
        session.export_progress.connect(self._export_progress)
        self._refresh()

    def show_reading(self, words: str) -> None:
        """Say what is under the mouse; it keeps its room while the mouse stays, so that nothing jumps."""
        wanted = self.reading.fontMetrics().horizontalAdvance(words) + 8 if words else 0
        self.reading.setMinimumWidth(max(wanted, self.reading.minimumWidth()) if words else 0)
        self.reading.setText(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairline."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.color("hairline"))

    def _export_progress(self, progress: Progress | None) -> None:
        self._export = progress
        self._refresh()

    def _refresh(self) -> None:
        status, state = self._session.status, self._session.state
        busy = state in (SessionState.OPENING, SessionState.SEPARATING, SessionState.RENDERING)
        if busy:
            fraction, words = status.fraction, busy_words(status)
        elif self._export is not None:
            fraction, words = self._export.fraction, export_words(self._export)
        else:
            fraction, words = None, idle_words(self._session)
        running = busy or self._export is not None
        self.bar.setVisible(running)
        self.bar.show_fraction(fraction)
        self.cancel.setVisible(running)
        self.words.set_text(words)
        self.facts.setText("   ·   ".join(self._facts(status)))
        self.facts.setToolTip(self._sum_words(status))

    def _facts(self, status: Status) -> list[str]:
        facts = []
        transport = self._session.transport
        if not transport.available:
            facts.append(tr("no sound"))
        elif transport.underruns:
            facts.append(trn("{n} gap in the sound", "{n} gaps in the sound", transport.underruns))
        if status.device:
            facts.append(status.device)
        if status.sum_check:
            facts.append(
                tr("sum check: {result}", result=tr("exact") if status.sum_check == "exact" else status.sum_check)
            )
        return facts

    def _sum_words(self, status: Status) -> str:
        """What the sum check means; "" where there is none."""
        song = self._session.song
        if not status.sum_check or song is None:
            return ""
        percent = f"{100 * song.coverage.fraction(Fill.FINAL):.0f}"
        meaning = tr(
            "Sum check: what is left when the sum of the stems is taken from the song, in decibels of the song.\n"
            "“Exact” is below {limit} dB: nothing that a 16-bit file could hold",
            limit=f"{EXACT_DB:.0f}",
        )
        return meaning + (tr("\nOf the {percent} % that are finished", percent=percent) if percent != "100" else "")

    def _cancel(self) -> None:
        if self._session.state in (SessionState.OPENING, SessionState.SEPARATING, SessionState.RENDERING):
            self._session.cancel()
        else:
            self._session.cancel_export()


class ProgressBar(QWidget):
    """A thin bar; hatched while nobody knows how far it is."""

    def __init__(self) -> None:
        super().__init__()
        self._fraction: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Progress"))

    def sizeHint(self) -> QSize:
        """As wide as a strip's controls."""
        return QSize(192, 4)

    def show_fraction(self, fraction: float | None) -> None:
        """0..1, or None for "some"."""
        if fraction != self._fraction:
            self._fraction = fraction
            percent = "" if fraction is None else f" {round(100 * fraction)} %"
            self.setAccessibleName(f"{tr('Progress')}{percent}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Trough and bar."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover"))
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
        painter.setBrush(theme.color("accent"))
        width = self.width() * (0.08 if self._fraction is None else self._fraction)
        painter.drawRoundedRect(QRectF(0, 0, max(width, 4), self.height()), 2, 2)


_STAGES = {
    "draft": mark("First draft"),
    "networks": mark("Separating"),
    "filter": mark("Refining"),
    "": mark("Working"),
    "checking": mark("Checking"),
    "filter: rendering": mark("Filter: rendering"),
    "loading": mark("Loading"),
    "loading the model": mark("Loading the model"),
    "measuring": mark("Measuring"),
    "opening": mark("Opening"),
    "reading": mark("Reading"),
    "removing": mark("Removing"),
    "writing": mark("Writing"),
    "done": mark("Done"),
}


def _stage(stage: str) -> str:
    """What the engine calls a stage, for people."""
    words = tr(_STAGES.get(stage, stage))
    return f"{words[:1].upper()}{words[1:]}"


def busy_words(status: Status) -> str:
    """What runs, how far it is, how fast, and how long it still takes."""
    parts = [_stage(status.stage)]
    if status.fraction is not None:
        parts[0] += f" {status.fraction * 100:.0f}{NARROW_SPACE}%"
    if status.speed:
        parts.append(tr("{speed:.1f}× real time", speed=status.speed))
    if status.remaining_s is not None:
        parts.append(tr("{time} left", time=clock(status.remaining_s + 0.5)))
    return ", ".join(parts)


def export_words(progress: Progress) -> str:
    """How far an export is."""
    left = tr(", {time} left", time=clock(progress.remaining_s + 0.5)) if progress.remaining_s is not None else ""
    return f"{_stage(progress.stage)} {progress.fraction * 100:.0f}{NARROW_SPACE}%{left}"


def idle_words(session: Session) -> str:
    """What can be done now."""
    song = session.song
    if song is None:
        return tr("Ready")
    if song.separated:
        model = tr(" with {model}", model=song.recipe.model) if isinstance(song.recipe, Recipe) else ""
        return tr("Separated{model}. Drag a stem's name out, or export (Ctrl+E)", model=model)
    if song.stems is not None and song.fill.any():
        return tr("Stopped. What is separated stays; Separate goes on from there")
    return tr("Ready to separate")
