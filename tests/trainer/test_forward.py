"""The rearranged training loss is the published network's, in value and in every gradient."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from trainer.forward import training_loss
from umx_gui.engine.models.network import NetworkShape, OpenUnmix


def plain_loss(network, mixture, target, weights):
    view = mixture.permute(1, 2, 3, 0)
    error = (network.mask(view) * view - target.permute(1, 2, 3, 0)).square().mean(dim=(1, 2, 3))
    return (error * weights).sum()


@pytest.mark.parametrize("unidirectional", [False, True])
def test_loss_and_gradients_are_those_of_the_plain_network(unidirectional, rng):
    shape = NetworkShape(33, 21, 2, hidden_size=12, n_layers=2, unidirectional=unidirectional)
    one = OpenUnmix(shape, rng.random(33), rng.random(33) + 0.5).double()
    for parameter in one.parameters():
        parameter.data += 0.1 * torch.from_numpy(rng.standard_normal(parameter.shape))
    two = copy.deepcopy(one)
    n_frames, n_batch = 7, 3
    mixture = torch.from_numpy(rng.random((n_frames, n_batch, 2, 33)))
    target = mixture * torch.from_numpy(rng.random(mixture.shape))
    weights = torch.tensor([0.5, 0.0, 0.25], dtype=torch.float64)

    torch.manual_seed(3)
    expected = plain_loss(one, mixture, target, weights)
    expected.backward()
    torch.manual_seed(3)
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
