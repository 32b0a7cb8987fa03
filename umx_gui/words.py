"""Words in the user's language: English sentences are the keys, and whoever has a catalogue hands it in.

Nothing here knows Qt. The terminal and the tests install nothing and stay English; the window installs what
`views/language.py` has loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any, Protocol


class Lookup(Protocol):
    """Finds a translation of a sentence; "" or the sentence itself: there is none."""

    def __call__(self, text: str, n: int, /) -> str:
        """The translation; `n` is -1 where nothing is counted."""
        ...


class _Words(Formatter):
    """`str.format` with the language's decimal point."""

    point = "."

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value as text."""
        text = str(super().format_field(value, format_spec))
        return text.replace(".", self.point) if isinstance(value, float) else text


_format = _Words()
_lookup: Lookup | None = None


class Said(str):
    """A sentence in English that knows what it was made of, so that `tr` can say it in the user's language."""

    template = ""
    values: Mapping[str, Any] = {}


def said(text: str, /, **values: Any) -> Said:
    """A sentence with values, as errors carry it: English wherever it is taken as text, translated where it is shown.

    Values that are sentences of this kind are translated with it.
    """
    sentence = Said(_filled(text, text, values))
    sentence.template, sentence.values = text, values
    return sentence


def packed(text: str) -> object:
    """A sentence as plain values, with those that it is made of, for another process: `unpacked` makes it anew."""
    if not isinstance(text, Said) or not text.template:
        return str(text)
    values = {name: packed(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return {"text": text.template, "values": values}


def unpacked(plain: Any) -> str:
    """The sentence that was `packed`. Raises KeyError, TypeError or AttributeError for something else."""
    if isinstance(plain, str):
        return plain
    values = {name: unpacked(v) if isinstance(v, str | dict) else v for name, v in plain["values"].items()}
    if not isinstance(plain["text"], str):
        raise TypeError(plain["text"])
    return said(plain["text"], **values)


def install(lookup: Lookup | None, point: str = ".") -> None:
    """From now on, words come from this catalogue, and numbers have this decimal point; None: English."""
    global _lookup
    _lookup, _format.point = lookup, point


def tr(text: str, /, **values: Any) -> str:
    """A sentence in the user's language, with the values in the places that it names in braces."""
    if isinstance(text, Said) and text.template:
        shown = {name: tr(value) if isinstance(value, Said) else value for name, value in text.values.items()}
        return _filled(_translated(text.template, -1), text.template, shown)
    return _filled(_translated(text, -1), text, values)


def trn(one: str, many: str, n: int, /, **values: Any) -> str:
    """A sentence about `n` things, which it names {n}, in the user's language; the catalogue's key is `many`."""
    english = one if n == 1 else many
    translated = _translated(many, n)
    return _filled(english if translated == many else translated, english, {"n": n, **values})


def mark(text: str, /) -> str:
    """The text itself, which is put into the catalogue, and translated by `tr` when it is shown."""
    return text


def number(value: float, spec: str = "g") -> str:
    """A number with the language's decimal point."""
    return _format.format_field(float(value), spec)


def point() -> str:
    """The language's decimal point."""
    return _format.point


def _translated(text: str, n: int) -> str:
    return (_lookup(text, n) or text) if _lookup is not None and text else text


def _filled(text: str, english: str, values: Mapping[str, Any]) -> str:
    if not values:
        return text
    empty: Sequence[Any] = ()
    try:
        return _format.vformat(text, empty, values)
    except (KeyError, IndexError, ValueError):  # a catalogue with a place that the sentence does not have
        return _format.vformat(english, empty, values)
