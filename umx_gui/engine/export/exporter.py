"""Stems as files: in any usual format, summing exactly to the mixture, all of them or none.

    for step in export_stems(folder, "song", stems, mixture, info, ExportOptions(format="flac")):
        ...

Arrays are read in blocks, so they may be mapped from disk.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from umx_gui.engine.audio import FloatArray, Stems
from umx_gui.engine.decoding.audio_info import AudioInfo
from umx_gui.engine.exact_sum import (
    BLOCK_SAMPLES,
    IntArray,
    finite,
    is_split,
    needs_dither,
    quantise,
    settle_float,
    share_remainder,
    tpdf_dither,
)
from umx_gui.engine.export.covers import add_cover
from umx_gui.engine.export.plan import ExportOptions as ExportOptions
from umx_gui.engine.export.plan import check_export as check_export
from umx_gui.engine.export.plan import output_names as output_names
from umx_gui.engine.export.stem_mp4 import StemMp4Writer, stem_order
from umx_gui.engine.export.writers import Writer, open_writer
from umx_gui.engine.naming import printable
from umx_gui.engine.resample import Resampler, resampled_length
from umx_gui.engine.storage.file_set import FileSet, typed_errors
from umx_gui.engine.work import CancelToken, Progress, ProgressMeter
from umx_gui.errors import OptionError, UmxError

_MIXTURE = "mixture"


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is there now: `clipped_samples` were beyond full scale, `replaced_samples` were not numbers.

    `exact` says that the files sum to the mixture written in the same way: to the last bit, or -140 dB as floats.
    """

    path: Path
    target: str
    clipped_samples: int
    replaced_samples: int = 0
    exact: bool = False


def export_stems(
    folder: Path,
    name: str,
    stems: Stems,
    mixture: FloatArray | None,
    info: AudioInfo | None = None,
    options: ExportOptions | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[Progress | Written]:
    """Write stems [J, C, T] of the song called `name` into `folder`; mixture: [C, T], for the exact sum and .stem.mp4.

    Files appear when all are complete; then a `Written` comes for each. Tags and cover are taken from `info`. Raises
    what `check_export` raises, and Cancelled; nothing is left behind then.
    """
    options, cancel = options or ExportOptions(), cancel or CancelToken()
    n_channels, n_samples = stems.samples.shape[1:]
    if mixture is not None and mixture.shape != (n_channels, n_samples):
        raise ValueError(f"stems {stems.samples.shape} do not belong to a mixture {mixture.shape}")
    check_export(folder, name, stems.targets, (n_channels, n_samples), stems.sample_rate, options)
    job = _Job(stems, mixture, info, options, name)
    meter = ProgressMeter(n_samples)
    with FileSet(folder, job.names, options.overwrite) as files:
        sink = job.open_files(files)
        complete = False
        try:
            for block, part, done in job.blocks():
                cancel.check()
                sink.write(part, job.encode(block, part))
                yield meter.at(done, "writing")
            complete = True
        finally:
            # After a failure, what closing says is of no interest: the file is thrown away.
            with contextlib.nullcontext() if complete else contextlib.suppress(UmxError):
                sink.close(complete)
        job.add_covers(files)
        cancel.check()
        paths = files.commit()
    yield from job.written(paths)


class _Sink(Protocol):
    def write(self, mixture: FloatArray, stems: FloatArray | IntArray) -> None: ...

    def close(self, complete: bool = True) -> None: ...


class _SeparateFiles:
    """A file per stem, written side by side."""

    def __init__(self, writers: list[Writer]) -> None:
        self._writers = writers

    def write(self, mixture: FloatArray, stems: FloatArray | IntArray) -> None:
        """Append stems [J, C, t]; the mixture is not written."""
        for writer, stem in zip(self._writers, stems, strict=True):
            writer.write(stem)

    def close(self, complete: bool = True) -> None:
        """Close all files, even if one fails to."""
        with contextlib.ExitStack() as stack:
            for writer in self._writers:
                stack.callback(writer.close)


class _Job:
    """One export: what is written where, and the counts of what was clipped or replaced on the way."""

    def __init__(
        self,
        stems: Stems,
        mixture: FloatArray | None,
        info: AudioInfo | None,
        options: ExportOptions,
        song: str,
    ) -> None:
        self._options, self._encoding, self._info = options, options.encoding, info
        self._stems, self._mixture = stems, mixture
        self._targets = stem_order(stems.targets) if options.format == "stem.mp4" else stems.targets
        self._order = [stems.targets.index(target) for target in self._targets]
        self._rate = options.rate_of_files(stems.sample_rate)
        self.names = output_names(song, stems.targets, options)
        self._exact = self._may_sum = options.exact_sum and self._encoding.lossless and mixture is not None
        # The mixture may be written beside its stems; it is what they sum to, not one of them.
        self._parts = [j for j, target in enumerate(self._targets) if target != _MIXTURE] or [0]
        self._first = self._remainder_stem()
        self._rng = np.random.default_rng(0)
        self._clipped = np.zeros(len(self._targets), np.int64)
        self._replaced = np.zeros(len(self._targets), np.int64)

    def open_files(self, files: FileSet) -> _Sink:
        """Begin all files, under their hidden names."""
        n_channels, n_samples = self._stems.samples.shape[1:]
        n_samples = resampled_length(n_samples, self._stems.sample_rate, self._rate)
        tags = _tags(self._info)
        if self._options.format == "stem.mp4":
            return StemMp4Writer(files.temp(self.names[0]), self._encoding, self._rate, self._targets, tags)
        return _SeparateFiles(
            [
                open_writer(files.temp(name), self._encoding, self._rate, n_channels, n_samples, _titled(tags, target))
                for name, target in zip(self.names, self._targets, strict=True)
            ]
        )

    def blocks(self) -> Iterator[tuple[FloatArray, FloatArray, int]]:
        """Stems [J, C, t] and mixture [C, t] at the files' rate, all finite, and how many samples of T were read."""
        n_channels, n_samples = self._stems.samples.shape[1:]
        resampler = Resampler(self._stems.sample_rate, self._rate, (len(self._order) + 1) * n_channels)
        for start in range(0, n_samples, BLOCK_SAMPLES):
            stop = min(start + BLOCK_SAMPLES, n_samples)
            together = np.empty((len(self._order) + 1, n_channels, stop - start), np.float32)
            for row, j in enumerate(self._order):
                together[row], n_bad = finite(self._stems.samples[j, :, start:stop])
                self._replaced[row] += n_bad
            if self._mixture is None:
                together[:-1].sum(axis=0, out=together[-1])
            else:
                together[-1] = finite(self._mixture[:, start:stop])[0]
            out = resampler.feed(together.reshape(-1, stop - start)).reshape(*together.shape[:2], -1)
            yield out[:-1], out[-1], stop
        out = resampler.finish().reshape(len(self._order) + 1, n_channels, -1)
        if out.shape[-1]:
            yield out[:-1], out[-1], n_samples

    def encode(self, stems: FloatArray, mixture: FloatArray) -> FloatArray | IntArray:
        """Stems [J, C, t] as they are written: integers, or floats within what the format can hold."""
        bits, parts = self._encoding.bits, stems[self._parts]
        split = self._may_sum and is_split(parts, mixture)
        self._exact = self._exact and split
        if bits is not None:
            rounded = np.stack([self._quantise(j, stem, bits, split) for j, stem in enumerate(stems)])
            if split:
                whole = quantise(mixture, bits)[0]
                rounded[self._parts] = share_remainder(rounded[self._parts], whole, self._first, bits)
            return rounded
        if self._encoding.lossless:
            if split:
                stems[self._parts] = settle_float(parts, mixture, self._first)
            return stems
        self._clipped += np.count_nonzero(np.abs(stems) > 1.0, axis=(1, 2))
        return np.clip(stems, -1.0, 1.0)

    def add_covers(self, files: FileSet) -> None:
        """Copy the song's picture into the finished files, where their format has a place for it."""
        if self._info is None or not self._info.cover:
            return
        for name in self.names:
            with typed_errors(files.folder):
                add_cover(files.temp(name), self._options.format, self._info.cover)

    def written(self, paths: tuple[Path, ...]) -> Iterator[Written]:
        """What is told of each file."""
        if self._options.format == "stem.mp4":
            yield Written(paths[0], "stems", int(self._clipped.sum()), int(self._replaced.sum()))
            return
        for path, target, clipped, replaced in zip(paths, self._targets, self._clipped, self._replaced, strict=True):
            yield Written(path, target, int(clipped), int(replaced), self._exact)

    def _quantise(self, j: int, stem: FloatArray, bits: int, split: bool) -> IntArray:
        dither = None
        if bits <= 16 and not split and needs_dither(stem, bits):
            dither = tpdf_dither(stem.shape, self._rng)
        rounded, n_clipped = quantise(stem, bits, dither)
        self._clipped[j] += n_clipped
        return rounded

    def _remainder_stem(self) -> int:
        """Which of the parts takes the remainder. Raises OptionError for one that is not written."""
        parts = [self._targets[j] for j in self._parts]
        wanted = self._options.remainder_to or "other"
        if wanted in parts:
            return parts.index(wanted)
        if self._options.remainder_to is not None:
            raise OptionError("remainder", f"“{printable(wanted)}” is none of the stems written")
        return len(parts) - 1


def _tags(info: AudioInfo | None) -> dict[str, str]:
    """The song's tags, without characters that could disguise or break what shows them."""
    return {key: printable(value)[:1000] for key, value in info.tags.items()} if info else {}


def _titled(tags: Mapping[str, str], target: str) -> dict[str, str]:
    """The tags of one stem's file: a list of songs must tell the stems apart."""
    return {**tags, "title": f"{tags['title']} ({target})"} if tags.get("title") else dict(tags)
