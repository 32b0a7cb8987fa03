"""Scores of the open song's stems against references that were dropped: computed beside everything, kept by way."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal

from umx_gui.app.history_parts import heard_part
from umx_gui.app.open_song.song import Song
from umx_gui.app.separation.recipe import Recipe
from umx_gui.app.separation.takes import take_words
from umx_gui.app.sound.reference_switch import ReferenceSwitch
from umx_gui.app.status import SessionState
from umx_gui.app.worker import Worker
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled
from umx_gui.messages import Message, describe
from umx_gui.words import mark, tr

if TYPE_CHECKING:
    from umx_gui.app.session import Session
    from umx_gui.engine.scoring.compare import TargetScores
    from umx_gui.engine.songs.references import Found, LaidOut, References

COLUMNS = (mark("SDR whole track"), "SI-SDR", mark("BSSEval v4 SDR"))
"""What the numbers are, none of them called SDR alone."""

_QUIET_MS = 300


@dataclass(frozen=True, eq=False)
class Row:
    """The scores of one way of separating the song: model, settings, stretches."""

    way: str
    scores: Mapping[str, TargetScores]


@dataclass(eq=False)
class _Job:
    song: Song
    way: str
    token: CancelToken = field(default_factory=CancelToken)


class Scores(QObject):
    """One song's references, and a row of scores for each way in which it was separated since."""

    changed = Signal()  # references, rows
    references_changed = Signal()  # those of the open song: draw them anew
    progress = Signal(object)  # Progress | None
    told = Signal(object)  # Message

    def __init__(self, worker: Worker, session: Session) -> None:
        super().__init__(session)
        self._worker = worker
        self._song: Song | None = None
        self._found: Found | None = None
        self._references: References | None = None
        self._laid: dict[tuple[str, ...], LaidOut] = {}  # by the stems they can be heard instead of
        self._rows: dict[str, Row] = {}
        self._job: _Job | None = None
        self.switch = ReferenceSwitch(session)
        session.history.add(heard_part(session.transport.mix, self.switch))
        self.switch.changed.connect(session.history.note)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET_MS)
        self._timer.timeout.connect(self._score)
        self.told.connect(session.told)
        for signal in (session.state_changed, session.stretches.changed, session.closed, session.opened):
            signal.connect(self._look)

    @property
    def _session(self) -> Session:
        # Asked for each time, as in `Refilter`: a reference kept here would leave the session to the collector.
        return cast("Session", self.parent())

    @property
    def rows(self) -> tuple[Row, ...]:
        """The scores of the open song, in the order in which they came."""
        return tuple(self._rows.values()) if self._song is self._session.song else ()

    @property
    def now(self) -> Mapping[str, TargetScores]:
        """The scores of the stems as they are now; empty where they are not known."""
        row = self._rows.get(self._way()) if self._song is self._session.song else None
        return row.scores if row is not None else {}

    @property
    def references_name(self) -> str:
        """What the references are called; "" where there are none."""
        return self._found.name if self._found is not None and self._song is self._session.song else ""

    @property
    def running(self) -> bool:
        """Whether something is being scored."""
        return self._job is not None

    def take(self, found: Found) -> None:
        """Score the open song against these references, now and whenever its stems are others."""
        self.cancel()
        self._song, self._found, self._references, self._rows = self._session.song, found, None, {}
        self._laid = {}
        self._show(None)
        self._look()

    def cancel(self) -> None:
        """Stop scoring; rows that are there stay."""
        job, self._job = self._job, None
        self._timer.stop()
        if job is not None:
            job.token.cancel()
            self.progress.emit(None)

    def csv(self) -> str:
        """All rows as comma-separated values, one line for each stem of each way."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("way", "stem", *(f"{name} (dB)" for name in COLUMNS)))
        for row in self.rows:
            for target, s in row.scores.items():
                values = (s.sdr_db, s.si_sdr_db, s.bss_sdr_db)
                writer.writerow((row.way, target, *("" if v is None or v != v else f"{v:.3f}" for v in values)))
        return text.getvalue()

    def _show(self, laid: LaidOut | None) -> None:
        """Let references be seen and heard beside the stems, or none."""
        if self._song is not None:
            self._song.take_references(laid)
            self.references_changed.emit()
        self.switch.look()
        self.changed.emit()

    def _way(self) -> str:
        """How the stems that are there were made, in words."""
        song = self._session.song
        recipe = song.recipe if song is not None else None
        words = take_words(recipe) if isinstance(recipe, Recipe) else ""
        for edit in self._session.stretches.edits:
            if song is not None and (take := edit.take) is not None:
                words += tr(
                    "; at {second} s {way}", second=f"{edit.start / song.sample_rate:.1f}", way=take_words(take.recipe)
                )
        return words

    def _look(self, *_: object) -> None:
        """Score what is there, once, if all of it is."""
        song = self._session.song
        if song is not self._song and self._session.state is not SessionState.OPENING:  # which may bring it back
            if self._song is not None:
                self._song.take_references(None)
            self._song, self._found, self._references, self._laid, self._rows = None, None, None, {}, {}
        if self._job is not None and (song is not self._job.song or self._way() != self._job.way):
            self.cancel()
        if song is not None and song is self._song and song.references is None and song.targets in self._laid:
            self._show(self._laid[song.targets])
        wanted = song is not None and song is self._song and song.separated and self._session.stretches.settled
        if wanted and self._job is None and self._way() not in self._rows:
            self._timer.start()
        self.changed.emit()

    def _score(self) -> None:
        song, found = self._session.song, self._found
        if song is None or found is None or song is not self._song or not song.separated or self._job is not None:
            return
        job = self._job = _Job(song, self._way())
        self.progress.emit(Progress(0.0, "reading references"))
        self._worker.submit(
            partial(score_song, song, found, self._references, song.references),
            on_value=partial(self._value, job),
            on_done=partial(self._done, job),
            token=job.token,
        )

    def _value(self, job: _Job, value: object) -> None:
        from umx_gui.engine.songs.references import LaidOut, References

        if job is not self._job:
            return
        if isinstance(value, Progress):
            self.progress.emit(value)
        elif isinstance(value, References):
            if self._references is None and value.misfits:
                self.told.emit(_misfit_words(value))
            self._references = value
        elif isinstance(value, LaidOut):
            self._laid[value.stems.targets] = value
            self._show(value)
        else:
            self._rows[job.way] = Row(job.way, cast("Mapping[str, TargetScores]", value))
            self.changed.emit()

    def _done(self, job: _Job, error: Exception | None) -> None:
        if job is not self._job:
            return
        self._job = None
        self.progress.emit(None)
        if error is not None and not isinstance(error, Cancelled):
            self._show(None)
            self._song = None  # these references are of no use
            self.told.emit(describe(error))
        self.changed.emit()


def score_song(
    song: Song, found: Found, references: References | None, laid: LaidOut | None, cancel: CancelToken
) -> Generator[object, None, None]:
    """Read the references and lay them out beside the stems, unless that is done, and score all stems that have one."""
    from umx_gui.engine.songs.references import LaidOut, References, lay_out, paired, read_references
    from umx_gui.errors import ScoringError

    assert song.stems is not None
    stems = {target: song.stems[target] for target in song.targets}
    if laid is None:
        if references is None:
            scratch = Scratch(song.scratch.folder)
            for step in read_references(found, song.n_channels, song.n_samples, song.sample_rate, scratch, cancel):
                if isinstance(step, References):
                    references = step
                yield step
        assert references is not None
        pairs = paired(references.signals, stems)
        if not pairs:
            raise ScoringError(song.targets[0], "there is no reference of this name")
        for placed in lay_out(pairs, song.stems, song.scratch, cancel):
            if isinstance(placed, LaidOut):
                laid = placed
            yield placed
        assert laid is not None
        # What is laid out need not be kept a second time.
        kept = {**references.signals, **{n: s for n, s in laid.signals().items() if n in references.signals}}
        yield replace(references, signals=kept)
    # Only now, for it takes SciPy, which takes its time to load: references are heard before that.
    from umx_gui.engine.scoring.compare import compare

    signals = laid.signals()
    yield from compare(signals, {name: stems[name] for name in signals}, song.sample_rate, cancel)


def _misfit_words(references: References) -> Message:
    """What did not fit, and what was done."""
    said = {
        "longer": tr("they are longer than the song by up to {amount} s, and were cut"),
        "shorter": tr("they are shorter than the song by up to {amount} s, and end in silence"),
        "rate": tr("they have {amount} Hz, and were converted"),
        "channels": tr("they have another number of channels, and were mixed to those of the song"),
    }
    words = [
        said[m.kind].replace("{amount}", f"{m.amount:.4g}" if m.kind != "rate" else f"{m.amount:.0f}")
        for m in references.misfits
    ]
    return Message(tr("The references do not quite fit the song"), "; ".join(words))
