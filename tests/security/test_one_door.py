"""Whatever goes wrong, a user reads one plain sentence: every error has words, and no traceback reaches a terminal."""

from __future__ import annotations

import enum
import inspect
import os
import re
import subprocess
import sys
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile
from processes import ROOT, assert_one_sentence, environment

import trainer.cli
from umx_gui import errors
from umx_gui.cli import main
from umx_gui.messages import Message, describe, printable

FOLDER = Path("/home/ann/Secret Folder")
NAMED = FOLDER / "Song One.flac"
# The folder a user chose is named whole, or nobody would know which one is meant.
TELL_THE_FOLDER = {"OutputNotWritableError", "DiskFullError", "DatasetError", "RunError", "RunBusyError"}


def subclasses(root: type) -> Iterator[type]:
    for kind in root.__subclasses__():
        yield kind
        yield from subclasses(kind)


def sample(hint: object) -> list[object]:
    """Values of a type, all of an enumeration's."""
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return list(hint)
    plain: dict[object, object] = {str: "a plain reason", int: 12, float: 1.5, bool: True, Path: NAMED}
    if hint in plain:
        return [plain[hint]]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return [tuple(sample(arguments[0]) * 2)]
    if origin is not None and issubclass(origin, Mapping):
        return [{"a.pth": "0" * 64}]
    return [value for argument in arguments for value in sample(argument)]


def instances(kind: type) -> Iterator[BaseException]:
    """Errors of a type, one for each value of its enumerations."""
    own = "__init__" in vars(kind)
    hints = typing.get_type_hints(kind.__init__) if own else {}
    names = [name for name in inspect.signature(kind).parameters if name in hints] if own else []
    choices = {name: sample(hints[name]) for name in names}
    for number in range(max([len(values) for values in choices.values()], default=1)):
        yield kind(**{name: values[number % len(values)] for name, values in choices.items()})


KINDS = [kind for kind in subclasses(errors.UmxError) if kind.__module__ == errors.__name__]
ABSTRACT = {"ModelError"}


def test_the_list_of_errors_is_whole() -> None:
    assert {kind.__name__ for kind in KINDS} >= {"AudioUnreadableError", "ModelInvalidError", "DiskFullError"}
    assert len(KINDS) >= 20


@pytest.mark.parametrize("kind", [*KINDS, errors.AudioWarning], ids=lambda kind: kind.__name__)
def test_every_error_has_words(kind: type) -> None:
    if kind.__name__ in ABSTRACT:
        return
    unknown = describe(ValueError()).title
    for error in instances(kind):
        message = describe(error)
        assert message.title != unknown
        assert_plain(message)
        if kind.__name__ not in TELL_THE_FOLDER:
            assert "Secret Folder" not in message.one_line()


def assert_plain(message: Message) -> None:
    """A title, a reason, an action: each one sentence at most, in words of users."""
    assert message.title
    assert message.title[0].isupper() or message.title[0] in "“0123456789"
    for part in (message.title, message.reason, message.action):
        assert part == part.strip()
        assert not part.endswith(".")
        assert not re.search(r"\b\w+(Error|Exception)\b|Traceback|Errno|\bNone\b|\{|<class|0x", part), part
        # One sentence: no full stop is followed by another one's capital.
        assert not re.search(r"[a-z]\. [A-Z]", part), part
        assert len(part) < 250, part
    assert message.one_line().count("\n") == 0


def test_names_cannot_disguise_a_message() -> None:
    path = FOLDER / "song\u202e\x1b[2J\n3pm.exe"
    line = describe(errors.AudioUnreadableError(path, errors.UnreadableReason.DAMAGED)).one_line()
    assert line == printable(line)
    assert "song[2J3pm.exe" in line


BAD_COMMANDS = [
    ["separate"],
    ["separate", "--niter", "many", "song.wav"],
    ["separate", "--niter", "-1", "song.wav"],
    ["separate", "--start", "nan", "song.wav"],
    ["separate", "--duration", "0", "song.wav"],
    ["separate", "--aggregate", "{", "song.wav"],
    ["separate", "--aggregate", "[]", "song.wav"],
    ["separate", "--aggregate", '{"a": ["nobody"]}', "song.wav"],
    ["separate", "--aggregate", '{"a": []}', "song.wav"],
    ["separate", "--format", "doc", "song.wav"],
    ["separate", "--format", "flac", "--bit-depth", "32f", "song.wav"],
    ["separate", "--bitrate", "5", "--format", "mp3", "song.wav"],
    ["separate", "--targets", "nobody", "--", "song.wav"],
    ["separate", "--only-networks", "song.wav"],
    ["separate", "--device", "tpu", "song.wav"],
    ["separate", "--device", "cuda:99", "song.wav"],
    ["separate", "--threads", "0", "song.wav"],
    ["separate", "--residual-name", "vocals", "song.wav"],
    ["separate", "--model", "nobody", "song.wav"],
    ["separate", "--model", "/dev/null", "song.wav"],
    ["separate", "--model", ".", "song.wav"],
    ["separate", "--model", "vocals=tiny,=", "song.wav"],
    ["separate", "--model", "vocals=tiny+voice,bass=voice", "song.wav"],
    ["separate", "--model", "\0", "song.wav"],
    ["separate", "--outdir", "song.wav", "song.wav"],
    ["separate", "--outdir", "/proc/nowhere", "song.wav"],
    ["separate", "--start", "1e9", "song.wav"],
    ["separate", "nothing.wav"],
    ["separate", "."],
    ["separate", "/dev/zero"],
    ["separate", "a\0b.wav"],
    ["separate", "x" * 5000],
    ["separate", "text.wav"],
    ["separate", "empty.wav"],
    ["separate", "noise.mp3"],
    ["models", "import", "nowhere"],
    ["models", "import", "text.wav"],
    ["models", "import", "."],
    ["models", "remove", "nobody"],
    ["models", "verify", "nobody"],
    ["models", "remove", "../.."],
    ["models", "download", "nobody"],
    ["models"],
    ["separate", "--model", "x" * 5000, "song.wav"],
    ["separate", "--outdir", "x" * 5000, "song.wav"],
    ["models", "import", "x" * 5000],
    ["models", "verify", "x" * 5000],
    ["models", "remove", "x" * 5000],
    ["verify"],
    ["verify", "nowhere.umx"],
    ["verify", "text.wav"],
    ["verify", "."],
    ["verify", "/dev/zero"],
    ["verify", "a\0b.umx"],
    ["verify", "text.wav", "--within", "3"],
    ["verify", "text.wav", "--within", "nan"],
    ["integrate", "--no-such-option"],
    ["--no-such-option"],
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good song and some bad ones."""
    folder = tmp_path_factory.mktemp("place")
    soundfile.write(folder / "song.wav", 0.1 * np.ones((4410, 2)), 44100)
    (folder / "text.wav").write_text("Dear diary")
    (folder / "empty.wav").write_bytes(b"")
    (folder / "noise.mp3").write_bytes(np.random.default_rng(0).bytes(5000))
    return folder


@pytest.mark.parametrize("command", BAD_COMMANDS, ids=lambda command: " ".join(command)[:40].replace("\0", "NUL"))
def test_bad_commands_get_a_sentence(
    command: list[str], place: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    monkeypatch.setenv("DISPLAY", "")
    if command[0] == "separate" and "--model" not in command:
        command = [command[0], "--model", "tiny", *command[1:]]
    assert main(command) in (1, 2)
    assert_words(capsys.readouterr().err)
    assert not (place / "song_tiny").exists()


BAD_TRAINING = [
    ["train"],
    ["train", "--root", "nowhere", "--output", "run", "--targets", "vocals"],
    ["train", "--root", ".", "--output", "run", "--targets", "nobody"],
    ["train", "--checkpoint", "nowhere"],
    ["train", "--root", ".", "--output", "song.wav", "--targets", "vocals"],
    ["train", "--root", ".", "--output", "run", "--targets", "vocals", "--lr", "many"],
    ["train", "--root", ".", "--output", "run", "--targets", "vocals", "--nfft", "-1"],
    ["publish", "nowhere", "name"],
    ["publish", ".", "../name"],
    ["publish", ".", "a\0b"],
    ["evaluate", "nobody", ".", "--output", "scores"],
    ["check-dataset"],
    ["check-dataset", "nowhere"],
    ["check-dataset", "."],
    ["check-dataset", "song.wav"],
    ["check-dataset", ".", "--dataset", "aligned", "--input-file", "/etc/passwd", "--output-file", "../x"],
    ["train", "--root", ".", "--output", "run", "--targets", "vocals", "--objective", "nowhere:X"],
    ["train", "--root", ".", "--output", "run", "--targets", "vocals", "--objective", "l1"],
    ["watch", "nowhere"],
]


@pytest.mark.parametrize("command", BAD_TRAINING, ids=lambda command: " ".join(command)[:60].replace("\0", "NUL"))
def test_bad_training_commands_get_a_sentence(
    command: list[str], place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(place)
    try:
        code = trainer.cli.main(command)
    except SystemExit as e:  # argparse has said what is wrong
        code = e.code
    assert code in (1, 2)
    assert_words(capsys.readouterr().err)


def assert_words(said: str) -> None:
    """Something plain was said, in a line (or as argparse says it: how the command is used, and what is wrong)."""
    assert said
    for word in ("Traceback", "Error:", "Errno", "Something went wrong", "0x", "Warning"):
        assert word not in said, said
    if not said.startswith("usage:"):
        assert_one_sentence(said)


SURPRISES = [
    "KeyError('x')",
    "RuntimeError('boom')",
    "AssertionError()",
    "RecursionError()",
    "UnicodeError('x')",
    "OSError(5, 'x')",
]


@pytest.mark.parametrize("surprise", SURPRISES)
@pytest.mark.parametrize("program", ["umx-gui", "umx-trainer"])
def test_a_fault_of_ours_is_a_sentence_too(program: str, surprise: str, tmp_path: Path, tiny_models: Path) -> None:
    patch = {
        "umx-gui": "import umx_gui.commands.models as m; m.list_models = fail; from umx_gui.cli import main; "
        "sys.argv[1:] = ['models', 'list']",
        "umx-trainer": "import trainer.cli as m; m._watch = fail; main = m.main; sys.argv[1:] = ['watch', 'x']",
    }
    code = f"import sys\ndef fail(*_): raise {surprise}\n{patch[program]}\nsys.exit(main())"
    env = environment(tiny_models, XDG_STATE_HOME=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Something went wrong inside umx-gui" in done.stderr
    assert "Traceback" not in done.stderr
    log = tmp_path / "umx-gui" / "log" / "umx-gui.log"
    assert str(log) in done.stderr
    assert "Traceback" in log.read_text()


@pytest.mark.skipif(os.name == "nt", reason="there a folder that somebody is in cannot be deleted")
@pytest.mark.parametrize(
    "arguments", [["separate", "song.wav"], ["verify", "s.umx"], ["models", "list"], [], ["a.wav"]]
)
def test_a_folder_that_was_deleted_is_a_sentence(arguments: list[str], tmp_path: Path, tiny_models: Path) -> None:
    (tmp_path / "gone").mkdir()
    command = 'cd gone && rmdir ../gone && exec "$0" -m umx_gui "$@"'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, *arguments],
        cwd=tmp_path, env=environment(tiny_models, QT_QPA_PLATFORM="offscreen"), capture_output=True, text=True,
        timeout=600,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "umx-gui: Nothing can be written to “.”: it does not exist. Choose another folder.\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("module", ["umx_gui", "trainer.cli"])
def test_nobody_reads_on(module: str, tiny_models: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    arguments = ["models", "list"] if module == "umx_gui" else ["--help"]
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, env=environment(tiny_models), timeout=600)
    os.close(write)
    assert b"Traceback" not in done.stderr
