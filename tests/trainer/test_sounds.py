"""Stretches of files of every format: the right samples, as many as asked for, from disk or from the cache."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from layouts_made import RATE, stem, write, write_streams

from trainer.decoded_cache import DecodedCache
from trainer.sounds import SoundReader, probe
from umx_gui.engine.decoding.decode import read_audio
from umx_gui.errors import DatasetError

N = 3 * RATE + 1234
FORMATS = (".wav", ".flac", ".ogg", ".aiff", ".mp3", ".m4a", ".opus")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("sounds")
    for suffix in FORMATS:
        rate = 48_000 if suffix == ".opus" else RATE
        write(made / f"x{suffix}", stem("vocals", N, rate=rate), rate)
    return made


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_stretch_is_what_the_whole_file_has_there(folder, tmp_path, suffix, cached):
    path = folder / f"x{suffix}"
    whole = read_audio(path).samples
    assert probe(path)[:2] == (48_000 if suffix == ".opus" else RATE, 2)
    assert probe(path)[2] == pytest.approx(whole.shape[1], abs=0 if suffix != ".opus" else 1)
    reader = SoundReader(2, DecodedCache(tmp_path, 10**9) if cached else None)
    for start, n in ((0, 1000), (77_777, 20_000), (N - 500, 2000), (N + 9, 50)):
        found = reader.read(path, start, n)
        expected = np.zeros((2, n), np.float32)
        part = whole[:, start : start + n]
        expected[:, : part.shape[1]] = part
        assert found.shape == (2, n)
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_far_stretch_of_an_mp4_is_sought_not_decoded(tmp_path):
    samples = stem("other", 30 * RATE)
    path = write(tmp_path / "long.m4a", samples)
    whole = read_audio(path).samples
    start = 25 * RATE + 321
    begun = time.process_time()
    found = SoundReader(2).read(path, start, RATE)
    sought_s = time.process_time() - begun
    begun = time.process_time()
    SoundReader(2).read(path, 0, 30 * RATE)
    assert sought_s < (time.process_time() - begun) / 2
    assert np.abs(found - whole[:, start : start + RATE]).max() < 1e-4


def test_every_stream_of_a_stem_file_is_read_from_any_place(tmp_path):
    parts = [stem(name, 9 * RATE, song) for song, name in enumerate(("other", "drums", "bass"))]
    path = write_streams(tmp_path / "x.stem.mp4", parts, RATE)
    cache = DecodedCache(tmp_path / "cache", 10**9)
    for stream, samples in enumerate(parts):
        straight = SoundReader(2).read(path, 7 * RATE + 5, 4096, stream)
        assert np.corrcoef(straight[0], samples[0, 7 * RATE + 5 :][:4096])[0, 1] > 0.9
        np.testing.assert_allclose(SoundReader(2, cache).read(path, 7 * RATE + 5, 4096, stream), straight, atol=1e-4)


def test_a_wave_file_that_libsndfile_refuses_is_read_by_the_engine(tmp_path):
    path = write_streams(tmp_path / "x.wav", [stem("vocals", RATE)], RATE, "libmp3lame", "wav")
    assert probe(path)[:2] == (RATE, 2)
    assert np.abs(SoundReader(2).read(path, 9000, 1000)).max() > 0.05


def test_mono_becomes_two_and_two_become_one(folder, tmp_path):
    mono = write(tmp_path / "mono.wav", stem("bass", 5000)[:1])
    two = SoundReader(2).read(mono, 10, 100)
    np.testing.assert_array_equal(two[0], two[1])
    one = SoundReader(1).read(folder / "x.wav", 10, 100)
    np.testing.assert_allclose(one[0], SoundReader(2).read(folder / "x.wav", 10, 100).mean(0), atol=1e-7)


def test_a_file_that_goes_or_breaks_is_named(tmp_path):
    for name in ("x.wav", "x.mp3"):
        (tmp_path / name).write_bytes(b"nothing")
        with pytest.raises(DatasetError, match="can no longer be read"):
            SoundReader(2).read(tmp_path / name, 0, 10)
        (tmp_path / name).unlink()
        with pytest.raises(DatasetError):
            SoundReader(2, DecodedCache(tmp_path / "c", 10**6)).read(tmp_path / name, 0, 10)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_the_cache_stays_within_its_bound_and_forgets_the_oldest(tmp_path):
    paths = [write(tmp_path / f"{k}.mp3", stem("vocals", RATE, song=k)) for k in range(4)]
    each = 8 * RATE + 16
    cache = DecodedCache(tmp_path / "cache", 2 * each + 1000)
    reader = SoundReader(2, cache)
    for path in (*paths[:2], paths[0], *paths[2:3]):
        reader.read(path, 0, 100)
        time.sleep(0.02)
        assert size_of(tmp_path / "cache") <= 2 * each + 1000
    # The second was not read for the longest time.
    assert [cache.length(path, 0) is not None for path in paths] == [True, False, True, False]
    small = SoundReader(2, DecodedCache(tmp_path / "small", 1000))
    assert np.abs(small.read(paths[0], 5000, 100)).max() > 0.01
    assert size_of(tmp_path / "small") == 0


def test_a_changed_file_is_decoded_anew_and_a_damaged_entry_too(tmp_path):
    cache = DecodedCache(tmp_path / "cache", 10**8)
    path = write(tmp_path / "x.mp3", stem("vocals", RATE))
    before = SoundReader(2, cache).read(path, 100, 1000)
    (entry,) = (tmp_path / "cache").glob("*.f32")
    entry.write_bytes(entry.read_bytes()[:-40])
    np.testing.assert_array_equal(SoundReader(2, cache).read(path, 100, 1000), before)
    write(path, stem("drums", RATE))
    assert np.abs(SoundReader(2, cache).read(path, 100, 1000) - before).max() > 0.05


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path, caplog):
    path = write(tmp_path / "x.mp3", stem("vocals", RATE))
    (tmp_path / "file").write_text("no folder")
    reader = SoundReader(2, DecodedCache(tmp_path / "file", 10**8))
    with caplog.at_level("WARNING"):
        assert np.abs(reader.read(path, 100, 1000)).max() > 0.01
    assert "cannot be written" in caplog.text


def _read_all(folder: Path, cache: Path, limit: int, out: object) -> None:
    reader = SoundReader(2, DecodedCache(cache, limit))
    paths = sorted(folder.glob("*.mp3"))
    out.put([float(np.abs(reader.read(path, 2000, 9000)).sum()) for path in paths for _ in range(2)])


def test_parallel_workers_share_a_cache_too_small_for_all(tmp_path):
    for k in range(3):
        write(tmp_path / f"songs/{k}.mp3", stem("vocals", RATE, song=k))
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    limit = 2 * (8 * RATE + 16)
    work = (tmp_path / "songs", tmp_path / "cache", limit, answers)
    workers = [context.Process(target=_read_all, args=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    found = [answers.get(timeout=300) for _ in workers]
    for worker in workers:
        worker.join()
    assert found[0] == found[1] == found[2]
    straight = SoundReader(2)
    paths = sorted((tmp_path / "songs").glob("*.mp3"))
    expected = [float(np.abs(straight.read(p, 2000, 9000)).sum()) for p in paths for _ in range(2)]
    assert found[0] == pytest.approx(expected, rel=1e-6)
    assert size_of(tmp_path / "cache") <= limit


@pytest.mark.skipif(sys.platform == "win32", reason="missing: SIGKILL")
def test_a_worker_killed_while_it_decodes_leaves_nothing_that_counts(tmp_path):
    path = write(tmp_path / "x.mp3", stem("vocals", 20 * RATE))
    cache = tmp_path / "cache"
    # It is killed in the middle, whatever else this machine does: after its first block, of several.
    code = (
        "import os, signal; from pathlib import Path; from trainer.decoded_cache import AudioFile, DecodedCache as D\n"
        "blocks = AudioFile.blocks\n"
        "def some(file):\n"
        "    for number, block in enumerate(blocks(file)):\n"
        "        if number: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        yield block\n"
        "AudioFile.blocks = some\n"
        f"D(Path({str(cache)!r}), 10**9).part(Path({str(path)!r}), 0, 0, 10)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], timeout=300)
    assert done.returncode == -signal.SIGKILL
    assert list(cache.glob(".*.part"))
    assert not list(cache.glob("*.f32"))
    found = DecodedCache(cache, 10**9).part(path, 0, 15 * RATE, 1000)
    np.testing.assert_allclose(found, read_audio(path).samples[:, 15 * RATE :][:, :1000], atol=1e-6)
    assert not list(cache.glob(".*.part"))
