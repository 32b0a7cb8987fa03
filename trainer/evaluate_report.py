"""What an evaluation says while it goes: a bar and a line per song for people, lines of JSON for programs."""

from __future__ import annotations

import json
import math
import sys
from typing import TextIO

from tqdm import tqdm

from trainer.evaluate import Event, Finished, SongDone, SongFailed, Started
from trainer.score_files import median
from trainer.score_song import SongScores
from trainer.score_table import lines_of
from umx_gui.engine.naming import printable


class EvaluationReport:
    """Takes the events of an evaluation; `exit_code` is 1 as soon as a song could not be scored."""

    def __init__(self, as_json: bool = False) -> None:
        self._json = as_json
        self._bar: tqdm[None] | None = None
        self.exit_code = 0

    def tell(self, event: Event) -> None:
        """Say what happened."""
        if isinstance(event, Started):
            self._event("start", songs=event.n_songs, done=event.n_done)
            if not self._json and sys.stderr.isatty():
                self._bar = tqdm(total=event.n_songs, initial=event.n_done, unit="song", leave=False)
        elif isinstance(event, SongDone):
            sdr = _sdr(event.scores)
            self._event("song", song=event.scores.name, SDR={target: _plain(value) for target, value in sdr.items()})
            shown = ", ".join(f"{t} {'n/a' if math.isnan(v) else f'{v:.2f}'}" for t, v in sdr.items())
            self._line(sys.stdout, f"{event.scores.name}: {shown}")
        elif isinstance(event, SongFailed):
            self.exit_code = 1
            self._event("failed", song=event.name, reason=event.message.one_line())
            self._line(sys.stderr, f"{event.name} is not scored. {event.message.one_line()}")
        else:
            self._finish(event)
        if self._bar is not None and isinstance(event, SongDone | SongFailed):
            self._bar.update()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _finish(self, event: Finished) -> None:
        self.close()
        s = event.summary
        scores = {target: {name: _plain(v) for name, v in values.items()} for target, values in s.scores.items()}
        self._event("done", songs=s.n_done, of=s.n_songs, scores=scores, failed=list(event.failed))
        for line in ("", *lines_of(s)):
            self._line(sys.stdout, line)
        if event.failed:
            self._line(sys.stderr, f"Not scored: {', '.join(event.failed)}.")

    def _line(self, stream: TextIO, text: str) -> None:
        if self._json and stream is sys.stdout:
            return
        if self._bar is not None:
            self._bar.clear()
        stream.write(printable(text) + "\n")
        stream.flush()
        if self._bar is not None:
            self._bar.refresh()

    def _event(self, event: str, **fields: object) -> None:
        if self._json:
            sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
            sys.stdout.flush()


def _sdr(scores: SongScores) -> dict[str, float]:
    """BSS Eval's SDR of a song by target, the median of its windows."""
    return {target: median(target_scores.frames[0].tolist()) for target, target_scores in scores.targets.items()}


def _plain(value: float) -> float | str | None:
    """A score as JSON has it."""
    return None if math.isnan(value) else value if math.isfinite(value) else str(value)
