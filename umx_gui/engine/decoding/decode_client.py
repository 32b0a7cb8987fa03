"""The parent's side of the decoding child: start it, ask it, hold it to its time, replace it after a failure.

One child is kept warm in a process. Whoever asks while it is busy gets a child of his own, so that threads never
wait for one another. A child that refused a file, crashed, or ran out of time is never used again.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding import decode_wire as wire
from umx_gui.engine.work import CancelToken

START_LIMIT_S = 60.0
OPEN_LIMIT_S = 4.5
BLOCK_LIMIT_S = 8.0
_CANCEL_GRACE_S = 0.3
_PIPE_BYTES = 1 << 20
_ROOT = Path(__file__).resolve().parents[3]

# The working folder is where the user's files are: nothing is imported from there.
_LAUNCH = (
    "import sys; sys.path[:] = [sys.argv[1], *(p for p in sys.path if p)]; "
    "from umx_gui.engine.decoding.decode_child import main; main()"
)


class ChildGoneError(Exception):
    """The child ended without an answer; `timed_out` tells whether it was ended for taking too long."""

    def __init__(self, timed_out: bool = False) -> None:
        super().__init__(f"timed out: {timed_out}")
        self.timed_out = timed_out


class DecoderProcess:
    """One child. Used by one thread at a time; its clock runs in a thread of its own."""

    def __init__(self) -> None:
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=_ROOT,
            env=env,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        if sys.platform == "linux":
            import fcntl

            assert self._process.stdout is not None
            with suppress(OSError):
                fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._ready = False
        self._clock = _Clock(self._process)

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def ask(self, request: dict[str, object]) -> None:
        """Send a request. Raises ChildGoneError."""
        if not self._ready:
            self.receive(START_LIMIT_S)
            self._ready = True
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
        except OSError as e:
            raise ChildGoneError from e

    def receive(self, limit_s: float, cancel: CancelToken | None = None) -> tuple[bytes, bytes | FloatArray]:
        """The next message's kind and content; a block as [C, t]. Raises ChildGoneError, also on cancel."""
        with self._clock.running(limit_s, cancel):
            kind, n_channels, n_bytes = wire.HEAD.unpack(self._read(wire.HEAD.size))
            if n_bytes > wire.MAX_BYTES.get(kind, 0):
                raise ChildGoneError
            if kind != wire.BLOCK:
                return kind, bytes(self._read(n_bytes))
            if not n_channels or n_bytes % (4 * n_channels):
                raise ChildGoneError
            block = np.empty((n_channels, n_bytes // (4 * n_channels)), np.float32)
            self._read_into(block.data.cast("B"))
            return kind, block

    def _read(self, n_bytes: int) -> bytearray:
        content = bytearray(n_bytes)
        self._read_into(memoryview(content))
        return content

    def _read_into(self, target: memoryview) -> None:
        assert self._process.stdout is not None
        at = 0
        while at < len(target):
            try:
                n_read = self._process.stdout.readinto(target[at:])  # type: ignore[attr-defined]  # unbuffered: FileIO
            except (OSError, ValueError) as e:
                raise ChildGoneError(self._clock.timed_out) from e
            if not n_read:
                raise ChildGoneError(self._clock.timed_out)
            at += n_read

    def drain(self) -> bool:
        """Stop an answer that nobody wants any more; whether the child is ready for the next request in time."""
        try:
            self.ask({"op": "stop"})
            while self.receive(1.0)[0] not in (wire.END, wire.REFUSED):
                pass
        except ChildGoneError:
            return False
        return True

    def end(self) -> None:
        """End the child and wait for it."""
        self._clock.stop()
        self._process.kill()
        self._close_pipes()
        self._process.wait()

    def disown(self) -> None:
        """After a fork: let go of the other process's child without touching it."""
        self._close_pipes()
        self._process.returncode = 0

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()


class _Clock:
    """Ends a process that takes too long over an answer, or whose answer is not wanted any more."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.timed_out = False
        self._process = process
        self._wake = threading.Condition()
        self._deadline: float | None = None
        self._cancel: CancelToken | None = None
        self._stopped = self._parked = False
        self._thread: threading.Thread | None = None

    def running(self, limit_s: float, cancel: CancelToken | None) -> _Clock:
        """Run for `limit_s` seconds, until the `with` block ends."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="decoder-clock", daemon=True)
            self._thread.start()
        with self._wake:
            self._deadline, self._cancel = time.monotonic() + limit_s, cancel
            if self._parked:
                self._wake.notify()
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._deadline = self._cancel = None

    def stop(self) -> None:
        """End the thread."""
        with self._wake:
            self._stopped = True
            self._wake.notify()

    def _watch(self) -> None:
        cancelled_at: float | None = None
        with self._wake:
            while not self._stopped:
                deadline, cancel, now = self._deadline, self._cancel, time.monotonic()
                if deadline is None:
                    cancelled_at, self._parked = None, True
                    self._wake.wait()
                    self._parked = False
                    continue
                if cancel is None or not cancel.cancelled:
                    cancelled_at = None
                elif cancelled_at is None:
                    cancelled_at = now
                late = now >= deadline
                if late or (cancelled_at is not None and now - cancelled_at >= _CANCEL_GRACE_S):
                    self.timed_out = late
                    self._process.kill()
                    return
                self._wake.wait(0.05)


class _Pool:
    """The warm child, and who uses it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: DecoderProcess | None = None

    def take(self) -> DecoderProcess:
        """The warm child, or a new one where it is busy or dead."""
        with self._lock:
            child, self._idle = self._idle, None
        if child is not None and not child.alive:
            child.end()
            child = None
        return child or DecoderProcess()

    def ask(self, request: dict[str, object]) -> DecoderProcess:
        """A child that has been asked. Raises ChildGoneError where none can be started."""
        child = self.take()
        try:
            child.ask(request)
        except ChildGoneError:
            # It had died before it heard of the file (the system was short of memory, say): another one may do.
            child.end()
            child = DecoderProcess()
            try:
                child.ask(request)
            except ChildGoneError:
                child.end()
                raise
        return child

    def give_back(self, child: DecoderProcess, healthy: bool) -> None:
        """Keep a healthy child warm; replace another one, so that the next file need not wait for a start."""
        if not healthy:
            child.end()
            child = DecoderProcess()
        with self._lock:
            spare, self._idle = self._idle, child
        if spare is not None:
            spare.end()

    def forget(self) -> None:
        """After a fork the child is the other process's; its pipes must not be written to from here."""
        self._lock = threading.Lock()
        child, self._idle = self._idle, None
        if child is not None:
            child.disown()

    def close(self) -> None:
        """End the warm child."""
        with self._lock:
            child, self._idle = self._idle, None
        if child is not None:
            child.end()


pool = _Pool()
atexit.register(pool.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=pool.forget)


def warm_up() -> None:
    """Start the child ahead of the first file."""
    pool.give_back(pool.take(), healthy=True)
