"""Scoring songs side by side: processes of one thread each, with the model loaded once in each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.synchronize import Event

import torch

from trainer.evaluate_options import EvaluateOptions
from trainer.reference_songs import ReferenceSong
from trainer.score_song import Scorer, SongScores
from umx_gui.engine.separation.inference.workers import available_cores
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, OutOfMemoryError, UmxError, WorkerGoneError
from umx_gui.messages import Message, describe

Result = SongScores | Message
_BYTES_EACH = 2 << 30
_POLL_S = 0.1
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def how_many(wanted: int, n_songs: int) -> int:
    """As many processes as were asked for, or as cores and free memory (2 GB each) allow; never more than songs."""
    fits = wanted or min(available_cores(), max(_free_bytes() // _BYTES_EACH, 1))
    return max(min(fits, n_songs), 1)


def score_songs(
    songs: Sequence[ReferenceSong], options: EvaluateOptions, scorer: Scorer, cancel: CancelToken
) -> Iterator[tuple[ReferenceSong, Result]]:
    """The scores of each song, or the message why there are none, in the order in which they are done.

    `scorer` is used if one process is enough. Raises Cancelled and WorkerGoneError.
    """
    n = how_many(options.workers, len(songs))
    if n == 1:
        for song in songs:
            yield song, _attempt(scorer, song, cancel)
        return
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with _one_thread_each(), ProcessPoolExecutor(n, context, _begin, (options.for_worker(), stop)) as pool:
        try:
            with _interrupts_unheard():
                pending = {pool.submit(_score, song): song for song in songs}
            yield from _as_done(pending, cancel)
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _as_done(
    pending: dict[Future[Result | None], ReferenceSong], cancel: CancelToken
) -> Iterator[tuple[ReferenceSong, Result]]:
    while pending:
        cancel.check()
        done, _ = wait(pending, _POLL_S, FIRST_COMPLETED)
        for future in done:
            try:
                result = future.result()
            except BrokenProcessPool as e:
                # A pressed Ctrl-C may have reached a process before it could tell that it is to be ignored.
                cancel.check()
                raise WorkerGoneError from e
            if result is None:
                raise Cancelled
            yield pending.pop(future), result


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """The environment for processes that start meanwhile; numpy's libraries read it when they are loaded."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _interrupts_unheard() -> Iterator[None]:
    """Processes that start meanwhile never see Ctrl-C, which a terminal sends to all; this one sees it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Process:
    """What a worker process keeps between songs."""

    scorer: Scorer
    cancel = CancelToken()


def _begin(options: EvaluateOptions, stop: Event) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    threading.Thread(target=_watch, args=(stop,), daemon=True).start()
    _Process.scorer = Scorer(options)


def _watch(stop: Event) -> None:
    """Pass on that the work is to stop; end with the parent, even if that was killed."""
    parent = multiprocessing.parent_process()
    while not stop.wait(_POLL_S * 10):
        if parent is not None and not parent.is_alive():
            os._exit(1)
    _Process.cancel.cancel()


def _score(song: ReferenceSong) -> Result | None:
    try:
        return _attempt(_Process.scorer, song, _Process.cancel)
    except Cancelled:
        return None


def _attempt(scorer: Scorer, song: ReferenceSong, cancel: CancelToken) -> Result:
    try:
        return scorer.score(song, cancel)
    except UmxError as error:
        # As words, since errors with fields do not travel between processes.
        return describe(error)
    except MemoryError:
        return describe(OutOfMemoryError())


def _free_bytes() -> int:
    try:
        return int(os.sysconf("SC_AVPHYS_PAGES")) * int(os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return _BYTES_EACH
