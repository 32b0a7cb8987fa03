"""A session as a value: one song, what was done to it, and what came of it. The file that holds it is `session_file`.

Values are equal if they mean the same, so that "changed since it was saved" is a comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from umx_gui.engine.sessions.recipe import Recipe

_PLAIN = Recipe("")


class Kind(Enum):
    """What a `.umx` file is."""

    SESSION = "session"  # to be worked on
    RECEIPT = "receipt"  # written beside exported stems: how they were made


@dataclass(frozen=True, slots=True)
class SongRef:
    """Which song: two ways to it, and what tells it from all others. `relative` is from the session file's folder."""

    path: str
    sha256: str
    size: int
    duration_s: float
    sample_rate: int
    relative: str = ""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """Which model: its name, and the digest of its files (see `models_digest`); "" where it was not known."""

    name: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class StripRef:
    """The controls of one stem."""

    gain_db: float = 0.0
    pan: float = 0.0
    solo: bool = False
    mute: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What is seen: [start, stop) in samples, all lanes as `lanes`, but for those that differ (by target);
    `gain` of the waves.

    stop 0 means the whole song. `more` belongs to the views alone: it is kept as it is.
    """

    lanes: str = "waveform"
    different: Mapping[str, str] = field(default_factory=dict)
    start: float = 0.0
    stop: float = 0.0
    gain: float = 1.0
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """The filter desk: two snapshots, and which of them counts. The recipes' models are not used."""

    a: Recipe = _PLAIN
    b: Recipe = _PLAIN
    slot: str = "A"

    @property
    def now(self) -> Recipe:
        """The snapshot that counts."""
        return self.a if self.slot == "A" else self.b


@dataclass(frozen=True, slots=True)
class Stretch:
    """[start, stop) in samples, separated in another way than the rest; later ones cover earlier ones.

    `more` is what else a writer keeps of it (a name, a crossfade, whether it counts).
    """

    start: int
    stop: int
    recipe: Recipe
    model: ModelRef
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StemPrint:
    """What is kept of a stem to know it again: see `prints`. `sketch` is base64."""

    target: str
    sha256: str
    sketch: str


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that was exported: its name in the folder of the receipt."""

    file: str
    target: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ExportRef:
    """How stems are (or were) written."""

    format: str = "wav"
    bit_depth: str = "24"
    exact_sum: bool = True


@dataclass(frozen=True, slots=True)
class SessionDocument:
    """Everything a `.umx` file holds. loop and playhead are in samples of the song.

    `stems` are prints of the stems where they were whole, `filter` the arithmetic they were made with (`compiled` or
    `torch`; "": not known). `versions`: what made it. `autosave_of`: in an autosave, the
    session's own file, "" where it has none. `more`: fields of other programs or later versions, kept as they are.
    """

    song: SongRef
    model: ModelRef
    kind: Kind = Kind.SESSION
    desk: Desk = Desk()
    strips: Mapping[str, StripRef] = field(default_factory=dict)
    master_db: float = 0.0
    original: bool = False
    loop: tuple[int, int] | None = None
    playhead: int = 0
    view: View = View()
    export: ExportRef = ExportRef()
    stretches: tuple[Stretch, ...] = ()
    stems: tuple[StemPrint, ...] = ()
    written: tuple[WrittenFile, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    filter: str = ""
    autosave_of: str = ""
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def recipe(self) -> Recipe:
        """What the stems are made with."""
        return replace(self.desk.now, model=self.model.name)

    def worked_on(self) -> SessionDocument:
        """The part that is somebody's work: two documents that agree in it need no saving. Not how it is looked at."""
        return replace(
            self,
            kind=Kind.SESSION,
            song=_NO_SONG,
            model=ModelRef(self.model.name),
            view=View(lanes=self.view.lanes, different=self.view.different),
            playhead=0,
            original=False,
            master_db=0.0,
            export=_AS_EXPORTED,
            stems=(),
            written=(),
            versions={},
            filter="",
            autosave_of="",
        )


_NO_SONG = SongRef("", "", 0, 0.0, 44100)
_AS_EXPORTED = ExportRef()
