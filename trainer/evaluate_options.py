"""What an evaluation is told, and the part of it that its numbers depend on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import umx_gui
from trainer.data_options import DATASETS, LAYOUT_SCORED, MIXED, NAMED, DataOptions
from umx_gui.engine.models.digests import digests_of
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.scoring.bsseval import FILTER_LENGTH
from umx_gui.engine.separation.options import SeparatorOptions
from umx_gui.errors import OptionError

AGGREGATION = "median of the windows of a song, then median of the songs"


@dataclass(frozen=True)
class EvaluateOptions:
    """One evaluation. `separation` is how stems are made; its exact sum is always off, as in published numbers.

    data: the files of a layout, and `dataset` and `is_wav` once more.
    targets: which stems are scored; None for all the model makes. window_s, hop_s: BSS Eval's windows. lose_own_only:
    windows with silence are lost to the silent target only, not to all as in museval. pad: fill up short files with
    silence instead of refusing them. seq_dur: seconds of a mixture, where songs are mixed of sounds. shard: (i, n), the
    i-th of n parts of the songs, from 1. workers: processes of one thread each; 1 works in this process, with all
    threads; 0 takes what cores and memory allow.
    """

    model: str
    root: Path
    output: Path
    data: DataOptions = field(default_factory=DataOptions)
    dataset: str = "folder"
    subset: str = ""
    is_wav: bool = False
    seq_dur: float = 6.0
    targets: tuple[str, ...] | None = None
    window_s: float = 1.0
    hop_s: float = 1.0
    lose_own_only: bool = False
    pad: bool = False
    shard: tuple[int, int] = (1, 1)
    workers: int = 0
    resume: bool = False
    separation: SeparatorOptions = field(default_factory=SeparatorOptions)

    def __post_init__(self) -> None:
        if self.dataset not in DATASETS:
            raise OptionError("--dataset", f"it must be one of {', '.join(DATASETS)}")
        if not self.subset:
            # Mixtures are a run's own; songs are those that no run has seen.
            object.__setattr__(self, "subset", "valid" if self.dataset == "sourcefolder" else "test")
        object.__setattr__(self, "data", replace(self.data, dataset=self.dataset, is_wav=self.is_wav))
        self.data.check_data()
        for name, value in (("--window", self.window_s), ("--hop", self.hop_s)):
            if not (math.isfinite(value) and value > 0):
                raise OptionError(name, "it must be more than 0 seconds")
        part, parts = self.shard
        if not 1 <= part <= parts:
            raise OptionError("--shard", "it must be i/n with i from 1 to n")
        if self.workers < 0:
            raise OptionError("--workers", "it must be 0 (as many as fit) or more")
        if Path(self.subset).name != self.subset or self.subset.startswith("."):
            raise OptionError("--subset", "it is the name of a folder of the dataset, such as test or train")
        object.__setattr__(self, "separation", replace(self.separation, exact_sum=False))

    def for_worker(self) -> EvaluateOptions:
        """The same for a process that is one of several: one thread."""
        return replace(self, separation=replace(self.separation, threads=1))

    def _layout(self) -> dict[str, Any]:
        """Which files of a layout are the stems, where the layout asks."""
        if self.dataset not in NAMED:
            return {}
        mixed = self.dataset == "sourcefolder"
        values = {name: getattr(self.data, name) for name in (MIXED if mixed else LAYOUT_SCORED)}
        values |= {"seq_dur": self.seq_dur} if mixed else {}
        return {"layout": {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}}

    def settings(self) -> dict[str, Any]:
        """All that the numbers depend on, as plain values: two results may stand in one table if these are equal.

        Raises ModelNotFoundError.
        """
        folder = ModelRegistry().find(self.model)
        s = self.separation
        return {
            "program": f"umx-gui {umx_gui.__version__}",
            "metric": "BSS Eval v4, images, one set of filters per song",
            "window_s": self.window_s,
            "hop_s": self.hop_s,
            "filter_length": FILTER_LENGTH,
            "windows_with_silence": "lost to the silent target" if self.lose_own_only else "lost to all targets",
            "unequal_lengths": "filled up with silence" if self.pad else "refused",
            "aggregation": AGGREGATION,
            "dataset": self.dataset,
            "subset": self.subset,
            "is_wav": self.is_wav,
            **self._layout(),
            "model": folder.name,
            "weights_sha256": _weights(digests_of(folder)),
            "targets": None if self.targets is None else list(self.targets),
            "separation": {
                "niter": s.n_iter,
                "softmask": s.softmask,
                "residual": s.residual,
                "wiener_win_len": s.wiener_win_len,
                "filter": s.filter,
                "emphasis_db": dict(s.emphasis_db),
                "fast": s.fast,
                "exact_sum": s.exact_sum,
                "only_networks": None if s.only_targets is None else list(s.only_targets),
            },
        }


def _weights(digests: Mapping[str, str]) -> dict[str, str]:
    """The digests of the files that decide what a model does; its card may be rewritten."""
    kept = (".safetensors", ".pth", ".json")
    return {name: digest for name, digest in digests.items() if name.endswith(kept)}
