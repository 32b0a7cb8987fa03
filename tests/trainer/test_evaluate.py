"""`umx-trainer evaluate`: museval's numbers and layout, resumed, in parallel, in shards."""

from __future__ import annotations

import csv
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import museval
import numpy as np
import pytest
from scored_songs import RATE, TARGETS, options, stems_of, strict_json, write_model, write_song

from trainer.cli import main
from trainer.evaluate import Finished, SongDone, SongFailed, Started, evaluate
from trainer.evaluate_options import EvaluateOptions
from trainer.reference_songs import folder_songs
from trainer.score_pool import how_many
from trainer.score_song import REST, Scorer
from trainer.score_summary import PUBLISHED
from umx_gui.engine.audio import Audio
from umx_gui.engine.models.model import load_model
from umx_gui.engine.separation.options import SeparatorOptions
from umx_gui.engine.separation.separator import Separator
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, DatasetError, OptionError, OutputExistsError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def model(tmp_path):
    return write_model(tmp_path / "toy")


@pytest.fixture
def songs(tmp_path, rng):
    folder = tmp_path / "songs"
    for name in ("a", "b", "c"):
        write_song(folder / name, stems_of(rng, seconds=2.2))
    return folder


@pytest.fixture
def given(model, songs, tmp_path):
    """Options for the toy model and songs; any can be given."""

    def make(**more: object) -> EvaluateOptions:
        return options(**{"model": str(model), "root": songs, "output": tmp_path / "out", "workers": 1, **more})

    return make


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def scores_in(folder: Path) -> dict[str, object]:
    return {path.name: strict_json(path)["targets"] for path in sorted((folder / "test").iterdir())}


def test_the_file_of_a_song_is_what_museval_writes_for_the_same_stems(rng, tmp_path, model):
    stems = stems_of(rng, n_channels=2, seconds=3.0)
    write_song(tmp_path / "songs/song", stems)
    wanted = options(model=str(model), root=tmp_path / "songs", output=tmp_path / "out", workers=1)
    assert isinstance(list(evaluate(wanted))[1], SongDone)
    separator = Separator(load_model(model), SeparatorOptions(exact_sum=False))
    made = separator.separate_all(Audio(sum(stems.values()), RATE))
    references, estimates = (np.stack([s[t].T for t in TARGETS]) for s in (stems, made))
    store = museval.TrackStore("song")
    for target, scores in zip(
        TARGETS, zip(*museval.evaluate(references, estimates, RATE, RATE), strict=True), strict=True
    ):
        values = dict(zip(("SDR", "ISR", "SIR", "SAR"), (s.tolist() for s in scores), strict=True))
        store.add_target(target, values)
    ours = museval.TrackStore("song")
    ours.scores = strict_json(tmp_path / "out/test/song.json")
    ours.validate()
    key = ["target", "metric", "time"]
    expected, found = (s.df.set_index(key).sort_index()["score"].astype(float) for s in (store, ours))
    assert len(found) == 2 * 4 * 3
    np.testing.assert_allclose(found, expected, atol=1e-4)
    method = museval.MethodStore()
    method.add_eval_dir(str(tmp_path / "out"))
    assert method.agg_frames_tracks_scores().loc[("out", "drums", "SDR")] == pytest.approx(
        store.df.query("target == 'drums' and metric == 'SDR'")["score"].astype(float).median(), abs=1e-4
    )


def test_tables_hold_every_song_target_and_window(given, tmp_path, capsys):
    events = list(evaluate(given()))
    assert [type(e) for e in events] == [Started, SongDone, SongDone, SongDone, Finished]
    rows = table(tmp_path / "out/songs.csv")
    assert [(row["song"], row["target"]) for row in rows] == list(itertools.product("abc", TARGETS))
    windows = table(tmp_path / "out/windows.csv")
    assert [row["time_s"] for row in windows if row["song"] == "b" and row["target"] == "drums"] == ["0.0", "1.0"]
    content = strict_json(tmp_path / "out/evaluation.json")
    ours = [float(row["SI_SDR"]) for row in rows if row["target"] == "vocals"]
    assert content["scores"]["vocals"]["SI_SDR"] == pytest.approx(np.median(ours), abs=1e-4)
    assert content["published_SDR"] == PUBLISHED
    assert (content["songs_done"], content["songs_of_dataset"]) == (3, 3)


def test_people_see_a_line_per_song_and_a_table_beside_the_published_models(songs, model, tmp_path, capsys):
    args = ["evaluate", str(model), str(songs), "--output", str(tmp_path / "out"), "--workers", "1"]
    assert main(args) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["a", "b", "c"]
    shown = {line.split("  ")[0].strip(): line.split() for line in lines}
    assert shown["UMXL (published)"][-4:] == ["7.21", "7.15", "7.18", "50"]
    assert shown["toy"][-1] == "3"
    assert "The published scores are of the 50 songs of MUSDB18's test set" in out
    assert main(args) == 2
    assert "go on with --resume" in capsys.readouterr().err
    assert main([*args, "--resume"]) == 0


def test_programs_get_lines_of_json(songs, model, tmp_path, capsys):
    args = ["evaluate", str(model), str(songs), "--output", str(tmp_path / "out"), "--workers", "1", "--json-progress"]
    assert main(args) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["start", "song", "song", "song", "done"]
    assert set(lines[-1]["scores"]) == set(TARGETS)
    assert lines[-1]["scores"]["drums"]["SDR"] == pytest.approx(np.median([s["SDR"]["drums"] for s in lines[1:4]]))


def test_what_is_done_is_not_done_again(given, tmp_path):
    running = evaluate(given())
    next(running)
    next(running)
    running.close()
    first = tmp_path / "out/test/a.json"
    (tmp_path / "out/test/.b.json.x.part").write_bytes(b"{")
    os.utime(tmp_path / "out/test/.b.json.x.part", (0, 0))
    stamp = first.stat().st_mtime_ns
    events = list(evaluate(given(resume=True)))
    assert events[0] == Started(3, 1)
    assert [e.scores.name for e in events if isinstance(e, SongDone)] == ["b", "c"]
    assert first.stat().st_mtime_ns == stamp
    assert sorted(path.name for path in (tmp_path / "out/test").iterdir()) == ["a.json", "b.json", "c.json"]
    whole = given(output=tmp_path / "whole")
    list(evaluate(whole))
    assert scores_in(tmp_path / "whole") == scores_in(tmp_path / "out")
    assert next(evaluate(given(resume=True))) == Started(3, 3)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"hop_s": 0.5}, "hop_s"),
        ({"separation": SeparatorOptions(n_iter=2)}, "separation: niter"),
        ({"targets": ("drums",)}, "targets"),
        ({"lose_own_only": True}, "windows_with_silence"),
    ],
)
def test_scores_made_with_other_settings_are_not_mixed(given, change, word):
    list(evaluate(given()))
    with pytest.raises(OptionError, match=f"another {word}"):
        next(evaluate(given(resume=True, **change)))


def test_scores_of_a_model_that_was_trained_on_are_not_mixed(given, model):
    list(evaluate(given()))
    write_model(model, seed=2)
    with pytest.raises(OptionError, match="another weights_sha256: drums"):
        next(evaluate(given(resume=True)))


def test_files_of_others_are_left_alone(given, tmp_path):
    other = tmp_path / "out/test/a.json"
    other.parent.mkdir(parents=True)
    other.write_text('{"mine": 1}')
    with pytest.raises(OutputExistsError):
        next(evaluate(given(resume=True)))
    assert other.read_text() == '{"mine": 1}'


def test_shards_do_all_songs_once_and_the_last_one_tells_of_all(given, tmp_path):
    first = list(evaluate(given(shard=(1, 2))))
    assert [e.scores.name for e in first if isinstance(e, SongDone)] == ["a", "c"]
    assert (first[-1].summary.n_done, first[-1].summary.n_songs) == (2, 3)
    second = list(evaluate(given(shard=(2, 2))))
    assert [e.scores.name for e in second if isinstance(e, SongDone)] == ["b"]
    assert second[-1].summary.n_done == 3
    list(evaluate(given(output=tmp_path / "whole")))
    assert scores_in(tmp_path / "whole") == scores_in(tmp_path / "out")
    whole, parts = (strict_json(tmp_path / name / "evaluation.json") for name in ("whole", "out"))
    assert whole["scores"] == parts["scores"]


def test_a_launcher_tells_the_shard(model, songs, tmp_path, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    command = ["evaluate", str(model), str(songs), "--output", str(tmp_path / "out"), "--workers", "1"]
    assert main(command) == 0
    assert [path.stem for path in (tmp_path / "out/test").glob("*.json")] == ["b"]
    assert main([*command, "--shard", "1/1", "--resume"]) == 0
    assert len(list((tmp_path / "out/test").glob("*.json"))) == 3


def test_processes_find_what_one_finds(given, tmp_path, songs, rng):
    broken = songs / "broken"
    write_song(broken, stems_of(rng))
    (broken / "drums.wav").write_bytes(b"RIFF" + bytes(60))
    before = dict(os.environ)
    one = list(evaluate(given(output=tmp_path / "one")))
    two = list(evaluate(given(output=tmp_path / "two", workers=2)))
    assert one[-1].failed == two[-1].failed == ("broken",)
    assert scores_in(tmp_path / "one") == scores_in(tmp_path / "two")
    assert dict(os.environ) == before, "what the processes are told about threads stays with them"


def test_cancelling_keeps_what_is_done(given, tmp_path):
    cancel = CancelToken()
    running = evaluate(given(), cancel)
    seen = next(e for e in running if isinstance(e, SongDone))
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(running)
    assert [path.stem for path in (tmp_path / "out/test").iterdir()] == [seen.scores.name]


@pytest.mark.skipif(sys.platform == "win32", reason="missing: SIGKILL")
def test_after_a_kill_no_process_is_left_and_the_rest_is_done_on_resume(songs, model, tmp_path, rng):
    for name in "defgh":
        write_song(songs / name, stems_of(rng, seconds=2.2))
    args = ["evaluate", str(model), str(songs), "--output", str(tmp_path / "out")]
    command = [sys.executable, "-m", "trainer.cli", *args, "--workers", "2", "--json-progress"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True) as process:
        while json.loads(process.stdout.readline())["event"] != "song":
            pass
        os.kill(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 120
    while processes_of(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(process.pid) == []
    for path in (tmp_path / "out/test").glob("*.json"):
        strict_json(path)
    assert main([*args, "--workers", "1", "--resume"]) == 0
    assert {path.stem for path in (tmp_path / "out/test").glob("*.json")} == set("abcdefgh")


def processes_of(session: int) -> list[int]:
    """The processes of a session that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def test_an_interrupt_ends_with_130(songs, model, tmp_path):
    args = ["evaluate", str(model), str(songs), "--output", str(tmp_path / "out"), "--workers", "2"]
    command = [sys.executable, "-m", "trainer.cli", *args, "--json-progress"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, cwd=ROOT, start_new_session=True) as process:
        process.stdout.readline()
        # As Ctrl-C in a terminal: to all of them.
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert said == "Stopped. Go on with --resume.\n"


def test_what_no_target_is_named_after_counts_as_one_and_is_what_the_residual_is_scored_against(rng, tmp_path):
    model = write_model(tmp_path / "voice", ("vocals",))
    write_song(tmp_path / "songs/song", stems_of(rng, ("vocals", "drums", "bass"), seconds=2.2))
    base = {"model": str(model), "root": tmp_path / "songs", "workers": 1}
    (song,) = folder_songs(tmp_path / "songs", "test")
    with_residual = options(**base, separation=SeparatorOptions(residual="rest of it"))
    scores = Scorer(with_residual).score(song)
    assert scores.references == tuple(scores.targets) == ("vocals", "rest of it")
    alone = options(**base, separation=SeparatorOptions(n_iter=0))
    scores = Scorer(alone).score(song)
    assert (scores.references, tuple(scores.targets)) == (("vocals", REST), ("vocals",))
    with pytest.raises(OptionError, match="niter"):
        Scorer(options(**base))


def test_only_some_targets_can_be_scored_and_score_the_same(given):
    every = next(e for e in evaluate(given()) if isinstance(e, SongDone)).scores
    some = next(e for e in evaluate(given(targets=("drums",), output=given().output / "x")) if isinstance(e, SongDone))
    assert tuple(some.scores.targets) == ("drums",)
    np.testing.assert_allclose(some.scores.targets["drums"].frames, every.targets["drums"].frames, atol=1e-9)


def test_a_song_with_none_of_the_targets_is_told(given, songs, rng):
    write_song(songs / "z", stems_of(rng, ("choir", "organ")))
    failed = list(evaluate(given()))[-1].failed
    assert failed == ("z",)


def test_a_song_too_large_for_memory_does_not_end_the_others(given, monkeypatch):
    score, calls = Scorer.score, itertools.count()

    def starved(self, song, cancel=None):
        if next(calls) == 1:
            raise MemoryError
        return score(self, song, cancel)

    monkeypatch.setattr(Scorer, "score", starved)
    events = list(evaluate(given()))
    assert [type(e) for e in events[1:4]] == [SongDone, SongFailed, SongDone]
    assert events[2].message.title == "There is not enough memory"


def test_stems_may_be_of_any_format_and_the_mixture_one_of_its_own(rng, tmp_path):
    stems = stems_of(rng)
    write_song(tmp_path / "test/song", stems, suffix=".flac")
    write_song(tmp_path / "mixed", {"mixture": 0.5 * sum(stems.values())}, suffix=".flac")
    (tmp_path / "mixed/mixture.flac").rename(tmp_path / "test/song/mixture.flac")
    (tmp_path / "test/song/notes.txt").write_text("x")
    (tmp_path / "test/empty").mkdir()
    (song,) = folder_songs(tmp_path, "test")
    read = song.load()
    np.testing.assert_allclose(read.stems["vocals"], stems["vocals"], atol=1e-6)
    np.testing.assert_allclose(read.mixture, 0.5 * sum(stems.values()), atol=1e-4)
    assert read.sample_rate == RATE


def test_mono_stems_join_stereo_ones(rng, tmp_path):
    stems = stems_of(rng, n_channels=2)
    stems["drums"] = stems["drums"][:1]
    write_song(tmp_path / "song", stems)
    (song,) = folder_songs(tmp_path, "test")
    drums = song.load().stems["drums"]
    assert drums.shape == (2, 32000)
    np.testing.assert_array_equal(drums[0], drums[1])


def test_datasets_that_cannot_be_used_are_refused(rng, tmp_path):
    with pytest.raises(DatasetError, match="no such folder"):
        folder_songs(tmp_path / "nowhere", "test")
    with pytest.raises(DatasetError, match="no track folders"):
        folder_songs(tmp_path, "test")
    write_song(tmp_path / "song", stems_of(rng))
    write_song(tmp_path / "x/other", stems_of(rng), suffix=".flac")
    (tmp_path / "x/other/drums.flac").rename(tmp_path / "song/drums.flac")
    with pytest.raises(DatasetError, match="holds drums twice"):
        folder_songs(tmp_path, "test")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--window", "0"], "--window"),
        (["--hop", "nan"], "--hop"),
        (["--shard", "3/2"], "--shard"),
        (["--workers", "-1"], "--workers"),
        (["--subset", "../x"], "--subset"),
        (["--targets", "choir"], "no choir"),
        (["--only-networks"], "--targets vocals"),
        (["--niter", "-1"], "niter"),
    ],
)
def test_mistakes_are_told_in_one_sentence(songs, model, tmp_path, capsys, more, words):
    assert main(["evaluate", str(model), str(songs), "--output", str(tmp_path / "out"), *more]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_workers_fit_songs_cores_and_memory():
    assert how_many(3, 2) == 2
    assert how_many(3, 10) == 3
    assert 1 <= how_many(0, 100) <= (os.cpu_count() or 1)
