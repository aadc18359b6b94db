"""`byline ask`: one question, one answer."""

from __future__ import annotations

import json

from ..app import App
from .console import show, stderr, stdout
from .indexing import index_samples


def samples_note(app: App) -> str:
    """Says that the samples answer, and how to change that."""
    option = "" if app.collection_name == app.settings.collection else f" --collection {app.collection_name}"
    none = f"No articles in {app.collection_name!r} yet" if option else "No articles of yours yet"
    return f"{none}: answering from Byline's sample articles. Add yours with: byline index PATH{option}"


def ask_once(
    app: App,
    text: str,
    since: str | None,
    until: str | None,
    passages: int | None,
    *,
    as_json: bool,
    explain: bool,
) -> None:
    """Answer one question and print the answer."""
    console = stderr()
    # Before anything slow: the model takes seconds to load.
    with console.status("Reading the articles…") as status, app.asked() as (collection, is_samples):
        if is_samples:
            console.print(samples_note(app))
            status.stop()
            index_samples(app, collection)
            status.start()
        from ..answerer import Question  # noqa: PLC0415

        question = Question(text, since=since, until=until, passages=passages)
        answer = app.answerer().answer(question, [collection])
        if app.calibration_note:
            console.print(app.calibration_note)
    if as_json:
        from ..answer_json import answer_json  # noqa: PLC0415

        print(json.dumps(answer_json(answer), ensure_ascii=False, indent=2))  # noqa: T201
        return
    from .render import render_answer, render_explanation  # noqa: PLC0415

    show(render_answer(answer))
    if explain:
        stdout().print("")
        show(render_explanation(answer))
