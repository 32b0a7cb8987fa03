"""The compiled recurrence against torch's LSTM, as exact as it in every place where it may stand in for it."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from random_models import random_model
from test_compiled import compiled as compiled

from umx_gui.engine import Audio, Separator, SeparatorOptions
from umx_gui.engine.models.model import ModelSpec
from umx_gui.engine.models.network import NetworkShape
from umx_gui.engine.separation.inference import lstm_half, lstm_kernels
from umx_gui.engine.separation.inference.looped import LoopedCell
from umx_gui.engine.separation.inference.stack import LSTMCell

CPU = torch.device("cpu")
AS_WRITTEN = {"lstm": lstm_kernels.lstm, "lstm_half": lstm_half.lstm_half}


def lstm_of(width, n_in=24, seed=0):
    """A bidirectional LSTM with real memory, its weights larger than torch begins with."""
    torch.manual_seed(seed)
    lstm = torch.nn.LSTM(n_in, width, bidirectional=True).requires_grad_(False)
    for name, p in lstm.named_parameters():
        if "weight_hh" in name:
            p.mul_(2)
    return lstm


def in_double_precision(lstm, x, reverse):
    """torch's output [n, width] of one direction, in double precision."""
    exact = torch.nn.LSTM(lstm.input_size, lstm.hidden_size, bidirectional=True).double().requires_grad_(False)
    exact.load_state_dict({name: p.double() for name, p in lstm.state_dict().items()})
    out = exact(x.double()[:, None])[0][:, 0]
    return out[:, lstm.hidden_size :] if reverse else out[:, : lstm.hidden_size]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("width", [16, 48, 256])
def test_is_as_exact_as_torchs(compiled, width, reverse):
    lstm, x = lstm_of(width), torch.randn(301, 24)
    cell, exact = LSTMCell(lstm, 0, reverse, CPU, half=False), in_double_precision(lstm, x, reverse)
    theirs = (cell.run(x, cell.start())[0] - exact).abs().max()
    ours = (cell.run(x, cell.start(), compiled)[0] - exact).abs().max()
    assert isinstance(cell._prepared, LoopedCell)
    assert 0 < ours < max(2 * theirs, 2e-6)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("half", "close"), [(False, 2e-6), (True, 3e-3)])
def test_means_the_same_uncompiled(compiled, reverse, half, close):
    x = torch.randn(20, 24)
    cell = LSTMCell(lstm_of(16), 0, reverse, CPU, half)
    written, state = cell.run(x, cell.start(), AS_WRITTEN)
    looped, after = cell.run(x, cell.start(), compiled)
    # A sum whose last bit differs may round h to another 16 bits.
    torch.testing.assert_close(looped, written, rtol=0, atol=close)
    torch.testing.assert_close(after, state, rtol=0, atol=close)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("first", [True, False])
def test_goes_on_from_a_state_as_if_never_interrupted_by_itself_or_by_torch(compiled, reverse, first):
    x = torch.randn(130, 24)
    cell = LSTMCell(lstm_of(16), 0, reverse, CPU, half=False)
    whole = cell.run(x, cell.start(), compiled)[0]
    parts = [x[100:], x[64:100], x[:64]] if reverse else [x[:64], x[64:100], x[100:]]
    # The first stretch by the loops or by torch, the second by the other, the third by the loops.
    state, found = cell.start(), []
    for part, kernels in zip(parts, (compiled if first else None, None if first else compiled, compiled), strict=True):
        out, state = cell.run(part, state, kernels)
        found.insert(0 if reverse else len(found), out)
    torch.testing.assert_close(torch.cat(found), whole, rtol=0, atol=3e-6)


def test_far_out_gates_are_open_or_shut_and_no_number_stays_none(compiled):
    width = 16
    gates = np.zeros((3, 4 * width), np.float32)
    gates[0, :width], gates[0, width : 2 * width], gates[0, 2 * width :] = 1e4, -1e4, 500
    gates[1] = np.inf
    gates[2, 3] = np.nan
    weights = np.zeros(4 * width * width, np.float32)
    for function in (compiled["lstm"], lstm_kernels.lstm):
        state, out = np.zeros((2, width), np.float32), np.empty((3, width), np.float32)
        with np.errstate(invalid="ignore"):
            function(gates.copy(), weights, state, False, out)
        np.testing.assert_allclose(out[0], np.tanh(1.0), rtol=1e-6)
        np.testing.assert_allclose(out[1], np.tanh(2.0), rtol=1e-6)
        assert np.isnan(out[2, 3])
        assert np.isfinite(np.delete(out[2], 3)).all()


def test_widths_that_fill_no_block_stay_with_torch(compiled):
    cell, x = LSTMCell(lstm_of(10), 0, False, CPU, half=False), torch.randn(40, 24)
    without, with_loops = cell.run(x, cell.start())[0], cell.run(x, cell.start(), compiled)[0]
    assert torch.equal(without, with_loops)
    assert isinstance(cell._prepared, torch.nn.LSTM)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("width", [16, 48, 256])
def test_with_products_of_16_bits_is_as_close_as_torchs(compiled, width, reverse):
    lstm, x = lstm_of(width), torch.randn(301, 24)
    cell, exact = LSTMCell(lstm, 0, reverse, CPU, half=True), in_double_precision(lstm, x, reverse)
    theirs = (cell.run(x, cell.start())[0] - exact).square().mean()
    ours = (cell.run(x, cell.start(), compiled)[0] - exact).square().mean()
    assert isinstance(cell._prepared, LoopedCell)
    assert 1e-3 * theirs < ours < 1.2 * theirs


def test_16_bits_mean_the_same_without_the_processors_help(tmp_path):
    pytest.importorskip("numba")
    script = (
        "import numba, numba.extending\n"
        "from umx_gui.engine.separation.inference import lstm_half, lstm_kernels\n"
        "functions = lstm_kernels.compiled(numba) | lstm_half.compiled(numba)\n"
        "code = ''.join(functions['lstm_half'].inspect_asm().values())\n"
        "assert code and 'vdpbf16ps' not in code\n"
        "lstm_half.check(functions)\n"
    )
    alone = {"NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    done = subprocess.run([sys.executable, "-c", script], env=os.environ | alone, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_words_hold_what_bfloat16_rounds_to(rng):
    values = rng.standard_normal(2 * 16 * lstm_kernels.BLOCK).astype(np.float32)
    values[:4] = [0.0, 1.00390625, 1.01171875, -1e-30]  # two half-way between neighbours, of which the even one counts
    words = lstm_half.packed(values.reshape(2, 16, lstm_kernels.BLOCK)).reshape(2, 8, lstm_kernels.BLOCK)
    rounded = torch.from_numpy(values).bfloat16().float().numpy().reshape(2, 8, 2, lstm_kernels.BLOCK)
    np.testing.assert_array_equal((words << np.uint32(16)).view(np.float32), rounded[:, :, 0])
    np.testing.assert_array_equal((words & np.uint32(0xFFFF0000)).view(np.float32), rounded[:, :, 1])


def test_with_16_bits_goes_on_by_torch_and_back(compiled):
    x = torch.randn(90, 24)
    cell = LSTMCell(lstm_of(16), 0, False, CPU, half=True)
    whole, state, found = cell.run(x, cell.start(), compiled)[0], cell.start(), []
    for part, kernels in zip(x.split(30), (compiled, None, compiled), strict=True):
        out, state = cell.run(part, state, kernels)
        found.append(out)
    torch.testing.assert_close(torch.cat(found), whole, rtol=0, atol=0.05)


def test_a_separation_runs_it_and_agrees_with_torchs(rng, compiled):
    model = random_model((ModelSpec(), NetworkShape(2049, 1487, 2, 32, 2, False)), ("vocals", "drums"))
    song = Audio((0.1 * rng.standard_normal((2, 200_000))).astype(np.float32), 44100)
    separator, made = Separator(model, SeparatorOptions()), {}
    for kind in ("torch", "compiled"):
        analysis = separator.analysis(song)
        blocks = [item.samples for item in separator.finish(analysis, kind=kind) if hasattr(item, "samples")]
        made[kind] = np.concatenate(blocks, axis=2)
        cells = [c for group in separator._networks for n in group for layer in n.cells for c in layer]
        looped = [isinstance(cell._prepared, LoopedCell) for cell in cells]
        assert all(looped) if kind == "compiled" else not any(looped)
    error = np.sum((made["torch"].astype(np.float64) - made["compiled"]) ** 2)
    assert 10 * np.log10(np.sum(made["torch"].astype(np.float64) ** 2) / error) > 100
