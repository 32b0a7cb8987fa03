"""Exported files appear all at once, never over others unasked, and nothing of them is left where they do not."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import soundfile
from export_helpers import TARGETS, everything_in, export, read_int, song

from umx_gui.engine.export.exporter import ExportOptions, Written, check_export, export_stems
from umx_gui.engine.storage.journal import recover
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled, DiskFullError, OutputExistsError, OutputNotWritableError


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3000)
    (tmp_path / "bass.wav").write_text("mine")
    with pytest.raises(OutputExistsError) as error:
        export(tmp_path, stems, mixture)
    assert error.value.path == tmp_path / "bass.wav"
    assert everything_in(tmp_path) == {"bass.wav"}
    export(tmp_path, stems, mixture, ExportOptions(overwrite=True))
    assert len(read_int(tmp_path / "bass.wav", 24)[0]) == 3000
    assert everything_in(tmp_path) == {f"{t}.wav" for t in TARGETS}


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3000)
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "vocals.wav").symlink_to(tmp_path / "precious")
    (tmp_path / "out" / "drums.wav").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputExistsError):
        export(tmp_path / "out", stems, mixture)
    export(tmp_path / "out", stems, mixture, ExportOptions(overwrite=True))
    assert (tmp_path / "precious").read_text() == "mine"
    assert not (tmp_path / "out" / "vocals.wav").is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_a_name_in_the_way_is_no_folder_to_write_into(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3000)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputNotWritableError):
        export(tmp_path / "file" / "out", stems, mixture)
    (tmp_path / "drums.wav").mkdir()
    with pytest.raises(OutputExistsError):
        export(tmp_path, stems, mixture, ExportOptions(overwrite=True))
    assert everything_in(tmp_path) == {"file", "drums.wav"}


def test_cancelling_leaves_nothing_behind(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=140_000)
    (tmp_path / "there").mkdir()
    for folder in (tmp_path / "new" / "deep", tmp_path / "there"):
        for file_format in ("wav", "mp3", "stem.mp4"):
            cancel = CancelToken()
            steps = export_stems(folder, "song", stems, mixture, None, ExportOptions(file_format), cancel)
            assert isinstance(next(steps), Progress)
            cancel.cancel()
            with pytest.raises(Cancelled):
                next(steps)
            assert everything_in(tmp_path) == {"there"}


def test_an_export_that_is_dropped_leaves_nothing_behind(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=300_000)
    steps = export_stems(tmp_path / "out", "song", stems, mixture)
    next(steps)
    assert everything_in(tmp_path)
    steps.close()
    assert not everything_in(tmp_path)


def test_files_appear_when_all_are_complete(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=300_000)
    progress = []
    for step in export_stems(tmp_path / "out", "song", stems, mixture):
        if isinstance(step, Progress):
            progress.append(step.fraction)
            assert not (tmp_path / "out").exists()
        else:
            assert isinstance(step, Written)
            assert everything_in(tmp_path / "out") == {f"{t}.wav" for t in TARGETS}
    assert all(a < b for a, b in pairwise(progress))
    assert progress[-1] == 1.0


def test_files_have_the_rights_of_usual_files(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3000)
    (tmp_path / "usual").write_text("")
    (tmp_path / "folder").mkdir()
    export(tmp_path / "out", stems, mixture)
    export(tmp_path, stems, mixture)
    usual = (tmp_path / "usual").stat().st_mode
    assert {p.stat().st_mode for p in (tmp_path / "out").iterdir()} == {usual}
    assert (tmp_path / "drums.wav").stat().st_mode == usual
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "folder").stat().st_mode


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB of its own; skips where none can be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("missing: the right to mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_too_small_is_told_before_anything_is_written(small_disk: Path) -> None:
    stems, mixture = song(n_samples=150_000)
    with pytest.raises(DiskFullError) as error:
        export(small_disk / "out", stems, mixture)
    assert error.value.needed > 150_000 * 2 * 3 * 4
    assert 1e6 < error.value.free <= 2 << 20
    assert not everything_in(small_disk)


@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize("file_format", ["wav", "flac", "ogg", "mp3", "m4a", "stem.mp4"])
def test_a_disk_that_fills_up_meanwhile_keeps_no_part(small_disk: Path, file_format: str, existing: bool) -> None:
    stems, mixture = song(n_samples=100_000 if file_format in ("wav", "flac") else 300_000)
    folder = small_disk / "out"
    folder.mkdir() if existing else None
    options = ExportOptions(file_format, 16, bitrate_kbps=96 if file_format not in ("wav", "flac") else None)
    steps = export_stems(folder, "song", stems, mixture, None, options)
    next(steps)
    with contextlib.suppress(OSError):
        (small_disk / "other").write_bytes(bytes(2 << 20))
    with pytest.raises(DiskFullError):
        list(steps)
    assert everything_in(small_disk) == ({"out", "other"} if existing else {"other"})


def test_a_disk_that_is_read_only_is_told_first(small_disk: Path) -> None:
    (small_disk / "there").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    stems, mixture = song(n_samples=3000)
    for folder in (small_disk / "new", small_disk / "there"):
        with pytest.raises(OutputNotWritableError):
            check_export(folder, "song", TARGETS, (2, 3000), 44100, ExportOptions())
        with pytest.raises(OutputNotWritableError):
            export(folder, stems, mixture)


KILLED = """
import os, signal, sys
sys.path[:0] = [{tests!r}, {project!r}]
from pathlib import Path
from export_helpers import export, song
from umx_gui.engine.export.exporter import ExportOptions
left = int(sys.argv[1])

def deadly(name):
    call = getattr(os, name)
    def wrapped(*args, **kwargs):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)
    setattr(os, name, wrapped)

stems, mixture = song(n_samples=2000, seed=1)
for name in ("replace", "rename", "fsync", "unlink", "chmod", "link", "close", "write"):
    deadly(name)
export(Path(sys.argv[2]), stems, mixture, ExportOptions("wav", 16, overwrite=True))
"""


@pytest.mark.parametrize("existing", [True, False])
def test_killed_at_any_step_the_set_is_old_or_complete(tmp_path: Path, existing: bool) -> None:
    old, mixture = song(n_samples=1000)
    new_length, states = 2000, set()
    script = KILLED.format(tests=str(Path(__file__).parent), project=str(Path(__file__).parents[2]))
    for n in range(1, 100, 6 if existing else 4):
        folder = tmp_path / f"{n}"
        out = folder / "out"
        folder.mkdir()
        if existing:
            export(out, old, mixture, ExportOptions("wav", 16))
        code = subprocess.run([sys.executable, "-c", script, str(n), str(out)], timeout=600).returncode
        assert code in (0, -signal.SIGKILL)
        # No single file is ever anything but old or complete, even before anything is tidied.
        lengths = [soundfile.info(p).frames for p in out.glob("*.wav")]
        assert set(lengths) <= {1000, new_length}
        if not existing:
            assert len(lengths) in (0, 4)
        recover(folder)
        recover(out)
        lengths = [soundfile.info(p).frames for p in out.glob("*.wav")]
        assert lengths in ([1000] * 4 if existing else [], [new_length] * 4)
        assert everything_in(folder) == ({"out", *(f"out/{t}.wav" for t in TARGETS)} if lengths else set())
        states.add(lengths[0] if lengths else 0)
        if code == 0:
            break
    assert code == 0
    assert states == {1000 if existing else 0, new_length}


def test_the_next_export_tidies_up_and_leaves_the_living_alone(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=300_000)
    for token in ("0" * 16, "1" * 16):
        (tmp_path / f".umx-{token}-abc.part").write_text("left behind")
    (tmp_path / f".umx-{'1' * 16}.journal").write_text("")
    (tmp_path / ".umx-notes.part").write_text("somebody else's")
    living = export_stems(tmp_path, "song", stems, mixture, None, ExportOptions(template="living {target}"))
    next(living)
    assert everything_in(tmp_path) >= {".umx-notes.part"}
    assert not (tmp_path / f".umx-{'0' * 16}-abc.part").exists()
    assert not (tmp_path / f".umx-{'1' * 16}-abc.part").exists()
    export(tmp_path, stems, mixture)
    assert len([step for step in living if isinstance(step, Written)]) == 4
    assert everything_in(tmp_path) == {".umx-notes.part", *(f"{p}{t}.wav" for t in TARGETS for p in ("", "living "))}


def test_a_journal_cannot_reach_outside_or_at_other_files(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    token = "a" * 16
    ours = f".umx-{token}-x.part"
    (folder / ours).write_text("new")
    (folder / "mine.txt").write_text("mine")
    (tmp_path / "outside").write_text("mine")
    files = [[ours, "../outside"], ["mine.txt", "stolen"], ["../outside", "stolen"], [ours, f".umx-{token}.journal"]]
    content = json.dumps({"version": 1, "overwrite": True, "files": files})
    (folder / f".umx-{token}.journal").write_text(content)
    recover(folder)
    assert everything_in(tmp_path) == {"out", "out/mine.txt", "outside"}
    assert (tmp_path / "outside").read_text() == "mine"
