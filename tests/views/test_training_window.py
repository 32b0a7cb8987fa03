"""The training window with a real run of toy size: started, watched, stopped, resumed and published by its buttons."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QAccessible, QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from toy_runs import make_dataset
from toy_training import MORE

from umx_gui.app.session import Session
from umx_gui.engine.runs.run_folder import RunNews, RunState
from umx_gui.engine.runs.run_history import Epoch, TargetScores
from umx_gui.engine.runs.run_words import state_words
from umx_gui.views.kit.theme import DARK, LIGHT
from umx_gui.views.main_window import MainWindow
from umx_gui.views.training.forms import PublishForm, StartForm
from umx_gui.views.training.plots import TrainingPlots, curves_in_words
from umx_gui.views.training.window import TrainingWindow

LIMIT_MS = 180_000
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def training(window: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot) -> Iterator[TrainingWindow]:
    """The training window, opened from the menu; models are published into a folder of their own."""
    session.registry.user_folder = tmp_path / "models"
    window.actions_.training.trigger()
    opened = window.training.window
    qtbot.waitExposed(opened)
    yield opened
    for child in opened.runs._started.values():
        child.kill()
        child.wait()
    opened.runs.close()
    opened.close()


def history(run: Path, n_epochs: int, targets: tuple[str, ...] = ("vocals", "drums")) -> Path:
    """A run's folder as another machine may have left it."""
    run.mkdir(exist_ok=True)
    scores = {"train_loss": 2.0, "valid_loss": 1.0, "sdr_db": 3.0, "mixture_sdr_db": -1.0, "lr": 0.001}
    lines = [{"epoch": e, "targets": dict.fromkeys(targets, scores)} for e in range(1, n_epochs + 1)]
    (run / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return run


def test_a_run_from_start_to_model(
    training: TrainingWindow, session: Session, tmp_path: Path, rng: np.random.Generator, qtbot: QtBot
) -> None:
    root, run = make_dataset(tmp_path / "data", rng), tmp_path / "my run"
    training.new.click()
    form = training.form
    assert isinstance(form, StartForm)
    form.data.setText(str(root))
    form.output.setText(str(run))
    form.epochs.setValue(100_000)
    form.more.setText(MORE)
    for target in ("bass", "other"):
        form.targets[target].setChecked(False)
    form.accept_button.click()
    assert training.state.text() == "Starting"
    assert (training.stop.isEnabled(), training.resume.isEnabled()) == (True, False)

    qtbot.waitUntil(lambda: len(training.watch.epochs) >= 2, timeout=LIMIT_MS)
    assert list(training.boxes) == ["vocals", "drums"]
    assert len(training.plots.curves["drums", "valid"].getData()[0]) == len(training.watch.epochs)
    qtbot.waitUntil(lambda: training.state.text().startswith("Training · epoch "), timeout=LIMIT_MS)
    assert " of 100000 · " in training.state.text()
    assert training.bar.isVisible()
    assert training.publish.isEnabled()

    training.pause.click()
    qtbot.waitUntil(lambda: training.state.text().startswith("Paused · epoch "), timeout=LIMIT_MS)
    assert (training.pause.text(), training.stop.isEnabled(), training.resume.isEnabled()) == ("Continue", True, False)
    paused = len(training.watch.epochs)
    training.pause.click()
    qtbot.waitUntil(lambda: len(training.watch.epochs) > paused, timeout=LIMIT_MS)
    assert training.pause.text() == "Pause"

    training.stop.click()
    qtbot.waitUntil(lambda: training.resume.isEnabled(), timeout=LIMIT_MS)
    assert not training.pause.isEnabled()
    assert training.state.text().startswith("Stopped · epoch ")
    assert not training.stop.isEnabled()
    done = len(training.watch.epochs)
    training.resume.click()
    qtbot.waitUntil(lambda: len(training.watch.epochs) > done, timeout=LIMIT_MS)
    training.stop.click()
    assert not training.stop.isEnabled()
    qtbot.waitUntil(lambda: training.resume.isEnabled(), timeout=LIMIT_MS)

    training.publish.click()
    form = training.form
    assert isinstance(form, PublishForm)
    assert form.name.text() == "my run"
    form.name.setText("toy")
    form.licence.setText("CC0 1.0")
    with qtbot.waitSignal(session.models_changed, timeout=LIMIT_MS):
        form.accept_button.click()
        assert not training.publish.isEnabled()
    entry = session.registry.entry("toy")
    assert (entry.origin, entry.licence, entry.targets) == ("trained", "CC0 1.0", ("vocals", "drums"))
    assert training.notice.title.text() == "“toy” is among your models"
    assert training.publish.isEnabled()


def test_every_validation_can_be_heard(
    training: TrainingWindow, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    run = history(tmp_path / "run", 2)
    training.runs.add(run)
    assert not training.excerpts.isVisible()
    for epoch in (1, 2):
        folder = run / "excerpts" / f"epoch-{epoch:03d}"
        folder.mkdir(parents=True)
        for name in ("drums", "mixture", "vocals"):
            sf.write(folder / f"{name}.flac", 0.1 * np.ones((8000, 2)), 8000)
    (run / "excerpts/epoch-x").mkdir()
    (run / "excerpts/epoch-003").symlink_to(run / "excerpts/epoch-001")
    history(run, 3)
    row = training.excerpts
    qtbot.waitUntil(row.isVisible, timeout=LIMIT_MS)
    assert [row.epoch.itemText(i) for i in range(row.epoch.count())] == ["Epoch 1", "Epoch 2"]
    assert [row.stem.itemText(i) for i in range(3)] == ["Drums", "Vocals", "Mixture"]
    assert row.epoch.currentText() == "Epoch 2"
    row.play.click()
    assert row.play.text() == "Stop"
    qtbot.waitUntil(lambda: training.player._player is not None, timeout=LIMIT_MS)
    row.stem.setCurrentIndex(1)
    assert training.player.path == run / "excerpts/epoch-002/vocals.flac"
    qtbot.waitUntil(lambda: row.play.text() == "Play", timeout=LIMIT_MS)
    (run / "excerpts/epoch-002/vocals.flac").write_bytes(b"no sound")
    row.play.click()
    qtbot.waitUntil(training.notice.isVisible, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: row.play.text() == "Play", timeout=LIMIT_MS)
    row.stem.setCurrentIndex(0)
    row.play.click()
    training.close()
    assert training.player.path is None


def test_what_cannot_work_is_said_in_the_form(training: TrainingWindow, tmp_path: Path) -> None:
    training.new.click()
    form = training.form
    assert isinstance(form, StartForm)
    for name in ("train", "valid"):
        (tmp_path / "data" / name).mkdir(parents=True)
    (tmp_path / "checkpoint.pt").touch()
    form.output.setText(str(tmp_path / "new"))
    said = []
    for change in (
        lambda: form.data.setText(str(tmp_path)),
        lambda: (form.data.setText(str(tmp_path / "data")), [box.setChecked(False) for box in form.targets.values()]),
        lambda: (form.targets["bass"].setChecked(True), form.output.setText(" ")),
        lambda: form.output.setText(str(tmp_path)),
        lambda: (form.output.setText(str(tmp_path / "new")), form.more.setText("--model 'x")),
    ):
        change()
        assert not form.problem.isVisible()
        form.accept_button.click()
        assert form.isVisible()
        said.append(form.problem.text().split(":")[0].rstrip("."))
    assert said == [
        "The dataset cannot be used",
        "There is nothing to train",
        "The run needs a folder of its own",
        "There is a run in this folder already. Choose another folder, or resume that run",
        "The option More options cannot be used like this",
    ]
    form.reject()
    assert training.runs.folders == ()
    publish = PublishForm(tmp_path / "..", training)
    publish.name.setText("a/b")
    publish.accept_button.click()
    assert publish.problem.text().startswith("The name cannot be used")


def test_a_run_of_another_machine_can_only_be_looked_at(training: TrainingWindow, tmp_path: Path, qtbot: QtBot) -> None:
    assert training.state.text() == "No training run is known yet"
    assert not training.open_folder.isEnabled()
    run = history(tmp_path / "<b>run", 3)
    (run / "config.json").write_text('{"epochs": 9}')
    (run / "checkpoint.pt").touch()
    news = {"state": "training", "host": "elsewhere", "epoch": 4, "step": 2, "steps": 5, "left_s": 3700}
    (run / "progress.json").write_text(json.dumps(news))
    training.runs.add(run)
    words = "Training · epoch 4 of 9 · step 2 of 5 · 1:01:40 left · on another machine"
    assert training.state.text() == words
    buttons = (training.stop, training.resume, training.publish, training.open_folder, training.forget)
    assert [button.isEnabled() for button in buttons] == [False, False, False, True, True]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in training.findChildren(QLabel))

    history(run, 4)
    qtbot.waitUntil(lambda: len(training.watch.epochs) == 4)
    assert training.plots.accessibleName() == (
        "Training curves up to epoch 4: Vocals training loss 2, validation loss 1, SDR gain +4.0 dB; "
        "Drums training loss 2, validation loss 1, SDR gain +4.0 dB"
    )
    training.close()
    history(run, 5)
    qtbot.wait(700)
    assert len(training.watch.epochs) == 4  # nobody looks
    training.show()
    assert len(training.watch.epochs) == 5
    training.forget.click()
    assert training.runs.folders == ()
    assert training.watch.epochs == ()
    assert training.boxes == {}


def test_news_for_a_closed_window_are_told_in_the_main_one(
    window: MainWindow, training: TrainingWindow, tmp_path: Path
) -> None:
    training.runs.add(tmp_path)
    assert training.notice.isVisible()
    assert not window.notice.isVisible()
    training.close()
    training.runs.add(tmp_path)
    assert window.notice.title.text() == f"“{tmp_path.name}” is no training run"


def test_runs_are_chosen_from_a_list(training: TrainingWindow, tmp_path: Path) -> None:
    for name, n_epochs, targets in (("a", 2, ("vocals",)), ("b", 3, ("bass", "evil\x1b[1m"))):
        training.runs.add(history(tmp_path / name, n_epochs, targets))
    assert [training.choice.itemText(at).split()[0] for at in range(2)] == ["b", "a"]
    assert list(training.boxes) == ["bass", "evil[1m"]
    training.choice.setCurrentIndex(1)
    assert list(training.boxes) == ["vocals"]
    assert set(training.plots.curves) == {("vocals", name) for name in ("train", "valid", "gain", "lr")}
    training.boxes["vocals"].click()
    assert not training.plots.curves["vocals", "valid"].isVisible()
    training.choice.setCurrentIndex(0)
    training.choice.setCurrentIndex(1)
    assert training.plots.curves["vocals", "valid"].isVisible()


def test_the_folder_is_opened(training: TrainingWindow, tmp_path: Path) -> None:
    class Opener(QObject):
        @Slot(QUrl)
        def take(self, url: QUrl) -> None:
            opened.append(url.toLocalFile())

    opened: list[str] = []
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "take")
    training.runs.add(history(tmp_path / "run", 1))
    training.open_folder.click()
    QDesktopServices.unsetUrlHandler("file")
    assert opened == [str(tmp_path / "run")]


def test_everything_has_a_name_and_is_large_enough(training: TrainingWindow, tmp_path: Path) -> None:
    training.runs.add(history(tmp_path / "run", 1))
    training.new.click()
    assert training.form is not None
    kinds = (QAbstractButton, QComboBox, QLineEdit, QSpinBox)
    for top in (training, training.form, PublishForm(tmp_path, training)):
        top.show()
        for control in top.findChildren(QWidget):
            if isinstance(control, kinds) and control.isVisible() and not isinstance(control.parent(), QSpinBox):
                name = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
                assert name.strip(), control
                assert control.height() >= 24, name
                assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, name


def test_curves_follow_the_theme_and_stay_apart(window: MainWindow, training: TrainingWindow, tmp_path: Path) -> None:
    training.runs.add(history(tmp_path / "run", 3))
    curve = training.plots.curves["vocals", "valid"]
    for choice, theme in (("light", LIGHT), ("dark", DARK)):
        window.theme.choose(choice)
        assert curve.opts["pen"].color() == theme.target("vocals")
        image = training.plots.grab().toImage()
        assert image.pixelColor(2, 2).name().upper() == theme.ground
        middle = image.width() // 2
        colours = {image.pixelColor(middle, y).name() for y in range(image.height())}
        assert theme.target("drums").name() in colours


def test_without_a_run_there_is_nothing_to_forget_and_no_scale(training: TrainingWindow) -> None:
    assert training.watch.folder is None
    assert not training.forget.isEnabled()
    axes = [plot.getAxis(side) for plot in training.plots.plots.values() for side in ("left", "bottom")]
    assert not any(axis.style["showValues"] for axis in axes)
    training.plots.show_epochs([Epoch(1, {"bass": TargetScores(1, 1, 1, 0, 1)})])
    assert all(axis.style["showValues"] for axis in axes)


def test_logarithmic_axes_have_few_round_numbers(training: TrainingWindow) -> None:
    axis = training.plots.plots["loss"].getAxis("left")
    for lowest, highest, size in ((-0.6, 1.6, 160.0), (-3.4, -3.0, 60.0), (-9.0, 9.0, 60.0), (0.3, 0.31, 60.0)):
        ((_, ticks),) = axis.tickValues(lowest, highest, size)
        gaps = np.diff(np.array(ticks)) / (highest - lowest) * size
        assert gaps.min() >= 16
        assert min(ticks) >= lowest
        assert max(ticks) <= highest
    assert axis.tickStrings([-1.0, 0.0, 2.0], 1.0, 1.0) == ["0.1", "1", "100"]
    assert [round(10**t, 3) for t in axis.tickValues(-0.6, 1.6, 160.0)[0][1]] == [0.5, 1, 2, 5, 10, 20]


def test_what_is_not_known_leaves_a_gap(qtbot: QtBot) -> None:
    nan = float("nan")
    plots = TrainingPlots()
    qtbot.addWidget(plots)
    epochs = [
        Epoch(1, {"bass": TargetScores(0.0, -1.0, nan, nan, nan)}),
        Epoch(2, {"bass": TargetScores(1, 1, 1, 0, 1)}),
    ]
    plots.show_epochs(epochs)
    for name in ("train", "valid", "gain", "lr"):
        values = plots.curves["bass", name].getOriginalDataset()[1]
        assert np.isnan(values[0])
        assert values[1] == 1
    plots.grab()
    assert "SDR" not in curves_in_words(epochs[:1])


@pytest.mark.parametrize(
    ("news", "words"),
    [
        (RunNews(Path("a"), RunState.STOPPING, (), 5, 2, 3, 4), "Stopping · epoch 2 of 5"),
        (RunNews(Path("a"), RunState.VALIDATING, (), 5, 2, 4, 4, 61.0), "Validating · epoch 2 of 5 · 0:01:01 left"),
        (RunNews(Path("a"), RunState.INTERRUPTED), "Interrupted"),
    ],
)
def test_a_state_in_words(news: RunNews, words: str) -> None:
    assert state_words(news) == words


def test_pyqtgraph_waits_until_it_is_wanted() -> None:
    program = "import sys, umx_gui.views.application; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=600).returncode == 0
