"""The files of an evaluation: a JSON file per song in museval's layout, and tables as CSV; each whole or not at all.

SUBSET/SONG.json    what `museval` aggregates: targets, frames, metrics; beside that, all settings, under "umx"
songs.csv           a line per song and target: medians over the windows, SDR of the whole track, SI-SDR
windows.csv         a line per song, target and window
evaluation.json     the settings and the aggregated scores

museval's layout has numbers only. A perfect score is written as 1e999, which every JSON reader takes for infinity (the
word is no JSON); a window without a score has no metrics. Only where a song has no score at all are they null.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainer.score_song import SongScores, TargetScores
from umx_gui.engine.scoring.bsseval import METRICS
from umx_gui.engine.storage.files import write_whole
from umx_gui.errors import OutputExistsError

WHOLE = ("whole_track_SDR", "SI_SDR")
_DIGITS = 5


def song_path(output: Path, subset: str, name: str) -> Path:
    """Where the scores of a song are."""
    return output / subset / f"{name}.json"


def write_song(path: Path, scores: SongScores, settings: Mapping[str, Any]) -> None:
    """Write the scores of a song. Raises OutputNotWritableError and DiskFullError."""
    nothing = all(np.isnan(target.frames).all() for target in scores.targets.values())
    targets = [_target(name, target, settings, nothing) for name, target in scores.targets.items()]
    about = {
        "song": scores.name,
        "sample_rate": scores.sample_rate,
        "n_samples": scores.n_samples,
        "references": list(scores.references),
        "not_scored": {name: t.unscored for name, t in scores.targets.items() if t.unscored},
        "windows": {name: _windows(t) for name, t in scores.targets.items()},
        "notes": list(scores.notes),
        "settings": dict(settings),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, "targets", targets, {"umx": about})


def write_json(path: Path, name: str, scores: object, rest: Mapping[str, object]) -> None:
    """Write a JSON object of `scores`, under `name`, in which numbers may be infinite, and of `rest`."""
    # Names of targets and metrics are words, so that among scores this can be nothing but a value.
    part = json.dumps(scores, indent=1).replace("Infinity", "1e999")
    text = f'{{\n"{name}": {part},\n{json.dumps(rest, indent=1, allow_nan=False)[1:].lstrip()}\n'
    write_whole(path, text.encode())


def _target(name: str, scores: TargetScores, settings: Mapping[str, Any], nothing: bool) -> dict[str, Any]:
    frames = [
        {
            "time": round(index * settings["hop_s"], _DIGITS),
            "duration": settings["window_s"],
            "metrics": dict.fromkeys(METRICS) if nothing else _numbers(zip(METRICS, values, strict=True)),
        }
        for index, values in enumerate(scores.frames.T)
    ]
    whole = _numbers(zip(WHOLE, (scores.sdr_db, scores.si_sdr_db), strict=True))
    return {"name": name, "frames": frames, "whole_track": whole}


def _numbers(values: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The values there are, rounded as museval rounds them."""
    return {name: round(float(value), _DIGITS) for name, value in values if not math.isnan(value)}


def _windows(scores: TargetScores) -> dict[str, int]:
    lost = int(np.isnan(scores.frames[0]).sum())
    return {"all": scores.frames.shape[1], "lost": lost, "silent": scores.silent}


def read_song(path: Path) -> dict[str, Any]:
    """The contents of a song's file. Raises OutputExistsError for a file that is none of ours."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        settings, targets = content["umx"]["settings"], content["targets"]
        good = isinstance(settings, dict) and isinstance(targets, list)
    except (OSError, ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise OutputExistsError(path)
    return dict(content)


def windows_of(target: Mapping[str, Any], metric: str) -> list[float]:
    """The scores of a target's windows, NaN where one is lost."""
    return [_value(frame["metrics"], metric) for frame in target["frames"]]


def median(values: Sequence[float]) -> float:
    """The median of what is not NaN; NaN of nothing."""
    kept = [value for value in values if not math.isnan(value)]
    return float(np.median(kept)) if kept else math.nan


def medians_of(target: Mapping[str, Any]) -> dict[str, float]:
    """A target's scores for one song: the median window by metric, and those of the whole track."""
    by_window = {metric: median(windows_of(target, metric)) for metric in METRICS}
    return {**by_window, **{name: _value(target["whole_track"], name) for name in WHOLE}}


def _value(numbers: Mapping[str, Any], name: str) -> float:
    value = numbers.get(name)
    return math.nan if value is None else float(value)


def write_tables(output: Path, songs: Sequence[Mapping[str, Any]]) -> None:
    """Write songs.csv and windows.csv. Raises OutputNotWritableError and DiskFullError."""
    by_song: list[list[object]] = [["song", "target", *METRICS, *WHOLE, "windows", "lost", "silent"]]
    by_window: list[list[object]] = [["song", "target", "time_s", *METRICS]]
    for content in songs:
        about = content["umx"]
        for target in content["targets"]:
            medians, counts = medians_of(target), about["windows"][target["name"]]
            row = [_cell(value) for value in medians.values()]
            by_song.append([about["song"], target["name"], *row, *(counts[k] for k in ("all", "lost", "silent"))])
            for frame in target["frames"]:
                cells = [_cell(_value(frame["metrics"], metric)) for metric in METRICS]
                by_window.append([about["song"], target["name"], frame["time"], *cells])
    for name, rows in (("songs.csv", by_song), ("windows.csv", by_window)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        write_whole(output / name, text.getvalue().encode())


def _cell(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.{_DIGITS}f}"
