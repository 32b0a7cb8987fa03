"""Attacks 1, 2 and 11 to 13: what comes from the network is the published file, or nothing.

The numbers are those of docs/security.md. More of it in tests/engine/test_download.py, test_download_kill.py (processes
killed on the way) and test_download_tls.py (certificates).
"""

from __future__ import annotations

import hashlib
import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hostile_models import containers, saved
from loopback import Server, cut_at, loopback_server, redirect
from published_models import QUICK, is_installed, nothing_installed, publish, weights

from umx_gui.engine.models.digests import RECORD
from umx_gui.engine.models.download import DownloadDone, download_model
from umx_gui.engine.models.model import load_model
from umx_gui.engine.models.published import PUBLISHED, PublishedModel
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.errors import DigestUnknownError, DownloadError, DownloadReason, ModelInvalidError


@pytest.fixture
def server() -> Iterator[Server]:
    with loopback_server() as running:
        yield running


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "models")


@pytest.fixture(scope="module")
def good() -> bytes:
    """A good file of weights."""
    return weights()


def download(model: PublishedModel, registry: ModelRegistry) -> DownloadDone:
    last = list(download_model(model, registry, limits=QUICK))[-1]
    assert isinstance(last, DownloadDone)
    return last


def state_in(data: bytes) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(io.BytesIO(data), weights_only=True)
    return state


def test_01_pickle_in_a_downloaded_file(server: Server, registry: ModelRegistry, good: bytes, tmp_path: Path) -> None:
    # The digits are right, as if the publisher himself had been taken over: still nothing is executed.
    canary = tmp_path / "canary"
    hostile = [data for name, data in containers(canary, state_in(good)) if name.startswith(("os.system", "builtins"))]
    assert len(hostile) >= 20
    for data in hostile:
        with pytest.raises(ModelInvalidError):
            download(publish([server], {"vocals": data}), registry)
        assert not canary.exists()
        assert nothing_installed(registry)


def test_02_pickle_in_a_cached_file_named_right(
    server: Server, registry: ModelRegistry, good: bytes, tmp_path: Path
) -> None:
    model = publish([server], {"vocals": good})
    download(model, registry)
    assert is_installed(registry, model)
    folder, canary = registry.find(model.name), tmp_path / "canary"
    weights_file = folder / model.files[0].name
    for _, data in list(containers(canary, state_in(good)))[:12]:
        weights_file.write_bytes(data)
        # Refused for its digest, before anything of it is read.
        with pytest.raises(ModelInvalidError, match="is not the file that was downloaded"):
            load_model(model.name, registry)
        # Whoever can write there can change the record, too: then the safe reader refuses it.
        record = json.loads((folder / RECORD).read_text())
        record[weights_file.name] = hashlib.sha256(data).hexdigest()
        (folder / RECORD).write_text(json.dumps(record))
        with pytest.raises(ModelInvalidError, match="not a weight file"):
            load_model(model.name, registry)
        assert not canary.exists()
    (folder / RECORD).unlink()
    with pytest.raises(ModelInvalidError, match="record of its files is missing"):
        load_model(model.name, registry)


def test_02_the_whole_digest_is_compared_at_every_load(server: Server, registry: ModelRegistry, good: bytes) -> None:
    model = publish([server], {"vocals": good})
    download(model, registry)
    path = registry.find(model.name) / model.files[0].name
    state = state_in(good)
    state["fc3.weight"] = state["fc3.weight"].clone()
    state["fc3.weight"][0, 0] += 1e-3
    path.write_bytes(saved(state))
    with pytest.raises(ModelInvalidError, match="is not the file"):
        load_model(model.name, registry)
    path.write_bytes(good)
    assert load_model(model.name, registry).targets == ("vocals",)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_11_a_truncated_download(server: Server, registry: ModelRegistry, good: bytes, share: float) -> None:
    model = publish([server], {"vocals": good})
    n_bytes = int(share * len(good))
    server.otherwise = cut_at(n_bytes)
    with pytest.raises(DownloadError) as error:
        download(model, registry)
    assert error.value.reason in (DownloadReason.CUT, DownloadReason.WRONG_CONTENT)
    assert nothing_installed(registry)

    def half(request: object, data: bytes) -> None:
        # The same half as if it were all of it.
        request.send(200, n_bytes, ETag='"v2"')  # type: ignore[attr-defined]
        request.wfile.write(data[:n_bytes])  # type: ignore[attr-defined]

    server.otherwise = half
    with pytest.raises(DownloadError):
        download(model, registry)
    assert nothing_installed(registry)


def test_11_a_truncated_download_of_unknown_digest(server: Server, registry: ModelRegistry, good: bytes) -> None:
    # Here only the length can tell: a part of the file must not be offered for acceptance.
    model = publish([server], {"vocals": good}, digits_checked=False)
    server.otherwise = cut_at(len(good) - 1)
    with pytest.raises(DownloadError) as error:
        download(model, registry)
    assert error.value.reason is DownloadReason.CUT
    assert nothing_installed(registry)


def test_12_the_digits_of_the_name_are_all_compared(server: Server, registry: ModelRegistry, good: bytes) -> None:
    model = publish([server], {"vocals": good})
    file = model.files[0]
    for digits in (file.digits[:7] + ("0" if file.digits[7] != "0" else "1"), "00000000"):
        with pytest.raises(DownloadError) as error:
            download(replace(model, files=(replace(file, digits=digits),)), registry)
        assert error.value.reason is DownloadReason.WRONG_CONTENT
        assert nothing_installed(registry)
    done = download(model, registry)
    assert done.digests == {file.name: hashlib.sha256(good).hexdigest()}


def test_12_no_published_model_has_an_empty_prefix() -> None:
    for model in PUBLISHED.values():
        for file in model.files:
            assert len(file.digits) == 8
            assert file.digits in file.name
    unknown = [model.name for model in PUBLISHED.values() if not model.digits_checked]
    assert unknown == ["umxse"]


def test_12_unknown_digests_are_asked_about(server: Server, registry: ModelRegistry, good: bytes) -> None:
    model = publish([server], {"vocals": good}, digits_checked=False)
    with pytest.raises(DigestUnknownError) as error:
        download(model, registry)
    assert error.value.digests == {model.files[0].name: hashlib.sha256(good).hexdigest()}
    assert nothing_installed(registry)


@pytest.mark.parametrize(
    "to", ["http://example.org/x", "file:///etc/passwd", "ftp://example.org/x", "//evil", "data:,x"]
)
def test_13_no_way_leads_out_of_https(server: Server, registry: ModelRegistry, good: bytes, to: str) -> None:
    model = publish([server], {"vocals": good})
    server.otherwise = redirect(to)
    with pytest.raises(DownloadError) as error:
        download(model, registry)
    assert error.value.reason is DownloadReason.INSECURE
    assert nothing_installed(registry)
    for source in ("http://example.org", "file:///tmp", "ftp://example.org", "//example.org", "", "https:///x"):
        with pytest.raises(DownloadError) as error:
            download(replace(model, sources=(source,)), registry)
        assert error.value.reason is DownloadReason.INSECURE
    assert all(source.startswith("https://") for m in PUBLISHED.values() for source in m.sources)


@contextmanager
def raw_server(answer: bytes) -> Iterator[str]:
    """A server that answers everything with these bytes; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        ends = threading.Event()

        def serve() -> None:
            while not ends.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(2)
                    try:
                        connection.recv(4096)
                        connection.sendall(answer)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ends.set()
            thread.join()


def nonsense(good: bytes, rng: np.random.Generator) -> Iterator[bytes]:
    """Answers that no server gives, and mangled ones of a good server."""
    head = f'HTTP/1.1 200 OK\r\nContent-Length: {len(good)}\r\nETag: "v1"\r\n\r\n'.encode()
    yield b""
    yield b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n"
    yield b"HTTP/1.1 200 " + b"x" * 200_000
    yield b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nx"
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nx"
    yield b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n" + b"\x1f\x8b" + bytes(8)
    yield b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n"
    yield b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"
    yield b"HTTP/1.1 100 Continue\r\n\r\n" * 1000
    for _ in range(30):
        whole = bytearray(head + good)
        for _ in range(int(rng.integers(1, 6))):
            whole[int(rng.integers(len(head)))] = int(rng.integers(256))
        yield bytes(whole)


def test_13_a_server_that_talks_nonsense(registry: ModelRegistry, good: bytes, rng: np.random.Generator) -> None:
    model = publish([], {"vocals": good})
    installed = 0
    for answer in nonsense(good, rng):
        with raw_server(answer) as url:
            began = time.monotonic()
            try:
                download(replace(model, sources=(f"{url}/umxhq",)), registry)
            except DownloadError:
                assert nothing_installed(registry)
            else:  # what was mangled did not matter
                assert is_installed(registry, model)
                registry.remove(model.name)
                installed += 1
            assert time.monotonic() - began < 10
    assert installed < 30
