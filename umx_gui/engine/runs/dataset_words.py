"""What is wrong with a dataset's tracks in words: the trainer finds it, terminal and window say it."""

from __future__ import annotations

from collections.abc import Sequence

from umx_gui.errors import AudioChangedError, AudioUnreadableError, AudioWarning, DatasetError, UmxError
from umx_gui.reasons import FLAWS, UNREADABLE
from umx_gui.words import Said, mark, said

Forms = tuple[str, str, str]
"""A sentence about one file, about several, and about all files of a track."""

WRONG_RATE: Forms = (
    mark("{stems} is at {rate} Hz, not {wanted} Hz"),
    mark("{stems} are at {rate} Hz, not {wanted} Hz"),
    mark("all its files are at {rate} Hz, not {wanted} Hz"),
)
TOO_MANY_CHANNELS: Forms = (
    mark("{stems} has {n} channels, more than {most}"),
    mark("{stems} have {n} channels, more than {most}"),
    mark("all its files have {n} channels, more than {most}"),
)
MONO: Forms = (mark("{stems} is mono"), mark("{stems} are mono"), mark("all its files are mono"))
SILENT: Forms = (
    mark("{stems} is silent throughout"),
    mark("{stems} are silent throughout"),
    mark("all its files are silent throughout"),
)
ALL_SILENT = said("it is silent throughout")
NOTHING_IN_IT = said("it holds no samples")


def of_files(forms: Forms, which: Sequence[str], n_files: int, **values: object) -> Said:
    """That some of a track's files are something: drums and bass are mono."""
    one, several, every = forms
    if len(which) == n_files > 1:
        return said(every, **values)
    *names, last = which
    if not names:
        return said(one, stems=last, **values)
    return said(several, stems=said("{others} and {last}", others=", ".join(names), last=last), **values)


def unreadable(stem: str, error: UmxError | OSError) -> Said:
    """Why a file of a track cannot be read."""
    if isinstance(error, AudioUnreadableError):
        why: str = said(UNREADABLE[error.reason][0])
    elif isinstance(error, AudioChangedError):
        why = said("it became shorter or vanished")
    else:
        why = error.detail if isinstance(error, DatasetError) else str(error)
    return said("{stem} cannot be read: {why}", stem=stem, why=why)


def flawed(flaw: AudioWarning) -> Said:
    """What is not quite sound in a file."""
    return said(FLAWS[flaw.flaw], amount=float(flaw.amount))


def twice(stem: str) -> Said:
    """Two files are one stem."""
    return said("it holds {stem} twice", stem=stem)


def without(stem: str) -> Said:
    """A stem is missing."""
    return said("it has no {stem}", stem=stem)


def not_numbers(stem: str, n_samples: int) -> Said:
    """Samples are infinite, or no numbers."""
    return said("{stem} holds samples that are not numbers ({n})", stem=stem, n=n_samples)


def clipped(stem: str, n_places: int) -> Said:
    """Runs of samples at full scale."""
    if n_places == 1:
        return said("{stem} is clipped in one place", stem=stem)
    return said("{stem} is clipped in {n} places", stem=stem, n=n_places)


def lengths_differ(shortest: str, longest: str, n_shortest: int, n_longest: int) -> Said:
    """Files of one track are not of one length, in samples."""
    return said(
        "{shortest} is shorter than {longest}: {n_shortest} against {n_longest} samples",
        shortest=shortest,
        longest=longest,
        n_shortest=n_shortest,
        n_longest=n_longest,
    )


def misplaced(stem: str, lag: int) -> Said:
    """A stem lies elsewhere than in the mixture, by `lag` samples too late."""
    if abs(lag) == 1:
        late, early = said("one sample too late"), said("one sample too early")
    else:
        late, early = said("{n} samples too late", n=abs(lag)), said("{n} samples too early", n=abs(lag))
    return said("{stem} lies {how} for the mixture", stem=stem, how=late if lag > 0 else early)


def other_mixture(rest_db: float) -> Said:
    """The stems are not those of the mixture; `rest_db` of it are left without them."""
    return said("its stems do not add up to its mixture ({rest:.0f} dB of it are left)", rest=rest_db)


def limited(edge_hz: float) -> Said:
    """Where the sound of a track ends."""
    return said("its sound ends at {edge:.1f} kHz", edge=edge_hz / 1000)


NO_FOLDER = said("there is no such folder; a dataset has the folders train and valid")
NO_TRACKS = said("it holds no track folders with stems such as vocals.wav")
NO_WAVE_SONGS = said("it holds no folders of WAV files")
NO_STEM_SONGS = said("it holds no .stem.mp4 files (with folders of WAV files, add --is-wav)")
NONE_TO_VALIDATE = said("it holds none of the songs that are kept for validation")
NONE_TO_TRAIN = said("it holds no songs to train on")


def no_musdb_folder(name: str) -> Said:
    """One of MUSDB18's two folders is missing."""
    return said("it has no folder {name}; MUSDB18 has the folders train and test", name=name)


def none_holds(files: Sequence[str], ext: str = "") -> Said:
    """No folder is a track: each would have to hold these files, and, if `ext` is given, others that end in it."""
    *others, last = files
    wanted: str = last
    if ext:
        wanted = said("{file} and other files ending in {ext}", file=last, ext=ext)
    elif others:
        wanted = said("{others} and {last}", others=", ".join(others), last=last)
    return said("none of its folders holds {files}", files=wanted)


def none_ends_in(ext: str) -> Said:
    """No file is a sound of the kind that was asked for."""
    return said("it holds no files that end in {ext}", ext=ext)
