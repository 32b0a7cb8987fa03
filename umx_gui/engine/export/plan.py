"""What an export is asked to do, and whether it can be done: names, space, rights, all before anything is written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from umx_gui.engine.export.stem_mp4 import stem_order
from umx_gui.engine.export.writers import Encoding, file_rate
from umx_gui.engine.naming import check_target, file_name, file_names, printable, safe_name
from umx_gui.engine.resample import resampled_length
from umx_gui.engine.storage.file_set import existing_parent, free_space
from umx_gui.errors import DiskFullError, OptionError, OutputExistsError, OutputNotWritableError


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How stems are written. `bit_depth` is 16, 24 or "32f" (WAV only); `bitrate_kbps` is for lossy formats.

    `template` names the files ({song}, {target}); `sample_rate` in Hz is the stems' own if None; `remainder_to` is the
    stem that takes what rounding leaves (default: "other", else the last). Raises OptionError for what cannot work.
    """

    format: str = "wav"
    bit_depth: int | str = 24
    bitrate_kbps: int | None = None
    exact_sum: bool = True
    overwrite: bool = False
    template: str = "{target}"
    sample_rate: int | None = None
    remainder_to: str | None = None

    def __post_init__(self) -> None:
        if self.bit_depth not in (16, 24, "32f"):
            raise OptionError("bit-depth", "it is 16, 24 or 32f")
        if self.sample_rate is not None and not 1000 <= self.sample_rate <= 768_000:
            raise OptionError("rate", "a sample rate lies between 1 and 768 kHz")
        file_name(self.template, "song", "target", self.encoding.suffix)

    @property
    def encoding(self) -> Encoding:
        """How each file is stored."""
        bits = self.bit_depth if isinstance(self.bit_depth, int) and self.format in ("wav", "flac") else None
        if self.format == "flac" and bits is None:
            raise OptionError("bit-depth", "FLAC holds 16 or 24 bits; use wav for 32-bit float")
        return Encoding(self.format, bits, self.bitrate_kbps)

    def rate_of_files(self, sample_rate: int) -> int:
        """The sample rate in Hz that files get for stems of `sample_rate`; some formats cannot hold every rate."""
        return file_rate(self.format, self.sample_rate or sample_rate)


def output_names(song: str, targets: tuple[str, ...], options: ExportOptions) -> tuple[str, ...]:
    """The names of the files that will be written for these targets. Raises OptionError."""
    suffix = options.encoding.suffix
    if options.format == "stem.mp4":
        for target in stem_order(targets):
            check_target(target)
        return (safe_name(song) + suffix,)
    return file_names(options.template, safe_name(song), targets, suffix)


def check_export(
    folder: Path,
    song: str,
    targets: tuple[str, ...],
    shape: tuple[int, int],
    sample_rate: int,
    options: ExportOptions,
) -> None:
    """Whether stems of `shape` (C, T) can be written, asked before they are made; nothing is written.

    Raises OptionError, OutputExistsError, OutputNotWritableError and DiskFullError.
    """
    if shape[0] not in (1, 2):
        raise OptionError("stems", f"mono or stereo can be written, not {shape[0]} channels")
    for name in output_names(song, targets, options):
        path = folder / name
        if path.is_dir() or (not options.overwrite and os.path.lexists(path)):
            raise OutputExistsError(path)
    parent = existing_parent(folder)
    if not parent.is_dir():
        raise OutputNotWritableError(folder, f"“{printable(parent.name)}” is a file, not a folder")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputNotWritableError(folder)
    needed, free = _size(targets, shape, sample_rate, options), free_space(folder)
    if needed > free:
        raise DiskFullError(folder, needed, free)


def _size(targets: tuple[str, ...], shape: tuple[int, int], sample_rate: int, options: ExportOptions) -> int:
    n_channels, n_samples = shape
    rate = options.rate_of_files(sample_rate)
    together = options.format == "stem.mp4"
    size = options.encoding.size(rate, 2 if together else n_channels, resampled_length(n_samples, sample_rate, rate))
    return size * (len(targets) + together)
