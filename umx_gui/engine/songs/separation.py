"""Separating songs from file to files: what `umx-gui separate` and the queue of the window both do.

work = SongSeparation(SongOptions(), lambda: load_models("umxhq"))
for step in work.song(Path("song.flac"), Path("song_umxhq")):
    ...
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from umx_gui import messages
from umx_gui.engine.audio import Audio, Block, FloatArray, Stems
from umx_gui.engine.decoding.decode import AudioFile, AudioInfo
from umx_gui.engine.exact_sum import BLOCK_SAMPLES
from umx_gui.engine.export.exporter import ExportOptions, Parts, Written, check_export, export_stems
from umx_gui.engine.export.outputs import Outputs, all_stems, choose_outputs
from umx_gui.engine.naming import song_name
from umx_gui.engine.songs.following import Follower
from umx_gui.engine.songs.reading import declared_length, read_mixture
from umx_gui.engine.songs.stages import READING, SEPARATING, WRITING
from umx_gui.engine.storage.scratch import Scratch, release
from umx_gui.engine.work import CancelToken, Progress, SlowedDown
from umx_gui.errors import UmxError
from umx_gui.messages import Message

if TYPE_CHECKING:
    from umx_gui.engine.models.model import Model
    from umx_gui.engine.separation.separator import Separator

_RESIDUAL = "residual"
_EASE_GAP_S = 0.1


@dataclass(frozen=True, slots=True)
class SongOptions:
    """How songs are separated and written; the defaults are those of `umx-gui separate`.

    targets: the stems that are written, all if none is named; `residual` is one more's name, or None. aggregate: sums
    that are written instead, groups: sums that are written besides. The other fields are those of SeparatorOptions
    and ExportOptions.
    """

    targets: tuple[str, ...] = ()
    only_networks: bool = False
    n_iter: int = 1
    softmask: bool = False
    residual: str | None = None
    wiener_win_len: int = 300
    aggregate: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start_s: float = 0.0
    duration_s: float | None = None
    at_model_rate: bool = False
    export: ExportOptions = field(default_factory=ExportOptions)
    filter: str = "em"
    fast: bool = False
    device: str = "auto"
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something for those who want to know more than they need."""

    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """The end of a song: its stems [C, T] by target, those of them that are there by themselves, while the caller
    holds on to nothing of them; and the filter's arithmetic that made them."""

    stems: Mapping[str, FloatArray]
    sample_rate: int
    duration_s: float
    filter_kind: str


Step = AudioInfo | Progress | Message | Fact | Written | Made
_R = TypeVar("_R")
_Steps = Generator[Step, None, _R]


class SongSeparation:
    """Songs separated with the same options: they share the loaded model. `hopeless` is set if none can be.

    `load` is called for the first song that can be read.
    """

    def __init__(self, options: SongOptions, load: Callable[[], Model], cancel: CancelToken | None = None) -> None:
        self._options, self._load_model, self._cancel = options, load, cancel or CancelToken()
        self._separator: Separator | None = None
        self._needs_residual = False
        self._eased_at = 0.0
        self.hopeless = False

    def song(self, path: Path, folder: Path, cancel: CancelToken | None = None) -> Iterator[Step]:
        """Separate one song into its folder. Yields what is known of the song, how far it is, and the files in the end.

        Raises UmxError and Cancelled; nothing is left behind then.
        """
        asked = self._options
        self._cancel = cancel or self._cancel
        with AudioFile(path) as file:
            expected = declared_length(file, asked.start_s, asked.duration_s)
            self._cancel.check()
            outputs = yield from self._ready()
            separator = self._separator
            assert separator is not None
            self._cancel.check()
            yield (info := file.info)
            rate = self._model_rate() or info.sample_rate
            made, parts = self._made(separator, outputs)
            export = self._export_options(separator, made)
            shape = (min(info.n_channels, 2), round((expected or 0) * rate / info.sample_rate))
            check_export(folder, song_name(path), outputs.names, shape, rate, export, info)
            yield from _what_differs(info, rate, export, separator.model.spec.n_channels)
            with Scratch() as scratch:
                mixture = yield from self._read(file, scratch)
                array = scratch.reserve((len(made.names), *mixture.samples.shape), np.float32)[1].view(np.float32)
                stems = Stems(made.names, array, mixture.sample_rate)
                write = partial(
                    export_stems, folder, song_name(path), stems, mixture.samples, info, export, self._cancel, parts
                )
                # What is there of the stems is encoded while the rest is made.
                with Follower(lambda until: write(until=until)) as written:
                    speed, kind = yield from self._separate(separator, made, mixture, stems.samples, written)
                    yield Fact(f"{path.name}: separated at {speed:.2f} times real time")
                    for step in written.rest():
                        yield step if isinstance(step, Written) else replace(step, stage=WRITING)
                        self._ease(stems.samples, mixture.samples)
                members = zip(made.names, made.members, strict=True)
                alone = {separator.targets[rows[0]]: stems[name] for name, rows in members if len(rows) == 1}
                yield Made(alone, mixture.sample_rate, mixture.duration_s, kind)

    def _ready(self) -> _Steps[Outputs]:
        """Load the separator for the first song; returns what is written of its stems."""
        try:
            if self._separator is None:
                yield from self._load()
            asked, separator = self._options, self._separator
            assert separator is not None
            return choose_outputs(separator.targets, asked.targets, asked.aggregate, self._residual(), asked.groups)
        except UmxError:
            self.hopeless = True
            raise

    def _load(self) -> Iterator[Step]:
        # PyTorch takes seconds to load: only once there is a song that can be read.
        from umx_gui.engine.separation.separator import Separator, SeparatorOptions

        asked = self._options
        model = self._load_model()
        only = self._networks() if asked.only_networks else None
        self._needs_residual = asked.n_iter > 0 and len(only or model.targets) == 1
        if only:
            yield messages.some_networks_only(only)
        if self._needs_residual and asked.residual is None:
            yield messages.residual_added(_RESIDUAL)
        options = SeparatorOptions(
            n_iter=asked.n_iter,
            softmask=asked.softmask,
            residual=self._residual(),
            wiener_win_len=asked.wiener_win_len,
            filter=asked.filter,
            device=asked.device,
            threads=asked.threads,
            fast=asked.fast,
            exact_sum=asked.export.exact_sum,
            only_targets=only,
        )
        self._separator = separator = Separator(model, options)
        yield Fact(f"model {model.name} ({', '.join(model.targets)}) on {separator.device}")

    def _networks(self) -> tuple[str, ...]:
        """The networks that the stems asked for are made of."""
        asked = self._options
        names = [name for t in asked.targets for name in asked.aggregate.get(t, (t,)) if name != asked.residual]
        names += [name for members in asked.groups.values() for name in members if not name.startswith(("*", "-"))]
        return tuple(dict.fromkeys(names))

    def _residual(self) -> str | None:
        return self._options.residual or (_RESIDUAL if self._needs_residual else None)

    def _model_rate(self) -> int | None:
        if not self._options.at_model_rate or self._separator is None:
            return None
        return self._separator.model.spec.sample_rate

    def _made(self, separator: Separator, outputs: Outputs) -> tuple[Outputs, Parts]:
        """What is kept of the separator's stems, and how the files are made of that.

        Sums are made on the way, unless they share stems with other files: then all stems are kept, and rounded first.
        """
        asked = self._options
        n_stems, sums = len(separator.targets), any(len(rows) > 1 for rows in outputs.members)
        if sums and asked.export.exact_sum and separator.sums_exactly and not outputs.whole(n_stems):
            return all_stems(separator.targets), Parts(outputs, start_s=asked.start_s)
        return outputs, Parts(start_s=asked.start_s)

    def _export_options(self, separator: Separator, outputs: Outputs) -> ExportOptions:
        """The options of the export: the remainder goes to the stem that took the separator's own."""
        whole = separator.sums_exactly and outputs.whole(len(separator.targets))
        options = replace(self._options.export, model=separator.model.name)
        if not whole:
            return replace(options, exact_sum=False)
        taker = self._residual() or ("other" if "other" in separator.targets else separator.targets[-1])
        row = separator.targets.index(taker)
        name = next(n for n, rows in zip(outputs.names, outputs.members, strict=True) if row in rows)
        return replace(options, remainder_to=name)

    def _read(self, file: AudioFile, scratch: Scratch) -> _Steps[Audio]:
        asked = self._options
        steps = read_mixture(file, scratch, asked.start_s, asked.duration_s, self._model_rate(), self._cancel)
        for step in steps:
            if isinstance(step, Audio):
                mixture = step
            else:
                yield replace(step, stage=READING)
        yield from file.warnings
        return mixture

    def _separate(
        self,
        separator: Separator,
        outputs: Outputs,
        mixture: Audio,
        stems: FloatArray,
        written: Follower[Progress | Written],
    ) -> _Steps[tuple[float, str]]:
        """Make the stems, and tell who writes them how far they are; returns how many times real time that was, and
        the kind of the filter."""
        started, analysis = time.monotonic(), separator.analysis(mixture)
        for step in separator.finish(analysis, self._cancel):
            self._cancel.check()
            if isinstance(step, Block):
                _fill(stems, step.start, outputs.mix(step.samples))
                written.arrived(step.stop)
            elif isinstance(step, SlowedDown):
                yield messages.slowed_down(step.device)
            else:
                yield replace(step, stage=SEPARATING)
            self._ease(stems, mixture.samples)
        return mixture.duration_s / max(time.monotonic() - started, 1e-9), analysis.filter_kind

    def _ease(self, *arrays: FloatArray) -> None:
        """Keep memory flat for songs of hours: what was read or written goes back to the disk, ten times a
        second."""
        if (now := time.monotonic()) - self._eased_at < _EASE_GAP_S:
            return
        self._eased_at = now
        for array in arrays:
            release(array)


def _fill(stems: FloatArray, start: int, samples: FloatArray) -> None:
    """Put samples [J, C, t] into the mapped stems [J, C, T], a little at a time in memory."""
    for at in range(0, samples.shape[2], BLOCK_SAMPLES):
        part = samples[:, :, at : at + BLOCK_SAMPLES]
        stems[:, :, start + at : start + at + part.shape[2]] = part
        release(stems)


def _what_differs(info: AudioInfo, rate: int, export: ExportOptions, n_heard: int) -> Iterator[Message]:
    if info.n_channels > 2:
        yield messages.downmixed(info.n_channels, info.channel_layout)
    if n_heard == 1 < info.n_channels:
        yield messages.heard_as_mono()
    if (found := export.rate_of_files(rate)) != rate:
        yield messages.rate_of_files(export.format, rate, found)
