"""What every `byline` command has in common: its options, its `App`, and how it fails."""

# No `from __future__ import annotations` here: typer reads the annotations of the built signature.

import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from index.errors import BylineError

_KEYWORD = inspect.Parameter.KEYWORD_ONLY
_COMMON = (
    inspect.Parameter(
        "collection",
        _KEYWORD,
        default=None,
        annotation=Annotated[str | None, typer.Option(help="Which collection (default: the config's).")],
    ),
    inspect.Parameter(
        "config",
        _KEYWORD,
        default=None,
        annotation=Annotated[Path | None, typer.Option(help="The config file to use.")],
    ),
    inspect.Parameter(
        "data",
        _KEYWORD,
        default=None,
        annotation=Annotated[Path | None, typer.Option(help="Where collections are kept (default: ./data).")],
    ),
    inspect.Parameter(
        "debug",
        _KEYWORD,
        default=False,
        annotation=Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")],
    ),
)

_CONTEXT = inspect.Parameter("context", _KEYWORD, annotation=typer.Context)

Command = Callable[..., None]

# Typer shows its usage errors only through this child; the parent covers unknown commands and options.
UsageError: type[Any] = typer.BadParameter.__bases__[0]


def command(parent: typer.Typer, name: str | None = None, waiting: str = "") -> Callable[[Command], Command]:
    """Register `function(app, …)` as a command of `parent` that takes the common options too.

    `waiting` is shown on a terminal before the first slow import.
    """

    def register(function: Command) -> Command:
        _, *own = inspect.signature(function).parameters.values()
        parameters = [*(parameter.replace(kind=_KEYWORD) for parameter in own), *_COMMON, _CONTEXT]

        def run(**values: Any) -> None:
            if waiting and sys.stderr.isatty():
                print(waiting, end="\r", file=sys.stderr, flush=True)  # noqa: T201
            from index.lock import Writer  # noqa: PLC0415 (heavy: only when a command runs)

            from ..app import App, Options  # noqa: PLC0415

            common = {parameter.name: values.pop(parameter.name) for parameter in _COMMON}
            del common["debug"]  # `run_cli` has looked at it
            writer = Writer(values.pop("context").command_path, _say)
            try:
                function(App(Options(**common), os.environ, Path.cwd(), writer), **values)
            except KeyboardInterrupt:
                raise typer.Abort from None  # Typer would end the program without a word

        # Typer builds the command line from the signature it sees.
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__name__, run.__doc__ = function.__name__, function.__doc__
        parent.command(name)(run)
        return function

    return register


def run_cli(cli: typer.Typer, arguments: list[str]) -> int:
    """Run the program and return its exit code: 2 for wrong usage, 1 for failure, each with one line.

    A traceback is only shown with `--debug`.
    """
    _use_utf8()
    try:
        code = cli(arguments, prog_name="byline", standalone_mode=False)
    except UsageError as error:
        hint = f" (see: {error.ctx.command_path} --help)" if error.ctx else ""
        # Without any command there is no message: the help has been printed.
        return _fail(f"{error.format_message()}{hint}" if error.format_message() else "", 2)
    except (typer.Abort, KeyboardInterrupt):
        return _fail("stopped", 130)
    except (BrokenPipeError, SystemExit):
        # The reader of our output went away (`byline articles list | head`); nothing is wrong.
        # Typer, where it notices first, would make a failure of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if "--debug" in arguments:
            raise
        if isinstance(error, BylineError):
            return _fail(str(error), 1)
        return _fail(f"unexpected {type(error).__name__}: {error} (add --debug for where)", 1)
    return code if isinstance(code, int) else 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _fail(message: str, code: int) -> int:
    if not message:
        return code
    print(f"byline: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201
    return code


def _use_utf8() -> None:
    """Print curly quotes also where the locale or a pipe would not have them."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
