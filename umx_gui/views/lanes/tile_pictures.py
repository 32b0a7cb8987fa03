"""A spectrogram on one frequency axis at one height, kept chunk by chunk, so that zooming only picks columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.summaries import SpectrogramTiles
from umx_gui.views.lanes.row_axis import between, rows

Bytes = NDArray[np.uint8]
_CHUNK = 256  # frames


class TilePictures:
    """Pictures of `tiles`. What has changed there must be dropped here."""

    def __init__(self, tiles: SpectrogramTiles, height: int, axis: str) -> None:
        self.tiles, self.height, self.axis = tiles, height, axis
        self._chunks: dict[tuple[int, int], Bytes] = {}  # level, number of the chunk: [frames, height]

    def fits(self, tiles: SpectrogramTiles, height: int, axis: str) -> bool:
        """Whether these are pictures of that."""
        return self.tiles is tiles and (self.height, self.axis) == (height, axis)

    def drop(self, start: int, stop: int) -> None:
        """The samples [start, stop) have other frames now."""
        half, hop = self.tiles.n_fft // 2, self.tiles.hop
        for depth, number in list(self._chunks):
            span = (_CHUNK * hop) << depth
            if number * span <= stop + half + span and (number + 1) * span >= start - half - span:
                del self._chunks[depth, number]

    def columns(self, start: float, stop: float, n: int) -> Bytes:
        """The stretch [start, stop) of samples as a picture [height, n], low frequencies at the bottom.

        Where frames are further apart than pixels they fade into each other; where they are closer, the loudest is
        seen, a level of the pyramid at a time.
        """
        hop, edges = self.tiles.hop, np.linspace(start, stop, n + 1)
        per_column = (stop - start) / hop / max(n, 1)
        if per_column < 1:
            at = np.clip(edges[:-1] / hop, 0, self.tiles.n_frames(0) - 1)
            first, last = int(at[0]), min(int(at[-1]) + 2, self.tiles.n_frames(0))
            return np.ascontiguousarray(between(self._frames(0, first, last), at - first, axis=0).T)
        depth = min(int(np.log2(per_column)), self.tiles.n_levels - 1)
        centres = (edges[:-1] + (stop - start) / (2 * max(n, 1))) / hop
        cells = np.clip(np.round(centres / 2**depth).astype(np.int64), 0, self.tiles.n_frames(depth) - 1)
        picked = self._frames(depth, int(cells[0]), int(cells[-1]) + 1)[cells - cells[0]]
        picked[(centres < -0.5) | (centres > self.tiles.n_frames(0) - 0.5)] = 0
        return np.ascontiguousarray(picked.T)

    def _frames(self, depth: int, first: int, last: int) -> Bytes:
        """The frames [first, last) of a level, [frames, height]."""
        numbers = range(first // _CHUNK, (last - 1) // _CHUNK + 1)
        chunks = [self._chunk(depth, number) for number in numbers]
        whole = chunks[0] if len(chunks) == 1 else np.concatenate(chunks)
        start = numbers[0] * _CHUNK
        return whole[first - start : last - start]

    def _chunk(self, depth: int, number: int) -> Bytes:
        if (found := self._chunks.get((depth, number))) is None:
            linear = np.ascontiguousarray(self.tiles.frames(depth, number * _CHUNK, (number + 1) * _CHUNK).T)
            picture = rows(linear, self.height, self.tiles.sample_rate, self.axis)
            found = self._chunks[depth, number] = np.ascontiguousarray(picture.T)
        return found
