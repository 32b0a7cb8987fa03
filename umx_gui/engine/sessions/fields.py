"""Reading fields of a JSON object whose writer nobody knows: each of one type and within bounds, or a plain refusal."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

MAX_TEXT = 4096


class BadFieldError(Exception):
    """A field that cannot be used; the text says which one, in words of users."""


class Fields:
    """One JSON object, read field by field; what was not asked for is in `rest`."""

    def __init__(self, content: object, name: str = "the file") -> None:
        if not isinstance(content, dict):
            raise BadFieldError(f"{name} is not what it should be")
        self._content, self._name = content, name
        self._asked: set[str] = set()

    @property
    def rest(self) -> dict[str, object]:
        """The fields that nobody asked for, as they are."""
        return {str(key): value for key, value in self._content.items() if key not in self._asked}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields."""
        return tuple(str(key) for key in self._content)

    def has(self, key: str) -> bool:
        """Whether a field is there and not null."""
        return self._get(key) is not None

    def text(self, key: str, default: str | None = None, limit: int = MAX_TEXT) -> str:
        """A text that a file could be called by; `default` where the field is missing, else it is needed."""
        value = self._get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or len(value) > limit or not _is_text(value):
            raise self._bad(key)
        return value

    def choice(self, key: str, values: tuple[str, ...]) -> str:
        """One of some words; the first one where the field is missing."""
        value = self._get(key)
        if value is None:
            return values[0]
        if value not in values:
            raise self._bad(key)
        return str(value)

    def whole(self, key: str, default: int, lowest: int = 0, highest: int = 1 << 53) -> int:
        """A whole number within bounds."""
        value = self._get(key)
        if value is None:
            return default
        if type(value) is not int or not lowest <= value <= highest:
            raise self._bad(key)
        return value

    def number(self, key: str, default: float, lowest: float, highest: float) -> float:
        """A number within bounds; whole ones are taken, too."""
        value = self._get(key)
        if value is None:
            return default
        if type(value) not in (int, float) or not _within(value, lowest, highest):
            raise self._bad(key)
        return float(value)  # type: ignore[arg-type]

    def yes(self, key: str, default: bool = False) -> bool:
        """True or false."""
        value = self._get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self._bad(key)
        return value

    def sub(self, key: str) -> Fields:
        """An object in this one; an empty one where it is missing."""
        value = self._get(key)
        return Fields({} if value is None else value, f"“{key}”")

    def each(self, key: str, read: Callable[[Fields], T], most: int) -> tuple[T, ...]:
        """The objects of a list, each turned into a value."""
        value = self._get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > most:
            raise self._bad(key)
        return tuple(read(Fields(item, f"“{key}”")) for item in value)

    def _get(self, key: str) -> object:
        self._asked.add(key)
        return self._content.get(key)

    def _bad(self, key: str) -> BadFieldError:
        return BadFieldError(f"“{key}” of {self._name} cannot be used")


def _within(value: object, lowest: float, highest: float) -> bool:
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        return False
    return math.isfinite(number) and lowest <= number <= highest


def _is_text(text: str) -> bool:
    """Whether a file can be called so; JSON can hold strings that no system call takes."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
