"""Left of the overview: which song is open, and what it is."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from umx_gui.app.open_song.song import Song
from umx_gui.app.session import Session
from umx_gui.engine.naming import printable
from umx_gui.views.kit.formats import clock, rate
from umx_gui.views.kit.labels import Line, plain_tip
from umx_gui.views.kit.theme import current
from umx_gui.words import mark, tr

_CHANNELS = {1: mark("mono"), 2: mark("stereo")}


class SongHeader(QWidget):
    """Title and artist where the file has them, else the file's name; length, rate, channels, kind of file."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.title = Line("title", "text")
        self.facts = Line("caption", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 4, 8, 4)
        layout.setSpacing(0)
        layout.addStretch(1)
        layout.addWidget(self.title)
        layout.addWidget(self.facts)
        layout.addStretch(1)
        session.opened.connect(self._refresh)
        session.closed.connect(self._refresh)
        self._refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairline."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.color("hairline"))

    def _refresh(self) -> None:
        song = self._session.song
        self.title.set_text(song_title(song) if song is not None else "")
        self.facts.set_text(song_facts(song) if song is not None else "")
        self.setToolTip("" if song is None else plain_tip(f"{song.path.name}\n{song_facts(song)}"))


def song_title(song: Song) -> str:
    """The song's name in one line; tags and file names are untrusted text."""
    title = printable(song.info.tags.get("title", "")).strip() or printable(song.name)
    return " ".join(title.split())[:200]


def song_facts(song: Song) -> str:
    """Artist, length, rate, channels and kind of file in one line."""
    info = song.info
    artist = " ".join(printable(info.tags.get("artist", "")).split())[:100]
    channels = tr(_CHANNELS.get(info.n_channels, mark("{n} channels")), n=info.n_channels)
    facts = (artist, clock(song.duration_s), rate(song.sample_rate), channels, info.container.upper())
    return " · ".join(fact for fact in facts if fact)
