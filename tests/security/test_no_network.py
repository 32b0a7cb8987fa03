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
COUNTERS = """
import sys
from pathlib import Path
def table(name):
    lines = Path(f"/proc/net/{name}").read_text().splitlines()
    for names, values in zip(lines[::2], lines[1::2]):
        yield names.split()[0], dict(zip(names.split()[1:], map(int, values.split()[1:])))
found = dict(table("snmp"))
print("sent", found["Ip:"]["OutRequests"] + found["Tcp:"]["ActiveOpens"] + found["Udp:"]["OutDatagrams"])
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

PROGRAMS = {
    "separate": ["-m", "umx_gui", "separate", "--model", "tiny", "--overwrite", "song.wav"],
    "a model that is not there": ["-m", "umx_gui", "separate", "--model", "umxhq", "song.wav"],
    "models list": ["-m", "umx_gui", "models", "list"],
    "models verify": ["-m", "umx_gui", "models", "verify"],
    "doctor": ["-m", "umx_gui", "doctor"],
    "window": ["-c", WINDOW],
    "trainer": ["-m", "trainer.cli", "train", "--help"],
}


@pytest.fixture
def env(tmp_path: Path, tiny_models: Path) -> dict[str, str]:
    """An environment in which connections of Python are noted in the file `connections`, and in which proxies,
    which a careless library would ask, are this machine's port 9."""
    soundfile.write(tmp_path / "song.wav", 0.1 * np.random.default_rng(0).standard_normal((22050, 2)), 44100)
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOOK)
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    base = environment(tiny_models, UMX_TEST_CONNECTIONS=str(tmp_path / "connections"), **proxies)
    return {**base, "PYTHONPATH": os.pathsep.join([str(tmp_path / "hook"), str(ROOT)])}


@pytest.fixture(scope="session")
def can_unshare() -> bool:
    """Whether a network of one's own can be made here."""
    tool = shutil.which("unshare")
    return tool is not None and subprocess.run([tool, "--net", "true"], capture_output=True).returncode == 0


def run(env: dict[str, str], folder: Path, arguments: list[str], alone: bool) -> tuple[int, list[str], int]:
    """Run a program, `alone` in a network of its own: its exit code, what Python connected to, what was sent at all."""
    noted = folder / "connections"
    noted.unlink(missing_ok=True)
    quoted = json.dumps([sys.executable, *arguments])
    program = (
        f"import json, subprocess\nprint(subprocess.run(json.loads({quoted!r}), stdout=-3, stderr=-3).returncode)\n"
    )
    command = [*(["unshare", "--net"] if alone else []), sys.executable, "-c", program + (COUNTERS if alone else "")]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    said = done.stdout.split()
    return int(said[0]), noted.read_text().splitlines() if noted.exists() else [], int(said[-1]) if alone else 0


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_connection_is_opened(name: str, env: dict[str, str], tmp_path: Path, can_unshare: bool) -> None:
    code, connections, sent = run(env, tmp_path, PROGRAMS[name], can_unshare)
    assert code == (1 if name == "a model that is not there" else 0)
    assert connections == []
    assert sent == 0


def test_a_connection_would_be_noticed(env: dict[str, str], tmp_path: Path) -> None:
    with loopback_server() as server:
        bare = {key: value for key, value in env.items() if "proxy" not in key.lower()}
        _, connections, _ = run(bare, tmp_path, ["-c", CONNECTS % f"{server.url}/x"], alone=False)
        assert any(line.startswith("socket.connect") for line in connections)
        assert server.requests == [("/x", "")]


def test_what_is_sent_would_be_counted(env: dict[str, str], tmp_path: Path, can_unshare: bool) -> None:
    if not can_unshare or shutil.which("ip") is None:
        pytest.skip("missing: ip, or the right to make a network namespace (unshare)")
    program = "import socket, subprocess\nsubprocess.run(['ip', 'link', 'set', 'lo', 'up'])\n"
    program += "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.sendto(b'x', ('127.0.0.1', 9))"
    assert run(env, tmp_path, ["-c", program], alone=True)[2] > 0
