"""The rearranged training loss is the published network's, in value and in every gradient."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from trainer.forward import dropout, recurrent, training_loss
from trainer.products import for_weight, forth, linear
from umx_gui.engine.models.network import NetworkShape, OpenUnmix


def plain_loss(network, mixture, target, weights):
    view = mixture.permute(1, 2, 3, 0)
    error = (network.mask(view) * view - target.permute(1, 2, 3, 0)).square().mean(dim=(1, 2, 3))
    return (error * weights).sum()


@pytest.mark.parametrize("unidirectional", [False, True])
def test_loss_and_gradients_are_those_of_the_plain_network(unidirectional, rng):
    shape = NetworkShape(33, 21, 2, hidden_size=12, n_layers=2, unidirectional=unidirectional)
    one = OpenUnmix(shape, rng.random(33), rng.random(33) + 0.5).double()
    one.lstm.dropout = 0.0  # ours draws other numbers
    for parameter in one.parameters():
        parameter.data += 0.1 * torch.from_numpy(rng.standard_normal(parameter.shape))
    two = copy.deepcopy(one)
    n_frames, n_batch = 7, 3
    mixture = torch.from_numpy(rng.random((n_frames, n_batch, 2, 33)))
    target = mixture * torch.from_numpy(rng.random(mixture.shape))
    weights = torch.tensor([0.5, 0.0, 0.25], dtype=torch.float64)

    expected = plain_loss(one, mixture, target, weights)
    expected.backward()
    cropped = mixture[..., :21].reshape(n_frames * n_batch, 42)
    actual = training_loss(two, cropped, mixture, target, weights)
    actual.backward()

    assert actual.item() == pytest.approx(expected.item(), rel=1e-12)
    for (name, a), (_, b) in zip(one.named_parameters(), two.named_parameters(), strict=True):
        np.testing.assert_allclose(b.grad, a.grad, rtol=1e-7, atol=1e-12, err_msg=name)
    for (name, a), (_, b) in zip(one.named_buffers(), two.named_buffers(), strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-10, err_msg=name)


def test_the_loss_can_be_scaled(rng):
    network = OpenUnmix(NetworkShape(17, 17, 1, hidden_size=8, n_layers=1)).eval()
    mixture = torch.from_numpy(rng.random((5, 2, 1, 17))).float()
    weights = torch.full((2,), 0.5)
    grads = []
    for factor in (1.0, 3.0):
        network.zero_grad()
        (training_loss(network, mixture.reshape(10, 17), mixture, 0.3 * mixture, weights) * factor).backward()
        grads.append(network.fc3.weight.grad.clone())
    torch.testing.assert_close(grads[1], 3 * grads[0])


@pytest.mark.parametrize("evaluates", [False, True])
def test_single_precision_is_as_exact_as_the_plain_network(evaluates, rng):
    plain = OpenUnmix(NetworkShape(129, 90, 2, hidden_size=32, n_layers=1)).train(not evaluates)
    networks = [copy.deepcopy(plain).double(), copy.deepcopy(plain), copy.deepcopy(plain)]
    mixture = torch.from_numpy(rng.random((50, 3, 2, 129)))
    target = mixture * torch.from_numpy(rng.random(mixture.shape))
    weights = torch.tensor([0.5, 0.25, 0.25])
    plain_loss(networks[0], mixture, target, weights.double()).backward()
    mixture, target = mixture.float(), target.float()
    plain_loss(networks[1], mixture, target, weights).backward()
    training_loss(networks[2], mixture[..., :90].reshape(150, 180), mixture, target, weights).backward()
    for name in ("fc3.weight", "bn3.weight", "bn3.bias", "output_scale", "output_mean", "lstm.weight_hh_l0"):
        exact, theirs, ours = (network.get_parameter(name).grad.double() for network in networks)
        error = (ours - exact).norm()
        assert error < 2 * (theirs - exact).norm() + 1e-6 * exact.norm(), name


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize(("n_in", "n_out"), [(20, 33), (33, 20)])
def test_products_are_those_of_torch(dtype, n_in, n_out, rng):
    x, w, g = (torch.from_numpy(rng.standard_normal(size)) for size in ((40, n_in), (n_out, n_in), (40, n_out)))
    tolerance = {torch.float32: 1e-4, torch.float64: 1e-12, torch.bfloat16: 0.3}[dtype]
    for found, expected in (
        (forth(x.to(dtype), w.to(dtype)), x @ w.t()),
        (forth(g.to(dtype), w.to(dtype).t()), g @ w),
        (for_weight(g.to(dtype), x.to(dtype)), g.t() @ x),
    ):
        assert found.dtype == dtype
        torch.testing.assert_close(found.double(), expected, rtol=0, atol=tolerance)
    grads = []
    for function in (linear, torch.nn.functional.linear):
        pair = [t.to(dtype).clone().requires_grad_() for t in (x, w)]
        function(*pair).backward(g.to(dtype))
        grads.append([t.grad.double() for t in pair])
    for ours, theirs in zip(*grads, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=tolerance)


def test_dropout_takes_its_share_and_keeps_the_mean():
    torch.manual_seed(1)
    x = torch.ones(501, 1001, requires_grad=True)
    y = dropout(x, 0.4)
    kept = y > 0
    n = x.numel()
    assert abs(float(kept.double().mean()) - 0.6) < 4 * (0.4 * 0.6 / n) ** 0.5
    assert torch.equal(y[kept].unique(), torch.tensor([1 / 0.6]))
    y.sum().backward()
    assert torch.equal(x.grad, y.detach())
    # Neighbours, and the two halves of each number that is drawn, have nothing to do with each other.
    flat = kept.reshape(-1).double() - 0.6
    for lag in (1, 2, 1001):
        assert abs(float((flat[lag:] * flat[:-lag]).mean())) < 4 * 0.24 / n**0.5
    assert not torch.equal(dropout(x, 0.4), y)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_without_dropout_the_layers_are_those_of_torch(bidirectional, rng):
    lstm = torch.nn.LSTM(6, 4, num_layers=3, bidirectional=bidirectional, dropout=1e-12)
    x = torch.from_numpy(rng.standard_normal((9, 2, 6))).float()
    torch.testing.assert_close(recurrent(lstm.train(), x), lstm.eval()(x)[0])
