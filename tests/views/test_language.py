"""The window in German: every sentence is there, numbers and plurals are right, and nothing is left in English."""

from __future__ import annotations

import importlib.util
import json
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from every_dialog import every_top, open_way
from PySide6.QtCore import QLocale, QObject
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot
from toy_runs import make_dataset
from view_songs import four_stems, show_separated

from umx_gui import errors, words
from umx_gui.app.session import Session
from umx_gui.app.settings import load_settings
from umx_gui.app.training.dataset_check import DatasetCheck
from umx_gui.app.training.layouts import Layout
from umx_gui.engine.export.outputs import choose_outputs
from umx_gui.engine.runs import dataset_words
from umx_gui.engine.scoring.metrics import check_pairs
from umx_gui.messages import describe
from umx_gui.views import language
from umx_gui.views.application import application
from umx_gui.views.kit import formats
from umx_gui.views.kit.dialogs import ShortcutsDialog
from umx_gui.views.kit.labels import Line
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.main_window import MainWindow
from umx_gui.words import tr, trn

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "resources" / "translations").glob("*.ts"))


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """scripts/translations.py."""
    spec = importlib.util.spec_from_file_location("translations", ROOT / "scripts" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["translations"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def german(qtbot: QtBot) -> Iterator[None]:
    """German, until the test is over."""
    before = QLocale()
    assert language.use_language(application(), "de") == "de"
    yield
    assert language.use_language(application(), "en") == "en"
    QLocale.setDefault(before)


@pytest.fixture
def german_window(german: None, session: Session, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window, made after the language was chosen."""
    keeper = ThemeKeeper(application(), "dark")
    shown = MainWindow(session, keeper)
    qtbot.addWidget(shown)
    shown.resize(1360, 864)
    shown.show()
    qtbot.waitExposed(shown)
    show_separated(session, four_stems())
    yield shown
    shown.close()
    keeper.deleteLater()


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.name)
def test_nothing_is_missing_in_a_catalogue(catalogue: Path, tool: ModuleType) -> None:
    assert tool.faults(catalogue) == [], "python scripts/translations.py"


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.name)
def test_what_is_compiled_is_what_is_written(catalogue: Path, tool: ModuleType, tmp_path: Path) -> None:
    tool.compiled(catalogue, tmp_path / "again.qm")
    assert (tmp_path / "again.qm").read_bytes() == catalogue.with_suffix(".qm").read_bytes()


def test_a_missing_sentence_and_a_wrong_place_would_be_found(tool: ModuleType, tmp_path: Path) -> None:
    text = CATALOGUES[0].read_text(encoding="utf-8")
    damaged = text.replace("<translation>Trennen</translation>", '<translation type="unfinished" />')
    damaged = damaged.replace(">„{name}“ kann nicht geöffnet", ">„{song}“ kann nicht geöffnet")
    path = tmp_path / "umx-gui_de.ts"
    path.write_text(damaged, encoding="utf-8")
    missing, wrong = sorted(set(tool.faults(path)) - set(tool.faults(CATALOGUES[0])), reverse=True)
    assert missing.startswith("not translated: 'Separate'")
    assert wrong.startswith("no such value 'song'")


def test_the_window_speaks_german(german_window: MainWindow) -> None:
    assert german_window.actions_.separate.text() == "Erneut trennen"
    assert [german_window.lanes.strip(name).name.text for name in ("vocals", "drums", "bass", "other")] == [
        "Gesang", "Schlagzeug", "Bass", "Rest"
    ]  # fmt: skip


def test_no_control_is_left_in_english(
    german_window: MainWindow, session: Session, tool: ModuleType, tmp_path: Path, qtbot: QtBot
) -> None:
    known = tool.translations(CATALOGUES[0])
    english = {text for text, german in known.items() if german != [text] and len(text) > 3}
    said: set[str] = set()
    for top in (*every_top(german_window, session, tmp_path, qtbot).values(), open_way(german_window)):
        for widget in (top, *top.findChildren(QWidget)):
            said |= {widget.accessibleName(), widget.toolTip(), widget.windowTitle()}
            if isinstance(widget, (QAbstractButton, QLabel)):
                said.add(widget.text())
            elif isinstance(widget, QLineEdit):
                said.add(widget.placeholderText())
            elif isinstance(widget, QComboBox):
                said |= {widget.itemText(at) for at in range(widget.count())}
            elif isinstance(widget, QMenu):
                said |= {action.text() for action in widget.actions()}
            elif isinstance(widget, Line):
                said.add(widget.text)
    said |= {action.text() for action in german_window.actions()}
    tables = (german_window.models.table, german_window.queue.panel.table, german_window.scores.window.table)
    said |= {
        item.text() for table in tables for n in range(table.columnCount()) if (item := table.horizontalHeaderItem(n))
    }
    said |= {plot.titleLabel.text for plot in german_window.training.window.plots.plots.values()}
    assert said & english - {words for german in known.values() for words in german} == set()


def test_numbers_and_plurals(german: None) -> None:
    assert trn("{n} song", "{n} songs", 1) == "1 Song"
    assert trn("{n} song", "{n} songs", 3) == "3 Songs"
    assert trn("{n} file written to “{folder}”", "{n} files written to “{folder}”", 2, folder="x.y") == (
        "2 Dateien in „x.y“ geschrieben"
    )
    assert tr("{speed:.1f}× real time", speed=2.25) == "2,2× Echtzeit"
    assert formats.decibels(-3.5) == f"{formats.MINUS}3,5"
    assert formats.rate(44_100) == f"44,1{formats.NARROW_SPACE}kHz"
    assert formats.clock(62.25, 2) == "1:02,25"
    assert QLocale().decimalPoint() == ","


def test_failures_are_told_in_german_and_names_stay(german: None) -> None:
    told = describe(errors.AudioUnreadableError(Path("{n} {0}.wav"), errors.UnreadableReason.DAMAGED))
    assert told.one_line() == (
        "„{n} {0}.wav“ kann nicht geöffnet werden: ihr Inhalt ist beschädigt. Eine neue Kopie der Datei beschaffen."
    )


def test_english_without_a_catalogue() -> None:
    assert tr("Separate") == "Separate"
    assert trn("{n} song", "{n} songs", 1) == "1 song"
    assert trn("{n} song", "{n} songs", 0) == "0 songs"
    assert formats.decibels(0.5) == "+0.5"


def test_a_damaged_translation_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_lookup", lambda text, n: "„{nome}“ fehlt")
    assert tr("The song “{name}” was not found", name="a") == "The song “a” was not found"


def test_the_language_follows_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    class System:
        def __init__(self, *names: str) -> None:
            self.names = names

        def uiLanguages(self) -> tuple[str, ...]:
            return self.names

    for names, wanted in (
        (("fr-FR", "de-AT", "en"), "de"),
        (("de_DE",), "de"),
        (("C",), "en"),
        (("en-GB", "de"), "en"),
    ):
        monkeypatch.setattr(language.QLocale, "system", lambda names=names: System(*names))
        assert language.system_language() == wanted


def test_the_menu_remembers_a_language(window: MainWindow, session: Session) -> None:
    menu = window.actions_.language
    german = next(action for action in menu.actions() if action.text() == "Deutsch")
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Like the system"]
    german.trigger()
    assert load_settings()[0].language == "de"
    assert "language" in window.notice.title.text()


def test_german_fits_small_screens(german_window: MainWindow, qtbot: QtBot) -> None:
    german_window.notice.clear()
    german_window.resize(840, 560)
    qtbot.wait(50)
    tools = german_window.tools
    for button in (tools.open, tools.separate, tools.model, tools.device, tools.export, tools.menu):
        assert button.width() >= button.sizeHint().width(), button.text()
    keys = ShortcutsDialog(german_window.actions_.listed(), german_window)
    qtbot.addWidget(keys)
    assert keys.sizeHint().width() <= 1366
    assert keys.sizeHint().height() <= 720


def test_steps_are_named_as_the_lanes_are(german_window: MainWindow, session: Session) -> None:
    session.transport.mix.set_mute("drums", True)
    assert german_window.actions_.undo.text() == "Rückgängig: Stumm: Schlagzeug"
    session.history.seal()
    session.transport.set_loop((0, 40_000))
    assert german_window.actions_.undo.text() == "Rückgängig: Schleife"


def test_curves_have_the_decimal_point_of_the_language(german_window: MainWindow) -> None:
    plots = german_window.training.window.plots.plots
    assert plots["loss"].getAxis("left").tickStrings([-1.0, 0.0], 1.0, 1.0) == ["0,1", "1"]
    assert plots["gain"].getAxis("left").tickStrings([0.5, 1.0], 1.0, 0.5) == ["0,5", "1,0"]


def test_details_with_values_are_told_in_german_and_kept_in_english(german: None) -> None:
    with pytest.raises(errors.OptionError) as refused:
        choose_outputs(("vocals", "drums"), ("flute",), {}, None)
    assert refused.value.detail == "there is no “flute” among vocals, drums"
    assert describe(refused.value).reason == "„flute“ gibt es nicht unter vocals, drums"
    with pytest.raises(errors.ScoringError) as unequal:
        check_pairs({"bass": np.zeros((2, 9), np.float32)}, {"bass": np.zeros((1, 9), np.float32)})
    assert str(unequal.value).endswith("its estimate and the reference of bass differ in channels: 1 against 2")
    assert (
        describe(unequal.value).reason
        == "Kanäle seiner Schätzung und der Referenz von bass unterscheiden sich: 1 gegen 2"
    )
    again = pickle.loads(pickle.dumps(refused.value.detail))
    assert tr(again) == "„flute“ gibt es nicht unter vocals, drums"
    assert tr(words.said("its weights are too large for a model ({size:.1f} GB)", size=2.5)).endswith("(2,5 GB)")


def test_what_is_wrong_with_a_dataset_is_told_in_german(
    german: None, tmp_path: Path, rng: np.random.Generator, qtbot: QtBot
) -> None:
    root = make_dataset(tmp_path / "data", rng)
    (root / "train/a/vocals.wav").write_bytes(b"RIFF nothing")
    (root / "train/b/vocals.flac").write_bytes(b"fLaC")
    (root / "train/c/drums.wav").write_bytes((root / "train/a/drums.wav").read_bytes())
    owner = QObject()
    check = DatasetCheck(owner)
    with qtbot.waitSignal(check.found, timeout=60_000) as found:
        check.start(root, Layout(), "--sample-rate 8000")
    assert found.args is not None
    lines = found.args[0].lines
    assert "train · a: nicht brauchbar: vocals kann nicht gelesen werden: ihr Inhalt ist beschädigt" in lines
    assert "train · b: nicht brauchbar: er enthält vocals zweimal" in lines
    assert "train · c: nicht brauchbar: vocals ist kürzer als drums: 12000 gegen 16000 Abtastwerte" in lines


def test_why_a_dataset_is_none_is_told_in_german(german: None, tmp_path: Path, qtbot: QtBot) -> None:
    for split in ("train", "valid"):
        (tmp_path / split).mkdir()
    owner = QObject()
    check = DatasetCheck(owner)
    with qtbot.waitSignal(check.failed, timeout=60_000) as failed:
        check.start(tmp_path, Layout())
    assert failed.args is not None
    assert failed.args[0].one_line() == (
        "Der Datensatz konnte nicht geprüft werden: er enthält keine Ordner mit Stems wie vocals.wav."
    )
    fixed = dataset_words.none_holds(("a.wav", "b.wav", "c.wav"))
    assert fixed == "none of its folders holds a.wav, b.wav and c.wav"
    assert tr(fixed) == "keiner seiner Ordner enthält a.wav, b.wav und c.wav"
    assert tr(dataset_words.none_holds(("a.wav",), ".ogg")) == (
        "keiner seiner Ordner enthält a.wav und andere Dateien, die auf .ogg enden"
    )


def test_sentences_of_another_process_are_translated_here(german: None) -> None:
    for text, translated in (
        (dataset_words.misplaced("drums", -1), "drums liegt einen Abtastwert zu früh für die Mischung"),
        (dataset_words.clipped("bass", 1), "bass ist an einer Stelle übersteuert"),
        (dataset_words.limited(15_512.0), "sein Klang endet bei 15,5 kHz"),
        (dataset_words.of_files(dataset_words.MONO, ["bass", "drums"], 4), "bass und drums sind mono"),
        (dataset_words.of_files(dataset_words.WRONG_RATE, ["a", "b"], 2, rate=1, wanted=2),
         "alle Dateien haben 1 Hz, nicht 2 Hz"),
        ("{no} sentence of ours", "{no} sentence of ours"),
    ):  # fmt: skip
        again = words.unpacked(json.loads(json.dumps(words.packed(text))))
        assert again == text
        assert tr(again) == translated
    for strange in (None, 3, [], {}, {"text": "a"}, {"text": "a", "values": 1}, {"text": 3, "values": {}}):
        with pytest.raises((KeyError, TypeError, AttributeError)):
            words.unpacked(strange)
