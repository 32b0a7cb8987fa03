"""The network, whole and folded into stages, equals openunmix's with the same weights."""

from __future__ import annotations

import pytest
import torch
from random_models import UMXHQ, UMXL, UMXSE, UNIDIRECTIONAL, as_openunmix, random_network

from umx_gui.engine.models.network import NetworkShape, OpenUnmix, max_bin_of
from umx_gui.engine.separation.inference.stack import FoldedNetwork

KINDS = pytest.mark.parametrize("kind", [UMXHQ, UMXL, UMXSE, UNIDIRECTIONAL], ids=["umxhq", "umxl", "umxse", "one-way"])


def relative(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((a - b).abs().max() / b.abs().max())


@KINDS
def test_equals_openunmix(kind):
    network = random_network(kind[1])
    magnitude = torch.rand(2, kind[1].n_channels, kind[1].n_bins, 40)
    assert relative(network(magnitude), as_openunmix(network)(magnitude)) < 1e-5


@KINDS
def test_has_the_published_parameters(kind):
    ours, theirs = (n.state_dict() for n in (random_network(kind[1]), as_openunmix(random_network(kind[1]))))
    assert {k: v.shape for k, v in ours.items()} == {k: v.shape for k, v in theirs.items()}


def test_counts_of_keys_and_parameters_are_the_published_ones():
    network = OpenUnmix(UMXHQ[1])
    assert len(network.state_dict()) == 46
    assert sum(p.numel() for p in network.parameters()) == 8_893_348
    assert sum(p.numel() for p in OpenUnmix(UMXL[1]).parameters()) == 28_257_188
    assert sum(p.numel() for p in OpenUnmix(UMXSE[1]).parameters()) == 1_583_622
    assert len(OpenUnmix(NetworkShape(unidirectional=True)).state_dict()) == 34


def test_sixteen_kilohertz_are_1487_bins():
    assert max_bin_of(16_000, 4096, 44_100) == 1487


@KINDS
def test_evaluated_in_chunks_with_carried_states_it_is_the_same(kind):
    network = random_network(kind[1])
    magnitude = torch.rand(1, kind[1].n_channels, kind[1].n_bins, 50)
    folded = FoldedNetwork(network, torch.device("cpu"))
    frames = magnitude[0].permute(2, 0, 1)
    x = encoded = torch.cat([folded.encode(frames[:33]), folded.encode(frames[33:])])
    chunks = [(0, 7), (7, 30), (30, 50)]
    for cells in folded.cells:
        outputs = []
        for cell in cells:
            state, parts = cell.start(), {}
            for a, b in reversed(chunks) if cell.reverse else chunks:
                parts[a], state = cell.run(x[a:b], state)
            outputs.append(torch.cat([parts[a] for a, _ in chunks]))
        x = torch.cat(outputs, dim=1)
    mask = folded.mask(folded.join(encoded, x))
    assert relative(mask.permute(1, 2, 0), network.mask(magnitude)[0]) < 1e-5
