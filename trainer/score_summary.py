"""All songs together: the median of their medians, as a table beside the published models, and as a file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.score_files import WHOLE, median, medians_of, read_song, write_json, write_tables
from umx_gui.engine.models.registry import order_targets
from umx_gui.engine.scoring.bsseval import METRICS
from umx_gui.errors import OptionError

PUBLISHED: dict[str, dict[str, float]] = {
    "UMX": {"vocals": 6.32, "drums": 5.73, "bass": 5.23, "other": 4.02},
    "UMXHQ": {"vocals": 6.25, "drums": 6.04, "bass": 5.07, "other": 4.28},
    "UMXL": {"vocals": 7.21, "drums": 7.15, "bass": 6.02, "other": 4.89},
}
"""Median SDR in dB on the 50 songs of MUSDB18's test set, as its authors measured it with museval."""
MUSDB_TEST_SONGS = 50


@dataclass(frozen=True)
class Summary:
    """Scores in dB by target and metric, how many songs they are of, and of how many in all.

    lost, windows: by target, BSS Eval's windows without a score, and all of them. not_scored: by target, the songs that
    have no score and why. notes: what was said of single songs.
    """

    scores: Mapping[str, Mapping[str, float]]
    songs: Mapping[str, int]
    n_done: int
    n_songs: int
    lost: Mapping[str, int]
    windows: Mapping[str, int]
    not_scored: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, Sequence[str]]
    settings: Mapping[str, Any]

    @property
    def is_comparable(self) -> bool:
        """Whether the published numbers were measured in the same way on the same songs."""
        s = self.settings
        same = (s["dataset"], s["subset"], s["window_s"], s["hop_s"]) == ("musdb", "test", 1.0, 1.0)
        return same and self.n_done == MUSDB_TEST_SONGS and s["windows_with_silence"].endswith("all targets")

    def mean(self, metric: str) -> float:
        """The mean over the targets; NaN where one has no score."""
        values = [scores[metric] for scores in self.scores.values()]
        return sum(values) / len(values) if values else math.nan


def finished_songs(folder: Path, settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The songs whose scores are in a folder, by name. Raises OptionError where they were made with other settings.

    Raises OutputExistsError for JSON files of others.
    """
    found = {}
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        content = read_song(path)
        if different := _difference(content["umx"]["settings"], settings):
            raise OptionError("--output", f"it holds scores made with another {different}; choose another folder")
        found[path.stem] = content
    return found


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The name of a setting that differs, or nothing."""
    for name in dict.fromkeys((*new, *old)):
        if old.get(name) != new.get(name):
            if isinstance(old.get(name), dict) and isinstance(new.get(name), dict):
                return f"{name}: {_difference(old[name], new[name])}"
            return name
    return ""


def summarise(songs: Sequence[Mapping[str, Any]], n_songs: int, settings: Mapping[str, Any]) -> Summary:
    """Aggregate songs, as `finished_songs` gives them: medians over their medians, songs without a score left out."""
    per_song: dict[str, list[dict[str, float]]] = {}
    lost: dict[str, int] = {}
    windows: dict[str, int] = {}
    not_scored: dict[str, dict[str, str]] = {}
    for content in songs:
        about = content["umx"]
        for target in content["targets"]:
            name = target["name"]
            per_song.setdefault(name, []).append(medians_of(target))
            lost[name] = lost.get(name, 0) + about["windows"][name]["lost"]
            windows[name] = windows.get(name, 0) + about["windows"][name]["all"]
        for name, reason in about["not_scored"].items():
            not_scored.setdefault(name, {})[about["song"]] = reason
    names = order_targets(per_song)
    return Summary(
        scores={t: {m: median([s[m] for s in per_song[t]]) for m in (*METRICS, *WHOLE)} for t in names},
        songs={t: sum(not math.isnan(s["SDR"]) for s in per_song[t]) for t in names},
        n_done=len(songs),
        n_songs=n_songs,
        lost=lost,
        windows=windows,
        not_scored=not_scored,
        notes={c["umx"]["song"]: c["umx"]["notes"] for c in songs if c["umx"]["notes"]},
        settings=settings,
    )


def write_summary(output: Path, folder: Path, n_songs: int, settings: Mapping[str, Any]) -> Summary:
    """Write evaluation.json and the CSV files from the songs' files; returns what is in them.

    Several shards may end at once: whoever finds that songs came meanwhile writes again.
    """
    while True:
        songs = finished_songs(folder, settings)
        summary = summarise(list(songs.values()), n_songs, settings)
        write_tables(output, list(songs.values()))
        write_json(output / "evaluation.json", "scores", _scores(summary), _about(summary))
        if {path.stem for path in folder.glob("*.json")} == set(songs):
            return summary


def _scores(summary: Summary) -> dict[str, dict[str, float | None]]:
    """The scores as JSON has them: null where there is none."""
    return {
        target: {metric: None if math.isnan(value) else round(value, 5) for metric, value in values.items()}
        for target, values in summary.scores.items()
    }


def _about(summary: Summary) -> dict[str, object]:
    return {
        "songs_scored": dict(summary.songs),
        "songs_done": summary.n_done,
        "songs_of_dataset": summary.n_songs,
        "windows": dict(summary.windows),
        "windows_lost": dict(summary.lost),
        "not_scored": dict(summary.not_scored),
        "published_SDR": PUBLISHED,
        "comparable_with_published": summary.is_comparable,
        "settings": dict(summary.settings),
    }
