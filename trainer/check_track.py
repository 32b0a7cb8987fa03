"""What is wrong with one track: every file of it read to its end, and its stems compared with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from trainer.band_edge import Spectrum, is_limited
from trainer.lag import misplaced, rest_db
from trainer.layouts import Candidate
from trainer.sums import song_parts
from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.runs import dataset_words as words
from umx_gui.errors import AudioChangedError, AudioFlaw, AudioUnreadableError, DatasetError
from umx_gui.words import packed

_SILENT = 10 ** (-80 / 20)
_FULL = 0.9999
_CLIPPED_RUN = 3
_WINDOW_S = 8.0
# AAC ends songs in whole packets; that much is no misalignment.
_SLACK_SAMPLES = 2048
_OTHER_MIX_DB = -10.0


@dataclass(frozen=True)
class FileReport:
    """One sound: what was found in it. `edge_hz`: where its sound ends. clipped: runs of samples at full scale."""

    stem: str
    file: str
    sample_rate: int
    channels: int
    n_samples: int
    peak: float
    clipped: int
    edge_hz: float | None
    not_finite: int = 0


@dataclass(frozen=True)
class TrackReport:
    """A track: its files, what makes it unusable (`faults`), and what should be known of it (`remarks`).

    Both are sentences as `words.said` makes them.
    """

    name: str
    files: tuple[FileReport, ...]
    faults: tuple[str, ...]
    remarks: tuple[str, ...]
    edge_hz: float | None
    rest_db: float | None = None
    lags: dict[str, int] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Whether it can be trained on."""
        return not self.faults

    def to_json(self) -> dict[str, Any]:
        """The report as plain values; `said` has its sentences so that another process can translate them."""
        sentences = {"faults": [packed(why) for why in self.faults], "remarks": [packed(why) for why in self.remarks]}
        return {**asdict(self), "usable": self.usable, "said": sentences}


class TrackCheck:
    """Checks tracks for a run with a sample rate in Hz and a number of channels."""

    def __init__(self, sample_rate: int, n_channels: int) -> None:
        self._rate, self._channels = sample_rate, n_channels

    def check(self, candidate: Candidate) -> TrackReport:
        """Read all files of a track. Whatever is wrong with them is in the report; nothing is raised."""
        faults: list[str] = []
        remarks: list[str] = []
        if candidate.fault is not None:
            faults.append(candidate.fault.detail)
        files = []
        for stem, path, stream in candidate.files:
            try:
                files.append(_look(stem, path, stream))
            except (AudioUnreadableError, AudioChangedError, OSError, DatasetError) as e:
                faults.append(words.unreadable(stem, e))
        self._judge(files, faults, remarks)
        left, lags = None, dict[str, int]()
        if candidate.aligned is not False and len(files) == len(candidate.files) > 1 and not faults:
            left, lags = self._compare(candidate, files, faults, remarks)
        edges = [found.edge_hz for found in files if found.edge_hz is not None]
        edge = max(edges, default=None)
        rate = files[0].sample_rate if files else self._rate
        if is_limited(edge, rate):
            remarks.append(words.limited(edge or 0.0))
        return TrackReport(candidate.name, tuple(files), tuple(faults), tuple(remarks), edge, left, lags)

    def _judge(self, files: Sequence[FileReport], faults: list[str], remarks: list[str]) -> None:
        """What is wrong with files by themselves, those with the same flaw together."""
        most = max(self._channels, 2)
        n = len(files)
        for rate in sorted({found.sample_rate for found in files} - {self._rate}):
            which = [found.stem for found in files if found.sample_rate == rate]
            faults.append(words.of_files(words.WRONG_RATE, which, n, rate=rate, wanted=self._rate))
        for channels in sorted({found.channels for found in files if found.channels > most}):
            which = [found.stem for found in files if found.channels == channels]
            faults.append(words.of_files(words.TOO_MANY_CHANNELS, which, n, n=channels, most=most))
        faults += [words.not_numbers(found.stem, found.not_finite) for found in files if found.not_finite]
        if mono := [found.stem for found in files if found.channels < self._channels]:
            remarks.append(words.of_files(words.MONO, mono, n))
        silent = [found.stem for found in files if found.peak < _SILENT]
        if files and len(silent) == n:
            faults.append(words.ALL_SILENT)
        elif silent:
            remarks.append(words.of_files(words.SILENT, silent, n))
        remarks += [words.clipped(found.stem, found.clipped) for found in files if found.clipped]

    def _compare(
        self, candidate: Candidate, files: Sequence[FileReport], faults: list[str], remarks: list[str]
    ) -> tuple[float | None, dict[str, int]]:
        lengths = {found.stem: found.n_samples for found in files}
        shortest, longest = min(lengths, key=lambda s: lengths[s]), max(lengths, key=lambda s: lengths[s])
        if missing := lengths[longest] - lengths[shortest]:
            told = words.lengths_differ(shortest, longest, lengths[shortest], lengths[longest])
            (faults if missing > _SLACK_SAMPLES else remarks).append(told)
        stems = [part for part in candidate.files if part[0] != candidate.mixture]
        if candidate.noted:
            together = song_parts([stem for stem, _, _ in stems])
            stems = [part for part in stems if part[0] in together]
        mixture = [part for part in candidate.files if part[0] == candidate.mixture]
        if not mixture or len(stems) < 2:
            return None, {}
        n = min(int(_WINDOW_S * self._rate), lengths[shortest])
        # The middle, where songs are under way.
        start_s = (lengths[shortest] - n) // 2 / self._rate
        heard = _window(mixture[0], start_s, n)
        parts = {part[0]: _window(part, start_s, n) for part in stems}
        left = rest_db(heard, parts)
        lags = misplaced(heard, parts, self._rate)
        faults += [words.misplaced(stem, lag) for stem, lag in lags.items()]
        if not lags and left > _OTHER_MIX_DB:
            remarks.append(words.other_mixture(left))
        return round(left, 2), lags


def _look(stem: str, path: Path, stream: int) -> FileReport:
    spectrum = Spectrum()
    n_samples, peak, clipped, held = 0, 0.0, 0, 0
    # In the engine's child: nobody has seen these files yet, and one that kills its decoder costs a line.
    with AudioFile(path, stream=stream) as file:
        for block in file.blocks():
            n_samples += block.shape[1]
            peak = max(peak, float(np.abs(block).max()))
            runs, held = _runs(block, held)
            clipped += runs
            spectrum.add(block)
        not_finite = sum(int(flaw.amount) for flaw in file.flaws if flaw.flaw is AudioFlaw.NOT_FINITE)
        short = [flaw for flaw in file.flaws if flaw.flaw in (AudioFlaw.SHORTER, AudioFlaw.BROKEN_OFF)]
        if short:
            raise DatasetError(path, words.flawed(short[0]))
        info = file.info
    if not n_samples:
        raise DatasetError(path, words.NOTHING_IN_IT)
    edge = spectrum.edge_hz(info.sample_rate)
    return FileReport(
        stem, path.name, info.sample_rate, info.n_channels, n_samples, round(peak, 6), clipped, edge, not_finite
    )


def _runs(block: FloatArray, held: int) -> tuple[int, int]:
    """How many runs of three samples or more at full scale begin here, and how long the last one is at the end."""
    full = (np.abs(block) >= _FULL).any(axis=0)
    if not full.any():
        return 0, 0
    edges = np.diff(np.concatenate([[0], full.astype(np.int8), [0]]))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    lengths = stops - starts
    n = int(np.sum(lengths >= _CLIPPED_RUN))
    if starts[0] == 0 and held and held < _CLIPPED_RUN <= held + lengths[0] and lengths[0] < _CLIPPED_RUN:
        n += 1
    elif starts[0] == 0 and held >= _CLIPPED_RUN and lengths[0] >= _CLIPPED_RUN:
        n -= 1
    return n, int(lengths[-1]) if stops[-1] == full.size else 0


def _window(part: tuple[str, Path, int], start_s: float, n_samples: int) -> FloatArray:
    _, path, stream = part
    with AudioFile(path, stream=stream) as file:
        blocks = list(file.blocks(start_s, n_samples / file.info.sample_rate))
    wave = np.concatenate(blocks, axis=1)[:2, :n_samples]
    out = np.zeros((2, n_samples), np.float32)
    out[:, : wave.shape[1]] = wave
    return out
