"""Every promised format comes back with its exact length, its channels in place, at its own rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from decode_helpers import decoded, error_db, flaws_of, tones, write, write_av

from umx_gui.engine.decoding.decode import AudioFile, downmix
from umx_gui.engine.downmix import LAYOUTS

EXACT_BY_LIBAV = ["aac.m4a", "aac.mp4", "alac.m4a", "lame.mp3", "wavpack.wv", "flac.mp4", "tta.tta"]
BY_LIBSNDFILE = ["a.wav", "a.flac", "a.aiff", "a.ogg", "a.mp3", "a.rf64", "a.w64", "a.caf", "a.au"]


@pytest.mark.parametrize("n_samples", [1024, 44100, 50_001, 100_003])
@pytest.mark.parametrize("name", EXACT_BY_LIBAV)
def test_exact_length_by_libav(tmp_path: Path, name: str, n_samples: int) -> None:
    wanted = tones(n_samples)
    path = write_av(tmp_path / name, wanted)
    got = decoded(path)
    assert got.shape == wanted.shape
    assert AudioFile(path, in_child=False).info.n_samples == n_samples
    assert flaws_of(path) == set()
    if n_samples > 40_000:
        assert error_db(got, wanted) < -25


@pytest.mark.parametrize("n_samples", [1, 2, 500, 44100, 100_003])
@pytest.mark.parametrize("name", BY_LIBSNDFILE)
def test_exact_length_by_libsndfile(tmp_path: Path, name: str, n_samples: int) -> None:
    wanted = tones(n_samples)
    path = write(tmp_path / name, wanted)
    got = decoded(path)
    assert got.shape == wanted.shape
    assert AudioFile(path, in_child=False).info.n_samples == n_samples
    assert flaws_of(path) == set()
    if n_samples > 40_000:
        assert error_db(got, wanted) < -25


@pytest.mark.parametrize("n_channels", [1, 2, 5])
@pytest.mark.parametrize("name", ["a.wav", "a.aiff", "a.flac"])
def test_every_16_bit_number_comes_as_libsndfile_has_it(tmp_path: Path, name: str, n_channels: int) -> None:
    numbers = np.arange(-(1 << 15), 1 << 15, dtype=np.int16).reshape(1, -1).repeat(n_channels, 0)
    numbers = np.concatenate([numbers, numbers[:, ::-1], numbers[:, :77]], axis=1)  # more than one block
    path = write(tmp_path / name, numbers, subtype="PCM_16")
    wanted = soundfile.read(path, dtype="float32", always_2d=True)[0].T
    assert wanted.min() == -1.0
    got = decoded(path)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("name", ["opus.opus", "opus.webm"])
@pytest.mark.parametrize("n_samples", [4801, 48_000, 100_003])
def test_opus_is_exact_at_48_khz(tmp_path: Path, name: str, n_samples: int) -> None:
    wanted = tones(n_samples, 48_000)
    path = write_av(tmp_path / name, wanted, 48_000)
    got = decoded(path)
    assert got.shape == wanted.shape
    assert flaws_of(path) == set()
    if n_samples > 40_000:
        assert error_db(got, wanted) < -25


@pytest.mark.parametrize(("name", "slack"), [("wma.wma", 4096), ("aac.mka", 1024), ("adts.aac", 2048)])
def test_formats_that_do_not_say_their_length(tmp_path: Path, name: str, slack: int) -> None:
    wanted = tones(100_003)
    path = write_av(tmp_path / name, wanted)
    got = decoded(path)
    assert abs(got.shape[1] - wanted.shape[1]) <= slack
    assert flaws_of(path) == set()
    assert 0.27 < np.sqrt(np.mean(np.square(got[:, 10_000:90_000]))) < 0.29  # a sine of 0.4 has an rms of 0.283


@pytest.mark.parametrize("n_samples", [1, 2, 100, 1024])
def test_shortest_aac(tmp_path: Path, n_samples: int) -> None:
    # Its edit list counts milliseconds: libav itself gives nothing at all for one sample.
    assert decoded(write_av(tmp_path / "aac.m4a", tones(n_samples))).shape == (2, n_samples)


@pytest.mark.parametrize("sample_rate", [8_000, 11_025, 16_000, 22_050, 35_467, 48_000, 88_200, 96_000, 192_000])
@pytest.mark.parametrize("name", ["a.wav", "a.flac", "alac.m4a"])
def test_rates(tmp_path: Path, name: str, sample_rate: int) -> None:
    wanted = tones(10_007, sample_rate)
    path = tmp_path / name
    write_av(path, wanted, sample_rate) if name in EXACT_BY_LIBAV else write(path, wanted, sample_rate)
    with AudioFile(path, in_child=False) as file:
        assert (file.info.sample_rate, file.info.n_samples) == (sample_rate, 10_007)
    assert np.abs(decoded(path) - wanted).max() <= 2**-15


@pytest.mark.parametrize("n_channels", range(1, 9))
@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.aiff", "wavpack.wv", "alac.m4a"])
def test_channels_stay_in_place(tmp_path: Path, name: str, n_channels: int) -> None:
    if name == "alac.m4a" and n_channels in (4, 7, 8):
        # libav's encoder knows other layouts of as many channels; what it writes is tested with those it knows.
        n_channels = {4: 3, 7: 5, 8: 6}[n_channels]
    wanted = tones(5000, n_channels=n_channels)
    path = tmp_path / name
    write_av(path, wanted) if name == "wavpack.wv" or name == "alac.m4a" else write(path, wanted)
    got = decoded(path)
    assert got.shape == wanted.shape
    order = np.argmax(np.abs(np.fft.rfft(got)), axis=1)
    assert np.array_equal(np.sort(order), order) or name == "alac.m4a"
    assert len(set(order.tolist())) == n_channels


@pytest.mark.parametrize("n_channels", [3, 5, 6])
def test_vorbis_channels_are_in_the_order_of_wav(tmp_path: Path, n_channels: int) -> None:
    # Written by libsndfile as they come, the second is the centre: Vorbis has its own order.
    wanted = tones(20_000, n_channels=n_channels)
    path = write(tmp_path / "a.ogg", wanted)
    with AudioFile(path, in_child=False) as file:
        places = LAYOUTS[file.info.channel_layout]
    strongest = np.argmax(np.abs(np.fft.rfft(decoded(path))), axis=1)
    expected = np.argmax(np.abs(np.fft.rfft(wanted)), axis=1)
    assert strongest[places.index("FC")] == expected[1]
    if "LFE" in places:
        assert abs(strongest[places.index("LFE")] - expected[-1]) <= 1


@pytest.mark.parametrize(
    ("subtype", "step"),
    [
        ("PCM_16", 2.0**-15),
        ("PCM_24", 2.0**-23),
        ("PCM_32", 2.0**-24),
        ("FLOAT", 0.0),
        ("DOUBLE", 0.0),
        ("PCM_U8", 2.0**-7),
    ],
)
def test_wav_depths(tmp_path: Path, subtype: str, step: float) -> None:
    wanted = tones(10_000)
    path = write(tmp_path / "a.wav", wanted, subtype=subtype)
    with AudioFile(path, in_child=False) as file:
        info = file.info
    assert np.abs(decoded(path) - wanted).max() <= step
    assert (info.subtype, info.codec, info.container, info.lossless) == (subtype, "pcm", "wav", True)


def test_float_beyond_full_scale_is_kept(tmp_path: Path) -> None:
    wanted = tones(1000) * 8
    assert np.array_equal(decoded(write(tmp_path / "a.wav", wanted, subtype="FLOAT")), wanted)


def test_probe_tells_the_coding(tmp_path: Path) -> None:
    flac = AudioFile(write(tmp_path / "a.flac", tones(100), subtype="PCM_24"), in_child=False).info
    assert (flac.codec, flac.container, flac.subtype, flac.lossless) == ("flac", "flac", "PCM_24", True)
    mp3 = AudioFile(write(tmp_path / "a.mp3", tones(100)), in_child=False).info
    assert (mp3.codec, mp3.container, mp3.lossless, mp3.channel_layout) == ("mp3", "mp3", False, "stereo")
    aac = AudioFile(write_av(tmp_path / "aac.m4a", tones(3000)), in_child=False).info
    assert (aac.codec, aac.container, aac.subtype) == ("aac", "mp4", "AAC")


def test_stem_mp4_gives_its_mixture(tmp_path: Path) -> None:
    # A .stem.mp4 holds the mixture first and the stems after it.
    from umx_gui.engine.audio import Stems
    from umx_gui.engine.export.exporter import ExportOptions, Written, export_stems

    stems = np.stack([tones(50_000, level=0.1) * (j + 1) for j in range(4)])
    mixture = stems.sum(axis=0)
    named = Stems(("vocals", "drums", "bass", "other"), stems, 44100)
    steps = export_stems(tmp_path, "song", named, mixture, None, ExportOptions(format="stem.mp4"))
    path = next(step.path for step in steps if isinstance(step, Written))
    got = decoded(path)
    assert got.shape == mixture.shape
    assert error_db(got, mixture) < -25


def test_content_counts_and_not_the_name(tmp_path: Path) -> None:
    wanted = tones(5000)
    path = write_av(tmp_path / "alac.m4a", wanted).rename(tmp_path / "song.wav")
    assert np.abs(decoded(path) - wanted).max() <= 2**-15
    path = write(tmp_path / "b.wav", wanted).rename(tmp_path / "b.mp3")
    assert np.abs(decoded(path) - wanted).max() <= 2**-15


def test_flac_behind_an_id3_tag(tmp_path: Path) -> None:
    wanted = tones(5000)
    path = write(tmp_path / "a.flac", wanted)
    path.write_bytes(b"ID3\x04\0\0\0\0\x01\x00" + b"\0" * 128 + path.read_bytes())
    assert np.abs(decoded(path) - wanted).max() <= 2**-15


@pytest.mark.parametrize(
    "name", ["a:b.wav", "-rf.flac", "100% #1?.mp3", "Tëmple スポーク.ogg", "aux alac.m4a", "a'b\"c\n.wav"]
)
def test_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    wanted = tones(3000)
    made = (
        write_av(tmp_path / "alac.m4a", wanted)
        if path.suffix == ".m4a"
        else write(tmp_path / ("x" + path.suffix), wanted)
    )
    made.rename(path)
    assert decoded(path).shape == (2, 3000)


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac"])
def test_names_in_no_encoding(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / ("caf\udce9" + suffix)
    try:
        write(tmp_path / ("a" + suffix), tones(3000)).rename(path)
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system takes no such names")
    assert decoded(path, in_child=True).shape == (2, 3000)


def test_chained_ogg_is_read_to_its_end(tmp_path: Path) -> None:
    first, second = write(tmp_path / "1.ogg", tones(50_000)), write(tmp_path / "2.ogg", tones(50_000, level=0.2))
    path = tmp_path / "both.ogg"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    got = decoded(path)
    assert abs(got.shape[1] - 100_000) <= 1024
    assert np.abs(got[:, 60_000:]).max() < 0.25 < np.abs(got[:, :40_000]).max()


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "aac.m4a", "opus.opus"])
@pytest.mark.parametrize(
    ("start_s", "duration_s"), [(0.5, 1.0), (0.0, 0.25), (1.0, None), (0.3, 60.0), (6.5, 0.5), (7.99, 1.0)]
)
def test_a_stretch_is_that_stretch_of_the_whole(
    tmp_path: Path, name: str, start_s: float, duration_s: float | None
) -> None:
    wanted = tones(48_000 * 8, 48_000)
    path = tmp_path / name
    write(path, wanted, 48_000) if name.startswith("a.") else write_av(path, wanted, 48_000)
    start = round(start_s * 48_000)
    stop = wanted.shape[1] if duration_s is None else min(start + round(duration_s * 48_000), wanted.shape[1])
    whole, part = decoded(path), decoded(path, start_s=start_s, duration_s=duration_s)
    assert part.shape == (2, stop - start)
    assert np.abs(part - whole[:, start:stop]).max() < 1e-4


def test_blocks_are_bounded_and_planar(tmp_path: Path) -> None:
    with AudioFile(write(tmp_path / "a.wav", tones(200_000)), in_child=False) as file:
        blocks = list(file.blocks())
    assert [block.shape for block in blocks] == [(2, 65536)] * 3 + [(2, 200_000 - 3 * 65536)]
    assert all(block.dtype == np.float32 and block.flags.c_contiguous for block in blocks)


def test_wav_written_to_a_pipe_has_no_length_and_plays(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tones(10_000))
    content = bytearray(path.read_bytes())
    at = content.index(b"data")
    content[at + 4 : at + 8] = b"\xff" * 4
    path.write_bytes(content)
    assert decoded(path).shape == (2, 10_000)
    assert flaws_of(path) == set()
    assert AudioFile(path, in_child=False).info.n_samples in (None, 10_000)


def test_file_written_by_soundfile_equals_soundfile(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", tones(100_000), subtype="PCM_24")
    there, _ = soundfile.read(path, dtype="float32", always_2d=True)
    assert np.array_equal(decoded(path), there.T)


def test_surround_is_mixed_down_by_its_layout(tmp_path: Path) -> None:
    samples = np.zeros((6, 1000), np.float32)
    samples[2] = 0.5  # the centre of 5.1
    path = write(tmp_path / "a.flac", samples)
    with AudioFile(path, in_child=False) as file:
        stereo = downmix(np.concatenate(list(file.blocks()), axis=1), file.info.channel_layout)
    assert stereo.shape == (2, 1000)
    assert np.allclose(stereo[0], stereo[1])
    assert np.allclose(stereo[0], 0.5 * 0.5**0.5 / (1 + 2 * 0.5**0.5), atol=1e-4)
