"""The command `umx-trainer check-dataset`: what is wrong with a dataset, before a training finds out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.data_options import LAYOUT_FIELDS, add_data_options, data_options
from umx_gui.errors import DatasetError
from umx_gui.words import packed

if TYPE_CHECKING:
    from trainer.check_track import TrackReport
    from trainer.layouts import Candidate

_SPLITS = ("train", "valid", "test")
_DESCRIPTION = """Read every file of a dataset to its end and list what cannot be used (unreadable, of another rate,
with too many channels, misaligned, silent) and what should be known (clipped, mono, silent or band-limited stems). The
exit code is 1 if a track cannot be used."""


def add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    out = commands.add_parser("check-dataset", help="look for what is wrong with a dataset", description=_DESCRIPTION)
    out.add_argument("root", type=Path, metavar="ROOT", help="the dataset's folder")
    out.add_argument("--split", choices=_SPLITS, action="append", help="only this one; may be repeated")
    out.add_argument("--sample-rate", type=int, default=44100, help="the run's sample rate in Hz (default 44100)")
    out.add_argument("--nb-channels", type=int, default=2, help="the run's channels (default 2)")
    out.add_argument("--json", action="store_true", help="print the reports as JSON")
    add_data_options(out, [name for name in LAYOUT_FIELDS if name not in ("cache", "cache_gb")])


def run_check(given: dict[str, Any]) -> int:
    """Run the command; returns the exit code. Raises OptionError and DatasetError."""
    from trainer.check_track import TrackCheck

    check = TrackCheck(given["sample_rate"], given["nb_channels"])
    reports: dict[str, list[TrackReport]] = {}
    try:
        tracks_of = _found(given)
    except DatasetError as e:
        if given["json"]:
            sys.stdout.write(json.dumps({"refused": packed(e.detail)}, indent=1) + "\n")
        raise
    for split, found in tracks_of.items():
        reports[split] = []
        for number, candidate in enumerate(found, 1):
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{split}: {number} of {len(found)} ")
                sys.stderr.flush()
            reports[split].append(check.check(candidate))
    if sys.stderr.isatty():
        sys.stderr.write("\r" + " " * 40 + "\r")
    bad = sum(not report.usable for tracks in reports.values() for report in tracks)
    if given["json"]:
        content = {split: [report.to_json() for report in tracks] for split, tracks in reports.items()}
        sys.stdout.write(json.dumps({"splits": content, "unusable": bad}, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(lines_of(reports)) + "\n")
    return 1 if bad else 0


def _found(given: dict[str, Any]) -> dict[str, list[Candidate]]:
    """The tracks of each split there is. Raises DatasetError where there is none at all."""
    from trainer.layouts import candidates, folder_candidates

    options, root = data_options(given), given["root"]
    found: dict[str, list[Candidate]] = {}
    refusals: list[DatasetError] = []
    for split in given["split"] or _SPLITS:
        try:
            if options.dataset == "folder":
                found[split] = folder_candidates(root / split, with_mixture=True)
            else:
                found[split] = candidates(options, root, split)
        except DatasetError as e:
            refusals.append(e)
    if not found or (given["split"] and refusals):
        raise refusals[0]
    return found


def lines_of(reports: dict[str, list[TrackReport]]) -> list[str]:
    """The reports as a table, and their sum in words."""
    rows = [["", "track", "length s", "edge kHz", "found"]]
    for split, tracks in reports.items():
        for report in tracks:
            words = [*(f"UNUSABLE: {fault}" for fault in report.faults), *report.remarks]
            rows.append([split, report.name, _length(report), _edge(report.edge_hz), "; ".join(words) or "good"])
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    lines = ["  ".join((*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[4])) for row in rows]
    return [*lines, "", _summary([report for tracks in reports.values() for report in tracks])]


def _summary(reports: Sequence[TrackReport]) -> str:
    bad = sum(not report.usable for report in reports)
    edges = sorted(report.edge_hz for report in reports if report.edge_hz is not None)
    told = f"{len(reports)} track{'' if len(reports) == 1 else 's'}, {bad} of them unusable."
    if edges:
        told += f" Half of them have sound up to {edges[len(edges) // 2] / 1000:.1f} kHz or beyond."
    return told


def _length(report: TrackReport) -> str:
    longest = max((found.n_samples / found.sample_rate for found in report.files), default=None)
    return "" if longest is None else f"{longest:.1f}"


def _edge(edge_hz: float | None) -> str:
    return "" if edge_hz is None else f"{edge_hz / 1000:.1f}"
