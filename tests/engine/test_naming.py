"""What songs and stems may be called on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from umx_gui.engine.naming import MAX_NAME_BYTES, check_target, file_name, file_names, safe_name, song_name
from umx_gui.errors import OptionError


@pytest.mark.parametrize("name", ["vocals", "lead vox", "Lead_Vox-2", "a" * 64])
def test_plain_names_of_stems_are_taken(name: str) -> None:
    assert check_target(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " a",
        "a ",
        "../../pwn",
        "/etc/pwn",
        "a.b",
        "a\n",
        "vocals\n",
        "ä",
        "a" * 65,
        "a\0b",
        "..",
        "a/b",
        "a\\b",
    ],
)
def test_names_that_are_paths_or_worse_are_refused(name: str) -> None:
    with pytest.raises(OptionError):
        check_target(name)


@pytest.mark.parametrize(("text", "name"), [
    ("Song", "Song"), ("AC/DC: Live?", "AC_DC_ Live_"), ("..", "song"), (".hidden", "hidden"), ("", "song"),
    ("a. . .", "a"), ("CON", "_CON"), ("com1.mix", "_com1.mix"), ("nul .x", "_nul .x"),
    ("a\x00b\x1b[31m\nc", "ab[31mc"),
    ("\u202egpj.exe", "gpj.exe"), ("e\u0301", "é"), ("  x  ", "x"), ("C:\\Windows", "C__Windows"), ("\udcff", "song"),
    ("🎵 été", "🎵 été"),
])  # fmt: skip
def test_any_text_becomes_a_name(text: str, name: str) -> None:
    assert safe_name(text) == name
    assert Path(name).name == name


def test_long_names_are_cut_between_characters() -> None:
    name = safe_name("ä€🎵" * 100)
    assert MAX_NAME_BYTES - 4 < len(name.encode()) <= MAX_NAME_BYTES
    assert name in "ä€🎵" * 100


def test_a_song_is_called_like_its_file() -> None:
    assert song_name(Path("/x/My.Song.v2.mp3")) == "My.Song.v2"
    assert song_name(Path("/x/Track.stem.mp4")) == "Track"
    assert song_name(Path("/x/Track.STEM.MP4")) == "Track"
    assert song_name(Path("/x/README")) == "README"


def test_the_suffix_is_appended_and_never_exchanged() -> None:
    assert file_name("{song} ({target})", "No. 5", "vocals", ".wav") == "No. 5 (vocals).wav"
    assert file_name("{song}.{target}", "a", "b", ".wav") == "a.b.wav"
    assert file_name("../{target}", "a", "b", ".wav") == "_b.wav"
    assert file_name("{song}", "..", "vocals", ".wav") == "vocals.wav"
    assert file_name("{{{target}}}", "a", "b", ".wav") == "{b}.wav"


def test_two_stems_never_get_one_name() -> None:
    assert file_names("{target}", "s", ("a", "b"), ".wav") == ("a.wav", "b.wav")
    for template, targets in (("{song}", ("a", "b")), ("{target}", ("A", "a")), ("{target}", ("a", "a"))):
        with pytest.raises(OptionError):
            file_names(template, "s", targets, ".wav")
