"""`umx-gui separate`: songs in, folders of stems out, one after another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from umx_gui import messages
from umx_gui.commands.console import Console, path_text
from umx_gui.commands.doors import DONE, failed
from umx_gui.commands.outputs import Outputs, choose_outputs
from umx_gui.commands.reading import declared_length, read_mixture
from umx_gui.commands.separate_options import Request
from umx_gui.engine.audio import Audio, Block, FloatArray, Stems
from umx_gui.engine.decoding.decode import AudioFile, AudioInfo
from umx_gui.engine.export.exporter import ExportOptions, Written, check_export, export_stems
from umx_gui.engine.models.model_names import model_names
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.naming import safe_name, song_name
from umx_gui.engine.storage.scratch import Scratch, release
from umx_gui.engine.work import CancelToken, Progress, SlowedDown
from umx_gui.errors import Cancelled, UmxError

if TYPE_CHECKING:
    from umx_gui.engine.separation.separator import Separator

_RESIDUAL = "residual"
_EASE_GAP_S = 0.5


def separate(request: Request, console: Console, cancel: CancelToken) -> int:
    """Separate all songs; a song that fails is told of, and the next one begun. Returns the exit code.

    Raises ModelNotFoundError and OptionError for the model, and Cancelled.
    """
    registry = ModelRegistry()
    wanted = request.model or registry.default_name()
    # Looked up before any song is read; loaded when one could be.
    models = [registry.entry(name).name for name in model_names(wanted, registry)]
    work = _Separation(request, wanted, console, cancel)
    folders = song_folders(request.files, request.outdir, "+".join(dict.fromkeys(models)))
    code = DONE
    for path, folder in zip(request.files, folders, strict=True):
        try:
            with console.song(path.name):
                work.song(path, folder)
        except UmxError as error:
            if cancel.cancelled:
                raise Cancelled from error
            code = max(code, failed(error, console))
            if work.hopeless:
                break
    console.event("done", code=code)
    return code


def song_folders(files: tuple[Path, ...], outdir: Path, model: str) -> tuple[Path, ...]:
    """A folder for each song, named after song and model, and numbered where songs share a name."""
    folders: list[Path] = []
    taken: set[str] = set()
    for path in files:
        plain = name = safe_name(f"{song_name(path)}_{model}")
        n = 1
        while name.casefold() in taken:
            n += 1
            name = f"{plain}_{n}"
        taken.add(name.casefold())
        folders.append(outdir / name)
    return tuple(folders)


class _Separation:
    """The songs of one command: they share the loaded model. `hopeless` is set if it cannot be used at all."""

    def __init__(self, request: Request, model: str, console: Console, cancel: CancelToken) -> None:
        self._request, self._model, self._console, self._cancel = request, model, console, cancel
        self._separator: Separator | None = None
        self._needs_residual = False
        self._eased_at = 0.0
        self.hopeless = False

    def song(self, path: Path, folder: Path) -> None:
        """Separate one song into its folder. Raises UmxError and Cancelled; nothing is left behind then."""
        request = self._request
        with AudioFile(path) as file:
            expected = declared_length(file, request.start_s, request.duration_s)
            self._cancel.check()
            separator, outputs = self._ready()
            self._cancel.check()
            info = file.info
            rate = self._model_rate() or info.sample_rate
            export = self._export_options(separator, outputs)
            shape = (min(info.n_channels, 2), round((expected or 0) * rate / info.sample_rate))
            check_export(folder, song_name(path), outputs.names, shape, rate, export)
            self._say_what_differs(info, rate, export)
            with Scratch() as scratch:
                mixture = self._read(file, scratch)
                started = time.monotonic()
                stems = self._separate(separator, outputs, mixture, scratch)
                speed = mixture.duration_s / max(time.monotonic() - started, 1e-9)
                self._console.detail(f"{path.name}: separated at {speed:.2f} times real time")
                written = self._export(folder, song_name(path), stems, mixture, info, export)
        self._tell(path, folder, written)

    def _ready(self) -> tuple[Separator, Outputs]:
        """The separator, loaded for the first song, and what is written of its stems."""
        try:
            if self._separator is None:
                self._separator = self._load()
            asked, separator = self._request, self._separator
            return separator, choose_outputs(separator.targets, asked.targets, asked.aggregate, self._residual())
        except UmxError:
            self.hopeless = True
            raise

    def _load(self) -> Separator:
        # PyTorch takes seconds to load: only once there is a song that can be read.
        from umx_gui.engine.models.ensemble import load_models
        from umx_gui.engine.separation.separator import Separator, SeparatorOptions

        asked = self._request
        model = load_models(self._model)
        only = self._networks() if asked.only_networks else None
        self._needs_residual = asked.n_iter > 0 and len(only or model.targets) == 1
        if only:
            self._console.note(messages.some_networks_only(only))
        if self._needs_residual and asked.residual is None:
            self._console.note(messages.residual_added(_RESIDUAL))
        options = SeparatorOptions(
            n_iter=asked.n_iter,
            softmask=asked.softmask,
            residual=self._residual(),
            wiener_win_len=asked.wiener_win_len,
            filter=asked.filter,
            device=asked.device,
            threads=asked.threads,
            fast=asked.fast,
            exact_sum=asked.export.exact_sum,
            only_targets=only,
        )
        separator = Separator(model, options)
        self._console.detail(f"model {model.name} ({', '.join(model.targets)}) on {separator.device}")
        return separator

    def _networks(self) -> tuple[str, ...]:
        """The networks that the stems asked for are made of."""
        asked = self._request
        names = [name for t in asked.targets for name in asked.aggregate.get(t, (t,)) if name != asked.residual]
        return tuple(dict.fromkeys(names))

    def _residual(self) -> str | None:
        return self._request.residual or (_RESIDUAL if self._needs_residual else None)

    def _model_rate(self) -> int | None:
        if not self._request.at_model_rate or self._separator is None:
            return None
        return self._separator.model.spec.sample_rate

    def _export_options(self, separator: Separator, outputs: Outputs) -> ExportOptions:
        """The options of the export: the remainder goes to the stem that took the separator's own."""
        whole = separator.sums_exactly and outputs.whole(len(separator.targets))
        if not whole:
            return replace(self._request.export, exact_sum=False)
        taker = self._residual() or ("other" if "other" in separator.targets else separator.targets[-1])
        row = separator.targets.index(taker)
        name = next(n for n, rows in zip(outputs.names, outputs.members, strict=True) if row in rows)
        return replace(self._request.export, remainder_to=name)

    def _say_what_differs(self, info: AudioInfo, rate: int, export: ExportOptions) -> None:
        if info.n_channels > 2:
            self._console.note(messages.downmixed(info.n_channels, info.channel_layout))
        if (found := export.rate_of_files(rate)) != rate:
            self._console.note(messages.rate_of_files(export.format, rate, found))

    def _read(self, file: AudioFile, scratch: Scratch) -> Audio:
        asked = self._request
        steps = read_mixture(file, scratch, asked.start_s, asked.duration_s, self._model_rate(), self._cancel)
        for step in steps:
            if isinstance(step, Audio):
                mixture = step
            else:
                self._console.progress("reading", step)
        for warning in file.warnings:
            self._console.note(warning)
        return mixture

    def _separate(self, separator: Separator, outputs: Outputs, mixture: Audio, scratch: Scratch) -> Stems:
        shape = (len(outputs.names), mixture.n_channels, mixture.n_samples)
        stems: FloatArray = scratch.reserve(shape, np.float32)[1].view(np.float32)
        for step in separator.separate(mixture, self._cancel):
            self._cancel.check()
            if isinstance(step, Block):
                stems[:, :, step.start : step.stop] = outputs.mix(step.samples)
            elif isinstance(step, SlowedDown):
                self._console.note(messages.slowed_down(step.device))
            else:
                self._console.progress("separating", step)
            self._ease(stems, mixture.samples)
        return Stems(outputs.names, stems, mixture.sample_rate)

    def _export(
        self, folder: Path, name: str, stems: Stems, mixture: Audio, info: AudioInfo, options: ExportOptions
    ) -> list[Written]:
        steps: Iterator[Progress | Written] = export_stems(
            folder, name, stems, mixture.samples, info, options, self._cancel
        )
        written = []
        for step in steps:
            if isinstance(step, Written):
                written.append(step)
            else:
                self._console.progress("writing", step)
            self._ease(stems.samples, mixture.samples)
        return written

    def _ease(self, *arrays: FloatArray) -> None:
        """Keep memory flat for songs of hours: what was read or written goes back to the disk, twice a second."""
        if (now := time.monotonic()) - self._eased_at < _EASE_GAP_S:
            return
        self._eased_at = now
        for array in arrays:
            release(array)

    def _tell(self, path: Path, folder: Path, written: list[Written]) -> None:
        for w in written:
            # The path as it was asked for, not made absolute.
            text = path_text(folder / w.path.name)
            self._console.say(text)
            self._console.event(
                "written", file=path.name, path=path_text(w.path), target=w.target, clipped_samples=w.clipped_samples
            )
            if w.clipped_samples:
                self._console.note(messages.clipped(w.target, w.clipped_samples))
        exact = all(w.exact for w in written)
        self._console.event("song", file=path.name, folder=path_text(written[0].path.parent), exact_sum=exact)
        if exact:
            self._console.detail(f"{path.name}: the stems add up to the song, to the last bit")
