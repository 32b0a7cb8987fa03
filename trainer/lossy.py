"""What a lossy codec leaves of a stem: encoded and decoded again in memory, to the sample where it was."""

from __future__ import annotations

import io
from dataclasses import dataclass

import av
import numpy as np
import soundfile as sf
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from numpy.random import Generator

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding.av_frames import to_float
from umx_gui.engine.resample import resample


@dataclass(frozen=True)
class Codec:
    """An encoder of PyAV's (none: libsndfile's), its container, bit rates of a channel to draw from, rates in Hz."""

    encoder: str
    container: str
    bits: tuple[int, int]
    rates: tuple[int, ...] = ()


CODECS = {
    "mp3": Codec(
        "libmp3lame", "mp3", (32_000, 128_000), (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
    ),
    "aac": Codec("aac", "ipod", (32_000, 128_000)),
    "vorbis": Codec("", "ogg", (32_000, 128_000)),
    "opus": Codec("libopus", "ogg", (24_000, 96_000), (48_000,)),
}
_PEAK = 0.9
_FRAME = 1152


def reencode(wave: FloatArray, rng: Generator, sample_rate: int) -> FloatArray:
    """The wave [C, T] after MP3, AAC, Vorbis or Opus at a low to middling bit rate; half of the cases stay."""
    if rng.random() < 0.5 or wave.shape[0] > 2:
        return wave
    name = tuple(CODECS)[int(rng.integers(len(CODECS)))]
    low, high = CODECS[name].bits
    return through(wave, name, int(rng.uniform(low, high)), sample_rate)


def through(wave: FloatArray, name: str, bits_per_channel: int, sample_rate: int) -> FloatArray:
    """The wave [C, T] as a codec keeps it: as long and as loud as before, and in its place to the sample."""
    codec = CODECS[name]
    peak = float(np.abs(wave).max()) if wave.size else 0.0
    if peak < 1e-6:
        return wave
    rate = sample_rate if not codec.rates or sample_rate in codec.rates else 48_000
    scaled = np.asarray(wave * np.float32(_PEAK / peak), np.float32)
    sent = scaled if rate == sample_rate else _resampled(scaled, sample_rate, rate)
    if codec.encoder:
        heard = _decode(_encode(sent, codec, bits_per_channel * wave.shape[0], rate), wave.shape[0])
    else:
        heard = _vorbis(sent, bits_per_channel, rate)
    back = heard if rate == sample_rate else _resampled(heard, rate, sample_rate)
    out = np.zeros(wave.shape, np.float32)
    n = min(wave.shape[1], back.shape[1])
    out[:, :n] = back[:, :n] * np.float32(peak / _PEAK)
    return out


def _resampled(wave: FloatArray, from_hz: int, to_hz: int) -> FloatArray:
    return np.asarray(resample(wave, from_hz, to_hz), np.float32)


def _encode(wave: FloatArray, codec: Codec, bits: int, rate: int) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format=codec.container) as out:
        stream = out.add_stream(codec.encoder, rate=rate, options={"threads": "1"})
        assert isinstance(stream, AudioStream)
        stream.bit_rate = bits
        stream.layout = "stereo" if wave.shape[0] == 2 else "mono"
        # The encoder's own format of samples; neither rate nor channels change.
        convert = av.AudioResampler(format=stream.codec_context.format.name, layout=stream.layout.name, rate=rate)
        size = stream.codec_context.frame_size or _FRAME
        for at in range(0, wave.shape[1], size):
            frame = AudioFrame.from_ndarray(
                np.ascontiguousarray(wave[:, at : at + size]), format="fltp", layout=stream.layout.name
            )
            frame.sample_rate, frame.pts = rate, at
            for fitting in convert.resample(frame):
                out.mux(stream.encode(fitting))
        out.mux(stream.encode(None))
    return target.getvalue()


def _vorbis(wave: FloatArray, bits_per_channel: int, rate: int) -> FloatArray:
    """Through libsndfile, for the libraries of PyAV have no good encoder of it; it is told a quality, not bits."""
    target, (low, high) = io.BytesIO(), CODECS["vorbis"].bits
    quality = min(max((bits_per_channel - low) / (high - low), 0.0), 1.0)
    sf.write(target, wave.T, rate, format="OGG", subtype="VORBIS", compression_level=1 - quality)
    target.seek(0)
    heard: FloatArray = sf.read(target, dtype="float32", always_2d=True)[0].T
    return heard


def _decode(data: bytes, n_channels: int) -> FloatArray:
    with av.open(io.BytesIO(data), "r") as source:
        pieces = [to_float(frame) for frame in source.decode(audio=0)]
    return np.concatenate(pieces, axis=1) if pieces else np.zeros((n_channels, 0), np.float32)
