"""What a training run is told: every option of `umx-trainer train`, with the reference's names and defaults."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from trainer.data_options import DataOptions
from umx_gui.engine.naming import TARGET_NAME
from umx_gui.errors import OptionError, RunError

TARGETS = ("vocals", "drums", "bass", "other")
AUGMENTATIONS = (
    *("gain", "channelswap", "force_stereo", "pitch", "tilt", "polarity", "bandlimit", "level"),
    *("compress", "eq", "reverb", "shift", "stretch", "lossy"),
)
SCHEDULES = ("plateau", "cosine")
PRECISIONS = ("f32", "bf16")
DEVICES = ("auto", "cpu", "cuda")
SIZES = {
    "nfft": (64, 16384), "nhop": (16, 16384), "sample_rate": (1000, 768_000), "nb_channels": (1, 8),
    "hidden_size": (2, 4096), "nb_layers": (1, 8),
}  # fmt: skip
"""What a model may be that the application loads."""
_NOT_NEGATIVE = (
    *("seed", "nb_workers", "threads", "steps_per_epoch", "scaler_items", "lr_decay_patience"),
    *("weight_decay", "max_grad_norm", "checkpoint_minutes"),
)
_SHARES = ("aligned_share", "real_share", "no_vocals_share", "vocals_only_share", "ema")
# Options of earlier versions that decided nothing: runs that were begun with them go on.
_GONE = ("sdr_every",)
OWN_OBJECTIVES = ("mse",)


@dataclass(frozen=True)
class TrainConfig(DataOptions):
    """One training run. Several targets share batches, transform and scaler, and are otherwise trained apart."""

    root: str
    output: str
    targets: tuple[str, ...]
    model: str | None = None
    epochs: int = 1000
    batch_size: int = 16
    lr: float = 1e-3
    weight_decay: float = 1e-5
    patience: int = 140
    lr_decay_patience: int = 80
    lr_decay_gamma: float = 0.3
    seed: int = 42
    seq_dur: float = 6.0
    unidirectional: bool = False
    nfft: int = 4096
    nhop: int = 1024
    hidden_size: int = 512
    nb_layers: int = 3
    bandwidth: int = 16000
    nb_channels: int = 2
    sample_rate: int = 44100
    nb_workers: int = 1
    source_augmentations: tuple[str, ...] = ("gain", "channelswap")
    samples_per_track: int = 64
    # Beyond the reference.
    gain_db: tuple[float, float] | None = None
    steps_per_epoch: int = 0
    lr_schedule: str = "plateau"
    ema: float = 0.0
    max_grad_norm: float = 0.0
    precision: str = "f32"
    threads: int = 0
    aligned_share: float = 0.5
    real_share: float = 0.55
    no_vocals_share: float = 0.1
    vocals_only_share: float = 0.05
    scaler_items: int = 0
    objective: str = "mse"
    seeds: tuple[int, ...] = ()
    device: str = "auto"
    excerpts: int = 20
    excerpt_s: float = 6.0
    checkpoint_minutes: float = 5.0

    def __post_init__(self) -> None:
        self._check_numbers()
        self.check_data()
        if unknown := [name for name in self.source_augmentations if name not in AUGMENTATIONS]:
            raise OptionError("--source-augmentations", f"“{unknown[0]}” is unknown; known: {', '.join(AUGMENTATIONS)}")
        if not self.targets:
            raise OptionError("--targets", "at least one target is needed")
        if odd := [target for target in self.targets if not TARGET_NAME.fullmatch(target)]:
            told = "names of targets are made of letters, digits, spaces, _ and -, 64 at most"
            raise OptionError("--targets", f"“{odd[0]}” cannot be one: {told}")
        if len(set(self.targets)) != len(self.targets):
            raise OptionError("--targets", "a target is named twice")
        if self.lr_schedule not in SCHEDULES:
            raise OptionError("--lr-schedule", f"one of {', '.join(SCHEDULES)}")
        if self.precision not in PRECISIONS:
            raise OptionError("--precision", f"one of {', '.join(PRECISIONS)}")
        if self.device not in DEVICES:
            raise OptionError("--device", f"one of {', '.join(DEVICES)}")
        if self.objective not in OWN_OBJECTIVES and not all(self.objective.partition(":")):
            raise OptionError("--objective", f"one of {', '.join(OWN_OBJECTIVES)}, or package.module:Class")
        if len(set(self.seeds)) != len(self.seeds):
            raise OptionError("--seeds", "a seed is named twice")
        if self.seq_dur * self.sample_rate < self.nfft:
            raise OptionError("--seq-dur", f"{self.seq_dur} s are shorter than one window of {self.nfft} samples")

    def _check_numbers(self) -> None:
        bounds = {
            **dict.fromkeys(("epochs", "batch_size", "patience", "samples_per_track"), (1, math.inf)),
            **dict.fromkeys(_NOT_NEGATIVE, (0, math.inf)),
            **dict.fromkeys(_SHARES, (0, 1)),
            **SIZES,
        }
        for name, (least, most) in bounds.items():
            if not least <= getattr(self, name) <= most:
                told = f"at least {least}" if most == math.inf else f"from {least} to {most}"
                raise OptionError(_option(name), f"it must be {told}")
        for name in ("lr", "seq_dur", "bandwidth"):
            if not getattr(self, name) > 0:
                raise OptionError(_option(name), "it must be more than 0")
        if not 0 < self.lr_decay_gamma < 1:
            raise OptionError("--lr-decay-gamma", "it must be more than 0 and less than 1")
        if any(seed < 0 for seed in self.seeds):
            raise OptionError("--seeds", "a seed must be 0 or more")
        if self.nhop > self.nfft // 2:
            raise OptionError("--nhop", f"it must be at most half of --nfft, which is {self.nfft}")
        if self.excerpts < 0 or not 0 < self.excerpt_s <= 60:
            raise OptionError("--excerpts", "0 or more of them, each of 60 seconds at most")
        if self.gain_db is not None and not self.gain_db[0] <= self.gain_db[1]:
            raise OptionError("--gain-db", "the lower bound comes first")
        if self.hidden_size % 2 and not self.unidirectional:
            raise OptionError("--hidden-size", "it must be even, half for each direction")

    @property
    def n_samples(self) -> int:
        """The length of an excerpt in samples."""
        return int(self.seq_dur * self.sample_rate)

    @property
    def n_bins(self) -> int:
        """F = nfft / 2 + 1."""
        return self.nfft // 2 + 1

    @property
    def n_frames(self) -> int:
        """N of an excerpt; training does not pad, so every frame lies within it."""
        return 1 + (self.n_samples - self.nfft) // self.nhop

    def to_json(self) -> dict[str, object]:
        """The options as plain values."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def config_from(values: Mapping[str, object]) -> TrainConfig:
    """A config from plain values; unknown names are refused. Raises OptionError."""
    known = {f.name for f in fields(TrainConfig)}
    if unknown := sorted(set(values) - known):
        raise OptionError(_option(unknown[0]), "there is no such option")
    plain = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return TrainConfig(**plain)  # type: ignore[arg-type]


def read_config(run: Path) -> TrainConfig:
    """The config of a run folder. Raises RunError where there is none that can be read."""
    try:
        values = json.loads((run / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise RunError(run, "it holds no readable config.json, so it is no run folder") from e
    kinds = get_type_hints(TrainConfig)
    if not isinstance(values, dict) or any(n in kinds and not _is_a(v, kinds[n]) for n, v in values.items()):
        raise RunError(run, "its config.json is none of umx-trainer's")
    try:
        return config_from({name: value for name, value in values.items() if name not in _GONE})
    except TypeError as e:
        raise RunError(run, "its config.json is not whole") from e


def _is_a(value: object, kind: Any) -> bool:
    """Whether a value of JSON is of an option's type."""
    parts = get_args(kind)
    if get_origin(kind) is tuple:
        return isinstance(value, list) and all(_is_a(item, parts[0]) for item in value)
    if parts:
        return any(_is_a(value, part) for part in parts)
    if isinstance(value, bool):
        return kind is bool
    if kind in (bool, NoneType, str):
        return isinstance(value, kind)
    return isinstance(value, int if kind is int else (int, float))


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
