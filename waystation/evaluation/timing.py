"""Time the predictions of models, interleaved."""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from waystation.base.progress import progress
from waystation.data.examples import languages, read_description
from waystation.encoder import device
from waystation.encoder.device import Machine
from waystation.encoder.features import Feature
from waystation.encoder.tokenizer import read_tokenizer
from waystation.evaluation import selection
from waystation.evaluation.rows import Predictor, Reader, Rows, answer, read_rows
from waystation.grid.plans import EvaluationPlan
from waystation.params.schema import Benchmark, Evaluate
from waystation.task_model import TaskModel, read_model


@dataclass(frozen=True)
class Places:
    """Where the rows of all tasks, the encoders with their tokenizers and a group's models lie.

    `encoders` holds `<model>/<recipe>`, `models` `<model>/<recipe>/<target>/<seed>`.
    """

    tasks: Path
    encoders: Path
    models: Path


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

    def call(self, features: list[Feature], inference: Evaluate) -> float:
        """Seconds from features to predictions."""
        examples = [self.rows.examples[f.example] for f in features]
        own = [replace(f, example=i) for i, f in enumerate(features)]
        predictor = Predictor(self.network, self.head, inference)
        return seconds(lambda: answer(self.rows, own, examples, predictor))


def measure(
    cells: list[Cell], settings: Benchmark, max_answer_tokens: int, what: str
) -> list[dict]:
    """All cells of a group, measured in interleaved rounds."""
    inference = Evaluate(batch_tokens=2**30, max_answer_tokens=max_answer_tokens)
    share = max(1, settings.examples // settings.rounds)
    passes = [(round, cell) for round in range(settings.rounds) for cell in drawn(cells, round)]
    for number, cell in progress(passes, len(passes), what, "cells"):
        features = cell.rows.features[: settings.batch_size]
        for batch in [*([feature] for feature in features[: settings.warmup]), features]:
            cell.call(batch, inference)
        start = number * share
        for feature in cell.rows.features[start : start + share]:
            cell.single.append(cell.call([feature], inference))
        cell.batched.append(cell.call(features, inference))
    return [summary(cell, settings.batch_size) for cell in cells]


def load_cells(
    targets: dict[str, EvaluationPlan],
    grid: Sequence[tuple[str, str]],
    places: Places,
    machine: Machine,
    seed: int,
) -> list[Cell]:
    """One cell per (model, recipe) of the grid, task and language; a missing model is an error."""
    folder = places.tasks
    tokenizers = {model: read_tokenizer(places.encoders / model / recipe) for model, recipe in grid}
    cells = []
    for name, target in targets.items():
        head = read_description(folder / target.task)
        tasks = [read_description(folder / task) for task in target.tasks]
        readers = {
            model: Reader(folder, tokenizer, target.settings)
            for model, tokenizer in tokenizers.items()
        }
        rows = {
            model: [
                read_rows(reader, task, "test", language)
                for task in tasks
                for language in languages(folder / task.name, "test")
            ]
            for model, reader in readers.items()
        }
        for model, recipe in progress(grid, len(grid), f"benchmark {name} reads", "models"):
            home = places.models / model / recipe / name / str(seed)
            chosen = selection.read(home).chosen
            encoder = places.encoders / model / recipe
            network = device.place(read_model(home / chosen, head, encoder), machine)
            cells += [Cell(model, recipe, name, head.name, own, network) for own in rows[model]]
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
        **latency(cell.single),
        **throughput(len(batch), tokens, cell.batched),
    }


def seconds(call: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def percentile(values: list[float], percent: float) -> float:
    """Nearest rank: the smallest value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def latency(times: list[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds, with their n."""
    percentiles = {f"latency_p{p}_ms": 1000 * percentile(times, p) for p in (50, 95, 99)}
    return percentiles | {"latency_n": len(times)}


def throughput(examples: int, tokens: int, times: list[float]) -> dict[str, float]:
    """Examples and real tokens (no padding) per second over passes of `examples` examples each."""
    total = sum(times)
    return {
        "examples_per_sec": examples * len(times) / total,
        "tokens_per_sec": tokens * len(times) / total,
        "throughput_n": len(times),
    }
