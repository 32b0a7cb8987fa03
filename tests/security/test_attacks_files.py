"""Attacks 14 to 20 and 24: names, links and playlists that lead elsewhere, and samples that kill encoders.

The numbers are those of docs/security.md.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from decode_helpers import tones, write
from export_helpers import TARGETS, export, song
from loopback import Server, loopback_server
from processes import assert_one_sentence, environment, everything_in, report_of, umx_gui

from umx_gui.cli import main
from umx_gui.engine.decoding import sniff
from umx_gui.engine.decoding.decode import read_audio
from umx_gui.engine.decoding.sniff import Family
from umx_gui.engine.decoding.tags import open_container
from umx_gui.engine.export.exporter import ExportOptions, export_stems
from umx_gui.errors import AudioUnreadableError, OptionError
from umx_gui.export_words import notes_on


@pytest.fixture
def env(tiny_models: Path) -> dict[str, str]:
    """An environment in which `umx-gui` finds the small models."""
    return environment(tiny_models)


@pytest.fixture
def place(tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a song of a tenth of a second, inside a folder that must stay as it is."""
    folder = tmp_path / "outer" / "place"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    write(folder / "song.wav", tones(4410))
    return folder


BAD_NAMES = ["../../pwn", "/tmp/pwn", "..", ".", "a/b", "a\\b", "", "C:pwn", "x" * 65, "a\nb", "a\0b", "lead.vox", "ü"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_14_output_paths_from_data(place: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything_in(place.parent)
    aggregate = json.dumps({name: ["vocals"]})
    assert main(["separate", "--model", "tiny", "song.wav", "--aggregate", aggregate]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert main(["separate", "--model", "tiny", "song.wav", "--residual-name", name]) == 2
    with pytest.raises(OptionError):
        export(place / "out", *song(500, targets=("vocals", name)))
    assert everything_in(place.parent) == before


@pytest.mark.parametrize("name", ["../up", "/tmp/pwn-model", "..", "a/b", "con", ".hidden"])
def test_14_model_names_from_data(
    place: Path, tmp_path: Path, tiny_models: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UMX_MODELS_DIR", str(tmp_path / "models"))
    assert main(["models", "import", str(tiny_models / "tiny"), "--name", name]) == 2
    assert not Path("/tmp/pwn-model").exists()
    assert everything_in(tmp_path / "models") == set()


def test_14_templates_cannot_climb(tmp_path: Path) -> None:
    stems, mixture = song(500)
    for template in ("../{target}", "/tmp/{target}", "{target}/../../x{target}", "..\\{target}"):
        folder = tmp_path / "inner" / "out"
        export(folder, stems, mixture, ExportOptions(template=template))
        assert len(list(folder.iterdir())) == 4
        shutil.rmtree(folder)
    assert everything_in(tmp_path) == {"inner"}


def test_15_dots_in_names_stay(tmp_path: Path, place: Path) -> None:
    write(place / "take.1.wav", tones(4410))
    write(place / "take.2.wav", tones(4410, level=0.1))
    assert main(["separate", "--model", "tiny", "take.1.wav", "take.2.wav"]) == 0
    assert {p.name for p in place.iterdir() if p.is_dir()} == {"take.1_tiny", "take.2_tiny"}
    stems, mixture = song(500)
    export(tmp_path / "out", stems, mixture, ExportOptions(template="v1.5 {target}"))
    assert everything_in(tmp_path / "out") == {f"v1.5 {t}.wav" for t in TARGETS}


def test_16_two_songs_with_one_name(place: Path) -> None:
    for number, folder in enumerate(("a", "b", "c")):
        (place / folder).mkdir()
        write(place / folder / ("SONG.flac" if folder == "c" else "song.wav"), tones(4410 + number))
    assert main(["separate", "--model", "tiny", "a/song.wav", "b/song.wav", "c/SONG.flac"]) == 0
    folders = sorted(p.name for p in place.iterdir() if "_tiny" in p.name)
    assert folders == ["SONG_tiny_3", "song_tiny", "song_tiny_2"]
    lengths = [soundfile.info(place / f / "vocals.wav").frames for f in folders]
    assert lengths == [4412, 4410, 4411]
    # What is there from another day is not written over unasked.
    old = (place / "song_tiny" / "vocals.wav").read_bytes()
    assert main(["separate", "--model", "tiny", "song.wav"]) == 1
    assert (place / "song_tiny" / "vocals.wav").read_bytes() == old


@pytest.mark.parametrize("file_format", ["wav", "flac", "mp3", "m4a"])
def test_17_links_are_replaced_not_followed(tmp_path: Path, file_format: str) -> None:
    stems, mixture = song(3000)
    (tmp_path / "precious").write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    for target in TARGETS:
        (out / f"{target}.{file_format}").symlink_to(tmp_path / "precious")
    export(out, stems, mixture, ExportOptions(file_format, overwrite=True))
    assert (tmp_path / "precious").read_text() == "mine"
    assert not any(path.is_symlink() for path in out.iterdir())


def test_17_files_being_written_are_private_and_hidden(tmp_path: Path) -> None:
    stems, mixture = song(300_000)
    (tmp_path / "out").mkdir()
    old = os.umask(0)
    try:
        for folder in (tmp_path / "out", tmp_path / "new"):
            steps = export_stems(folder, "song", stems, mixture)
            next(steps)
            files = [path for path in tmp_path.rglob("*") if path.is_file()]
            assert files
            assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
            assert all(any(part.startswith(".") for part in path.parts) for path in files)
            steps.close()
    finally:
        os.umask(old)


def hls(target: str) -> str:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n"


def disguises(private: Path, url: str) -> dict[str, str]:
    """Texts that libav takes for lists of other files, by the names they bear."""
    return {
        "concat.wav": f"ffconcat version 1.0\nfile {private}\n",
        "hls.wav": hls(str(private)),
        "hls.mp3": hls(f"{url}/a.ts"),
        "hls.m4a": hls(f"crypto:{url}/a.ts"),
        "dash.mp4": f"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><BaseURL>{url}/</BaseURL></MPD>",
        "sdp.ogg": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
        "pls.flac": f"[playlist]\nFile1={url}/a.mp3\n",
        "smil.wav": f"<smil><body><audio src='{url}/a.wav'/></body></smil>",
        "tag.mp3": "ID3\x03\x00\x00\x00\x00\x00\x00" + hls(f"{url}/a.ts"),
        "image.wav": f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}/x'/></svg>",
    }


@pytest.fixture
def server() -> Iterator[Server]:
    """A web server on this machine that nobody should ask for anything."""
    with loopback_server() as running:
        yield running


def test_18_19_playlists_in_disguise(place: Path, server: Server, env: dict[str, str]) -> None:
    private = write(place.parent / "private.wav", tones(8000))
    texts = disguises(private, server.url)
    for name, text in texts.items():
        (place / name).write_bytes(text.encode("latin-1"))
    done = umx_gui(env, place, "separate", "--model", "tiny", *texts)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == len(texts)
    for line in done.stderr.splitlines():
        assert_one_sentence(line)
    assert server.requests == []
    assert everything_in(place) == {"song.wav", *texts}


FAMILIES = [sniff._ANY, sniff.WAV, sniff.MP3, sniff.MP4, sniff.OGG, sniff.FLAC, sniff.AIFF]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.demuxers[:12])
def test_18_19_libav_itself_follows_nothing(place: Path, server: Server, family: Family) -> None:
    # As if the first bytes had been taken for a song's.
    private = write(place.parent / "private.wav", tones(8000))
    for name, text in disguises(private, server.url).items():
        (place / name).write_bytes(text.encode("latin-1"))
        with pytest.raises((av.error.FFmpegError, ValueError)):
            open_container(place / name, family).close()
    assert server.requests == []


def test_20_names_are_names_for_libav_too(place: Path, server: Server) -> None:
    for name in ("a:b.wav", "http:x.wav", "concat:a.wav"):
        write(place / "song.wav", tones(4410)).rename(place / name)
        with open_container(Path(name), sniff.WAV) as container:
            assert container.streams.audio[0].rate == 44100
    assert server.requests == []


def test_20_addresses_are_names(place: Path, server: Server) -> None:
    write(place / "a.wav", tones(100))
    server.files["/a.wav"] = (place / "a.wav").read_bytes()
    here = place / "a.wav"
    for name in (
        f"{server.url}/a.wav",
        f"file:{here}",
        f"concat:{here}|{here}",
        f"subfile,,start,0,end,0,,:{here}",
        f"cache:{server.url}/a.wav",
        "data:audio/wav;base64,UklGRg==",
        "pipe:0",
    ):
        with pytest.raises(AudioUnreadableError):
            read_audio(name)
    assert server.requests == []


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not have")
@pytest.mark.parametrize(
    "name", ["a:b.wav", "http:x.m4a", "-rf", "--help.wav", "a|b.wav", "$(id).flac", "x;y.mp3", "%d"]
)
def test_20_odd_names_are_played(place: Path, name: str) -> None:
    written = write(place / "source", tones(4410), format="FLAC" if name.endswith("flac") else "WAV")
    written.rename(place / name)
    assert read_audio(place / name).n_samples == 4410
    assert main(["separate", "--model", "tiny", "--outdir", "out", "--", name]) == 0
    assert len(everything_in(place / "out")) == 5


ENCODERS = [
    *(("wav", depth) for depth in (16, 24, "32f")),
    *(("flac", depth) for depth in (16, 24)),
    *((name, 24) for name in ("ogg", "mp3", "m4a", "stem.mp4")),
]
KILLERS = """
import json, sys
from collections.abc import Iterator
from pathlib import Path
import numpy as np
from export_helpers import export, song
from umx_gui.engine.audio import Stems
from umx_gui.engine.export.exporter import ExportOptions
value, dtype, folder = float(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
stems, mixture = song(20_000)
samples = stems.samples.astype(dtype)
samples[0, 0, 100], samples[1, 1, 5000:5003], samples[3, :, -1] = value, value, value
written = {}
for number, (name, depth) in enumerate(json.loads(sys.argv[4])):
    for rate, exact in ((None, True), (22050, False)):
        options = ExportOptions(name, depth, exact_sum=exact, sample_rate=rate)
        out = folder / f"{number} {exact}"
        done = export(out, Stems(stems.targets, samples, 44100), mixture.astype(dtype), options)
        written[out.name] = sum(w.replaced_samples for w in done)
print(json.dumps(written))
"""


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e30"])
def test_24_samples_that_are_no_numbers_kill_no_encoder(tmp_path: Path, value: str, dtype: str) -> None:
    written = report_of(KILLERS, value, dtype, tmp_path, json.dumps(ENCODERS))
    assert len(written) == 2 * len(ENCODERS)
    assert set(written.values()) == ({0} if value == "1e30" else {6})
    for number in range(len(ENCODERS)):
        for exact in (True, False):
            for path in (tmp_path / f"{number} {exact}").iterdir():
                samples = read_audio(path).samples
                assert np.isfinite(samples).all()


def test_24_replaced_samples_of_stems_are_told() -> None:
    (said,) = notes_on([("vocals", 0, 3, 0.0), ("drums", 0, 0, 0.0)])
    assert "3 samples of vocals were no numbers and became silence" in said.one_line()


def test_24_samples_that_were_replaced_are_told(place: Path, env: dict[str, str]) -> None:
    samples = tones(4410).T.astype(np.float32)
    samples[100:103, 0], samples[7, 1] = np.nan, np.inf
    soundfile.write(place / "odd.wav", samples, 44100, subtype="FLOAT")
    done = umx_gui(env, place, "separate", "--model", "tiny", "odd.wav", "song.wav")
    assert done.returncode == 0
    assert_one_sentence(done.stderr)
    assert "samples that are not numbers (4) were made silent" in done.stderr
    assert "odd.wav" in done.stderr
    for path in (place / "odd_tiny").iterdir():
        assert np.isfinite(read_audio(path).samples).all()
