"""Several processes that train one model: what they add up, hand round and agree on.

`torchrun` starts the processes and tells each its number; alone, every function here returns what it was given, to
the bit. Gradients are averaged, and batch-norm statistics are those of all processes' items together, which torch's
own SyncBatchNorm does on CUDA only.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

_PATIENCE = datetime.timedelta(hours=2)  # one process may measure a large dataset while the others wait


class Group:
    """The processes of one training; this one is number `rank` of `size`."""

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank, self.size = rank, size

    @property
    def first(self) -> bool:
        """Whether this is the one that writes."""
        return self.rank == 0

    def total(self, value: float, device: torch.device | None = None) -> float:
        """The sum of all processes' values."""
        if self.size == 1:
            return value
        summed = torch.tensor(value, dtype=torch.float64, device=device)
        dist.all_reduce(summed)
        return float(summed)

    def mean(self, value: float, device: torch.device | None = None) -> float:
        """The mean of all processes' values."""
        return value if self.size == 1 else self.total(value, device) / self.size

    def average(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace all gradients by their mean over the processes, in one message; a missing one counts as zeros."""
        if self.size == 1:
            return
        trained = [p for p in parameters if p.requires_grad]
        flat = torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).reshape(-1) for p in trained])
        dist.all_reduce(flat)
        flat /= self.size
        start = 0
        for parameter in trained:
            parameter.grad = flat[start : start + parameter.numel()].reshape(parameter.shape)
            start += parameter.numel()

    def gathered(self, value: Any) -> list[Any]:
        """Every process's value, by rank, on all of them."""
        if self.size == 1:
            return [value]
        found: list[Any] = [None] * self.size
        dist.all_gather_object(found, value)
        return found

    def shared(self, value: Any) -> Any:
        """The first process's value, on all of them."""
        if self.size == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, 0)
        return box[0]

    def leave(self) -> None:
        """End the group."""
        if self.size > 1:
            dist.destroy_process_group()


ALONE = Group()


def join() -> Group:
    """The group that torchrun's environment names: NCCL where there are GPUs, else gloo; ALONE without torchrun."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size < 2 or "RANK" not in os.environ or "MASTER_ADDR" not in os.environ:
        return ALONE
    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group("nccl" if cuda else "gloo", timeout=_PATIENCE)
    return Group(dist.get_rank(), size)


class _Sum(torch.autograd.Function):
    """The sum over the processes. Each process's value is in every sum, so the gradients are summed as well."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        """A tensor to the sum of all processes' tensors."""
        summed = value.clone()
        dist.all_reduce(summed)
        return summed

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        """The sum of all processes' gradients."""
        summed = grads[0].clone()
        dist.all_reduce(summed)
        return summed


class SharedBatchNorm(nn.BatchNorm1d):
    """Batch norm of [M, D] whose mean and variance are those of the rows of all processes together."""

    def forward(self, rows: Tensor) -> Tensor:
        """Normalise rows [M, D]; M may differ between the processes."""
        if not self.training:
            return super().forward(rows)
        wide = rows.float()
        count = torch.tensor(float(rows.shape[0]), device=rows.device)
        dist.all_reduce(count)
        mean = _sum(wide.sum(dim=0)) / count
        deviation = wide - mean
        # Deviations in a second round: a difference of two large sums would cost half the digits.
        variance = _sum(deviation.square().sum(dim=0)) / count
        remember(self, mean, variance * (count / (count - 1)))
        out = deviation * torch.rsqrt(variance + self.eps) * self.weight + self.bias
        return out.to(rows.dtype)


@torch.no_grad()
def remember(norm: nn.BatchNorm1d, mean: Tensor, variance: Tensor) -> None:
    """Move a batch norm's running mean and variance [D] towards those of a batch."""
    if norm.running_mean is None or norm.running_var is None or norm.num_batches_tracked is None:
        return
    momentum = 0.1 if norm.momentum is None else norm.momentum
    norm.num_batches_tracked += 1
    norm.running_mean.lerp_(mean, momentum)
    norm.running_var.lerp_(variance, momentum)


def sum_over(norm: nn.BatchNorm1d, value: Tensor) -> Tensor:
    """The sum of `value`, which is lost, over the processes that a batch norm is shared by."""
    if isinstance(norm, SharedBatchNorm):
        dist.all_reduce(value)
    return value


def share_batch_norm(network: nn.Module, group: Group) -> None:
    """Have the network's batch norms work on all processes' items; its state dict stays as it is."""
    if group.size == 1:
        return
    for name, child in list(network.named_children()):
        if type(child) is nn.BatchNorm1d:
            shared = SharedBatchNorm(child.num_features, child.eps, child.momentum)
            shared.load_state_dict(child.state_dict())
            setattr(network, name, shared.to(child.weight.device))
        else:
            share_batch_norm(child, group)


def own_part(items: Sequence[Any], group: Group) -> Sequence[Any]:
    """Every size-th of the items, from this process's number on."""
    return items[group.rank :: group.size]


def _sum(value: Tensor) -> Tensor:
    summed: Tensor = _Sum.apply(value)
    return summed
