"""Stems written to disk are the stems: right samples, lengths, rates, names, tags, and sums."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from export_helpers import TARGETS, export, info_with, picture, read_float, read_int, song

from umx_gui.engine.audio import Stems
from umx_gui.engine.exact_sum import null_db, quantise
from umx_gui.engine.export.exporter import ExportOptions, check_export
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.errors import (
    OptionError,
)

FORMATS = [("wav", 24), ("wav", 16), ("wav", "32f"), ("flac", 16), ("flac", 24), ("ogg", 24), ("mp3", 24), ("m4a", 24)]


@pytest.mark.parametrize("n_channels", [1, 2])
@pytest.mark.parametrize(("file_format", "depth"), FORMATS)
def test_every_format_holds_the_stems(tmp_path: Path, file_format: str, depth: int | str, n_channels: int) -> None:
    stems, mixture = song(n_channels=n_channels)
    written = export(tmp_path / "out", stems, mixture, ExportOptions(file_format, depth))
    assert [w.target for w in written] == list(TARGETS)
    assert [w.path.name for w in written] == [f"{t}.{file_format}" for t in TARGETS]
    for w in written:
        samples, rate = read_float(w.path)
        assert rate == 44100
        assert samples.shape == (n_channels, 100_003)
        error_db = null_db(samples[None, :, 2048:], stems[w.target][:, 2048:])
        lossless = file_format in ("wav", "flac")
        assert error_db < (-70 if depth == 16 else -120) if lossless else error_db < -30
        assert w.exact == lossless
        assert w.clipped_samples == w.replaced_samples == 0


@pytest.mark.parametrize(("file_format", "bits"), [("wav", 16), ("wav", 24), ("flac", 16), ("flac", 24)])
def test_written_stems_sum_to_the_written_mixture(tmp_path: Path, file_format: str, bits: int) -> None:
    stems, mixture = song(level=0.4)  # some samples clip
    written = export(tmp_path, stems, mixture, ExportOptions(file_format, bits))
    total = sum(read_int(w.path, bits) for w in written)
    assert np.array_equal(total, quantise(mixture, bits)[0])
    soundfile.write(tmp_path / "mixture.wav", mixture.T, 44100, f"PCM_{bits}")
    held = read_int(tmp_path / "mixture.wav", bits)
    assert np.abs(total - held).max() <= 1  # libsndfile's own rounding differs by a step at most


def test_float_stems_sum_within_140_db(tmp_path: Path) -> None:
    stems, mixture = song()
    written = export(tmp_path, stems, mixture, ExportOptions("wav", "32f"))
    read = np.stack([read_float(w.path)[0] for w in written])
    assert null_db(read, mixture) < -140


def test_float_files_keep_what_is_beyond_full_scale(tmp_path: Path) -> None:
    stems, mixture = song(level=2.0)
    written = export(tmp_path, stems, mixture, ExportOptions("wav", "32f"))
    assert np.abs(read_float(written[0].path)[0]).max() > 2
    assert written[0].clipped_samples == 0


def test_clipped_samples_are_counted(tmp_path: Path) -> None:
    stems, mixture = song()
    stems.samples[1, 0, 70_000:70_005] = 1.5
    for file_format in ("wav", "mp3"):
        written = export(tmp_path, stems, mixture, ExportOptions(file_format))
        assert [w.clipped_samples for w in written] == [0, 5, 0, 0]


def test_some_of_the_stems_are_not_bent_to_the_mixture(tmp_path: Path) -> None:
    stems, mixture = song()
    two = Stems(TARGETS[:2], stems.samples[:2], 44100)
    written = export(tmp_path, two, mixture)
    assert not any(w.exact for w in written)
    assert np.array_equal(read_int(written[1].path, 24), quantise(stems["drums"], 24)[0])


@pytest.mark.parametrize("depth", [16, 24, "32f"])
def test_the_mixture_can_be_written_beside_its_stems(tmp_path: Path, depth: int | str) -> None:
    stems, mixture = song(level=0.05)
    five = Stems(("mixture", *TARGETS), np.concatenate([mixture[None], stems.samples]), 44100)
    before = five.samples.copy()
    written = export(tmp_path, five, mixture, ExportOptions("wav", depth))
    assert all(w.exact for w in written)
    if depth == "32f":
        read = [read_float(w.path)[0] for w in written]
        assert null_db(np.stack(read[1:]), read[0]) < -140
    else:
        whole, *parts = (read_int(w.path, int(depth)) for w in written)
        assert np.array_equal(sum(parts), whole)
    assert np.array_equal(five.samples, before)


def test_one_stretch_that_does_not_sum_is_left_as_it_is(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3 * 65_536)
    mixture[:, 70_000:75_000] = 0
    written = export(tmp_path, stems, mixture)
    assert not any(w.exact for w in written)
    other = read_int(written[3].path, 24)
    assert np.array_equal(other[:, 65_536:131_072], quantise(stems["other"], 24)[0][:, 65_536:131_072])


def test_the_named_stem_takes_the_remainder(tmp_path: Path) -> None:
    stems, mixture = song()
    written = export(tmp_path, stems, mixture, ExportOptions(remainder_to="bass"))
    changed = [not np.array_equal(read_int(w.path, 24), quantise(stems[w.target], 24)[0]) for w in written]
    assert changed == [False, False, True, False]
    with pytest.raises(OptionError):
        export(tmp_path / "b", stems, mixture, ExportOptions(remainder_to="flute"))


def test_16_bits_are_dithered_unless_they_sum_exactly(tmp_path: Path) -> None:
    stems, mixture = song(targets=("vocals", "other"))
    stems.samples[0] = np.sin(np.arange(stems.samples.shape[2]) / 20) / 32768 / 3
    stems.samples[1] = mixture - stems.samples[0]
    exact = export(tmp_path / "exact", stems, mixture, ExportOptions("wav", 16))
    dithered = export(tmp_path / "dithered", stems, mixture, ExportOptions("wav", 16, exact_sum=False))
    assert not read_int(exact[0].path, 16).any()
    assert read_int(dithered[0].path, 16).any()
    in_24_bits = export(tmp_path / "24", stems, mixture, ExportOptions("wav", 24, exact_sum=False))
    assert np.array_equal(read_int(in_24_bits[0].path, 24), quantise(stems["vocals"], 24)[0])


def test_silence_stays_silence(tmp_path: Path) -> None:
    stems = Stems(TARGETS, np.zeros((4, 2, 70_000), np.float32), 44100)
    for options in (ExportOptions("wav", 16, exact_sum=False), ExportOptions("flac", 24), ExportOptions("ogg")):
        for w in export(tmp_path / options.format, stems, stems.samples.sum(axis=0), options):
            assert not read_float(w.path)[0].any()


@pytest.mark.parametrize(("file_format", "depth"), FORMATS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e30])
def test_no_encoder_is_fed_what_is_no_number(tmp_path: Path, file_format: str, depth: int | str, bad: float) -> None:
    stems, mixture = song(n_samples=5000)
    stems.samples[0, :, 1000:1010] = bad
    mixture[0, 2000] = bad
    written = export(tmp_path, stems, mixture, ExportOptions(file_format, depth))
    finite = bool(np.isfinite(bad))
    assert written[0].replaced_samples == (0 if finite else 20)
    for w in written:
        assert np.isfinite(read_float(w.path)[0]).all()


@pytest.mark.parametrize(("file_format", "rate", "in_file"), [
    ("wav", 35467, 35467),
    ("wav", 768_000, 768_000),
    ("flac", 192_000, 192_000),
    ("flac", 768_000, 384_000),
    ("ogg", 8000, 8000),
    ("ogg", 384_000, 192_000),
    ("mp3", 48_000, 48_000),
    ("mp3", 96_000, 48_000),
    ("mp3", 88_200, 44_100),
    ("mp3", 35467, 44_100),
    ("m4a", 8000, 8000),
    ("m4a", 96_000, 96_000),
    ("m4a", 176_400, 88_200),
])  # fmt: skip
def test_rates_a_format_cannot_hold_are_converted(tmp_path: Path, file_format: str, rate: int, in_file: int) -> None:
    options = ExportOptions(file_format)
    assert options.rate_of_files(rate) == in_file
    stems, mixture = song(n_samples=20_001, rate=rate, targets=("vocals", "other"))
    for w in export(tmp_path, stems, mixture, options):
        samples, found = read_float(w.path)
        assert found == in_file
        assert abs(samples.shape[1] - 20_001 * in_file / rate) <= 0.5


def test_stems_can_be_written_at_another_rate(tmp_path: Path) -> None:
    t = np.arange(48_000) / 48_000
    tone = np.sin(2 * np.pi * 1000 * t).astype(np.float32) * np.float32(0.5)
    stems = Stems(("vocals", "other"), np.stack([tone[None] * np.float32(0.25), tone[None] * np.float32(0.75)]), 48_000)
    written = export(tmp_path, stems, tone[None], ExportOptions(sample_rate=44_100))
    assert [w.exact for w in written] == [True, True]
    total = sum(read_int(w.path, 24) for w in written) / 2**23
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(44_100) / 44_100)
    assert np.abs(total[0] - expected)[500:-500].max() < 1e-5


@pytest.mark.parametrize("n_samples", [1, 2, 1000, 65_536, 65_537])
def test_any_length_is_kept(tmp_path: Path, n_samples: int) -> None:
    stems, mixture = song(n_samples=n_samples, targets=("vocals", "other"))
    for file_format in ("wav", "flac", "ogg", "mp3", "m4a"):
        for w in export(tmp_path, stems, mixture, ExportOptions(file_format)):
            assert read_float(w.path)[0].shape == (2, n_samples)


def test_arrays_mapped_from_disk_are_read(tmp_path: Path) -> None:
    stems, mixture = song(targets=("vocals", "other"))
    with Scratch() as scratch:
        _, mapped = scratch.reserve(stems.samples.shape)
        mapped[:] = stems.samples
        written = export(tmp_path, Stems(stems.targets, mapped, 44100), mixture)
    assert np.array_equal(sum(read_int(w.path, 24) for w in written), quantise(mixture, 24)[0])


@pytest.mark.parametrize("n_channels", [1, 2])
@pytest.mark.parametrize("kbps", [64, 128, 192, 320])
def test_mp3_keeps_the_level(tmp_path: Path, kbps: int, n_channels: int) -> None:
    # LAME lowers the level by up to 5 % (an error of -26 dB) at low bit rates, if it is let.
    stems, mixture = song(n_samples=30_000, n_channels=n_channels, targets=("vocals",), level=0.2)
    (w,) = export(tmp_path, stems, mixture, ExportOptions("mp3", bitrate_kbps=kbps))
    samples = read_float(w.path)[0][:, 2048:]
    assert samples.std() == pytest.approx(mixture[:, 2048:].std(), rel=0.005)


def test_bit_rates_are_obeyed(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=44100 * 4, targets=("vocals",))
    for file_format in ("mp3", "ogg", "m4a"):
        sizes = []
        for kbps in (96, 192, 256):
            options = ExportOptions(file_format, bitrate_kbps=kbps)
            (w,) = export(tmp_path / f"{file_format}{kbps}", stems, mixture, options)
            sizes.append(w.path.stat().st_size * 8 / 4 / 1000)
        assert sizes == pytest.approx([96, 192, 256], rel=0.35), file_format
        assert sizes == sorted(sizes)
    with pytest.raises(OptionError):
        ExportOptions("mp3", bitrate_kbps=1000)


@pytest.mark.parametrize("file_format", ["wav", "flac", "ogg", "mp3", "m4a"])
def test_tags_are_copied_and_tell_the_stems_apart(tmp_path: Path, file_format: str) -> None:
    stems, mixture = song(n_samples=9000, targets=("vocals", "other"))
    tags = {"title": "Älv\u202e\x07", "artist": "Ö", "album": "Å", "date": "1999", "track": "7", "genre": "Folk"}
    written = export(tmp_path, stems, mixture, ExportOptions(file_format), info_with(tags))
    for w in written:
        with av.open(f"file:{w.path}") as file:
            found = {key.lower(): value for key, value in {**file.metadata, **file.streams[0].metadata}.items()}
        assert found["title"] == f"Älv ({w.target})"
        assert [found[key] for key in ("artist", "album", "date", "track", "genre")] == ["Ö", "Å", "1999", "7", "Folk"]


@pytest.mark.parametrize("file_format", ["flac", "ogg", "mp3", "m4a"])
@pytest.mark.parametrize("tags", [{}, {"title": "T"}])
def test_the_cover_is_copied_and_the_sound_stays(tmp_path: Path, file_format: str, tags: dict[str, str]) -> None:
    cover = picture()
    stems, mixture = song(n_samples=30_000, targets=("vocals", "other"))
    plain = export(tmp_path / "plain", stems, mixture, ExportOptions(file_format), info_with(tags))
    covered = export(tmp_path / "covered", stems, mixture, ExportOptions(file_format), info_with(tags, cover))
    assert np.array_equal(read_float(covered[0].path)[0], read_float(plain[0].path)[0])
    with av.open(f"file:{covered[0].path}") as file:
        assert bytes(next(file.demux(file.streams.video[0]))) == cover
        found = {key.lower(): text for key, text in {**file.metadata, **file.streams.audio[0].metadata}.items()}
        assert found.get("title", "") == ("T (vocals)" if tags else "")
        samples = np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)
    assert samples.size


def test_a_cover_that_is_no_picture_is_left_out(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3000, targets=("vocals",))
    (w,) = export(tmp_path, stems, mixture, ExportOptions("flac"), info_with({}, b"<html>"))
    assert b"html" not in w.path.read_bytes()


@pytest.mark.parametrize("options", [
    {"format": "aiff"}, {"bit_depth": 20}, {"format": "flac", "bit_depth": "32f"}, {"sample_rate": 5},
    {"template": "{target.__class__}"}, {"template": "{flute}"}, {"template": "{target"}, {"template": "{}"},
    {"gain_db": float("nan")}, {"project": "cubase"},
    {"template": "{target!r}"}, {"template": "{target:>300}"},
])  # fmt: skip
def test_options_that_cannot_work_are_refused(options: dict) -> None:
    with pytest.raises(OptionError):
        ExportOptions(**options)


def test_three_channels_and_foreign_mixtures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError):
        check_export(tmp_path, "song", ("vocals",), (3, 100), 44100, ExportOptions())
    stems, mixture = song(n_samples=3000)
    with pytest.raises(ValueError, match="do not belong"):
        export(tmp_path, stems, mixture[:, :-1])
