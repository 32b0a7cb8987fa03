"""The scratch file: arrays of zeros that do not touch each other, seen by other processes, gone without a trace."""

from __future__ import annotations

import itertools
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from umx_gui.engine.storage.scratch import Region, Scratch, map_region, populate, scratch_folder
from umx_gui.errors import DiskFullError


def test_arrays_begin_as_zeros_and_keep_to_themselves(tmp_path):
    with Scratch(tmp_path) as scratch:
        shapes = [((2, 1001), np.float32), ((7,), np.uint8), ((3, 2, 70_000), np.float32), ((5,), np.int64)]
        found = [scratch.reserve(shape, dtype) for shape, dtype in shapes]
        for k, (region, array) in enumerate(found, 1):
            assert (array.shape, array.dtype) == shapes[k - 1]
            assert region.n_bytes == array.nbytes
            assert not array.any()
            array[...] = k
        for k, (region, array) in enumerate(found, 1):
            assert (array == k).all()
            np.testing.assert_array_equal(map_region(scratch.fileno(), region), array)
        spans = sorted((region.offset, region.offset + region.n_bytes) for region, _ in found)
        assert all(stop <= start for (_, stop), (start, _) in itertools.pairwise(spans))


@pytest.mark.parametrize("platform", [sys.platform, "other"])
def test_what_is_put_is_seen_through_every_mapping(tmp_path, monkeypatch, platform):
    monkeypatch.setattr("umx_gui.engine.storage.scratch.sys.platform", platform)
    with Scratch(tmp_path) as scratch:
        _, before = scratch.reserve((5,))
        region, array = scratch.reserve((2, 1001))
        _, after = scratch.reserve((5,))
        other = map_region(scratch.fileno(), region)
        wanted = np.zeros((2, 1001), np.float32)
        for start, n in ((0, 10), (10, 333), (999, 2), (500, 0)):
            values = np.random.default_rng(start).standard_normal((2, 2 * n), np.float32)[:, ::2]
            scratch.put(region, array, start, values)
            wanted[:, start : start + n] = values
        np.testing.assert_array_equal(array, wanted)
        np.testing.assert_array_equal(other, wanted)
        assert not before.any()
        assert not after.any()


def test_what_one_mapping_writes_the_other_reads(tmp_path):
    with Scratch(tmp_path) as scratch:
        region, array = scratch.reserve((1000,))
        other = map_region(scratch.fileno(), region)
        other[500] = 1.5
        assert array[500] == 1.5


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are handed on in another way there")
def test_another_process_maps_a_region_that_was_sent_to_it(tmp_path):
    program = (
        "import pickle, sys; from umx_gui.engine.storage.scratch import map_region\n"
        "array = map_region(int(sys.argv[1]), pickle.loads(bytes.fromhex(sys.argv[2])))\n"
        "print(array.sum()); array[0, 0] = 7"
    )
    with Scratch(tmp_path) as scratch:
        scratch.reserve((10,))
        region, array = scratch.reserve((2, 100))
        array[...] = 2
        command = [sys.executable, "-c", program, str(scratch.fileno()), pickle.dumps(region).hex()]
        done = subprocess.run(command, pass_fds=[scratch.fileno()], capture_output=True, text=True, timeout=600)
        assert done.stdout.strip() == "400.0", done.stderr
        assert array[0, 0] == 7


@pytest.mark.skipif(sys.platform == "win32", reason="a file in use has a name there")
def test_nothing_is_left_behind_even_by_a_process_that_is_killed(tmp_path):
    program = (
        "import os, pathlib, signal, sys; from umx_gui.engine.storage.scratch import Scratch\n"
        "scratch = Scratch(pathlib.Path(sys.argv[1])); scratch.reserve((1000,))[1][:] = 1\n"
        "print(os.listdir(sys.argv[1]), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=600)
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


def test_arrays_outlive_the_file(tmp_path):
    with Scratch(tmp_path) as scratch:
        array = scratch.reserve((1000,))[1]
        array[:] = 3
    assert (array == 3).all()
    scratch.close()
    assert list(tmp_path.iterdir()) == []


def test_room_that_is_not_there_is_refused_before_anything_is_written(tmp_path):
    with Scratch(tmp_path) as scratch:
        first, array = scratch.reserve((1000,))
        array[:] = 1
        with pytest.raises(DiskFullError) as caught:
            scratch.reserve((1 << 40, 1 << 10))
        assert caught.value.path == tmp_path
        assert os.fstat(scratch.fileno()).st_size < 1 << 20
        second, other = scratch.reserve((1000,))
        assert second.offset >= first.offset + first.n_bytes
        other[:] = 2
        assert (array == 1).all()


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 5)])
def test_a_song_of_no_samples_has_an_array(tmp_path, shape):
    with Scratch(tmp_path) as scratch:
        region, array = scratch.reserve(shape)
        assert array.shape == shape
        assert region.n_bytes == 0
        assert scratch.reserve((4,))[1].tolist() == [0, 0, 0, 0]


def test_the_folder_is_the_one_asked_for(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert scratch_folder() == tmp_path
    monkeypatch.delenv("TMPDIR")
    monkeypatch.setattr("tempfile.tempdir", None)
    assert scratch_folder().is_dir()
    if sys.platform == "linux" and os.access("/var/tmp", os.W_OK):
        assert scratch_folder() == Path("/var/tmp")


def test_a_region_knows_its_size():
    assert Region(0, (2, 3, 4), "float32").n_bytes == 96
    assert Region(65536, (5,), "uint8").n_bytes == 5


def test_two_threads_never_get_the_same_place(tmp_path: Path) -> None:
    with Scratch(tmp_path) as scratch, ThreadPoolExecutor(4) as threads:
        regions = list(
            threads.map(lambda n: scratch.reserve((n,), np.uint8)[0], [1000 + 70_000 * k for k in range(64)])
        )
        places = sorted((region.offset, region.offset + region.n_bytes) for region in regions)
        assert all(stop <= start for (_, stop), (start, _) in pairwise(places))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lays out memory ahead")
def test_what_is_laid_out_ahead_is_written_without_waiting_for_pages(tmp_path):
    import resource

    def faults_of_writing(part):
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        part[...] = 1.0
        return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before

    with Scratch(Path("/var/tmp")) as scratch:
        _, array = scratch.reserve((4, 2, 3 << 17))
        array[:, :, :1000] = 7.0
        ahead = array[:, :, 500 : 1 << 17]
        populate(ahead)
        assert (array[:, :, :1000] == 7.0).all(), "what it holds stays"
        assert not array[:, :, 1000 : 3 << 17].any()
        n_ahead = faults_of_writing(ahead)
        n_not = faults_of_writing(array[:, :, 2 << 17 : 3 << 17])
        assert n_not > 100
        assert n_ahead < n_not / 5
    populate(np.zeros((2, 10), np.float32))  # memory that is not mapped is fine, too
    populate(np.zeros((2, 0), np.float32))
