"""What a song in the queue is given at first: settings, and a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from umx_gui.app.folders import music_folder
from umx_gui.app.queue.job import JobSettings, QueueJob
from umx_gui.engine.songs.naming import song_folder_name

if TYPE_CHECKING:
    from umx_gui.app.session import Session


def default_settings(session: Session) -> JobSettings:
    """The model and the filter of the window, and what the last export was like."""
    settings, tuning = session.settings, session.desk.tuning
    flac_float = settings.export_format != "wav" and settings.export_bit_depth == "32f"
    return JobSettings(
        model=session.model_name,
        folder=settings.queue_folder or str(music_folder()),
        format=settings.export_format,
        bit_depth="24" if flac_float else settings.export_bit_depth,
        bitrate=settings.export_bitrate,
        exact_sum=settings.export_exact_sum,
        project=settings.export_project,
        niter=tuning.niter,
        softmask=tuning.softmask,
        residual=tuning.residual,
        window=tuning.window,
    )


def choose_folder(job: QueueJob, jobs: Sequence[QueueJob]) -> None:
    """Decide where a job writes, apart from all others; whether that is its own, is known before it begins."""
    base = Path(job.settings.folder)
    if not job.output:
        others = [Path(other.output) for other in jobs if other is not job and other.output]
        taken = {folder.name.casefold() for folder in others if folder.parent == base}
        job.output = str(base / song_folder_name(job.path, Path(job.settings.model).name, taken))
    job.owns = job.owns or not Path(job.output).exists()
