"""A/B at equal loudness: the original is heard as loud as the stems with the present mix, so that louder never wins."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QObject, QTimer

from umx_gui.app.open_song.song import Song
from umx_gui.app.worker import Worker
from umx_gui.engine.work import CancelToken
from umx_gui.playback.mix import Mix, Strip, render

if TYPE_CHECKING:
    from umx_gui.app.session import Session

MOST_DB = 20.0
_SAME_DB = -40.0
_QUIET_MS = 400  # after the last move of a control


class LoudnessMatch(QObject):
    """Measures once all stems are final, and again when the mix has changed; sets the mix's gain of the original."""

    def __init__(self, worker: Worker, session: Session) -> None:
        super().__init__(session)
        self._worker = worker
        self._mix = session.transport.mix
        self._measured: object = None  # what the present gain was measured for
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET_MS)
        self._timer.timeout.connect(self._measure)
        for signal in (self._mix.mix_changed, session.state_changed, session.opened):
            signal.connect(self._look)

    @property
    def _session(self) -> Session:
        # Asked for each time: a reference kept here would leave the session to the collector, which runs in any thread,
        # and timers of Qt must go in the window's.
        return cast("Session", self.parent())

    def set_on(self, on: bool) -> None:
        """Match, or hear the original as it is."""
        self._session.settings.match_loudness = on
        self._look()

    def _wanted(self) -> tuple[Song, object, tuple[Strip, ...]] | None:
        song = self._session.song
        if song is None or not song.separated or not self._session.settings.match_loudness:
            return None
        return song, song.recipe, self._mix.mix.strips

    def _look(self) -> None:
        wanted = self._wanted()
        if wanted is None or _same(wanted[0], wanted[2]):
            self._measured = None
            self._mix.set_original_gain_db(0.0)
        elif wanted != self._measured:
            self._timer.start()

    def _measure(self) -> None:
        wanted = self._wanted()
        if (
            wanted is None
            or wanted == self._measured
            or _same(wanted[0], wanted[2])
            or len(wanted[2]) != len(wanted[0].targets)
        ):
            return
        self._measured = wanted
        self._worker.submit(
            partial(match_db, wanted[0], wanted[2]), on_value=partial(self._take, wanted), on_done=lambda _: None
        )

    def _take(self, measured: object, gain_db: object) -> None:
        if measured == self._wanted() and isinstance(gain_db, float):
            self._mix.set_original_gain_db(gain_db)


def _same(song: Song, strips: tuple[Strip, ...]) -> bool:
    """Whether the stems, as they are, add up to the mixture, so that nothing need be measured."""
    return song.sum_db is not None and song.sum_db < _SAME_DB and all(strip == Strip() for strip in strips)


def match_db(song: Song, strips: tuple[Strip, ...], cancel: CancelToken) -> Generator[float, None, None]:
    """The gain in dB (in tenths, 20 dB at most) that makes the mixture as loud as its stems with these strips.

    0 where either is silent.
    """
    from umx_gui.engine.loudness import loudness_lufs, sampled_stretches

    assert song.stems is not None
    heard, original = [], []
    for start, stop in sampled_stretches(song.n_samples, song.sample_rate):
        cancel.check()
        heard.append(render(song.stems.samples[:, :, start:stop], Mix(strips)))
        mixture = song.mixture[:, start:stop]
        original.append(np.concatenate([mixture, mixture]) if song.n_channels == 1 else mixture)
    a, b = (loudness_lufs(np.concatenate(parts, axis=1), song.sample_rate) for parts in (heard, original))
    yield 0.0 if a is None or b is None else round(min(max(a - b, -MOST_DB), MOST_DB), 1) + 0.0
