"""Measure the inference of all models and recipes of a group, in one process, interleaved.

A machine's speed drifts, so every round passes over all models and recipes in another order: a
difference between recipes is a difference between neighbours in time. Timed is the way from
features (already tokenised) to predictions: one example at a time for the latency, batches for the
throughput; before them come calls of both sizes that are not timed. Models are those of the first
seed, at the chosen checkpoint.
"""

import os
import platform
import random
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

from stages import compute, examples, loadgen
from stages.cell import read_plan
from stages.command import Run, read_json, stage, write_json
from stages.model import TaskModel, read_model, read_tokenizer
from stages.predictions import Rows
from stages.progress import progress


def main() -> None:
    with stage(
        __doc__,
        options=["group"],
        inputs=["code", "plan", "pretrained", "models"],
        planned=["tasks"],
        outputs=["out"],
        params=[
            "threads",
            "device",
            "precision",
            "seeds",
            "benchmark",
            "evaluate",
            "models",
            "recipes",
            "extra",
        ],
    ) as run:
        compute.use(run.settings)
        plan = read_plan(run)
        cells = measure(run, plan)
        settings = run.settings.benchmark
        write_json(
            run.outputs["out"],
            {
                "group": run.options.group,
                "timed": "features to predictions",
                "batch_size": settings.batch_size,
                "warmup_calls": settings.warmup,
                "rounds": settings.rounds,
                "machine": {
                    "processor": platform.machine(),
                    "cores": os.cpu_count(),
                    **compute.card(run.settings),
                },
                "made_from": run.made_from(),
                "cells": cells,
            },
        )
        run.made = f"{len(cells)} cells, interleaved over {settings.rounds} rounds"


@dataclass
class Cell:
    """One model and recipe on one task and language, with the times measured so far."""

    model: str
    recipe: str
    target: str
    head: str
    rows: Rows
    network: TaskModel
    single: list[float] = field(default_factory=list)
    batched: list[float] = field(default_factory=list)

    def call(self, features: list, settings) -> float:
        found = [self.rows.examples[f.example] for f in features]
        own = [replace(f, example=i) for i, f in enumerate(features)]
        return loadgen.seconds(
            lambda: self.rows.answer(self.network, self.head, own, found, settings)
        )


def measure(run: Run, plan: dict) -> list[dict]:
    """All cells of the group, measured in interleaved rounds."""
    settings = run.settings.benchmark
    inference = SimpleNamespace(
        batch_tokens=2**30, max_answer_tokens=run.settings.evaluate.max_answer_tokens
    )
    cells = load_cells(run, plan)
    share = max(1, settings.examples // settings.rounds)
    passes = [(round, cell) for round in range(settings.rounds) for cell in drawn(cells, round)]
    for number, cell in progress(passes, len(passes), f"benchmark {run.options.group}", "cells"):
        features = cell.rows.features[: settings.batch_size]
        for batch in [*([feature] for feature in features[: settings.warmup]), features]:
            cell.call(batch, inference)
        start = number * share
        for feature in cell.rows.features[start : start + share]:
            cell.single.append(cell.call([feature], inference))
        cell.batched.append(cell.call(features, inference))
    return [summary(cell, settings.batch_size) for cell in cells]


def load_cells(run: Run, plan: dict) -> list[Cell]:
    """One cell per model, recipe, task and language of the grid; a missing model is an error."""
    folder, seed = run.inputs["tasks"], str(run.settings.seeds[0])
    homes = {model: run.inputs["pretrained"] / model for model in run.settings.models}
    tokenizers = {model: read_tokenizer(home) for model, home in homes.items()}
    cells = []
    for name, target in plan["targets"].items():
        head = examples.read_description(folder / target["task"])
        lengths = SimpleNamespace(**target["settings"])
        described = [examples.read_description(folder / task) for task in target["tasks"]]
        rows = {
            model: [
                Rows(folder, task, "test", language, tokenizer, lengths)
                for task in described
                for language in examples.languages(folder / task.name, "test")
            ]
            for model, tokenizer in tokenizers.items()
        }
        grid = run.settings.cells
        for model, recipe in progress(grid, len(grid), f"benchmark {name} reads", "models"):
            home = run.inputs["models"] / model / recipe / name / seed
            chosen = read_json(home / "english.json")["chosen"]
            network = compute.place(read_model(home / chosen, head), run.settings)
            cells += [Cell(model, recipe, name, head.name, part, network) for part in rows[model]]
    return cells


def drawn(cells: list[Cell], round: int) -> list[Cell]:
    """Languages outside, models and recipes inside, in an order that each round draws anew.

    What comes after another language or a larger model finds colder caches: that must not fall on
    the same cell again and again.
    """
    languages: dict[tuple, list[Cell]] = {}
    for cell in cells:
        key = (cell.target, cell.rows.task.name, cell.rows.language)
        languages.setdefault(key, []).append(cell)
    draw = random.Random(round)
    groups = [languages[key] for key in sorted(languages)]
    draw.shuffle(groups)
    return [cell for group in groups for cell in draw.sample(group, len(group))]


def summary(cell: Cell, batch_size: int) -> dict:
    batch = cell.rows.features[:batch_size]
    tokens = sum(len(feature.ids) for feature in batch)
    return {
        "model": cell.model,
        "recipe": cell.recipe,
        "target": cell.target,
        "task": cell.rows.task.name,
        "language": cell.rows.language,
        **loadgen.latency(cell.single),
        **loadgen.throughput(len(batch), tokens, cell.batched),
    }


if __name__ == "__main__":
    main()
