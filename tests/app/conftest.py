"""Fixtures of the application's tests: real files to open, and sessions with a tiny model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from app_sounds import MakeSession, sound, write
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.playback.null_device import NullDevice


@pytest.fixture
def song_file(tmp_path: Path) -> Path:
    """Three seconds of stereo at 44.1 kHz, 16 bit."""
    return write(tmp_path / "Ein Lied #1.wav", sound(3.0))


@pytest.fixture
def make_session(
    qtbot: QtBot, tmp_path: Path, tiny_models: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeSession]:
    """Makes sessions without sound, whose messages are in `told`; closed in the end, however busy the machine is."""
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "config"))
    made: list[Session] = []

    def make(inline: bool = False, model: str = "tiny", **settings: object) -> Session:
        session = Session(
            Settings(model=model, **settings),  # type: ignore[arg-type]
            ModelRegistry(tiny_models),
            Transport(NullDevice),
            inline,
        )
        told.listen(session.told)
        made.append(session)
        return session

    yield make
    assert [session.close(patience_s=30.0) for session in made] == [True] * len(made)


@pytest.fixture
def session(make_session: MakeSession) -> Session:
    """A session with real threads."""
    return make_session()
