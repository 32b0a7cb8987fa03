"""Files that lie, are cut, are no audio, or mean harm: right or clearly refused, and never another file's sound."""

from __future__ import annotations

import http.server
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from decode_helpers import decoded, flaws_of, tones, write, write_av

from umx_gui.engine.decoding.decode import AudioFile, read_audio
from umx_gui.errors import AudioFlaw, AudioUnreadableError, AudioWarning, UnreadableReason
from umx_gui.messages import describe, downmixed


def refusal(path: Path, *, in_child: bool = False) -> UnreadableReason:
    """Why a file is refused: with a message of one plain sentence, within a second or two."""
    start = time.monotonic()
    with pytest.raises(AudioUnreadableError) as refused, AudioFile(path, in_child=in_child) as file:
        for _ in file.blocks():
            pass
    assert time.monotonic() - start < 5
    message = describe(refused.value)
    assert path.name in message.title
    assert message.reason
    assert message.action
    assert "Error" not in message.one_line()
    assert "\n" not in message.reason + message.action
    return refused.value.reason


def header(path: Path, *edits: tuple[bytes, int, bytes]) -> Path:
    """Overwrite bytes at an offset behind the first place of a mark."""
    content = bytearray(path.read_bytes())
    for mark, offset, value in edits:
        at = content.index(mark) + offset
        content[at : at + len(value)] = value
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.wav", b"", UnreadableReason.EMPTY),
        ("empty.flac", b"", UnreadableReason.EMPTY),
        ("letter.mp3", "Dear Sir, löve.\n".encode() * 500, UnreadableReason.NOT_AUDIO),
        ("latin.mp3", "Für Élise à la carte\r\n".encode("latin-1") * 500, UnreadableReason.NOT_AUDIO),
        ("wide.mp3", "A text file from Windows\r\n".encode("utf-16") * 50, UnreadableReason.NOT_AUDIO),
        ("page.wav", b"<!DOCTYPE html><html><body>404 Not Found</body></html>", UnreadableReason.NOT_AUDIO),
        ("photo.mp3", b"\x89PNG\r\n\x1a\n" + bytes(2000), UnreadableReason.NOT_AUDIO),
        ("archive.wav", b"PK\x03\x04" + bytes(2000), UnreadableReason.NOT_AUDIO),
        ("notes.mid", b"MThd\0\0\0\x06\0\x01\0\x02\0\x60" + bytes(200), UnreadableReason.NOT_AUDIO),
        ("list.wav", b"#EXTM3U\nsong.mp3\n", UnreadableReason.PLAYLIST),
        ("list.mp3", b"[playlist]\nFile1=song.mp3\n", UnreadableReason.PLAYLIST),
        ("zeros.wav", bytes(100_000), UnreadableReason.DAMAGED),
        ("noise.mp3", np.random.default_rng(1).bytes(50_000), UnreadableReason.DAMAGED),
        ("stub.wav", b"RIFF\x04\0\0\0WAVE", UnreadableReason.DAMAGED),
        ("stub.m4a", struct.pack(">I", 24) + b"ftypM4A \0\0\0\0M4A mp42", UnreadableReason.DAMAGED),
        ("stub.ogg", b"OggS" + bytes(60), UnreadableReason.UNSUPPORTED),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_audio(tmp_path: Path, name: str, content: bytes, reason: UnreadableReason) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path) is reason


def test_folder_missing_file_and_device(tmp_path: Path) -> None:
    assert refusal(tmp_path) is UnreadableReason.FOLDER
    assert refusal(tmp_path / "none.wav") is UnreadableReason.NOT_FOUND
    assert refusal(tmp_path / "none.wav" / "below.wav") is UnreadableReason.NOT_FOUND
    if Path("/dev/zero").exists():
        assert refusal(Path("/dev/zero")) is UnreadableReason.NOT_AUDIO


def test_header_without_samples(tmp_path: Path) -> None:
    assert refusal(write(tmp_path / "a.wav", tones(0))) is UnreadableReason.EMPTY
    assert refusal(write(tmp_path / "a.flac", tones(0))) is UnreadableReason.EMPTY


def test_video_without_sound(tmp_path: Path) -> None:
    import av

    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25, width=16, height=16, pix_fmt="yuv420p")
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame(16, 16, "yuv420p")))
        container.mux(stream.encode(None))
    assert refusal(path) is UnreadableReason.NO_AUDIO_STREAM


def test_protected_song(tmp_path: Path) -> None:
    path = write_av(tmp_path / "aac.m4a", tones(5000))
    assert refusal(header(path, (b"mp4a", 0, b"drms"))) is UnreadableReason.PROTECTED


@pytest.mark.parametrize(
    ("rate", "n_channels", "reason"),
    [
        (541_633_604, 2, UnreadableReason.RATE),
        (800_000, 2, UnreadableReason.RATE),
        (500, 1, UnreadableReason.RATE),
        (0, 2, UnreadableReason.DAMAGED),
        (44_100, 65, UnreadableReason.CHANNELS),
        (44_100, 0, UnreadableReason.DAMAGED),
    ],
)
def test_absurd_shapes(tmp_path: Path, rate: int, n_channels: int, reason: UnreadableReason) -> None:
    path = write(tmp_path / "a.wav", tones(5000, n_channels=1))
    header(
        path, (b"fmt ", 10, struct.pack("<HIIH", n_channels, rate, rate * n_channels * 2 & 0xFFFFFFFF, n_channels * 2))
    )
    assert refusal(path) is reason


@pytest.mark.parametrize("sample_rate", [1_000, 768_000])
@pytest.mark.parametrize("n_channels", [1, 64])
def test_the_outermost_shapes_work(tmp_path: Path, sample_rate: int, n_channels: int) -> None:
    wanted = tones(3000, sample_rate, n_channels)
    assert np.abs(decoded(write(tmp_path / "a.wav", wanted, sample_rate), in_child=True) - wanted).max() < 1e-4


@pytest.mark.parametrize("name", ["a.wav", "a.aiff", "a.flac", "a.rf64"])
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_cut_off(tmp_path: Path, name: str, kept: float) -> None:
    wanted = tones(200_000)
    path = write(tmp_path / name, wanted)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    got = decoded(path)
    assert kept * 0.85 < got.shape[1] / 200_000 <= kept * 1.05
    assert np.abs(got[:, :-8192] - wanted[:, : got.shape[1] - 8192]).max() < 1e-3
    assert AudioFlaw.SHORTER in flaws_of(path)


@pytest.mark.parametrize("name", ["lame.mp3", "aac.m4a"])
def test_cut_off_and_coded(tmp_path: Path, name: str) -> None:
    path = write_av(tmp_path / name, tones(400_000), options={"movflags": "faststart"} if name == "aac.m4a" else None)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    assert 0.4 < decoded(path).shape[1] / 400_000 < 0.7
    assert AudioFlaw.SHORTER in flaws_of(path)


def test_a_length_that_lies_costs_no_memory(tmp_path: Path) -> None:
    # 2 GB of samples are promised, one second is there.
    path = header(write(tmp_path / "a.wav", tones(44_100)), (b"data", 4, struct.pack("<I", 0x7FFF0000)))
    with AudioFile(path) as file:
        assert (file.info.n_samples or 0) > 500_000_000
        assert sum(block.shape[1] for block in file.blocks()) == 44_100
        assert [flaw.flaw for flaw in file.flaws] == [AudioFlaw.SHORTER]
    assert "shorter" in file.warnings[0].reason


def test_damage_within(tmp_path: Path) -> None:
    path = write_av(tmp_path / "lame.mp3", tones(400_000))
    content = bytearray(path.read_bytes())
    for at in range(20_000, 24_000):
        content[at] = 0x55
    path.write_bytes(content)
    got = decoded(path)
    assert abs(got.shape[1] - 400_000) < 30_000
    assert np.isfinite(got).all()


def test_samples_that_are_no_numbers(tmp_path: Path) -> None:
    samples = tones(1000)
    samples[0, 10], samples[1, 20], samples[0, 30] = np.nan, np.inf, -3e38
    path = write(tmp_path / "a.wav", samples, subtype="FLOAT")
    got = decoded(path)
    assert np.isfinite(got).all()
    assert (got[0, 10], got[1, 20], got[0, 30]) == (0, 0, 0)
    assert np.array_equal(got[:, 31:], samples[:, 31:])
    with AudioFile(path) as file:
        list(file.blocks())
        assert [(flaw.flaw, flaw.amount) for flaw in file.flaws] == [(AudioFlaw.NOT_FINITE, 3)]


def padded_wav(path: Path, numbers: np.ndarray, bits: int, n_bytes: int, *, extensible: bool, lower: bool) -> Path:
    """Whole numbers [C, T] of `bits` bits in containers of `n_bytes`, at their lower or upper end."""
    n_channels = numbers.shape[0]
    shifted = numbers.astype("<i4") << (0 if lower else 8 * n_bytes - bits)
    data = shifted.T.reshape(-1).view(np.uint8).reshape(-1, 4)[:, :n_bytes].tobytes()
    rates = struct.pack("<HIIH", n_channels, 44100, 44100 * n_channels * n_bytes, n_channels * n_bytes)
    if extensible:
        guid = bytes.fromhex("0100000000001000800000aa00389b71")
        fmt = struct.pack("<H", 0xFFFE) + rates + struct.pack("<HHHI", 8 * n_bytes, 22, bits, 3) + guid
    else:
        fmt = struct.pack("<H", 1) + rates + struct.pack("<H", bits)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize(("bits", "n_bytes"), [(24, 4), (20, 4), (20, 3), (12, 2)])
def test_samples_smaller_than_their_containers(
    tmp_path: Path, bits: int, n_bytes: int, extensible: bool, lower: bool
) -> None:
    numbers = np.round(tones(5000) * 2 ** (bits - 1)).astype(np.int32)
    path = padded_wav(tmp_path / "a.wav", numbers, bits, n_bytes, extensible=extensible, lower=lower)
    assert np.array_equal(decoded(path), (numbers / 2 ** (bits - 1)).astype(np.float32))
    assert AudioFile(path, in_child=False).info.subtype == f"PCM_{bits}"


def test_samples_of_36_bits_are_unsupported(tmp_path: Path) -> None:
    path = header(write(tmp_path / "a.wav", tones(500, n_channels=1)), (b"fmt ", 20, struct.pack("<HH", 5, 36)))
    assert refusal(path) is UnreadableReason.UNSUPPORTED


def test_a_stretch_behind_the_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tones(44_100))
    for start_s in (1.0, 50.0):
        with pytest.raises(AudioUnreadableError) as refused:
            read_audio(path, start_s=start_s)
        assert refused.value.reason is UnreadableReason.BEHIND_END


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine, and the requests it got."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    thread.join()
    server.server_close()


TRICKS = {
    "song.wav": "ffconcat version 1.0\nfile {private}\n",
    "song.mp3": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}/a.ts\n#EXT-X-ENDLIST\n",
    "song.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{private}\n#EXT-X-ENDLIST\n",
    "song.flac": "\n\n  #EXTM3U\n{url}/song.mp3\n",
    "song.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
    "song.pls": "[playlist]\nFile1={url}/a.mp3\n",
    "song.asx": "<asx version='3.0'><entry><ref href='{url}/a.wma'/></entry></asx>",
    "song.mpd": "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><BaseURL>{url}/</BaseURL></MPD>",
    "song.ogg": "{url}/song.ogg\n",
    "song.txt": "file '{private}'\n",
}


@pytest.mark.parametrize("in_child", [False, True])
@pytest.mark.parametrize("name", TRICKS)
def test_no_other_file_and_no_network(tmp_path: Path, canary: tuple[str, list[str]], name: str, in_child: bool) -> None:
    url, hits = canary
    private = write(tmp_path / "private.wav", tones(8000))
    path = tmp_path / name
    path.write_text(TRICKS[name].format(private=private, url=url))
    assert refusal(path, in_child=in_child) in (UnreadableReason.PLAYLIST, UnreadableReason.NOT_AUDIO)
    assert hits == []


@pytest.mark.parametrize(
    "name", ["concat:{a}|{a}", "{url}/a.wav", "subfile,,start,0,end,0,,:{a}", "data:audio/wav;base64,UklGRg=="]
)
def test_names_that_are_addresses_are_names(tmp_path: Path, canary: tuple[str, list[str]], name: str) -> None:
    url, hits = canary
    write(tmp_path / "a.wav", tones(100))
    named = name.format(a=tmp_path / "a.wav", url=url)
    assert refusal(Path(named)) is UnreadableReason.NOT_FOUND
    assert hits == []


def test_a_movie_that_refers_to_another_file(tmp_path: Path) -> None:
    # QuickTime can keep its samples in a file it names (a data reference that is not "self-contained").
    path = write_av(tmp_path / "alac.m4a", tones(5000))
    header(path, (b"url \0\0\0\x01", 0, b"alis\0\0\0\0"))
    assert decoded(path).shape == (2, 5000)  # libav keeps to this file


@pytest.mark.parametrize(
    "name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "aac.m4a", "opus.opus", "wma.wma", "wavpack.wv", "a.aiff"]
)
def test_mutants_never_crash_hang_or_give_nan(tmp_path: Path, rng: np.random.Generator, name: str) -> None:
    # In this process: a crash would end the test run, so that it cannot be overlooked.
    samples = tones(30_000, 48_000)
    path = tmp_path / name
    write(path, samples, 48_000) if name.startswith("a.") else write_av(path, samples, 48_000)
    good = path.read_bytes()
    for _ in range(12):
        content = bytearray(good)
        for _ in range(int(rng.integers(1, 6))):
            at = int(rng.integers(min(len(content), 2000) if rng.random() < 0.6 else len(content)))
            content[at] = int(rng.integers(256))
        if rng.random() < 0.3:
            del content[int(rng.integers(len(content))) :]
        path.write_bytes(content)
        start = time.monotonic()
        try:
            got = decoded(path, in_child=False)
        except AudioUnreadableError:
            pass
        else:
            assert np.isfinite(got).all()
        assert time.monotonic() - start < 10


def test_every_flaw_and_reason_has_words() -> None:
    for flaw in AudioFlaw:
        message = describe(AudioWarning(Path("/music/song.wav"), flaw, 2.5))
        assert "song.wav" in message.title
        assert "{" not in message.reason
    for reason in UnreadableReason:
        assert describe(AudioUnreadableError(Path("/music/song.wav"), reason)).action
    assert "5.1" in downmixed(6, "5.1").reason
    assert "7 channels" in downmixed(7, "").reason
