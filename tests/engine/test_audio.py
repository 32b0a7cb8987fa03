"""Audio as values; coverage against an array with an entry for each sample."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from umx_gui.engine.audio import Audio, Block, Coverage, Fill, Stems


def brute(truth: np.ndarray, start: int, stop: int, fill: Fill) -> None:
    """What `Coverage.set` does, sample by sample: a draft never replaces what is final."""
    for sample in range(max(start, 0), min(stop, len(truth))):
        if not (fill == Fill.DRAFT and truth[sample] == Fill.FINAL):
            truth[sample] = fill


def check(coverage: Coverage, truth: np.ndarray) -> None:
    """The runs are in order, without gaps, as long as they can be, and say what the array says."""
    runs = coverage.runs()
    assert [start for start, _, _ in runs] == [0, *(stop for _, stop, _ in runs[:-1])]
    assert runs[-1][1] == len(truth)
    assert all(a < b for a, b, _ in runs)
    assert all(one[2] != two[2] for one, two in itertools.pairwise(runs))
    np.testing.assert_array_equal(np.repeat([f for *_, f in runs], [b - a for a, b, _ in runs]), truth)
    assert [coverage.at(sample) for sample in range(len(truth))] == truth.tolist()
    for fill in Fill:
        assert coverage.fraction(fill) == pytest.approx(np.mean(truth >= fill))


@pytest.mark.parametrize("seed", range(30))
def test_coverage_is_what_an_array_with_an_entry_for_each_sample_would_be(seed):
    rng = np.random.default_rng(seed)
    n_samples = int(rng.integers(1, 60))
    coverage, truth = Coverage(n_samples), np.zeros(n_samples, int)
    check(coverage, truth)
    for _ in range(40):
        start, stop = (int(n) for n in rng.integers(-5, n_samples + 6, 2))
        # Mostly forwards, sometimes nothing at all.
        if start > stop and rng.random() < 0.7:
            start, stop = stop, start
        fill = Fill(int(rng.choice(3, p=[0.2, 0.4, 0.4])))
        coverage.set(start, stop, fill)
        brute(truth, start, stop, fill)
        check(coverage, truth)


def test_a_draft_never_replaces_what_is_final_and_final_replaces_drafts():
    coverage = Coverage(100)
    coverage.set(40, 60, Fill.FINAL)
    coverage.set(0, 100, Fill.DRAFT)
    assert coverage.runs() == [(0, 40, Fill.DRAFT), (40, 60, Fill.FINAL), (60, 100, Fill.DRAFT)]
    coverage.set(0, 100, Fill.FINAL)
    assert coverage.runs() == [(0, 100, Fill.FINAL)]
    coverage.set(0, 100, Fill.NOTHING)
    assert coverage.runs() == [(0, 100, Fill.NOTHING)]


def test_thousands_of_blocks_in_order_are_one_run():
    coverage = Coverage(1_000_000)
    for start in range(0, 1_000_000, 500):
        coverage.set(start, start + 500, Fill.FINAL)
    assert coverage.runs() == [(0, 1_000_000, Fill.FINAL)]


def test_a_song_of_no_samples_is_covered_by_nothing():
    coverage = Coverage(0)
    coverage.set(0, 10, Fill.FINAL)
    assert coverage.fraction(Fill.FINAL) == 0
    assert coverage.at(0) == Fill.NOTHING


def test_audio_knows_its_axes():
    audio = Audio(np.zeros((2, 22_050), np.float32), 44_100)
    assert (audio.n_channels, audio.n_samples, audio.duration_s) == (2, 22_050, 0.5)


def test_stems_are_found_by_name_and_are_no_copies():
    samples = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    stems = Stems(("vocals", "other"), samples, 44_100)
    np.testing.assert_array_equal(stems["other"], samples[1])
    assert np.shares_memory(stems["other"], samples)
    with pytest.raises(KeyError, match="drums"):
        stems["drums"]


def test_blocks_are_final_unless_said_otherwise():
    assert Block(0, 1, np.zeros((1, 1, 1), np.float32)).final
