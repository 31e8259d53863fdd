"""What models say to the test rows of a task, and how it scores."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from waystation import metrics, task_types
from waystation.base.errors import UserError
from waystation.base.memory import release
from waystation.data import examples
from waystation.data.examples import Description
from waystation.encoder.features import Feature, Lengths
from waystation.metrics import Points
from waystation.params.schema import Evaluate
from waystation.task_model import TaskModel


class Pool:
    """The candidates among which the examples of some languages choose: one per language and key.

    What is relevant to an example is every candidate with its key, and those that other languages'
    versions of it, with its id, look for: a sentence is not divided alike in all languages.
    """

    features: list[Feature]  # of the candidates, once `make_pool` has made them

    def __init__(self, languages: dict[str, list[dict]]):
        texts: dict[tuple[str, str], str] = {}
        self.versions: dict[str, set[str]] = {}
        for language, found in languages.items():
            for example in found:
                for candidate in example.get("candidates", ()):
                    texts.setdefault((language, candidate["key"]), candidate["text"])
                if "key" in example:
                    self.versions.setdefault(example["id"], set()).add(example["key"])
        self.keys = [key for _, key in texts]
        self.texts = list(texts.values())
        self.known = set(self.keys)

    def gold(self, example: dict) -> list[str]:
        """The keys of the relevant candidates."""
        keys = {example["key"]} | self.versions.get(example["id"], set())
        relevant = keys & self.known
        if not relevant:
            raise UserError(
                f"example {example['id']!r}: no candidate has the key {example['key']!r} "
                f"in a pool of {len(self.keys)}"
            )
        return sorted(relevant)

    def vectors(self, model: TaskModel, head: str, inference: Evaluate) -> Tensor:
        """(candidates, d), computed once for a model as long as it is not trained on."""
        if model.pooled is None or model.pooled[0] is not self:
            model.pooled = self, torch.stack(model.outputs(head, self.features, inference))
        return model.pooled[1]


def make_pool(
    folder: Path,
    task: Description,
    split: str,
    languages: list[str],
    tokenizer: Tokenizer,
    lengths: Lengths,
) -> Pool | None:
    """The pool that these languages' Rows share; None for a type that has none."""
    kind = task_types.load(task.type)
    if not hasattr(kind, "rank"):
        return None
    pool = read_pool(folder, task, split, languages)
    pool.features = kind.make_candidates(pool.texts, tokenizer, lengths)
    return pool


def read_pool(folder: Path, task: Description, split: str, languages: list[str]) -> Pool:
    """The candidates' texts and keys, without what a model reads.

    Of the task that the description names as `pool` all languages' test split, the only one it has.
    """
    home = folder / (task.pool or task.name)
    if task.pool:
        split, languages = "test", examples.languages(home, "test")
    return Pool({code: examples.read(examples.path(home, split, code)) for code in languages})


class Rows:
    """Examples of one task, split and language with their features, ready for many models.

    `pool` is the one of `make_pool`; without it the language's own rows are the pool. `limit`: only
    so many of the first rows.
    """

    def __init__(
        self,
        folder: Path,
        task: Description,
        split: str,
        language: str,
        tokenizer: Tokenizer,
        lengths: Lengths,
        pool: Pool | None = None,
        limit: int | None = None,
    ):
        self.task, self.language, self.kind = task, language, task_types.load(task.type)
        self.examples = examples.read(examples.path(folder / task.name, split, language), limit)
        self.pool = pool or make_pool(folder, task, split, [language], tokenizer, lengths)
        make = self.kind.make_queries if self.pool else self.kind.make_features
        self.features: list[Feature] = make(self.examples, tokenizer, lengths)
        if hasattr(self.kind, "retrieve"):
            self.gold = list(range(len(self.examples)))
        else:
            gold = self.pool.gold if self.pool else self.kind.gold
            self.gold = [gold(example) for example in self.examples]

    def predict(self, model: TaskModel, head: str, inference: Evaluate) -> list:
        """One prediction per example."""
        predicted = self.answer(model, head, self.features, self.examples, inference)
        if self.pool is None:
            return predicted
        vectors = self.pool.vectors(model, head, inference)
        return self.kind.rank(predicted, vectors, self.pool.keys)

    def answer(
        self,
        model: TaskModel,
        head: str,
        features: list[Feature],
        found: list[dict],
        inference: Evaluate,
    ) -> list:
        """What a model says to some examples, or before its choice from the pool."""
        if hasattr(self.kind, "retrieve"):
            return self.kind.retrieve(model.encoder, features, inference)
        return model.predict(head, features, found, inference)

    def score(self, model: TaskModel, head: str, inference: Evaluate) -> tuple[list, list[Points]]:
        """(predictions, points) of a model's head, example by example."""
        predicted = self.predict(model, head, inference)
        release()
        gold, found = self.named(self.gold), self.named(predicted)
        parts = [metrics.points(m, gold, found, self.language) for m in self.task.metrics]
        return predicted, [
            {name: value for part in example for name, value in part.items()}
            for example in zip(*parts, strict=True)
        ]

    def named(self, predicted: list) -> list:
        """Gold or predictions as metrics and submissions read them: tags by name."""
        if not hasattr(self.kind, "named"):
            return predicted
        return [self.kind.named(value, self.task.labels) for value in predicted]

    def chance_percent(self) -> float | None:
        """The score of a guess: the task's, or with a pool that of a random ranking of it."""
        if self.pool is None:
            return self.task.chance_percent
        metric, candidates = metrics.load(self.task.metrics[0]), len(self.pool.keys)
        expected = [metric.chance(gold, candidates) for gold in self.gold]
        return 100 * sum(expected) / len(expected)

    def main_score(self, points: list[Points]) -> float:
        """The main score in percent."""
        metric = self.task.metrics[0]
        return metrics.scores((metric,), points)[f"{metrics.main_name(metric)}_percent"]
