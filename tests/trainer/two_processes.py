"""Run as `torchrun --nproc_per_node 2 two_processes.py OUT`: a step of a tiny network on half of a known batch each.

Started without torchrun it makes the same step on the whole batch. Writes loss, gradients and buffers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

from trainer.batches import Batch
from trainer.config import config_from
from trainer.learner import Learner, input_of
from trainer.parallel import join
from trainer.scaler import Scaler
from umx_gui.engine.models import network

N_ITEMS = 6


def main(out: Path) -> None:
    network.LSTM_DROPOUT = 0.0
    group = join()
    torch.set_num_threads(1)
    config = config_from(
        {
            "root": "x", "output": "y", "targets": ("vocals",), "batch_size": N_ITEMS // group.size, "nfft": 64,
            "nhop": 32, "hidden_size": 16, "nb_layers": 2, "bandwidth": 3000, "sample_rate": 8000, "seq_dur": 0.1,
            "device": "cpu", "max_grad_norm": 0.5,
        }
    )  # fmt: skip
    rng = np.random.default_rng(3)
    torch.manual_seed(1)
    one = Learner("vocals", config, Scaler(rng.random(33), rng.random(33) + 0.5), group)
    mixture = torch.from_numpy(rng.random((20, N_ITEMS, 2, 33))).float()
    target = mixture * torch.from_numpy(rng.random(mixture.shape)).float()
    weights = torch.tensor([[1.0], [0.0], [0.5], [1.0], [2.0], [1.0]])
    own = slice(group.rank * config.batch_size, (group.rank + 1) * config.batch_size)
    mixture, target = mixture[:, own].contiguous(), target[:, own].contiguous()
    batch = Batch(mixture, target[None], weights[own], ("a",))
    cropped = input_of(batch, config)
    losses, grads = [], {}
    for _ in range(3):
        losses.append(one.step(batch, cropped, 0))
        grads = grads or {name: p.grad.clone() for name, p in one.network.named_parameters()}
    held = {"losses": losses, "grads": grads, "buffers": dict(one.network.named_buffers())}
    torch.save(held, out / f"{group.size}-{group.rank}.pt")
    group.leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
