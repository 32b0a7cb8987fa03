"""The one place where failures become words: what happened, why, and what the user can do."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path

from umx_gui import errors
from umx_gui.reasons import FLAWS, NO_DOWNLOAD, NO_SOUND, UNREADABLE
from umx_gui.words import tr

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

    def translated(self) -> Message:
        """The same, where it was written down before the language was known."""
        return Message(tr(self.title), tr(self.reason), tr(self.action))

    def one_line(self) -> str:
        """The whole message in one line, for a terminal or a status bar."""
        parts = [self.title.rstrip("."), self.reason.rstrip("."), self.action.rstrip(".")]
        return ": ".join(p for p in parts[:2] if p) + "." + (f" {parts[2]}." if parts[2] else "")


@singledispatch
def describe(error: BaseException) -> Message:
    """The message for an error. Anything unknown is a fault of ours, and is said to be one."""
    return Message(
        tr("Something went wrong inside umx-gui"), f"{type(error).__name__}", tr("Please report it with the log")
    )


@describe.register
def _(e: errors.AudioUnreadableError) -> Message:
    reason, action = map(tr, UNREADABLE[e.reason])
    return Message(tr("“{name}” cannot be opened", name=e.path.name), reason, action)


@describe.register
def _(e: errors.AudioWarning) -> Message:
    return Message(
        tr("“{name}” is not quite sound", name=e.path.name),
        tr(FLAWS[e.flaw], amount=float(e.amount)),
        tr("Listen before you rely on it"),
    )


@describe.register
def _(e: errors.AudioChangedError) -> Message:
    return Message(
        tr("“{name}” changed while it was read", name=e.path.name),
        tr("it became shorter or vanished"),
        tr("Open it again"),
    )


@describe.register
def _(e: errors.ModelNotFoundError) -> Message:
    known = tr("installed are: {join}", join=", ".join(e.known)) if e.known else tr("no model is installed")
    if e.published:
        action = tr("Download it: umx-gui models download {name}, or “Models…” in the window's model menu", name=e.name)
        return Message(tr("The model “{name}” is not installed", name=e.name), known, action)
    return Message(
        tr("There is no model called “{name}”", name=e.name), known, tr("Choose one of them, or name a model folder")
    )


@describe.register
def _(e: errors.ModelInvalidError) -> Message:
    return Message(
        tr("The model “{name}” cannot be used", name=e.path.name),
        tr(e.detail),
        tr("Get the model again, or choose another one"),
    )


@describe.register
def _(e: errors.TorchTooOldError) -> Message:
    return Message(
        tr("Models cannot be loaded safely here"),
        tr("PyTorch {version} can be made to run code hidden in a model file", version=e.version),
        tr("Install PyTorch {needed} or newer", needed=e.needed),
    )


@describe.register
def _(e: errors.ModelBusyError) -> Message:
    return Message(
        tr("“{name}” is being downloaded or imported already", name=e.name), "", tr("Wait until that is done")
    )


@describe.register
def _(e: errors.LicenceNotAcceptedError) -> Message:
    return Message(
        tr("The licence of “{name}” has to be accepted first", name=e.name),
        f"{tr(e.licence)}: {tr(e.terms)}",
        tr("If you accept it, say so with --accept-licence"),
    )


@describe.register
def _(e: errors.DigestUnknownError) -> Message:
    digests = ", ".join(
        tr("{file} has the SHA-256 {digest}", file=file, digest=digest) for file, digest in e.digests.items()
    )
    return Message(
        tr("Nobody published what the files of “{name}” must be", name=e.name),
        digests,
        tr("If you trust them, say so with --accept-digest"),
    )


@describe.register
def _(e: errors.DownloadError) -> Message:
    reason, action = NO_DOWNLOAD[e.reason]
    return Message(
        tr("“{file}” could not be downloaded", file=e.file), tr(reason, host=e.host, detail=e.detail), tr(action)
    )


@describe.register
def _(e: errors.OptionError) -> Message:
    return Message(tr("The option {option} cannot be used like this", option=e.option), tr(e.detail))


@describe.register
def _(e: errors.DeviceUnavailableError) -> Message:
    return Message(
        tr("The device “{device}” is not available", device=e.device),
        tr("PyTorch does not find it here"),
        tr("Choose auto or cpu"),
    )


@describe.register
def _(e: errors.NoDesktopFilesError) -> Message:
    return Message(
        tr("There is no menu to add umx-gui to"), tr("this command is for Linux desktops"), tr("Pin the window instead")
    )


@describe.register
def _(e: errors.OutputExistsError) -> Message:
    return Message(
        tr("“{name}” exists already", name=e.path.name),
        tr("nothing was overwritten"),
        tr("Choose another folder, or allow overwriting"),
    )


@describe.register
def _(e: errors.OutputNotWritableError) -> Message:
    return Message(
        tr("Nothing can be written to “{path}”", path=e.path),
        tr(e.detail) or tr("the folder is read-only"),
        tr("Choose another folder"),
    )


@describe.register
def _(e: errors.FileDamagedError) -> Message:
    return Message(
        tr("“{name}” came out wrong", name=e.path.name),
        tr(e.detail),
        tr("Nothing was kept: try again, or another disk"),
    )


@describe.register
def _(e: errors.DiskFullError) -> Message:
    return Message(
        tr("The disk of “{path}” is too full", path=e.path),
        (tr("{size} are needed, ", size=_size(e.needed)) if e.needed > 0 else tr("only "))
        + tr("{size} are free", size=_size(e.free)),
        tr("Free some space, or choose another folder"),
    )


@describe.register
def _(e: errors.OutOfMemoryError) -> Message:
    return Message(
        tr("There is not enough memory"),
        tr("even the smallest block does not fit"),
        tr("Close other programs and try again"),
    )


@describe.register
def _(e: errors.SoundUnavailableError) -> Message:
    reason, action = map(tr, NO_SOUND[e.reason])
    return Message(tr("No sound can be played"), reason, action)


@describe.register
def _(e: errors.NoDisplayError) -> Message:
    return Message(tr("No window can open here"), e.reason, tr("Use umx-gui separate, which needs no display"))


@describe.register
def _(e: errors.LibrariesMissingError) -> Message:
    action = (
        tr("Install them: {command}", command=e.command)
        if e.command
        else tr("Install them with your system's package manager")
    )
    return Message(
        tr("The window cannot open"), tr("system libraries are missing: {join}", join=", ".join(e.libraries)), action
    )


@describe.register
def _(e: errors.DatasetError) -> Message:
    return Message(tr("The dataset “{path}” cannot be used", path=e.path), tr(e.detail))


@describe.register
def _(e: errors.RunError) -> Message:
    return Message(tr("The run “{path}” cannot be used", path=e.path), tr(e.detail))


@describe.register
def _(e: errors.RunBusyError) -> Message:
    return Message(
        tr("“{name}” is being trained already", name=e.path.name),
        "",
        tr("Wait for it, stop it, or choose another folder"),
    )


@describe.register
def _(e: errors.TrainingDivergedError) -> Message:
    return Message(
        tr("Training stopped at step {step}", step=e.step),
        tr("the loss is not a number for a batch from {join}", join=", ".join(e.tracks)),
        tr("The last good checkpoint is kept: resume with a lower learning rate, or without these tracks")
        if e.resumable
        else tr("There is no checkpoint yet: start again with a lower learning rate, or without these tracks"),
    )


@describe.register
def _(e: errors.ScoringError) -> Message:
    return Message(tr("The stem “{target}” cannot be scored", target=e.target), tr(e.detail))


@describe.register
def _(e: errors.SessionUnreadableError) -> Message:
    return Message(
        tr("The session “{name}” cannot be opened", name=e.path.name), tr(e.detail), tr("The file is left as it is")
    )


@describe.register
def _(e: errors.SongMissingError) -> Message:
    reason = tr("it is neither where it was nor near “{name}”", name=e.path.name)
    return Message(
        tr("The song “{name}” was not found", name=Path(e.song).name), reason, tr("Look for it, or bring it back")
    )


@describe.register
def _(e: errors.ModelChangedError) -> Message:
    reason = tr("its files are not those that the session was made with")
    return Message(
        tr("The model “{name}” is another one here", name=e.name), reason, tr("Import the model that was used")
    )


@describe.register
def _(e: errors.NothingToCompareError) -> Message:
    reason = tr("it was saved before the song was separated")
    return Message(
        tr("“{name}” holds nothing to compare with", name=e.path.name),
        reason,
        tr("Open it, separate the song, and save it"),
    )


@describe.register
def _(e: errors.WorkerGoneError) -> Message:
    return Message(
        tr("A worker process ended unexpectedly"),
        tr("most often that is for want of memory"),
        tr("Go on with fewer --workers"),
    )


def downmixed(n_channels: int, layout: str) -> Message:
    """What is said when a file of more than two channels is heard and separated as stereo."""
    known = (
        tr("{n_channels} channels ({layout})", n_channels=n_channels, layout=layout)
        if layout
        else tr("{n_channels} channels of unknown places", n_channels=n_channels)
    )
    how = tr("centre and surround at -3 dB, no LFE, level lowered so that nothing clips")
    return Message(
        tr("Mixed down to stereo"), f"{known}: {how if layout else tr('odd ones to the left, even ones to the right')}"
    )


def heard_as_mono() -> Message:
    """What is said when a model of one channel separates a song of two."""
    return Message(
        tr("Separated in mono"),
        tr("this model knows one channel only: it hears the mean of both, and its stems have no width"),
    )


def window_not_installed(module: str) -> Message:
    """What is said when the window's Python packages are not there; everything else works without them."""
    return Message(
        tr("The window cannot open"),
        tr("{module} is missing or cannot be loaded", module=module),
        tr("Install it: pip install PySide6-Essentials pyqtgraph; umx-gui separate works without"),
    )


def some_networks_only(targets: tuple[str, ...]) -> Message:
    """What is said when some of a model's networks are left out to save time."""
    return Message(
        tr("Only the networks of {join} run", join=", ".join(targets)),
        tr("that is faster and worse, for the filter knows less of the mixture"),
        tr("Leave out --only-networks for the best result"),
    )


def residual_added(name: str) -> Message:
    """What is said when a single target is given a residual that nobody asked for."""
    return Message(
        tr("The residual is a stem, too"),
        tr("a single target is filtered against it, so “{name}” is written", name=name),
    )


def rate_of_files(file_format: str, sample_rate: int, rate_of_file: int) -> Message:
    """What is said when a format cannot hold the song's sample rate."""
    return Message(
        tr("The stems are written at {rate_of_file} Hz", rate_of_file=rate_of_file),
        tr("{file_format} cannot hold the song's {sample_rate} Hz", file_format=file_format, sample_rate=sample_rate),
    )


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{max(n_bytes, 0) / 1e6:.0f} MB"


def slowed_down(device: str) -> Message:
    """What is said when memory ran out and the separation goes on all the same."""
    if device == "cpu":
        return Message(
            tr("The separation goes on, slower"), tr("memory ran out, so it works in smaller blocks or on the CPU")
        )
    return Message(
        tr("The separation goes on, slower"),
        tr("the memory of {device} ran out, so it works in smaller blocks", device=device),
    )
