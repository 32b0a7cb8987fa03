"""Nothing here opens a network connection by itself: not the commands, not the window, not what they start.

Twice over: Python's own audit hook notes every name that is looked up and every address that is connected to, in every
Python process of ours; and in a network of its own (Linux, where one can be made) the kernel counts what any library
sends, even to this machine. To prove that both would notice, a program that does connect is tried as well.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from loopback import loopback_server
from processes import ROOT, environment
from session_helpers import full_document, reference

from umx_gui.engine.sessions.document import ModelRef
from umx_gui.engine.sessions.session_file import write_session

# Runs in every Python process of ours, before anything else: a module that is imported at the start (`.pth` would need
# an installation). Children of ours inherit the variable that names the file.
HOOK = """
import os, sys

def _note(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
                 "urllib.Request", "ftplib.connect", "http.client.connect", "smtplib.connect", "webbrowser.open"):
        address = arguments[1] if event.startswith("socket.") and len(arguments) > 1 else arguments[:1]
        if isinstance(address, (str, bytes)) and event == "socket.connect":
            return  # a socket of this machine's file system, as sound and desktop use them
        with open(os.environ["UMX_TEST_CONNECTIONS"], "a") as file:
            file.write(f"{event} {address!r}\\n")

sys.addaudithook(_note)
"""
# Every address lies behind a device that sends nothing anywhere: without a way, an attempt would fail uncounted.
NETWORK = (
    """ip link set lo up && ip route add default dev lo && (ip -6 route add default dev lo || true) && exec "$@" """
)
MEASURE = """
import json, subprocess, sys
from pathlib import Path
def sent():
    lines = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines()]
    of_4 = {of[0] + name: int(value) for of, values in zip(lines[::2], lines[1::2])
            for name, value in zip(of[1:], values[1:])}
    of_6 = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    return of_4["Ip:OutRequests"] + of_4["Tcp:ActiveOpens"] + of_4["Udp:OutDatagrams"] + int(of_6["Ip6OutRequests"])
before = sent()
code = subprocess.run(json.loads(sys.argv[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print(code, sent() - before)
"""
WINDOW = """
import os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtCore import QTimer
from umx_gui.app.session import SessionState
from umx_gui.views import application
from umx_gui.views.main_window import MainWindow
seen = []
def watch(window):
    deadline = time.monotonic() + 100
    def look():
        if window.session.song is not None and window.session.song.separated or time.monotonic() > deadline:
            seen.append(window.session.song.separated)
            window.close()
    timer = QTimer(window)
    timer.timeout.connect(look)
    timer.start(50)
show = MainWindow.show
MainWindow.show = lambda window: (show(window), watch(window))[0]
code = application.run(["song.wav"])
sys.exit(code if seen == [True] else 9)
"""
CONNECTS = "import urllib.request, contextlib\nwith contextlib.suppress(OSError): urllib.request.urlopen(%r, timeout=2)"

TOY = """train --root data --output run --targets vocals --epochs 1 --batch-size 1 --steps-per-epoch 1 --seq-dur 0.2
--nfft 256 --nhop 128 --hidden-size 8 --nb-workers 1 --threads 1"""
PROGRAMS = {
    "separate": ["-m", "umx_gui", "separate", "--model", "tiny", "--overwrite", "song.wav"],
    "a model that is not there": ["-m", "umx_gui", "separate", "--model", "umxhq", "song.wav"],
    "models list": ["-m", "umx_gui", "models", "list"],
    "models verify": ["-m", "umx_gui", "models", "verify"],
    "doctor": ["-m", "umx_gui", "doctor"],
    "window": ["-c", WINDOW],
    "verify": ["-m", "umx_gui", "verify", "song.umx"],
    "check-dataset": ["-m", "trainer.cli", "check-dataset", "data", "--split", "train"],
    "train": ["-m", "trainer.cli", *TOY.split()],
}


@pytest.fixture
def env(tmp_path: Path, tiny_models: Path) -> dict[str, str]:
    """An environment in which connections of Python are noted in the file `connections`, and in which proxies,
    which a careless library would ask, are this machine's port 9."""
    soundfile.write(tmp_path / "song.wav", 0.1 * np.random.default_rng(0).standard_normal((22050, 2)), 44100)
    for place in ("train/a", "valid/b"):
        for stem in ("vocals", "drums"):
            (tmp_path / "data" / place).mkdir(parents=True, exist_ok=True)
            shutil.copy(tmp_path / "song.wav", tmp_path / "data" / place / f"{stem}.wav")
    session = full_document(song=reference(tmp_path / "song.wav"), model=ModelRef("tiny"), stretches=(), written=())
    write_session(tmp_path / "song.umx", session)
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOOK)
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    base = environment(tiny_models, UMX_TEST_CONNECTIONS=str(tmp_path / "connections"), **proxies)
    return {**base, "PYTHONPATH": os.pathsep.join([str(tmp_path / "hook"), str(ROOT)])}


ALONE = ["unshare", "--net", "sh", "-c", NETWORK, "sh"]


@pytest.fixture(scope="session")
def can_unshare() -> bool:
    """Whether a network of one's own can be made here."""
    there = shutil.which("unshare") is not None and shutil.which("ip") is not None
    return there and subprocess.run([*ALONE, "true"], capture_output=True).returncode == 0


def run(env: dict[str, str], folder: Path, arguments: list[str], alone: bool) -> tuple[int, list[str], int]:
    """Run a program, `alone` in a network of its own: its exit code, what Python connected to, what was sent at all."""
    noted = folder / "connections"
    noted.unlink(missing_ok=True)
    command = [*(ALONE if alone else []), sys.executable, "-c", MEASURE, json.dumps([sys.executable, *arguments])]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    code, sent = map(int, done.stdout.split())
    return code, noted.read_text().splitlines() if noted.exists() else [], sent if alone else 0


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_connection_is_opened(name: str, env: dict[str, str], tmp_path: Path, can_unshare: bool) -> None:
    code, connections, sent = run(env, tmp_path, PROGRAMS[name], can_unshare)
    # The stems in the session are nobody's: they are made anew, and are others.
    assert code == (1 if name in ("a model that is not there", "verify") else 0)
    assert connections == []
    assert sent == 0


def test_a_connection_would_be_noticed(env: dict[str, str], tmp_path: Path) -> None:
    with loopback_server() as server:
        bare = {key: value for key, value in env.items() if "proxy" not in key.lower()}
        _, connections, _ = run(bare, tmp_path, ["-c", CONNECTS % f"{server.url}/x"], alone=False)
        assert any(line.startswith("socket.connect") for line in connections)
        assert server.requests == [("/x", "")]


BY_LIBRARIES = {
    "libav": "import av; av.open('tcp://192.0.2.1:80', timeout=1)",
    "Qt": "from PySide6.QtNetwork import QTcpSocket; s = QTcpSocket(); s.connectToHost('192.0.2.1', 80); "
    "s.waitForConnected(500)",
    "the system": "import ctypes, socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
    "a = b'\\2\\0\\0\\x09\\xc0\\0\\2\\1' + bytes(8); ctypes.CDLL(None).sendto(s.fileno(), b'x', 1, 0, a, 16)",
}


@pytest.mark.parametrize("name", BY_LIBRARIES)
def test_what_any_library_sends_would_be_counted(
    name: str, env: dict[str, str], tmp_path: Path, can_unshare: bool
) -> None:
    if not can_unshare:
        pytest.skip("missing: ip, or the right to make a network namespace (unshare)")
    bare = {key: value for key, value in env.items() if "proxy" not in key.lower()}
    _, connections, sent = run(bare, tmp_path, ["-c", BY_LIBRARIES[name]], alone=True)
    assert connections == []  # Python saw nothing of it
    assert sent > 0
