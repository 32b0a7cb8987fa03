"""A new run for each layout of a dataset: its fields appear, the dataset is checked, and the trainer trains on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from layouts_made import write_musdb_song
from pytestqt.qtbot import QtBot
from toy_runs import RATE, clicks, make_dataset, tone
from toy_training import MORE

from trainer.layouts import VALIDATION_SONGS
from umx_gui.app.session import Session
from umx_gui.app.training.layouts import FIELDS, Layout, names_in
from umx_gui.errors import OptionError
from umx_gui.views.kit.fields import CheckBox
from umx_gui.views.main_window import MainWindow
from umx_gui.views.training.forms import StartForm
from umx_gui.views.training.window import TrainingWindow

LIMIT_MS = 180_000
MORE_ONCE = MORE.replace("--steps-per-epoch 20", "--steps-per-epoch 3")
GIVEN: dict[str, dict[str, object]] = {
    "musdb": {"is_wav": True},
    "aligned": {"input_file": "mixture.wav", "output_file": "vocals.wav"},
    "sourcefolder": {
        "target_dir": "vocals",
        "interferer_dirs": "drums, noise",
        "nb_train_samples": 12,
        "nb_valid_samples": 2,
    },
    "trackfolder_var": {"target_file": "vocals.wav", "random_interferer_mix": True, "silence_missing": True},
    "trackfolder_fix": {"target_file": "vocals.wav", "interferer_files": "drums.wav", "random_track_mix": True},
}


@pytest.fixture
def form(window: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot) -> Iterator[StartForm]:
    """The form of a new run, opened by its button."""
    window.actions_.training.trigger()
    opened = window.training.window
    opened.new.click()
    assert isinstance(opened.form, StartForm)
    opened.form.output.setText(str(tmp_path / "run"))
    yield opened.form
    for child in opened.runs._started.values():
        child.kill()
        child.wait()
    opened.runs.close()
    opened.close()


def data_of(kind: str, folder: Path, rng: np.random.Generator) -> Path:
    """A dataset of a layout, for `GIVEN`."""
    if kind == "musdb":
        for song, name in enumerate(("A - One", "B - Two", sorted(VALIDATION_SONGS)[0])):
            write_musdb_song(folder / "train", name, 2 * RATE, song, is_wav=True, rate=RATE)
    elif kind == "sourcefolder":
        for split in ("train", "valid"):
            for name in ("vocals", "drums", "noise"):
                (folder / split / name).mkdir(parents=True)
                for n in range(2):
                    sound = tone(400, 2 * RATE) if name == "vocals" else clicks(2 * RATE, rng)
                    sf.write(folder / split / name / f"{n}.wav", sound, RATE, subtype="PCM_16")
    else:
        make_dataset(folder, rng)
        for path in sorted(folder.glob("*/*/vocals.wav")) if kind == "aligned" else ():
            other = path.with_name("drums.wav")
            sf.write(path.with_name("mixture.wav"), sf.read(path)[0] + sf.read(other)[0], RATE, subtype="FLOAT")
    return folder


def fill(form: StartForm, kind: str, root: Path) -> None:
    form.data.setText(str(root))
    form.fields.kind.choose(kind)
    for name, value in GIVEN.get(kind, {}).items():
        field = form.fields.fields[name]
        if isinstance(field, CheckBox):
            field.setChecked(bool(value))
        else:
            (field.setText if isinstance(value, str) else field.setValue)(value)  # type: ignore[union-attr]


def seen(form: StartForm) -> set[str]:
    return {name for name, field in form.fields.fields.items() if field.isVisible()}


def test_only_the_fields_of_a_layout_are_seen(form: StartForm) -> None:
    heights = {}
    for kind, names in FIELDS.items():
        form.fields.kind.choose(kind)
        assert seen(form) == set(names)
        assert form.targets["bass"].isVisible() == (kind in ("folder", "musdb"))
        heights[kind] = form.height()
    assert heights["folder"] < heights["musdb"] < heights["sourcefolder"]
    assert Layout().options() == []
    assert Layout("musdb").options() == ["--dataset", "musdb"]
    assert Layout("musdb", is_wav=True).options() == ["--dataset", "musdb", "--is-wav"]
    assert names_in(" a b.wav ,, c.wav") == ("a b.wav", "c.wav")


@pytest.mark.parametrize("kind", list(GIVEN))
def test_a_run_on_each_layout(
    window: MainWindow, form: StartForm, kind: str, tmp_path: Path, rng: np.random.Generator, qtbot: QtBot
) -> None:
    training: TrainingWindow = window.training.window
    fill(form, kind, data_of(kind, tmp_path / "data", rng))
    form.more.setText(MORE_ONCE)
    form.epochs.setValue(1)
    for target in ("drums", "other"):
        form.targets[target].setChecked(False)
    form.check.button.click()
    assert form.checker.running, form.problem.text()
    assert form.check.button.text() == "Stop checking"
    qtbot.waitUntil(lambda: not form.checker.running, timeout=LIMIT_MS)
    assert form.check.words.text().endswith("tracks were read; all can be used"), form.check.lines.toPlainText()

    form.accept_button.click()
    assert not form.isVisible(), form.problem.text()
    qtbot.waitUntil(lambda: training.state.text().startswith("Done"), timeout=LIMIT_MS)
    targets = ["vocals", "bass"] if kind == "musdb" else ["vocals"]
    assert list(training.watch.epochs[-1].targets) == targets


def test_what_a_check_finds_is_shown_and_it_can_be_stopped(
    form: StartForm, tmp_path: Path, rng: np.random.Generator, qtbot: QtBot
) -> None:
    root = make_dataset(tmp_path / "data", rng)
    (root / "train/a/vocals.wav").write_bytes(b"RIFF nothing")
    silent = np.zeros((16000, 2))
    sf.write(root / "train/b/drums.wav", silent[: len(sf.read(root / "train/b/vocals.wav")[0])], RATE)
    form.data.setText(str(root))
    form.more.setText("--sample-rate 8000")
    height = form.height()
    form.check.button.click()
    form.check.button.click()
    assert not form.checker.running
    assert form.check.words.text() == ""
    form.check.button.click()
    qtbot.waitUntil(lambda: not form.checker.running, timeout=LIMIT_MS)
    assert "of them cannot be used" in form.check.words.text()
    first, *rest = form.check.lines.toPlainText().splitlines()
    assert first.startswith("train · a: cannot be used: vocals cannot be read")
    assert any(line.startswith("train · b:") and "silent" in line for line in rest)
    assert form.check.lines.isVisible()
    assert form.height() > height
    form.more.setText("--sample-rate=44100")
    form.check.button.click()
    qtbot.waitUntil(lambda: not form.checker.running, timeout=LIMIT_MS)
    assert form.check.words.text() == "4 tracks were read; 4 of them cannot be used"
    form.data.setText(str(root / "elsewhere"))
    assert (form.check.words.text(), form.check.lines.isVisible()) == ("", False), "it was of another folder"
    form.check.button.click()
    assert form.problem.text().startswith("The dataset cannot be used: it needs the folders train and valid")
    assert not form.checker.running


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (Layout("musdb"), None),
        (Layout("aligned", input_file="mixture.wav"), "the names within it are not all given"),
        (Layout("aligned", input_file="/etc/passwd", output_file="vocals.wav"), "“/etc/passwd” is no name within it"),
        (Layout("trackfolder_var", target_file="../vocals.wav"), "“../vocals.wav” is no name within it"),
        (Layout("trackfolder_var", target_file="--help"), "“--help” is no name within it"),
        (Layout("trackfolder_var", target_file="vocals.wav", ext=""), "the names within it are not all given"),
        (Layout("trackfolder_var", target_file="flute.wav"), "no folder in train holds “flute.wav”"),
        (Layout("trackfolder_fix", target_file="vocals.wav", interferer_files=("x",)), "no folder in train holds “x”"),
        (Layout("sourcefolder", target_dir="a", interferer_dirs=("strings",)), "train has no folder “strings”"),
        (Layout("trackfolder_fix", target_file="vocals.wav", interferer_files=("drums.wav",)), None),
    ],
)
def test_names_that_cannot_be_right_are_said(
    layout: Layout, said: str | None, tmp_path: Path, rng: np.random.Generator
) -> None:
    root = make_dataset(tmp_path / "data", rng)
    if said is None:
        layout.check(root)
        return
    with pytest.raises(OptionError) as refused:
        layout.check(root)
    assert refused.value.detail == said
