"""What is kept from job to job in the separator's thread: the model, and its networks made ready."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from umx_gui.app.separation.torch_loading import load_torch
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.sessions.receipts import versions
from umx_gui.engine.work import CancelToken

if TYPE_CHECKING:
    from umx_gui.engine.models.model import Model
    from umx_gui.engine.separation.options import SeparatorOptions
    from umx_gui.engine.separation.separator import Separator


class ModelShelf:
    """Keeps the model that was used last, so that the next song starts at once. Used in the worker's thread only."""

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry
        self._key: tuple[str, float] | None = None
        self._model: Model | None = None
        self._separator: Separator | None = None

    def get(self, name: str) -> Model:
        """The model of this name, loaded anew where its files changed. Raises ModelError."""
        from umx_gui.engine.models.model import load_model

        folder = self._registry.find(name)
        key = (str(folder), max((p.stat().st_mtime for p in folder.iterdir()), default=0.0))
        if self._model is None or key != self._key:
            self._model = self._separator = None  # let the old one go before the new one comes
            self._model = load_model(folder, self._registry)
            self._key = key
        return self._model

    def separator(self, name: str, options: SeparatorOptions) -> Separator:
        """The model's networks on the device, made ready once, with these options of the filter."""
        from umx_gui.engine.separation.separator import Separator

        model = self.get(name)
        if self._separator is None or self._separator.options.device != options.device:
            self._separator = None
            self._separator = Separator(model, options)
        return self._separator.retuned(options)


def warm_up(name: str, shelf: ModelShelf, cancel: CancelToken) -> Generator[None, None, None]:
    """Load torch and a model before they are needed, so that the first song's stems come as soon as the next one's."""
    load_torch()
    yield None
    import umx_gui.engine.separation.separator  # noqa: F401 - loaded for later

    yield None
    versions()  # read from the disk once, which a song that is being opened would wait for
    yield None
    shelf.get(name)
