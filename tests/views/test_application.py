"""What is seen at the start: the files named, the demo song the first time, else the invitation."""

from __future__ import annotations

from pathlib import Path

import pytest

from umx_gui.app.session import Session
from umx_gui.messages import describe
from umx_gui.views.application import _begin, _tell_fault, application
from umx_gui.views.main_window import MainWindow, demo_song


@pytest.fixture
def opened(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Which files the session is asked to open."""
    asked: list[Path] = []
    monkeypatch.setattr(session, "open", asked.append)
    return asked


def test_the_first_time_the_demo_song_is_opened(window: MainWindow, session: Session, opened: list[Path]) -> None:
    session.settings.demo_shown = False
    _begin(window, [], demo=False)
    assert opened == [demo_song()]
    assert session.settings.demo_shown
    _begin(window, [], demo=False)
    assert len(opened) == 1
    _begin(window, [], demo=True)
    assert len(opened) == 2


def test_files_named_are_opened_instead(
    window: MainWindow, session: Session, opened: list[Path], tmp_path: Path
) -> None:
    session.settings.demo_shown = False
    (tmp_path / "b.wav").touch()
    (tmp_path / "a.wav").touch()
    _begin(window, [str(tmp_path)], demo=False)
    assert opened == [tmp_path / "a.wav"]
    assert [path.name for path in window.playlist.files] == ["a.wav", "b.wav"]
    assert not session.settings.demo_shown


def test_a_folder_without_songs_is_said(window: MainWindow, opened: list[Path], tmp_path: Path) -> None:
    _begin(window, [str(tmp_path)], demo=False)
    assert opened == []
    assert window.notice.isVisible()
    assert "no songs" in window.notice.title.text()


def test_the_application_has_a_name_and_an_icon(window: MainWindow) -> None:
    app = application()
    assert app is application()
    assert (app.applicationName(), app.desktopFileName()) == ("umx-gui", "umx-gui")
    assert not app.windowIcon().isNull()


def test_a_fault_of_ours_offers_its_report(window: MainWindow, session: Session) -> None:
    _tell_fault(window, describe(RuntimeError("odd")))
    assert window.notice.act.text() == "Copy the report"
    window.notice.act.click()
    assert application().clipboard().text().startswith("umx-gui ")
