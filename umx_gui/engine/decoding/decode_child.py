"""The decoding child: a small process that decodes untrusted files for its parent, and holds nothing of value.

It is started as a plain Python process that imports this module (not by `multiprocessing`, which would run the parent's
`__main__` again), loads numpy, soundfile and PyAV only, and may take a bounded amount of memory. It ends as soon as its
parent does: the pipe from the parent is read by a thread of its own, so that even a decoder that hangs ends with it.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from pathlib import Path

from umx_gui.engine.decoding import decode_wire as wire
from umx_gui.engine.decoding.guarded import Decoding
from umx_gui.errors import AudioFlaw, AudioUnreadableError, UnreadableReason

MEMORY_BYTES = 1 << 30
"""What the child may map beyond what it has mapped when it is ready."""


class _Child:
    """Answers the parent's requests, one after another."""

    def __init__(self, requests: int, answers: int) -> None:
        self._answers = answers
        self._requests: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()
        self._stop = threading.Event()
        threading.Thread(target=self._listen, args=(requests,), daemon=True).start()

    def _listen(self, requests: int) -> None:
        with os.fdopen(requests, "rb") as lines:
            for line in lines:
                request = json.loads(line)
                if request["op"] == "stop":
                    self._stop.set()
                else:
                    self._requests.put(request)
        # The parent is gone, or wants the child gone: whatever the main thread is doing, in Python or not, ends here.
        os._exit(0)

    def serve(self) -> None:
        """Answer until the parent is gone."""
        self._send(wire.READY)
        while True:
            request = self._requests.get()
            self._stop.clear()
            path = Path(str(request["path"]))
            try:
                self._answer(path, request)
            except AudioUnreadableError as e:
                self._refuse(e.reason, e.detail)
            except MemoryError:
                self._refuse(UnreadableReason.TOO_LARGE, "memory limit")
            except OSError as e:
                self._refuse(UnreadableReason.DAMAGED, str(e))

    def _answer(self, path: Path, request: dict[str, object]) -> None:
        decoding = Decoding(path, int(str(request.get("stream", 0))))
        try:
            if request["op"] == "probe":
                info = decoding.probe()
                self._send(wire.INFO, _json(info.to_json()))
                self._send(wire.COVER, info.cover or b"")
                return
            start, stop = request["start"], request["stop"]
            for block in decoding.blocks(int(str(start)), None if stop is None else int(str(stop))):
                if self._stop.is_set():
                    break
                self._send(wire.BLOCK, block.data.cast("B"), block.shape[0])
            self._send(wire.END, _json(_named(decoding.flaws)))
        finally:
            decoding.close()

    def _refuse(self, reason: UnreadableReason, detail: str) -> None:
        self._send(wire.REFUSED, _json({"reason": reason.name, "detail": detail[:500]}))

    def _send(self, kind: bytes, content: bytes | memoryview = b"", n_channels: int = 0) -> None:
        head = wire.HEAD.pack(kind, n_channels, len(content))
        for part in (memoryview(head), memoryview(content)):
            at = 0
            while at < len(part):
                try:
                    at += os.write(self._answers, part[at:])
                except BrokenPipeError:
                    os._exit(0)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _named(flaws: dict[AudioFlaw, float]) -> dict[str, float]:
    return {flaw.name: amount for flaw, amount in flaws.items()}


def limit_resources(memory_bytes: int = MEMORY_BYTES) -> None:
    """Bound memory, write no file and no core dump; where the system has no such limits, the parent's clock remains."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + memory_bytes, mapped + memory_bytes))


def main() -> None:
    """The child's whole life; standard input brings requests, standard output takes answers."""
    # Libraries print to the standard output; the answers get a descriptor of their own, which nothing else knows.
    answers = os.dup(1)
    os.dup2(2, 1)
    requests = os.dup(0)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor is wanted, not a path
        os.dup2(nothing.fileno(), 0)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (requests, answers):
            msvcrt.setmode(descriptor, os.O_BINARY)
    # Ctrl-C in the terminal is for the parent, who then lets the child go.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Loaded here, before memory is limited and before the first file waits for it.
    import av.logging

    import umx_gui.engine.decoding.source_av
    import umx_gui.engine.decoding.source_soundfile  # noqa: F401

    av.logging.set_level(None)
    limit_resources()
    _Child(requests, answers).serve()
