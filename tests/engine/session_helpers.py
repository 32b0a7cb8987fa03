"""Sessions for tests: documents with every field set, and files of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from umx_gui.engine.sessions.document import (
    Desk,
    ExportRef,
    ModelRef,
    SessionDocument,
    SongRef,
    StemPrint,
    Stretch,
    StripRef,
    View,
    WrittenFile,
)
from umx_gui.engine.sessions.recipe import Recipe


def reference(song: Path) -> SongRef:
    """The reference to a file, whatever it holds."""
    content = song.read_bytes()
    return SongRef(str(song.absolute()), hashlib.sha256(content).hexdigest(), len(content), 3.0, 44100)


def full_document(song: SongRef | None = None, **changes: object) -> SessionDocument:
    """A session in which nothing is as it is by default."""
    fields: dict[str, object] = {
        "song": song or SongRef("/music/Ein Lied #1.wav", "ab" * 32, 1234, 3.0, 48000, "../Ein Lied #1.wav"),
        "model": ModelRef("tiny", "cd" * 32),
        "desk": Desk(Recipe("", 2, True, True, 75, (("drums", -3.0),)), Recipe("", 0), "B"),
        "strips": {"vocals": StripRef(-6.5, -1.0, True, False), "drums": StripRef(0.0, 0.25, False, True)},
        "master_db": -12.0,
        "original": True,
        "loop": (1000, 88_200),
        "playhead": 44_100,
        "view": View("spectrogram", {"bass": "mask"}, 10.5, 50_000.25, 4.0, {"colours": "viridis"}),
        "export": ExportRef("flac", "16", False),
        "stretches": (Stretch(5, 500, Recipe("", 3), ModelRef("voice"), {"name": "the bridge"}),),
        "stems": (StemPrint("vocals", "ef" * 32, "AAAA"),),
        "written": (WrittenFile("vocals.wav", "vocals", "01" * 32),),
        "versions": {"umx-gui": "0.1.0"},
        "more": {"of a later version": [1, {"two": None}]},
    }
    return SessionDocument(**{**fields, **changes})  # type: ignore[arg-type]
