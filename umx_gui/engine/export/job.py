"""One export at work: blocks of a song's stems in, complete and verified files out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from umx_gui.engine.audio import FloatArray, Stems
from umx_gui.engine.decoding.audio_info import AudioInfo
from umx_gui.engine.exact_sum import BLOCK_SAMPLES, IntArray, finite
from umx_gui.engine.export.covers import add_comments, add_cover, add_id3
from umx_gui.engine.export.encoding import MIXTURE, OutputEncoder
from umx_gui.engine.export.outputs import Outputs
from umx_gui.engine.export.parts import Parts
from umx_gui.engine.export.plan import ExportOptions, all_names, output_names
from umx_gui.engine.export.projects import project_file, song_track, stem_tracks
from umx_gui.engine.export.stem_mp4 import StemMp4Writer, stem_order
from umx_gui.engine.export.verifying import Expected, verify_file
from umx_gui.engine.export.writers import Writer, open_writer
from umx_gui.engine.naming import printable
from umx_gui.engine.resample import Resampler, resampled_length
from umx_gui.engine.storage.file_set import FileSet, typed_errors
from umx_gui.engine.storage.scratch import release
from umx_gui.engine.work import CancelToken

Until = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is there now: `clipped_samples` were beyond full scale, `replaced_samples` were not numbers.

    `exact` says that the files sum to the mixture written in the same way: to the last bit, or -140 dB as floats.
    `gain_db` is how much louder the file is than what it was made of.
    """

    path: Path
    target: str
    clipped_samples: int
    replaced_samples: int = 0
    exact: bool = False
    gain_db: float = 0.0


class Sink(Protocol):
    """Where blocks go: files side by side, or one file of several tracks."""

    @property
    def checksums(self) -> list[int | None]:
        """Each file's, as `Writer.checksum` has it."""

    def write(self, mixture: FloatArray, stems: FloatArray | IntArray) -> None:
        """Append a block [C, t] and [K, C, t]."""

    def close(self, complete: bool = True) -> None:
        """Complete all files."""


class _SeparateFiles:
    """A file per stem, written side by side."""

    def __init__(self, writers: list[Writer]) -> None:
        self._writers = writers

    @property
    def checksums(self) -> list[int | None]:
        """Each file's."""
        return [writer.checksum for writer in self._writers]

    def write(self, mixture: FloatArray, stems: FloatArray | IntArray) -> None:
        """Append stems [K, C, t]; the mixture is not written."""
        for writer, stem in zip(self._writers, stems, strict=True):
            writer.write(stem)

    def close(self, complete: bool = True) -> None:
        """Close all files, even if one fails to."""
        with contextlib.ExitStack() as stack:
            for writer in self._writers:
                stack.callback(writer.close)


class _Source:
    """The stems, mixture and extras of an export, read block by block at the rate of the files."""

    def __init__(
        self, stems: Stems, mixture: FloatArray | None, rows: list[int], parts: Parts, outputs: Outputs
    ) -> None:
        self.stems, self.mixture = stems, mixture
        in_stems = {name: stems[name] for name in outputs.names if name == MIXTURE and name in stems.targets}
        given = {**in_stems, **parts.extras}
        extras = [name for name, members in zip(outputs.names, outputs.members, strict=True) if not members]
        # The mixture itself is read anyway, last.
        self._signals = [stems.samples[row] for row in rows] + [
            given[name] for name in extras if name != MIXTURE or mixture is None
        ]
        self.n_parts = len(rows)
        self.replaced = np.zeros(len(self._signals), np.int64)

    def blocks(self, rate: int, gain: float, until: Until | None) -> Iterator[tuple[FloatArray, int]]:
        """Parts, extras, then the mixture, [S, C, t], all finite, and how many samples of T were read."""
        n_channels, n_samples = self.stems.samples.shape[1:]
        n_signals = len(self._signals) + 1
        resampler = Resampler(self.stems.sample_rate, rate, n_signals * n_channels)
        for start in range(0, n_samples, BLOCK_SAMPLES):
            stop = min(start + BLOCK_SAMPLES, n_samples)
            if until is not None:
                until(stop)
            together = np.empty((n_signals, n_channels, stop - start), np.float32)
            for row, signal in enumerate(self._signals):
                together[row], n_bad = finite(signal[:, start:stop])
                self.replaced[row] += n_bad
                # A system may map megabytes around each place that is read, far more than a block has.
                release(signal)
            if self.mixture is None:
                together[: self.n_parts].sum(axis=0, out=together[-1])
            else:
                together[-1] = finite(self.mixture[:, start:stop])[0]
                release(self.mixture)
            if gain != 1.0:
                together *= np.float32(gain)
            out = resampler.feed(together.reshape(-1, stop - start)).reshape(n_signals, n_channels, -1)
            yield out, stop
        out = resampler.finish().reshape(n_signals, n_channels, -1)
        if out.shape[-1]:
            yield out, n_samples


class ExportJob:
    """One export: what is written where, and the counts of what was clipped or replaced on the way."""

    def __init__(
        self,
        stems: Stems,
        mixture: FloatArray | None,
        info: AudioInfo | None,
        options: ExportOptions,
        song: str,
        parts: Parts,
    ) -> None:
        self._options, self._info, self._song, self._parts = options, info, song, parts
        outputs = _without_mixture(parts.outputs_of(stems.targets), stems)
        if options.format == "stem.mp4":
            outputs = _ordered(outputs)
        may_sum = options.sums(mixture)
        rows = _rows_needed(stems, outputs, everything=may_sum)
        self._outputs = Outputs(outputs.names, tuple(tuple(rows.index(r) for r in m) for m in outputs.members))
        self.names = output_names(song, parts.outputs_of(stems.targets).names, options, info)
        self.all_names = all_names(song, parts.outputs_of(stems.targets).names, options, info)
        self._source = _Source(stems, mixture, rows, parts, outputs)
        self._encoder = OutputEncoder(
            [stems.targets[row] for row in rows], self._outputs, options.encoding, may_sum, options.remainder_to
        )
        self._rate = options.rate_of_files(stems.sample_rate)
        self._shape = (
            stems.samples.shape[1],
            resampled_length(stems.samples.shape[2], stems.sample_rate, self._rate),
        )

    def open_files(self, files: FileSet) -> Sink:
        """Begin all files, under their hidden names."""
        n_channels, n_samples = self._shape
        tags, encoding = _tags(self._info), self._options.encoding
        if self._options.format == "stem.mp4":
            return StemMp4Writer(files.temp(self.names[0]), encoding, self._rate, self._outputs.names, tags)
        return _SeparateFiles(
            [
                open_writer(files.temp(name), encoding, self._rate, n_channels, n_samples, _titled(tags, target))
                for name, target in zip(self.names, self._outputs.names, strict=True)
            ]
        )

    def blocks(self, until: Until | None = None) -> Iterator[tuple[FloatArray | IntArray, FloatArray, int]]:
        """What is written [K, C, t], the mixture [C, t], and how many samples of the song that is in all.

        until: called with the number of samples that are read next, and returns when they are there.
        """
        n_parts = self._source.n_parts
        for block, done in self._source.blocks(self._rate, self._options.gain, until):
            yield self._encoder.encode(block[:n_parts], block[n_parts:-1], block[-1]), block[-1], done

    def add_covers(self, files: FileSet) -> None:
        """Copy the song's picture, and rarer tags, into the finished files, where their format has a place for them."""
        if self._info is None:
            return
        kind, cover, tags = self._options.format, self._info.cover, _tags(self._info)
        for k, name in enumerate(self.names):
            with typed_errors(files.folder):
                if cover:
                    add_cover(files.temp(name), kind, cover)
                add_comments(files.temp(name), kind, tags)
                add_id3(files.temp(name), kind, _titled(tags, self._outputs.names[k]), cover)

    def add_project(self, files: FileSet) -> None:
        """Write the project that opens all files at once, if one is wanted."""
        if not self._options.project:
            return
        targets = self._outputs.names if len(self.names) > 1 or len(self._outputs.names) == 1 else (self._song,)
        tracks = stem_tracks(targets, self.names, self._parts.strips)
        if MIXTURE not in self._outputs.names and self._info is not None:
            tracks = (*tracks, song_track(self._info.path, files.folder, self._parts.start_s))
        content = project_file(self._options.project, tracks, self._rate, self._shape[1] / self._rate)
        with typed_errors(files.folder):
            files.temp(self.all_names[-1]).write_bytes(content)

    def verify(self, files: FileSet, sink: Sink, cancel: CancelToken) -> Iterator[float]:
        """Read all files again; yields how far that is, in 0..1. Raises FileDamagedError and Cancelled."""
        n_channels, n_samples = self._shape
        together = self._options.format == "stem.mp4"
        for k, (name, checksum) in enumerate(zip(self.names, sink.checksums, strict=True)):
            expected = Expected(
                n_samples,
                2 if together else n_channels,
                self._rate,
                n_tracks=1 + len(self._outputs.names) if together else 1,
                checksum=checksum,
                floats=self._options.encoding.bits is None,
            )
            for part in verify_file(files.temp(name), files.folder / name, expected, cancel):
                yield (k + part) / len(self.names)

    def written(self, paths: tuple[Path, ...]) -> Iterator[Written]:
        """What is told of each file of sound."""
        gain_db, clipped = self._options.gain_db, self._encoder.clipped
        if self._options.format == "stem.mp4":
            replaced = int(self._source.replaced.sum())
            yield Written(paths[0], "stems", int(clipped.sum()), replaced, gain_db=gain_db)
            return
        n_replaced = self._replaced()
        for k, target in enumerate(self._outputs.names):
            yield Written(paths[k], target, int(clipped[k]), n_replaced[k], self._encoder.exact, gain_db)

    def _replaced(self) -> list[int]:
        """How many samples of each output were no numbers: those of all its stems."""
        extras = iter(self._source.replaced[self._source.n_parts :])
        return [
            int(self._source.replaced[list(rows)].sum()) if rows else int(next(extras, 0))
            for rows in self._outputs.members
        ]


def _without_mixture(outputs: Outputs, stems: Stems) -> Outputs:
    """A stem that is called so is what the others sum to, not one of them."""
    if MIXTURE not in stems.targets or len(stems.targets) == 1:
        return outputs
    row = stems.targets.index(MIXTURE)
    members = tuple(() if members == (row,) else members for members in outputs.members)
    return Outputs(outputs.names, members)


def _rows_needed(stems: Stems, outputs: Outputs, everything: bool) -> list[int]:
    """The stems that are read: all where they are to sum exactly, else those that something is made of."""
    used = {row for members in outputs.members for row in members}
    parts = [row for row, name in enumerate(stems.targets) if name != MIXTURE or len(stems.targets) == 1]
    return [row for row in parts if everything or row in used]


def _ordered(outputs: Outputs) -> Outputs:
    names = stem_order(outputs.names)
    return Outputs(names, tuple(outputs.members[outputs.names.index(name)] for name in names))


def _tags(info: AudioInfo | None) -> dict[str, str]:
    """The song's tags, without characters that could disguise or break what shows them."""
    return {key: printable(value)[:1000] for key, value in info.tags.items()} if info else {}


def _titled(tags: Mapping[str, str], target: str) -> dict[str, str]:
    """The tags of one stem's file: a list of songs must tell the stems apart."""
    return {**tags, "title": f"{tags['title']} ({target})"} if tags.get("title") else dict(tags)
