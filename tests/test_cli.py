"""`umx-gui` in a terminal, as real processes on real files: stems of exact length and rate, one sentence on failure."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from umx_gui.engine.decoding.decode import read_audio

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ("vocals", "drums", "bass", "other")


@pytest.fixture
def env(tiny_models: Path) -> dict[str, str]:
    """An environment in which `umx-gui` finds the small models."""
    return {**os.environ, "UMX_MODELS_DIR": str(tiny_models), "PYTHONPATH": str(ROOT)}


def umx_gui(env: dict[str, str], cwd: Path, *arguments: object, **how: object) -> subprocess.CompletedProcess:
    """Run `umx-gui` as a process of its own."""
    command = [sys.executable, "-m", "umx_gui", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, **how)


def noise(n_samples: int, n_channels: int = 2, seed: int = 0) -> np.ndarray:
    """Quiet noise as frames [T, C]."""
    return 0.1 * np.random.default_rng(seed).standard_normal((n_samples, n_channels))


def write_m4a(path: Path, frames: np.ndarray, rate: int, muxer: str = "ipod", n_tracks: int = 1) -> None:
    """An AAC file of the given length, as usual programs make them."""
    with av.open(f"file:{path}", "w", format=muxer) as file:
        streams = [file.add_stream("aac", rate=rate, layout="stereo") for _ in range(n_tracks)]
        for stream in streams:
            samples = np.ascontiguousarray(frames.T, np.float32)
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = rate, 0
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                file.mux(packet)


def integers(path: Path) -> tuple[np.ndarray, int]:
    """24-bit samples [T, C] and the rate."""
    frames, rate = soundfile.read(path, dtype="int32", always_2d=True)
    return frames >> 8, rate


def everything_in(folder: Path) -> set[str]:
    """All names below a folder, hidden ones too."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_songs_of_all_kinds_keep_their_length_and_rate(tmp_path: Path, env: dict[str, str]) -> None:
    songs = tmp_path / "songs"
    songs.mkdir()
    soundfile.write(songs / "a.mp3", noise(50_001), 44100, format="MP3")
    write_m4a(songs / "b.m4a", noise(50_002), 44100)
    soundfile.write(songs / "c.flac", noise(50_003, 1), 48000, "PCM_24")
    write_m4a(songs / "d.stem.mp4", noise(50_004), 44100, "mp4", 5)
    soundfile.write(songs / "e.wav", noise(50_005, 6), 22050)
    soundfile.write(songs / "-f [1]; rm.wav", noise(1), 44100, "PCM_24")
    (songs / "g.wav").write_text("Dear diary")
    (songs / "out").mkdir()
    files = sorted(path.name for path in songs.iterdir() if path.is_file())
    done = umx_gui(env, songs, "separate", "--json-progress", "--outdir", "out", "--", *files)
    assert done.returncode == 1
    expected = {"-f [1]; rm": 1, "a": 50_001, "b": 50_002, "c": 50_003, "d": 50_004, "e": 50_005}
    assert everything_in(songs / "out") == {
        *(f"{name}_tiny" for name in expected),
        *(f"{name}_tiny/{target}.wav" for name in expected for target in TARGETS),
    }
    rates = {"c": 48000, "e": 22050}
    suffixes = {"a": ".mp3", "b": ".m4a", "c": ".flac", "d": ".stem.mp4", "e": ".wav", "-f [1]; rm": ".wav"}
    for name, length in expected.items():
        stems = [integers(songs / "out" / f"{name}_tiny" / f"{target}.wav") for target in TARGETS]
        n_channels = 1 if name == "c" else 2
        assert {(rate, stem.shape) for stem, rate in stems} == {(rates.get(name, 44100), (length, n_channels))}
        if name == "e":
            continue
        song = read_audio(songs / (name + suffixes[name])).samples
        whole = np.clip(np.rint(song.astype(np.float64) * 2**23), -(2**23), 2**23 - 1).astype(np.int32)
        # Bit-exact: the written integers of the stems add up to the song's own.
        assert np.array_equal(sum(stem for stem, _ in stems), whole.T)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {e["file"] for e in events if e["event"] == "song" and e["exact_sum"]} == set(files) - {"g.wav"}
    fractions = [e["total"] for e in events if e["event"] == "progress" and e["file"] == "a.mp3"]
    assert fractions == sorted(fractions)
    assert {e["stage"] for e in events if e["event"] == "progress"} == {"reading", "separating", "writing"}
    assert events[-1] == {"event": "done", "code": 1}
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert "“g.wav” cannot be opened" in lines[1]
    assert lines[0].startswith("Mixed down to stereo")


def test_a_text_file_gets_one_sentence_and_no_folder(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "notes.txt").write_text("Dear diary")
    done = umx_gui(env, tmp_path, "separate", "notes.txt")
    assert (done.returncode, done.stdout) == (1, "")
    reason, action = "it is not an audio file", "Choose a song, such as a WAV, FLAC or MP3 file"
    assert done.stderr == f"umx-gui: “notes.txt” cannot be opened: {reason}. {action}.\n"
    assert everything_in(tmp_path) == {"notes.txt"}


def test_separating_loads_no_qt(tmp_path: Path, env: dict[str, str]) -> None:
    soundfile.write(tmp_path / "song.wav", noise(3000), 44100)
    program = (
        "import sys; from umx_gui.cli import main; code = main(['separate', 'song.wav']); "
        "print(code, *[m for m in sys.modules if m.startswith(('PySide6', 'shiboken', 'pyqtgraph'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=600
    )
    assert done.stdout.splitlines() == [*(f"song_tiny{os.sep}{t}.wav" for t in TARGETS), "0"]
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("stage", ["reading", "separating", "writing"])
def test_ctrl_c_stops_it_and_leaves_nothing(tmp_path: Path, env: dict[str, str], stage: str) -> None:
    soundfile.write(tmp_path / "song.flac", np.tile(noise(44100), (150 if stage == "writing" else 90, 1)), 44100)
    command = [sys.executable, "-m", "umx_gui", "separate", "song.flac", "--json-progress"]
    # A group of its own: Ctrl-C reaches every process of the program, as in a terminal.
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("stage") == stage:
            break
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == ""
    assert json.loads(out.splitlines()[-1]) == {"event": "cancelled"}
    assert everything_in(tmp_path) == {"song.flac"}


def test_killed_while_it_writes_the_next_run_finds_a_clean_place(tmp_path: Path, env: dict[str, str]) -> None:
    soundfile.write(tmp_path / "song.wav", noise(44100 * 10), 44100)
    command = [sys.executable, "-m", "umx_gui", "separate", "song.wav", "--json-progress"]
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line).get("stage") == "writing":
                break
        process.kill()
    assert len(list(tmp_path.glob("song_tiny/*.wav"))) in (0, 4)
    done = umx_gui(env, tmp_path, "separate", "song.wav", "--overwrite", "--duration", "1")
    assert done.returncode == 0
    assert everything_in(tmp_path) == {"song.wav", "song_tiny", *(f"song_tiny/{t}.wav" for t in TARGETS)}


@pytest.mark.parametrize("streams", ["closed", "broken", "ascii"])
def test_odd_consoles_do_not_end_the_work(tmp_path: Path, env: dict[str, str], streams: str) -> None:
    soundfile.write(tmp_path / "日本.wav", noise(3000), 44100)
    (tmp_path / "“x”.wav").write_text("Dear diary")
    command = [sys.executable, "-m", "umx_gui", "separate", "“x”.wav", "日本.wav"]
    how: dict[str, object] = {"cwd": tmp_path, "env": env, "timeout": 100}
    if streams == "closed":
        shell = 'exec "$@" >&- 2>&- <&-'
        code = subprocess.run(["sh", "-c", shell, "sh", *command], **how).returncode
    elif streams == "broken":
        read, write = os.pipe()
        os.close(read)
        code = subprocess.run(command, stdout=write, stderr=write, **how).returncode
        os.close(write)
    else:
        how["env"] = {**env, "PYTHONIOENCODING": "ascii"}
        done = subprocess.run(command, capture_output=True, **how)
        code = done.returncode
        assert b"cannot be opened" in done.stderr
        assert b"Traceback" not in done.stderr
    assert code == 1
    assert len(list((tmp_path / "日本_tiny").iterdir())) == 4


def test_without_a_display_it_says_so_and_names_the_other_way(tmp_path: Path, env: dict[str, str]) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {key: value for key, value in env.items() if key not in hidden}
    if not sys.platform.startswith("linux"):
        pytest.skip("a display that may be missing is a matter of Linux")
    done = umx_gui(bare, tmp_path, "song.mp3")
    assert done.returncode == 1
    assert "umx-gui separate" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals of POSIX")
def test_a_terminal_shows_a_bar_and_what_remains_is_the_result(tmp_path: Path, env: dict[str, str]) -> None:
    import fcntl
    import pty
    import struct
    import termios

    soundfile.write(tmp_path / "song.wav", noise(44100), 44100)
    main, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    command = [sys.executable, "-m", "umx_gui", "separate", "song.wav"]
    done = subprocess.run(
        command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=terminal, text=True, timeout=600
    )
    os.close(terminal)
    shown = os.read(main, 1 << 20).decode()
    os.close(main)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [f"song_tiny{os.sep}{t}.wav" for t in TARGETS]
    assert "song.wav 100%|" in shown
    assert "writing" in shown
    # The bar is wiped away at the end.
    assert shown.rstrip("\r").endswith(" ")
