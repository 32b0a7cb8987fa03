"""The one place where failures become words: what happened, why, and what the user can do."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import singledispatch

from umx_gui import errors
from umx_gui.errors import AudioFlaw, DownloadReason, SoundReason, UnreadableReason

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


_UNREADABLE: dict[UnreadableReason, tuple[str, str]] = {
    UnreadableReason.NOT_FOUND: ("the file does not exist", "Check the name, or whether the disk is connected"),
    UnreadableReason.FOLDER: ("it is a folder, not a file", "Choose a file inside it"),
    UnreadableReason.EMPTY: ("it holds no audio samples", "Choose another file"),
    UnreadableReason.NOT_AUDIO: ("it is not an audio file", "Choose a song, such as a WAV, FLAC or MP3 file"),
    UnreadableReason.NO_AUDIO_STREAM: ("it has no audio track", "Choose a file with sound in it"),
    UnreadableReason.DAMAGED: ("its contents are damaged", "Get a fresh copy of the file"),
    UnreadableReason.NO_PERMISSION: ("you may not read it", "Change the file's permissions or copy it elsewhere"),
    UnreadableReason.RATE: ("its sample rate is out of range (1 to 768 kHz)", "Convert it to a usual sample rate"),
    UnreadableReason.CHANNELS: ("it has more than 64 channels", "Convert it to stereo"),
    UnreadableReason.TOO_LARGE: ("decoding it needs more memory than is allowed", "Convert it to WAV or FLAC first"),
    UnreadableReason.TOO_SLOW: ("decoding it took too long", "Convert it to WAV or FLAC first"),
    UnreadableReason.UNSUPPORTED: ("its codec is not supported", "Convert it to WAV or FLAC first"),
    UnreadableReason.PLAYLIST: ("it is a playlist, which only names other files", "Open the songs it names"),
    UnreadableReason.PROTECTED: ("it is copy protected", "Get the song without copy protection"),
    UnreadableReason.BEHIND_END: ("it ends before the start that was asked for", "Choose an earlier start"),
    UnreadableReason.NO_DECODER: ("the decoding process does not start", "Restart or reinstall umx-gui"),
}

_FLAWS: dict[AudioFlaw, str] = {
    AudioFlaw.SHORTER: "it is {0:.2f} s shorter than it says, and perhaps cut off",
    AudioFlaw.LONGER: "it is {0:.2f} s longer than it says",
    AudioFlaw.NOT_FINITE: "{0:.0f} of its samples are not numbers and were made silent",
    AudioFlaw.DAMAGED_PARTS: "{0:.0f} damaged parts of it were left out",
    AudioFlaw.BROKEN_OFF: "it cannot be read beyond {0:.2f} s",
    AudioFlaw.CHANNELS_CHANGE: "its number of channels changes on the way, and missing ones are silent",
    AudioFlaw.FORMAT_CHANGES: "its format changes after {0:.2f} s, and the rest was left out",
    AudioFlaw.HEADER_WRONG: "its header contradicts its contents, which were used",
}

_NO_SOUND: dict[SoundReason, tuple[str, str]] = {
    SoundReason.NO_LIBRARY: (
        "the library PortAudio is not installed",
        "Install it (Debian, Ubuntu: libportaudio2); separation and export work without it",
    ),
    SoundReason.NO_DEVICE: (
        "no sound device was found",
        "Connect or choose one and press play again; separation and export work without it",
    ),
    SoundReason.REFUSED: (
        "the sound device could not be opened",
        "Choose another one, or close the program that uses it; separation and export still work",
    ),
    SoundReason.LOST: ("the sound device was disconnected", "Connect or choose one and press play again"),
    SoundReason.ENDED: ("the sound process ended unexpectedly", "Press play to start it again"),
}

_TRY_LATER = "Try again later; what has come is kept"
_NO_DOWNLOAD: dict[DownloadReason, tuple[str, str]] = {
    DownloadReason.OFFLINE: ("{0} cannot be reached", "Check the connection and try again; what has come is kept"),
    DownloadReason.CERTIFICATE: ("the certificate of {0} cannot be trusted", "Try from another network, or later"),
    DownloadReason.INSECURE: ("{0} leads to an address without https", "Try from another network, or later"),
    DownloadReason.NOT_FOUND: ("{0} does not have it", "Get the files elsewhere and import them as a folder"),
    DownloadReason.SERVER: ("{0} answered with an error ({1})", _TRY_LATER),
    DownloadReason.CUT: ("the connection to {0} broke off", "Try again; what has come is kept"),
    DownloadReason.STALLED: ("{0} stopped sending", _TRY_LATER),
    DownloadReason.TOO_LARGE: ("{0} sends more than the model can be", "Try from another network, or later"),
    DownloadReason.NO_LENGTH: ("{0} does not say how long it is", "Try again later"),
    DownloadReason.WRONG_CONTENT: ("what {0} sent is not the published file", "It was thrown away; try again later"),
}


@singledispatch
def describe(error: BaseException) -> Message:
    """The message for an error. Anything unknown is a fault of ours, and is said to be one."""
    return Message("Something went wrong inside umx-gui", f"{type(error).__name__}", "Please report it with the log")


@describe.register
def _(e: errors.AudioUnreadableError) -> Message:
    reason, action = _UNREADABLE[e.reason]
    return Message(f"“{e.path.name}” cannot be opened", reason, action)


@describe.register
def _(e: errors.AudioWarning) -> Message:
    return Message(
        f"“{e.path.name}” is not quite sound", _FLAWS[e.flaw].format(e.amount), "Listen before you rely on it"
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
    reason, action = _NO_DOWNLOAD[e.reason]
    return Message(f"“{e.file}” could not be downloaded", reason.format(e.host, e.detail), action)


@describe.register
def _(e: errors.OptionError) -> Message:
    return Message(f"The option {e.option} cannot be used like this", e.detail)


@describe.register
def _(e: errors.DeviceUnavailableError) -> Message:
    return Message(f"The device “{e.device}” is not available", "PyTorch does not find it here", "Choose auto or cpu")


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
    reason, action = _NO_SOUND[e.reason]
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
def _(e: errors.ProgramMissingError) -> Message:
    return Message(
        f"The program {e.program} is not installed",
        f"{e.needed_for} needs it",
        f"Install it (Debian, Ubuntu: apt install {e.program})",
    )


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


def clipped(stem: str, n_samples: int) -> Message:
    """What is said when samples of a written stem were beyond full scale."""
    return Message(f"{n_samples} samples of {stem} were clipped at full scale", "", "WAV with 32-bit float keeps them")


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
