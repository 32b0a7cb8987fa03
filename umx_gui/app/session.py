"""The session: one open song, what is being done to it, and the news of it. Views show this object, and steer it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from umx_gui.app.export.exporting import Exporting
from umx_gui.app.export.what import ExportWhat
from umx_gui.app.history_parts import session_history
from umx_gui.app.open_song.opener import Opener
from umx_gui.app.open_song.song import MIXTURE, Song
from umx_gui.app.open_song.tiles import TileKeeper
from umx_gui.app.queue.queue import Queue
from umx_gui.app.refilter import Refilter
from umx_gui.app.saving.session_files import SessionFiles
from umx_gui.app.scores import Scores
from umx_gui.app.separation.model_jobs import ModelJobs
from umx_gui.app.separation.separation import Separation
from umx_gui.app.separation.stretches import Stretches
from umx_gui.app.session_news import SessionNews
from umx_gui.app.session_wiring import wire
from umx_gui.app.settings import Settings, load_settings
from umx_gui.app.sound.loudness import LoudnessMatch
from umx_gui.app.sound.transport import Transport
from umx_gui.app.status import SessionState as SessionState
from umx_gui.app.status import Status as Status
from umx_gui.app.status import StatusBoard
from umx_gui.app.worker import AWAITED, PATIENT, PROMPT, Worker, cancel_all, stop_all
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.summaries import Spectrum
from umx_gui.engine.work import Progress
from umx_gui.messages import describe
from umx_gui.words import mark

if TYPE_CHECKING:
    from umx_gui.engine.export.exporter import ExportOptions


class Session(SessionNews):
    """One open song. Every method returns at once; what comes of it is signalled, failures through `told`."""

    def __init__(
        self,
        settings: Settings | None = None,
        registry: ModelRegistry | None = None,
        transport: Transport | None = None,
        inline: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings, self._to_tell = load_settings() if settings is None else (settings, None)
        self.registry = registry or ModelRegistry()
        self.transport = transport or Transport()
        self.transport.setParent(self)
        self.transport.mix.set_master_gain_db(self.settings.volume_db)
        # Threads: a dropped song opens while another one is separated or exported, models come, and sessions are kept.
        names = ("separator", "opener", "exporter", "models", "files", "stretches", "scores", "painter", "splicer")
        haste = {"separator": AWAITED, "opener": PROMPT, "painter": PROMPT, "splicer": PROMPT}
        self._workers = tuple(Worker(name, inline, self, haste.get(name, PATIENT)) for name in names)
        self._separation = Separation(self._workers[0], self.registry, self)
        self._opener = Opener(self._workers[1], self)
        self._tiles = TileKeeper(self._workers[7], self)
        self.exports = Exporting(self._workers[2], self)
        self.models = ModelJobs(self._workers[3], self.registry, self.settings, self)
        self.refilter = Refilter(self._separation, self.exports, self)
        self.desk = self.refilter.desk
        self.history = session_history(self.transport, self.desk, self)
        self._song: Song | None = None
        self._state = SessionState.EMPTY
        self._board = StatusBoard(self)
        self._place: tuple[int, tuple[int, int] | None] = (0, None)  # of the song that was open before
        self.files = SessionFiles(self._workers[4], self._opener, self._separation, self)
        wire(self)
        self.loudness = LoudnessMatch(self._workers[2], self)
        self.stretches = Stretches(self._workers[5], self._workers[8], self)
        self.scores = Scores(self._workers[6], self)
        self.scores.references_changed.connect(self._tiles.renew_references)
        self.queue = Queue(self, inline)
        self.queue.told.connect(self.told)

    @property
    def song(self) -> Song | None:
        """The open song."""
        return self._song

    @property
    def state(self) -> SessionState:
        """What the session is busy with."""
        return self._state

    @property
    def status(self) -> Status:
        """The numbers of the status bar."""
        return self._board.status

    @property
    def exporting(self) -> bool:
        """Whether an export runs."""
        return self.exports.running

    @property
    def model_name(self) -> str:
        """The model of the next separation; "" where none is installed."""
        return self.models.chosen

    @property
    def device(self) -> str:
        """The device of the next separation: auto, cpu, cuda or mps."""
        return self.settings.device

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices to choose from: more than auto and cpu only once PyTorch was loaded and found them."""
        return self._separation.devices

    def start(self) -> None:
        """Once the window is seen: tell what was found while the settings were read, and load what will be needed."""
        if self._to_tell is not None:
            self.told.emit(self._to_tell)
            self._to_tell = None
        self._opener.warm_up()
        self._tiles.warm_up()
        if name := self.model_name:
            self._separation.warm_up(name)
        self.queue.start()

    def open(self, path: Path) -> None:
        """Open (and perhaps separate) a file; the open song stays until it sounds, and comes back if it fails."""
        self._opener.abandon()
        self._place = (self.transport.position, self.transport.loop)
        self._board.begin("opening")
        self._opener.open(path, self._song)
        self._update_state()

    def separate(self, restart: bool = False) -> None:
        """Separate the open song with the chosen model and device; goes on where that was stopped, unless `restart`."""
        if (song := self._song) is None or self._opener.running or self.exports.holds(song):
            return
        self._board.begin(mark("loading the model"), sum_db=None)
        self._separation.start(song, self.refilter.order(self.model_name), self.device, restart)
        self._update_state()

    def cancel(self) -> None:
        """Stop opening or, if nothing opens, separating; what is separated stays and can be heard."""
        if self._opener.running:
            self._opener.abandon()
        else:
            self._separation.stop()
        self._update_state()

    def set_model(self, name: str) -> None:
        """Choose a model for the next separation (views ask whether to separate again)."""
        if name != self.settings.model:
            self.settings.model = name
            self.models_changed.emit()

    def set_device(self, device: str) -> None:
        """Choose "auto", "cpu", "cuda" or "mps" for the next separation."""
        if device != self.settings.device:
            self.settings.device = device
            self.models_changed.emit()

    def export(
        self, folder: Path, options: ExportOptions, targets: tuple[str, ...] = (), what: ExportWhat | None = None
    ) -> None:
        """Write these stems (all of them if none is named), or `what` is said, into a folder; what is not final is
        refused with a message."""
        if self._song is not None:
            self.settings.remember_export(folder, options)
            document = self.files.document if self.settings.export_receipt else None
            self.exports.start(self._song, folder, options, what or ExportWhat(targets), document)

    def cancel_export(self) -> None:
        """Stop the export; nothing half-written stays."""
        self.exports.cancel()

    def want_tiles(self, key: str, start: int, stop: int) -> None:
        """A view shows the spectrogram of [start, stop): compute what is missing there, now and as stems fill."""
        self._tiles.want(key, start, stop)

    def tiles_drawn(self, key: str, start: int, stop: int) -> bool:
        """Whether the spectrogram of [start, stop) is there, be it a sketch."""
        return self._tiles.drawn(key, start, stop)

    def set_spectrum(self, spectrum: Spectrum) -> None:
        """Make spectrograms with another window or hop."""
        self._tiles.set_spectrum(spectrum)

    def forget_tiles(self, key: str) -> None:
        """No view shows the spectrogram of this lane any more."""
        self._tiles.forget(key)

    def stem_file(self, key: str | ExportWhat) -> Path | None:
        """A WAV file of the mixture or of a final stem to be dragged out; None while it is being written, which ends
        with `stem_file_ready`."""
        what = ExportWhat((key,)) if isinstance(key, str) else key
        return self.exports.file_of(self._song, what) if self._song is not None else None

    def save_settings(self) -> None:
        """Write the settings now."""
        self.settings.volume_db = self.transport.mix.master_gain_db
        self.settings.save()

    def close(self, patience_s: float = 2.0) -> bool:
        """Stop everything within that time and save the settings; the session cannot be used afterwards.

        False where a thread is inside a call that cannot be stopped: then leave with `os._exit`.
        """
        workers = (*self._workers, *self.queue.workers)
        self.save_settings()
        self.queue.halt()
        cancel_all(workers)  # they end while the sound does
        self.transport.close()
        stopped = stop_all(workers, patience_s)
        self.queue.close()
        self.exports.close()
        self.files.close()
        return stopped

    def _show(self, song: Song | None) -> None:
        """Make a song (or none) the open one."""
        self._song = song
        self._tiles.set_song(song)
        self.transport.load(song)
        self._board.note(sum_db=song.sum_db if song is not None else None)
        self._update_state()
        if song is None:
            self.closed.emit()
        else:
            self.opened.emit(song)

    def _restore(self, song: Song | None) -> None:
        self._show(song)
        if song is not None:
            position, loop = self._place
            self.transport.set_loop(loop)
            self.transport.seek(position)

    def _opened(self, song: Song, path: Path) -> None:
        self._separation.forget()  # it was of the song before
        self.settings.remember_file(self.files.path or path)
        self.save_settings()
        self.settings_changed.emit()
        if self.settings.auto_separate:
            self.separate()
        self._update_state()

    def _failed(self, error: Exception) -> None:
        self._update_state()
        self.told.emit(describe(error))

    def _mixture_filled(self, song: Song, start: int, stop: int) -> None:
        if song is self._song:
            self.mixture_filled.emit(start, stop)
            self._tiles.changed(MIXTURE, start, stop)

    def _stems_reset(self, song: Song) -> None:
        if song is self._song:
            self._tiles.set_song(song)
            self.transport.take_stems()
            self.stems_reset.emit()

    def _superseded(self, song: Song) -> None:
        self._board.note(sum_db=None)
        if song is self._song:
            self.stems_filled.emit(0, song.n_samples, False)

    def _stems_filled(self, song: Song, start: int, stop: int, final: bool) -> None:
        if song is self._song:
            if final:
                self._board.note(sum_db=song.sum_db)
            self.stems_filled.emit(start, stop, final)
            for target in song.targets:
                self._tiles.changed(target, start, stop)

    def _separation_progress(self, song: Song, progress: Progress) -> None:
        if song is self._song and not self._opener.running:
            self._board.show(progress)

    def _noted(self, song: Song, changes: dict[str, object]) -> None:
        if song is self._song:
            self._board.note(**changes)

    def _update_state(self) -> None:
        state = SessionState.READY
        if self._opener.running:
            state = SessionState.OPENING
        elif self._song is None:
            state = SessionState.EMPTY
        elif self._separation.song is self._song:
            state = SessionState.RENDERING if self._separation.rendering else SessionState.SEPARATING
        if state in (SessionState.EMPTY, SessionState.READY):
            self._board.idle()
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
