"""Retrieval from a pool, scored a second time over tokens that no two languages of the test share.

A name, a number or a cognate that a query and a candidate of another language have in common could
decide by itself. Here a vector is the mean over those tokens whose ids occur in the test's texts of
one language only, queries and candidates together. Special tokens are left out too. The encoder
reads whole texts all the same. A tokenizer of subwords cuts the words of many languages into the
same pieces: much is left out that no reader would call shared.

As in waystation.alignment.retrieval, what has nothing left is never right. Such a query finds
nothing. No query finds such a candidate, which stays relevant to the queries that look for it.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import chain

import torch
from torch import Tensor

from waystation.base.memory import release
from waystation.data import examples
from waystation.data.candidates import Candidates
from waystation.data.predictions import UNSHARED
from waystation.encoder.features import Feature, Packed, inference_batches, pack
from waystation.encoder.tokenizer import read_special
from waystation.evaluation.rows import Pool, Predictor, Reader, Rows, points_of
from waystation.heads import Ranking
from waystation.metrics import Points


class Unshared:
    """The test of one task in all languages: `rows` that share a pool, and the ids to leave out."""

    def __init__(self, rows: list[Rows], left_out: Collection[int]):
        self.rows, self.left_out, self.pool = rows, frozenset(left_out), pool_of(rows)
        there = self.not_empty(self.pool.features)
        self.features = [self.pool.features[index] for index in there]
        self.keys = [self.pool.candidates.keys[index] for index in there]

    def left(self, feature: Feature) -> list[int]:
        """The token ids that count."""
        return [token for token in feature.ids if token not in self.left_out]

    def not_empty(self, features: list[Feature]) -> list[int]:
        """Indices of the features of which something is left."""
        return [index for index, feature in enumerate(features) if self.left(feature)]

    def empty(self) -> dict:
        """How many candidates, and queries by language, have nothing left."""
        queries = {r.language: len(r.features) - len(self.not_empty(r.features)) for r in self.rows}
        candidates = len(self.pool.features) - len(self.features)
        return prefixed({"empty_candidates": candidates, "empty_queries": queries})

    def score(self, predictor: Predictor) -> dict[str, list[Points]]:
        """{language: points of its examples}.

        The pool's vectors, candidates x d x 4 bytes, last as long as the call.
        """
        pool = self.vectors(predictor, self.features)
        scored = {}
        for rows in self.rows:
            scored[rows.language] = points_of(rows, self.predict(rows, pool, predictor))
            release()
        return scored

    def predict(self, rows: Rows, pool: Tensor, predictor: Predictor) -> list[list[str]]:
        """The best candidates' keys of each example, none where nothing of its query is left."""
        predicted: list[list[str]] = [[] for _ in rows.features]
        there = self.not_empty(rows.features)
        if there:
            vectors = self.vectors(predictor, [rows.features[index] for index in there])
            ranked = ranking_of(rows).rank(list(vectors), pool, self.keys)
            for index, keys in zip(there, ranked, strict=True):
                predicted[index] = keys
        return predicted

    @torch.inference_mode()
    def vectors(self, predictor: Predictor, features: list[Feature]) -> Tensor:
        """(features, d): what the head makes of the states of those tokens that count, 1 or more
        of each feature."""
        model, head = predictor.model, predictor.head
        device = model.encoder.device
        vectors = torch.empty(len(features), model.encoder.config.hidden_size)
        for indices, batch in inference_batches(features, predictor.inference.batch_tokens):
            tokens = chain.from_iterable(feature.ids for feature in batch)
            counted = [row for row, token in enumerate(tokens) if token not in self.left_out]
            states = model.encoder(pack(batch).to(device), torch.tensor(counted, device=device))
            rest = Packed([self.left(feature) for feature in batch]).to(device)
            vectors[indices] = model.heads[head](states, rest).cpu()
        return vectors


def make(reader: Reader, rows: list[Rows]) -> Unshared:
    """The rows of one task's test in all languages, which share a pool."""
    task, make_candidates = rows[0].task, ranking_of(rows[0]).make_candidates
    used = {one.language: token_ids(one.features) for one in rows}
    home = reader.folder / (task.pool or task.name)
    for language in examples.languages(home, "test"):
        candidates = Candidates({language: examples.read(examples.path(home, "test", language))})
        features = make_candidates(candidates.texts, reader.tokenizer, reader.lengths)
        used.setdefault(language, set()).update(token_ids(features))
    return Unshared(rows, shared(used.values()) | read_special(reader.tokenizer).frame)


def pool_of(rows: list[Rows]) -> Pool:
    """The pool that all of these rows share."""
    pool = rows[0].pool
    if pool is None:
        raise TypeError(f"the examples of task {rows[0].task.name!r} choose from no pool")
    return pool


def ranking_of(rows: Rows) -> Ranking:
    if rows.kind.ranking is None:
        raise TypeError(f"the examples of task {rows.task.name!r} choose from no pool")
    return rows.kind.ranking


def token_ids(features: list[Feature]) -> set[int]:
    return {token for feature in features for token in feature.ids}


def shared(languages: Iterable[set[int]]) -> set[int]:
    """The ids that more than one of the sets have."""
    counts = Counter(chain.from_iterable(languages))
    return {token for token, count in counts.items() if count > 1}


def prefixed(named: dict) -> dict:
    """Points or scores under the names that tell them from those over all tokens."""
    return {UNSHARED + name: value for name, value in named.items()}
