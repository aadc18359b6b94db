"""Where the terminal front end writes: answers on standard output, all else on standard error."""

from __future__ import annotations

import sys

from rich.console import Console, RenderableType

# Nothing is that long: a line is never wrapped, and never cut.
_PIPED_WIDTH = 100_000


def stdout() -> Console:
    """For what was asked for; a pipe gets whole lines and no colours."""
    return _console(stderr=False)


def stderr() -> Console:
    """For progress, remarks and failures."""
    return _console(stderr=True)


def show(renderable: RenderableType) -> None:
    """Print several lines on standard output; a pipe gets them without the spaces at their ends."""
    console = stdout()
    if console.is_terminal:
        console.print(renderable)
        return
    with console.capture() as captured:
        console.print(renderable)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


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
