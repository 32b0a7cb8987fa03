"""The files of a run folder, each written whole or not at all.

config.json         the options
history.jsonl       one line an epoch
checkpoint.pt       all that a resumed run needs; checkpoint.previous.pt is the one before
start.pt            the weights that each of several seeds starts from, where they are a model's
best/               a model folder with each target's best weights so far, loadable at any time
"""

from __future__ import annotations

import json
import os
import pickle
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from trainer.config import TrainConfig
from trainer.dataset import Track
from umx_gui.engine.naming import printable
from umx_gui.engine.storage.files import replacing, write_whole
from umx_gui.errors import OptionError, RunError

CHECKPOINT = "checkpoint.pt"
PREVIOUS = "checkpoint.previous.pt"
START = "start.pt"
HISTORY = "history.jsonl"
BEST = "best"


def new_run(run: Path, config: TrainConfig) -> None:
    """Make the folder of a run. Raises OptionError where a run is there already."""
    if (run / CHECKPOINT).exists():
        told = f"{printable(str(run))} holds a run already; go on with --checkpoint, or name another folder"
        raise OptionError("--output", told)
    run.mkdir(parents=True, exist_ok=True)
    write_config(run, config)


def remove_leftovers(run: Path) -> None:
    """Remove what a killed save left of a file that never got its name."""
    for path in run.glob(".*.part"):
        path.unlink(missing_ok=True)


def write_config(run: Path, config: TrainConfig) -> None:
    """Write config.json."""
    write_whole(run / "config.json", json.dumps(config.to_json(), indent=1).encode())


def save_checkpoint(run: Path, state: dict[str, Any]) -> None:
    """Write the checkpoint; the last one is kept beside it."""
    with replacing(run / CHECKPOINT) as temp:
        # Through a file of Python's: torch's own hides from its errors that the disk is full.
        with temp.open("wb") as file:
            torch.save(state, file)
        if (run / CHECKPOINT).exists():
            # A second name for the old file, so that at no moment there is none under the name that counts.
            link = run / (PREVIOUS + ".new")
            link.unlink(missing_ok=True)
            try:
                os.link(run / CHECKPOINT, link)
            except OSError:
                return
            link.replace(run / PREVIOUS)
            # Where both were names of one file already (a save was killed), renaming does nothing at all.
            link.unlink(missing_ok=True)


def load_checkpoint(run: Path) -> dict[str, Any]:
    """The last checkpoint that can be read, or the one before. Raises RunError where there is neither."""
    for name in (CHECKPOINT, PREVIOUS):
        if (state := _loaded(run / name)) is not None:
            return state
    raise RunError(run, "it holds no checkpoint to go on from")


def save_start(run: Path, weights: dict[str, dict[str, torch.Tensor]]) -> None:
    """Keep what each seed starts from, so that the run does not depend on the model any more."""
    with replacing(run / START) as temp, temp.open("wb") as file:
        torch.save(weights, file)


def load_start(run: Path) -> dict[str, dict[str, torch.Tensor]] | None:
    """What `save_start` kept; None where there is nothing that can be read."""
    return _loaded(run / START)


def _loaded(path: Path) -> dict[str, Any] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about files that are none of torch's
            state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError):
        return None
    return state if isinstance(state, dict) else None


@contextmanager
def taking_over(run: Path) -> Iterator[None]:
    """Turn what a checkpoint of another shape or program leads to into RunError."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as e:
        raise RunError(run, "its checkpoint does not fit its settings, or is none of umx-trainer") from e


def whole(value: object) -> int:
    """A number that is counted up. Raises ValueError for anything else."""
    if not isinstance(value, int) or not 0 <= value < 1 << 53:
        raise ValueError("not a count")
    return value


def generators() -> dict[str, torch.Tensor]:
    """The states of the generators that a process draws dropout from."""
    cuda = {"cuda": torch.cuda.get_rng_state()} if torch.cuda.is_available() else {}
    return {**generators_of(torch.get_rng_state()), **cuda}


def generators_of(state: torch.Tensor) -> dict[str, torch.Tensor]:
    """The same, of the CPU alone."""
    return {"cpu": state}


def set_generators(states: dict[str, torch.Tensor]) -> None:
    """Have the generators go on from these states."""
    torch.set_rng_state(states["cpu"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])


def write_history(run: Path, history: Sequence[dict[str, Any]]) -> None:
    """Write all lines of the history: a resumed run drops what came after its checkpoint."""
    write_whole(run / HISTORY, b"".join(json.dumps(line).encode() + b"\n" for line in history))


def pack_tracks(tracks: Sequence[Track]) -> list[dict[str, Any]]:
    """Tracks as plain values for a checkpoint."""
    return [asdict(track) for track in tracks]


def unpack_tracks(values: Sequence[dict[str, Any]]) -> tuple[Track, ...]:
    """Tracks from plain values."""
    names = ("files", "streams", "starts")
    pairs = [{name: tuple(map(tuple, value.get(name, ()))) for name in names} for value in values]
    return tuple(Track(**{**value, **pair}) for value, pair in zip(values, pairs, strict=True))


def write_separator(folder: Path, values: dict[str, Any]) -> None:
    """Write separator.json of a model folder."""
    write_whole(folder / "separator.json", json.dumps(values, indent=1).encode())
