"""How long a person waits: to the first character on the terminal, and to the end.

Needs a pseudo-terminal (Linux, macOS). The sample articles are indexed once before, uncounted.
"""

from __future__ import annotations

import os
import pty
import statistics
import sys
import tempfile
import time

RUNS = 3


def waited(arguments: list[str], data: str) -> tuple[float, float]:
    """Seconds to the first output and to the end of `byline …` on a terminal of its own."""
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(BYLINE_DATA=data, TERM="xterm")
        os.execv(sys.executable, [sys.executable, "-m", "bot", *arguments])
    first = 0.0
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side has closed
            chunk = b""
        if not chunk:
            break
        first = first or time.perf_counter() - started
    os.waitpid(pid, 0)
    os.close(terminal)
    return first, time.perf_counter() - started


def main() -> None:
    """Print medians and ranges."""
    with tempfile.TemporaryDirectory() as data:
        question = ["ask", "who directed the film?"]
        waited(question, data)
        for arguments in (["--help"], question):
            runs = [waited(arguments, data) for _ in range(RUNS)]
            for name, values in zip(("first output", "end"), zip(*runs, strict=True), strict=True):
                print(
                    f"byline {' '.join(arguments):<28} {name:<13} median {statistics.median(values):.2f} s"
                    f"  ({min(values):.2f}–{max(values):.2f}, {RUNS} runs)"
                )


if __name__ == "__main__":
    main()
