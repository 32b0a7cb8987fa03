"""One song in the queue: what is to be made of it, and how far that is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umx_gui.app.export.groups import group_of
from umx_gui.messages import Message

if TYPE_CHECKING:
    from umx_gui.engine.songs.separation import SongOptions


class JobState(Enum):
    """What is the case with a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"  # the same song was separated in the same way before, and its files are there
    FAILED = "failed"


ENDED = (JobState.DONE, JobState.SKIPPED)


@dataclass(frozen=True, slots=True)
class JobSettings:
    """How a song is separated and written; equal settings and an equal song give equal files.

    folder: where the song's own folder is made. targets: the stems (and groups) that are written, all stems if none is
    named. groups: sums of stems that are written as well, as lines of the settings. The others are those of Settings
    and ExportOptions.
    """

    model: str = ""
    folder: str = ""
    format: str = "wav"
    bit_depth: str = "24"
    bitrate: int = 0  # kbit/s of lossy formats; 0: the format's usual one
    common_gain: bool = False
    exact_sum: bool = True
    overwrite: bool = False
    template: str = "{target}"
    targets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    project: str = ""
    niter: int = 1
    softmask: bool = False
    residual: bool = False
    window: int = 300

    def options(self, device: str, overwrite: bool) -> SongOptions:
        """The engine's options. Raises OptionError for what cannot work."""
        from umx_gui.engine.export.exporter import ExportOptions
        from umx_gui.engine.songs.separation import SongOptions

        depth: int | str = self.bit_depth if self.bit_depth == "32f" else int(self.bit_depth)
        if self.format != "wav" and depth == "32f":
            depth = 24
        export = ExportOptions(
            format=self.format,
            bit_depth=depth,
            bitrate_kbps=self.bitrate or None if self.format not in ("wav", "flac") else None,
            common_gain=self.common_gain,
            exact_sum=self.exact_sum,
            overwrite=self.overwrite or overwrite,
            template=self.template,
            project=self.project,
        )
        # A file for DJs holds four stems, and nothing else.
        groups = dict(map(group_of, self.groups)) if self.format != "stem.mp4" else {}
        left_out = {group_of(line)[0] for line in self.groups} - set(groups)
        return SongOptions(
            targets=tuple(target for target in self.targets if target not in left_out),
            groups=groups,
            n_iter=self.niter,
            softmask=self.softmask,
            residual="residual" if self.residual else None,
            wiener_win_len=self.window,
            export=export,
            device=device,
        )


@dataclass(eq=False, slots=True)
class QueueJob:
    """A row of the queue. Only the queue changes it, in the window's thread."""

    number: int
    path: Path
    settings: JobSettings
    size_bytes: int = 0
    state: JobState = JobState.WAITING
    error: Message | None = None
    fraction: float = 0.0
    work_s: float = 0.0  # how long it has been worked on
    output: str = ""  # the song's own folder, once that is chosen
    owns: bool = False  # whether this job made that folder, so that it may be written anew
    force: bool = False  # do it even if it was done before
    files: tuple[str, ...] = ()

    @property
    def remaining_s(self) -> float | None:
        """How long it still takes; None while nobody can tell."""
        if self.state is not JobState.RUNNING or self.fraction < 0.04 or self.work_s < 0.2:
            return None
        return self.work_s * (1 - self.fraction) / self.fraction

    def reset(self) -> None:
        """As if it had never run; its folder stays its own."""
        self.state, self.error = JobState.WAITING, None
        self.fraction = self.work_s = 0.0

    def disown(self) -> None:
        """It made no folder after all: one that comes to be there is somebody else's."""
        self.owns = self.owns and Path(self.output).exists()


def to_dict(job: QueueJob) -> dict[str, Any]:
    """A job for the queue file; how far it is, is not written."""
    defaults = JobSettings()
    settings = {k: v for k, v in asdict(job.settings).items() if v != getattr(defaults, k)}
    content: dict[str, Any] = {"song": str(job.path), "size": job.size_bytes, "state": job.state.value, **settings}
    if job.error is not None:
        content["error"] = [job.error.title, job.error.reason, job.error.action]
    if job.output:
        content.update(output=job.output, owns=job.owns)
    if job.files:
        content["files"] = list(job.files)
    return content


def from_dict(content: object, number: int) -> QueueJob:
    """A job of the queue file. Raises ValueError for what is none."""
    if not isinstance(content, dict):
        raise ValueError("not an object")
    song = _take(content, "song", "")
    if not Path(song).is_absolute() or "\0" in song:
        raise ValueError("a song without a path")
    given = {f.name: _take(content, f.name, getattr(JobSettings(), f.name)) for f in fields(JobSettings)}
    job = QueueJob(number, Path(song), JobSettings(**given), max(_take(content, "size", 0), 0))
    job.state = JobState(_take(content, "state", "waiting"))
    if "error" in content:
        job.error = Message(*_texts(content["error"], 3))
    job.output, job.owns = _take(content, "output", ""), _take(content, "owns", False)
    job.files = _take(content, "files", ())
    return job


def _take(content: dict[Any, Any], name: str, default: Any) -> Any:
    """A value of the default's kind. Raises ValueError for one of another kind."""
    value = content.get(name, default)
    if isinstance(default, tuple):
        return _texts(value, None)
    if type(value) is not type(default):
        raise ValueError(f"{name} is no {type(default).__name__}")
    if isinstance(value, str):
        value.encode()  # half a surrogate pair can be written in JSON, and is no text
    if isinstance(value, int) and abs(value) > 1 << 53:
        raise ValueError(f"{name} is too large")
    return value


def _texts(value: object, n: int | None) -> tuple[str, ...]:
    if (
        not isinstance(value, (list, tuple))
        or not all(isinstance(v, str) for v in value)
        or n not in (None, len(value))
    ):
        raise ValueError("not a list of texts")
    for text in value:
        text.encode()
    return tuple(value)
