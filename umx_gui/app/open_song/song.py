"""A song as the window knows it: the mixture, its stems as far as they are there, and summaries to draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from umx_gui.app.open_song.reference_pictures import reference_key, spectra_of
from umx_gui.app.open_song.splices import Splices
from umx_gui.app.open_song.splicing import Spliced
from umx_gui.app.open_song.sum_check import SumCheck, powers
from umx_gui.engine.audio import Block, Coverage, Fill, FloatArray, Stems
from umx_gui.engine.decoding.decode import AudioInfo
from umx_gui.engine.storage.scratch import Region, Scratch
from umx_gui.engine.summaries import Peaks, Samples, SpectrogramTiles, Spectrum
from umx_gui.playback.mix import FILL_GRAIN

if TYPE_CHECKING:  # reading references loads the codecs, which the first picture does not wait for
    from umx_gui.engine.songs.references import LaidOut

MIXTURE = "mixture"
DIFFERENCE = "difference"  # of the mixture and the sum of the stems, amplified: a spectrogram only
DIFFERENCE_GAIN_DB = 60.0


@dataclass(eq=False)
class Song:
    """One opened file. The arrays are mapped from `scratch` and heard by the sound process as they fill.

    The mixture [C, T] (C is 1 or 2) and its peaks are written by the job that opens the song; stems [J, C, T] and
    everything else only by the session's slots in the window's thread, but for the job that puts stretches in their
    place, which those wait for.
    """

    path: Path
    info: AudioInfo
    scratch: Scratch
    mixture_region: Region
    mixture: FloatArray
    fill_region: Region
    fill: NDArray[np.uint8]
    stems: Stems | None = None
    stems_region: Region | None = None
    # [J', C, T] that the stems are the first rows of; the job that separates reserves it.
    stems_room: FloatArray | None = None
    recipe: object = None  # what the stems are made with: equal recipes give equal stems
    filter_kind: str = ""  # the arithmetic of the filter that made what is final of the stems
    kept: object = None  # what the networks found, for other settings of the filter; it goes with the song
    files: dict[str, Path] = field(default_factory=dict)  # written to be dragged out
    n_decoded: int = 0
    complete: bool = False
    edits: tuple[object, ...] = ()  # its stretches that are separated in another way; see `stretches`
    splices: Splices = field(default_factory=Splices)  # those of them that count now
    references: LaidOut | None = None  # of these stems, as far as they are known
    sum_check: SumCheck = field(init=False)
    coverage: Coverage = field(init=False)
    peaks: dict[str, Peaks] = field(init=False)
    tiles: dict[str, SpectrogramTiles] = field(init=False)
    spectrum: Spectrum = field(default_factory=Spectrum)

    def __post_init__(self) -> None:
        self.sum_check = SumCheck(self._powers)
        self.coverage = Coverage(self.n_samples)
        self.peaks = {MIXTURE: Peaks(self.mixture)}
        self.tiles = {MIXTURE: self._new_tiles(self.mixture)}

    @classmethod
    def reserve(cls, path: Path, info: AudioInfo, n_channels: int, n_samples: int, scratch: Scratch) -> Song:
        """A silent song of this size. Raises DiskFullError."""
        region, mixture = scratch.reserve((n_channels, n_samples))
        fill_region, fill = scratch.reserve((-(-n_samples // FILL_GRAIN),), np.uint8)
        return cls(path, info, scratch, region, cast(FloatArray, mixture), fill_region, cast("NDArray[np.uint8]", fill))

    @property
    def name(self) -> str:
        """The file's name without its ending: untrusted text, to be shown as plain text only."""
        return self.path.stem

    @property
    def sample_rate(self) -> int:
        """The source's sample rate in Hz."""
        return self.info.sample_rate

    @property
    def n_channels(self) -> int:
        """C, after the down-mix: 1 or 2."""
        return int(self.mixture.shape[0])

    @property
    def n_samples(self) -> int:
        """T."""
        return int(self.mixture.shape[1])

    @property
    def duration_s(self) -> float:
        """The length in seconds."""
        return self.n_samples / self.sample_rate

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the stems, in order; empty before the first separation."""
        return self.stems.targets if self.stems is not None else ()

    @property
    def keys(self) -> tuple[str, ...]:
        """What can be drawn: the mixture, then the stems."""
        return (MIXTURE, *self.targets)

    @property
    def separated(self) -> bool:
        """Whether every sample of the stems is final."""
        return self.stems is not None and self.coverage.fraction(Fill.FINAL) >= 1.0

    def samples(self, key: str) -> FloatArray:
        """The audio [C, T] of the mixture, of one stem or of its reference; KeyError where there is none."""
        if key == MIXTURE:
            return self.mixture
        if self.references is not None and key == reference_key(stem := key.partition(":")[0]):
            return self.references.stems[stem]
        if self.stems is None:
            raise KeyError(key)
        return self.stems[key]

    @property
    def sum_db(self) -> float | None:
        """How far the stems' sum is from the mixture where it is final, in dB of its power; -inf: bit-exact; None:
        nothing is final."""
        return self.sum_check.db

    def reset_stems(self, stems: Stems, region: Region, recipe: object) -> None:
        """Start over with these stems: nothing of them is there yet."""
        self.fill[:] = Fill.NOTHING
        self.coverage = Coverage(self.n_samples)
        self.stems, self.stems_region, self.recipe = stems, region, recipe
        self.sum_check.clear()
        self.files.clear()
        self.splices.new_stems()
        self.peaks = {MIXTURE: self.peaks[MIXTURE]}
        self.tiles = {MIXTURE: self.tiles[MIXTURE]}
        for target in stems.targets:
            self.peaks[target] = Peaks(stems[target])
            self.tiles[target] = self._new_tiles(stems[target])
        self.tiles[DIFFERENCE] = self._new_tiles(_Difference(self.mixture, stems.samples))
        self._follow_stems(stems)

    def supersede_stems(self, stems: Stems, region: Region, recipe: object) -> None:
        """Other stems replace these in place, block by block, and what was final is a draft until then.

        `stems` begins in the same memory; targets come or go at the end only, and new ones are silent so far.
        """
        for start, stop, known in self.coverage.runs():
            if known == Fill.FINAL:
                self.coverage.set(start, stop, Fill.NOTHING)
                self.coverage.set(start, stop, Fill.DRAFT)
        self.fill[self.fill == Fill.FINAL] = Fill.DRAFT
        self.sum_check.clear()
        self.files.clear()
        for target in set(self.targets) - set(stems.targets):
            del self.peaks[target], self.tiles[target]
        for target in stems.targets:
            if target not in self.targets:
                stems[target][:] = 0
                self.peaks[target] = Peaks(stems[target])
                self.tiles[target] = self._new_tiles(stems[target])
        self.tiles[DIFFERENCE] = self._new_tiles(_Difference(self.mixture, stems.samples))
        self.stems, self.stems_region, self.recipe = stems, region, recipe
        self._follow_stems(stems)

    def take_references(self, references: LaidOut | None) -> None:
        """Draw these references, of the present stems, beside the stems; None: there are none."""
        self.peaks = {key: peaks for key, peaks in self.peaks.items() if ":" not in key}
        self.tiles = {key: tiles for key, tiles in self.tiles.items() if ":" not in key}
        self.references = references
        if references is not None and self.stems is not None:
            self.peaks |= {reference_key(name): peaks for name, peaks in references.peaks.items()}
            self.tiles |= {key: self._new_tiles(samples) for key, samples in spectra_of(references, self.stems)}

    def _follow_stems(self, stems: Stems) -> None:
        """References of other stems are of no use."""
        of_these = self.references is not None and self.references.stems.targets == stems.targets
        self.take_references(self.references if of_these else None)

    def set_spectrum(self, spectrum: Spectrum) -> None:
        """Make spectrograms in another way from now on; nothing of them is drawn yet."""
        if spectrum != self.spectrum:
            self.spectrum = spectrum
            self.tiles = {MIXTURE: self._new_tiles(self.mixture)}
            if self.stems is not None:
                for target in self.targets:
                    self.tiles[target] = self._new_tiles(self.stems[target])
                self.tiles[DIFFERENCE] = self._new_tiles(_Difference(self.mixture, self.stems.samples))
            self.take_references(self.references)

    def _new_tiles(self, samples: Samples) -> SpectrogramTiles:
        return SpectrogramTiles(samples, self.sample_rate, self.spectrum.n_fft, self.spectrum.hop)

    @property
    def n_final(self) -> int:
        """How many samples from the start on are final: where a separation that was stopped goes on."""
        first, last, fill = self.coverage.runs()[0]
        last = min(last, self.splices.first_over_nothing(self.n_samples))
        return last - first if fill == Fill.FINAL else 0

    def mixture_there(self, stop: int) -> None:
        """The mixture was decoded on to `stop`."""
        self.n_decoded = stop

    def put(self, block: Block, mixture_power: float = 0.0, residue_power: float = 0.0) -> None:
        """Copy separated audio to its place and say that it is there; the powers are for the sum check."""
        if self.stems is None:
            raise KeyError("no stems")
        start, stop = block.start, block.stop
        for a, b, fill in self.coverage.runs():
            lo, hi = max(a, start), min(b, stop)
            if lo < hi and (block.final or fill != Fill.FINAL):  # a draft never replaces what is final
                self.stems.samples[:, :, lo:hi] = block.samples[:, :, lo - start : hi - start]
        self.coverage.set(start, stop, Fill.FINAL if block.final else Fill.DRAFT)
        if block.final:
            self.sum_check.put(start, stop, mixture_power, residue_power)
            self.splices.arrived(self, start, stop)
            for splice in self.splices.all:
                self.sum_check.measure(max(start, splice.start), min(stop, splice.stop))
        for target in self.targets:
            self.peaks[target].update(start, stop)
        self._advance_fill(start, stop)

    def take_splices(self, done: Spliced) -> None:
        """Take over what the job has written that splices stretches in."""
        self.splices.all, self.coverage = done.all, done.coverage
        for start, stop in done.touched:
            self.sum_check.forget(start, stop)
            self._advance_fill(start, stop)
        for run in done.powers:
            self.sum_check.put(*run)
        if done.touched:
            self.files.clear()

    def _powers(self, start: int, stop: int) -> tuple[float, float]:
        if self.stems is None:
            return 0.0, 0.0
        return powers(self.mixture[:, start:stop], self.stems.samples[:, :, start:stop])

    def _advance_fill(self, start: int, stop: int) -> None:
        """Set the cells of the fill array that [start, stop) touches: each as its least known sample."""
        first, last = start // FILL_GRAIN, -(-stop // FILL_GRAIN)
        worst = np.full(last - first, Fill.FINAL, np.uint8)
        for a, b, known in self.coverage.runs():
            lo, hi = max(a // FILL_GRAIN, first), min(-(-b // FILL_GRAIN), last)
            if b > a and lo < hi:
                part = worst[lo - first : hi - first]
                np.minimum(part, np.uint8(known), out=part)
        self.fill[first:last] = worst


class _Difference:
    """The mixture minus the sum of the stems, amplified, as an array that is computed where it is looked at."""

    def __init__(self, mixture: FloatArray, stems: FloatArray) -> None:
        self._mixture, self._stems = mixture, stems
        self._gain = np.float32(10 ** (DIFFERENCE_GAIN_DB / 20))

    @property
    def shape(self) -> tuple[int, ...]:
        """[C, T] of the mixture."""
        return self._mixture.shape

    def __getitem__(self, where: tuple[slice, slice]) -> FloatArray:
        """A stretch of some channels."""
        rest: FloatArray = (self._mixture[where] - self._stems[(slice(None), *where)].sum(0)) * self._gain
        return rest
