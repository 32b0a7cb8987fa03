"""What a file is, told from its first bytes alone: its name may lie, and neither decoder may guess from it.

A file is matched with one family of formats, and libav is allowed that family only; text, web pages and playlists
(which libav would follow to other files, or to the network) are refused before any decoder sees them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from umx_gui.errors import UnreadableReason

HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Family:
    """A family of formats: our short name, libav's demuxers for it, and whether libsndfile reads it, and better.

    `forced` names a demuxer where the contents are sure enough that libav need not guess from (too few) bytes.
    """

    name: str
    demuxers: str
    soundfile_first: bool = False
    soundfile_reads: bool = False
    forced: str | None = None


WAV = Family("wav", "wav,w64", soundfile_first=True, soundfile_reads=True)
AIFF = Family("aiff", "aiff", soundfile_first=True, soundfile_reads=True)
FLAC = Family("flac", "flac", soundfile_first=True, soundfile_reads=True)
OGG = Family("ogg", "ogg", soundfile_reads=True)
# libav loses 128 samples at the end of some Vorbis files; libsndfile does not, but reads one link of a chain only.
OGG_VORBIS = Family("ogg", "ogg", soundfile_first=True, soundfile_reads=True)
_ADTS = Family("aac", "aac", forced="aac")
MP3 = Family("mp3", "mp3", soundfile_reads=True)
MP4 = Family("mp4", "mov,mp4,m4a,3gp,3g2,mj2")
_SNDFILE_ONLY = Family("other", "au,caf,voc,nist,ircam,svx,iff", soundfile_first=True, soundfile_reads=True)

# Demuxers that read one file and nothing else, for contents that match no signature below.
_ANY = Family(
    "other",
    "mp3,aac,ac3,eac3,dts,dtshd,truehd,mpegts,mpeg,mpegvideo,loas,amr,au,caf,voc,iff,dsf,ape,tta,tak,mpc,mpc8,wv,asf,"
    "matroska,webm,mov,mp4,ogg,flac,wav,w64,aiff,avi,flv,rm,qcp,shn,oma,ast,nut,bfstm,brstm,adx,xwma,gsm,sds,sbc,aptx",
    soundfile_reads=True,
)

_SIGNATURES: tuple[tuple[int, bytes, Family], ...] = (
    (0, b"RIFX", WAV),
    (0, b"RF64", WAV),
    (0, b"BW64", WAV),
    (0, b"riff\x2e\x91\xcf\x11", WAV),
    (8, b"AIFF", AIFF),
    (8, b"AIFC", AIFF),
    (0, b"fLaC", FLAC),
    (0, b"OggS", OGG),
    (4, b"ftyp", MP4),
    (4, b"moov", MP4),
    (4, b"mdat", MP4),
    (4, b"wide", MP4),
    (4, b"skip", MP4),
    (4, b"free", MP4),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Family("asf", "asf")),
    (0, b"\x1a\x45\xdf\xa3", Family("matroska", "matroska,webm")),
    (0, b"wvpk", Family("wavpack", "wv")),
    (0, b"MAC ", Family("ape", "ape")),
    (0, b"TTA1", Family("tta", "tta")),
    (0, b"tBaK", Family("tak", "tak")),
    (0, b"DSD ", Family("dsf", "dsf")),
    (0, b"FRM8", Family("dsdiff", "iff")),
    (0, b"MPCK", Family("musepack", "mpc8")),
    (0, b"MP+", Family("musepack", "mpc")),
    (0, b"#!AMR", Family("amr", "amr")),
    (0, b"FLV", Family("flv", "flv")),
    (0, b"\x0b\x77", Family("ac3", "ac3,eac3")),
    (0, b"\x7f\xfe\x80\x01", Family("dts", "dts")),
    (0, b".snd", _SNDFILE_ONLY),
    (0, b"caff", _SNDFILE_ONLY),
    (0, b"Creative Voice File", _SNDFILE_ONLY),
    (0, b"NIST_1A", _SNDFILE_ONLY),
    (8, b"8SVX", _SNDFILE_ONLY),
    (8, b"16SV", _SNDFILE_ONLY),
)

# Not sound, whatever their names say: pictures, archives, documents, programs, notes without sound (MIDI).
_NOT_AUDIO = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh",
    b"\xfd7zXZ", b"\x7fELF", b"MThd", b"MZ", b"SQLite format 3", b"\x80\x02", b"\xd0\xcf\x11\xe0",
)  # fmt: skip
_PLAYLISTS = (b"#extm3u", b"ffconcat", b"[playlist]", b"<asx", b"<smil", b"v=0\r", b"v=0\n", b"<?xpf")


def sniff(head: bytes) -> Family | UnreadableReason:
    """The family of a file that begins with `head` (up to `HEAD_BYTES`), or why it is refused unread."""
    if not head:
        return UnreadableReason.EMPTY
    body = _after_id3(head)
    if body.startswith(b"RIFF"):
        return Family("avi", "avi") if body[8:12] == b"AVI " else WAV
    if (family := _by_signature(body)) is not None:
        return OGG_VORBIS if family is OGG and b"\x01vorbis" in body[:256] else family
    if (reason := _refusal(head)) is not None:
        return reason
    if head.startswith(b"ID3") or _is_mpeg_frame(body):
        return MP3
    return _ADTS if body[:1] == b"\xff" and body[1:2] in (b"\xf0", b"\xf1", b"\xf8", b"\xf9") else _ANY


def ogg_is_chained(path: Path) -> bool:
    """Whether an Ogg file holds several links, that is: whether a stream begins after another one's data has begun."""
    tail, data_seen = b"", False
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                window = tail + chunk
                at = window.find(b"OggS\0")
                while 0 <= at < len(window) - 5:
                    is_first_page = bool(window[at + 5] & 2)
                    if is_first_page and data_seen:
                        return True
                    data_seen = data_seen or not is_first_page
                    # Once data has begun, only first pages are of interest: those flagged 2 and nothing else.
                    at = window.find(b"OggS\0\2" if data_seen else b"OggS\0", at + 5)
                tail = window[-5:]
    except OSError:
        return False
    return False


def mp3_states_length(path: Path) -> bool:
    """Whether an MP3 file has an information frame (Xing, Info, VBRI); else its length is guessed from its size."""
    try:
        with path.open("rb") as file:
            file.seek(_id3_bytes(file.read(10)))
            frame = file.read(256)
    except OSError:
        return False
    return any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))


def _id3_bytes(head: bytes) -> int:
    """The length of the ID3v2 tag that `head` begins with; 0 where there is none."""
    if not head.startswith(b"ID3") or len(head) < 10:
        return 0
    # The size counts seven bits a byte, without the ten bytes of the header (and of the footer, flag 0x10).
    size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    return 10 + size + (10 if head[5] & 0x10 else 0)


def _after_id3(head: bytes) -> bytes:
    """The bytes behind a leading ID3v2 tag; empty where the tag is longer than the head."""
    return head[_id3_bytes(head) :]


def _by_signature(body: bytes) -> Family | None:
    for at, magic, family in _SIGNATURES:
        if body[at : at + len(magic)] == magic:
            return family
    return None


def _is_mpeg_frame(body: bytes) -> bool:
    """Whether an MPEG audio frame of layer I to III begins here (and not AAC's ADTS, whose layer bits are 00)."""
    return (
        len(body) > 2 and body[0] == 0xFF and body[1] & 0xE0 == 0xE0 and body[1] & 0x06 != 0 and body[2] & 0xF0 != 0xF0
    )


def _refusal(head: bytes) -> UnreadableReason | None:
    start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_PLAYLISTS) or b"#ext-x-" in start:
        return UnreadableReason.PLAYLIST
    if head.startswith(_NOT_AUDIO) or _is_text(head[:4096]):
        return UnreadableReason.NOT_AUDIO
    return None


def _is_text(sample: bytes) -> bool:
    """Whether bytes read as text: no control characters, in UTF-8 or UTF-16, or a Latin character set."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        sample = sample[2:].replace(b"\0", b"")
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in sample)
    high = sum(byte > 126 for byte in sample)
    if odd:
        return False
    try:
        sample.decode()
    except UnicodeDecodeError as e:
        # A Latin letter here and there; or a letter in UTF-8 that the sample cuts in two.
        return high < len(sample) // 4 or e.start > max(len(sample) - 4, 1000)
    return True
