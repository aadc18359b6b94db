"""`byline sources …`: what a collection is kept in step with."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from index.errors import BylineError
from index.sources.web.links import check_link, is_link
from index.sync import address_of, remove_places

from ..app import App
from .console import show, stdout
from .render import plain_table, plural


class UnknownSource(BylineError):
    """It is none of the collection's sources."""


def list_sources(app: App) -> None:
    """Print the sources with how many articles each has, and when it was read."""
    with closing(app.existing()) as collection:
        sources = collection.ledger.sources()
    if not sources:
        stdout().print("No sources yet; add some with: byline index PATH")
        return
    table = plain_table()
    table.add_column("source", overflow="fold")
    table.add_column("articles", justify="right")
    table.add_column("last read")
    for source in sources:
        table.add_row(
            source.address, f"{source.articles:,}", (source.read_at or "never")[:16].replace("T", " ")
        )
    show(table)


def remove_sources(app: App, names: Sequence[str], *, with_articles: bool) -> None:
    """Forget sources; their articles stay unless they are to go as well."""
    removed = 0
    with closing(app.existing()) as collection:
        ledger = collection.ledger
        known = {source.address for source in ledger.sources()}
        addresses = [name if name in known else _address(name) for name in names]
        for address in addresses:
            if address not in known:
                raise UnknownSource(
                    f"{address!r} is not a source of {collection.name!r}; see: byline sources list"
                )
        for address in addresses:
            if with_articles:
                places = ledger.places_of(address)
                removed += sum(1 for _ in remove_places(collection, places))
                ledger.drop(places)
            ledger.forget(address)
    said = f", {plural(removed, 'article')} removed" if with_articles else ""
    stdout().print(f"{app.collection_name}: {plural(len(addresses), 'source')} forgotten{said}")


def _address(name: str) -> str:
    return check_link(name) if is_link(name) else address_of(Path(name))
