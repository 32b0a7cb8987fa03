"""Every option of `umx-gui` does what it says, or is refused in one sentence with exit code 2."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import platformdirs
import pytest
import soundfile

from umx_gui.cli import main
from umx_gui.commands.console import Console
from umx_gui.commands.doors import guarded
from umx_gui.commands.separate import song_folders
from umx_gui.engine.export.outputs import choose_outputs
from umx_gui.errors import OptionError

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `umx-gui` in this process, in a folder with a song of half a second; returns the exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    frames = 0.1 * np.random.default_rng(0).standard_normal((24_001, 2))
    soundfile.write("song.wav", frames, 48_000, "PCM_24")
    return lambda *arguments: main([str(a) for a in arguments])


def read(path: str) -> tuple[np.ndarray, int]:
    """Samples [T, C] and rate."""
    return soundfile.read(path, always_2d=True)


def names_in(folder: str = ".") -> set[str]:
    """The names in a folder."""
    return {path.name for path in Path(folder).iterdir()}


def test_targets_choose_what_is_written(run: Run) -> None:
    assert run("separate", "song.wav", "--targets", "bass", "vocals") == 0
    assert names_in("song_tiny") == {"bass.wav", "vocals.wav"}
    assert run("separate", "song.wav", "--outdir", "all") == 0
    # The same stem whichever others are written; only where all are does one take what rounding leaves.
    for name in ("bass", "vocals"):
        assert np.array_equal(read(f"song_tiny/{name}.wav")[0], read(f"all/song_tiny/{name}.wav")[0])


def test_only_networks_runs_those_alone_and_says_so(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("separate", "song.wav", "--targets", "vocals,drums", "--only-networks") == 0
    assert names_in("song_tiny") == {"vocals.wav", "drums.wav"}
    assert "Only the networks of vocals, drums run" in capsys.readouterr().err
    assert run("separate", "song.wav", "--only-networks") == 2
    assert "--targets" in capsys.readouterr().err


def test_a_single_network_gets_a_residual_or_no_filter(run: Run) -> None:
    assert run("separate", "song.wav", "--targets", "vocals", "--only-networks") == 0
    assert names_in("song_tiny") == {"vocals.wav", "residual.wav"}
    song = read("song.wav")[0]
    assert np.array_equal(read("song_tiny/vocals.wav")[0] + read("song_tiny/residual.wav")[0], song)
    assert run("separate", "song.wav", "--targets", "vocals", "--only-networks", "--niter", 0, "--outdir", "o") == 0
    assert names_in("o/song_tiny") == {"vocals.wav"}
    assert run("separate", "song.wav", "--model", "voice", "--residual-name", "band") == 0
    assert names_in("song_voice") == {"vocals.wav", "band.wav"}


def test_the_residual_is_one_more_stem_of_the_sum(run: Run) -> None:
    assert run("separate", "song.wav", "--residual", "--targets", "vocals", "drums", "bass", "other") == 0
    assert names_in("song_tiny") == {f"{n}.wav" for n in ("vocals", "drums", "bass", "other", "residual")}
    assert np.array_equal(sum(read(f"song_tiny/{name}")[0] for name in names_in("song_tiny")), read("song.wav")[0])


def test_aggregates_are_sums_of_stems(run: Run) -> None:
    sums = json.dumps({"accompaniment": ["drums", "bass", "other"]})
    assert run("separate", "song.wav", "--aggregate", sums) == 0
    assert names_in("song_tiny") == {"accompaniment.wav"}
    assert (
        run("separate", "song.wav", "--aggregate", sums, "--targets", "vocals", "accompaniment", "--outdir", "o") == 0
    )
    assert names_in("o/song_tiny") == {"vocals.wav", "accompaniment.wav"}
    total = read("o/song_tiny/vocals.wav")[0] + read("o/song_tiny/accompaniment.wav")[0]
    assert np.array_equal(total, read("song.wav")[0])


@pytest.mark.parametrize("aggregate", [
    '{"../../pwn": ["vocals"]}', '{"/tmp/pwn": ["vocals"]}', '{"a.b": ["vocals"]}', '{"a": ["flute"]}', '{"a": []}',
    '{"a": ["vocals", "vocals"]}', '["a"]', '{"a": "vocals"}', "{", "{}", '{"a": [1]}',
])  # fmt: skip
def test_bad_aggregates_are_refused(run: Run, aggregate: str) -> None:
    before = set(Path().rglob("*"))
    assert run("separate", "song.wav", "--aggregate", aggregate) == 2
    assert set(Path().rglob("*")) == before


def test_a_stretch_of_the_song(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("separate", "song.wav", "--start", 0.1, "--duration", 0.25) == 0
    song = read("song.wav")[0][4800 : 4800 + 12_000]
    assert np.array_equal(sum(read(f"song_tiny/{name}")[0] for name in names_in("song_tiny")), song)
    assert run("separate", "song.wav", "--start", 0.4, "--outdir", "rest") == 0
    assert len(read("rest/song_tiny/vocals.wav")[0]) == 24_001 - 19_200
    assert run("separate", "song.wav", "--start", 9, "--outdir", "none") == 2
    assert "only 0.50 s long" in capsys.readouterr().err


def test_formats_depths_and_rates(run: Run) -> None:
    for file_format, more, subtype in (
        ("flac", ("--bit-depth", 16), "PCM_16"),
        (".wav", ("--bit-depth", "32f"), "FLOAT"),
        ("mp3", ("--bitrate", 128), "MPEG_LAYER_III"),
        ("ogg", ("--rate", "model"), "VORBIS"),
    ):
        option = "--ext" if file_format.startswith(".") else "--format"
        assert run("separate", "song.wav", option, file_format, *more, "--targets", "bass", "--outdir", subtype) == 0
        info = soundfile.info(f"{subtype}/song_tiny/bass.{file_format.lstrip('.')}")
        assert info.subtype == subtype
        assert (info.samplerate, info.frames) == ((44_100, 22_051) if "model" in more else (48_000, 24_001))
    assert run("separate", "song.wav", "--format", "stem.mp4") == 0
    assert names_in("song_tiny") == {"song.stem.mp4"}


def test_how_it_is_separated(run: Run) -> None:
    ways = (
        ("--niter", 0), ("--niter", 2), ("--softmask",), ("--wiener-win-len", 20), ("--filter", "norbert"), ("--fast",),
        ("--no-exact-sum",),
    )  # fmt: skip
    assert run("separate", "song.wav", "--no-cuda", "--threads", 1, "--verbose") == 0
    plain = read("song_tiny/other.wav")[0]
    for n, way in enumerate(ways):
        assert run("separate", "song.wav", "--device", "cpu", *way, "--outdir", n) == 0
        other = read(f"{n}/song_tiny/other.wav")[0]
        assert not np.array_equal(other, plain), way
        total = sum(read(f"{n}/song_tiny/{name}")[0] for name in names_in(f"{n}/song_tiny"))
        assert np.array_equal(total, read("song.wav")[0]) == (way != ("--no-exact-sum",)), way


def test_nothing_is_overwritten_unasked(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    Path("song_tiny").mkdir()
    Path("song_tiny/bass.wav").write_text("mine")
    assert run("separate", "song.wav") == 1
    assert "exists already" in capsys.readouterr().err
    assert names_in("song_tiny") == {"bass.wav"}
    assert run("separate", "song.wav", "--overwrite") == 0
    assert len(names_in("song_tiny")) == 4


def test_songs_of_one_name_get_folders_of_their_own(run: Run) -> None:
    for name in ("a", "b"):
        Path(name).mkdir()
    Path("song.wav").rename("a/song.wav")
    soundfile.write("b/SONG.flac", np.zeros((1000, 1)), 44_100)
    assert run("separate", "a/song.wav", "b/SONG.flac", "--targets", "bass") == 0
    assert len(read("song_tiny/bass.wav")[0]) == 24_001
    assert len(read("SONG_tiny_2/bass.wav")[0]) == 1000
    folders = song_folders((Path("x.wav"), Path("x_m_2.wav"), Path("x.mp3"), Path("X.ogg")), Path("o"), "m")
    assert [f.name for f in folders] == ["x_m", "x_m_2_m", "x_m_2", "X_m_3"]


def test_folders_that_cannot_be_written_are_told(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("separate", "song.wav", "--outdir", "song.wav") == 1
    assert "is a file, not a folder" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [
    ["separate"], ["models"], ["models", "eat"], ["doctor", "x"], ["--no-such"],
    ["separate", "x", "--niter", "-1"], ["separate", "x", "--niter", "some"], ["separate", "x", "--format", "aiff"],
    ["separate", "x", "--start", "nan"], ["separate", "x", "--duration", "0"], ["separate", "x", "--bit-depth", "8"],
    ["separate", "x", "--residual-name", "../x"], ["separate", "x", "--filter", "x"],
    ["separate", "x", "--threads", "0"],
    ["separate", "x", "--format", "flac", "--bit-depth", "32f"],
    ["separate", "x", "--format", "mp3", "--bitrate", "9999"],
    ["separate", "song.wav", "--targets", "flute"],
    ["separate", "song.wav", "--device", "abacus"],
    ["separate", "song.wav", "--targets", "vocals", "--format", "stem.mp4"],
    ["separate", "song.wav", "--residual-name", "bass"],
    ["separate", "song.wav", "--model", "voice", "--targets", "bass"],
])  # fmt: skip
def test_usage_errors_have_exit_code_2(run: Run, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    before = set(Path().rglob("*"))
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.err
    assert "Traceback" not in captured.err
    assert set(Path().rglob("*")) == before


def test_an_unknown_model_is_named_with_those_there_are(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("separate", "song.wav", "--model", "umxl") == 1
    assert "tiny, voice" in capsys.readouterr().err


def test_a_damaged_model_is_told_once(run: Run, tiny_models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    shutil.copytree(tiny_models / "voice", "broken")
    Path("broken/vocals.safetensors").write_bytes(b"no weights")
    assert run("separate", "song.wav", "song.wav", "--model", "broken") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "“broken” cannot be used" in line or "vocals.safetensors" in line
    assert names_in() == {"song.wav", "broken"}


def test_models_come_and_go(run: Run, tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                            capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setenv("UMX_MODELS_DIR", str(tmp_path / "mine"))
    assert run("models", "import", tiny_models / "tiny", "--name", "nice") == 0
    assert run("models", "import", tiny_models / "tiny", "--name", "nice") == 1
    assert run("models", "verify", "nice") == 0
    capsys.readouterr()
    assert run("models", "list", "--json") == 0
    entry = next(e for e in json.loads(capsys.readouterr().out) if e["name"] == "nice")
    assert entry["targets"] == ["vocals", "drums", "bass", "other"]
    assert run("models", "list") == 0
    assert "nice" in capsys.readouterr().out
    weights = tmp_path / "mine/nice/bass.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert run("models", "verify", "nice") == 1
    assert "bass.safetensors is not the file that was imported" in capsys.readouterr().err
    assert run("models", "remove", "nice") == 0
    assert run("models", "remove", "nice") == 1
    assert run("models", "import", tmp_path) == 1
    assert run("models", "import", tmp_path / "nowhere") == 1
    assert not (tmp_path / "mine/nice").exists()


def test_the_doctor_knows_that_files_can_be_separated(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor") == 0
    out = capsys.readouterr().out
    assert "Files can be separated here." in out
    for part in ("torch", "decoding", "default model", "window", "sound", "log"):
        assert part in out


def test_what_nobody_expected_is_logged_and_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def faulty(cancel: object) -> int:
        raise KeyError("surprise")

    assert guarded(faulty, Console()) == 1
    (line,) = capsys.readouterr().err.splitlines()
    log = platformdirs.user_log_path("umx-gui") / "umx-gui.log"
    assert str(log) in line
    assert "Traceback" in log.read_text()
    assert "surprise" in log.read_text()


def test_outputs_are_whole_when_every_stem_is_in_one() -> None:
    stems = ("a", "b", "c")
    assert choose_outputs(stems, (), {}, None).whole(3)
    assert choose_outputs(stems, ("a", "bc"), {"bc": ("b", "c")}, None).whole(3)
    assert not choose_outputs(stems, ("a",), {}, None).whole(3)
    assert not choose_outputs(stems, ("a", "b", "c", "bc"), {"bc": ("b", "c")}, None).whole(3)
    mixed = choose_outputs(stems, (), {"x": ("a", "c")}, None).mix(np.arange(6, dtype=np.float32).reshape(3, 1, 2))
    assert mixed.tolist() == [[[4.0, 6.0]]]
    with pytest.raises(OptionError):
        choose_outputs(stems, ("d",), {}, None)


def test_processes_share_the_songs_by_number(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.wav", "b.wav", "c.wav"):
        Path(name).write_bytes(Path("song.wav").read_bytes())
    songs = ("a.wav", "b.wav", "c.wav", "--only-networks", "--targets", "vocals", "--niter", "0")
    assert run("separate", *songs, "--outdir", "first", "--shard", "1/2") == 0
    assert names_in("first") == {"a_tiny", "c_tiny"}
    monkeypatch.setenv("SLURM_PROCID", "1")
    monkeypatch.setenv("SLURM_STEP_NUM_TASKS", "2")
    assert run("separate", *songs, "--outdir", "second") == 0
    assert names_in("second") == {"b_tiny"}
    assert run("separate", *songs, "--outdir", "third", "--shard", "1/1") == 0
    assert names_in("third") == {"a_tiny", "b_tiny", "c_tiny"}


def test_a_part_that_does_not_exist_is_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("separate", "song.wav", "--shard", "3/2") == 2
    assert "1/4" in capsys.readouterr().err


def test_groups_are_written_besides_and_add_up_with_the_rest(run: Run) -> None:
    assert (
        run("separate", "song.wav", "--group", "accompaniment", "--group", "no drums", "--group", "low=bass,drums") == 0
    )
    assert names_in("song_tiny") == {
        *(f"{t}.wav" for t in ("vocals", "drums", "bass", "other", "accompaniment", "no drums", "low"))
    }
    song = soundfile.read("song.wav", dtype="int32")[0].astype(np.int64)
    for group, rest in (("accompaniment", ["vocals"]), ("no drums", ["drums"]), ("low", ["vocals", "other"])):
        files = [soundfile.read(f"song_tiny/{name}.wav", dtype="int32")[0].astype(np.int64) for name in (group, *rest)]
        assert np.array_equal(sum(files), song)
    assert run("separate", "song.wav", "--targets", "vocals", "--group", "accompaniment", "--outdir", "two") == 0
    assert names_in("two/song_tiny") == {"vocals.wav", "accompaniment.wav"}
    for name in names_in("two/song_tiny"):
        assert Path(f"two/song_tiny/{name}").read_bytes() == Path(f"song_tiny/{name}").read_bytes()


@pytest.mark.parametrize("group", ["x", "no flutes", "x=flute", "../x=bass", "x=", "all=*,bass"])
def test_groups_that_cannot_be_are_refused(run: Run, group: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("separate", "song.wav", "--group", group) == 2
    assert "group" in capsys.readouterr().err
    assert names_in() == {"song.wav"}


def test_names_numbers_and_projects(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--template", "{n} {artist} - {song} ({target}, {model})", "--project", "reaper", "--duration", "0.2")
    assert run("separate", "song.wav", *options, "--start", "0.25") == 0
    first = {f"{n} song ({t}, tiny).wav" for n, t in enumerate(("vocals", "drums", "bass", "other"), 1)} | {"song.rpp"}
    assert names_in("song_tiny") == first
    project = Path("song_tiny/song.rpp").read_text(encoding="utf-8")
    assert 'FILE "../song.wav"' in project
    assert "SOFFS 0.25" in project
    assert run("separate", "song.wav", *options) == 1
    assert "exists already" in capsys.readouterr().err
    assert run("separate", "song.wav", *options, "--number") == 0
    assert len(names_in("song_tiny")) == 10
    assert {"1 song (vocals, tiny) (2).wav", "song (2).rpp"} <= names_in("song_tiny")
    assert run("separate", "song.wav", "--template", "{flute}") == 2
    assert "{artist}" in capsys.readouterr().err


def test_clipping_is_told_and_a_common_gain_prevents_it(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    frames = 0.9 * np.random.default_rng(0).standard_normal((24_001, 2))
    soundfile.write("song.wav", frames.astype(np.float32), 48_000, "FLOAT")
    assert run("separate", "song.wav", "--bit-depth", "16", "--no-exact-sum", "--group", "all=*") == 0
    said = capsys.readouterr().err
    assert "clipped at full scale" in said
    assert said.count("\n") == 1
    assert run("separate", "song.wav", "--bit-depth", "16", "--common-gain", "--group", "all=*", "--outdir", "b") == 0
    said = capsys.readouterr().err
    assert "clipped" not in said
    assert "dB softer than the song" in said
    loudest = np.abs(read("b/song_tiny/all.wav")[0]).max()
    assert 0.98 < loudest <= 1.0
    assert run("separate", "song.wav", "--gain", "-6", "--bit-depth", "32f", "--outdir", "c") == 0
    vocals = read("c/song_tiny/vocals.wav")[0]
    assert run("separate", "song.wav", "--bit-depth", "32f", "--outdir", "d") == 0
    assert np.abs(vocals - 10 ** (-6 / 20) * read("d/song_tiny/vocals.wav")[0]).max() < 1e-6
