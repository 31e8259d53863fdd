"""Mine translations from two pools of sentences, as in the BUCC task of XTREME.

Zweigenbaum, Sharoff & Rapp 2017; ratio margin and "max" retrieval of Artetxe & Schwenk 2019 (arXiv
1811.01136), as in XTREME's `third_party/utils_retrieve.py`: every sentence of either side proposes
that one of its k nearest neighbours which has the highest margin, proposals are taken greedily
from the highest score so that no sentence is used twice, and those above a threshold are mined.
The threshold is the one that gives the highest F1 on the development split.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from waystation.alignment.nearest import Neighbours
from waystation.base.errors import UserError, choose
from waystation.data import examples

SIDES = ("foreign", "english")


@dataclass(frozen=True)
class Candidate:
    """A proposed pair, foreign first: places in the pools, or ids; and its margin."""

    pair: tuple
    score: float


@dataclass(frozen=True)
class Pools:
    """One split of a language: {side: {text: ids}}, number of rows, gold pairs of ids."""

    texts: dict[str, dict[str, list[str]]]
    rows: dict[str, int]
    gold: set[tuple[str, str]]

    def named(self, candidates: list[Candidate]) -> list[Candidate]:
        """Candidates by id. As in XTREME, a text that several rows of a side have is once in its
        pool, and what is found for it is dropped: nobody could say which row is meant."""
        ids = [list(self.texts[side].values()) for side in SIDES]
        both = [([ids[side][row] for side, row in enumerate(c.pair)], c.score) for c in candidates]
        return [
            Candidate((foreign[0], english[0]), score)
            for (foreign, english), score in both
            if len(foreign) == len(english) == 1
        ]


def read_pools(file: Path) -> Pools:
    """Read rows {"id", "side", "text", "pairs"}; a pair that names no row is an error."""
    texts: dict[str, dict[str, list[str]]] = {side: {} for side in SIDES}
    ids: dict[str, set[str]] = {side: set() for side in SIDES}
    gold = set()
    for row in examples.lines(file):
        side = choose(row["side"], SIDES, f"side in {file}")
        texts[side].setdefault(row["text"].strip(), []).append(row["id"])
        ids[side].add(row["id"])
        for other in row["pairs"]:
            pair = (row["id"], other)
            gold.add(pair if side == "foreign" else pair[::-1])
    for pair in sorted(gold):
        for side, name in zip(SIDES, pair, strict=True):
            if name not in ids[side]:
                raise UserError(f"{file}: the pair {pair} names no {side} row {name!r}")
    if not (texts["foreign"] and texts["english"] and gold):
        raise UserError(f"{file}: needed are rows of both sides and at least one gold pair")
    if all(len(own) == len({pair[i] for pair in gold}) for i, own in enumerate(ids.values())):
        raise UserError(
            f"{file}: every sentence stands in one of {len(gold)} gold pairs, so there is nothing "
            f"to mine them from; F1 needs the whole texts. Of gold pairs alone the accuracy of "
            f"retrieval can be told: in align.tasks, name bucc_gold instead of bucc"
        )
    return Pools(texts, {side: len(own) for side, own in ids.items()}, gold)


def candidates(near: Neighbours) -> list[Candidate]:
    """One-to-one proposals from the nearest neighbours of both sides, highest score first."""
    means, back_means = near.means()
    # Margins of each sentence with its neighbours: (n, k) and (m, k).
    there = near.there / ((means[:, None] + back_means[near.there_places]) / 2)
    back = near.back / ((back_means[:, None] + means[near.back_places]) / 2)
    best_there, best_back = there.nan_to_num(nan=0.0).max(1), back.nan_to_num(nan=0.0).max(1)
    english = near.there_places.gather(1, best_there.indices[:, None]).squeeze(1)
    foreign = near.back_places.gather(1, best_back.indices[:, None]).squeeze(1)
    return one_to_one(
        torch.cat([torch.arange(len(there)), foreign]),
        torch.cat([english, torch.arange(len(back))]),
        torch.cat([best_there.values, best_back.values]),
    )


def one_to_one(foreign: Tensor, english: Tensor, scores: Tensor) -> list[Candidate]:
    """Proposals from the highest score down, less those of which a side is already taken."""
    order = scores.argsort(descending=True, stable=True)
    proposed = zip(
        foreign[order].tolist(), english[order].tolist(), scores[order].tolist(), strict=True
    )
    taken_foreign, taken_english, kept = set(), set(), []
    for i, j, score in proposed:
        if i not in taken_foreign and j not in taken_english:
            taken_foreign.add(i)
            taken_english.add(j)
            kept.append(Candidate((i, j), score))
    return kept


def best_threshold(candidates: list[Candidate], gold: set[tuple]) -> float:
    """The threshold of the highest F1, halfway to the next lower score; `found` highest first.

    The lowest score itself if all are to be taken, and 0, as in XTREME, if none is right. Unlike
    there no threshold parts two equal scores.
    """
    best, threshold, correct = 0.0, 0.0, 0
    for rank, candidate in enumerate(candidates):
        correct += candidate.pair in gold
        last = rank + 1 == len(candidates)
        following = candidate.score if last else candidates[rank + 1].score
        f1 = 2 * correct / (rank + 1 + len(gold))
        if f1 > best and (last or following < candidate.score):
            best, threshold = f1, (candidate.score + following) / 2
    return threshold


def chance(gold: int, foreign: int, english: int) -> float:
    """The expected F1, in percent, of mining random one-to-one pairs: as many as there can be.

    Each gold pair is among them with probability 1 / max(foreign, english); the number of pairs is
    fixed, so that F1 grows linearly with those that are right. Fewer random pairs score less.
    """
    right = gold / max(foreign, english)
    return 200 * right / (min(foreign, english) + gold)


def mined(candidates: list[Candidate], threshold: float) -> list[tuple]:
    """The pairs that reach the threshold, best first."""
    return [candidate.pair for candidate in candidates if candidate.score >= threshold]


def score(candidates: list[Candidate], gold: set[tuple], threshold: float) -> dict[str, float]:
    """Precision (correct of those proposed), recall (correct of the gold pairs) and F1, percent."""
    proposed = mined(candidates, threshold)
    correct = len(gold.intersection(proposed))
    precision = correct / len(proposed) if proposed else 0.0
    recall = correct / len(gold) if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if correct else 0.0
    return {
        "f1_percent": 100 * f1,
        "precision_percent": 100 * precision,
        "recall_percent": 100 * recall,
    }
