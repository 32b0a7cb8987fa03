"""Odd and hostile files collected from other projects' tests: each one right, or clearly refused, in a few seconds.

The folder is named by UMX_ODD_AUDIO; its MANIFEST.tsv says of every file what is asked: PLAY (right), REFUSE, PARTIAL
(what is intact, with a warning, or refused) or SAFE (either, but never a crash, a hang or a NaN). The files are not
ours to give away, so without that folder there is nothing to test here; the other modules make such files themselves.
"""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import numpy as np
import pytest

from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.decoding.decode_client import pool
from umx_gui.errors import AudioUnreadableError
from umx_gui.messages import describe

FOLDER = os.environ.get("UMX_ODD_AUDIO", "")
MOST_SECONDS = 5.0
MOST_BYTES = 400 << 20


def rows() -> list[dict[str, str]]:
    if not FOLDER:
        return []
    with (Path(FOLDER) / "MANIFEST.tsv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def path_of(row: dict[str, str]) -> Path:
    return Path(FOLDER) / row["split"] / row["file"]


class Read:
    """What came of reading a file: its samples, or why it was refused."""

    def __init__(self, path: Path) -> None:
        self.refused: AudioUnreadableError | None = None
        self.samples, self.rate, self.warnings = np.zeros((0, 0), np.float32), 0, 0
        start = time.monotonic()
        try:
            with AudioFile(path) as file:
                self.samples = np.concatenate(list(file.blocks()), axis=1)
                self.rate, self.warnings = file.info.sample_rate, len(file.warnings)
        except AudioUnreadableError as e:
            self.refused = e
        self.seconds = time.monotonic() - start


def assert_plain(refused: AudioUnreadableError) -> None:
    """The message is one plain sentence that names the file, and says what to do."""
    message = describe(refused)
    assert refused.path.name in message.title
    assert message.reason
    assert message.action
    line = message.one_line()
    assert not any(word in line for word in ("Error", "Errno", "Traceback", "0x", "\n"))


def assert_as_expected(row: dict[str, str], read: Read) -> None:
    assert read.rate == int(row["exp_sr"])
    assert read.samples.shape[0] == int(row["exp_ch"])
    if row["exp_frames"] not in ("any", "-"):
        low, _, high = row["exp_frames"].partition("-")
        assert int(low) <= read.samples.shape[1] <= int(high or low)


@pytest.mark.skipif(not FOLDER, reason="UMX_ODD_AUDIO names no folder")
def test_the_collection_is_whole() -> None:
    assert len(rows()) >= 60
    assert all(path_of(row).is_file() for row in rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"])
def test_odd_file(row: dict[str, str]) -> None:
    read = Read(path_of(row))
    # 84 kB can hold 453 s of sound: what is played may take a twentieth of its length besides, on a busy machine.
    length_s = read.samples.shape[1] / read.rate if read.rate else 0.0
    assert read.seconds < MOST_SECONDS + length_s / 20
    assert np.isfinite(read.samples).all()
    if read.refused is not None:
        assert_plain(read.refused)
    if row["must"] == "PLAY":
        assert read.refused is None
        assert_as_expected(row, read)
    elif row["must"] == "REFUSE":
        assert read.refused is not None
    elif row["must"] == "PARTIAL":
        assert read.refused is not None or read.warnings
        if read.refused is None:
            assert_as_expected(row, read)


@pytest.mark.skipif(not FOLDER, reason="UMX_ODD_AUDIO names no folder")
@pytest.mark.parametrize("form", ["pcmwaveformat", "waveformatextensible"])
def test_the_values_of_24_in_32(form: str) -> None:
    read = Read(Path(FOLDER) / "dev" / f"{form}-24bit-4byte-48kHz-stereo.wav")
    assert np.array_equal(read.samples.T.reshape(-1) * 2**23, [-96, 23_052, 8_388_607, -8_360_672])


@pytest.mark.skipif(not FOLDER or not Path("/proc/self/status").exists(), reason="UMX_ODD_AUDIO names no folder")
@pytest.mark.parametrize("name", ["flac453sStereo.flac", "19 - samplerate 35467Hz.flac", "mpeg2.mp3"])
def test_the_child_stays_small(name: str) -> None:
    pool.close()
    with AudioFile(Path(FOLDER) / "dev" / name) as file:
        for _ in file.blocks():
            pass
    child = pool.take()
    status = Path(f"/proc/{child.pid}/status").read_text()
    pool.give_back(child, healthy=True)
    peak_kb = int(status.split("VmHWM:")[1].split()[0])
    assert peak_kb * 1024 < MOST_BYTES
