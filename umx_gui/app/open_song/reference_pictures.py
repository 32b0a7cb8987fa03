"""What is drawn of a song's references: each beside its stem, and how far the stem is from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from umx_gui.engine.audio import FloatArray, Stems
from umx_gui.engine.summaries import Samples

if TYPE_CHECKING:  # reading references loads the codecs, which the first picture does not wait for
    from umx_gui.engine.songs.references import LaidOut


def reference_key(target: str) -> str:
    """The key of a stem's reference among peaks and spectrograms; no target has a name like it."""
    return f"{target}:reference"


def error_key(target: str) -> str:
    """The key of the spectrogram of what a stem has too much or too little."""
    return f"{target}:error"


def spectra_of(references: LaidOut, stems: Stems) -> Iterator[tuple[str, Samples]]:
    """Key and samples of all spectrograms that references add to those of these stems."""
    for name in references.names:
        if name in stems.targets:
            yield reference_key(name), references.stems[name]
            yield error_key(name), _Error(stems[name], references.stems[name])


class _Error:
    """A stem minus its reference, as an array that is computed where it is looked at."""

    def __init__(self, stem: FloatArray, reference: FloatArray) -> None:
        self._stem, self._reference = stem, reference

    @property
    def shape(self) -> tuple[int, ...]:
        """[C, T] of the stem."""
        return self._stem.shape

    def __getitem__(self, where: tuple[slice, slice]) -> FloatArray:
        """A stretch of some channels."""
        rest: FloatArray = self._stem[where] - self._reference[where]
        return rest
