"""Spectrograms on demand: what a view shows is computed in small pieces, as far as there is sound, and no more."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

from PySide6.QtCore import QObject, Signal

from umx_gui.app.open_song.reference_pictures import error_key
from umx_gui.app.open_song.song import DIFFERENCE, MIXTURE, Song
from umx_gui.app.worker import Worker
from umx_gui.engine.audio import Coverage, Fill
from umx_gui.engine.summaries import SpectrogramTiles, Spectrum
from umx_gui.engine.work import CancelToken

_PIECE_SAMPLES = 1 << 19
_SKETCH_SAMPLES = 1 << 21  # what takes longer than a blink is sketched first
_COMING_SAMPLES = 1 << 20  # of a song that is being read, as soon as so much more is there


class TileKeeper(QObject):
    """Keeps `song.tiles` up to date where views look. One short job at a time, so that opening never waits long."""

    filled = Signal(str, int, int)

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._song: Song | None = None
        self._spectrum = Spectrum()
        self._wanted: dict[str, tuple[int, int]] = {}
        self._drawn: dict[str, Coverage] = {}
        self._running: tuple[Song, str, int, int] | None = None

    def warm_up(self) -> None:
        """Load what spectrograms are made with before the first one is waited for."""
        self._worker.submit(_load, on_value=lambda _: None, on_done=lambda _: None)

    def set_song(self, song: Song | None) -> None:
        """Another song, or other stems: nothing is drawn or wanted yet."""
        self._song = song
        if song is not None:
            song.set_spectrum(self._spectrum)
        self._wanted, self._drawn = {}, {}

    def set_spectrum(self, spectrum: Spectrum) -> None:
        """Make spectrograms in this way from now on; what is shown is computed anew once it is wanted."""
        if spectrum != self._spectrum:
            self._spectrum = spectrum
            self.set_song(self._song)

    def want(self, key: str, start: int, stop: int) -> None:
        """A view shows [start, stop) of a lane; this replaces what it wanted before."""
        self._wanted.pop(key, None)
        self._wanted[key] = (start, stop)
        self._next()

    def forget(self, key: str) -> None:
        """No view shows this lane's spectrogram any more."""
        self._wanted.pop(key, None)

    def changed(self, key: str, start: int, stop: int) -> None:
        """The sound in [start, stop) is there now, or is another one than before."""
        for changed in (key, error_key(key), DIFFERENCE):  # whatever changes, the difference does
            if changed in self._drawn:
                self._drawn[changed].set(start, stop, Fill.NOTHING)
        self._next()

    def drawn(self, key: str, start: int, stop: int) -> bool:
        """Whether [start, stop) of a lane is there, be it a sketch."""
        running = self._running is not None and self._running[1] == key
        runs = self._drawn[key].runs() if key in self._drawn else [(start, stop, Fill.NOTHING)]
        return not running and not any(a < stop and b > start and fill == Fill.NOTHING for a, b, fill in runs)

    def renew_references(self) -> None:
        """References came or went: nothing of them is drawn yet."""
        self._drawn = {key: drawn for key, drawn in self._drawn.items() if ":" not in key}
        self._next()

    def refine(self, *_: object) -> None:
        """A song is whole: what was sketched while it came can be drawn as it is."""
        self._next()

    def _next(self) -> None:
        if self._running is not None or self._song is None:
            return
        song = self._song
        if (piece := self._missing(song)) is not None:
            key, start, stop, fill = piece
            # Marked before it is computed: sound that changes meanwhile takes the mark away again.
            self._drawn[key].set(start, stop, fill)
            self._running = (song, key, start, stop)
            work = partial(_update if fill == Fill.FINAL else _sketch, song.tiles[key], start, stop)
            self._worker.submit(work, on_value=lambda _: None, on_done=self._done)

    def _missing(self, song: Song) -> tuple[str, int, int, Fill] | None:
        """What to do first of what is wanted, has sound, and is not drawn: a sketch of a long stretch of any lane, else
        a piece. What was asked for last comes first.
        """
        found = None
        for key in reversed(self._wanted):
            if key not in song.tiles:
                continue
            drawn = self._drawn.setdefault(key, Coverage(song.n_samples))
            start, stop = self._wanted[key]
            there = [(0, song.n_decoded)] if key == MIXTURE else [(a, b) for a, b, f in song.coverage.runs() if f]
            # While a song is read, all that is seen of it is sketched; the rest would only hold the reading up.
            comes = key == MIXTURE and not song.complete and stop - start >= _SKETCH_SAMPLES
            enough = _COMING_SAMPLES if comes and song.n_decoded < song.n_samples else 1 if comes else _SKETCH_SAMPLES
            for a, b, fill in drawn.runs():
                for lo, hi in there:
                    first, last = max(a, lo, start), min(b, hi, stop)
                    if first >= last or fill == Fill.FINAL:
                        continue
                    if fill == Fill.NOTHING and last - first >= enough:
                        return key, first, last, Fill.DRAFT
                    if found is None and not comes:
                        found = key, first, min(last, first + _PIECE_SAMPLES), Fill.FINAL
        return found

    def _done(self, error: Exception | None) -> None:
        running, self._running = self._running, None
        if error is None and running is not None and running[0] is self._song and running[1] in self._drawn:
            self.filled.emit(*running[1:])
        self._next()


def _load(_: CancelToken) -> Generator[object, None, None]:
    import scipy.fft  # noqa: F401 - loaded for later

    yield None


def _sketch(tiles: SpectrogramTiles, start: int, stop: int, _: CancelToken) -> Generator[object, None, None]:
    tiles.sketch(start, stop)
    yield None


def _update(tiles: SpectrogramTiles, start: int, stop: int, _: CancelToken) -> Generator[object, None, None]:
    tiles.update(start, stop)
    yield None
