"""The numbers that a pull request compares, and the files of a report."""

import importlib
from importlib import metadata
from pathlib import Path

import numpy as np

from waystation.base.progress import progress
from waystation.params.schema import Settings
from waystation.report import csv_files, figures, markdown
from waystation.report.encoders import encoder_measures
from waystation.report.encoders.encoder_tables import protocol_means
from waystation.report.records import (
    MEAN,
    Average,
    Difference,
    IntermediateScore,
    LanguageScore,
    LayerMean,
    Tables,
    TaskScore,
    in_english,
)
from waystation.report.scores import Score
from waystation.report.second_scores import SECOND_SCORES, SecondScore
from waystation.report.speed.engines import of_first
from waystation.report.speed.speeds import Cost

COSTS = ("latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "examples_per_sec", "tokens_per_sec")

Numbers = dict[str, float | int | str | None]


def write_plots(folder: Path, tables: Tables) -> None:
    """Write all tables as CSV, the result tables as Markdown, and the figures as PNG."""
    folder.mkdir(parents=True)
    csv_files.write(folder, tables)
    (folder / "results.md").write_text(markdown.markdown(csv_files.read(folder)))
    pictures = figures.modules()
    for name in progress(pictures, len(pictures), "report", "figures"):
        figure = importlib.import_module(pictures[name])
        figure.draw(tables, folder / f"{name}.png")


def summary(scores: list[Score], tables: Tables) -> dict:
    """The numbers that a pull request compares.

    `scores` has all tasks. `model_size` and `pretraining` have paired differences of zero-shot
    means: larger less smaller model for every recipe, and `none` less `random`. `averages` has a
    benchmark's tasks, groups and whole, English included. `intermediate` has the English
    development scores of every phase of every recipe.
    """
    not_run = [score for score in scores if not score.languages]
    numbers = {
        "not_run_cells": len({(score.model, score.recipe, score.target) for score in not_run}),
        "scores": cells(tables),
        "model_size": model_size(tables.sizes),
        "pretraining": pretraining(tables.pretraining),
        "intermediate": intermediate(tables.intermediate),
    }
    averages = benchmark_averages(tables.overall)
    return numbers | ({"averages": averages} if averages else {})


def below(numbers: dict, *keys: str | None) -> dict:
    """The dictionary below some keys; a missing dictionary is added."""
    for key in keys:
        numbers = numbers.setdefault(key, {})
    return numbers


def cells(tables: Tables) -> dict:
    """{model: {recipe: {task: ...}}}: scores, and the encoders' own measures."""
    numbers: dict = {}
    english = in_english(tables.scores)
    for row in tables.gains:
        scored = task_numbers(row, english.get((row.model, row.recipe, row.task)))
        below(numbers, row.model, row.recipe)[row.task] = scored
    for measure in encoder_measures.shown(encoder_measures.SUMMARY):
        means = protocol_means(getattr(tables, measure.table), measure.column)
        for cell_and_task, value in means.items():
            below(numbers, *cell_and_task)[measure.column] = rounded(value)
    for mean in tables.retrieval:
        below(numbers, mean.model, mean.recipe, mean.task).update(layer_numbers(mean))
    return numbers


def task_numbers(row: TaskScore, english: LanguageScore | None) -> Numbers:
    """The scores of a task: zero-shot means, and gains over the baseline."""
    gain = row.gain
    return {
        "english_percent": rounded(english.score.value if english and english.score else None),
        "zero_shot_percent": rounded(row.zero_shot.value),
        "other_languages_percent": rounded(row.other_languages.value),
        **{
            f"{second.name(row.metric)}_zero_shot_percent": second_number(row, second)
            for second in SECOND_SCORES
            if second.is_column
        },
        "oracle_zero_shot_percent": rounded(row.oracle_percent),
        "gain_points": rounded(gain.value if gain else None),
        "gain_low_points": rounded(gain.low if gain else None),
        "gain_high_points": rounded(gain.high if gain else None),
        "gain_p_value": gain.p_value if gain else None,
        "interval": row.interval,
        "seeds": row.seeds,
        "intermediate_learned": row.learned,
        **second_numbers(row, english),
    }


def second_numbers(row: TaskScore, english: LanguageScore | None) -> Numbers:
    """The second scores of a task that are no column of every task, in English too."""
    numbers: Numbers = {}
    for second in SECOND_SCORES:
        if second.column in row.second and not second.is_column:
            name = second.name(row.metric)
            numbers[f"{name}_english_percent"] = second_number(english, second)
            numbers[f"{name}_zero_shot_percent"] = second_number(row, second)
    return numbers


def second_number(row: TaskScore | LanguageScore | None, second: SecondScore) -> float | None:
    estimate = row.second.get(second.column) if row else None
    return rounded(estimate.value if estimate else None)


def layer_numbers(row: LayerMean) -> Numbers:
    """The mean of a measure over languages; the keys name what chose the layer."""
    layer, score = f"{row.layer_by}_layer", rounded(row.score_percent)
    if (row.layer_by, row.scored) == ("protocol", "others"):
        return {f"{layer}_same_languages_{row.measure}": score}
    numbers: Numbers = {f"{layer}_{row.measure}": score}
    if row.measure.startswith("no_special"):
        return numbers | {f"{layer}_no_special": row.layer}
    return numbers | {layer: row.layer, f"{layer}_languages": row.languages}


def model_size(rows: list[Difference]) -> dict:
    """{larger_less_smaller: {recipe: {task: ...}}}."""
    numbers: dict = {}
    for row in rows:
        models = f"{row.model}_less_{row.smaller_model}"
        below(numbers, models, row.recipe)[row.task] = difference_numbers(row)
    return numbers


def pretraining(rows: list[Difference]) -> dict:
    """{model: {task: ...}}, of the zero-shot means."""
    numbers: dict = {}
    for row in rows:
        if row.language == MEAN:
            below(numbers, row.model)[row.task] = difference_numbers(row)
    return numbers


def difference_numbers(row: Difference) -> Numbers:
    """A paired difference with its interval, its test examples of a language and its seeds."""
    return {
        "difference_points": rounded(row.difference.value),
        "low_points": rounded(row.difference.low),
        "high_points": rounded(row.difference.high),
        "p_value": row.difference.p_value,
        "interval": row.interval,
        "n": row.n,
        "seeds": row.seeds,
    }


def intermediate(rows: list[IntermediateScore]) -> dict:
    """{model: {recipe: {phase_k: {task: ...}}}}."""
    numbers: dict = {}
    for row in rows:
        below(numbers, row.model, row.recipe, f"phase_{row.phase}")[row.task] = {
            "english_percent": rounded(row.english.value),
            "low_percent": rounded(row.english.low),
            "high_percent": rounded(row.english.high),
            "interval": row.interval,
            "chance_percent": rounded(row.chance_percent),
            "majority_percent": rounded(row.majority_percent),
            "learned": row.learned,
            "n": row.n,
            "steps": row.steps,
            "steps_alone": row.steps_alone,
        }
    return numbers


def benchmark_averages(rows: list[Average]) -> dict:
    """{benchmark: {model: {recipe: ...}}}."""
    numbers: dict = {}
    for row in rows:
        average = {f"{row.tasks}_percent": rounded(row.score.value)}
        below(numbers, row.benchmark, row.model, row.recipe).update(average)
    return numbers


def made_from(checksums: dict[str, str], suite: Settings) -> dict:
    """The origin of a summary, in lists, because `dvc metrics` takes no list for a metric.

    `checksums` {path: SHA-256} has only the inputs of its numbers: so timings never change the
    summary of scores.
    """
    origin = {
        "inputs_sha256": [[path, checksum] for path, checksum in checksums.items()],
        "seeds": list(suite.seeds),
        "versions": [[name, metadata.version(name)] for name in ("numpy", "scipy")],
    }
    return {"made_from": origin}


def cost_summary(rows: list[Cost]) -> dict:
    """Medians over languages: {"cost": {model: {recipe: {task: ...}}}}, of the first engine; of the
    others {"engines": {model: {backend: {task: ...}}}}."""
    own = of_first(rows)
    others = [row for row in rows if row not in own]
    engines = {"engines": medians(others, "backend")} if others else {}
    return {"cost": medians(own, "recipe")} | engines


def medians(rows: list[Cost], key: str) -> dict:
    """{model: {recipe or backend: {task: ...}}} over the languages of each."""
    languages: dict[tuple[str, str, str], list[dict[str, float]]] = {}
    for row in rows:
        languages.setdefault((row.model, getattr(row, key), row.task), []).append(row.measured)
    numbers: dict = {}
    for (model, name, task), measured in languages.items():
        there = [cost for cost in COSTS if all(one.get(cost) is not None for one in measured)]
        below(numbers, model, name)[task] = {
            cost: rounded(np.median([one[cost] for one in measured])) for cost in there
        }
    return numbers


def rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 3)
