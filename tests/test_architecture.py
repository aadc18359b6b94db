"""The rules of the house, read off the source itself."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot.__main__ import cli
from bot.settings import known_keys

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("index/**/*.py")])
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def imported(path: Path) -> set[str]:
    """The top-level names of the packages that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def commands(parent: typer.Typer, prefix: str = "byline") -> Iterator[str]:
    """Every command in full: `byline articles list`."""
    for info in parent.registered_commands:
        assert info.callback is not None
        yield f"{prefix} {info.name or info.callback.__name__}"
    for group in parent.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance, f"{prefix} {group.name}")


def test_index_never_imports_bot() -> None:
    """Dependencies run one way."""
    assert [path for path in ROOT.glob("index/**/*.py") if "bot" in imported(path)] == []


def test_nothing_but_the_entry_point_imports_the_terminal() -> None:
    """The front end sits on top of everything."""
    users = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if "terminal" not in path.parts and "from .terminal" in path.read_text(encoding="utf-8")
    ]
    assert users == ["bot/__main__.py"]


@pytest.mark.parametrize(
    ("package", "files"),
    [
        ("faiss", ["index/vectors.py"]),
        (
            "sqlite3",
            [
                "bot/terminal/doctor.py",
                "index/database.py",
                "index/history.py",
                "index/ledger.py",
                "index/rows.py",
                "index/schema.py",
                "index/store.py",
                "index/stories.py",
                "index/verify.py",
            ],
        ),
        ("datasketch", ["index/likeness.py"]),
        ("sentence_transformers", ["index/encode.py"]),
        ("transformers", ["bot/reader/bundled.py", "bot/reader/model.py", "index/models.py"]),
        ("sklearn", ["bot/metrics.py", "bot/reader/calibrate.py"]),
        ("matplotlib", ["bot/plot.py"]),
    ],
)
def test_each_engine_is_known_to_few_files(package: str, files: list[str]) -> None:
    """One file imports faiss; SQL and models stay behind their seams."""
    assert [path.relative_to(ROOT).as_posix() for path in SOURCES if package in imported(path)] == files


def test_help_imports_nothing_heavy() -> None:
    """`byline --help` answers at once because no engine, model or config library is loaded."""
    heavy = {"torch", "sentence_transformers", "faiss", "numpy", "pydantic", "rich.progress", "nupunkt"}
    program = "import bot.__main__, sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert heavy & set(done.stdout.split()) == set()


def test_a_command_that_asks_nothing_imports_no_model() -> None:
    """The program's parts are put together without the libraries that models need."""
    heavy = {"torch", "transformers", "sentence_transformers", "sklearn", "dateparser", "matplotlib"}
    program = "import bot.app, sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert heavy & set(done.stdout.split()) == set()


def test_every_command_stands_in_the_documents() -> None:
    """No command is a secret."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    assert [name for name in commands(cli) if name not in text] == []


def test_every_config_key_stands_in_the_shipped_config() -> None:
    """`config.yaml` shows every key, each with a comment above its section or itself."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    assert [key for key in known_keys() if f"{key.split('.')[-1]}:" not in text] == []


def test_every_config_key_stands_in_the_documents() -> None:
    """The reference names every key."""
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [key for key in known_keys() if f"`{key}`" not in text] == []


def test_the_version_is_said_once() -> None:
    """The package and the program agree on the version, and the changelog knows it."""
    from bot import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
