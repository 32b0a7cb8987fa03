"""Stems as files: in any usual format, summing exactly to the mixture, all of them or none, and read again in the end.

    for step in export_stems(folder, "song", stems, mixture, info, ExportOptions(format="flac")):
        ...

Arrays are read in blocks, so they may be mapped from disk.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

from umx_gui.engine.audio import FloatArray, Stems
from umx_gui.engine.decoding.audio_info import AudioInfo
from umx_gui.engine.export.job import ExportJob
from umx_gui.engine.export.job import Written as Written
from umx_gui.engine.export.levels import Levels, measure_levels
from umx_gui.engine.export.parts import Parts as Parts
from umx_gui.engine.export.plan import ExportOptions as ExportOptions
from umx_gui.engine.export.plan import check_export as check_export
from umx_gui.engine.export.plan import output_names as output_names
from umx_gui.engine.export.plan import settle_names
from umx_gui.engine.storage.file_set import FileSet
from umx_gui.engine.work import CancelToken, Progress, ProgressMeter
from umx_gui.errors import UmxError

_VERIFYING = 0.2
"""How long reading again takes, compared with writing."""


def export_stems(
    folder: Path,
    name: str,
    stems: Stems,
    mixture: FloatArray | None,
    info: AudioInfo | None = None,
    options: ExportOptions | None = None,
    cancel: CancelToken | None = None,
    parts: Parts | None = None,
    until: Callable[[int], None] | None = None,
) -> Iterator[Progress | Written]:
    """Write stems [J, C, T] of the song called `name` into `folder`; mixture: [C, T], for the exact sum and .stem.mp4.

    `parts` says what is written instead of each stem. `until` is called with n before the first n samples are read, and
    returns when they are there: so stems can be written while they are made. Files appear when all are complete and
    were read again; then a `Written` comes for each. Tags and cover are taken from `info`. Raises what `check_export`
    raises, FileDamagedError, and Cancelled; nothing is left behind then.
    """
    options, cancel, parts = options or ExportOptions(), cancel or CancelToken(), parts or Parts()
    n_channels, n_samples = stems.samples.shape[1:]
    if mixture is not None and mixture.shape != (n_channels, n_samples):
        raise ValueError(f"stems {stems.samples.shape} do not belong to a mixture {mixture.shape}")
    names = parts.outputs_of(stems.targets).names
    options = settle_names(folder, name, names, options, info)
    check_export(folder, name, names, (n_channels, n_samples), stems.sample_rate, options, info)
    if options.common_gain and options.may_clip:
        if until is not None:
            until(n_samples)
        options = yield from _with_common_gain(stems, mixture, options, cancel, parts)
    job = ExportJob(stems, mixture, info, options, name, parts)
    meter = ProgressMeter(n_samples * (1 + _VERIFYING))
    with FileSet(folder, job.all_names, options.overwrite) as files:
        sink = job.open_files(files)
        complete = False
        try:
            for samples, block, done in job.blocks(until):
                cancel.check()
                sink.write(block, samples)
                yield meter.at(done, "writing")
            complete = True
        finally:
            # After a failure, what closing says is of no interest: the file is thrown away.
            with contextlib.nullcontext() if complete else contextlib.suppress(UmxError):
                sink.close(complete)
        job.add_covers(files)
        job.add_project(files)
        for part in job.verify(files, sink, cancel):
            yield meter.at(n_samples * (1 + _VERIFYING * part), "writing")
        cancel.check()
        paths = files.commit()
    yield from job.written(paths)


def _with_common_gain(
    stems: Stems, mixture: FloatArray | None, options: ExportOptions, cancel: CancelToken, parts: Parts
) -> Generator[Progress, None, ExportOptions]:
    """The options with the gain that keeps all from clipping."""
    gain_db = options.gain_db
    for step in measure_levels(stems, mixture, parts, options.sums(mixture), cancel, gain_db):
        if isinstance(step, Levels):
            gain_db += step.common_gain_db
        else:
            yield replace(step, fraction=0.0, remaining_s=None)
    return replace(options, gain_db=gain_db, common_gain=False)
