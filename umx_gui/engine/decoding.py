"""From a path to sound blocks: choose a decoder by content, check what it gives, try the other one where it fails.

This runs in the decoding child (`decode_child`), or in the caller's own process where it trusts its files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.audio_info import BLOCK_SAMPLES, AudioInfo
from umx_gui.engine.sniff import HEAD_BYTES, Family, sniff
from umx_gui.engine.source_av import AvSource
from umx_gui.engine.source_soundfile import SoundFileSource
from umx_gui.engine.sources import Flaws, Source
from umx_gui.errors import AudioFlaw, AudioUnreadableError, UnreadableReason

LOUDEST = 1e6
"""Samples beyond this (+120 dBFS) are taken for damage, as NaN and infinity are: a spectrum would not hold them."""


def look(path: Path) -> Family:
    """The family of formats of a file. Raises AudioUnreadableError for what is no readable audio file."""
    try:
        if path.is_dir():
            raise AudioUnreadableError(path, UnreadableReason.FOLDER)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError as e:
        raise AudioUnreadableError(path, UnreadableReason.NOT_FOUND) from e
    except PermissionError as e:
        raise AudioUnreadableError(path, UnreadableReason.NO_PERMISSION) from e
    except (OSError, ValueError) as e:
        raise AudioUnreadableError(path, UnreadableReason.DAMAGED, str(e)) from e
    family = sniff(head)
    if isinstance(family, UnreadableReason):
        raise AudioUnreadableError(path, family)
    return family


class Decoding:
    """A file being decoded: its probe, its blocks, and the flaws found on the way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._family = look(path)
        self._sources = self._candidates()
        self._source = next(self._sources)
        self.info: AudioInfo = self._source.info
        self.flaws: Flaws = {}

    def _candidates(self) -> Iterator[Source]:
        """The sources that open, the preferred one first. Raises the preferred one's refusal where none does."""
        first: AudioUnreadableError | None = None
        order = [True, False] if self._family.soundfile_first else [False, True]
        for by_soundfile in order:
            if by_soundfile and not self._family.soundfile_reads:
                continue
            try:
                yield SoundFileSource(self._path) if by_soundfile else AvSource(self._path, self._family)
            except AudioUnreadableError as e:
                first = first or e
        if first is not None:
            raise first

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[FloatArray]:
        """Blocks [C, t] of [start, stop), t <= BLOCK_SAMPLES, finite. Raises AudioUnreadableError."""
        at = start
        for piece in self._reblocked(self._source.pieces(start)):
            block = piece if stop is None else piece[:, : stop - at]
            if block.shape[1]:
                yield self._made_finite(block)
            at += piece.shape[1]
            if stop is not None and at >= stop:
                return
        self.flaws.update(self._source.flaws)
        if at == 0:
            raise AudioUnreadableError(self._path, UnreadableReason.EMPTY)

    def _reblocked(self, pieces: Iterator[FloatArray]) -> Iterator[FloatArray]:
        """Pieces gathered to blocks of BLOCK_SAMPLES samples, the last one shorter."""
        held: list[FloatArray] = []
        n_held = 0
        for piece in pieces:
            held.append(piece)
            n_held += piece.shape[1]
            if n_held < BLOCK_SAMPLES:
                continue
            whole = held[0] if len(held) == 1 else np.concatenate(held, axis=1)
            for at in range(0, n_held - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
                yield np.ascontiguousarray(whole[:, at : at + BLOCK_SAMPLES])
            n_held %= BLOCK_SAMPLES
            held = [whole[:, whole.shape[1] - n_held :]] if n_held else []
        if n_held:
            yield np.ascontiguousarray(np.concatenate(held, axis=1))

    def _made_finite(self, block: FloatArray) -> FloatArray:
        # One pass in the usual case: a NaN makes both comparisons false.
        if block.max() < LOUDEST and block.min() > -LOUDEST:
            return block
        bad = ~(np.abs(block) < LOUDEST)
        self.flaws[AudioFlaw.NOT_FINITE] = self.flaws.get(AudioFlaw.NOT_FINITE, 0) + int(bad.sum())
        return np.where(bad, np.float32(0), block)

    def close(self) -> None:
        """Close the file."""
        self._source.close()
