"""What is said of what is added: why not, how far, and what came of it."""

from __future__ import annotations

from index.sources.kinds import KINDS
from index.types import Outcome

from ..languages import Words
from ..show.text import beginning, escape
from .quotas import MIB, Excess, Quota
from .reasons import reason_in
from .upload import OverQuota, Upload

_LONGEST_NAME = 100


def kind_text(name: str, words: Words) -> str:
    """That a file of this kind is not read, and which are."""
    return words(
        "I cannot read {file}. I read files that end in {kinds}.",
        file=named(name),
        kinds=escape(" ".join(KINDS)),
    )


def too_large_text(name: str, size_bytes: int, most_bytes: int, words: Words) -> str:
    """That a file is too large to be fetched."""
    return words(
        "{file} is too large: it has {size} MiB, and I take up to {most} MiB.",
        file=named(name),
        # One more in the last place than it is said to be allowed is one too many.
        size=_mib(max(size_bytes, most_bytes + MIB // 10), words),
        most=_mib(most_bytes, words),
    )


def over_quota_text(over: OverQuota, name: str, quota: Quota, words: Words) -> str:
    """That a server may not keep so much, with the numbers."""
    if over.excess is Excess.ARTICLES:
        return words(
            "{file} would be too many articles: this server has {here} of at most {most}. Nothing was added; "
            "remove some first, or add less at once.",
            file=named(name),
            here=words.number(over.usage.articles),
            most=words.number(quota.articles),
        )
    return words(
        "{file} would be too much text: this server has {here} of at most {most} MiB. Nothing was added; "
        "remove some articles first, or add less at once.",
        file=named(name),
        here=_mib(over.usage.text_bytes, words),
        most=_mib(quota.text_bytes, words),
    )


def forgotten_text(words: Words) -> str:
    """That the server was forgotten while something was added to it."""
    return words("All that I keep of this server was deleted meanwhile; nothing was added.")


def progress_text(upload: Upload, words: Words, *, is_last: bool = False) -> str:
    """How far a file is; `is_last` says that this cannot be changed much longer."""
    if upload.total:
        text = words(
            "Adding {file}: {done} of {total} articles …",
            file=named(upload.name),
            done=words.number(upload.done),
            total=words.number(upload.total),
        )
    else:
        text = words("Reading {file} …", file=named(upload.name))
    if is_last:
        text = words(
            "I am still adding {file}. Discord does not let me change this message any longer; /status "
            "tells how far it is.",
            file=named(upload.name),
        )
    return text


def restarting_text(upload: Upload, words: Words) -> str:
    """That the program ends, and what is safe."""
    return words.count(
        "I am being restarted. {n} article was added; please add the rest again.",
        "I am being restarted. {n} articles were added; please add the rest again.",
        upload.done,
    )


def summary_text(upload: Upload, words: Words) -> str:
    """What came of a file, of links or of a feed."""
    return "\n".join([f"**{named(upload.name)}**", *outcome_lines(upload, words)])


def outcome_lines(upload: Upload, words: Words) -> list[str]:
    """What became of the articles, a line each."""
    lines = []
    counted = upload.outcomes
    if counted[Outcome.ADDED]:
        lines.append(
            words.count("{n} article was added.", "{n} articles were added.", counted[Outcome.ADDED])
        )
    if counted[Outcome.CHANGED]:
        lines.append(
            words.count(
                "{n} article was replaced by its new version.",
                "{n} articles were replaced by their new versions.",
                counted[Outcome.CHANGED],
            )
        )
    if counted[Outcome.UNCHANGED]:
        lines.append(
            words.count(
                "{n} article was there already, unchanged.",
                "{n} articles were there already, unchanged.",
                counted[Outcome.UNCHANGED],
            )
        )
    return [*lines, *_left_out(upload, words)]


def _left_out(upload: Upload, words: Words) -> list[str]:
    if not upload.skipped:
        return [] if upload.total else [words("There is no article in it.")]
    if not upload.total and upload.skipped == 1:  # the file itself, most often
        skipped = upload.first_skipped[0]
        return [words("Nothing was added: {reason}.", reason=reason_in(words, skipped.reason))]
    lines = [words.count("{n} thing was left out:", "{n} things were left out:", upload.skipped)]
    for skipped in upload.first_skipped:
        lines.append(f"- {named(skipped.name)}: {reason_in(words, skipped.reason)}")
    more = upload.skipped - len(upload.first_skipped)
    if more:
        lines.append(words.count("- and {n} more", "- and {n} more", more))
    return lines


def named(name: str) -> str:
    """A file's name, or a link, as it is shown."""
    return beginning(name, _LONGEST_NAME)


def _mib(size_bytes: int, words: Words) -> str:
    return words.number(round(size_bytes / MIB, 1))
