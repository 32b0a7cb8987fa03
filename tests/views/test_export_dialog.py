"""The export dialog gives what was chosen, and lets nothing through that cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from view_songs import four_stems, show_separated

from umx_gui.app.session import Session
from umx_gui.views.export_dialog import ExportDialog


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
    song = show_separated(session, four_stems(), name="My Song.flac")
    made = ExportDialog(session, song)
    qtbot.addWidget(made)
    assert Path(made.folder.text()) == Path("/music/My Song_tiny")
    session.settings.export_folder = "/elsewhere/Other Song_tiny"
    again = ExportDialog(session, song)
    qtbot.addWidget(again)
    assert Path(again.folder.text()) == Path("/elsewhere/My Song_tiny")


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3", "m4a", "stem.mp4"])
def test_every_format_makes_options(dialog: ExportDialog, kind: str) -> None:
    choose(dialog, kind)
    assert dialog.choice.options.format == kind
    assert dialog.bits.isEnabled() == (kind in ("wav", "flac"))
    assert dialog.files.text()
    assert not dialog.problem.isVisible()


def test_flac_holds_no_floats(dialog: ExportDialog) -> None:
    dialog.bits.setCurrentIndex(dialog.bits.findData("32f"))
    assert dialog.choice.options.bit_depth == "32f"
    choose(dialog, "flac")
    assert dialog.choice.options.bit_depth == 24


def test_some_stems_are_no_exact_sum(dialog: ExportDialog) -> None:
    dialog.targets["drums"].setChecked(False)
    assert dialog.choice.targets == ("vocals", "bass", "other")
    assert not dialog.exact.isEnabled()
    assert not dialog.choice.options.exact_sum


def test_nothing_chosen_is_said(dialog: ExportDialog) -> None:
    for box in dialog.targets.values():
        box.setChecked(False)
    dialog.accept()
    assert dialog.isVisible()
    assert "No stem is chosen" in dialog.problem.text()


def test_files_that_exist_are_said_before_anything_is_written(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "bass.wav").write_bytes(b"mine")
    dialog.accept()
    assert dialog.isVisible()
    assert "bass.wav" in dialog.problem.text()
    dialog.overwrite.setChecked(True)
    assert not dialog.problem.isVisible()
    dialog.accept()
    assert not dialog.isVisible()
    assert (tmp_path / "out" / "bass.wav").read_bytes() == b"mine"


def test_a_file_in_the_way_is_said(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    dialog.accept()
    assert dialog.isVisible()
    assert "a file, not a folder" in dialog.problem.text()


def test_the_choice_is_remembered(dialog: ExportDialog, session: Session) -> None:
    choose(dialog, "flac")
    dialog.bits.setCurrentIndex(dialog.bits.findData("16"))
    dialog.exact.setChecked(False)
    dialog.accept()
    settings = session.settings
    assert (settings.export_format, settings.export_bit_depth, settings.export_exact_sum) == ("flac", "16", False)
