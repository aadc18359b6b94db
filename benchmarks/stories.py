"""What stories cost: with each article that is added, and with each question.

The articles are made of random words, 1,500 each as news has, and every tenth of them is an edition of
the one before. Medians of processor time. With a collection's folder its stories are printed instead.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from index import stories
from index.collection import STORE_FILE
from index.store import Store
from index.types import Article

ARTICLES = 2_000
WORDS = [f"w{rank}" for rank in range(50_000)]
WEIGHTS = [1 / rank for rank in range(1, len(WORDS) + 1)]
LENGTH = 1_500
# A question's best passages come from so many articles at most.
SHORTLIST = 60
QUESTIONS = 200


def articles(chooser: random.Random) -> Iterator[Article]:
    """Articles and some editions of them."""
    last = None
    for number in range(ARTICLES):
        text = " ".join(chooser.choices(WORDS, WEIGHTS, k=LENGTH))
        edition = last is not None and number % 10 == 0
        article = replace(last, id=str(number)) if last and edition else Article(str(number), text)
        last = replace(article, text=f"{article.text} and so on")
        yield article


def median_ms(spent: list[float]) -> float:
    """The median of seconds, in milliseconds."""
    return statistics.median(spent) * 1000


def seconds(action: Callable[[], object]) -> float:
    """The processor's time for an action: others on this machine do not count."""
    started = time.process_time()
    action()
    return time.process_time() - started


def main() -> None:
    """Measure, or print the stories of a collection."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="the folder of a collection")
    folder = parser.parse_args().folder
    if folder is None:
        measure()
    else:
        show(folder)


def show(folder: Path) -> None:
    """Print each story with its titles, days and links."""
    with closing(Store(folder / STORE_FILE)) as store:
        store.find_older_stories()
        found = store.stories(summary.id for summary in store.summaries())
        print(f"{len(found)} articles make {len(set(found.values()))} stories")
        for story in store.articles_of(set(found.values()), len(found)).values():
            print("", *(f"{one.date}  {one.title}  {one.url}" for one in story), sep="\n")


def measure() -> None:
    """Store the articles in memory, then ask for stories as a question does."""
    chooser = random.Random(1)
    added = list(articles(chooser))
    stories.sketched(added[0])  # imports datasketch
    with closing(Store(Path(":memory:"))) as store:
        storing = [seconds(lambda article=article: store.put(article, b"", [])) for article in added]
        sketching = [seconds(lambda article=article: stories.sketched(article)) for article in added]
        samples = [[one.id for one in chooser.sample(added, SHORTLIST)] for _ in range(QUESTIONS)]
        asking = [seconds(lambda ids=ids: store.stories(ids)) for ids in samples]
        found = set(store.stories(article.id for article in added).values())
    print(f"{ARTICLES:,} articles of {LENGTH:,} words, {len(found)} stories of several")
    print(f"an article's signature   {median_ms(sketching):5.2f} ms")
    print(f"storing it, all in all   {median_ms(storing):5.2f} ms, without passages and disk")
    print(f"a question's stories     {median_ms(asking):5.2f} ms for {SHORTLIST} articles")


if __name__ == "__main__":
    main()
