"""The export dialog gives what was chosen, and lets nothing through that cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from view_songs import RATE, four_stems, show_separated

from umx_gui.app.folders import folder_beside
from umx_gui.app.session import Session
from umx_gui.views.export.dialog import ExportDialog
from umx_gui.views.export.group_dialog import GroupDialog, suggested_name
from umx_gui.views.main_window import demo_song

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(session: Session, qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    song = show_separated(session, four_stems(), name="My Song.flac")
    made = ExportDialog(session, song)
    qtbot.addWidget(made)
    made.folder.setText(str(tmp_path / "out"))
    made.show()
    return made


def choose(dialog: ExportDialog, kind: str) -> None:
    dialog.format.setCurrentIndex(dialog.format.findData(kind))


def test_the_default_is_all_stems_as_24_bit_wav(dialog: ExportDialog, tmp_path: Path) -> None:
    choice = dialog.choice
    assert choice.targets == ("vocals", "drums", "bass", "other")
    assert (choice.options.format, choice.options.bit_depth, choice.options.exact_sum) == ("wav", 24, True)
    assert choice.folder == tmp_path / "out"
    assert dialog.files.text().startswith("vocals.wav, drums.wav, bass.wav, other.wav")


def test_the_suggested_folder_is_named_after_song_and_model(session: Session, qtbot: QtBot) -> None:
    demo = demo_song()
    song = show_separated(session, four_stems(), name="My Song.flac")
    made = ExportDialog(session, song)
    qtbot.addWidget(made)
    assert Path(made.folder.text()) == Path("/music/My Song_tiny")
    assert demo is not None
    assert folder_beside(demo).name in ("Music", Path.home().name), "nothing is written into the program's own folder"
    session.settings.export_folder = "/elsewhere/Other Song_tiny"
    again = ExportDialog(session, song)
    qtbot.addWidget(again)
    assert Path(again.folder.text()) == Path("/elsewhere/My Song_tiny")


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3", "m4a", "stem.mp4"])
def test_every_format_makes_options(dialog: ExportDialog, kind: str) -> None:
    choose(dialog, kind)
    assert dialog.choice.options.format == kind
    assert dialog.bits.isVisible() == (kind in ("wav", "flac"))
    assert dialog.bitrate.isVisible() != dialog.bits.isVisible()
    assert dialog.files.text()
    assert not dialog.problem.isVisible()


def test_flac_holds_no_floats(dialog: ExportDialog) -> None:
    dialog.bits.setCurrentIndex(dialog.bits.findData("32f"))
    assert dialog.choice.options.bit_depth == "32f"
    choose(dialog, "flac")
    assert dialog.choice.options.bit_depth == 24


def test_some_stems_are_rounded_with_all_others(dialog: ExportDialog) -> None:
    dialog.targets["drums"].setChecked(False)
    assert dialog.choice.targets == ("vocals", "bass", "other")
    assert dialog.choice.options.exact_sum
    choose(dialog, "mp3")
    assert not dialog.exact.isEnabled()
    assert not dialog.choice.options.exact_sum


def test_nothing_chosen_is_said(dialog: ExportDialog) -> None:
    for box in dialog.targets.values():
        box.setChecked(False)
    dialog.accept()
    assert dialog.isVisible()
    assert "No stem is chosen" in dialog.problem.text()


@pytest.mark.parametrize("answer", ["replace", "number"])
def test_files_that_exist_are_asked_about_once(dialog: ExportDialog, tmp_path: Path, answer: str, qtbot: QtBot) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "bass.wav").write_bytes(b"mine")
    assert not dialog.replace.isVisible()
    qtbot.mouseClick(dialog.accept_button, LEFT)
    assert dialog.isVisible()
    assert dialog.problem.text() == "“bass.wav” exists already."
    qtbot.mouseClick(dialog.replace if answer == "replace" else dialog.number, LEFT)
    qtbot.waitUntil(dialog.isHidden)
    options = dialog.choice.options
    assert (options.overwrite, options.numbered) == (answer == "replace", answer == "number")
    assert (tmp_path / "out" / "bass.wav").read_bytes() == b"mine"


def test_another_folder_is_asked_about_anew(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "bass.wav").write_bytes(b"mine")
    dialog.accept()
    dialog.folder.setText(str(tmp_path / "new"))
    assert not dialog.replace.isVisible()
    assert not dialog.choice.options.overwrite


def test_a_folder_in_the_way_cannot_be_replaced(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "out" / "bass.wav").mkdir(parents=True)
    dialog.accept()
    assert "bass.wav" in dialog.problem.text()
    assert not dialog.replace.isVisible()


def test_a_file_in_the_way_is_said(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    dialog.accept()
    assert dialog.isVisible()
    assert "a file, not a folder" in dialog.problem.text()


def test_the_choice_is_remembered(dialog: ExportDialog, session: Session, qtbot: QtBot) -> None:
    choose(dialog, "flac")
    dialog.bits.setCurrentIndex(dialog.bits.findData("16"))
    dialog.exact.setChecked(False)
    dialog.accept()
    qtbot.waitUntil(dialog.isHidden)
    settings = session.settings
    assert (settings.export_format, settings.export_bit_depth, settings.export_exact_sum) == ("flac", "16", False)


def test_groups_the_mix_and_the_song_are_written_besides(dialog: ExportDialog, session: Session) -> None:
    assert list(dialog.stems.others) == ["mix", "mixture", "accompaniment", "no drums"]
    for name in ("mix", "accompaniment", "mixture"):
        dialog.stems.others[name].setChecked(True)
    dialog.targets["other"].setChecked(False)
    session.transport.mix.set_pan("bass", 1.0)
    what = dialog.choice.what
    assert what.targets == ("vocals", "drums", "bass", "accompaniment", "mix", "mixture")
    assert what.groups == (("accompaniment", ("drums", "bass", "other")),)
    assert what.mix is not None
    assert what.mix.strips[2].pan == 1.0
    assert "accompaniment.wav, mix.wav, mixture.wav" in dialog.files.text()


def test_a_group_is_made_and_remembered(dialog: ExportDialog, session: Session, qtbot: QtBot) -> None:
    maker = GroupDialog(tuple(dialog.targets), tuple(dialog.stems.others), dialog)
    qtbot.addWidget(maker)
    maker.show()
    assert maker.name.text() == "no vocals"
    for target in ("other", "drums"):
        maker.boxes[target].setChecked(False)
    assert maker.name.text() == "bass"
    maker.accept()
    assert maker.isVisible()
    assert "two stems" in maker.problem.text()
    maker.boxes["drums"].setChecked(True)
    maker.name.clear()
    qtbot.keyClicks(maker.name, "Accompaniment")
    maker.accept()
    assert "already" in maker.problem.text()
    maker.name.clear()
    qtbot.keyClicks(maker.name, "rhythm")
    maker.accept()
    assert not maker.isVisible()
    assert maker.group == ("rhythm", ("drums", "bass"))
    dialog.stems.add_group(maker.group, ticked=True)
    dialog.stems.groups_changed.emit()
    assert dialog.choice.targets[-1] == "rhythm"
    assert session.settings.export_groups == ["rhythm=drums,bass"]
    assert session.song is not None
    again = ExportDialog(session, session.song)
    qtbot.addWidget(again)
    assert again.stems.groups["rhythm"] == ("drums", "bass")
    session.settings.export_groups = ["bad", "../x=bass", "flute=flute,bass", "rhythm=drums,bass"]
    third = ExportDialog(session, session.song)
    qtbot.addWidget(third)
    assert set(third.stems.groups) == {"accompaniment", "no drums", "rhythm"}


def test_names_of_groups_say_what_is_left_out() -> None:
    assert suggested_name(("a", "b", "c"), ("a", "c")) == "no b"
    assert suggested_name(("a", "b", "c", "d"), ("a", "c")) == "a and c"


def test_the_names_are_shown_while_they_are_typed(dialog: ExportDialog, session: Session) -> None:
    dialog.template.setText("{n} {title} ({target}, {model})")
    assert dialog.files.text().startswith("1 My Song (vocals, tiny).wav, 2 My Song (drums, tiny).wav")
    dialog.template.setText("{flute}")
    assert "{artist}" in dialog.problem.text()
    dialog.accept()
    assert dialog.isVisible()
    dialog.template.setText("{artist")
    assert dialog.problem.text() == "Files cannot be named like this: its braces do not match."
    assert dialog.files.text() == "", "what was typed before is not what would be written"
    dialog.template.setText("{title}")
    assert "one name" in dialog.problem.text()
    choose(dialog, "stem.mp4")
    assert dialog.files.text().startswith("My Song.stem.mp4")


def test_only_the_loop_is_written(session: Session, qtbot: QtBot) -> None:
    song = show_separated(session, four_stems(), name="My Song.flac")
    whole = ExportDialog(session, song)
    qtbot.addWidget(whole)
    assert whole.stretch.count() == 1
    assert whole.choice.what.stretch is None
    session.transport.set_loop((RATE // 2, RATE))
    made = ExportDialog(session, song)
    qtbot.addWidget(made)
    assert made.stretch.itemText(1) == "The loop, 0:00.50 to 0:01.00"
    made.stretch.setCurrentIndex(1)
    assert made.choice.what.stretch == (RATE // 2, RATE)


def test_what_would_clip_is_counted_and_one_gain_offered(session: Session, qtbot: QtBot) -> None:
    song = show_separated(session, four_stems(), name="My Song.flac")
    song.samples("drums")[0, 10:14] = 1.5
    made = ExportDialog(session, song)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(made.level.isVisible)
    assert "4 samples of drums" in made.level.words.text()
    assert made.level.button.text() == "Lower all: −3.6 dB"
    assert made.choice.options.gain_db == 0.0  # nothing is rescaled unasked
    qtbot.mouseClick(made.level.button, LEFT)
    assert made.choice.options.gain_db == pytest.approx(-3.6)
    made.project.setCurrentIndex(1)
    assert made.choice.options.gain_db == pytest.approx(-3.6)
    qtbot.mouseClick(made.level.button, LEFT)
    assert made.choice.options.gain_db == 0.0
    made.bits.setCurrentIndex(made.bits.findData("32f"))
    assert not made.level.isVisible()


def test_nothing_is_written_before_what_clips_is_known(session: Session, qtbot: QtBot) -> None:
    song = show_separated(session, four_stems(), name="My Song.flac")
    song.samples("drums")[0, 10] = 1.5
    made = ExportDialog(session, song)
    qtbot.addWidget(made)
    made.show()
    qtbot.mouseClick(made.accept_button, LEFT)  # before it was measured
    assert made.accept_button.text() == "Measuring…"
    qtbot.waitUntil(made.level.isVisible)
    assert "1 sample of drums" in made.level.words.text()
    assert made.isVisible()
    assert made.accept_button.isEnabled()
    qtbot.mouseClick(made.accept_button, LEFT)  # as it is, then
    assert not made.isVisible()
    assert made.choice.options.gain_db == 0.0


def test_bit_rate_and_project_are_remembered(dialog: ExportDialog, session: Session) -> None:
    choose(dialog, "mp3")
    dialog.bitrate.setCurrentIndex(dialog.bitrate.findData("192"))
    dialog.project.setCurrentIndex(dialog.project.findData("reaper"))
    choice = dialog.choice
    assert (choice.options.bitrate_kbps, choice.options.project) == (192, "reaper")
    session.settings.remember_export(choice.folder, choice.options)
    settings = session.settings
    assert (settings.export_bitrate, settings.export_project) == (192, "reaper")
