"""From a path to sound blocks: choose a decoder by content, check what it gives, try the other one where it fails.

This runs in the decoding child (`decode_child`), or in the caller's own process where it trusts its files.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding.audio_info import BLOCK_SAMPLES, AudioInfo
from umx_gui.engine.decoding.sniff import FLAC, HEAD_BYTES, OGG_VORBIS, WAV, Family, ogg_is_chained, sniff
from umx_gui.engine.decoding.sources import Flaws, Source
from umx_gui.errors import AudioFlaw, AudioUnreadableError, UnreadableReason

LOUDEST = 1e6
"""Samples beyond this (+120 dBFS) are taken for damage, as NaN and infinity are: a spectrum would not hold them."""

_TOO_LITTLE = 0.1
_TOO_MANY_BAD = 0.01
_PACKET_SAMPLES = 2048
_ASSUMED = {6: "5.1", 8: "7.1"}


def look(path: Path) -> Family:
    """The family of formats of a file. Raises AudioUnreadableError for what is no readable audio file."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise AudioUnreadableError(path, UnreadableReason.FOLDER)
        if not stat.S_ISREG(mode):
            raise AudioUnreadableError(path, UnreadableReason.NOT_AUDIO, "a device or pipe")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except (FileNotFoundError, NotADirectoryError, ValueError) as e:  # ValueError: a name no file can have
        raise AudioUnreadableError(path, UnreadableReason.NOT_FOUND) from e
    except PermissionError as e:
        raise AudioUnreadableError(path, UnreadableReason.NO_PERMISSION) from e
    except OSError as e:
        raise AudioUnreadableError(path, UnreadableReason.DAMAGED, str(e)) from e
    family = sniff(head)
    if isinstance(family, UnreadableReason):
        raise AudioUnreadableError(path, family)
    return family


class Decoding:
    """A file being decoded: its probe, its blocks, and the flaws found on the way.

    `stream`: which of its sound streams, in a file of several (`.stem.mp4`).
    """

    def __init__(self, path: Path, stream: int = 0) -> None:
        self.flaws: Flaws = {}
        self._path, self._stream = path, stream
        self._family = look(path)
        self._source = self._choose()
        self.info: AudioInfo = self._source.info

    def probe(self) -> AudioInfo:
        """The probe with tags, cover and the places of the channels."""
        from umx_gui.engine.decoding.tags import read_extras

        info, extras = self.info, read_extras(self._path, self._family)
        layout = info.channel_layout or extras.layout or _ASSUMED.get(info.n_channels, "")
        return replace(info, tags={**info.tags, **extras.tags}, cover=extras.cover, channel_layout=layout)

    def _makers(self) -> list[Callable[[], Source]]:
        """How to open the file, the preferred way first."""
        path, family, stream = self._path, self._family, self._stream
        if stream:
            return [lambda: _av_source(path, family, stream)]
        if family == WAV:
            from umx_gui.engine.decoding.source_pcm import PcmSource
            from umx_gui.engine.decoding.wave_header import read_wave_header

            header = read_wave_header(path)
            if header is not None and header.is_padded:
                return [lambda: PcmSource(path, header)]
        ways: list[Callable[[], Source]] = [lambda: _av_source(path, family)]
        if family.soundfile_reads:
            first = family.soundfile_first and not (family == OGG_VORBIS and ogg_is_chained(path))
            ways.insert(0 if first else 1, lambda: _soundfile_source(path, family))
        return ways

    def _choose(self) -> Source:
        """The first source that opens and gives sound. Raises the most telling refusal."""
        refusals: list[AudioUnreadableError] = []
        for make in self._makers():
            source: Source | None = None
            try:
                source = make()
                if next(source.pieces(0), None) is not None:
                    return source
                raise AudioUnreadableError(self._path, UnreadableReason.EMPTY)
            except AudioUnreadableError as e:
                refusals.append(e)
                if source is not None:
                    source.close()
                    self.flaws[AudioFlaw.HEADER_WRONG] = 1
        raise next((e for e in refusals if e.reason is not UnreadableReason.DAMAGED), refusals[0])

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[FloatArray]:
        """Blocks [C, t] of [start, stop), t <= BLOCK_SAMPLES, finite. Raises AudioUnreadableError."""
        at = start
        for block in self._reblocked(self._pieces(start)):
            if stop is not None and at + block.shape[1] >= stop:
                if at < stop:
                    yield self._made_finite(np.ascontiguousarray(block[:, : stop - at]))
                return
            yield self._made_finite(block)
            at += block.shape[1]
        self._judge(at)
        if at == start:
            raise AudioUnreadableError(self._path, UnreadableReason.BEHIND_END)

    def _pieces(self, start: int) -> Iterator[FloatArray]:
        """The pieces of the chosen source; where libsndfile gives up within FLAC, libav goes on from that sample."""
        at, source = start, self._source
        try:
            for piece in source.pieces(start):
                at += piece.shape[1]
                yield piece
        except AudioUnreadableError:
            if at == start or not self._family.soundfile_first:
                raise
            self.flaws[AudioFlaw.BROKEN_OFF] = at / self.info.sample_rate
        finally:
            self.flaws.update(source.flaws)
        if self._family == FLAC and at < (self.info.n_samples or at + 1):
            yield from self._rest_of_flac(at)

    def _rest_of_flac(self, at: int) -> Iterator[FloatArray]:
        try:
            other = _av_source(self._path, self._family)
        except AudioUnreadableError:
            return
        try:
            if other.info.sample_rate != self.info.sample_rate:
                return
            for piece in other.pieces(at):
                if piece.shape[0] != self.info.n_channels:
                    self.flaws[AudioFlaw.CHANNELS_CHANGE] = piece.shape[0]
                    piece = _with_channels(piece, self.info.n_channels)
                yield piece
            self.flaws.pop(AudioFlaw.BROKEN_OFF, None)
        except AudioUnreadableError:
            return
        finally:
            self.flaws.update(other.flaws)
            other.close()

    def _judge(self, n_samples: int) -> None:
        """Compare the decoded length with the declared one. Raises AudioUnreadableError where little is left."""
        # A coded file does not hold NaN: where many come out, the decoder did not understand it.
        n_bad, n_values = self.flaws.get(AudioFlaw.NOT_FINITE, 0), n_samples * self.info.n_channels
        if self.info.codec != "pcm" and n_bad > n_values * _TOO_MANY_BAD:
            raise AudioUnreadableError(self._path, UnreadableReason.DAMAGED, f"{n_bad:.0f} samples are no numbers")
        declared, rate = self.info.n_samples, self.info.sample_rate
        if declared is None or not self._source.states_length:
            return
        missing = declared - n_samples
        damaged = self.flaws.keys() & {AudioFlaw.DAMAGED_PARTS, AudioFlaw.BROKEN_OFF}
        if damaged and n_samples < declared * _TOO_LITTLE:
            raise AudioUnreadableError(self._path, UnreadableReason.DAMAGED, f"{n_samples} of {declared} samples")
        # Coded lengths are often rounded to packets or milliseconds.
        slack = min(declared * 0.01, 0.1 * rate) if self.info.lossless else 0.1 * rate + _PACKET_SAMPLES
        if abs(missing) > slack:
            self.flaws[AudioFlaw.SHORTER if missing > 0 else AudioFlaw.LONGER] = abs(missing) / rate

    @staticmethod
    def _reblocked(pieces: Iterator[FloatArray]) -> Iterator[FloatArray]:
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
        # Whole numbers are always good; of others, a NaN makes both comparisons false.
        if self.info.subtype.startswith("PCM_") or (block.max() < LOUDEST and block.min() > -LOUDEST):
            return block
        bad = ~(np.abs(block) < LOUDEST)
        self.flaws[AudioFlaw.NOT_FINITE] = self.flaws.get(AudioFlaw.NOT_FINITE, 0) + int(bad.sum())
        return np.where(bad, np.float32(0), block)

    def close(self) -> None:
        """Close the file."""
        self._source.close()


# The libraries are loaded when a file needs them: the child starts quicker for it.


def _av_source(path: Path, family: Family, stream: int = 0) -> Source:
    from umx_gui.engine.decoding.source_av import AvSource

    return AvSource(path, family, stream)


def _soundfile_source(path: Path, family: Family) -> Source:
    from umx_gui.engine.decoding.source_soundfile import SoundFileSource

    return SoundFileSource(path, family)


def _with_channels(piece: FloatArray, n_channels: int) -> FloatArray:
    from umx_gui.engine.decoding.av_frames import with_channels

    return with_channels(piece, n_channels, "")
