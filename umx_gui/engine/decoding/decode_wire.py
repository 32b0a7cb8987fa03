"""What the decoding child and its parent say to each other over a pair of pipes.

The parent writes one line of JSON a request; the child answers with messages: a head (kind, channels, bytes) and what
follows it. Nothing in it can make the parent run anything, and the parent bounds every size: a child that a hostile
file took over can but send wrong samples.
"""

from __future__ import annotations

import struct

from umx_gui.engine.decoding.audio_info import BLOCK_SAMPLES, MAX_CHANNELS

HEAD = struct.Struct("<cIQ")

READY = b"R"
INFO = b"I"
COVER = b"C"
BLOCK = b"B"
END = b"E"
REFUSED = b"X"

MAX_BYTES = {
    READY: 0,
    INFO: 1 << 20,
    COVER: 16 << 20,
    BLOCK: 4 * BLOCK_SAMPLES * MAX_CHANNELS,
    END: 1 << 16,
    REFUSED: 1 << 16,
}
