"""Rows of a task as a model reads them, what it says to them, and how that scores."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor

from waystation import heads, metrics
from waystation.base.memory import release
from waystation.data import examples
from waystation.data.candidates import Candidates, read_candidates
from waystation.data.examples import Description
from waystation.encoder.features import Feature, Lengths
from waystation.heads import Kind
from waystation.metrics import Points
from waystation.params.schema import Evaluate
from waystation.task_model import TaskModel


@dataclass(frozen=True)
class Reader:
    """How rows are read: from the folder of all tasks, with a tokenizer, how long at most."""

    folder: Path
    tokenizer: Tokenizer
    lengths: Lengths


@dataclass(frozen=True, eq=False)
class Pool:
    """Candidates with their features, which the rows of several languages share."""

    candidates: Candidates
    features: list[Feature]


@dataclass(frozen=True, eq=False)
class Rows:
    """Examples of one task, split and language, their features, and what each is scored against."""

    task: Description
    kind: Kind
    language: str
    examples: list[dict]
    features: list[Feature]
    gold: list[Any]
    pool: Pool | None


@dataclass(frozen=True)
class Predictor:
    """A model by one of its heads, in batches as `inference` says."""

    model: TaskModel
    head: str
    inference: Evaluate


def read_pool(reader: Reader, task: Description, split: str, languages: list[str]) -> Pool | None:
    """The pool that these languages' rows share; None for a kind of task that has none."""
    ranking = heads.load(task.type).ranking
    if ranking is None:
        return None
    candidates = read_candidates(reader.folder, task, split, languages)
    features = ranking.make_candidates(candidates.texts, reader.tokenizer, reader.lengths)
    return Pool(candidates, features)


def read_rows(
    reader: Reader,
    task: Description,
    split: str,
    language: str,
    pool: Pool | None = None,
    limit: int | None = None,
) -> Rows:
    """One task, split and language, or its first `limit` rows.

    `pool` is that of `read_pool`; without it the language's own rows are the pool.
    """
    kind = heads.load(task.type)
    rows = examples.read(examples.path(reader.folder / task.name, split, language), limit)
    pool = pool or read_pool(reader, task, split, [language])
    make = kind.ranking.make_queries if kind.ranking else kind.make_features
    features = make(rows, reader.tokenizer, reader.lengths)
    gold = [pool.candidates.relevant(row) for row in rows] if pool else kind.gold(rows)
    return Rows(task, kind, language, rows, features, gold, pool)


def predict(rows: Rows, predictor: Predictor) -> list:
    """One prediction an example."""
    predicted = answer(rows, rows.features, rows.examples, predictor)
    if rows.kind.ranking is None or rows.pool is None:
        return predicted
    vectors = vectors_of(rows.pool, predictor)
    return rows.kind.ranking.rank(predicted, vectors, rows.pool.candidates.keys)


def answer(rows: Rows, features: list[Feature], some: list[dict], predictor: Predictor) -> list:
    """What a model says to some examples of these rows, or before its choice from the pool."""
    model, inference = predictor.model, predictor.inference
    if rows.kind.retrieve:
        return rows.kind.retrieve(model.encoder, features, inference)
    return model.predict(predictor.head, features, some, inference)


def vectors_of(pool: Pool, predictor: Predictor) -> Tensor:
    """(candidates, d), computed once for a model as long as it is not trained on."""
    model = predictor.model
    if model.pooled is None or model.pooled[0] is not pool:
        outputs = model.outputs(predictor.head, pool.features, predictor.inference)
        model.pooled = pool, torch.stack(outputs)
    return model.pooled[1]


def score_rows(rows: Rows, predictor: Predictor) -> tuple[list, list[Points]]:
    """(predictions, points) of a model's head, example by example."""
    predicted = predict(rows, predictor)
    release()
    return predicted, points_of(rows, predicted)


def points_of(rows: Rows, predicted: list) -> list[Points]:
    """The points of all of the task's metrics, example by example."""
    gold, ours = named(rows.task, rows.gold), named(rows.task, predicted)
    by_metric = [metrics.points(m, gold, ours, rows.language) for m in rows.task.metrics]
    return [
        {name: value for own in example for name, value in own.items()}
        for example in zip(*by_metric, strict=True)
    ]


def named(task: Description, values: list) -> list:
    """Gold or predictions as metrics and submissions read them: tags by name."""
    kind = heads.load(task.type)
    return [kind.named(value, task.labels) for value in values]


def chance_percent(rows: Rows) -> float | None:
    """The score of a guess: the task's, or with a pool that of a random ranking of it."""
    if rows.pool is None:
        return rows.task.chance_percent
    metric, candidates = metrics.load(rows.task.metrics[0]), len(rows.pool.candidates.keys)
    expected = [metric.chance(gold, candidates) for gold in rows.gold]
    return 100 * sum(expected) / len(expected)


def main_score(task: Description, points: list[Points]) -> float:
    """The main score in percent."""
    metric = task.metrics[0]
    return metrics.scores((metric,), points)[f"{metrics.main_name(metric)}_percent"]
