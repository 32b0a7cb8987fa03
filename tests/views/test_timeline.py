"""The time axis: what is asked for is seen, and a sample stays under the cursor while zooming."""

from __future__ import annotations

from itertools import pairwise

import pytest

from umx_gui.views.lanes.timeline import MIN_VISIBLE, Timeline, ticks

N = 10_000_000


@pytest.fixture
def timeline() -> Timeline:
    made = Timeline()
    made.set_song(N, 44100)
    return made


def test_a_new_song_is_seen_whole(timeline: Timeline) -> None:
    assert (timeline.start, timeline.stop) == (0, N)
    assert timeline.whole


@pytest.mark.parametrize("at", [2_500_000, 5_000_000, 9_000_000])
def test_zoom_keeps_the_sample_under_the_cursor(timeline: Timeline, at: int) -> None:
    x = timeline.x_of(at, 1000)
    for _ in range(12):
        timeline.zoom(1.7, at)
    assert timeline.x_of(at, 1000) == pytest.approx(x, abs=1e-6)
    for _ in range(12):
        timeline.zoom(1 / 1.7, at)
    assert (timeline.start, timeline.stop) == pytest.approx((0, N), abs=1)


def test_zoom_ends_at_a_few_samples_and_at_the_whole_song(timeline: Timeline) -> None:
    for _ in range(200):
        timeline.zoom(2, 1234)
    assert timeline.visible == MIN_VISIBLE
    for _ in range(200):
        timeline.zoom(0.5, 1234)
    assert timeline.whole


@pytest.mark.parametrize("start", [-5000, 0, 400_000, N - 500, N + 99])
def test_the_view_stays_inside_the_song(timeline: Timeline, start: int) -> None:
    timeline.set_view(start, start + 1000)
    assert timeline.start >= 0
    assert timeline.stop <= N
    assert timeline.visible == 1000


def test_scroll_moves_by_pages_and_stops_at_the_ends(timeline: Timeline) -> None:
    timeline.set_view(1_000_000, 2_000_000)
    timeline.scroll(1)
    assert (timeline.start, timeline.stop) == (2_000_000, 3_000_000)
    timeline.scroll(-5)
    assert timeline.start == 0


def test_reveal_turns_the_page_only_when_needed(timeline: Timeline) -> None:
    timeline.set_view(0, 100_000)
    timeline.reveal(50_000)
    assert timeline.start == 0
    timeline.reveal(100_000)
    assert timeline.start < 100_000 < timeline.start + 0.1 * timeline.visible


def test_pixels_and_samples_turn_into_each_other(timeline: Timeline) -> None:
    timeline.set_view(3_000_000, 3_100_000)
    for sample in (3_000_000, 3_050_000, 3_099_999):
        assert timeline.sample_at(timeline.x_of(sample, 777), 777) == sample


def test_an_empty_song_divides_by_nothing(timeline: Timeline) -> None:
    timeline.set_song(0, 44100)
    timeline.zoom(2, 0)
    timeline.scroll(1)
    assert timeline.sample_at(50, 100) == 0


@pytest.mark.parametrize("visible_s", [0.002, 0.05, 1, 9, 70, 600, 4000, 40_000])
def test_ticks_have_room_and_cover_the_view(visible_s: float) -> None:
    width = 1000.0
    marks = list(ticks(5.0, 5.0 + visible_s, width))
    majors = [mark for mark in marks if mark.label]
    xs = [(mark.at_s - 5.0) / visible_s * width for mark in majors]
    assert 1 <= len(majors) <= 13
    assert all(b - a >= 83.9 for a, b in pairwise(xs))
    assert len({mark.label for mark in majors}) == len(majors)
    assert len(marks) < 80


def test_tick_labels_say_the_time() -> None:
    assert [m.label for m in ticks(0, 240, 1000) if m.label][:3] == ["0:00", "0:30", "1:00"]
    assert [m.label for m in ticks(60, 60.4, 1000) if m.label][:2] == ["1:00.00", "1:00.05"]
    assert "1:00:00" in [m.label for m in ticks(3500, 3700, 1000)]
