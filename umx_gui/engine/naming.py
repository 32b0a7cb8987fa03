"""File names for stems: what a song or target may be called on disk, on every system."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from umx_gui.errors import OptionError
from umx_gui.messages import printable as printable
from umx_gui.words import said

TARGET_NAME = re.compile(r"[A-Za-z0-9 _-]{1,64}")
MAX_NAME_BYTES = 180
"""The most bytes of a song's name: file systems allow 255 for all, with target and suffix."""
FIELDS = ("song", "title", "artist", "album", "target", "model", "n")
"""What the name of a file may be made of, in braces; {n} counts the files of a song."""

_NO_WORDS: Mapping[str, str] = MappingProxyType({})
_GAP = "\0"
_BETWEEN = " -\u2013_,."
_FORBIDDEN = frozenset('<>:"/\\|?*')
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


def check_target(name: str, option: str = "targets") -> str:
    """The name itself if a file can be called so. Raises OptionError: only letters, digits, space, _ and -."""
    if not TARGET_NAME.fullmatch(name) or name != name.strip():
        raise OptionError(
            option,
            said("“{name}” is no name of a stem: use letters, digits, space, _ and -", name=printable(name)[:64]),
        )
    return name


def safe_name(text: str, otherwise: str = "song") -> str:
    """Text as the name of a file or folder, on Windows, too: no separators, no reserved names, not too long."""
    kept = "".join("_" if c in _FORBIDDEN else c for c in printable(unicodedata.normalize("NFC", text)))
    kept = kept.encode()[:MAX_NAME_BYTES].decode(errors="ignore").strip().rstrip(". ")
    kept = kept.lstrip(".").strip() or otherwise
    return f"_{kept}" if kept.split(".")[0].strip().lower() in _RESERVED else kept


def song_name(path: Path) -> str:
    """What a song is called in names made from its file: the name without its suffix, `.stem.mp4` being one suffix."""
    name = path.name
    if name.lower().endswith(".stem.mp4"):
        return safe_name(name[: -len(".stem.mp4")])
    return safe_name(path.stem if path.suffix else name)


def file_name(
    template: str, song: str, target: str, suffix: str, words: Mapping[str, str] = _NO_WORDS, n: str = "1"
) -> str:
    """A file's name from a template such as "{song} ({target})", with the suffix appended. Raises OptionError.

    `words` has what {title} (the song's name, if there is none), {artist}, {album} and {model} stand for; where one is
    not known, the brackets or dashes around it go as well.
    """
    values = {"song": song, "target": target, "n": n, **dict.fromkeys(("artist", "album", "model"), ""), **words}
    values["title"] = values.get("title") or song
    parts: list[str] = []
    try:
        for literal, field, spec, conversion in string.Formatter().parse(template):
            parts.append(literal)
            if field is None:
                continue
            if field not in FIELDS or spec or conversion:
                known = ", ".join(f"{{{name}}}" for name in FIELDS)
                raise OptionError(
                    "template", said("it may hold {known}, not {field}", known=known, field=f"{{{field}}}")
                )
            parts.append(values[field].replace(_GAP, "").strip() or _GAP)
    except ValueError as e:
        raise OptionError("template", "its braces do not match") from e
    # The suffix is appended, never exchanged: a dot in the name is part of the name.
    return safe_name(_without_gaps("".join(parts)), otherwise=target or song) + suffix


def _without_gaps(text: str) -> str:
    """Text without the places of words that are not known, and without what stood around them only."""
    text = re.sub(rf"\({_GAP}\)|\[{_GAP}\]|{{{_GAP}}}", _GAP, text)
    while (at := text.find(_GAP)) >= 0:
        before, after = text[:at], text[at + 1 :]
        kept = before.rstrip(_BETWEEN)
        rest = after.lstrip(_BETWEEN)
        joint = before[len(kept) :] or after[: len(after) - len(rest)]
        # A word that begins the name has nothing to be joined to, nor has one that ends it.
        text = kept + (joint if kept and rest and rest[0] != _GAP else "") + rest
    return text


def file_names(
    template: str, song: str, targets: tuple[str, ...], suffix: str, words: Mapping[str, str] = _NO_WORDS
) -> tuple[str, ...]:
    """The file names of all stems. Raises OptionError where two would be one, on disks that ignore case as well."""
    width = len(str(len(targets)))
    names = tuple(
        file_name(template, song, check_target(target), suffix, words, f"{n:0{width}d}")
        for n, target in enumerate(targets, 1)
    )
    if len({name.casefold() for name in names}) < len(names):
        raise OptionError(
            "template",
            said(
                "it gives two stems one name; use {target} in it, not only {template}",
                target="{target}",
                template=template,
            ),
        )
    return names
