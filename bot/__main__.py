"""The `byline` command.

Imports nothing heavy: `byline --help` must answer at once, so each command imports what it needs
when it runs.
"""

# ruff: noqa: PLC0415
# No `from __future__ import annotations` here: typer reads the annotations.

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import __version__
from .terminal.command import command, run_cli

if TYPE_CHECKING:
    from .app import App

cli = typer.Typer(
    help="Answers questions from your own articles and shows where it read the answer.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
articles_cli = typer.Typer(help="List, show and remove articles.", no_args_is_help=True)
collections_cli = typer.Typer(help="List and delete collections.", no_args_is_help=True)
feeds_cli = typer.Typer(help="Follow feeds: their new articles come with `pull`.", no_args_is_help=True)
sources_cli = typer.Typer(help="List and forget what `byline sync` reads again.", no_args_is_help=True)
feedback_cli = typer.Typer(help="Use what people said of answers in Discord.", no_args_is_help=True)
cli.add_typer(articles_cli, name="articles")
cli.add_typer(collections_cli, name="collections")
cli.add_typer(feeds_cli, name="feeds")
cli.add_typer(sources_cli, name="sources")
cli.add_typer(feedback_cli, name="feedback")


def _day(value: str) -> str:
    from index.dates import parse_day

    try:
        return parse_day(value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Since = Annotated[str | None, typer.Option(parser=_day, metavar="DAY", help="Only articles since this day.")]
Until = Annotated[str | None, typer.Option(parser=_day, metavar="DAY", help="Only articles until this day.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask back.")]
KeepMissing = Annotated[
    bool, typer.Option("--keep-missing", help="Keep articles whose files or pages have vanished.")
]
Sure = Annotated[
    bool, typer.Option("--yes", help="Remove what has vanished, even a whole source or over half of it.")
]


@cli.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"byline {__version__}")
        raise typer.Exit


@command(cli)
def index(
    app: "App",
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH…", help="Files and folders of articles, and links to them.")
    ],
    watch: Annotated[
        bool, typer.Option("--watch", help="Then take in every change as it happens, until Ctrl-C.")
    ] = False,
    keep_missing: KeepMissing = False,
    yes: Sure = False,
) -> None:
    """Bring the collection in step with files, folders and links; what is unchanged costs nothing."""
    from index.sync import Manner

    from .terminal.indexing import index_paths

    raise typer.Exit(index_paths(app, paths, Manner(keep_missing, yes), watching=watch))


@command(cli)
def sync(app: "App", keep_missing: KeepMissing = False, yes: Sure = False) -> None:
    """Read again all that was ever given to `byline index`: what is new, changed or gone."""
    from index.sync import Manner

    from .terminal.indexing import sync_collection

    raise typer.Exit(sync_collection(app, Manner(keep_missing, yes)))


@command(sources_cli, "list")
def sources_list(app: "App") -> None:
    """List what `byline sync` reads again, and how many articles came from it."""
    from .terminal.sources import list_sources

    list_sources(app)


@command(sources_cli, "remove")
def sources_remove(
    app: "App",
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE…", help="As `byline sources list` says.")],
    articles: Annotated[
        bool, typer.Option("--articles", help="Remove the articles that came from there as well.")
    ] = False,
) -> None:
    """Read a source no more; its articles stay."""
    from .terminal.sources import remove_sources

    remove_sources(app, sources, with_articles=articles)


@command(cli, waiting="Reading the articles…")
def ask(
    app: "App",
    words: Annotated[list[str], typer.Argument(metavar="QUESTION", help="What you want to know.")],
    as_json: Json = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what was read, and why.")] = False,
    since: Since = None,
    until: Until = None,
    passages: Annotated[
        int | None, typer.Option("-k", min=1, max=200, help="How many passages to read.")
    ] = None,
) -> None:
    """Answer a question from the articles, with the sentence that says so."""
    from .terminal.asking import ask_once

    ask_once(app, " ".join(words), since, until, passages, as_json=as_json, explain=explain)


@command(cli)
def repl(app: "App") -> None:
    """Ask in a loop; `:help` lists what else it can do. Piped: one question a line."""
    from .terminal.repl import run_repl

    run_repl(app)


@command(articles_cli, "list")
def articles_list(app: "App", as_json: Json = False) -> None:
    """List the articles of the collection, newest first."""
    from .terminal.listing import list_articles

    list_articles(app, as_json=as_json)


@command(articles_cli, "show")
def articles_show(app: "App", article_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Print an article as it is stored."""
    from .terminal.listing import show_article

    show_article(app, article_id)


@command(articles_cli, "remove")
def articles_remove(app: "App", article_ids: Annotated[list[str], typer.Argument(metavar="ID…")]) -> None:
    """Remove articles; nothing of them is ever cited again."""
    from .terminal.listing import remove_articles

    remove_articles(app, article_ids)


@command(feeds_cli, "add")
def feeds_add(
    app: "App",
    links: Annotated[
        list[str], typer.Argument(metavar="LINK…", help="Feeds, or pages that name their feed.")
    ],
) -> None:
    """Follow feeds; each is fetched at once, and one that cannot be read is not kept."""
    from .terminal.feeding import add_feeds

    raise typer.Exit(add_feeds(app, links))


@command(feeds_cli, "list")
def feeds_list(app: "App", as_json: Json = False) -> None:
    """List the feeds, with how the last pull of each went."""
    from .terminal.feeding import list_feeds

    list_feeds(app, as_json=as_json)


@command(feeds_cli, "remove")
def feeds_remove(
    app: "App",
    link: Annotated[str, typer.Argument(metavar="LINK")],
    articles: Annotated[
        bool, typer.Option("--articles", help="Remove the articles that came by it, too.")
    ] = False,
) -> None:
    """Follow a feed no more; its articles stay."""
    from .terminal.feeding import remove_feed

    remove_feed(app, link, articles=articles)


@command(feeds_cli, "pull")
def feeds_pull(
    app: "App",
    links: Annotated[
        list[str] | None,
        typer.Argument(metavar="LINK…", help="Only these, even if they failed lately or were gone."),
    ] = None,
) -> None:
    """Read what is new or updated in the feeds, each article in full from its own page."""
    from .terminal.feeding import pull_feeds

    raise typer.Exit(pull_feeds(app, links or []))


@command(collections_cli, "list")
def collections_list(app: "App") -> None:
    """List the collections with their sizes."""
    from .terminal.listing import list_collections

    list_collections(app)


@command(collections_cli, "delete")
def collections_delete(app: "App", name: str, yes: Yes = False) -> None:
    """Delete a collection and everything made from its articles."""
    from .terminal.listing import delete_collection

    if name not in app.collection_names():
        app.existing(name)  # raises, naming those there are
    if not yes:
        typer.confirm(f"Delete collection {name!r} and its index?", abort=True)
    delete_collection(app, name)


@command(cli)
def reindex(app: "App") -> None:
    """Embed the collection again after the encoder or the chunking changed; it answers meanwhile."""
    from .terminal.indexing import reindex_collection

    reindex_collection(app)


@command(cli)
def verify(
    app: "App",
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong; mend nothing.")] = False,
) -> None:
    """Check articles, full text and vectors against each other, and mend what can be mended."""
    from .terminal.keeping import verify_collection

    raise typer.Exit(verify_collection(app, only_check=check))


@command(cli)
def compact(app: "App") -> None:
    """Give back the space of what was removed."""
    from .terminal.keeping import compact_collection

    compact_collection(app)


@command(cli)
def export(
    app: "App",
    file: Annotated[str, typer.Argument(metavar="FILE", help="A new .jsonl.gz file, or - for a pipe.")],
) -> None:
    """Write the collection's articles to a file that `byline import` reads."""
    from .terminal.keeping import export_articles

    raise typer.Exit(export_articles(app, file))


@command(cli, "import")
def import_(
    app: "App",
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file of `byline export`, or - for a pipe.")],
) -> None:
    """Add the articles of an export; those already there and unchanged cost nothing."""
    from .terminal.keeping import import_articles

    raise typer.Exit(import_articles(app, file))


@command(cli, "eval")
def evaluate(
    app: "App",
    dataset: Annotated[
        Path | None, typer.Argument(help="A folder with articles.jsonl[.gz] and questions.jsonl.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures here.")
    ] = None,
    reading: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Measure the reader alone on question, context, answers (JSONL)."),
    ] = None,
    calibrate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Fit the confidence to these models; write it here.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the risk–coverage curve here (SVG).")
    ] = None,
) -> None:
    """Measure answers on questions whose answers are known."""
    from .terminal.evaluating import evaluate_dataset, evaluate_reading

    if (dataset is None) == (reading is None):
        raise typer.BadParameter("give a dataset's folder, or --reading FILE")
    if reading is not None:
        if calibrate is not None or plot is not None:
            raise typer.BadParameter("--calibrate and --plot need a dataset's folder, not --reading")
        evaluate_reading(app, reading, json_file)
    elif dataset is not None:
        evaluate_dataset(app, dataset, json_file, calibrate, plot)


@command(feedback_cli, "export")
def feedback_export(
    app: "App",
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder for the dataset.")],
    server: Annotated[
        int | None, typer.Option(metavar="ID", help="Only this server's feedback and articles.")
    ] = None,
) -> None:
    """Write the answers judged in Discord as a dataset for `byline eval`."""
    from .chat.keep.feedback import export

    typer.echo(f"{folder}: {export(app, folder, server)}")


@command(cli)
def discord(
    app: "App",
    sync: Annotated[
        bool, typer.Option("--sync", help="Register the commands even if they have not changed.")
    ] = False,
    reindex: Annotated[
        bool,
        typer.Option("--reindex", help="Only embed the servers' own articles again, as `byline reindex`."),
    ] = False,
) -> None:
    """Run the Discord bot until it is told to stop; $DISCORD_TOKEN has its token."""
    from .terminal.chatting import reindex_servers, run_discord

    if reindex:
        reindex_servers(app)
    else:
        run_discord(app, sync=sync)


@command(cli)
def doctor(app: "App") -> None:
    """Check that everything is ready, and say what to do where it is not."""
    from .terminal.doctor import run_doctor

    raise typer.Exit(run_doctor(app))


@command(cli)
def paths(app: "App") -> None:
    """Print what Byline keeps and where: what to delete to be rid of it."""
    from .terminal.doctor import print_paths

    print_paths(app)


def main() -> None:
    """Run the `byline` command; the console script's entry point."""
    sys.exit(run_cli(cli, sys.argv[1:]))


if __name__ == "__main__":
    main()
