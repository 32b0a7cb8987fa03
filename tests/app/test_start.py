"""What the first picture of the window waits for, and what is loaded only afterwards."""

from __future__ import annotations

import subprocess
import sys

from app_sounds import MakeSession
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.separation.separating import ModelShelf


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True)
    return done.stdout.strip()


def test_a_session_loads_neither_torch_nor_codecs_nor_sound() -> None:
    heavy = "torch", "av", "soundfile", "sounddevice", "PySide6.QtWidgets", "pyqtgraph"
    code = f"""
import sys
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
from umx_gui.app.session import Session
session = Session()
print([name for name in {heavy} if name in sys.modules])
session.close()
"""
    assert run(code) == "[]"


def test_torch_is_loaded_without_the_interpreters_lock() -> None:
    """Its libraries are there before anything of torch is imported; the import then finds them."""
    code = """
import sys
if sys.platform != "linux":
    print("loaded ahead, imported")
    sys.exit()
from pathlib import Path
from umx_gui.app.separation import torch_loading
load = torch_loading._load_library
def watched(path):
    load(path)
    assert "torch" not in sys.modules
    if "libtorch_python" in Path("/proc/self/maps").read_text():
        print("loaded ahead", end=", ")
torch_loading._load_library = watched
torch_loading.load_torch()
print("imported" if "torch" in sys.modules else "not imported")
"""
    assert run(code) == "loaded ahead, imported"


def test_the_model_is_ready_before_the_first_song(make_session: MakeSession, qtbot: QtBot, told: Told) -> None:
    session = make_session()
    session.start()
    shelf = session._separation._shelf
    qtbot.waitUntil(lambda: shelf._model is not None)
    assert shelf._model is shelf.get("tiny")
    make_session(model="gone").start()
    qtbot.wait(100)
    # A model that is not there is told when it is needed; this says that the first session has the queue.
    assert told.titles == ["Another window works on the queue"]


def test_a_model_whose_files_changed_is_loaded_anew(make_session: MakeSession) -> None:
    session = make_session()
    shelf = ModelShelf(session.registry)
    first = shelf.get("tiny")
    assert shelf.get("tiny") is first
    folder = session.registry.find("tiny")
    (folder / "separator.json").write_bytes((folder / "separator.json").read_bytes())
    assert shelf.get("tiny") is not first
