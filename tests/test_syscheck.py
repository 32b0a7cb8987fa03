"""What is said about a machine that lacks libraries or a display, before Qt would abort."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from screen_server import Screen

from umx_gui import syscheck
from umx_gui.errors import LibrariesMissingError, NoDisplayError
from umx_gui.messages import describe
from umx_gui.syscheck import Library

LACKING = Library("libnot-on-any-machine.so.9", "libnot9")

pytestmark = pytest.mark.skipif(not syscheck.is_linux(), reason="only Linux takes these from the system")


def test_exactly_the_libraries_that_do_not_load_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert syscheck.missing([Library("libc.so.6", "libc6"), LACKING]) == (LACKING,)
    monkeypatch.setattr(syscheck, "X11", (LACKING,))
    monkeypatch.setattr(syscheck, "QT", ())
    assert syscheck.missing_for_window({"DISPLAY": ":0"}) == (LACKING,)
    assert syscheck.missing_for_window({"QT_QPA_PLATFORM": "offscreen"}) == ()


def test_with_two_displays_the_libraries_of_either_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syscheck, "QT", ())
    monkeypatch.setattr(syscheck, "WAYLAND", ())
    monkeypatch.setattr(syscheck, "X11", (LACKING,))
    assert syscheck.missing_for_window({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}) == ()
    both = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb"}
    assert syscheck.missing_for_window(both) == (LACKING,)


def test_no_display_is_said_and_leads_to_the_command_line() -> None:
    with pytest.raises(NoDisplayError) as caught:
        syscheck.require_window({})
    assert "DISPLAY" in caught.value.reason
    assert "umx-gui separate" in describe(caught.value).one_line()


def test_a_display_that_does_not_answer_is_no_display(tmp_path: Path) -> None:
    assert "does not answer" in syscheck.no_display_reason({"DISPLAY": ":987"})
    runtime = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert "does not answer" in syscheck.no_display_reason(runtime)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-0"))
        server.listen()
        assert syscheck.no_display_reason(runtime) == ""


def test_platforms_without_a_display_need_none() -> None:
    assert syscheck.no_display_reason({"QT_QPA_PLATFORM": "offscreen"}) == ""


@pytest.mark.screen
def test_a_display_that_answers_is_enough(screen: Screen) -> None:
    assert syscheck.no_display_reason({"DISPLAY": screen.display}) == ""


def test_missing_libraries_come_with_the_line_that_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syscheck, "QT", (LACKING,))
    monkeypatch.setattr(syscheck.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(syscheck, "is_root", lambda: False)
    with pytest.raises(LibrariesMissingError) as caught:
        syscheck.require_window({"QT_QPA_PLATFORM": "offscreen"})
    assert caught.value.libraries == (LACKING.soname,)
    said = describe(caught.value).one_line()
    assert said.endswith("sudo apt-get install -y --no-install-recommends --no-remove libnot9.")


def test_without_apt_the_libraries_are_named_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syscheck.shutil, "which", lambda name: None)
    assert syscheck.apt_line(["libnot9"]) == ""
    said = describe(LibrariesMissingError((LACKING.soname,))).one_line()
    assert LACKING.soname in said
    assert "package manager" in said
