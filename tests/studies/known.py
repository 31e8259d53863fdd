"""Scores whose truth is known, as the report reads them."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.conftest import FULL
from waystation.params.load import load_settings
from waystation.report.records import Tables
from waystation.report.scores import Language, Score
from waystation.studies import means
from waystation.studies.evidence import Evidence

LABELS = {"xnli": "classification", "xquad": "question_answering"}
TARGETS = {"xnli": "mnli", "xquad": "squad_v1"}
SUITE = load_settings(FULL)


def language(draw, truth, spread, seeds=3, n=200):
    """A score near its truth: `spread` between seeds, and what so many rows leave open."""
    rows = 100 * np.sqrt(truth * (100 - truth)) / 100 / np.sqrt(n)
    by_seed = {str(seed): truth + draw.normal(0, spread) for seed in range(seeds)}
    score = float(np.mean([*by_seed.values()]))
    replicates = score + draw.normal(0, rows / 4, 200)
    return Language(score, replicates, by_seed, n, 33.3, score, {})


def grid(truths, spread=0.3, seed=0, runs=3, labels=LABELS, **suite):
    """truths {(model, recipe): percent of every task in every language}; `runs` of fine-tuning."""
    draw, scores = np.random.default_rng(seed), []
    for (model, recipe), truth in truths.items():
        for label, kind in labels.items():
            own = {code: language(draw, truth, spread, runs) for code in ("en", "qda", "qdb")}
            names = (
                model,
                recipe,
                TARGETS.get(label, label),
                label,
                label,
                kind,
                "accuracy",
                ("en",),
            )
            scores.append(Score(*names, own))
    return means.grid(scores, replace(SUITE, **suite))


def evidence(truths, retrieval=None, tables=None, **more):
    return Evidence(grid(truths, **more), tables or Tables(), retrieval or {}, Path("nowhere"))
