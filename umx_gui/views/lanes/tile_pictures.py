"""A spectrogram on one frequency axis at one height, kept chunk by chunk, so that zooming only picks columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.summaries import SpectrogramTiles
from umx_gui.views.lanes.row_axis import between, rows

Bytes = NDArray[np.uint8]
_CHUNK = 256  # frames
_AT_ONCE = 2  # chunks that one frame may make where it can do without


class TilePictures:
    """Pictures of `tiles`. What has changed there must be dropped here."""

    def __init__(self, tiles: SpectrogramTiles, height: int, axis: str) -> None:
        self.tiles, self.height, self.axis = tiles, height, axis
        self._chunks: dict[tuple[int, int], Bytes] = {}  # level, number of the chunk: [frames, height]
        self._per_column = 0.0  # of the last picture
        self.behind = False  # whether something was drawn coarser than it will be; to be set back by who draws it anew

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
        seen, a level of the pyramid at a time. A level that is zoomed to takes a few frames to be made (`behind`).
        """
        hop, edges = self.tiles.hop, np.linspace(start, stop, n + 1)
        per_column = (stop - start) / hop / max(n, 1)
        self._look_ahead(per_column, start / hop, stop / hop)
        depth = self._level(self._depth(per_column), start / hop, stop / hop)
        if per_column < 1 and depth == 0:
            at = np.clip(edges[:-1] / hop, 0, self.tiles.n_frames(0) - 1)
            first, last = int(at[0]), min(int(at[-1]) + 2, self.tiles.n_frames(0))
            return np.ascontiguousarray(between(self._frames(0, first, last), at - first, axis=0).T)
        centres = (edges[:-1] + (stop - start) / (2 * max(n, 1))) / hop
        cells = np.clip(np.round(centres / 2**depth).astype(np.int64), 0, self.tiles.n_frames(depth) - 1)
        picked = self._frames(depth, int(cells[0]), int(cells[-1]) + 1)[cells - cells[0]]
        picked[(centres < -0.5) | (centres > self.tiles.n_frames(0) - 0.5)] = 0
        return np.ascontiguousarray(picked.T)

    def _depth(self, per_column: float) -> int:
        return min(int(np.log2(max(per_column, 1.0))), self.tiles.n_levels - 1)

    def _missing(self, depth: int, first: float, last: float) -> list[int]:
        """The chunks of a level that are not made, of those that hold the frames [first, last] of level 0."""
        n = self.tiles.n_frames(depth)
        a, b = (min(max(int(at / 2**depth), 0), n - 1) // _CHUNK for at in (first, last))
        return [number for number in range(a, b + 1) if (depth, number) not in self._chunks]

    def _level(self, depth: int, first: float, last: float) -> int:
        """The level to draw [first, last] from: this one, or a coarser one that is there, while this one is made."""
        missing = self._missing(depth, first, last)
        if len(missing) > _AT_ONCE:
            for coarser in range(depth + 1, self.tiles.n_levels):
                if not self._missing(coarser, first, last):
                    for number in missing[:_AT_ONCE]:
                        self._chunk(depth, number)
                    self.behind = True
                    return coarser
        return depth

    def _look_ahead(self, per_column: float, first: float, last: float) -> None:
        """While one zooms out, make some of the next level, or one frame would have to make all of it."""
        before, self._per_column = self._per_column, per_column
        depth = self._depth(per_column) + 1
        if 0 < before < per_column * (1 - 1e-6) and depth < self.tiles.n_levels:
            for number in self._missing(depth, first, last)[:_AT_ONCE]:
                self._chunk(depth, number)

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
