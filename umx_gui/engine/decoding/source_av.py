"""Decoding with FFmpeg's libraries through PyAV: MP3, AAC, Opus, Vorbis, WMA, ALAC and whatever else holds sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding.audio_info import BLOCK_SAMPLES, AudioInfo
from umx_gui.engine.decoding.av_frames import to_float, with_channels
from umx_gui.engine.decoding.mp4_header import itunes_edit, read_mp4_sound
from umx_gui.engine.decoding.sniff import MP3, MP4, OGG, Family, mp3_states_length
from umx_gui.engine.decoding.sources import Flaws, check_shape
from umx_gui.engine.decoding.tags import open_container
from umx_gui.errors import AudioFlaw, AudioUnreadableError, UnreadableReason

_REFUSALS = (av.error.FFmpegError, MemoryError)
_PCM = {"s16": "PCM_16", "s32": "PCM_32", "flt": "FLOAT", "dbl": "DOUBLE", "u8": "PCM_U8"}
_LOSSLESS = ("flac", "alac", "wavpack", "tta", "ape", "tak", "shorten", "mlp", "truehd", "pcm_")
# Here the length is guessed from the size and the first bit rate, or is that of one link of a chain.
_GUESSED = ("ogg", "other", "ac3", "dts", "amr", "flv", "avi")
_PREROLL_S = 1.0
_FAR_S = 5.0
_MP3_PADDING = 3 * 1152


@dataclass(frozen=True, slots=True)
class _Edit:
    """The stretch [start, stop) of the media's own time, in samples, that is meant to be heard."""

    start: int
    stop: int


class AvSource:
    """An audio stream of a file, by default the first, as FFmpeg's libraries read it."""

    def __init__(self, path: Path, family: Family, stream: int = 0) -> None:
        self.flaws: Flaws = {}
        self._path, self._family, self._which = path, family, stream
        self._fresh = False
        self._mp4 = read_mp4_sound(path, stream) if family == MP4 else None
        if self._mp4 is not None and self._mp4.protected:
            raise AudioUnreadableError(path, UnreadableReason.PROTECTED)
        self._open()
        try:
            self._edit = self._find_edit()
            self.info = self._probe()
        except BaseException:
            self.close()
            raise
        stated = family.name not in _GUESSED and (family != MP3 or mp3_states_length(path))
        self.states_length = stated and self.info.n_samples is not None

    def _open(self) -> None:
        # Where the edit is simple it is applied here, to the sample; otherwise it is left to libav.
        own_edit = self._mp4 is not None and self._mp4.edit is not None
        try:
            self._container = open_container(self._path, self._family, {"ignore_editlist": "1"} if own_edit else None)
        except (*_REFUSALS, UnicodeError, ValueError) as e:
            # Damaged files make libav ask for absurd sizes; its "out of memory" then means "damaged".
            raise AudioUnreadableError(self._path, UnreadableReason.DAMAGED, str(e)) from e
        self._fresh = True
        streams = self._container.streams.audio
        if len(streams) <= self._which or streams[self._which].codec_context is None:
            n_streams = len(streams)
            self._container.close()
            reason = UnreadableReason.UNSUPPORTED if n_streams > self._which else UnreadableReason.NO_AUDIO_STREAM
            raise AudioUnreadableError(self._path, reason)
        self._stream: AudioStream = streams[self._which]

    def _find_edit(self) -> _Edit | None:
        rate = self._stream.codec_context.sample_rate
        note = {**self._container.metadata, **self._stream.metadata}.get("iTunSMPB", "")
        if self._family == MP4 and (samples := itunes_edit(note)) is not None:
            return _Edit(*samples)
        if self._mp4 is None or self._mp4.edit is None:
            return None
        start, stop = self._mp4.edit
        return _Edit(round(start * rate), round(stop * rate))

    def _probe(self) -> AudioInfo:
        context = self._stream.codec_context
        check_shape(self._path, context.sample_rate, context.channels)
        codec = context.name.removesuffix("float")
        lossless = codec.startswith(_LOSSLESS)
        sample_format = context.format.name.removesuffix("p") if context.format else ""
        layout = context.layout.name
        return AudioInfo(
            path=self._path,
            sample_rate=context.sample_rate,
            n_channels=context.channels,
            n_samples=self._declared(),
            codec="pcm" if codec.startswith("pcm_") else codec,
            container=self._family.name,
            subtype=_PCM.get(sample_format, codec.upper()) if lossless else codec.upper(),
            lossless=lossless,
            channel_layout="" if "channels" in layout else layout,
        )

    def _declared(self) -> int | None:
        stream, context = self._stream, self._stream.codec_context
        if self._edit is not None:
            return self._edit.stop - self._edit.start
        if stream.duration is not None and stream.time_base is not None and stream.duration > 0:
            n_samples = round(stream.duration * stream.time_base * context.sample_rate)
            # Ogg counts the samples that Opus skips at the start (RFC 7845, 5.1: at byte 10, at 48 kHz).
            header = context.extradata or b""
            if self._family == OGG and header.startswith(b"OpusHead") and len(header) >= 12:
                n_samples -= int.from_bytes(header[10:12], "little") * context.sample_rate // 48_000
            return max(n_samples, 0)
        if self._container.duration is not None and self._container.duration > 0:
            return round(self._container.duration * context.sample_rate / av.time_base)
        return None

    def pieces(self, start: int) -> Iterator[FloatArray]:
        """See `Source.pieces`. What stands before `start` is decoded too, for seeking in lossy streams is not exact.

        MP4 with an edit is the exception: its frames carry the time they belong to.
        """
        if not self._fresh:
            self.close()
            self._open()
        self._fresh = False
        rate = self.info.sample_rate
        first, last = (self._edit.start, self._edit.stop) if self._edit else (0, None)
        first += start
        if self._edit is not None and start > _FAR_S * rate:
            seconds = max(first / rate - _PREROLL_S, 0)
            self._container.seek(int(seconds / (self._stream.time_base or 1)), stream=self._stream)
        pieces = self._placed(first, last)
        return self._without_padding(pieces, start) if self._family == MP3 and self.states_length else pieces

    def _without_padding(self, pieces: Iterator[FloatArray], at: int) -> Iterator[FloatArray]:
        """Cut what an encoder padded beyond the stated length, but not a song that is longer than stated."""
        n_stated, held, n_held = self.info.n_samples or 0, list[FloatArray](), 0
        for piece in pieces:
            inside = max(min(n_stated - at, piece.shape[1]), 0)
            at += piece.shape[1]
            if inside:
                yield piece[:, :inside]
            if inside < piece.shape[1]:
                held.append(piece[:, inside:])
                n_held += piece.shape[1] - inside
            if n_held > _MP3_PADDING:
                yield from held
                held, n_held, n_stated = [], 0, 1 << 62

    def _placed(self, first: int, last: int | None) -> Iterator[FloatArray]:
        """What is decoded of [first, last) in the media's time, with silence where packets were lost."""
        at: int | None = None
        for samples, time, n_lost in self._timed():
            if at is None:
                at = time if self._edit is not None and time is not None else 0
            if n_lost and time is not None and 0 < (gap := time - at) <= n_lost * BLOCK_SAMPLES:
                yield from self._cut(np.zeros((samples.shape[0], gap), np.float32), at, first, last)
                at += gap
            yield from self._cut(samples, at, first, last)
            at += samples.shape[1]
            if last is not None and at >= last:
                return

    @staticmethod
    def _cut(samples: FloatArray, at: int, first: int, last: int | None) -> Iterator[FloatArray]:
        """What of samples [C, t] at `at` lies in [first, last)."""
        piece = samples[:, max(first - at, 0) : None if last is None else max(last - at, 0)]
        if piece.shape[1]:
            yield piece

    def _timed(self) -> Iterator[tuple[FloatArray, int | None, int]]:
        """Samples [C, t], their time in samples where known, and how many packets were lost just before them."""
        n_bad = n_lost = n_packets = position = 0
        for packet in self._packets():
            n_packets += 1
            try:
                frames = packet.decode()
            except _REFUSALS as e:
                n_bad, n_lost = n_bad + 1, n_lost + 1
                self.flaws[AudioFlaw.DAMAGED_PARTS] = n_bad
                if n_bad > max(20, n_packets // 5):
                    raise AudioUnreadableError(self._path, UnreadableReason.DAMAGED, str(e)) from e
                continue
            for frame in frames:
                if not isinstance(frame, AudioFrame) or not frame.samples:
                    continue
                if frame.sample_rate != self.info.sample_rate:
                    self.flaws[AudioFlaw.FORMAT_CHANGES] = position / self.info.sample_rate
                    return
                yield self._conform(frame), self._time(frame), n_lost
                n_lost, position = 0, position + frame.samples

    def _conform(self, frame: AudioFrame) -> FloatArray:
        samples = to_float(frame)
        if samples.shape[0] != self.info.n_channels:
            self.flaws[AudioFlaw.CHANNELS_CHANGE] = samples.shape[0]
            samples = with_channels(samples, self.info.n_channels, frame.layout.name)
        return samples

    def _time(self, frame: AudioFrame) -> int | None:
        if frame.pts is None or frame.time_base is None:
            return None
        return round(frame.pts * frame.time_base * self.info.sample_rate)

    def _packets(self) -> Iterator[Packet[AudioStream]]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.PatchWelcomeError:
                self.flaws.setdefault(AudioFlaw.FORMAT_CHANGES, 0.0)
                return
            except _REFUSALS:
                self.flaws[AudioFlaw.DAMAGED_PARTS] = self.flaws.get(AudioFlaw.DAMAGED_PARTS, 0) + 1
                return
            yield packet

    def close(self) -> None:
        """Close the file."""
        self._container.close()
