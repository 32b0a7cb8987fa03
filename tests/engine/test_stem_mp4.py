"""`.stem.mp4` files are what DJ programs and stempeg expect: tracks in order, and the box that names them."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import av
import numpy as np
import pytest
import stempeg
from export_helpers import TARGETS, export, info_with, picture, read_float, song

from umx_gui.engine.audio import Stems
from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.exact_sum import null_db
from umx_gui.engine.export.exporter import ExportOptions
from umx_gui.engine.export.mp4_boxes import add_child, add_to_file, box, boxes, find, read_moov
from umx_gui.engine.export.stem_mp4 import read_stem_metadata
from umx_gui.errors import AudioUnreadableError, OptionError, UnreadableReason

OPTIONS = ExportOptions("stem.mp4")
ONSET = 2048
"""AAC blurs a tone that begins with the file's first sample; what follows is compared."""


def off_db(samples: np.ndarray, expected: np.ndarray) -> float:
    """How far samples [C, T] are from what is expected, behind the onset."""
    return null_db(samples[None, :, ONSET:], expected[:, ONSET:])


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A song's `.stem.mp4`."""
    stems, mixture = song()
    (w,) = export(tmp_path, stems, mixture, OPTIONS, info_with({"title": "T", "artist": "A"}))
    assert w.target == "stems"
    assert w.path == tmp_path / "song.stem.mp4"
    return w.path


def test_stempeg_reads_the_tracks_in_its_order(written: Path) -> None:
    stems, mixture = song()
    read, rate = stempeg.read_stems(str(written))
    assert rate == 44100
    assert read.shape[0::2] == (5, 2)
    assert 100_003 <= read.shape[1] < 100_003 + 2048
    expected = [mixture, *(stems[t] for t in ("drums", "bass", "other", "vocals"))]
    for k, samples in enumerate(expected):
        assert off_db(read[k, :100_003].T.astype(np.float32), samples) < -30


def test_tracks_have_their_exact_length_and_begin_together(written: Path) -> None:
    with av.open(f"file:{written}") as file:
        tracks = file.streams.audio
        assert [round(t.duration * t.time_base * t.rate) for t in tracks] == [100_003] * 5
        assert {t.start_time for t in tracks} == {0}
        assert [bool(t.disposition & av.stream.Disposition.default) for t in tracks] == [True] + [False] * 4
        assert (file.metadata["title"], file.metadata["artist"]) == ("T", "A")
    assert all(read_float(written, k)[0].shape == (2, 100_003) for k in range(5))


def test_only_the_mixture_is_enabled(written: Path) -> None:
    with written.open("rb") as file:
        _, moov = read_moov(file)
    whole = find(moov, (b"moov",))
    flags = []
    for track in boxes(moov, whole.body, whole.stop):
        if track.kind == b"trak":
            header = find(moov, (b"tkhd",), track.body, track.stop)
            flags.append(moov[header.body + 3] & 1)
    assert flags == [1, 0, 0, 0, 0]


def test_the_stem_box_names_and_colours_the_stems(written: Path) -> None:
    content = read_stem_metadata(written)
    assert [stem["name"] for stem in content["stems"]] == ["Drums", "Bass", "Other", "Vocals"]
    assert all(len(stem["color"]) == 7 and stem["color"][0] == "#" for stem in content["stems"])
    assert content["version"] == 1
    assert set(content["mastering_dsp"]) == {"compressor", "limiter"}
    assert not content["mastering_dsp"]["compressor"]["enabled"]
    data = written.read_bytes()
    found = find(data, (b"moov", b"udta", b"stem"))
    assert json.loads(data[found.body : found.stop]) == content
    assert find(data, (b"moov", b"udta", b"meta", b"ilst")) is not None


def test_other_names_and_a_cover_are_kept(tmp_path: Path) -> None:
    names = ("vocals", "guitar", "piano", "rest")
    stems, mixture = song(n_samples=20_000, targets=names)
    (w,) = export(tmp_path, stems, mixture, OPTIONS, info_with({}, picture()))
    content = read_stem_metadata(w.path)
    assert [stem["name"] for stem in content["stems"]] == ["Vocals", "Guitar", "Piano", "Rest"]
    assert len({stem["color"] for stem in content["stems"]}) == 4
    assert find(w.path.read_bytes(), (b"moov", b"udta", b"meta", b"ilst", b"covr")) is not None
    assert all(off_db(read_float(w.path, k + 1)[0], stems[t]) < -30 for k, t in enumerate(names))


def test_mono_songs_get_two_equal_channels(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=20_000, n_channels=1)
    (w,) = export(tmp_path, stems, mixture, OPTIONS)
    samples, _ = read_float(w.path, 1)
    assert np.abs(samples[0] - samples[1])[ONSET:].max() < 1e-3
    assert off_db(samples[:1], stems["drums"]) < -30


@pytest.mark.parametrize(("rate", "in_file"), [(48_000, 48_000), (96_000, 48_000), (22_050, 44_100), (88_200, 44_100)])
def test_the_rate_is_one_that_players_take(tmp_path: Path, rate: int, in_file: int) -> None:
    stems, mixture = song(n_samples=20_001, rate=rate)
    (w,) = export(tmp_path, stems, mixture, OPTIONS)
    samples, found = read_float(w.path)
    assert found == in_file
    assert abs(samples.shape[1] - 20_001 * in_file / rate) <= 0.5


def test_without_a_mixture_the_sum_of_the_stems_is_the_first_track(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=20_000)
    (w,) = export(tmp_path, stems, None, OPTIONS)
    assert off_db(read_float(w.path)[0], mixture) < -30


@pytest.mark.parametrize("n", [1, 3, 5])
def test_there_are_four_stems_or_none(tmp_path: Path, n: int) -> None:
    names = (*TARGETS, "more")[:n]
    with pytest.raises(OptionError):
        export(tmp_path, Stems(names, np.zeros((n, 2, 100), np.float32), 44100), None, OPTIONS)
    assert not list(tmp_path.iterdir())


def test_a_box_is_put_where_it_belongs() -> None:
    data = box(b"free") + box(b"moov", box(b"mvhd", b"x"), box(b"udta", box(b"name", b"y")))
    grown = add_child(data, (b"moov", b"udta"), box(b"stem", b"{}"))
    assert grown == box(b"free") + box(
        b"moov", box(b"mvhd", b"x"), box(b"udta", box(b"name", b"y"), box(b"stem", b"{}"))
    )
    bare = add_child(box(b"moov", box(b"mvhd")), (b"moov", b"udta"), box(b"stem"))
    assert bare == box(b"moov", box(b"mvhd"), box(b"udta", box(b"stem")))
    with pytest.raises(ValueError, match="moov"):
        add_child(box(b"free"), (b"moov",), box(b"stem"))


def test_broken_boxes_end_the_search(tmp_path: Path) -> None:
    for data in (
        b"",
        b"\0\0\0",
        struct.pack(">I4s", 4, b"moov"),
        struct.pack(">I4s", 99, b"moov"),
        b"\0\0\0\1moov1234",
    ):
        assert find(data, (b"moov",)) is None
        (tmp_path / "x").write_bytes(data)
        with pytest.raises(ValueError, match="moov"):
            read_stem_metadata(tmp_path / "x")
    (tmp_path / "x").write_bytes(box(b"moov") + box(b"mdat", b"sound"))
    assert read_stem_metadata(tmp_path / "x") is None
    with pytest.raises(ValueError, match="last"):
        add_to_file(tmp_path / "x", [((b"moov",), box(b"stem"))])


def test_boxes_of_64_bit_sizes_are_walked() -> None:
    data = struct.pack(">I4sQ", 1, b"mdat", 20) + b"abcd" + box(b"moov", b"")
    assert [b.kind for b in boxes(data, 0, len(data))] == [b"mdat", b"moov"]


@pytest.mark.parametrize("in_child", [False, True])
def test_each_stream_is_read_by_our_own_decoder(written: Path, in_child: bool) -> None:
    stems, mixture = song()
    for stream, samples in enumerate([mixture, *(stems[t] for t in ("drums", "bass", "other", "vocals"))]):
        file = AudioFile(written, in_child=in_child, stream=stream)
        found = np.concatenate(list(file.blocks()), axis=1)
        assert found.shape == (2, 100_003)
        assert off_db(found, samples) < -30
    with pytest.raises(AudioUnreadableError) as refused:
        AudioFile(written, in_child=in_child, stream=5)
    assert refused.value.reason is UnreadableReason.NO_AUDIO_STREAM
