"""`byline articles …` and `byline collections …`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from rich.text import Text

from index.clean import clean_line
from index.errors import BylineError
from index.types import ArticleSummary

from ..app import App
from .console import show, stderr, stdout
from .render import plain_table, render_articles, source_line


class UnknownArticle(BylineError):
    """There is no article of that id in the collection."""


def list_articles(app: App, *, as_json: bool) -> None:
    """Print the articles, newest first."""
    summaries = _summaries(app)
    if as_json:
        rows = [{key: value for key, value in asdict(row).items() if key != "root"} for row in summaries]
        print(json.dumps(rows, ensure_ascii=False, indent=2))  # noqa: T201
    elif summaries:
        show(render_articles(summaries))
    else:
        stdout().print("No articles yet; add some with: byline index PATH")


def show_article(app: App, article_id: str) -> None:
    """Print one article as it is stored."""
    with closing(app.existing()) as collection:
        article, story = collection.article(article_id), collection.story(article_id)
    if article is None:
        raise _unknown(app, article_id)
    console = stdout()
    console.print(source_line(article))
    if article.authors:
        console.print(f"by {', '.join(article.authors)}")
    if article.root and article.path:
        console.print(clean_line(str(Path(article.root, article.path))))
    for other in story:
        console.print(Text("also in: ").append_text(source_line(other)))
    console.print("")
    console.print(Text(article.text))


def remove_articles(app: App, article_ids: Sequence[str]) -> None:
    """Remove articles; UnknownArticle names the first that was not there, after removing the rest."""
    missing, left = [], []
    with closing(app.existing()) as collection:
        for article_id in article_ids:
            article = collection.article(article_id)
            source = collection.ledger.brought_back(article) if article else None
            if not collection.remove(article_id):
                missing.append(article_id)
            elif source:
                left.append(source)
    for source in left:
        stderr().print(f"{clean_line(source)} is still there; delete it, or the next sync reads it again")
    stdout().print(f"{app.collection_name}: {len(article_ids) - len(missing)} removed")
    if missing:
        raise _unknown(app, missing[0])


def list_collections(app: App) -> None:
    """Print the collections with their sizes."""
    names = app.collection_names()
    if not names:
        stdout().print("No collections yet; make one with: byline index PATH")
        return
    table = plain_table()
    table.add_column("collection")
    for heading in ("articles", "passages", "MiB"):
        table.add_column(heading, justify="right")
    for name in names:
        try:
            with closing(app.existing(name)) as collection:
                articles, passages = collection.counts()
        except BylineError as error:
            table.add_row(Text(f"{name}: {error}"))
            continue
        size_bytes = sum(file.stat().st_size for file in (app.collections_folder / name).iterdir())
        table.add_row(name, f"{articles:,}", f"{passages:,}", f"{size_bytes / 2**20:,.1f}")
    show(table)


def delete_collection(app: App, name: str) -> None:
    """Delete a collection for good."""
    app.delete_collection(name)
    stdout().print(f"{name}: deleted")


def _summaries(app: App) -> list[ArticleSummary]:
    if app.collection_name not in app.collection_names():
        return []
    with closing(app.existing()) as collection:
        return list(collection.articles())


def _unknown(app: App, article_id: str) -> UnknownArticle:
    return UnknownArticle(
        f"there is no article {article_id!r} in collection {app.collection_name!r}; see: byline articles list"
    )
