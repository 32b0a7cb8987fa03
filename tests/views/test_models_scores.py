"""The scores of a model in the dialog of the models: of which songs they are, where not of MUSDB18's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.playback.null_device import NullDevice
from umx_gui.views.main_window import MainWindow
from umx_gui.views.models.table import COLUMNS


@pytest.fixture
def session(tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session with two models: one was scored on two songs, of the other nothing is known."""
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "config"))
    for name in ("tiny", "voice"):
        shutil.copytree(tiny_models / name, tmp_path / "models" / name)
    spec = tmp_path / "models" / "voice" / "separator.json"
    measured = {"scores": {"vocals": 3.456}, "scored_on": "the songs A and B"}
    spec.write_text(json.dumps(json.loads(spec.read_text()) | measured))
    running = Session(
        Settings(model="tiny", demo_shown=True), ModelRegistry(tmp_path / "models"), Transport(NullDevice)
    )
    yield running
    assert running.close()


def test_scores_say_of_which_songs_they_are(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_.models.trigger()
    qtbot.waitExposed(window.models)
    table = window.models.table
    names = [table.item(row, 0).text() for row in range(table.rowCount())]  # type: ignore[union-attr]

    def cell(name: str) -> tuple[str, str]:
        item = table.item(names.index(name), COLUMNS.index("SDR"))
        assert item is not None
        return item.text().replace("\u202f", " "), item.toolTip()

    text, tip = cell("voice")
    assert text == "* 3.46 dB"
    assert "Measured on the songs A and B" in tip
    assert cell("tiny")[0] == "–"
    text, tip = cell("umxhq")
    assert text.endswith("dB")
    assert "*" not in text
    assert "Measured on" not in tip
    table.choose("voice")
    assert "SDR in dB on the songs A and B: Vocals 3.46" in window.models.facts.text()
    table.choose("umxhq")
    assert "SDR in dB, as published" in window.models.facts.text()
