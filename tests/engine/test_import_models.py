"""Models of strangers, as folders and zip files: a good one is imported whole, anything else leaves nothing behind."""

from __future__ import annotations

import io
import os
import stat
import zipfile

import pytest
from published_models import publish, weights
from random_models import TINY, UMXSE, random_model

from umx_gui.engine.models import importing, published
from umx_gui.engine.models.digests import RECORD
from umx_gui.engine.models.importing import import_model
from umx_gui.engine.models.model import load_model, save_model
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.models.staging import importing as staging
from umx_gui.engine.models.verify import Verified, verify_model
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import (
    Cancelled,
    LicenceNotAcceptedError,
    ModelBusyError,
    ModelInvalidError,
    OptionError,
    OutputExistsError,
)


@pytest.fixture
def registry(tmp_path):
    return ModelRegistry(tmp_path / "models")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A good model folder, with something in it that is none of ours."""
    folder = tmp_path_factory.mktemp("good") / "mine"
    save_model(folder, random_model(TINY, ("vocals", "drums")))
    (folder / "plugin.py").write_text("raise SystemExit")
    (folder / ".hidden.json").write_text("{}")
    (folder / "more").mkdir()
    return folder


def zipped(folder, path, inside="", method=zipfile.ZIP_DEFLATED, **extra: bytes | str):
    """The files of a folder as a zip file, with more members."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for file in sorted(p for p in folder.iterdir() if p.is_file()):
            archive.write(file, inside + file.name)
        for name, data in extra.items():
            archive.writestr(name, data)
    return path


def take(source, registry, **how):
    """Import; the last value."""
    return list(import_model(source, registry, **how))[-1]


def refused(source, registry, match: str = ".") -> None:
    """It is refused in our words, and nothing is left."""
    with pytest.raises(ModelInvalidError, match=match) as error:
        take(source, registry)
    assert error.value.path == source
    assert not registry.user_folder.exists() or list(registry.user_folder.iterdir()) == []


# What is good


@pytest.mark.parametrize("form", ["folder", "zip", "zip of a folder", "stored zip", "zip from a Mac"])
def test_a_good_model_is_imported_from_any_form(good, registry, tmp_path, form):
    source = good
    if form == "zip":
        source = zipped(good, tmp_path / "mine.zip")
    elif form == "zip of a folder":
        source = zipped(good, tmp_path / "mine.zip", "some where/")
    elif form == "stored zip":
        source = zipped(good, tmp_path / "mine.zip", method=zipfile.ZIP_STORED)
    elif form == "zip from a Mac":
        source = zipped(good, tmp_path / "mine.zip", "x/", **{"__MACOSX/x/._vocals.json": b"?", "x/.DS_Store": b"?"})
    values = list(import_model(source, registry))
    assert [v.fraction for v in values[:-1]] == sorted(v.fraction for v in values[:-1] if isinstance(v, Progress))
    entry = values[-1]
    assert (entry.name, entry.origin, entry.targets) == ("mine", "imported", ("vocals", "drums"))
    assert load_model("mine", registry).targets == ("vocals", "drums")
    assert {p.name for p in entry.path.iterdir()} == {
        *(f"{target}.{suffix}" for target in ("vocals", "drums") for suffix in ("json", "pth", "safetensors")),
        "separator.json",
        ".origin",
        RECORD,
    }
    assert [p.name for p in registry.user_folder.iterdir()] == ["mine"]


def test_it_can_be_called_otherwise_but_not_anything(good, registry):
    assert take(good, registry, name="voice 2").name == "voice 2"
    with pytest.raises(OutputExistsError):
        take(good, registry, name="voice 2")
    for name in ("../up", "a/b", ".hidden", "con", "x\n", "a:b", "x" * 300):
        with pytest.raises(OptionError):
            take(good, registry, name=name)
    assert [p.name for p in registry.user_folder.iterdir()] == ["voice 2"]


def test_published_weights_need_no_settings_beside_them(registry, tmp_path, monkeypatch):
    model = publish([], {"vocals": weights(0)}, name="umxl", terms="Not for sale", sources=("https://example.org/x",))
    monkeypatch.setitem(published.PUBLISHED, "umxl", model)
    folder = tmp_path / "from the browser"
    folder.mkdir()
    path = folder / model.files[0].name
    path.write_bytes(weights(0))
    for source in (folder, zipped(folder, tmp_path / "x.zip")):
        with pytest.raises(LicenceNotAcceptedError):
            take(source, registry)
    entry = take(folder, registry, accept_licence=True)
    assert (entry.name, entry.origin, entry.licence) == ("umxl", "published", "CC0")
    assert load_model("umxl", registry).targets == ("vocals",)
    registry.remove("umxl")
    path.write_bytes(weights(1))
    with pytest.raises(ModelInvalidError, match="not the file that was published"):
        take(folder, registry, accept_licence=True)


def test_the_weights_of_umxse_fit_the_settings_we_write(registry, tmp_path):
    model = published.PUBLISHED["umxse"]
    made = random_model(UMXSE, ("speech", "noise"))
    save_model(tmp_path / "made", made)
    folder = tmp_path / "se"
    folder.mkdir()
    for file in model.files:
        (tmp_path / "made" / f"{file.target}.pth").rename(folder / file.name)
    assert take(folder, registry).name == "umxse"
    loaded = load_model("umxse", registry)
    assert loaded.spec == made.spec
    assert loaded.targets == ("speech", "noise")
    assert registry.entry("umxse").targets == ("speech", "noise")


# What is not


@pytest.mark.parametrize(
    "name",
    ["../evil.json", "x/../../evil.json", "/evil.json", "C:/evil.json", "..\\evil.json", "x/..", "\\\\host\\x.md"],
)
def test_an_archive_that_would_write_elsewhere_is_refused(good, registry, tmp_path, name):
    refused(zipped(good, tmp_path / "mine.zip", **{name: b"{}"}), registry, "outside its own folder")
    assert not list(tmp_path.rglob("evil*"))


def special(name: str, mode: int, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr, info.compress_type = mode << 16, method
    return info


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_an_archive_with_links_or_devices_is_refused(good, registry, tmp_path, kind):
    path = zipped(good, tmp_path / "mine.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(special("CARD.md", kind | 0o777), "/etc/passwd")
    refused(path, registry, "a link or a device")


def test_a_folder_with_links_is_refused(good, registry, tmp_path):
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "linked"
    save_model(folder, random_model(TINY, ("vocals",)))
    (folder / "CARD.md").symlink_to(tmp_path / "secret")
    refused(folder, registry, "is a link")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bomb_is_refused_before_it_goes_off(good, registry, tmp_path, method):
    bomb = b"\0" * (16 << 20)
    path = zipped(good, tmp_path / "mine.zip", method=method, **{"CARD.md": bomb})
    assert path.stat().st_size < 3 << 20
    refused(path, registry, "suspiciously large" if method == zipfile.ZIP_DEFLATED else "unusual way")


def test_a_bomb_that_lies_about_its_size_stops_there(good, registry, tmp_path):
    path = zipped(good, tmp_path / "mine.zip", **{"CARD.md": b"\0" * (8 << 20)})
    data = path.read_bytes()
    path.write_bytes(data.replace((8 << 20).to_bytes(4, "little"), (1 << 10).to_bytes(4, "little")))
    refused(path, registry)


def test_an_archive_of_very_many_files_is_refused(good, registry, tmp_path):
    path = zipped(good, tmp_path / "mine.zip", **{f"{n}.md": b"" for n in range(importing.MAX_MEMBERS)})
    refused(path, registry, "more than any model")


def test_more_than_a_model_can_hold_is_refused_before_it_is_read(registry, tmp_path):
    folder = tmp_path / "huge"
    save_model(folder, random_model(TINY, ("vocals",)))
    os.truncate(folder / "vocals.pth", 2 << 30)  # a hole, of no size on the disk
    refused(folder, registry, "too large")


@pytest.mark.parametrize("name", ["other/vocals.json", "VOCALS.json", "separator.json"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_models_in_one_archive_are_refused(good, registry, tmp_path, name):
    refused(zipped(good, tmp_path / "mine.zip", **{name: b"{}"}), registry, "more than one model")


def test_an_encrypted_archive_is_refused(good, registry, tmp_path):
    path = zipped(good, tmp_path / "mine.zip")
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := data.find(signature, start + 1)) >= 0:
            data[start + at] |= 1
    path.write_bytes(data)
    refused(path, registry, "encrypted")


@pytest.mark.parametrize("damage", ["cut", "noise", "a flipped bit", "empty", "text", "missing"])
def test_a_damaged_archive_is_refused(good, registry, tmp_path, damage):
    path = zipped(good, tmp_path / "mine.zip", method=zipfile.ZIP_STORED)
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        middle = len(data) // 3  # within the weights of the drums
        flipped = data[:middle] + bytes([data[middle] ^ 16]) + data[middle + 1 :]
        kinds = {"cut": data[:middle], "noise": os.urandom(5000), "empty": b"", "text": b"no", "a flipped bit": flipped}
        path.write_bytes(kinds[damage])
    refused(path, registry)


@pytest.mark.parametrize("lacking", ["separator.json", "weights", "all"])
def test_a_folder_that_is_no_model_is_refused(registry, tmp_path, lacking):
    folder = tmp_path / "half"
    save_model(folder, random_model(TINY, ("vocals",)))
    for path in folder.iterdir():
        if lacking == "all" or path.name == lacking or (lacking == "weights" and path.suffix != ".json"):
            path.unlink()
    refused(folder, registry)


def test_hostile_weights_are_refused_under_the_name_the_user_knows(good, registry, tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data.pkl", b"cos\nsystem\n(S'touch canary'\ntR.")
    folder = tmp_path / "evil"
    save_model(folder, random_model(TINY, ("vocals",)), with_pth=False)
    (folder / "vocals.safetensors").unlink()
    (folder / "vocals.pth").write_bytes(buffer.getvalue())
    refused(folder, registry, "vocals.pth: ")


# Stopping, and what is left


def test_a_cancelled_import_leaves_nothing(good, registry):
    cancel = CancelToken()
    steps = import_model(good, registry, cancel=cancel)
    next(steps)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(steps)
    assert list(registry.user_folder.iterdir()) == []


def test_what_a_killed_import_left_is_removed_by_the_next_one(good, registry):
    left = registry.user_folder / ".importing-old"
    left.mkdir(parents=True)
    (left / "vocals.pth").write_bytes(b"half")
    (registry.user_folder / ".importing-old.lock").touch()
    take(good, registry)
    assert [p.name for p in registry.user_folder.iterdir()] == ["mine"]


def test_one_name_is_imported_by_one_process_at_a_time(good, registry):
    with staging(registry.user_folder, "mine") as folder:
        with pytest.raises(ModelBusyError):
            take(good, registry)
        assert folder.is_dir()
    take(good, registry)


# Verifying


def test_verifying_finds_every_changed_byte(good, registry):
    entry = take(good, registry)
    verified = list(verify_model(entry))[-1]
    assert isinstance(verified, Verified)
    assert verified.compared
    for path in sorted(entry.path.glob("[!.]*")):
        before = path.read_bytes()
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        with pytest.raises(ModelInvalidError, match=f"{path.name} is not the file that was imported"):
            list(verify_model(entry))
        path.write_bytes(before)
    list(verify_model(entry))


def test_a_folder_without_a_record_can_only_be_loaded(good, registry):
    verified = list(verify_model(registry.entry(good)))[-1]
    assert isinstance(verified, Verified)
    assert not verified.compared
