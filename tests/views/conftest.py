"""Fixtures of the views' tests: a real session without sound, and the real window on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.playback.null_device import NullDevice
from umx_gui.views.application import application
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.main_window import MainWindow


@pytest.fixture
def session(
    qtbot: QtBot, tmp_path: Path, tiny_models: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    """A session with real threads, without sound; its messages are in `told`."""
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "config"))
    settings = Settings(model="tiny", demo_shown=True)
    running = Session(settings, ModelRegistry(tiny_models), Transport(NullDevice))
    told.listen(running.told)
    yield running
    assert running.close(patience_s=30.0)


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> Iterator[MainWindow]:
    """The window of that session, dark, 1200 x 800, shown."""
    keeper = ThemeKeeper(application(), "dark")
    shown = MainWindow(session, keeper)
    qtbot.addWidget(shown)
    shown.resize(1200, 800)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    keeper.deleteLater()
