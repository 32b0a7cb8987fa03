"""The kinds of failures that have many: why a file was refused, what is wrong with it, why nothing came."""

from __future__ import annotations

from enum import Enum


class UnreadableReason(Enum):
    """Why an audio file was refused."""

    NOT_FOUND = "not found"
    FOLDER = "a folder"
    EMPTY = "empty"
    NOT_AUDIO = "not audio"
    NO_AUDIO_STREAM = "no audio stream"
    DAMAGED = "damaged"
    NO_PERMISSION = "no permission"
    RATE = "sample rate out of range"
    CHANNELS = "too many channels"
    TOO_LARGE = "needs too much memory"
    TOO_SLOW = "took too long"
    UNSUPPORTED = "unsupported codec"
    PLAYLIST = "a playlist"
    PROTECTED = "copy protected"
    BEHIND_END = "ends before the start asked for"
    NO_DECODER = "the decoding process does not start"


class AudioFlaw(Enum):
    """What is wrong with an audio file that can be used all the same."""

    SHORTER = "shorter than declared"
    LONGER = "longer than declared"
    NOT_FINITE = "samples that are no numbers"
    DAMAGED_PARTS = "damaged parts left out"
    BROKEN_OFF = "cannot be read to its end"
    CHANNELS_CHANGE = "the number of channels changes"
    FORMAT_CHANGES = "the format changes"
    HEADER_WRONG = "the header contradicts the contents"


class DownloadReason(Enum):
    """Why a file could not be downloaded."""

    OFFLINE = "the server cannot be reached"
    CERTIFICATE = "the certificate cannot be trusted"
    INSECURE = "led to an address that is not https"
    NOT_FOUND = "not there"
    SERVER = "the server failed"
    CUT = "the connection broke off"
    STALLED = "nothing came any more"
    TOO_LARGE = "larger than the model can be"
    NO_LENGTH = "of unknown length"
    WRONG_CONTENT = "not the published file"


class SoundReason(Enum):
    """Why there is no sound."""

    NO_LIBRARY = "PortAudio is missing"
    NO_DEVICE = "no output device"
    REFUSED = "the device cannot be opened"
    LOST = "the device vanished"
    ENDED = "the sound process ended"
