"""Everything that writes files, as `prepare`, `act` and `check`: for tests that kill it on its way.

`act` makes the new state out of the old one; it is killed somewhere. `check` looks at what is left and says which state
it is ("old" or "new"), or fails; then `act` must succeed, and leave exactly the files it should.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import soundfile
import torch
from export_helpers import TARGETS, export, song
from hostile_models import SHAPE, make_model
from session_writers import autosave_writer, receipt_writer, session_writer
from trainer_writers import decoded_writer, scores_writer

from trainer import checkpoint
from trainer.config import config_from
from trainer.publish import publish
from umx_gui.app.queue.file import QueueFile, encoded
from umx_gui.app.queue.job import JobSettings, JobState, QueueJob
from umx_gui.app.settings import Settings, load_settings
from umx_gui.engine.export.exporter import ExportOptions
from umx_gui.engine.models.importing import import_model
from umx_gui.engine.models.model import ModelSpec, load_model, save_network
from umx_gui.engine.models.network import OpenUnmix
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.storage.journal import recover
from umx_gui.errors import ModelNotFoundError

OLD, NEW = 1500, 2500
Step = Callable[[Path], object]


@dataclass(frozen=True)
class Writer:
    """One writer in a folder of its own; `files` are the ones that are there after `act`."""

    prepare: Step
    act: Step
    check: Callable[[Path], str]
    files: frozenset[str]


def _stems(file_format: str, existing: bool) -> Writer:
    old, new = song(OLD), song(NEW, seed=1)
    options = ExportOptions(file_format, 16, overwrite=True)

    def lengths(folder: Path) -> list[int]:
        return [soundfile.info(path).frames for path in sorted((folder / "out").glob(f"*.{file_format}"))]

    def check(folder: Path) -> str:
        # No single file is ever anything but old or complete, even before anything is tidied.
        before = lengths(folder)
        assert set(before) <= {OLD, NEW}
        assert existing or len(before) in (0, 4)
        recover(folder)
        recover(folder / "out")
        after = lengths(folder)
        assert after in ([NEW] * 4, [OLD] * 4 if existing else [])
        kept = {path.name for path in (folder / "out").iterdir()} if after else set()
        assert kept == ({f"{target}.{file_format}" for target in TARGETS} if after else set())
        return "new" if NEW in after else "old"

    return Writer(
        prepare=lambda folder: export(folder / "out", *old, options) if existing else None,
        act=lambda folder: export(folder / "out", *new, options),
        check=check,
        files=frozenset({"out", *(f"out/{target}.{file_format}" for target in TARGETS)}),
    )


def _checkpoint() -> Writer:
    def save(folder: Path, number: int) -> None:
        checkpoint.save_checkpoint(folder, {"number": number, "weights": torch.full((200_000,), float(number))})

    def check(folder: Path) -> str:
        found = checkpoint.load_checkpoint(folder)["number"]
        previous = torch.load(folder / checkpoint.PREVIOUS, weights_only=True)["number"]
        assert (found, previous) in ((2, 1), (2, 2), (3, 2), (3, 3))
        return "new" if found == 3 else "old"

    def act(folder: Path) -> None:
        checkpoint.remove_leftovers(folder)
        save(folder, 3)

    return Writer(
        prepare=lambda folder: [save(folder, 1), save(folder, 2)],
        act=act,
        check=check,
        files=frozenset({checkpoint.CHECKPOINT, checkpoint.PREVIOUS}),
    )


def _history() -> Writer:
    def check(folder: Path) -> str:
        lines = (folder / checkpoint.HISTORY).read_text().splitlines()
        assert len(lines) in (100, 101)
        return "new" if len(lines) == 101 else "old"

    def write(folder: Path, n_lines: int) -> None:
        checkpoint.write_history(folder, [{"epoch": n, "loss": 0.1 * n} for n in range(n_lines)])

    return Writer(lambda f: write(f, 100), lambda f: write(f, 101), check, frozenset({checkpoint.HISTORY}))


def _settings() -> Writer:
    def check(folder: Path) -> str:
        found, told = load_settings(folder)
        assert told is None
        assert found in (Settings(theme="dark"), Settings(theme="light", recent_files=["/a"] * 9))
        return "new" if found.theme == "light" else "old"

    return Writer(
        prepare=lambda folder: Settings(theme="dark").save(folder),
        act=lambda folder: Settings(theme="light", recent_files=["/a"] * 9).save(folder),
        check=check,
        files=frozenset({"settings.json"}),
    )


def _queue() -> Writer:
    """The queue's file, with a few hundred songs in it."""
    jobs = [QueueJob(n + 1, Path(f"/music/{n}.wav"), JobSettings("tiny", "/out")) for n in range(300)]

    def write(folder: Path, state: JobState) -> None:
        jobs[0].state = state
        QueueFile(folder).write(encoded(jobs, {}, paused=False))

    def check(folder: Path) -> str:
        kept = QueueFile(folder).load()
        assert kept.told is None
        assert [job.path for job in kept.jobs] == [job.path for job in jobs]
        assert kept.jobs[0].state in (JobState.WAITING, JobState.DONE)
        return "new" if kept.jobs[0].state is JobState.DONE else "old"

    return Writer(
        prepare=lambda folder: write(folder, JobState.WAITING),
        act=lambda folder: write(folder, JobState.DONE),
        check=check,
        files=frozenset({"queue.json"}),
    )


def _network() -> Writer:
    """The best weights of a run, written over those of an earlier epoch."""
    spec = ModelSpec(n_fft=1024, hop=256)

    def write(folder: Path, value: float) -> None:
        network = OpenUnmix(SHAPE).eval()
        torch.nn.init.constant_(network.fc1.weight, value)
        save_network(folder, "vocals", network, spec, {"best_loss": value}, with_pth=False)
        checkpoint.write_separator(folder, {"nfft": 1024, "nhop": 256, "sample_rate": 44100, "nb_channels": 2})

    def check(folder: Path) -> str:
        value = load_model(folder).networks["vocals"].fc1.weight.unique().tolist()
        assert value in ([1.0], [2.0])
        return "new" if value == [2.0] else "old"

    names = frozenset({"vocals.json", "vocals.safetensors", "separator.json"})
    return Writer(lambda folder: write(folder, 1.0), lambda folder: write(folder, 2.0), check, names)


def _installed(folder: Path) -> str:
    """Whether the model "mine" is there; wholly, if at all, and nothing half of it under any name that is seen."""
    registry = ModelRegistry(folder / "models")
    if "mine" not in registry.names():
        assert not [path for path in (folder / "models").glob("*") if not path.name.startswith(".")]
        return "old"
    assert load_model("mine", registry).targets == ("vocals", "drums")
    return "new"


def _remove_mine(folder: Path) -> None:
    """What someone does who finds it there after all."""
    with contextlib.suppress(ModelNotFoundError):
        ModelRegistry(folder / "models").remove("mine")


def _model_files(*more: str) -> frozenset[str]:
    kinds = {".origin", ".sha256.json", "separator.json", *more}
    files = {*kinds, *(f"{target}.{kind}" for target in ("vocals", "drums") for kind in ("json", "pth"))}
    return frozenset({"models", "models/mine", *(f"models/mine/{name}" for name in files)})


def _import(source: Path) -> Writer:
    make_model(source)

    def act(folder: Path) -> None:
        _remove_mine(folder)
        list(import_model(source, ModelRegistry(folder / "models"), "mine"))

    return Writer(lambda _: None, act, _installed, _model_files())


def _publish(run: Path) -> Writer:
    run.mkdir(parents=True)
    config = config_from({"root": str(run), "output": str(run), "targets": ("vocals", "drums")})
    checkpoint.write_config(run, config)
    make_model(run / checkpoint.BEST)

    def act(folder: Path) -> None:
        _remove_mine(folder)
        publish(run, "mine", folder / "models")

    stored = {f"models/mine/{name}" for name in ("CARD.md", "vocals.safetensors", "drums.safetensors")}
    unrecorded = {"models/mine/.origin", "models/mine/.sha256.json"}
    return Writer(lambda _: None, act, _installed, (_model_files() - unrecorded) | stored)


def writer(name: str, place: Path) -> Writer:
    """A writer by its name; `place` is a folder for what it needs besides."""
    makers: dict[str, Callable[[], Writer]] = {
        "new stems": lambda: _stems("wav", existing=False),
        "stems over old ones": lambda: _stems("wav", existing=True),
        "flac over old ones": lambda: _stems("flac", existing=True),
        "checkpoint": _checkpoint,
        "history": _history,
        "settings": _settings,
        "queue": _queue,
        "session": lambda: Writer(*session_writer()),
        "autosave": lambda: Writer(*autosave_writer()),
        "receipt": lambda: Writer(*receipt_writer()),
        "scores": lambda: Writer(*scores_writer()),
        "decoded sound": lambda: Writer(*decoded_writer(place / "sounds")),
        "best weights": _network,
        "import": lambda: _import(place / "source"),
        "publish": lambda: _publish(place / "run"),
    }
    return makers[name]()


# What goes on without when its disk is full or read-only: nobody need be told in place of what they asked for.
DISPENSABLE = ("settings", "decoded sound")
NAMES = (
    "new stems",
    "stems over old ones",
    "flac over old ones",
    "checkpoint",
    "history",
    "settings",
    "session",
    "autosave",
    "receipt",
    "queue",
    "scores",
    "decoded sound",
    "best weights",
    "import",
    "publish",
)
