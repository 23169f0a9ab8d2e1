r"""What the guarded worker process and its owner say to each other: frames over two pipes.

A frame is one byte that says what it is, eight bytes of length (big-endian) and that many
bytes. The worker says READY once, then answers each REQUEST with one other frame; before that
it may ask for MORE_TIME, once.

>>> frame(REQUEST, b"%PDF")
b'Q\x00\x00\x00\x00\x00\x00\x00\x04%PDF'
"""

import struct

HEADER = struct.Struct(">cQ")

REQUEST = b"Q"
READY = b"R"
ANSWER = b"A"
FAULT = b"F"  # the function raised: the bytes are the traceback
MORE_TIME = b"T"  # the document has that many pages more than the limits are made for; an answer follows
NO_MEMORY = b"M"  # the function ran into the memory limit


IS_SCAN = b"scan"
"""An answer: the file has to be recognised, which was not asked for."""


def frame(kind: bytes, payload: bytes) -> bytes:
    """Return the bytes of one frame."""
    return HEADER.pack(kind, len(payload)) + payload
