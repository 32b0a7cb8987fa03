"""What the two processes tell each other."""

from __future__ import annotations

import os

import numpy as np
import pytest
from songs import make_song

from umx_gui.engine.storage.scratch import Region
from umx_gui.errors import SoundReason, SoundUnavailableError
from umx_gui.playback.control import Control, State, Status, Word, seek_target
from umx_gui.playback.job import Job
from umx_gui.playback.mix import MAX_STEMS, Mix, Strip, gains
from umx_gui.playback.read_ahead import ReadAhead


@pytest.fixture
def sides():
    """The block as the window's process and as the sound process sees it."""
    here, handle = Control.create()
    there = Control.attach(handle)
    if isinstance(handle, int):
        os.close(handle)
    return here, there


def test_settings_arrive_bit_for_bit(sides):
    here, there = sides
    mix = Mix((Strip(gain_db=-6.1, pan=0.3), Strip(mute=True)), master_gain_db=1.7)
    here.set_settings(gains(mix), (5, 12_000_000_000))
    settings = there.settings(2)
    assert settings is not None
    assert settings.gains == gains(mix)
    assert settings.loop == (5, 12_000_000_000)


def test_settings_half_written_are_not_taken(sides):
    here, there = sides
    here.set_settings(gains(Mix(())), None)
    here.words[Word.SETTINGS_VERSION] += 1
    assert there.settings(0) is None


def test_every_seek_is_another_one(sides):
    here, there = sides
    seen = set()
    for sample in (0, 7, 7, 7, 3 * 3600 * 192_000):
        here.seek(sample)
        assert seek_target(there.seek_wanted) == sample
        seen.add(there.seek_wanted)
    assert len(seen) == 5


def test_status_comes_back_whole(sides):
    here, there = sides
    status = Status(123_456_789_012, 9, 1.5, 4, -1, 1 << 50, True)
    there.set_status(status)
    assert here.status() == status


def test_a_status_that_was_never_finished_does_not_block(sides):
    here, there = sides
    there.set_status(Status(5, 5, 0.0, 0, -1, 0, False))
    there.words[Word.STATUS_VERSION] += 1  # the process was killed while it wrote
    assert here.status().position == 5


def test_an_error_is_told_with_reason_and_words(sides):
    here, there = sides
    assert here.error is None
    there.set_failed(SoundUnavailableError("Gerät belegt " + "x" * 1000, SoundReason.LOST))
    assert here.state is State.FAILED
    assert here.error is not None
    assert here.error.reason is SoundReason.LOST
    assert here.error.detail.startswith("Gerät belegt x")


def test_levels_are_raised_and_taken(sides):
    here, there = sides
    there.raise_level(0, 1, 0.5)
    there.raise_level(0, 1, 0.25)
    there.raise_level(-1, 0, 1.5)
    assert np.array_equal(here.take_levels(1), np.array([[0, 0.5], [1.5, 0]], np.float32))
    assert not here.take_levels(1).any()


def test_too_many_stems_are_refused(sides):
    with pytest.raises(ValueError, match="33"):
        sides[0].set_settings(gains(Mix((Strip(),) * (MAX_STEMS + 1))), None)


def test_a_job_survives_the_journey():
    region = Region(65_536, (4, 2, 1000), "float32")
    job = Job(5, "/tmp/ö ä", region, None, region, 44100, "default, ALSA", None, 0.1, 1024, 30.0)
    assert Job.from_json(job.to_json()) == job


def test_reads_ahead_only_what_is_new():
    song = make_song(1.0, n_channels=2, n_stems=3)
    reader = ReadAhead(song.scratch.fileno(), 10_000)
    regions = (song.mixture_region, song.stems_region, None)
    bytes_per_sample = (2 + 6) * 4
    assert reader.around(0, regions) == 10_000 * bytes_per_sample
    assert reader.around(1_000, regions) == 1_000 * bytes_per_sample
    assert reader.around(30_000, regions) == 10_000 * bytes_per_sample, "after a jump all of it"
    assert reader.around(40_000, regions) == 4_100 * bytes_per_sample, "never beyond the end"
    assert reader.around(60_000, regions) == 0
