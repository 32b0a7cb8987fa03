"""Model folders made on the spot, and weight files that mean harm."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from umx_gui.engine.models.model import Model, ModelSpec, save_model
from umx_gui.engine.models.network import NetworkShape, OpenUnmix

SHAPE = NetworkShape(n_bins=513, max_bin=372, hidden_size=16, n_layers=1)
State = dict[str, Any]


def make_model(folder: Path, targets: tuple[str, ...] = ("vocals", "drums")) -> Path:
    """A good model folder of small random networks, with .pth files only; returns it."""
    torch.manual_seed(3)
    networks = {target: OpenUnmix(SHAPE).eval() for target in targets}
    save_model(folder, Model(folder.name, ModelSpec(n_fft=1024, hop=256), networks))
    for path in folder.glob("*.safetensors"):
        path.unlink()
    return folder


def edit_json(path: Path, **values: object) -> None:
    """Set values of a JSON file, or of the `args` in it where there are such."""
    data = json.loads(path.read_text())
    data.get("args", data).update(values)
    path.write_text(json.dumps(data))


def state_of(folder: Path, target: str = "vocals") -> State:
    """The tensors of a target's .pth file."""
    state: State = torch.load(folder / f"{target}.pth", weights_only=True)
    return state


def saved(content: object) -> bytes:
    """What torch.save writes."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def rezipped(data: bytes, compression: int = zipfile.ZIP_STORED, **changed: bytes) -> bytes:
    """A torch archive packed again; `changed` records (by the last part of their names) get other contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", compression) as new:
        for item in old.infolist():
            name = item.filename.rpartition("/")[2].replace(".", "_")
            new.writestr(item.filename, changed.get(name, old.read(item)))
    return buffer.getvalue()


def overlapping(n_records: int = 200, size: int = 1 << 20) -> bytes:
    """An archive whose records each hold all that follow: it unpacks to `n_records` times its size, without zipping."""
    body, entries = bytes(size), []
    for number in reversed(range(n_records)):
        name, facts = f"archive/data/{number}".encode(), (zipfile.crc32(body), len(body), len(body))
        entries.append((name, facts))
        body = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0, *facts, len(name), 0) + name + body
    central, offset = io.BytesIO(), 0
    for name, facts in reversed(entries):
        central.write(struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, *facts, len(name), *[0] * 5, offset))
        central.write(name)
        offset += 30 + len(name)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, n_records, n_records, central.tell(), len(body), 0)
    return body + central.getvalue() + end


class _Call:
    """Unpickling this calls a function."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._call


def calls(canary: Path) -> Iterator[tuple[str, object]]:
    """Objects whose unpickling makes the file `canary`, in as many ways as attackers are known to use, by name."""
    import builtins
    import functools
    import operator
    import runpy
    import subprocess

    touch = f"open({str(canary)!r}, 'w')"
    script = canary.with_suffix(".py")
    script.write_text(touch)
    yield "os.system", _Call(os.system, f"touch '{canary}'")
    yield "os.popen", _Call(os.popen, f"touch '{canary}'")
    yield "builtins.eval", _Call(builtins.eval, touch)
    yield "builtins.exec", _Call(builtins.exec, touch)
    yield "builtins.open", _Call(builtins.open, str(canary), "w")
    yield "io.open", _Call(io.open, str(canary), "w")
    yield "os.open", _Call(os.open, str(canary), os.O_CREAT | os.O_WRONLY)
    yield "os.mkdir", _Call(os.mkdir, str(canary))
    yield "subprocess.Popen", _Call(subprocess.Popen, ["touch", str(canary)])
    yield "subprocess.check_call", _Call(subprocess.check_call, ["touch", str(canary)])
    yield "runpy.run_path", _Call(runpy.run_path, str(script))
    yield "functools.partial", _Call(functools.partial, os.system, f"touch '{canary}'")
    yield "operator.methodcaller", _Call(operator.methodcaller, "system", f"touch '{canary}'")
    yield "pathlib", _Call(Path.touch, canary)
    yield "pickle.loads", _Call(pickle.loads, pickle.dumps(_Call(os.system, f"touch '{canary}'")))
    yield "shutil.copyfile", _Call(shutil.copyfile, str(script), str(canary))
    yield "os.symlink", _Call(os.symlink, str(script), str(canary))
    yield "torch.save", _Call(torch.save, {}, str(canary))


def containers(canary: Path, state: State) -> Iterator[tuple[str, bytes]]:
    """Each of these objects in each form a weight file can have, by name."""
    good = saved(state)
    for name, call in calls(canary):
        for protocol in (0, 2, 4):
            yield f"{name}, bare pickle, protocol {protocol}", pickle.dumps(call, protocol)
        buffer = io.BytesIO()
        torch.save({**state, "x": call}, buffer, _use_new_zipfile_serialization=False)
        yield f"{name}, old torch file", buffer.getvalue()
        yield f"{name}, torch archive", saved({**state, "x": call})
        yield f"{name}, torch archive, other pickle", rezipped(good, data_pkl=pickle.dumps(call, 2))
