"""Everything that can go wrong, as types with fields; the words for the user are in `messages`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from umx_gui.error_kinds import AudioFlaw as AudioFlaw
from umx_gui.error_kinds import DownloadReason as DownloadReason
from umx_gui.error_kinds import SoundReason as SoundReason
from umx_gui.error_kinds import UnreadableReason as UnreadableReason


class Cancelled(Exception):  # noqa: N818 - an outcome, not an error
    """The user asked for the work to stop. It stands outside `UmxError`: no dialog ever shows it."""


class UmxError(Exception):
    """The root of all expected failures; each subclass carries what its message needs as fields."""


class AudioUnreadableError(UmxError):
    """An audio file that cannot be decoded."""

    def __init__(self, path: Path, reason: UnreadableReason, detail: str = "") -> None:
        super().__init__(f"{path}: {reason.value} {detail}".rstrip())
        self.path, self.reason, self.detail = path, reason, detail


class AudioWarning(UserWarning):
    """A flaw of an audio file that is used all the same; `amount` is in seconds, samples or parts, as the flaw asks."""

    def __init__(self, path: Path, flaw: AudioFlaw, amount: float = 0.0) -> None:
        super().__init__(f"{path}: {flaw.value} ({amount:g})")
        self.path, self.flaw, self.amount = path, flaw, amount


class AudioChangedError(UmxError):
    """An audio file that became shorter or vanished while it was read."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: changed while reading")
        self.path = path


class ModelError(UmxError):
    """The root of what can be wrong with a model."""


class ModelNotFoundError(ModelError):
    """No model of this name is installed, and no folder of this name exists; `published`: it can be downloaded."""

    def __init__(self, name: str, known: tuple[str, ...] = (), published: bool = False) -> None:
        super().__init__(name)
        self.name, self.known, self.published = name, known, published


class ModelInvalidError(ModelError):
    """A model folder whose files cannot be used; `detail` names the file's fault in plain words."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path, self.detail = path, detail


class TorchTooOldError(ModelError):
    """A PyTorch that could run code hidden in a weight file; `needed` is the oldest version that does not."""

    def __init__(self, version: str, needed: str) -> None:
        super().__init__(f"{version} < {needed}")
        self.version, self.needed = version, needed


class ModelBusyError(ModelError):
    """A model that is being downloaded or imported already, perhaps by another process."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class LicenceNotAcceptedError(ModelError):
    """A published model whose terms have to be accepted before it is downloaded."""

    def __init__(self, name: str, licence: str, terms: str) -> None:
        super().__init__(f"{name}: {licence}")
        self.name, self.licence, self.terms = name, licence, terms


class DigestUnknownError(ModelError):
    """Downloaded files whose true digests nobody published: {file: SHA-256}, to be accepted by the user once."""

    def __init__(self, name: str, digests: Mapping[str, str]) -> None:
        super().__init__(f"{name}: {', '.join(f'{file} {digest}' for file, digest in digests.items())}")
        self.name, self.digests = name, dict(digests)


class DownloadError(ModelError):
    """A file of a published model that did not come, or was not the right one; `detail` is the server's word for it."""

    def __init__(self, file: str, host: str, reason: DownloadReason, detail: str = "") -> None:
        super().__init__(f"{file} from {host}: {reason.value} {detail}".rstrip())
        self.file, self.host, self.reason, self.detail = file, host, reason, detail


class OptionError(UmxError):
    """An option with a value that cannot work; `detail` says what would."""

    def __init__(self, option: str, detail: str) -> None:
        super().__init__(f"{option}: {detail}")
        self.option, self.detail = option, detail


class DeviceUnavailableError(UmxError):
    """A computing device (cuda, mps) that is not there."""

    def __init__(self, device: str) -> None:
        super().__init__(device)
        self.device = device


class OutputExistsError(UmxError):
    """A file that would have been overwritten unasked."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class OutputNotWritableError(UmxError):
    """A folder into which nothing can be written."""

    def __init__(self, path: Path, detail: str = "") -> None:
        super().__init__(f"{path} {detail}".rstrip())
        self.path, self.detail = path, detail


class FileDamagedError(UmxError):
    """A file that is not what was written, when it is read again; `detail` says how it differs."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path, self.detail = path, detail


class DiskFullError(UmxError):
    """Too little space: `needed` and `free` in bytes."""

    def __init__(self, path: Path, needed: int, free: int) -> None:
        super().__init__(f"{path}: {needed} bytes needed, {free} free")
        self.path, self.needed, self.free = path, needed, free


class OutOfMemoryError(UmxError):
    """The work does not fit into memory, not even in its smallest blocks."""


class SoundUnavailableError(UmxError):
    """No sound can be played; `detail` is what the sound system says."""

    def __init__(self, detail: str, reason: SoundReason = SoundReason.REFUSED) -> None:
        super().__init__(f"{reason.value} {detail}".rstrip())
        self.detail, self.reason = detail, reason


class NoDisplayError(UmxError):
    """No window can open, for want of a display; `reason` says what is unset or silent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LibrariesMissingError(UmxError):
    """System libraries a window needs; `command` installs them, and is empty where we know none."""

    def __init__(self, libraries: tuple[str, ...], command: str = "") -> None:
        super().__init__(", ".join(libraries))
        self.libraries, self.command = libraries, command


class DatasetError(UmxError):
    """A training or evaluation dataset that cannot be used."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path, self.detail = path, detail


class RunError(UmxError):
    """The folder of a training run that cannot be used for what was asked."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path, self.detail = path, detail


class RunBusyError(UmxError):
    """A run that another process of this machine is training."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class TrainingDivergedError(UmxError):
    """A loss that is not finite, with the step, the tracks of the batch, and whether a run can go on from before it."""

    def __init__(self, step: int, tracks: tuple[str, ...], resumable: bool = True) -> None:
        super().__init__(f"step {step}: {', '.join(tracks)}")
        self.step, self.tracks, self.resumable = step, tracks, resumable


class ScoringError(UmxError):
    """Stems that cannot be compared: `detail` says in plain words what is wrong with those of `target`."""

    def __init__(self, target: str, detail: str) -> None:
        super().__init__(f"{target}: {detail}")
        self.target, self.detail = target, detail


class SessionUnreadableError(UmxError):
    """A session file that cannot be used; `detail` says why in plain words."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path, self.detail = path, detail


class SongMissingError(UmxError):
    """The song of a session, which is in none of the places where it was looked for."""

    def __init__(self, path: Path, song: str) -> None:
        super().__init__(f"{path}: {song}")
        self.path, self.song = path, song


class ModelChangedError(ModelError):
    """A model that is not the one that a session was made with, though it has its name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NothingToCompareError(UmxError):
    """A session that holds no trace of its stems: it was kept before there were any."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class WorkerGoneError(UmxError):
    """A process that did part of the work ended without a word, as one does for which there is no more memory."""


class NoDesktopFilesError(UmxError):
    """A system whose desktop knows no menu files of the freedesktop kind."""

    def __init__(self, platform: str) -> None:
        super().__init__(platform)
        self.platform = platform
