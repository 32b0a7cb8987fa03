"""What an evaluation shows at its end: scores by target, beside the published models, and what they leave out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from trainer.score_files import WHOLE
from trainer.score_summary import MUSDB_TEST_SONGS, PUBLISHED, Summary
from umx_gui.engine.scoring.bsseval import METRICS

_TITLES = {**{metric: metric for metric in METRICS}, "whole_track_SDR": "track SDR", "SI_SDR": "SI-SDR"}


def lines_of(summary: Summary) -> list[str]:
    """The table and its notes, line by line."""
    model = summary.settings["model"]
    return [
        f"BSS Eval v4, SDR in dB: {summary.settings['aggregation']}.",
        "",
        *_beside_published(summary, model),
        "",
        f"{model}, all scores in dB; track SDR and SI-SDR are over whole songs, their median over songs.",
        "",
        *_all_scores(summary),
        "",
        *_notes(summary),
    ]


def _beside_published(summary: Summary, model: str) -> list[str]:
    targets = list(summary.scores)
    ours = {target: scores["SDR"] for target, scores in summary.scores.items()}
    rows = [["", *targets, "mean", "songs"], _row(model, ours, targets, str(max(summary.songs.values(), default=0)))]
    for name, sdr in PUBLISHED.items():
        rows.append(_row(f"{name} (published)", sdr, targets, str(MUSDB_TEST_SONGS)))
    return _columns(rows)


def _row(name: str, sdr: Mapping[str, float], targets: list[str], songs: str) -> list[str]:
    # A mean over other targets than the model's would be no comparison.
    values = [sdr.get(target, math.nan) for target in targets]
    return [name, *map(_number, values), _number(sum(values) / len(values) if values else math.nan), songs]


def _all_scores(summary: Summary) -> list[str]:
    rows = [["", *_TITLES.values(), "songs", "windows", "lost"]]
    for target, scores in summary.scores.items():
        counts = (summary.songs[target], summary.windows[target], summary.lost[target])
        rows.append([target, *(_number(scores[metric]) for metric in (*METRICS, *WHOLE)), *map(str, counts)])
    return _columns(rows)


def _notes(summary: Summary) -> Iterable[str]:
    if summary.n_done < summary.n_songs:
        yield f"{summary.n_done} of {summary.n_songs} songs are done."
    if any(summary.lost.values()):
        whom = summary.settings["windows_with_silence"]
        yield f"Windows in which a stem or its estimate is silent are {whom}; track SDR and SI-SDR know no windows."
    for target, songs in summary.not_scored.items():
        for song, reason in songs.items():
            yield f"n/a: {target} of {song}: {reason}."
    for song, notes in summary.notes.items():
        yield from (f"{song}: {note.rstrip('.')}." for note in notes)
    if not summary.is_comparable:
        yield (
            f"The published scores are of the {MUSDB_TEST_SONGS} songs of MUSDB18's test set, in windows of 1 s: "
            "compare only what was measured like that."
        )


def _number(value: float) -> str:
    return "n/a" if math.isnan(value) else f"{value:.2f}"


def _columns(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *rest in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return lines
