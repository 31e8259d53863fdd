"""A small grid of files as the report reads them, for the tests of the report."""

import json
from dataclasses import replace

import numpy as np

from tests.conftest import FULL
from waystation.params.grid import Extra
from waystation.params.load import load_settings
from waystation.params.models import ScratchModel
from waystation.params.schema import Report
from waystation.report import scores, tables
from waystation.report.encoders import paired_retrieval
from waystation.report.records import (
    Estimate,
    IntermediateScore,
    LanguageScore,
    TaskScore,
)
from waystation.report.speed.speeds import Cost, SpeedRatio

LANGUAGES = ("en", "qda", "qdb")
MODELS = {
    "pico": ScratchModel(2, 64, 2, 128, 130, 0.1, 0.0, 0),
    "nano": ScratchModel(2, 128, 4, 256, 130, 0.1, 0.0, 0),
}
SCORES = dict.fromkeys(("xquad", "mlqa"), ("f1", "exact_match"))
SCORES["lareqa"] = ("map_at_20", "unshared_map_at_20")


class Grid:
    """Writes the files that the report reads; shares of right answers are told per language.

    `suite` is that of the project with another grid: `extra` has the recipes of some models alone.
    """

    def __init__(
        self, folder, models, recipes, languages, groups, orders=None, seeds=(0,), extra=None
    ):
        self.folder, self.seeds = folder, seeds
        pocket = load_settings(FULL)
        self.suite = replace(
            pocket,
            languages=tuple(languages),
            models={name: MODELS[name] for name in models},
            recipes=tuple(recipes),
            extra=extra or Extra(),
            orders=orders or {},
            seeds=seeds,
            target=replace(pocket.target, groups=groups),
            report=Report(resamples=200, baseline="none"),
        )

    def scores(self):
        """The scores as the report reads them."""
        return scores.read_scores(self.suite, self.folder / "scores", self.folder / "predictions")

    def tables(self, read=None):
        """The report's tables, of some scores or of those on disk."""
        read = self.scores() if read is None else read
        names = ("intermediate", "align", "snapshots", "promise", "benchmark")
        folders = [self.folder / name for name in names]
        retrieval = paired_retrieval.read_retrieval(self.suite, self.folder / "align")
        return tables.make(read, retrieval, self.suite, *folders)

    def score(self, group, model, recipe, targets):
        """targets {target: (languages trained on, {task: {language: points of the examples}})}."""
        entries = {}
        for target, (trained_on, served) in targets.items():
            entries[target] = {"languages": trained_on, "tasks": {}}
            for task, languages in served.items():
                scored = self.task(group, model, recipe, target, task, languages)
                entries[target]["tasks"][task] = scored
        scored = {"group": group, "model": model, "recipe": recipe, "targets": entries}
        self.write(f"scores/{group}/{model}/{recipe}.json", scored)

    def task(self, group, model, recipe, target, task, languages):
        """Points of one score; pairs of them where a task has two scores."""
        names = SCORES.get(task, ("accuracy",))
        entry = {"main_score": f"{names[0]}_percent", "languages": {}}
        for code, points in languages.items():
            scored = np.array(points, float).reshape(len(points), len(names))
            rows = [
                {"id": str(i), "prediction": 0}
                | {"points": {n: [p, 1.0] for n, p in zip(names, line, strict=True)}}
                for i, line in enumerate(scored.tolist())
            ]
            for seed in self.seeds:
                folder = f"predictions/{group}/{model}/{recipe}/{target}/{seed}/{task}"
                file = self.folder / folder / f"{code}.jsonl"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("".join(json.dumps(row) + "\n" for row in rows))
            means = 100 * scored.mean(0)
            seed = {f"{name}_percent": float(m) for name, m in zip(names, means, strict=True)}
            seed |= {"oracle_percent": means[0] + 1}
            seeds = {str(number): seed for number in self.seeds}
            entry["languages"][code] = {"n": len(points), "chance_percent": 25.0, "seeds": seeds}
        return entry

    def train(self, model, recipe, *phases, **changes):
        """phases {task: (score, standard error, chance, majority)}, of 32 examples a task; changes
        {task: (points since its phase, standard error)}."""
        made = []
        for phase in phases:
            entries = {}
            for task, (score, error, chance, majority) in phase.items():
                entries[task] = {"main_score": "accuracy_percent", "accuracy_percent": score}
                entries[task] |= {"standard_error_percent": error, "n": 50}
                entries[task] |= {"chance_percent": chance, "majority_percent": majority}
            counts = {"examples": dict.fromkeys(phase, 32), "task_steps": dict.fromkeys(phase, 5)}
            made.append(counts | {"development": entries})
        left = {
            task: {"change_points": moved, "change_standard_error_points": error}
            for task, (moved, error) in changes.items()
        }
        self.write(f"intermediate/{model}/{recipe}.json", {"phases": made, "retained": left})

    def snapshots(self, group, model, recipe, target, english, tests=()):
        """english {seed: percent}; tests [(task, variant, {language: {seed: percent}})]."""
        file = self.folder / f"snapshots/{group}.json"
        told = json.loads(file.read_text()) if file.is_file() else {"english": [], "tests": []}
        cell = {"model": model, "recipe": recipe, "target": target}
        told["english"] += [
            cell | {"seed": seed, "step": 9, "english_percent": percent}
            for seed, percent in english.items()
        ]
        told["tests"] += [
            cell | {"task": task, "variant": variant, "languages": languages}
            for task, variant, languages in tests
        ]
        self.write(f"snapshots/{group}.json", told)

    def align(self, model, recipe, value, languages=("qda", "qdb"), layers=3, found=10):
        """`found` of 50 sentences find their translation at layer 0, one more a layer."""
        margins = ("margin_to_english_percent", "unshared_margin_to_english_percent")
        cosines = ("cosine_from_english_percent", "no_special_cosine_from_english_percent")
        layer = [
            {"layer": i}
            | dict.fromkeys(margins, value + i)
            | dict.fromkeys(cosines, value + 4 * i)
            | {"cka_to_english": 0.5, "cka_to_pretrained": 1.0}
            for i in range(layers)
        ]
        parts = ("precision_percent", "recall_percent")
        few = {"no_special_f1_percent": 1, "no_special_precision_percent": 1}
        f1 = [
            {"layer": i, "threshold": 1.0, "no_special_recall_percent": 1, **few}
            | dict.fromkeys(("f1_percent", *parts), value + 2 * i)
            for i in range(layers)
        ]
        chosen = {"chosen_on": ["qda"], "scored_on": ["qdb"]}
        chosen["layers"] = dict.fromkeys(cosines, 2)
        counts = [found + i for i in range(layers)]
        sentences = dict.fromkeys(("margin_to_english", "centred_to_english"), right(counts))
        by_cosine = right([round(value + 4 * i) // 2 for i in range(layers)])
        sentences["cosine_from_english"] = by_cosine
        retrieved = {"n": 50, "chance_percent": 2.0, "layers": layer, "right": sentences}
        mined = {"n_gold": 10, "chance_percent": 0.4, "layers": f1}
        measures = {
            "model": model,
            "recipe": recipe,
            "tasks": {"tatoeba": dict.fromkeys(languages, retrieved)},
            "protocol_layer": 1,
            "development": {"tatoeba": chosen, "bucc": None},
            "mining": {"bucc": dict.fromkeys(languages, mined)},
            "language_identity": {
                "n": 60,
                "chance_percent": 16.7,
                "layers": [{"layer": i, "accuracy_percent": 90.0 - i} for i in range(layers)],
            },
        }
        self.write(f"align/{model}/{recipe}.json", measures)

    def benchmark(self, group, cells, comparisons=(), other=None):
        """What is not given of a cell was measured as 1.5; `other`: what the machine differs in."""
        names = ("latency_p50_ms", "latency_p95_ms", "latency_n", "throughput_n")
        names += ("examples_per_sec", "tokens_per_sec", "tokens_per_word")
        cells = [dict.fromkeys(names, 1.5) | cell for cell in cells]
        names = ("model", "target")
        pairs = {tuple(cell[name] for name in names): None for cell in cells}
        ended = [dict(zip(names, pair)) | {"why": "time", "blocks": 2} for pair in pairs]
        load = {"before": 0.0, "after": 1.0}
        machine = {"processor": "P", "features": ["avx2"], "cores": 2, "threads": 1}
        machine |= {"memory_gib": 4.0, "device": "cpu", "precision": "float32", "watts": None}
        machine |= {"load_of_others_percent": load} | dict(other or {})
        measured = {"group": group, "margin": 0.03, "machine": machine, "notes": []}
        measured |= {"ended": ended, "cells": cells, "comparisons": list(comparisons)}
        self.write(f"benchmark/{group}.json", measured)

    def write(self, name, value):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value))


def right(counts):
    """Of each layer a text of 50 sentences, so many of them right."""
    return ["1" * count + "0" * (50 - count) for count in counts]


def share(percent, n=40):
    """Points of n examples of which a share is right."""
    return [float(i < round(percent / 100 * n)) for i in range(n)]


def row(rows, **wanted):
    """The one record whose fields have some values."""
    (record,) = [r for r in rows if all(getattr(r, key) == value for key, value in wanted.items())]
    return record


def task_score(**fields):
    """A row of gains; what is not given does not matter."""
    known = {"model": "pico", "recipe": "none", "target": "mnli", "task": "xnli"}
    known |= {"type": "classification", "metric": "accuracy", "layer_parameters": 1}
    known |= {"zero_shot_languages": 1, "n": 1, "seeds": 1}
    known |= dict.fromkeys(("zero_shot", "other_languages"), Estimate(50.0, 40.0, 60.0))
    return TaskScore(**(known | fields))


def language_score(**fields):
    """A row of scores that has run; what is not given does not matter."""
    known = {"model": "pico", "recipe": "none", "target": "mnli", "task": "xnli"}
    known |= {"language": "en", "score": Estimate(50.0, 40.0, 60.0), "seeds": 1}
    return LanguageScore(**(known | fields))


def intermediate_score(**fields):
    """A row of `intermediate`; what is not given does not matter."""
    known = {"model": "nano", "phase": 1, "metric": "accuracy", "interval": "rows", "n": 9}
    known |= {"english": Estimate(50.0, 40.0, 60.0), "chance_percent": 33.3, "learned": "yes"}
    return IntermediateScore(**(known | {"steps": 7, "steps_alone": 7} | fields))


def cost(**fields):
    known = {"model": "pico", "recipe": "none", "target": "mnli", "task": "xnli"}
    return Cost(**(known | {"language": "en"} | fields))


def speed_ratio(**fields):
    known = {"model": "pico", "recipe": "mnli", "base": "none", "target": "mnli", "task": "xnli"}
    known |= {"language": "en", "measure": "latency", "ratio": Estimate(1.0, 0.99, 1.01)}
    known |= {"verdict": "equal within the margin", "margin_percent": 3.0, "blocks": 6}
    return SpeedRatio(**(known | {"detectable_percent": 2.0} | fields))
