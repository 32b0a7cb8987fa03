"""`umx-gui verify` in a terminal: equal is 0, anything else is 1, and one sentence where it cannot be told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from processes import assert_one_sentence, environment
from session_helpers import reference

from umx_gui.cli import main
from umx_gui.engine import Block, ExportOptions, Separator, Stems, export_stems, load_model, read_audio
from umx_gui.engine.export.exporter import Written
from umx_gui.engine.separation import compiling
from umx_gui.engine.sessions.document import Desk, ModelRef, SessionDocument, StemPrint
from umx_gui.engine.sessions.prints import print_stems
from umx_gui.engine.sessions.receipts import write_receipt
from umx_gui.engine.sessions.recipe import Recipe, separator_options
from umx_gui.engine.sessions.session_file import read_session, write_session
from umx_gui.engine.sessions.song_search import models_digest
from umx_gui.engine.work import CancelToken

RECIPE = Recipe("tiny", 2, False, True, 75, (("drums", 3.0),))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, tiny_models: Path) -> Path:
    """A song, its stems as FLAC, and their receipt, in folders of one that can be moved."""
    root = tmp_path_factory.mktemp("made")
    noise = 0.1 * np.random.default_rng(2).standard_normal((44_100, 2))
    soundfile.write(root / "song.wav", noise, 44100, "PCM_16")
    mixture = read_audio(root / "song.wav")
    model = load_model(tiny_models / "tiny")
    stems = Separator(model, separator_options(RECIPE, model.targets, "cpu")).separate_all(mixture)
    steps = export_stems(root / "out", "song", stems, mixture.samples, options=ExportOptions(format="flac"))
    written = [(step.path, step.target) for step in steps if isinstance(step, Written)]
    prints = [step for step in print_stems(stems, CancelToken()) if isinstance(step, StemPrint)]
    model_ref = ModelRef("tiny", models_digest(tiny_models / "tiny"))
    document = SessionDocument(reference(root / "song.wav"), model_ref, desk=Desk(replace(RECIPE, model="")))
    path = write_receipt(document, written, prints, CancelToken())
    assert path.name == "song.receipt.umx"
    return root


Verify = Callable[..., tuple[int, str, str]]


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A copy of it, far from where it was made."""
    shutil.copytree(made, tmp_path / "moved")
    return tmp_path / "moved"


@pytest.fixture
def verify(
    tiny_models: Path, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Verify:
    """Runs the command: code, stdout, stderr."""
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    monkeypatch.chdir(place)

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["verify", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


RECEIPT = "out/song.receipt.umx"


def test_equal_stems_and_files(verify: Verify) -> None:
    code, out, _ = verify(RECEIPT)
    assert code == 0
    targets = ["vocals", "drums", "bass", "other"]
    stems = [f"{target}: equal, bit by bit" for target in targets]
    files = [f"{target}.flac: as written" for target in targets]
    assert out.splitlines() == [*stems, *files, "The stems are equal."]


def test_other_settings_are_so_far_apart(verify: Verify, place: Path) -> None:
    document = read_session(place / RECEIPT)
    write_session(place / "s.umx", replace(document, desk=Desk(replace(RECIPE, model="", niter=0)), written=()))
    code, out, _ = verify("s.umx", "--json-progress")
    assert code == 1
    events = [json.loads(line) for line in out.splitlines()]
    stems = {event["target"]: event for event in events if event["event"] == "stem"}
    assert not any(stem["equal"] for stem in stems.values())
    assert all(-60 < stem["distance_db"] < 20 for stem in stems.values())
    assert events[-1]["filters"][0] == ""
    assert {k: v for k, v in events[-1].items() if k != "filters"} == {
        "event": "done",
        "code": 1,
        "equal": False,
        "rounding": False,
    }


def test_a_little_noise_is_measured_and_may_be_allowed(verify: Verify, place: Path) -> None:
    document = read_session(place / RECEIPT)
    stems = [replace(stem, sha256="00" * 32) for stem in document.stems]
    write_session(place / "s.umx", replace(document, stems=tuple(stems), written=()))
    code, out, _ = verify("s.umx")
    assert code == 1
    assert out.endswith("The stems are not equal.\n")
    code, out, _ = verify("s.umx", "--within", "-120")
    assert code == 0
    assert out.endswith("The stems are within -120 dB.\n")


def test_another_arithmetic_of_the_filter_is_rounding(verify: Verify, place: Path) -> None:
    # The same stems, as far as a sketch can tell, made with a filter that cannot be had here.
    document = read_session(place / RECEIPT)
    stems = [replace(stem, sha256="00" * 32) for stem in document.stems]
    write_session(place / "s.umx", replace(document, stems=tuple(stems), written=(), filter="that of the future"))
    code, out, _ = verify("s.umx")
    assert code == 0
    assert "The stems are equal but for rounding: the filter was “that of the future” then" in out
    other = replace(document, desk=Desk(replace(RECIPE, model="", niter=0)), written=(), filter="that of the future")
    write_session(place / "s.umx", other)
    code, out, _ = verify("s.umx")
    assert code == 1
    assert out.endswith("The stems are not equal.\n")


def test_stems_are_made_with_the_filter_they_were_made_with(
    verify: Verify, place: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "_loops", None)
    model, mixture = load_model(tiny_models / "tiny"), read_audio(place / "song.wav")
    separator = Separator(model, separator_options(RECIPE, model.targets, "cpu"))
    analysis = separator.analysis(mixture)
    samples = np.zeros((4, *mixture.samples.shape), np.float32)
    for item in separator.finish(analysis, kind="torch"):
        if isinstance(item, Block):
            samples[:, :, item.start : item.stop] = item.samples
    assert analysis.filter_kind == "torch"
    monkeypatch.undo()
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    prints = [p for p in print_stems(Stems(model.targets, samples, 44100), CancelToken()) if isinstance(p, StemPrint)]
    document = replace(read_session(place / RECEIPT), stems=tuple(prints), written=(), filter="torch")
    write_session(place / "s.umx", document)
    code, out, _ = verify(place / "s.umx", "--json-progress")
    assert code == 0
    done = json.loads(out.splitlines()[-1])
    assert (done["equal"], done["filters"]) == (True, ["torch", "torch"])


def test_files_that_changed_or_went(verify: Verify, place: Path) -> None:
    (place / "out" / "drums.flac").unlink()
    with (place / "out" / "bass.flac").open("r+b") as file:
        file.write(b"x")
    code, out, _ = verify(RECEIPT)
    assert code == 1
    assert "drums.flac: missing\n" in out
    assert "bass.flac: changed\n" in out
    assert "vocals: equal" in out
    assert out.endswith("not equal.\n")


def test_a_song_elsewhere_is_named(verify: Verify, place: Path) -> None:
    receipt = read_session(place / RECEIPT)
    gone = replace(receipt, song=replace(receipt.song, path="/nowhere/song.wav", relative=""))
    write_session(place / "s.umx", replace(gone, written=()))
    (place / "song.wav").rename(place.parent / "other name.wav")
    code, out, err = verify("s.umx")
    assert (code, out) == (1, "")
    assert_one_sentence(err)
    assert "“song.wav” was not found" in err
    code, out, _ = verify("s.umx", "--song", place.parent / "other name.wav")
    assert code == 0
    code, _, err = verify("s.umx", "--song", place / "out" / "bass.flac")
    assert code == 1
    assert "was not found" in err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": ModelRef("gone", "00" * 32)}, "no model called “gone”"),
        ({"model": ModelRef("../../tiny", "")}, "no model called “../../tiny”"),
        ({"model": ModelRef("tiny", "00" * 32)}, "The model “tiny” is another one here"),
        ({"stems": ()}, "holds nothing to compare with"),
    ],
)
def test_what_is_missing_is_a_sentence(verify: Verify, place: Path, change: dict[str, object], words: str) -> None:
    write_session(place / "s.umx", replace(read_session(place / RECEIPT), **change))  # type: ignore[arg-type]
    code, out, err = verify("s.umx")
    assert (code, out) == (1, "")
    assert_one_sentence(err)
    assert words in err


def test_a_model_of_another_name_is_found_by_its_digest(verify: Verify, place: Path) -> None:
    document = read_session(place / RECEIPT)
    write_session(place / "s.umx", replace(document, model=replace(document.model, name="their name"), written=()))
    assert verify("s.umx")[0] == 0


def test_no_session_and_bad_options(verify: Verify, place: Path) -> None:
    for name in ("song.wav", "nowhere.umx", "out"):
        code, out, err = verify(name)
        assert (code, out) == (1, "")
        assert_one_sentence(err)
    assert verify(RECEIPT, "--within", "3")[0] == 2
    assert verify()[0] == 2


def test_no_qt_is_loaded(place: Path, tiny_models: Path) -> None:
    program = (
        "import sys; from umx_gui.cli import main; code = main(['verify', sys.argv[1]]); "
        "print(code, *[m for m in sys.modules if m.startswith(('PySide6', 'pyqtgraph'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(place / RECEIPT)],
        env=environment(tiny_models),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.stdout.splitlines()[-1] == "0"
