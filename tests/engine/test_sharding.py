"""Processes that share a list of songs: each takes its own part, and nothing is left out or done twice."""

from __future__ import annotations

import pytest

from umx_gui.engine.sharding import ALL, parsed_shard, part_of, shard_of


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ALL),
        ({"RANK": "1", "WORLD_SIZE": "4", "SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"}, (2, 4)),
        ({"SLURM_PROCID": "7", "SLURM_STEP_NUM_TASKS": "8"}, (8, 8)),
        # A batch script of eight tasks, before any srun: it does all.
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "8"}, ALL),
        ({"RANK": "4", "WORLD_SIZE": "4"}, ALL),
        ({"RANK": "x", "WORLD_SIZE": "4"}, ALL),
        ({"WORLD_SIZE": "4"}, ALL),
    ],
)
def test_launchers_tell_the_part(environment: dict[str, str], expected: tuple[int, int]) -> None:
    assert shard_of(environment) == expected


def test_this_process_knows_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "2")
    monkeypatch.setenv("WORLD_SIZE", "3")
    assert shard_of() == (3, 3)


def test_parts_make_up_the_whole() -> None:
    songs = [f"song {i}" for i in range(7)]
    parts = [part_of(songs, (k, 3)) for k in (1, 2, 3)]
    assert sorted(song for part in parts for song in part) == songs
    assert [len(part) for part in parts] == [3, 2, 2]
    assert part_of(songs, ALL) == songs


@pytest.mark.parametrize("text", ["", "3/2", "0/2", "1", "a/b", "-1/2"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="1/4"):
        parsed_shard(text)
    assert parsed_shard("2/8") == (2, 8)
