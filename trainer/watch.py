"""`umx-trainer watch`: a run's epochs as a table on one screen, read from its folder, wherever the run is at work."""

from __future__ import annotations

import math
import shutil
import sys
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path

from umx_gui.engine.runs.run_folder import RunNews, is_run, read_run
from umx_gui.engine.runs.run_history import Epoch, HistoryFollower, TargetScores
from umx_gui.engine.runs.run_words import state_words
from umx_gui.errors import RunError
from umx_gui.messages import printable

_EVERY_S = 1.0
_HOME, _CLEAR_LINE, _CLEAR_REST = "\x1b[H", "\x1b[K", "\x1b[J"
_FULL, _SHORT = ("train", "valid", "gain"), ("valid", "gain")
_WIDTH = 8


def watch(run: Path, once: bool = False) -> None:
    """Show the run until Ctrl-C; `once` prints it and returns. Raises RunError for what is no run folder."""
    if not is_run(run):
        raise RunError(run, "it holds neither config.json nor history.jsonl, so it is no run folder")
    follower = HistoryFollower(run)
    live = sys.stdout.isatty() and not once
    shown = ""
    try:
        while True:
            follower.read()
            last = follower.epochs[-1].number if follower.epochs else 0
            size = shutil.get_terminal_size((100, 24))
            rows = size.lines - 1 if live else len(follower.epochs) + 8
            text = table(read_run(run, last), follower.epochs, size.columns if live else 100, rows)
            if text != shown:
                sys.stdout.write(_on_screen(text, first=not shown) if live else text + "\n")
                sys.stdout.flush()
                shown = text
            if once:
                return
            time.sleep(_EVERY_S)
    except KeyboardInterrupt:
        return


def table(news: RunNews, epochs: Sequence[Epoch], columns: int = 100, rows: int = 24) -> str:
    """The run in so many columns and rows: its state, its latest epochs, and the best one of each target."""
    lines = [_headline(news), *textwrap.wrap(news.detail, columns)]
    targets = list(dict.fromkeys([*(t for epoch in epochs for t in epoch.targets), *news.targets]))
    fields = _FULL if 6 + len(targets) * (len(_FULL) * _WIDTH + 1) + 9 <= columns else _SHORT
    width = len(fields) * _WIDTH
    head = ["", *(" " * 6 + "".join(f" {target[: width - 2]:>{width}}" for target in targets))]
    names = "epoch " + "".join(f" {''.join(f'{name:>{_WIDTH}}' for name in fields)}" for _ in targets) + f"{'lr':>9}"
    best = [" best " + "".join(f" {_best(target, epochs):>{width}}" for target in targets)] if epochs else []
    lines += ["", "".join(head), names]
    room = max(rows - len(lines) - len(best), 1)
    lines += [_row(epoch, targets, fields) for epoch in epochs[-room:]] or ["no epoch is done yet"]
    return "\n".join(line[:columns] for line in [*lines, *best])


def _headline(news: RunNews) -> str:
    return f"{printable(news.folder.resolve().name)}: {state_words(news, ', ')}"


def _row(epoch: Epoch, targets: Sequence[str], fields: Sequence[str]) -> str:
    cells = [f"{epoch.number:>5} "]
    for target in targets:
        scores = epoch.targets.get(target)
        cells.append(" " + "".join(f"{_cell(scores, name):>{_WIDTH}}" for name in fields))
    rates = [s.lr for s in epoch.targets.values() if not math.isnan(s.lr)]
    return "".join(cells) + (f"{rates[0]:>9.1e}" if rates else "")


def _cell(scores: TargetScores | None, name: str) -> str:
    if scores is None:
        return ""
    value = {"train": scores.train_loss, "valid": scores.valid_loss, "gain": scores.gain_db}[name]
    if math.isnan(value):
        return "n/a"
    return f"{value:+.2f}" if name == "gain" else f"{value:.4g}"


def _best(target: str, epochs: Sequence[Epoch]) -> str:
    losses = [(e.targets[target].valid_loss, e.number) for e in epochs if target in e.targets]
    known = [pair for pair in losses if not math.isnan(pair[0])]
    return f"{min(known)[0]:.4g} at {min(known)[1]}" if known else ""


def _on_screen(text: str, first: bool) -> str:
    """Over what was there, line by line: to clear it all first would flicker."""
    clear = "\x1b[2J" if first else ""
    return clear + _HOME + f"{_CLEAR_LINE}\n".join(text.split("\n")) + f"{_CLEAR_LINE}\n{_CLEAR_REST}"
