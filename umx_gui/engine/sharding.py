"""Which part of a list of songs is this process's, where several share one: told outright, or by the environment.

torchrun sets RANK and WORLD_SIZE; `srun` sets SLURM_PROCID and SLURM_STEP_NUM_TASKS for each process it starts. A batch
script itself has no such number of tasks, and so does all songs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
Shard = tuple[int, int]
ALL: Shard = (1, 1)
_PAIRS = (("RANK", "WORLD_SIZE"), ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"))


def shard_of(environment: Mapping[str, str] | None = None) -> Shard:
    """(k, n): this process does the k-th of n parts, from 1; (1, 1) where no launcher says otherwise."""
    given = os.environ if environment is None else environment
    for number, count in _PAIRS:
        rank, size = given.get(number, ""), given.get(count, "")
        if rank.isdecimal() and size.isdecimal() and int(rank) < int(size):
            return int(rank) + 1, int(size)
    return ALL


def parsed_shard(text: str) -> Shard:
    """The shard that "2/8" names. Raises ValueError."""
    part, slash, parts = text.partition("/")
    if not (slash and part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise ValueError("it must look like 1/4")
    return int(part), int(parts)


def part_of(items: Sequence[T], shard: Shard) -> Sequence[T]:
    """The k-th of n parts: every n-th item, so that parts are alike when songs are sorted by length."""
    part, parts = shard
    return items[part - 1 :: parts]
