"""What of a song is exported, and whether all of it is there."""

from __future__ import annotations

from dataclasses import dataclass

from umx_gui.app.open_song.song import MIXTURE, Song
from umx_gui.engine.audio import Fill
from umx_gui.messages import Message
from umx_gui.playback.mix import Mix
from umx_gui.words import tr

MIX = "mix"
"""The name of the file that holds what the mixer lets be heard."""

Group = tuple[str, tuple[str, ...]]
"""A name, and the stems that are summed under it; see `group_rows`."""


@dataclass(frozen=True, slots=True)
class ExportWhat:
    """Stems, groups, "mixture" and "mix", by name (all stems if none is named); of the song, or of a stretch of it.

    groups: those that may be among `targets`. stretch: samples [start, stop). mix: the mixer's settings, for "mix" and
    for projects.
    """

    targets: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    stretch: tuple[int, int] | None = None
    mix: Mix | None = None

    @property
    def key(self) -> str:
        """A name for it: the target's, if it is one whole stem or the mixture."""
        plain = len(self.targets) == 1 and self.stretch is None and self.targets[0] != MIX and not self.groups
        return self.targets[0] if plain else repr(self)

    def of(self, song: Song) -> tuple[str, ...]:
        """The names of what is written of a song."""
        return self.targets or song.targets

    def samples(self, song: Song) -> tuple[int, int]:
        """The stretch [start, stop) of a song."""
        start, stop = self.stretch or (0, song.n_samples)
        return max(start, 0), min(stop, song.n_samples)

    def sums(self) -> dict[str, tuple[str, ...]]:
        """The groups by name."""
        return dict(self.groups)


def ready(song: Song, what: ExportWhat) -> bool:
    """Whether all that is asked for is final."""
    start, stop = what.samples(song)
    targets, sums = what.of(song), what.sums()
    stems = [name for name in targets if name not in (MIXTURE, MIX) and name not in sums]
    if not targets or start >= stop or not set(stems) <= set(song.targets):
        return False
    if not song.complete and song.n_decoded < stop:
        return False
    if set(targets) == {MIXTURE}:
        return True
    if not song.splices.settled:
        return False
    runs = song.coverage.runs()
    return song.stems is not None and all(fill == Fill.FINAL for a, b, fill in runs if a < stop and b > start)


def not_ready(song: Song) -> Message:
    """Why a song cannot be exported yet."""
    if song.stems is None:
        return Message(tr("There are no stems yet"), tr("the song has not been separated"), tr("Separate it first"))
    if not song.splices.settled:
        return Message(tr("A stretch is just being put in its place"), "", tr("Wait a moment"))
    return Message(
        tr("The stems are not complete yet"), tr("the song is not wholly separated"), tr("Wait, or separate it on")
    )
