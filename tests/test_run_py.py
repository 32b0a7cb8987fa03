"""`python3 run.py`, the one command: in copies of the checkout, with real processes and no network."""

from __future__ import annotations

import ast
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.launcher import main as launcher
from scripts.launcher import packages
from scripts.launcher.environment import Environment, State
from scripts.launcher.main import HEADLESS, Options, read_options
from umx_gui import cli, syscheck

ROOT = Path(__file__).resolve().parent.parent
# A build backend of a few lines that needs nothing from anywhere, for a project like ours without dependencies.
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["backend"]
[project]
name = "umx-gui"
version = "0"
"""
BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name, info = "umx_gui-0-py3-none-any.whl", "umx_gui-0.dist-info"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("umx_gui.pth", str(pathlib.Path.cwd()))
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: umx-gui\\nVersion: 0\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
"""
APPLICATION = """
import pathlib, sys
print("STARTED", pathlib.Path(__file__).parent.parent, *sys.argv[1:])
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the real launcher, and an application that only says how it was started."""
    root = tmp_path / "a checkout"
    shutil.copytree(ROOT / "scripts" / "launcher", root / "scripts" / "launcher")
    shutil.copy(ROOT / "run.py", root)
    for name in ("__init__", "errors", "messages", "syscheck"):
        (root / "umx_gui").mkdir(exist_ok=True)
        shutil.copy(ROOT / "umx_gui" / f"{name}.py", root / "umx_gui")
    (root / "umx_gui" / "__main__.py").write_text(APPLICATION)
    (root / "resources" / "demo").mkdir(parents=True)
    (root / "resources" / "demo" / "demo.flac").write_bytes(b"fLaC")
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend").mkdir()
    (root / "backend" / "backend.py").write_text(BACKEND)
    return root


def launch(root: Path, *arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the checkout's run.py without a display."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run(
        [sys.executable, str(root / "run.py"), *arguments],
        cwd=cwd or root,
        env={**kept, "PIP_NO_INDEX": "1", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )


def pretend_installed(root: Path) -> None:
    """A stamped environment whose Python is the one that runs the tests."""
    environment = Environment(root)
    environment.python.parent.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    state = environment.wanted((), cpu=False)
    stamp = {"pyproject": state.pyproject, "root": state.root, "python": state.python, "extras": [], "cpu": False}
    (environment.folder / "installed.json").write_text(json.dumps(stamp))


def test_own_words_are_taken_off_the_front_and_the_rest_is_passed_on() -> None:
    assert read_options(["--cpu", "test", "--yes", "-k", "test"]) == Options(True, True, True, ("-k", "test"))
    assert read_options(["song.mp3", "test"]) == Options(False, False, False, ("song.mp3", "test"))


def test_all_tests_are_run_by_two_and_named_ones_by_one(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_installed(checkout)
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(launcher, "ROOT", checkout)
    monkeypatch.setattr(launcher, "prepare_tests", lambda *_: None)
    environment = Environment(checkout)
    monkeypatch.setattr(environment, "is_ready", lambda *_: True)
    all_of_them = launcher.prepare(Options(True, False, False, ()), environment)
    assert all_of_them == ["-m", "pytest", "-n", "2", "--dist", "loadgroup"]
    assert launcher.prepare(Options(True, False, False, ("-x",)), environment) == ["-m", "pytest", "-x"]


def test_every_command_of_umx_gui_is_known_to_need_no_display() -> None:
    assert set(cli._COMMANDS) == {word for word in HEADLESS if not word.startswith("-")}


def test_an_old_python_is_refused_in_one_sentence(checkout: Path) -> None:
    ast.parse((checkout / "run.py").read_text(), feature_version=(3, 4))
    program = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path('run.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], cwd=checkout, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1
    assert done.stderr.strip() == "umx-gui needs Python 3.10 or newer; this is Python 3.9. Try: python3.11 run.py"


def test_pytorch_without_cuda_is_of_the_versions_the_project_asks_for() -> None:
    names = [line.partition(">")[0] for line in Environment(ROOT).torch_requirements()]
    assert names == ["torch", "torchaudio"]


def test_a_stamp_holds_only_for_what_it_names() -> None:
    stamp = State("hash", "/here", "/usr/bin/python3.11", ("test",))
    assert stamp.holds(State("hash", "/here", "/usr/bin/python3.11"))
    assert not stamp.holds(State("hash", "/here", "/usr/bin/python3.11", ("lint", "test")))
    assert not stamp.holds(State("changed", "/here", "/usr/bin/python3.11"))
    assert not stamp.holds(State("hash", "/moved", "/usr/bin/python3.11"))
    assert not stamp.holds(State("hash", "/here", "/usr/bin/python3.12"))
    assert not stamp.holds(State("hash", "/here", "/usr/bin/python3.11", cpu=True))


@pytest.mark.skipif(not syscheck.is_linux(), reason="elsewhere there is always a display")
def test_without_a_display_the_demo_song_is_separated(checkout: Path, tmp_path: Path) -> None:
    pretend_installed(checkout)
    done = launch(checkout, cwd=tmp_path, PYTHONPATH=str(checkout))
    assert done.returncode == 0, done.stderr
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in done.stdout
    demo = checkout / "resources" / "demo" / "demo.flac"
    assert done.stdout.splitlines()[-1] == f"STARTED {checkout} separate {demo} --outdir stems --overwrite"
    # Songs of the user's own are separated likewise, but nothing of theirs is written over.
    own = launch(checkout, "song.mp3", cwd=tmp_path, PYTHONPATH=str(checkout))
    assert own.stdout.splitlines()[-1] == f"STARTED {checkout} separate song.mp3 --outdir stems"


def test_a_headless_command_goes_straight_through(checkout: Path) -> None:
    pretend_installed(checkout)
    done = launch(checkout, "separate", "--yes", "a b.mp3", PYTHONPATH=str(checkout))
    assert done.stdout == f"STARTED {checkout} separate --yes a b.mp3\n"


def test_a_start_with_everything_installed_is_quick(checkout: Path) -> None:
    pretend_installed(checkout)
    launch(checkout, "--help", PYTHONPATH=str(checkout))
    before = os.times()
    launch(checkout, "--help", PYTHONPATH=str(checkout))
    after = os.times()
    # Processor time of launcher and application together, so that a busy machine does not matter.
    assert after.children_user + after.children_system - before.children_user - before.children_system < 0.3


def test_first_start_interrupted_start_and_moved_checkout(checkout: Path) -> None:
    first = launch(checkout, "doctor")
    assert first.returncode == 0, first.stdout + first.stderr
    assert [line.split(",")[0] for line in first.stdout.splitlines()] == [
        "Making .venv ...",
        "Installing into .venv",
        "  unpacking ...",
        "Installed.",
        f"STARTED {checkout} doctor",
    ]
    assert launch(checkout, "doctor").stdout == f"STARTED {checkout} doctor\n"
    # An installation that did not come to its end has no stamp: it is done again, in the environment that is there.
    (checkout / ".venv" / "installed.json").unlink()
    again = launch(checkout, "doctor")
    assert "Making" not in again.stdout
    assert "Installed." in again.stdout
    # A checkout that was moved is installed again, or the old place would be started.
    moved = checkout.rename(checkout.with_name("moved"))
    done = launch(moved, "doctor", cwd=moved.parent)
    assert "Installed." in done.stdout
    assert done.stdout.splitlines()[-1] == f"STARTED {moved} doctor"
    # An environment of ours that no longer works (its Python is gone) is made again.
    python = Environment(moved).python
    python.unlink()
    python.symlink_to("/no/longer/there/python3")
    assert launch(moved, "doctor").stdout.startswith("Making .venv ...")


def test_an_environment_of_somebody_else_is_never_deleted(checkout: Path) -> None:
    precious = checkout / ".venv" / "precious"
    precious.parent.mkdir()
    precious.write_text("mine")
    done = launch(checkout, "doctor")
    assert done.returncode == 1
    assert "Move it away first." in done.stdout
    assert precious.read_text() == "mine"


def test_a_failed_installation_says_what_pip_said_and_leaves_no_stamp(checkout: Path) -> None:
    pyproject = checkout / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + 'dependencies = ["umx-gui-needs-this-nowhere"]\n')
    text = BACKEND.replace("Version: 0\\n", "Version: 0\\nRequires-Dist: umx-gui-needs-this-nowhere\\n")
    (checkout / "backend" / "backend.py").write_text(text)
    done = launch(checkout, "doctor")
    assert done.returncode == 1
    assert "No matching distribution found" in done.stdout
    assert "The same command tries again." in done.stdout
    assert not (checkout / ".venv" / "installed.json").exists()


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An apt-get that only notes how it was called, and finds packages after an update. Returns its notes."""
    log = tmp_path / "apt.log"
    script = tmp_path / "bin" / "apt-get"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\n[ "$1" = update ] || grep -q update "{log}"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(syscheck, "is_root", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return log


INSTALL = "install -y --no-install-recommends --no-remove libnot9"


@pytest.mark.parametrize(("yes", "container"), [(True, False), (False, True)])
@pytest.mark.skipif(not syscheck.is_linux(), reason="apt is a Linux thing")
def test_packages_are_installed_unasked_with_yes_or_in_a_container(
    apt: Path, monkeypatch: pytest.MonkeyPatch, yes: bool, container: bool
) -> None:
    monkeypatch.setattr(syscheck, "in_container", lambda: container)
    packages.offer("a test", ["libnot9"], yes=yes)
    calls = apt.read_text().splitlines()
    assert calls[-2:] == ["update", INSTALL]


@pytest.mark.skipif(not syscheck.is_linux(), reason="apt is a Linux thing")
def test_on_a_desktop_nothing_is_installed_unasked(
    apt: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(syscheck, "in_container", lambda: False)
    packages.offer("a test", ["libnot9"], yes=False)
    assert not apt.exists()
    assert f"apt-get {INSTALL}" in capsys.readouterr().out
