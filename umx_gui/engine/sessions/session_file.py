"""`*.umx`: a session as JSON, read with suspicion and written whole or not at all. docs/formats.md describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from umx_gui.engine.naming import TARGET_NAME
from umx_gui.engine.sessions.document import (
    Desk,
    ExportRef,
    Kind,
    ModelRef,
    SessionDocument,
    SongRef,
    StemPrint,
    Stretch,
    StripRef,
    View,
    WrittenFile,
)
from umx_gui.engine.sessions.fields import BadFieldError, Fields
from umx_gui.engine.sessions.recipe import MAX_EMPHASIS_DB, Recipe, emphasis
from umx_gui.engine.storage.files import read_small, write_whole
from umx_gui.errors import SessionUnreadableError

SUFFIX = ".umx"
VERSION = 1
MAX_BYTES = 8 << 20
_MOST = 1000
_SAMPLES = 1 << 46
_FORMATS = ("wav", "flac", "ogg", "mp3", "m4a", "stem.mp4")


def is_session(path: Path) -> bool:
    """Whether a file is a session by its name."""
    return path.suffix.casefold() == SUFFIX


def read_session(path: Path) -> SessionDocument:
    """The session in a file, which stays as it is. Raises SessionUnreadableError."""
    try:
        content = json.loads(read_small(path, MAX_BYTES).decode("utf-8"))
        return from_json(content)
    except BadFieldError as e:
        raise SessionUnreadableError(path, str(e)) from e
    except FileNotFoundError as e:
        raise SessionUnreadableError(path, "it is not there") from e
    except OSError as e:
        raise SessionUnreadableError(path, "it cannot be read, or is no file of this kind") from e
    except (ValueError, RecursionError, MemoryError) as e:
        raise SessionUnreadableError(path, "it is damaged, or is no session at all") from e


def write_session(path: Path, document: SessionDocument) -> None:
    """Write a session, whole or not at all. Raises OutputNotWritableError and DiskFullError."""
    write_whole(path, _content(document))


def is_in(path: Path, document: SessionDocument) -> bool:
    """Whether a file is this session as `write_session` wrote it, and nobody changed it since."""
    try:
        return read_small(path, MAX_BYTES) == _content(document)
    except (OSError, ValueError):
        return False


def _content(document: SessionDocument) -> bytes:
    text = json.dumps(to_json(document), indent=1, ensure_ascii=False)
    # A file's name need not be text in UTF-8: Python has such bytes as halves of pairs, and JSON as "\\udcff".
    return text.encode("utf-8", "backslashreplace")


def to_json(d: SessionDocument) -> dict[str, object]:
    """The document as it stands in a file."""
    kept = {key: value for key, value in d.more.items() if key not in _KEYS}
    return {
        "umx": d.kind.value,
        "version": VERSION,
        "versions": dict(d.versions),
        "song": asdict(d.song),
        "model": asdict(d.model),
        "desk": {"slot": d.desk.slot, "A": recipe_json(d.desk.a), "B": recipe_json(d.desk.b)},
        "strips": {target: asdict(strip) for target, strip in d.strips.items()},
        "master_db": d.master_db,
        "original": d.original,
        "loop": None if d.loop is None else {"start": d.loop[0], "stop": d.loop[1]},
        "playhead": d.playhead,
        "view": {**d.view.more, **{k: v for k, v in asdict(d.view).items() if k != "more"}},
        "export": asdict(d.export),
        "stretches": [_stretch_json(stretch) for stretch in d.stretches],
        "stems": [asdict(stem) for stem in d.stems],
        "filter": d.filter,
        "written": [asdict(file) for file in d.written],
        **({"autosave_of": d.autosave_of} if d.autosave_of else {}),
        **kept,
    }


_KEYS = (
    *("umx", "version", "versions", "song", "model", "desk", "strips", "master_db", "original", "loop", "playhead"),
    *("view", "export", "stretches", "stems", "filter", "written", "autosave_of"),
)


def recipe_json(recipe: Recipe) -> dict[str, object]:
    """A recipe but for its model."""
    return {
        "niter": recipe.niter,
        "softmask": recipe.softmask,
        "window": recipe.window,
        "residual": recipe.residual,
        "emphasis_db": dict(recipe.emphasis_db),
    }


def _stretch_json(stretch: Stretch) -> dict[str, object]:
    return {
        **stretch.more,
        "start": stretch.start,
        "stop": stretch.stop,
        "model": asdict(stretch.model),
        "recipe": recipe_json(stretch.recipe),
    }


def from_json(content: object) -> SessionDocument:
    """The document that JSON holds. Raises BadFieldError."""
    f = Fields(content)
    if f.text("umx", "") not in ("session", "receipt"):
        raise BadFieldError("it is no session of umx-gui")
    if f.whole("version", 0, highest=1 << 31) > VERSION:
        raise BadFieldError("it was made by a newer version of umx-gui")
    song = _song(f.sub("song"))
    model = _model(f.sub("model"))
    document = SessionDocument(
        kind=Kind(f.text("umx")),
        song=song,
        model=model,
        desk=_desk(f.sub("desk")),
        strips=_strips(f.sub("strips")),
        master_db=f.number("master_db", 0.0, -60.0, 12.0),
        original=f.yes("original"),
        loop=_loop(f),
        playhead=f.whole("playhead", 0, highest=_SAMPLES),
        view=_view(f.sub("view")),
        export=_export(f.sub("export")),
        stretches=f.each("stretches", _stretch, _MOST),
        stems=f.each("stems", _stem, _MOST),
        written=f.each("written", _written, _MOST),
        versions=_texts(f.sub("versions")),
        filter=f.text("filter", "", 64),
        autosave_of=f.text("autosave_of", ""),
    )
    return _with_more(document, f.rest)


def _with_more(document: SessionDocument, rest: Mapping[str, object]) -> SessionDocument:
    return replace(document, more=rest) if rest else document


def _song(f: Fields) -> SongRef:
    return SongRef(
        path=f.text("path"),
        sha256=_digest(f, "sha256"),
        size=f.whole("size", 0),
        duration_s=f.number("duration_s", 0.0, 0.0, 1e9),
        sample_rate=f.whole("sample_rate", 44100, 1, 1 << 24),
        relative=f.text("relative", ""),
    )


def _model(f: Fields) -> ModelRef:
    return ModelRef(f.text("name", "", 256), _digest(f, "sha256", needed=False))


def _digest(f: Fields, key: str, needed: bool = True) -> str:
    text = f.text(key, None if needed else "", 64).lower()
    if (needed or text) and (len(text) != 64 or set(text) - set("0123456789abcdef")):
        raise BadFieldError(f"“{key}” is no SHA-256")
    return text


def read_recipe(f: Fields) -> Recipe:
    """A recipe without its model."""
    louder = f.sub("emphasis_db")
    values = {_target(name): louder.number(name, 0.0, -MAX_EMPHASIS_DB, MAX_EMPHASIS_DB) for name in louder.names}
    return Recipe(
        model="",
        niter=f.whole("niter", 1, highest=10),
        softmask=f.yes("softmask"),
        window=f.whole("window", 300, highest=100_000),
        residual=f.yes("residual"),
        emphasis_db=emphasis(values),
    )


def _desk(f: Fields) -> Desk:
    return Desk(read_recipe(f.sub("A")), read_recipe(f.sub("B")), f.choice("slot", ("A", "B")))


def _strips(f: Fields) -> dict[str, StripRef]:
    if len(f.names) > _MOST:
        raise BadFieldError("it names too many strips")
    return {_target(name): _strip(f.sub(name)) for name in f.names}


def _strip(f: Fields) -> StripRef:
    return StripRef(
        f.number("gain_db", 0.0, -60.0, 12.0), f.number("pan", 0.0, -1.0, 1.0), f.yes("solo"), f.yes("mute")
    )


def _target(name: str) -> str:
    if not TARGET_NAME.fullmatch(name):
        raise BadFieldError("it names a stem that cannot be")
    return name


def _loop(f: Fields) -> tuple[int, int] | None:
    if not f.has("loop"):
        return None
    return _stretch_of(f.sub("loop"))


def _stretch_of(f: Fields) -> tuple[int, int]:
    start, stop = f.whole("start", -1, -1, _SAMPLES), f.whole("stop", -1, -1, _SAMPLES)
    if not 0 <= start < stop:
        raise BadFieldError("a stretch in it ends before it starts")
    return start, stop


def _view(f: Fields) -> View:
    view = View(
        lanes=f.text("lanes", "waveform", 64),
        different=_texts(f.sub("different")),
        start=f.number("start", 0.0, 0.0, float(_SAMPLES)),
        stop=f.number("stop", 0.0, 0.0, float(_SAMPLES)),
        gain=f.number("gain", 1.0, 1.0, 16.0),
    )
    return View(view.lanes, view.different, view.start, view.stop, view.gain, f.rest)


def _export(f: Fields) -> ExportRef:
    return ExportRef(f.choice("format", _FORMATS), f.choice("bit_depth", ("24", "16", "32f")), f.yes("exact_sum", True))


def _stretch(f: Fields) -> Stretch:
    start, stop = _stretch_of(f)
    recipe, model = read_recipe(f.sub("recipe")), _model(f.sub("model"))
    return Stretch(start, stop, recipe, model, f.rest)


def _stem(f: Fields) -> StemPrint:
    return StemPrint(_target(f.text("target")), _digest(f, "sha256"), f.text("sketch", "", 100_000))


def _written(f: Fields) -> WrittenFile:
    name = f.text("file", limit=255)
    if Path(name).name != name or name in ("", ".", "..") or "\\" in name:
        raise BadFieldError("it names a file outside its folder")
    return WrittenFile(name, f.text("target", "", 64), _digest(f, "sha256"))


def _texts(f: Fields) -> dict[str, str]:
    return {name: f.text(name, "", 200) for name in f.names[:_MOST]}
