"""The one place where failures become words: what happened, why, and what the user can do."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path

from umx_gui import errors
from umx_gui.reasons import FLAWS, NO_DOWNLOAD, NO_SOUND, UNREADABLE

_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn")


def printable(text: str) -> str:
    """Text without control and direction characters, which could disguise what is shown or break a line."""
    return "".join(c for c in text if unicodedata.category(c) not in _HIDDEN)


@dataclass(frozen=True, slots=True)
class Message:
    """What is said to the user: a title, the reason, and what to do; each one plain sentence or less.

    Names of files and models are in it, which strangers may have chosen: it is made `printable`.
    """

    title: str
    reason: str = ""
    action: str = ""

    def __post_init__(self) -> None:
        for name in ("title", "reason", "action"):
            object.__setattr__(self, name, printable(getattr(self, name)))

    def one_line(self) -> str:
        """The whole message in one line, for a terminal or a status bar."""
        parts = [self.title.rstrip("."), self.reason.rstrip("."), self.action.rstrip(".")]
        return ": ".join(p for p in parts[:2] if p) + "." + (f" {parts[2]}." if parts[2] else "")


@singledispatch
def describe(error: BaseException) -> Message:
    """The message for an error. Anything unknown is a fault of ours, and is said to be one."""
    return Message("Something went wrong inside umx-gui", f"{type(error).__name__}", "Please report it with the log")


@describe.register
def _(e: errors.AudioUnreadableError) -> Message:
    reason, action = UNREADABLE[e.reason]
    return Message(f"“{e.path.name}” cannot be opened", reason, action)


@describe.register
def _(e: errors.AudioWarning) -> Message:
    return Message(
        f"“{e.path.name}” is not quite sound", FLAWS[e.flaw].format(e.amount), "Listen before you rely on it"
    )


@describe.register
def _(e: errors.AudioChangedError) -> Message:
    return Message(f"“{e.path.name}” changed while it was read", "it became shorter or vanished", "Open it again")


@describe.register
def _(e: errors.ModelNotFoundError) -> Message:
    known = f"installed are: {', '.join(e.known)}" if e.known else "no model is installed"
    if e.published:
        action = f"Download it: umx-gui models download {e.name}, or “Models…” in the window's model menu"
        return Message(f"The model “{e.name}” is not installed", known, action)
    return Message(f"There is no model called “{e.name}”", known, "Choose one of them, or name a model folder")


@describe.register
def _(e: errors.ModelInvalidError) -> Message:
    return Message(f"The model “{e.path.name}” cannot be used", e.detail, "Get the model again, or choose another one")


@describe.register
def _(e: errors.TorchTooOldError) -> Message:
    return Message(
        "Models cannot be loaded safely here",
        f"PyTorch {e.version} can be made to run code hidden in a model file",
        f"Install PyTorch {e.needed} or newer",
    )


@describe.register
def _(e: errors.ModelBusyError) -> Message:
    return Message(f"“{e.name}” is being downloaded or imported already", "", "Wait until that is done")


@describe.register
def _(e: errors.LicenceNotAcceptedError) -> Message:
    return Message(
        f"The licence of “{e.name}” has to be accepted first",
        f"{e.licence}: {e.terms}",
        "If you accept it, say so with --accept-licence",
    )


@describe.register
def _(e: errors.DigestUnknownError) -> Message:
    digests = ", ".join(f"{file} has the SHA-256 {digest}" for file, digest in e.digests.items())
    return Message(
        f"Nobody published what the files of “{e.name}” must be",
        digests,
        "If you trust them, say so with --accept-digest",
    )


@describe.register
def _(e: errors.DownloadError) -> Message:
    reason, action = NO_DOWNLOAD[e.reason]
    return Message(f"“{e.file}” could not be downloaded", reason.format(e.host, e.detail), action)


@describe.register
def _(e: errors.OptionError) -> Message:
    return Message(f"The option {e.option} cannot be used like this", e.detail)


@describe.register
def _(e: errors.DeviceUnavailableError) -> Message:
    return Message(f"The device “{e.device}” is not available", "PyTorch does not find it here", "Choose auto or cpu")


@describe.register
def _(e: errors.NoDesktopFilesError) -> Message:
    return Message("There is no menu to add umx-gui to", "this command is for Linux desktops", "Pin the window instead")


@describe.register
def _(e: errors.OutputExistsError) -> Message:
    return Message(
        f"“{e.path.name}” exists already", "nothing was overwritten", "Choose another folder, or allow overwriting"
    )


@describe.register
def _(e: errors.OutputNotWritableError) -> Message:
    return Message(
        f"Nothing can be written to “{e.path}”", e.detail or "the folder is read-only", "Choose another folder"
    )


@describe.register
def _(e: errors.FileDamagedError) -> Message:
    return Message(f"“{e.path.name}” came out wrong", e.detail, "Nothing was kept: try again, or another disk")


@describe.register
def _(e: errors.DiskFullError) -> Message:
    return Message(
        f"The disk of “{e.path}” is too full",
        (f"{_size(e.needed)} are needed, " if e.needed > 0 else "only ") + f"{_size(e.free)} are free",
        "Free some space, or choose another folder",
    )


@describe.register
def _(e: errors.OutOfMemoryError) -> Message:
    return Message(
        "There is not enough memory", "even the smallest block does not fit", "Close other programs and try again"
    )


@describe.register
def _(e: errors.SoundUnavailableError) -> Message:
    reason, action = NO_SOUND[e.reason]
    return Message("No sound can be played", reason, action)


@describe.register
def _(e: errors.NoDisplayError) -> Message:
    return Message("No window can open here", e.reason, "Use umx-gui separate, which needs no display")


@describe.register
def _(e: errors.LibrariesMissingError) -> Message:
    action = f"Install them: {e.command}" if e.command else "Install them with your system's package manager"
    return Message("The window cannot open", f"system libraries are missing: {', '.join(e.libraries)}", action)


@describe.register
def _(e: errors.DatasetError) -> Message:
    return Message(f"The dataset “{e.path}” cannot be used", e.detail)


@describe.register
def _(e: errors.RunBusyError) -> Message:
    return Message(f"“{e.path.name}” is being trained already", "", "Wait for it, stop it, or choose another folder")


@describe.register
def _(e: errors.TrainingDivergedError) -> Message:
    return Message(
        f"Training stopped at step {e.step}",
        f"the loss is not a number for a batch from {', '.join(e.tracks)}",
        "The last good checkpoint is kept: resume with a lower learning rate, or without these tracks",
    )


@describe.register
def _(e: errors.ScoringError) -> Message:
    return Message(f"The stem “{e.target}” cannot be scored", e.detail)


@describe.register
def _(e: errors.SessionUnreadableError) -> Message:
    return Message(f"The session “{e.path.name}” cannot be opened", e.detail, "The file is left as it is")


@describe.register
def _(e: errors.SongMissingError) -> Message:
    reason = f"it is neither where it was nor near “{e.path.name}”"
    return Message(f"The song “{Path(e.song).name}” was not found", reason, "Look for it, or bring it back")


@describe.register
def _(e: errors.ModelChangedError) -> Message:
    reason = "its files are not those that the session was made with"
    return Message(f"The model “{e.name}” is another one here", reason, "Import the model that was used")


@describe.register
def _(e: errors.NothingToCompareError) -> Message:
    reason = "it was saved before the song was separated"
    return Message(f"“{e.path.name}” holds nothing to compare with", reason, "Open it, separate the song, and save it")


@describe.register
def _(e: errors.WorkerGoneError) -> Message:
    return Message(
        "A worker process ended unexpectedly", "most often that is for want of memory", "Go on with fewer --workers"
    )


def downmixed(n_channels: int, layout: str) -> Message:
    """What is said when a file of more than two channels is heard and separated as stereo."""
    known = f"{n_channels} channels ({layout})" if layout else f"{n_channels} channels of unknown places"
    how = "centre and surround at -3 dB, no LFE, level lowered so that nothing clips"
    return Message(
        "Mixed down to stereo", f"{known}: {how if layout else 'odd ones to the left, even ones to the right'}"
    )


def window_not_installed(module: str) -> Message:
    """What is said when the window's Python packages are not there; everything else works without them."""
    return Message(
        "The window cannot open",
        f"{module} is missing or cannot be loaded",
        "Install it: pip install PySide6-Essentials pyqtgraph; umx-gui separate works without",
    )


def some_networks_only(targets: tuple[str, ...]) -> Message:
    """What is said when some of a model's networks are left out to save time."""
    return Message(
        f"Only the networks of {', '.join(targets)} run",
        "that is faster and worse, for the filter knows less of the mixture",
        "Leave out --only-networks for the best result",
    )


def residual_added(name: str) -> Message:
    """What is said when a single target is given a residual that nobody asked for."""
    return Message("The residual is a stem, too", f"a single target is filtered against it, so “{name}” is written")


def rate_of_files(file_format: str, sample_rate: int, rate_of_file: int) -> Message:
    """What is said when a format cannot hold the song's sample rate."""
    return Message(
        f"The stems are written at {rate_of_file} Hz", f"{file_format} cannot hold the song's {sample_rate} Hz"
    )


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{max(n_bytes, 0) / 1e6:.0f} MB"


def slowed_down(device: str) -> Message:
    """What is said when memory ran out and the separation goes on all the same."""
    if device == "cpu":
        return Message("The separation goes on, slower", "memory ran out, so it works in smaller blocks or on the CPU")
    return Message("The separation goes on, slower", f"the memory of {device} ran out, so it works in smaller blocks")
