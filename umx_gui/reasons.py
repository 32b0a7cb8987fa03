"""Why things fail, in words: what `messages` says for each reason that an error can name."""

from __future__ import annotations

from umx_gui.errors import AudioFlaw, DownloadReason, SoundReason, UnreadableReason

UNREADABLE: dict[UnreadableReason, tuple[str, str]] = {
    UnreadableReason.NOT_FOUND: ("the file does not exist", "Check the name, or whether the disk is connected"),
    UnreadableReason.FOLDER: ("it is a folder, not a file", "Choose a file inside it"),
    UnreadableReason.EMPTY: ("it holds no audio samples", "Choose another file"),
    UnreadableReason.NOT_AUDIO: ("it is not an audio file", "Choose a song, such as a WAV, FLAC or MP3 file"),
    UnreadableReason.NO_AUDIO_STREAM: ("it has no audio track", "Choose a file with sound in it"),
    UnreadableReason.DAMAGED: ("its contents are damaged", "Get a fresh copy of the file"),
    UnreadableReason.NO_PERMISSION: ("you may not read it", "Change the file's permissions or copy it elsewhere"),
    UnreadableReason.RATE: ("its sample rate is out of range (1 to 768 kHz)", "Convert it to a usual sample rate"),
    UnreadableReason.CHANNELS: ("it has more than 64 channels", "Convert it to stereo"),
    UnreadableReason.TOO_LARGE: ("decoding it needs more memory than is allowed", "Convert it to WAV or FLAC first"),
    UnreadableReason.TOO_SLOW: ("decoding it took too long", "Convert it to WAV or FLAC first"),
    UnreadableReason.UNSUPPORTED: ("its codec is not supported", "Convert it to WAV or FLAC first"),
    UnreadableReason.PLAYLIST: ("it is a playlist, which only names other files", "Open the songs it names"),
    UnreadableReason.PROTECTED: ("it is copy protected", "Get the song without copy protection"),
    UnreadableReason.BEHIND_END: ("it ends before the start that was asked for", "Choose an earlier start"),
    UnreadableReason.NO_DECODER: ("the decoding process does not start", "Restart or reinstall umx-gui"),
}

FLAWS: dict[AudioFlaw, str] = {
    AudioFlaw.SHORTER: "it is {amount:.2f} s shorter than it says, and perhaps cut off",
    AudioFlaw.LONGER: "it is {amount:.2f} s longer than it says",
    AudioFlaw.NOT_FINITE: "samples that are not numbers ({amount:.0f}) were made silent",
    AudioFlaw.DAMAGED_PARTS: "damaged parts ({amount:.0f}) were left out",
    AudioFlaw.BROKEN_OFF: "it cannot be read beyond {amount:.2f} s",
    AudioFlaw.CHANNELS_CHANGE: "its number of channels changes on the way, and missing ones are silent",
    AudioFlaw.FORMAT_CHANGES: "its format changes after {amount:.2f} s, and the rest was left out",
    AudioFlaw.HEADER_WRONG: "its header contradicts its contents, which were used",
}

NO_SOUND: dict[SoundReason, tuple[str, str]] = {
    SoundReason.NO_LIBRARY: (
        "the library PortAudio is not installed",
        "Install it (Debian, Ubuntu: libportaudio2); separation and export work without it",
    ),
    SoundReason.NO_DEVICE: (
        "no sound device was found",
        "Connect or choose one and press play again; separation and export work without it",
    ),
    SoundReason.REFUSED: (
        "the sound device could not be opened",
        "Choose another one, or close the program that uses it; separation and export still work",
    ),
    SoundReason.LOST: ("the sound device was disconnected", "Connect or choose one and press play again"),
    SoundReason.ENDED: ("the sound process ended unexpectedly", "Press play to start it again"),
}

TRY_LATER = "Try again later; what has come is kept"
NO_DOWNLOAD: dict[DownloadReason, tuple[str, str]] = {
    DownloadReason.OFFLINE: ("{host} cannot be reached", "Check the connection and try again; what has come is kept"),
    DownloadReason.CERTIFICATE: ("the certificate of {host} cannot be trusted", "Try from another network, or later"),
    DownloadReason.INSECURE: ("{host} leads to an address without https", "Try from another network, or later"),
    DownloadReason.NOT_FOUND: ("{host} does not have it", "Get the files elsewhere and import them as a folder"),
    DownloadReason.SERVER: ("{host} answered with an error ({detail})", TRY_LATER),
    DownloadReason.CUT: ("the connection to {host} broke off", "Try again; what has come is kept"),
    DownloadReason.STALLED: ("{host} stopped sending", TRY_LATER),
    DownloadReason.TOO_LARGE: ("{host} sends more than the model can be", "Try from another network, or later"),
    DownloadReason.NO_LENGTH: ("{host} does not say how long it is", "Try again later"),
    DownloadReason.WRONG_CONTENT: ("what {host} sent is not the published file", "It was thrown away; try again later"),
}

DETAILS = (
    "a model's name is a plain word, as a folder can be called on any system",
    "a quotation mark is not closed",
    "EM needs a second source: ask for the residual, or for 0 iterations",
    "FLAC holds 16 or 24 bits; use wav for 32-bit float",
    "it cannot be read",
    "it cannot be read again",
    "it cannot be read, or is no file of this kind",
    "it claims more than the file holds",
    "it does not exist",
    "it does not hold the parameters of an Open-Unmix network",
    "it has no separator.json",
    "it holds more than one model",
    "it holds no weights of any target",
    "it holds other things than named tensors",
    "it is compressed in an unusual way",
    "it is compressed, which weight files never are",
    "it is damaged, or is no session at all",
    "it is encrypted",
    "it is neither a folder nor a good zip file",
    "it is not a model folder",
    "it is not a weight file",
    "it is not a weight file, or holds code that would be executed",
    "it is not there",
    "it is too large for a model",
    "it would write outside its own folder",
    "its braces do not match",
    "its disk cannot hold a file of this size",
    "its files cannot be read",
    "its JSON file has no settings",
    "its networks compute values that are not numbers",
    "its reference holds no samples",
    "its samples are not those that were written",
    "its settings do not fit separator.json",
    "the file is damaged",
    "the file is damaged or not a safetensors file",
    "the record of its files cannot be read",
    "the record of its files is missing",
    "there are too many files of these names already",
    "there is no reference",
    "use letters, digits, spaces, _ and -, 64 at most",
    "writing failed",
)
"""What errors carry as their detail, word for word, so that it is in the catalogue, too."""
