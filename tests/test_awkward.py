"""Awkward files: each is read or named with its reason, in bounded memory, and nothing outside is touched."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.awkward import SECRET, Expected, write_corpus

ROOT = Path(__file__).resolve().parent.parent

# The most memory a process ever had, in MiB. `getrusage` will not do: a new process inherits there what
# the test run that started it had.
PEAK = """
import re

def own_peak_mib():
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read())[1]) >> 10
"""

# Reads a folder in a process of its own, and tells what it found, what it took, and which files it opened.
READ = (
    PEAK
    + """
import json, os, resource, sys
from pathlib import Path

opened = []
def note(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        writes = arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        opened.append([os.fsdecode(arguments[0]), bool(writes)])
    elif event in ("os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink", "os.chmod", "os.truncate"):
        opened.append([f"{event} {arguments[0]}", True])

from index.settings import ArticleSettings
from index.sources.files import FileSource
from index.types import Article, Skipped

folder = Path(sys.argv[1])
found = []
sys.addaudithook(note)
source = FileSource([folder], ArticleSettings())
for item in source:
    if isinstance(item, Article):
        found.append([item.path, item.text if len(item.text) < 200_000 else item.text[:200] + "…"])
    else:
        found.append([os.path.relpath(item.name, folder), "!" + item.reason])
peaks = [own_peak_mib(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10]
done = [source.done_bytes, source.total_bytes]
json.dump({"found": found, "opened": opened, "peaks": peaks, "done": done}, sys.stdout)
"""
)

# Puts it into a collection, as the program does, with the tiny encoder.
INDEX = (
    PEAK
    + """
import sys
from pathlib import Path
from index.collection import LocalCollection
from index.settings import ArticleSettings
from index.sources.files import FileSource
from index.types import Article
from tests.encoders import HashedWords

articles = (item for item in FileSource([Path(sys.argv[1])], ArticleSettings()) if isinstance(item, Article))
with LocalCollection(Path(sys.argv[2]), HashedWords()) as collection:
    for added in collection.add(articles):
        pass
print(own_peak_mib())
"""
)


class Run:
    """What came of reading the corpus."""

    def __init__(self, folder: Path, *, large: bool) -> None:
        self.folder = folder
        self.expected: Expected = write_corpus(folder, large=large)
        self.before = listing(folder.parent)
        done = subprocess.run(
            [sys.executable, "-c", READ, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        told = json.loads(done.stdout)
        self.after = listing(folder.parent)
        self.complaints = done.stderr
        self.opened: list[tuple[str, bool]] = told["opened"]
        self.peaks: list[int] = told["peaks"]
        self.done: list[int] = told["done"]
        self.found: Expected = {}
        for name, outcome in told["found"]:
            self.found.setdefault(self._file(name), []).append(outcome)

    def _file(self, name: str) -> str:
        """The file that a line of it, or a member, belongs to."""
        place = name.partition(", line ")[0]
        while place not in self.expected and "/" in place:
            place = place.rpartition("/")[0]
        return place if place in self.expected else name


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and the time of its last change."""
    return {
        str(path): (status.st_size, status.st_mtime_ns)
        for path in folder.rglob("*")
        for status in [path.lstat()]
    }


def is_met(wanted: list[str], given: list[str] | None) -> bool:
    """Whether the outcomes are those, of which one that ends in `…` tells only the beginning."""
    return given is not None and all(
        got.startswith(want[:-1]) if want.endswith("…") else got == want
        for want, got in zip_longest(wanted, given, fillvalue="")
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("awkward") / "corpus", large=False)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("awkward") / "corpus"
    yield Run(folder, large=True)
    shutil.rmtree(folder)  # it has more than a gigabyte


RUNS = ["small", pytest.param("large", marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]


@pytest.fixture(params=RUNS)
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.getfixturevalue(request.param)
    return found


def test_each_file_is_read_or_named(run: Run) -> None:
    """Every file gives its text or its reason, and nothing else comes up."""
    assert {
        name: (wanted, run.found.get(name))
        for name, wanted in run.expected.items()
        if not is_met(wanted, run.found.get(name))
    } == {}
    assert run.found.keys() - run.expected.keys() == set()
    assert run.complaints == ""


def test_memory_stays_below_a_gigabyte(run: Run) -> None:
    """The most that this process, and any that it starts, ever had."""
    assert max(run.peaks) < 1024
    assert run.done[0] == run.done[1]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_indexing_stays_below_a_gigabyte(large: Run, tmp_path: Path) -> None:
    """Cut into passages and stored, articles of twenty megabytes do not take more either."""
    command = [sys.executable, "-c", INDEX, str(large.folder), str(tmp_path / "news")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1024


def test_nothing_outside_is_read(run: Run) -> None:
    """No file beside the folder was opened, nor one that a link leads to, and no secret came up."""
    outside = [
        path for path, _ in run.opened if str(run.folder.parent) in path and str(run.folder) not in path
    ]
    assert outside == []
    assert [path for path, _ in run.opened if path in ("/etc/passwd", "/dev/zero")] == []
    assert [
        outcomes for outcomes in run.found.values() if any(SECRET in outcome for outcome in outcomes)
    ] == []


def test_nothing_is_written(run: Run) -> None:
    """Not below the folder, not beside it, and not where a member of an archive wants to be."""
    assert run.after == run.before
    assert {path for path, writes in run.opened if writes} <= {"/dev/null"}
