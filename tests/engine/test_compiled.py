"""The compiled filter against whole arrays and double precision; and life before it is there, and without numba."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from random_models import TINY, random_model
from reference_wiener import reference_wiener
from test_wiener import problem

from umx_gui.engine import Audio, Block, Separator, SeparatorOptions
from umx_gui.engine.separation import compiling, wiener_kernels
from umx_gui.engine.separation.wiener import WienerOptions, wiener, wiener_pieces

ROOT = Path(__file__).resolve().parents[2]
AS_WRITTEN = {
    name: vars(wiener_kernels)[name] for name in ("peak_power", "apply_gain", "soften", "moments", "estimate", "refine")
}
SEPARATE = """
import numpy as np
from random_models import TINY, random_model
from umx_gui.engine import Audio, Separator
from umx_gui.engine.separation import compiling
song = Audio(np.random.default_rng(0).standard_normal((2, 40000), dtype=np.float32) * 0.1, 44100)
model = random_model(TINY)
separator = Separator(model)
waited = compiling.loops() is not None
stems = separator.separate_all(song).samples
print(compiling.loops() is not None, bool(np.isfinite(stems).all() and np.abs(stems).max() > 0.01), waited)
compiling._thread and compiling._thread.join()
"""


@pytest.fixture(scope="module")
def compiled():
    if importlib.util.find_spec("numba") is None:
        pytest.skip("missing: numba")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UMX_COMPILED", "wait")
        compiling.begin()
    loops = compiling.loops()
    assert loops is not None
    return loops


def db(reference, value):
    error = np.sum(np.abs(reference.astype(np.complex128) - value) ** 2)
    return 10 * np.log10(np.sum(np.abs(reference.astype(np.complex128)) ** 2) / max(error, 1e-200))


def run(masks, x, kernels, **options):
    frames_first = [torch.from_numpy(np.ascontiguousarray(m.transpose(1, 0, 2))) for m in masks]
    return wiener(frames_first, torch.from_numpy(x), WienerOptions(**options), kernels).numpy()


@pytest.mark.parametrize("unwanted", [0, 1, 3])
@pytest.mark.parametrize("n_iter", [0, 1, 2])
@pytest.mark.parametrize("whole_arrays", [True, False])
def test_a_source_that_is_not_wanted_changes_no_other(rng, compiled, whole_arrays, n_iter, unwanted):
    masks, x = problem(rng, n_frames=50, n_bins=wiener_kernels.BLOCK + 7)
    kernels = None if whole_arrays else compiled
    expected = np.delete(run(masks, x, kernels, n_iter=n_iter, exact_sum=True), unwanted, axis=0)
    gains = (torch.from_numpy(np.ascontiguousarray(m.transpose(1, 0, 2))) for m in masks)
    options = WienerOptions(n_iter, exact_sum=True)
    found = list(wiener_pieces(gains, torch.from_numpy(x), options, kernels, 20, len(masks), unwanted))
    assert np.array_equal(torch.cat(found, dim=2).numpy(), expected)
    assert len(found) == (1 if whole_arrays else 3)


@pytest.mark.parametrize("options", [{}, {"exact_sum": True}, {"residual": True}, {"softmask": True}], ids=str)
@pytest.mark.parametrize("n_iter", [0, 1, 2, 3])
@pytest.mark.parametrize("n_channels", [1, 2, 3])
def test_equals_whole_arrays(rng, compiled, n_channels, n_iter, options):
    masks, x = problem(rng, n_channels=n_channels, n_frames=50, n_bins=2 * wiener_kernels.BLOCK + 7)
    arrays = run(masks, x, None, n_iter=n_iter, **options)
    assert db(arrays, run(masks, x, compiled, n_iter=n_iter, **options)) >= 120


@pytest.mark.parametrize("n_iter", [0, 1, 2])
def test_means_the_same_uncompiled(rng, compiled, n_iter):
    masks, x = problem(rng, n_frames=4, n_bins=wiener_kernels.BLOCK + 2)
    as_written = run(masks, x, AS_WRITTEN, n_iter=n_iter, exact_sum=True)
    assert db(as_written, run(masks, x, compiled, n_iter=n_iter, exact_sum=True)) >= 140


@pytest.mark.parametrize("n_iter", [1, 2])
def test_is_more_exact_than_137_db_against_double_precision(rng, compiled, n_iter):
    masks, x = problem(rng, n_frames=300, n_bins=129, level=20)
    frames_first = [torch.from_numpy(m.transpose(1, 0, 2).astype(np.float64).copy()) for m in masks]
    double = wiener(frames_first, torch.from_numpy(x.astype(np.complex128)), WienerOptions(n_iter=n_iter)).numpy()
    assert db(double, run(masks, x, compiled, n_iter=n_iter)) >= 137


def test_the_ill_conditioned_mono_song_in_stereo(rng, compiled):
    masks, x = problem(rng, n_frames=40, n_bins=9)
    x[1], masks[:, 1] = x[0], masks[:, 0]
    assert db(reference_wiener(masks, x, 1), run(masks, x, compiled, n_iter=1)) > 90


def test_bins_of_silence_stay_silent(rng, compiled):
    masks, x = problem(rng, n_frames=30)
    x[:, 10:20] = 0
    masks[:, :, :5] = 0
    for options in ({}, {"exact_sum": True}):
        y = run(masks, x, compiled, n_iter=2, **options)
        assert np.abs(y[:, :, 10:20]).max() == 0
        assert np.isfinite(y).all()
    assert db(x, y.sum(0)) > 100


def test_what_is_no_number_is_not_hidden(rng, compiled):
    masks, x = problem(rng)
    masks[1, 0, 3, 5] = np.nan
    assert np.isnan(run(masks, x, compiled, n_iter=1)).any()


def separate(tmp_path: Path, **more: str) -> tuple[bool, bool, bool]:
    """A separation in a process of its own: whether loops were compiled, stems are right, it was waited for loops."""
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": f"{ROOT / 'tests/engine'}", **more}
    env["PYTHONPATH"] = os.pathsep.join((env["PYTHONPATH"], str(ROOT), str(ROOT / "tests/engine")))
    done = subprocess.run([sys.executable, "-c", SEPARATE], env=env, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    has_loops, right, waited = (word == "True" for word in done.stdout.split())
    return has_loops, right, waited


def test_nobody_waits_for_the_compiler_and_it_runs_once(tmp_path, compiled):
    _, right, waited = separate(tmp_path, UMX_COMPILED="")
    assert right
    assert not waited
    marks = list((tmp_path / "cache").glob("*.ok"))
    assert len(marks) == 1
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.nb*")}
    assert separate(tmp_path, UMX_COMPILED="wait") == (True, True, True)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.nb*")} == files


@pytest.mark.parametrize("numba", ["raise ImportError('needs an older numpy')", "config = None", "raise SystemExit(3)"])
def test_a_numba_that_cannot_be_used_is_done_without(tmp_path, compiled, numba):
    (tmp_path / "numba.py").write_text(numba)
    assert separate(tmp_path, UMX_COMPILED="wait", PYTHONPATH=str(tmp_path))[:2] == (False, True)
    assert not list((tmp_path / "cache").glob("*.ok"))


def test_it_can_be_switched_off(tmp_path):
    assert separate(tmp_path, UMX_COMPILED="off")[:2] == (False, True)
    assert not (tmp_path / "cache").exists()


def test_a_separation_keeps_the_arithmetic_it_began_with(rng, compiled, monkeypatch):
    model = random_model(TINY, ("vocals", "drums"))
    song = Audio((0.1 * rng.standard_normal((2, 500_000))).astype(np.float32), 44100)
    separator = Separator(model, SeparatorOptions(wiener_win_len=50))
    by_arrays, by_loops = (whole(separator, song, kind) for kind in ("torch", "compiled"))
    assert not np.array_equal(by_arrays, by_loops), "their last bits differ"
    # The loops arrive when the first blocks have been made.
    monkeypatch.setattr(compiling, "_loops", None)
    analysis, made = separator.analysis(song), np.zeros_like(by_arrays)
    for item in separator.finish(analysis):
        if isinstance(item, Block):
            made[:, :, item.start : item.stop] = item.samples
            monkeypatch.setattr(compiling, "_loops", compiled)
    np.testing.assert_array_equal(made, by_arrays)
    assert analysis.filter_kind == "torch"
    np.testing.assert_array_equal(separator.separate_all(song).samples, by_loops)


def whole(separator, song, kind):
    """Stems made with one arithmetic."""
    analysis, made = separator.analysis(song), np.zeros((2, *song.samples.shape), np.float32)
    for item in separator.finish(analysis, kind=kind):
        if isinstance(item, Block):
            made[:, :, item.start : item.stop] = item.samples
    assert analysis.filter_kind == kind
    return made
