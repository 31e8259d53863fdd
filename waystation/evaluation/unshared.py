"""Retrieval from a pool, scored a second time over tokens that no two languages of the test share.

A name, a number or a cognate that a query and a candidate of another language have in common could
decide by itself. Here the means behind the vectors are taken over those tokens alone whose ids
occur in the test's texts of one language only, queries and candidates together; special tokens are
left out too. The encoder reads whole texts all the same. A tokenizer of subwords cuts the words of
many languages into the same pieces: of its texts much is left out that no reader would call shared.

As in waystation.alignment.retrieval, what has nothing left is never right: such a query finds
nothing, and such a candidate is never found, though it stays relevant to the queries that look for
it.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import chain
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from waystation import metrics
from waystation.base.memory import release
from waystation.data import examples
from waystation.data.predictions import UNSHARED
from waystation.encoder import special_tokens
from waystation.encoder.encoder import Packed
from waystation.encoder.features import Feature, Lengths, inference_batches, pack
from waystation.evaluation.rows import Pool, Rows
from waystation.metrics import Points
from waystation.params.schema import Evaluate
from waystation.task_model import TaskModel


class Unshared:
    """The test of one task in all languages: `rows` that share a pool, and the ids to leave out."""

    def __init__(self, rows: list[Rows], left_out: Collection[int]):
        self.rows, self.left_out = rows, frozenset(left_out)
        pool = rows[0].pool
        there = self.places(pool.features)
        self.features = [pool.features[place] for place in there]
        self.keys = [pool.keys[place] for place in there]

    def left(self, feature: Feature) -> list[int]:
        """The token ids that count."""
        return [token for token in feature.ids if token not in self.left_out]

    def places(self, features: list[Feature]) -> list[int]:
        """Places of the features of which something is left."""
        return [place for place, feature in enumerate(features) if self.left(feature)]

    def empty(self) -> dict:
        """How many candidates, and queries by language, have nothing left."""
        queries = {r.language: len(r.features) - len(self.places(r.features)) for r in self.rows}
        candidates = len(self.rows[0].pool.features) - len(self.features)
        return prefixed({"empty_candidates": candidates, "empty_queries": queries})

    def score(self, model: TaskModel, head: str, inference: Evaluate) -> dict[str, list[Points]]:
        """{language: points of its examples}.

        The pool's vectors, candidates x d x 4 bytes, last as long as the call.
        """
        pool = self.vectors(model, head, self.features, inference)
        found = {}
        for rows in self.rows:
            predicted = self.predict(rows, pool, model, head, inference)
            parts = [
                metrics.points(metric, rows.gold, predicted, rows.language)
                for metric in rows.task.metrics
            ]
            found[rows.language] = [
                {name: value for part in example for name, value in part.items()}
                for example in zip(*parts, strict=True)
            ]
            release()
        return found

    def predict(
        self, rows: Rows, pool: Tensor, model: TaskModel, head: str, inference: Evaluate
    ) -> list[list[str]]:
        """The best candidates' keys of each example, none where nothing of its query is left."""
        found: list[list[str]] = [[] for _ in rows.features]
        there = self.places(rows.features)
        if there:
            queries = [rows.features[place] for place in there]
            vectors = self.vectors(model, head, queries, inference)
            ranked = rows.kind.rank(list(vectors), pool, self.keys)
            for place, keys in zip(there, ranked, strict=True):
                found[place] = keys
        return found

    @torch.inference_mode()
    def vectors(
        self, model: TaskModel, head: str, features: list[Feature], inference: Evaluate
    ) -> Tensor:
        """(features, d): what the head makes of the states of those tokens that count, 1 or more
        of each feature."""
        device = model.encoder.device
        found = torch.empty(len(features), model.encoder.config.hidden_size)
        for indices, batch in inference_batches(features, inference.batch_tokens):
            tokens = chain.from_iterable(feature.ids for feature in batch)
            counted = [row for row, token in enumerate(tokens) if token not in self.left_out]
            states = model.encoder(pack(batch).to(device), torch.tensor(counted, device=device))
            rest = Packed([self.left(feature) for feature in batch]).to(device)
            found[indices] = model.heads[head](states, rest).cpu()
        return found


def make(folder: Path, rows: list[Rows], tokenizer: Tokenizer, lengths: Lengths) -> Unshared:
    """The rows of one task's test in all languages, which share a pool."""
    task, kind = rows[0].task, rows[0].kind
    used = {one.language: token_ids(one.features) for one in rows}
    home = folder / (task.pool or task.name)
    for language in examples.languages(home, "test"):
        pool = Pool({language: examples.read(examples.path(home, "test", language))})
        features = kind.make_candidates(pool.texts, tokenizer, lengths)
        used.setdefault(language, set()).update(token_ids(features))
    return Unshared(rows, shared(used.values()) | special_tokens.read(tokenizer).frame)


def token_ids(features: list[Feature]) -> set[int]:
    return {token for feature in features for token in feature.ids}


def shared(languages: Iterable[set[int]]) -> set[int]:
    """The ids that more than one of the sets have."""
    counts = Counter(chain.from_iterable(languages))
    return {token for token, count in counts.items() if count > 1}


def prefixed(told: dict) -> dict:
    """Points or scores under the names that tell them from those over all tokens."""
    return {UNSHARED + name: value for name, value in told.items()}
