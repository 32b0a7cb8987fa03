"""What is said of files that are there now: what was clipped or replaced, and by how much all were made softer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from umx_gui.messages import Message
from umx_gui.words import mark, number, tr, trn

MINUS = "\u2212"


def notes_on(written: Iterable[tuple[str, int, int, float]]) -> tuple[Message, ...]:
    """What there is to say of files: (target, clipped samples, samples that were no numbers, gain in dB) of each."""
    files = list(written)
    clipped_in = {target: n for target, n, _, _ in files if n}
    replaced_in = {target: n for target, _, n, _ in files if n}
    gain_db = files[0][3] if files else 0.0
    notes = [clipped(clipped_in)] if clipped_in else []
    notes += [replaced(replaced_in)] if replaced_in else []
    return (*notes, gained(gain_db)) if gain_db else tuple(notes)


def clipped(samples: Mapping[str, int]) -> Message:
    """What is said when samples of written stems, by name, were beyond full scale."""
    return Message(
        trn(
            "{n} sample of {names} was clipped at full scale",
            "{n} samples of {names} were clipped at full scale",
            sum(samples.values()),
            names=_names(samples),
        ),
        "",
        tr("WAV with 32-bit float keeps them, and so does a common gain"),
    )


def replaced(samples: Mapping[str, int]) -> Message:
    """What is said when samples of written stems, by name, were no numbers."""
    return Message(
        trn(
            "{n} sample of {names} was no number and became silence",
            "{n} samples of {names} were no numbers and became silence",
            sum(samples.values()),
            names=_names(samples),
        )
    )


def gained(gain_db: float) -> Message:
    """What is said when everything was made louder or softer."""
    louder = mark("All files are {gain:.1f} dB louder than the song")
    softer = mark("All files are {gain:.1f} dB softer than the song")
    return Message(tr(louder if gain_db > 0 else softer, gain=float(abs(gain_db))))


def decibels(gain_db: float) -> str:
    """A gain with its sign and unit."""
    return f"{MINUS if gain_db < 0 else '+' if gain_db > 0 else ''}{number(abs(gain_db), '.1f')} dB"


def _names(samples: Mapping[str, int]) -> str:
    *others, last = samples
    return tr("{others} and {last}", others=", ".join(others), last=last) if others else last
