"""What is written besides each stem: groups that add up with the rest, stretches, the mix, levels, projects."""

from __future__ import annotations

import re
import shutil
import zlib
from pathlib import Path

import numpy as np
import pytest
import soundfile
from export_helpers import TARGETS, everything_in, info_with, picture, read_float, read_int, song

from umx_gui.engine.audio import Stems
from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.exact_sum import null_db, quantise
from umx_gui.engine.export.exporter import ExportOptions, Parts, Written, check_export, export_stems
from umx_gui.engine.export.levels import Levels, measure_levels
from umx_gui.engine.export.outputs import Outputs, all_stems, choose_outputs, group_rows
from umx_gui.engine.export.projects import TrackStrip
from umx_gui.engine.export.verifying import Expected, verify_file
from umx_gui.engine.work import CancelToken
from umx_gui.errors import FileDamagedError, OptionError, OutputExistsError

GROUPS = {"accompaniment": ("*", "-vocals"), "no drums": ("*", "-drums"), "rhythm": ("drums", "bass")}


def outputs(*names: str) -> Outputs:
    """Stems and groups by name; "mixture" and "mix" are no sums of stems."""
    members = []
    for name in names:
        if name in TARGETS:
            members.append((TARGETS.index(name),))
        else:
            members.append(group_rows(TARGETS, name, GROUPS[name]) if name in GROUPS else ())
    return Outputs(names, tuple(members))


def write(
    folder: Path, stems: Stems, mixture: np.ndarray | None, options: ExportOptions, parts: Parts | None = None, **more
) -> dict[str, Written]:
    """Run an export to its end; what was written, by target."""
    steps = export_stems(folder, "song", stems, mixture, more.get("info"), options, None, parts)
    return {step.target: step for step in steps if isinstance(step, Written)}


@pytest.mark.parametrize(("file_format", "bits"), [("wav", 16), ("wav", 24), ("flac", 16), ("flac", 24)])
def test_a_group_and_the_rest_are_the_mixture_whenever_they_are_written(
    tmp_path: Path, file_format: str, bits: int
) -> None:
    stems, mixture = song()
    options = ExportOptions(file_format, bits)
    whole = quantise(mixture, bits)[0]
    for group, rest in (("accompaniment", ["vocals"]), ("no drums", ["drums"]), ("rhythm", ["vocals", "other"])):
        alone = write(tmp_path / group, stems, mixture, options, Parts(outputs(group)))
        beside = write(tmp_path / f"all but {group}", stems, mixture, options, Parts(outputs(*rest)))
        together = write(tmp_path / f"{group} too", stems, mixture, options, Parts(outputs(*TARGETS, group)))
        files = [alone[group].path, *(beside[name].path for name in rest)]
        assert np.array_equal(sum(read_int(path, bits) for path in files), whole)
        assert np.array_equal(read_int(together[group].path, bits), read_int(alone[group].path, bits))
        assert all(w.exact for w in together.values())
        assert not alone[group].exact  # alone it is not the mixture


def test_a_group_too_loud_for_a_file_leaves_the_excess_to_the_others(tmp_path: Path) -> None:
    stems, _ = song(n_samples=3000)
    stems.samples[:] = 0.0
    stems.samples[1:, :, 1000:1010] = 0.5  # 1.5 together
    stems.samples[0, :, 1000:1010] = -0.75
    mixture = stems.samples.sum(axis=0)
    two = write(tmp_path, stems, mixture, ExportOptions(), Parts(outputs("vocals", "accompaniment")))
    read = [read_int(w.path, 24) for w in two.values()]
    assert np.array_equal(sum(read), quantise(mixture, 24)[0])
    assert read[1].max() == (1 << 23) - 1
    assert [w.clipped_samples for w in two.values()] == [0, 20]
    assert all(w.exact for w in two.values())


def test_groups_of_floats_are_their_stems(tmp_path: Path) -> None:
    stems, mixture = song(level=0.5)
    two = write(tmp_path, stems, mixture, ExportOptions("wav", "32f"), Parts(outputs("vocals", "accompaniment")))
    read = np.stack([read_float(w.path)[0] for w in two.values()])
    assert null_db(read, mixture) < -140
    assert null_db(read[1:], stems.samples[1:].sum(axis=0)) < -120


def test_a_stretch_has_its_exact_length_and_sum(tmp_path: Path) -> None:
    stems, mixture = song()
    part = Stems(TARGETS, stems.samples[:, :, 20_011:50_000], 44100)
    whole = write(tmp_path / "whole", stems, mixture, ExportOptions())
    there = write(tmp_path / "part", part, mixture[:, 20_011:50_000], ExportOptions())
    for target in TARGETS:
        assert np.array_equal(read_int(there[target].path, 24), read_int(whole[target].path, 24)[:, 20_011:50_000])


def test_other_signals_are_written_beside(tmp_path: Path) -> None:
    stems, mixture = song()
    heard = stems.samples[0] * np.float32(0.5)
    parts = Parts(outputs("mixture", "mix", "bass"), {"mix": heard})
    three = write(tmp_path, stems, mixture, ExportOptions(), parts)
    assert np.array_equal(read_int(three["mix"].path, 24), quantise(heard, 24)[0])
    assert np.array_equal(read_int(three["mixture"].path, 24), quantise(mixture, 24)[0])
    assert np.array_equal(read_int(three["bass"].path, 24), quantise(stems["bass"], 24)[0])
    stems.samples[2, 0, :3] = np.nan
    again = write(tmp_path / "again", stems, mixture, ExportOptions(), parts)
    assert [w.replaced_samples for w in again.values()] == [0, 0, 3]


def test_groups_are_named_by_their_stems() -> None:
    assert group_rows(TARGETS, "g", ("*", "-drums")) == (0, 2, 3)
    assert group_rows(TARGETS, "g", ("bass", "vocals")) == (2, 0)
    chosen = choose_outputs(TARGETS, ("vocals", "accompaniment"), GROUPS, None)
    assert chosen == Outputs(("vocals", "accompaniment"), ((0,), (1, 2, 3)))
    for members in ((), ("flute",), ("bass", "bass"), ("*", "bass"), ("bass", "-bass"), ("-flute",)):
        with pytest.raises(OptionError):
            group_rows(TARGETS, "g", members)


def test_what_would_clip_is_counted_and_one_gain_keeps_it(tmp_path: Path) -> None:
    stems, mixture = song(level=0.2)
    stems.samples[1, 0, 70_000:70_005] = 1.5
    mixture = stems.samples.sum(axis=0)
    *_, levels = measure_levels(stems, mixture, Parts(all_stems(TARGETS)), True, CancelToken())
    assert isinstance(levels, Levels)
    assert levels.beyond["drums"] == 5
    assert levels.peaks["drums"] == 1.5
    assert levels.beyond["mixture"] == np.count_nonzero(np.abs(mixture) > 1)
    peak = float(max(np.abs(mixture).max(), 1.5))
    assert levels.common_gain_db == pytest.approx(-20 * np.log10(peak), abs=0.1)
    assert levels.common_gain_db <= -20 * np.log10(peak)
    written = write(tmp_path, stems, mixture, ExportOptions(common_gain=True))
    assert {w.gain_db for w in written.values()} == {levels.common_gain_db}
    assert not any(w.clipped_samples for w in written.values())
    gain = np.float32(10 ** (levels.common_gain_db / 20))
    total = sum(read_int(w.path, 24) for w in written.values())
    assert np.array_equal(total, quantise(mixture * gain, 24)[0])
    assert all(w.exact for w in written.values())
    floats = write(tmp_path / "floats", stems, mixture, ExportOptions("wav", "32f", common_gain=True))
    assert {w.gain_db for w in floats.values()} == {0.0}  # floats hold everything


def test_nothing_is_rescaled_where_nothing_clips(tmp_path: Path) -> None:
    stems, mixture = song()
    plain = write(tmp_path / "plain", stems, mixture, ExportOptions())
    gained = write(tmp_path / "gained", stems, mixture, ExportOptions(common_gain=True))
    for target in TARGETS:
        assert plain[target].path.read_bytes() == gained[target].path.read_bytes()


def test_names_are_made_of_what_is_known(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3000)
    info = info_with({"title": "Live: 1/2", "artist": "AC/DC"})
    options = ExportOptions(template="{n} {artist} - {title} [{album}] ({target}, {model})", model="umxhq")
    written = write(tmp_path, stems, mixture, options, info=info)
    assert written["drums"].path.name == "2 AC_DC - Live_ 1_2 (drums, umxhq).wav"
    bare = write(tmp_path, stems, mixture, ExportOptions(template="{artist} - {title} - {target}"))
    assert bare["bass"].path.name == "song - bass.wav"
    (one,) = write(tmp_path, stems, mixture, ExportOptions("stem.mp4", template="{artist} - {title} - {target}"),
                   info=info).values()  # fmt: skip
    assert one.path.name == "AC_DC - Live_ 1_2.stem.mp4"


def test_new_files_are_numbered_together(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3000)
    (tmp_path / "bass.wav").write_text("mine")
    (tmp_path / "vocals (2).wav").write_text("mine")
    with pytest.raises(OutputExistsError):
        check_export(tmp_path, "song", TARGETS, (2, 3000), 44100, ExportOptions())
    check_export(tmp_path, "song", TARGETS, (2, 3000), 44100, ExportOptions(numbered=True))
    written = write(tmp_path, stems, mixture, ExportOptions(numbered=True))
    assert [w.path.name for w in written.values()] == [f"{t} (3).wav" for t in TARGETS]
    assert (tmp_path / "bass.wav").read_text() == "mine"
    fresh = write(tmp_path / "new", stems, mixture, ExportOptions(numbered=True))
    assert [w.path.name for w in fresh.values()] == [f"{t}.wav" for t in TARGETS]


@pytest.mark.parametrize("file_format", ["wav", "flac", "ogg", "mp3", "m4a", "stem.mp4"])
def test_a_file_that_came_out_wrong_is_found(tmp_path: Path, file_format: str) -> None:
    stems, mixture = song(n_samples=30_000)
    path = next(
        iter(write(tmp_path, stems, mixture, ExportOptions(file_format), info=info_with({}, picture())).values())
    ).path
    frames = read_int(path, 24).T << 8 if file_format in ("wav", "flac") else None
    good = Expected(
        30_000, 2, 44100, 5 if file_format == "stem.mp4" else 1,
        None if frames is None else zlib.crc32(np.ascontiguousarray(frames, np.int32)),
    )  # fmt: skip
    assert list(verify_file(path, path, good, CancelToken()))[-1] == 1.0
    wrong = [Expected(29_999, 2, 44100, good.n_tracks, good.checksum), Expected(30_000, 1, 44100, good.n_tracks),
             Expected(30_000, 2, 48000, good.n_tracks), Expected(30_000, 2, 44100, 2, 1)]  # fmt: skip
    for expected in wrong if file_format != "ogg" and file_format != "mp3" else wrong[:3]:
        with pytest.raises(FileDamagedError):
            list(verify_file(path, path, expected, CancelToken()))
    cut = tmp_path / f"cut.{file_format}"
    shutil.copyfile(path, cut)
    with cut.open("r+b") as file:
        file.truncate(path.stat().st_size * 2 // 3)
    with pytest.raises(FileDamagedError):
        list(verify_file(cut, cut, good, CancelToken()))


def test_a_changed_sample_is_found_and_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stems, mixture = song(n_samples=3000)
    close = soundfile.SoundFile.close

    def spoil(file: soundfile.SoundFile) -> None:
        writing = file.mode == "w" and not file.closed
        close(file)
        if writing:
            with Path(file.name).open("r+b") as raw:
                raw.seek(2000)
                raw.write(b"\x55\x66")

    monkeypatch.setattr(soundfile.SoundFile, "close", spoil)
    with pytest.raises(FileDamagedError) as error:
        write(tmp_path / "out", stems, mixture, ExportOptions())
    assert error.value.path == tmp_path / "out" / "vocals.wav"
    assert not everything_in(tmp_path)


def tracks_of(project: str) -> list[dict[str, str]]:
    """The tracks of a REAPER project: every field that is named once within one."""
    found: list[dict[str, str]] = []
    depth = 0
    for line in project.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "<TRACK":
            found.append({})
        if word.startswith("<"):
            depth += 1
        elif word == ">":
            depth -= 1
        if found and depth:
            found[-1].setdefault(word.lstrip("<"), rest)
    assert depth == 0
    return found


def test_a_reaper_project_has_the_stems_as_they_are_heard(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=44_100)
    info = info_with({})
    strips = {
        "vocals": TrackStrip(gain_db=-6.0, pan=-0.5),
        "drums": TrackStrip(solo=True),
        "bass": TrackStrip(mute=True),
    }
    parts = Parts(strips=strips, start_s=1.5)
    write(tmp_path / "out", stems, mixture, ExportOptions(project="reaper"), parts, info=info)
    assert everything_in(tmp_path / "out") == {f"{t}.wav" for t in TARGETS} | {"song.rpp"}
    text = (tmp_path / "out" / "song.rpp").read_text()
    assert text.startswith("<REAPER_PROJECT 0.1 ")
    assert "SAMPLERATE 44100 " in text
    tracks = tracks_of(text)
    assert [track["NAME"] for track in tracks] == [f'"{name}"' for name in (*TARGETS, "mixture")]
    assert [track["FILE"] for track in tracks[:4]] == [f'"{name}.wav"' for name in TARGETS]
    assert [track["SOURCE"] for track in tracks] == ["WAVE"] * 5
    assert (tmp_path / "out" / tracks[4]["FILE"].strip('"')).resolve() == Path("/song.wav")
    assert not Path(tracks[4]["FILE"].strip('"')).is_absolute()
    assert (tracks[4]["SOFFS"], tracks[0]["SOFFS"], tracks[0]["LENGTH"]) == ("1.5", "0", "1")
    volume, pan, *_ = map(float, tracks[0]["VOLPAN"].split())
    assert (volume, pan) == (pytest.approx(10 ** (-6 / 20)), -0.5)
    assert [track["MUTESOLO"] for track in tracks] == ["0 0 0", "0 2 0", "1 0 0", "0 0 0", "1 0 0"]
    assert int(tracks[0]["PEAKCOL"]) == 0x1000000 | 0x3CA3F0  # blue, green, red
    assert len({track["PEAKCOL"] for track in tracks}) == 5


def test_names_cannot_break_a_project(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3000)
    info = info_with({"title": "A\"B'C`D\n>\n<TRACK"})
    write(tmp_path, stems, mixture, ExportOptions("flac", 16, project="reaper", template="{title}{target}"), info=info)
    tracks = tracks_of((tmp_path / "song.rpp").read_text())
    assert len(tracks) == 5
    for track in tracks[:4]:
        assert re.fullmatch(r"(.).*\1", track["FILE"])
        assert (tmp_path / track["FILE"][1:-1]).exists()
    assert tracks[0]["SOURCE"] == "FLAC"


def test_an_audacity_list_names_the_files(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3000)
    write(tmp_path, stems, mixture, ExportOptions("ogg", project="audacity"), info=info_with({}))
    lines = (tmp_path / "song.lof").read_text().splitlines()
    assert lines == ["window", *(f'file "{t}.ogg" offset 0' for t in TARGETS)]


def test_a_project_is_never_written_over_unasked(tmp_path: Path) -> None:
    stems, mixture = song(n_samples=3000)
    (tmp_path / "song.rpp").write_text("mine")
    with pytest.raises(OutputExistsError):
        write(tmp_path, stems, mixture, ExportOptions(project="reaper"))
    assert everything_in(tmp_path) == {"song.rpp"}
    write(tmp_path, stems, mixture, ExportOptions(project="reaper", numbered=True))
    assert 'FILE "bass (2).wav"' in (tmp_path / "song (2).rpp").read_text()
    assert (tmp_path / "song.rpp").read_text() == "mine"


@pytest.mark.parametrize("cover", [None, picture()])
@pytest.mark.parametrize("file_format", ["wav", "flac", "ogg", "mp3", "m4a"])
def test_rare_tags_come_along_and_the_sound_stays(tmp_path: Path, file_format: str, cover: bytes | None) -> None:
    stems, mixture = song(n_samples=20_001)
    tags = {"album_artist": "AÄ音", "composer": "C", "disc": "2", "copyright": "Cr", "track": "3/9", "artist": "A"}
    plain = write(tmp_path / "plain", stems, mixture, ExportOptions(file_format))
    tagged = write(tmp_path / "tagged", stems, mixture, ExportOptions(file_format), info=info_with(tags, cover))
    for target in TARGETS:
        with AudioFile(tagged[target].path) as file:
            assert {key: file.info.tags.get(key) for key in tags} == tags
            assert file.info.cover == cover
            assert file.info.n_samples == 20_001
        assert np.array_equal(read_float(tagged[target].path)[0], read_float(plain[target].path)[0])
