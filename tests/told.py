"""What the user was told, recorded."""

from __future__ import annotations

from typing import Any

from umx_gui.messages import Message


class Told:
    """The messages of all signals it listens to, in order."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def listen(self, signal: Any) -> None:
        """Record what a signal of `Message` says from now on."""
        signal.connect(self.messages.append)

    @property
    def titles(self) -> list[str]:
        """The titles of all messages."""
        return [message.title for message in self.messages]

    def only(self) -> Message:
        """The one message that was told; fails where there were none or more."""
        assert len(self.messages) == 1, f"told: {[m.one_line() for m in self.messages]}"
        return self.messages[0]

    def nothing(self) -> bool:
        """Whether nothing was told; shows what was, when it fails."""
        assert self.messages == [], f"told: {[m.one_line() for m in self.messages]}"
        return True
