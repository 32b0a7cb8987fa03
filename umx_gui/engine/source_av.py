"""Decoding with FFmpeg's libraries through PyAV: MP3, AAC, Opus, Vorbis, WMA, ALAC and whatever else holds sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.audio_info import AudioInfo
from umx_gui.engine.sniff import Family
from umx_gui.engine.sources import Flaws, check_shape
from umx_gui.errors import AudioFlaw, AudioUnreadableError, UnreadableReason

_MAX_BAD_PACKETS = 100
_TAGS = ("title", "artist", "album", "album_artist", "track", "disc", "date", "genre", "composer")
_PCM = {"s16": "PCM_16", "s32": "PCM_32", "flt": "FLOAT", "dbl": "DOUBLE", "u8": "PCM_U8"}
_LOSSLESS = ("flac", "alac", "wavpack", "tta", "ape", "tak", "shorten", "mlp", "truehd", "pcm_")


class AvSource:
    """The first audio stream of a file, as FFmpeg's libraries read it."""

    def __init__(self, path: Path, family: Family) -> None:
        self.flaws: Flaws = {}
        self._path, self._family = path, family
        self._container = self._open()
        try:
            self._stream = self._choose()
            self.info = self._probe()
        except BaseException:
            self._container.close()
            raise

    def _open(self) -> InputContainer:
        # "file:" and the white lists keep names such as "http://..." or "concat:a|b" and playlists in disguise from
        # being followed; a Python file object would lose that protection, so none is ever passed.
        options = {"protocol_whitelist": "file", "format_whitelist": self._family.demuxers}
        try:
            return av.open("file:" + str(self._path), options=options, metadata_errors="replace")
        except (av.error.FFmpegError, MemoryError, UnicodeError, ValueError) as e:
            # Damaged files make libav ask for absurd sizes; its "out of memory" then means "damaged".
            raise AudioUnreadableError(self._path, UnreadableReason.DAMAGED, str(e)) from e

    def _choose(self) -> AudioStream:
        if not self._container.streams.audio:
            raise AudioUnreadableError(self._path, UnreadableReason.NO_AUDIO_STREAM)
        stream = self._container.streams.audio[0]
        if stream.codec_context is None:
            raise AudioUnreadableError(self._path, UnreadableReason.UNSUPPORTED)
        return stream

    def _probe(self) -> AudioInfo:
        stream, context = self._stream, self._stream.codec_context
        check_shape(self._path, context.sample_rate, context.channels)
        codec = context.name.removesuffix("float")
        lossless = codec.startswith(_LOSSLESS)
        sample_format = context.format.name.removesuffix("p") if context.format else ""
        metadata = {k.lower(): v for k, v in (*stream.metadata.items(), *self._container.metadata.items())}
        return AudioInfo(
            path=self._path,
            sample_rate=context.sample_rate,
            n_channels=context.channels,
            n_samples=self._declared(),
            codec=codec,
            container=self._family.name,
            subtype=_PCM.get(sample_format, codec.upper()) if lossless else codec.upper(),
            lossless=lossless,
            tags={key: metadata[key] for key in _TAGS if metadata.get(key)},
            channel_layout=context.layout.name if "channels" not in context.layout.name else "",
        )

    def _declared(self) -> int | None:
        stream = self._stream
        rate = stream.codec_context.sample_rate
        if stream.duration is not None and stream.time_base is not None and stream.duration > 0:
            return round(stream.duration * stream.time_base * rate)
        if self._container.duration is not None and self._container.duration > 0:
            return round(self._container.duration * rate / av.time_base)
        return None

    def pieces(self, start: int) -> Iterator[FloatArray]:
        """See `Source.pieces`. What stands before `start` is decoded too: seeking in lossy streams is not exact."""
        at, any_yet = 0, False
        for frame in self._frames():
            samples = to_float(frame)
            skip, at = max(start - at, 0), at + samples.shape[1]
            any_yet = any_yet or samples.shape[1] > 0
            if skip < samples.shape[1]:
                yield samples[:, skip:]
        if not any_yet:
            raise AudioUnreadableError(self._path, UnreadableReason.DAMAGED, "no samples came out")

    def _frames(self) -> Iterator[AudioFrame]:
        bad = 0
        for packet in self._packets():
            try:
                frames = packet.decode()
            except (av.error.FFmpegError, MemoryError) as e:
                bad += 1
                self.flaws[AudioFlaw.DAMAGED_PARTS] = bad
                if bad > _MAX_BAD_PACKETS:
                    raise AudioUnreadableError(self._path, UnreadableReason.DAMAGED, str(e)) from e
                continue
            for frame in frames:
                if isinstance(frame, AudioFrame):
                    yield frame

    def _packets(self) -> Iterator[Packet[AudioStream]]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.error.FFmpegError, MemoryError):
                self.flaws[AudioFlaw.DAMAGED_PARTS] = self.flaws.get(AudioFlaw.DAMAGED_PARTS, 0) + 1
                return
            yield packet

    def close(self) -> None:
        """Close the file."""
        self._container.close()


def to_float(frame: AudioFrame) -> FloatArray:
    """The samples of a frame as [C, t] float32, full scale at 1."""
    raw = frame.to_ndarray()
    n_channels = len(frame.layout.channels)
    if frame.format.is_packed:
        raw = raw.reshape(-1, n_channels).T
    if raw.dtype.kind == "u":
        return np.ascontiguousarray((raw.astype(np.float32) - 128.0) / 128.0)
    if raw.dtype.kind == "i":
        return np.ascontiguousarray(raw * np.float32(0.5 ** (8 * raw.dtype.itemsize - 1)), dtype=np.float32)
    return np.ascontiguousarray(raw, dtype=np.float32)
