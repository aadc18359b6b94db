"""The gateway's transport compression."""

from __future__ import annotations

import zlib
from collections.abc import Callable


def stream_for(name: str | None) -> Callable[[bytes], bytes] | None:
    """A compressor whose frames form one stream, for the kind that a client asks for."""
    if name is None:
        return None
    if name == "zlib-stream":
        deflate = zlib.compressobj()
        return lambda frame: deflate.compress(frame) + deflate.flush(zlib.Z_SYNC_FLUSH)
    if name == "zstd-stream":
        # discord.py asks for it only where it found this package.
        import zstandard

        squeeze = zstandard.ZstdCompressor().compressobj()
        return lambda frame: squeeze.compress(frame) + squeeze.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    raise ValueError(f"unknown compression {name!r}")
