"""Where the terminal front end writes: answers on standard output, all else on standard error."""

from __future__ import annotations

import sys

from rich.console import Console

# Nothing is that long: a line is never wrapped, and never cut.
_PIPED_WIDTH = 100_000


def stdout() -> Console:
    """For what was asked for; a pipe gets whole lines and no colours."""
    return _console(stderr=False)


def stderr() -> Console:
    """For progress, remarks and failures."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    piped = not (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=piped,
        width=_PIPED_WIDTH if piped else None,
    )
