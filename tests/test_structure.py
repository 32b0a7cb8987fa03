"""What the architecture promises, checked on the whole tree: directions, what is loaded, sizes, the wheel."""

from __future__ import annotations

import ast
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("umx_gui", "trainer")
SOURCES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
MAX_FILE_LINES, MAX_FUNCTION_LINES = 300, 60
# Lists of short entries, one after another, that belong in one place.
LISTS = {"umx_gui/messages.py": 400, "umx_gui/errors.py": 400}


def names(*roots: str) -> list[str]:
    """The dotted names of all modules below these packages."""
    found = []
    for path in SOURCES:
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if any(name == root or name.startswith(root + ".") for root in roots):
            found.append(name)
    return found


def loaded_by(modules: list[str]) -> set[str]:
    """The top-level packages in a fresh process after importing these modules."""
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    command = [sys.executable, "-c", program, *modules]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=600)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_imports_point_down() -> None:
    if importlib.util.find_spec("importlinter") is None:
        pytest.skip("missing: import-linter")
    program = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout


def test_the_sound_process_loads_neither_torch_nor_qt() -> None:
    loaded = loaded_by(names("umx_gui.playback"))
    assert "umx_gui" in loaded
    assert loaded & {"torch", "torchaudio", "PySide6", "pyqtgraph", "scipy", "trainer"} == set()


def test_what_runs_without_a_window_loads_no_qt() -> None:
    headless = [*names("umx_gui.engine", "umx_gui.commands", "trainer"), "umx_gui.cli", "umx_gui.syscheck"]
    loaded = loaded_by(headless)
    assert "torch" in loaded
    assert loaded & {"PySide6", "shiboken6", "pyqtgraph"} == set()


def test_the_window_can_be_imported_without_torch() -> None:
    # Importing torch takes a second or more; the first paint must not wait for it.
    assert "torch" not in loaded_by(names("umx_gui.app", "umx_gui.views"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short_and_say_what_they_are_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module without a docstring"
    assert len(text.splitlines()) <= LISTS.get(path.relative_to(ROOT).as_posix(), MAX_FILE_LINES)
    long = {node.name: length for node, length in functions(tree) if length > MAX_FUNCTION_LINES}
    assert long == {}


def functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Every function of a module, with its number of lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that nothing is left in the checkout, with litter that must stay out."""
    if importlib.util.find_spec("setuptools") is None:
        pytest.skip("missing: setuptools")
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in (*PACKAGES, "resources"):
        shutil.copytree(ROOT / name, source / name)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for litter in ("resources/demo/__pycache__/demo.pyc", "resources/.hidden", "umx_gui/engine/__pycache__/x.pyc"):
        (source / litter).parent.mkdir(exist_ok=True)
        (source / litter).write_bytes(b"")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "--wheel-dir", str(out), str(source)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_module_and_resource_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {path.relative_to(ROOT).as_posix() for path in SOURCES} | {"umx_gui/py.typed"}
    for path in (ROOT / "resources").rglob("*"):
        parts = path.relative_to(ROOT / "resources").parts
        if path.is_file() and path.suffix != ".pyc" and not any(part.startswith(".") for part in parts):
            expected.add("/".join(("umx_gui/_resources", *parts)))
    assert held == expected
    assert {"umx_gui/_resources/icons/umx-gui.svg", "umx_gui/_resources/desktop/umx-gui.desktop"} <= held


def test_the_wheel_offers_its_commands_and_finds_its_resources(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    points = next(tmp_path.glob("*.dist-info/entry_points.txt")).read_text(encoding="utf-8")
    for line in ("umx-gui = umx_gui.cli:main", "umx-trainer = trainer.cli:main", "umx-gui-window = umx_gui.cli:window"):
        assert line in points
    # Started there, Python takes what was unpacked, not the checkout.
    program = "from umx_gui.engine.resource import resource; print(resource('icons'))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True, timeout=600
    )
    assert Path(done.stdout.strip()) == tmp_path.resolve() / "umx_gui" / "_resources" / "icons"
