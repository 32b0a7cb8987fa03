"""Songs to play."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from songs import TestSong, make_song


@pytest.fixture
def song() -> Iterator[TestSong]:
    """Two seconds, stereo, three stems, all there."""
    made = make_song(2.0)
    yield made
    made.scratch.close()
