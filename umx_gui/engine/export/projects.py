"""Files that open all stems at once in other programs: a REAPER project, or Audacity's list of files.

A project lies beside its stems and names them by relative paths, so that the folder can be moved. The song itself is in
it as well, muted, to compare with.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from umx_gui.engine.export.colors import stem_color
from umx_gui.engine.naming import printable

PROJECTS = {"reaper": ".rpp", "audacity": ".lof"}

_SOURCES = {".wav": "WAVE", ".flac": "FLAC", ".ogg": "VORBIS", ".mp3": "MP3", ".aif": "WAVE", ".aiff": "WAVE"}
"""REAPER's readers by suffix; the others' sound is read as a film's."""


@dataclass(frozen=True, slots=True)
class TrackStrip:
    """How a track is heard: gain in dB (-inf is silence), pan from -1 to 1, solo, mute."""

    gain_db: float = 0.0
    pan: float = 0.0
    solo: bool = False
    mute: bool = False


@dataclass(frozen=True, slots=True)
class ProjectTrack:
    """A track of a project: a file (relative to the project, or absolute), heard from `offset_s` of it on."""

    name: str
    file: str
    strip: TrackStrip = field(default_factory=TrackStrip)
    offset_s: float = 0.0


def project_name(kind: str, song: str, number: int = 1) -> str:
    """What the project's file is called."""
    return f"{song}{f' ({number})' if number > 1 else ''}{PROJECTS[kind]}"


def project_file(kind: str, tracks: Sequence[ProjectTrack], sample_rate: int, duration_s: float) -> bytes:
    """The contents of the project's file."""
    make = {"reaper": _reaper, "audacity": _audacity}[kind]
    return make(tracks, sample_rate, duration_s).encode()


def stem_tracks(
    names: Sequence[str], files: Sequence[str], strips: Mapping[str, TrackStrip]
) -> tuple[ProjectTrack, ...]:
    """A track for each stem's file; the song among them is muted, and so is what is heard already, as a whole."""
    silent = TrackStrip(mute=True)
    return tuple(
        ProjectTrack(name, file, strips.get(name, silent if name == "mixture" else TrackStrip()))
        for name, file in zip(names, files, strict=True)
    )


def song_track(song: Path, folder: Path, offset_s: float) -> ProjectTrack:
    """The song as it came, muted, by the way to it from `folder`; by its whole path where there is none."""
    try:
        file = os.path.relpath(song.absolute(), folder.absolute())
    except ValueError:  # on another drive
        file = str(song.absolute())
    return ProjectTrack("mixture", file, TrackStrip(mute=True), offset_s)


def _reaper(tracks: Sequence[ProjectTrack], sample_rate: int, duration_s: float) -> str:
    lines = ['<REAPER_PROJECT 0.1 "6.0" 0', f"  SAMPLERATE {sample_rate} 1 0", "  TEMPO 120 4 4"]
    for track in tracks:
        lines += _reaper_track(track, duration_s)
    return "\n".join([*lines, ">", ""])


def _reaper_track(track: ProjectTrack, duration_s: float) -> list[str]:
    strip, name = track.strip, _quoted(track.name)
    volume = 10.0 ** (strip.gain_db / 20.0)
    return [
        "  <TRACK",
        f"    NAME {name}",
        f"    PEAKCOL {_color(track.name)}",
        f"    VOLPAN {volume:.12g} {strip.pan:.12g} -1 -1 1",
        f"    MUTESOLO {int(strip.mute)} {2 * int(strip.solo)} 0",
        "    NCHAN 2",
        "    <ITEM",
        "      POSITION 0",
        f"      LENGTH {duration_s:.12g}",
        "      LOOP 0",
        f"      NAME {name}",
        f"      SOFFS {track.offset_s:.12g}",
        f"      <SOURCE {_SOURCES.get(Path(track.file).suffix.lower(), 'VIDEO')}",
        f"        FILE {_quoted(track.file)}",
        "      >",
        "    >",
        "  >",
    ]


def _color(name: str) -> int:
    """A colour as REAPER counts it: a flag that it is set, then blue, green, red."""
    value = stem_color(name).lstrip("#")
    red, green, blue = (int(value[k : k + 2], 16) for k in (0, 2, 4))
    return 1 << 24 | blue << 16 | green << 8 | red


def _quoted(text: str) -> str:
    """Text in the first kind of quotes that it does not hold itself, as REAPER writes it."""
    text = printable(text)
    mark = next((mark for mark in ('"', "'", "`") if mark not in text), "`")
    return f"{mark}{text.replace('`', chr(39)) if mark == '`' else text}{mark}"


def _audacity(tracks: Sequence[ProjectTrack], sample_rate: int, duration_s: float) -> str:
    """A list of files (.lof); it knows neither volumes nor mutes, so the song is left out."""
    lines = [f'file "{printable(t.file)}" offset 0' for t in tracks if not (t.name == "mixture" and t.strip.mute)]
    return "\n".join(["window", *lines, ""])
