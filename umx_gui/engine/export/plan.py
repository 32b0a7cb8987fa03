"""What an export is asked to do, and whether it can be done: names, space, rights, all before anything is written."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from umx_gui.engine.decoding.audio_info import AudioInfo
from umx_gui.engine.export.projects import PROJECTS, project_name
from umx_gui.engine.export.stem_mp4 import stem_order
from umx_gui.engine.export.writers import Encoding, file_rate
from umx_gui.engine.naming import check_target, file_name, file_names, printable, safe_name
from umx_gui.engine.resample import resampled_length
from umx_gui.engine.storage.file_set import existing_parent, free_space, typed_errors
from umx_gui.errors import DiskFullError, OptionError, OutputExistsError, OutputNotWritableError
from umx_gui.words import said


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How stems are written. `bit_depth` is 16, 24 or "32f" (WAV only); `bitrate_kbps` is for lossy formats.

    `template` names the files (its words: `naming.FIELDS`; {model} is `model`); `sample_rate` in Hz is the stems' own
    if None; `remainder_to` is the stem that takes what rounding leaves (default: "other", else the last). `numbered`
    keeps files that are there and numbers the new ones. `gain_db` makes everything louder or softer, alike;
    `common_gain` makes it as much softer as nothing clips. `project` is "reaper" or "audacity": a file that opens all
    in these programs. Raises OptionError for what cannot work.
    """

    format: str = "wav"
    bit_depth: int | str = 24
    bitrate_kbps: int | None = None
    exact_sum: bool = True
    overwrite: bool = False
    template: str = "{target}"
    sample_rate: int | None = None
    remainder_to: str | None = None
    model: str = ""
    numbered: bool = False
    number: int = 1
    gain_db: float = 0.0
    common_gain: bool = False
    project: str = ""

    def __post_init__(self) -> None:
        if self.bit_depth not in (16, 24, "32f"):
            raise OptionError("bit-depth", "it is 16, 24 or 32f")
        if self.sample_rate is not None and not 1000 <= self.sample_rate <= 768_000:
            raise OptionError("rate", "a sample rate lies between 1 and 768 kHz")
        if not math.isfinite(self.gain_db) or abs(self.gain_db) > 120:
            raise OptionError("gain", "it is a number of decibels, 120 at most")
        if self.project and self.project not in PROJECTS:
            raise OptionError("project", said("it must be one of {known}", known=", ".join(PROJECTS)))
        file_name(self.template, "song", "target", self.encoding.suffix)

    @property
    def encoding(self) -> Encoding:
        """How each file is stored."""
        bits = self.bit_depth if isinstance(self.bit_depth, int) and self.format in ("wav", "flac") else None
        if self.format == "flac" and bits is None:
            raise OptionError("bit-depth", "FLAC holds 16 or 24 bits; use wav for 32-bit float")
        return Encoding(self.format, bits, self.bitrate_kbps)

    @property
    def gain(self) -> float:
        """The gain as a factor; exactly 1 at 0 dB."""
        return float(10.0 ** (self.gain_db / 20.0))

    @property
    def may_clip(self) -> bool:
        """Whether samples beyond full scale are cut off: everywhere but in files of floats."""
        return self.encoding.bits is not None or not self.encoding.lossless

    def sums(self, mixture: object | None) -> bool:
        """Whether stems of this mixture are made to sum to it exactly."""
        return self.exact_sum and self.encoding.lossless and mixture is not None

    def rate_of_files(self, sample_rate: int) -> int:
        """The sample rate in Hz that files get for stems of `sample_rate`; some formats cannot hold every rate."""
        return file_rate(self.format, self.sample_rate or sample_rate)


def output_names(
    song: str, targets: tuple[str, ...], options: ExportOptions, info: AudioInfo | None = None
) -> tuple[str, ...]:
    """The names of the files of sound that will be written for these targets. Raises OptionError."""
    suffix, words = options.encoding.suffix, _words(options, info)
    if options.format == "stem.mp4":
        for target in stem_order(targets):
            check_target(target)
        names: tuple[str, ...] = (file_name(options.template, safe_name(song), "", suffix, words),)
    else:
        names = file_names(options.template, safe_name(song), targets, suffix, words)
    if options.number == 1:
        return names
    return tuple(f"{name[: -len(suffix)]} ({options.number}){suffix}" for name in names)


def all_names(
    song: str, targets: tuple[str, ...], options: ExportOptions, info: AudioInfo | None = None
) -> tuple[str, ...]:
    """The names of all files: those of sound, then the project's. Raises OptionError."""
    names = output_names(song, targets, options, info)
    if not options.project:
        return names
    return (*names, project_name(options.project, safe_name(song), options.number))


def settle_names(
    folder: Path, song: str, targets: tuple[str, ...], options: ExportOptions, info: AudioInfo | None = None
) -> ExportOptions:
    """The options with the first number under which no file is there yet, if files are to be numbered.

    All files of an export have the same number. Raises OptionError.
    """
    if not options.numbered:
        return options
    for number in range(1, 10_000):
        numbered = replace(options, number=number)
        if not any(os.path.lexists(folder / name) for name in all_names(song, targets, numbered, info)):
            return replace(numbered, numbered=False)
    raise OptionError("number", "there are too many files of these names already")


def check_export(
    folder: Path,
    song: str,
    targets: tuple[str, ...],
    shape: tuple[int, int],
    sample_rate: int,
    options: ExportOptions,
    info: AudioInfo | None = None,
) -> None:
    """Whether stems of `shape` (C, T) can be written, asked before they are made; nothing is written.

    Raises OptionError, OutputExistsError, OutputNotWritableError and DiskFullError.
    """
    if shape[0] not in (1, 2):
        raise OptionError("stems", said("mono or stereo can be written, not {n} channels", n=shape[0]))
    options = settle_names(folder, song, targets, options, info)
    for name in all_names(song, targets, options, info):
        path = folder / name
        with typed_errors(folder):  # the name may be longer than any can be
            is_folder = path.is_dir()
        if is_folder or (not options.overwrite and os.path.lexists(path)):
            raise OutputExistsError(path)
    parent = existing_parent(folder)
    if not parent.is_dir():
        raise OutputNotWritableError(folder, said("“{name}” is a file, not a folder", name=printable(parent.name)))
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputNotWritableError(folder)
    needed, free = _size(targets, shape, sample_rate, options), free_space(folder)
    if needed > free:
        raise DiskFullError(folder, needed, free)


def _words(options: ExportOptions, info: AudioInfo | None) -> Mapping[str, str]:
    tags = info.tags if info is not None else {}
    return {**{name: tags.get(name, "") for name in ("title", "artist", "album")}, "model": options.model}


def _size(targets: tuple[str, ...], shape: tuple[int, int], sample_rate: int, options: ExportOptions) -> int:
    n_channels, n_samples = shape
    rate = options.rate_of_files(sample_rate)
    together = options.format == "stem.mp4"
    size = options.encoding.size(rate, 2 if together else n_channels, resampled_length(n_samples, sample_rate, rate))
    return size * (len(targets) + together)
