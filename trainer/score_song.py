"""Scoring one song: separate its mixture, compare the stems with the true ones, each pair by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.evaluate_options import EvaluateOptions
from trainer.reference_songs import References, ReferenceSong
from trainer.sums import left_out, sum_without
from umx_gui.engine.audio import Audio, FloatArray
from umx_gui.engine.models.model import load_model
from umx_gui.engine.scoring.bsseval import bss_eval
from umx_gui.engine.scoring.metrics import Doubles, sdr_db, si_sdr_db
from umx_gui.engine.separation.separator import Separator
from umx_gui.engine.work import CancelToken
from umx_gui.errors import DatasetError, OptionError

REST = "(rest)"
"""The reference that is the sum of all stems no target is named after. No target can have this name."""
_ILL_CONDITIONED = (
    "the references leave part of the band empty: ISR, SIR and SAR depend on rounding, in museval as much as here"
)


@dataclass(frozen=True)
class TargetScores:
    """Scores in dB of one target: BSS Eval's [4, W] by window, NaN where a window is lost; two over the whole track.

    unscored: why there are none. silent: how many windows are lost since reference or estimate are silent in them.
    """

    frames: Doubles
    sdr_db: float
    si_sdr_db: float
    silent: int
    unscored: str | None = None


@dataclass(frozen=True)
class SongScores:
    """The scores of a song by target; `references` are the stems that count as interference or as the target itself."""

    name: str
    sample_rate: int
    n_samples: int
    targets: Mapping[str, TargetScores]
    references: tuple[str, ...]
    notes: tuple[str, ...]


class Scorer:
    """A model ready to be scored on song after song.

    Raises what `load_model` and `Separator` raise, and OptionError for targets that are not among its stems.
    """

    def __init__(self, options: EvaluateOptions) -> None:
        self.options = options
        self.separator = Separator(load_model(options.model), options.separation)
        made = self.separator.targets
        if missing := [t for t in options.targets or () if t not in made and left_out(t) not in made]:
            raise OptionError("--targets", f"the model makes {', '.join(self.separator.targets)}, but no {missing[0]}")

    def score(self, song: ReferenceSong, cancel: CancelToken | None = None) -> SongScores:
        """Load, separate and compare a song. Raises what `song.load` and `compare` raise, and Cancelled."""
        references = song.load(self.options.pad)
        stems = self.separator.separate_all(Audio(references.mixture, references.sample_rate), cancel)
        wanted = self.options.targets or stems.targets
        residual = self.options.separation.residual
        estimates = {target: stems[target] for target in stems.targets if target in wanted}
        every = {target: stems[target] for target in stems.targets}
        # What no network makes is the sum of all stems but one.
        sums = {t: wave for t in wanted if t not in every and (wave := sum_without(left_out(t), every)) is not None}
        made = (*stems.targets, *sums)
        return compare(song.name, references, estimates | sums, made, residual, self.options, cancel)


def compare(
    name: str,
    references: References,
    estimates: Mapping[str, FloatArray],
    made: tuple[str, ...],
    residual: str | None,
    options: EvaluateOptions,
    cancel: CancelToken | None = None,
) -> SongScores:
    """The scores of estimates [C, T] by target. `made`: all stems the separation makes, scored or not.

    Every true stem counts, as interference if not as the target; those that no made stem is named after count as one,
    their sum, which is what the residual is scored against. A target that is a sum of stems, as `accompaniment` is,
    is scored apart, beside the stem that it does without, as museval does.

    Raises ScoringError, DatasetError, Cancelled.
    """
    rate = references.sample_rate
    window, hop = max(int(options.window_s * rate), 1), max(int(options.hop_s * rate), 1)
    targets: dict[str, TargetScores] = {}
    names: dict[str, None] = {}
    well_conditioned = True
    for truths in _comparisons(references.stems, made, residual):
        kept = {target: wave for target, wave in estimates.items() if target in truths and target not in targets}
        if not kept:
            continue
        scores = bss_eval(truths, kept, window, hop, drop_for_all=not options.lose_own_only, cancel=cancel)
        for target, samples in kept.items():
            reason = scores.unscored.get(target)
            targets[target] = TargetScores(
                frames=scores.frames[target],
                sdr_db=sdr_db(truths[target], samples),
                si_sdr_db=si_sdr_db(truths[target], samples),
                silent=int(scores.silent[target].sum()),
                unscored=reason.value if reason else None,
            )
        names |= dict.fromkeys(truths)
        well_conditioned &= scores.well_conditioned
    if not targets:
        stems = ", ".join(references.stems)
        raise DatasetError(Path(name), f"it has the stems {stems}, of which none is to be scored")
    notes = references.notes if well_conditioned else (*references.notes, _ILL_CONDITIONED)
    ordered = {target: targets[target] for target in estimates if target in targets}
    return SongScores(name, rate, references.mixture.shape[1], ordered, tuple(names), notes)


def _comparisons(
    stems: Mapping[str, FloatArray], made: tuple[str, ...], residual: str | None
) -> Iterator[dict[str, FloatArray]]:
    """Which true sounds are compared at once: the stems, then each sum of them with the stem that it does without."""
    targets = [target for target in made if target != residual]
    sums = {target: str(left_out(target)) for target in targets if target not in stems and left_out(target) in stems}
    truths = {target: stems[target] for target in targets if target in stems}
    rest = [samples for stem, samples in stems.items() if stem not in targets]
    if rest:
        # What a sum holds is not left for the residual.
        name = REST if sums else residual or REST
        truths[name] = np.sum(rest, axis=0, dtype=np.float32) if len(rest) > 1 else rest[0]
    yield truths
    for target, without in sums.items():
        if (wave := sum_without(without, stems)) is not None:
            yield {target: wave, without: stems[without]}
