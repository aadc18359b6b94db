"""What each part of retrieval is worth on a dataset that `byline eval` has indexed.

    python benchmarks/ablation.py DATASET [--data DIR] [--config FILE]

Prints hits@1, hits@10, hits@50 and MRR@10 with parts switched off and on again one by one.
"""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from pathlib import Path
from statistics import fmean, median

from bot.app import App, Options
from bot.dataset import Dataset, load_dataset
from bot.evaluate import first_hit
from bot.terminal.evaluating import index_folder
from index.collection import LocalCollection
from index.types import Query

OFF = {"dense_weight": 0.0, "bm25_weight": 0.0, "recency_weight": 0.0, "proximity_weight": 0.0}


def main() -> None:
    """Print a row for each variant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--config", type=Path)
    arguments = parser.parse_args()
    app = App(Options(arguments.config, arguments.data), os.environ, Path.cwd())
    dataset = load_dataset(arguments.dataset)
    queries = encoded(app, dataset)
    shipped = app.settings.retrieval
    kept = shipped.model_dump()
    variants = {
        "BM25": OFF | {"bm25_weight": 1.0},
        "dense": OFF | {"dense_weight": 1.0},
        "both": OFF | {name: kept[name] for name in ("bm25_weight", "dense_weight")},
        "both + recency": kept | {"proximity_weight": 0.0},
        "both + proximity": kept | {"recency_weight": 0.0},
        "all (as shipped)": kept,
        "all, near-copies not grouped": kept | {"duplicate_similarity": 1.0},
    }
    print(f"{'variant':<30} hits@1  hits@10  hits@50  MRR@10  words")
    for name, changes in variants.items():
        settings = app.settings.model_copy(update={"retrieval": shipped.model_copy(update=changes)})
        app.settings = settings
        with closing(app.open(index_folder(app, dataset))) as collection:
            print(f"{name:<30} {row(collection, dataset, queries)}", flush=True)


def encoded(app: App, dataset: Dataset) -> list[Query]:
    """The dataset's questions as queries, encoded once for all variants."""
    texts = [question.text for question in dataset.questions]
    vectors = app.encoder.encode_queries(texts)
    return [
        Query(text, vectors[number : number + 1], asked_on=question.asked_on)
        for number, (text, question) in enumerate(zip(texts, dataset.questions, strict=True))
    ]


def row(collection: LocalCollection, dataset: Dataset, queries: list[Query]) -> str:
    """The figures of one variant, over the answerable questions."""
    ranks: list[int | None] = []
    words: list[int] = []
    for question, query in zip(dataset.questions, queries, strict=True):
        if question.answers:
            hits = collection.retrieve(query, 50).hits
            ranks.append(first_hit(hits, question.answers))
            words += [len(hit.passage.text.split()) for hit in hits]
    shares = [fmean(rank is not None and rank <= depth for rank in ranks) for depth in (1, 10, 50)]
    reciprocal = fmean(1 / rank if rank is not None and rank <= 10 else 0.0 for rank in ranks)
    return f"{shares[0]:6.3f} {shares[1]:8.3f} {shares[2]:8.3f} {reciprocal:7.3f} {median(words):6.0f}"


if __name__ == "__main__":
    main()
