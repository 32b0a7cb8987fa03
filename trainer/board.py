"""Curves for TensorBoard, which is optional: the history holds the same numbers."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import TracebackType
from typing import Any

from trainer.events import EpochDone, Event
from umx_gui.errors import OptionError

FOLDER = "tensorboard"


class Board:
    """Writes each epoch's losses, SDRs and rates into the run's folder. Raises OptionError without tensorboard."""

    def __init__(self, run: Path) -> None:
        if importlib.util.find_spec("tensorboard") is None:
            raise OptionError("--tensorboard", "TensorBoard is not installed (pip install tensorboard)")
        from torch.utils.tensorboard import SummaryWriter

        self._writer: Any = SummaryWriter(str(run / FOLDER))

    def tell(self, event: Event) -> None:
        """Take an event of a run."""
        if not isinstance(event, EpochDone):
            return
        for target, values in event.line["targets"].items():
            for name, value in {**values, **values.get("logs", {})}.items():
                if isinstance(value, (int, float)):
                    self._writer.add_scalar(f"{name}/{target}", value, event.epoch)
        self._writer.flush()

    def __enter__(self) -> Board:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.close()
