"""The averages of XTREME and XTREME-R over our own scores: groups of tasks, and all tasks.

A task's score is the mean over its languages, English included. A question answering task's score
is the mean of F1 and exact match. Sentence retrieval is scored at the original protocol's layer.

A cell has a task's score if the cell has all of the benchmark's languages, and an average if the
cell has all of the tasks. No benchmark has the languages of a generated world: there the world's
languages count instead.
"""

import zlib
from dataclasses import replace

import numpy as np

from waystation import tasks
from waystation.grid.cells import Cell, all_cells
from waystation.language_codes import PRIVATE_USE
from waystation.languages import ENGLISH
from waystation.params.schema import Settings
from waystation.report.encoders.encoder_measures import PROTOCOL_MEASURES, ProtocolMeasure
from waystation.report.encoders.encoder_tables import beside_f1, f1_interval
from waystation.report.encoders.paired_retrieval import Retrieval
from waystation.report.records import Average, LayerMeasures, Tables, over
from waystation.report.scores import Result, Score, mean
from waystation.report.second_scores import EXACT_MATCH
from waystation.xtreme.benchmarks import BENCHMARKS, OVERALL, Benchmark

Languages = dict[str, Result]  # by language


def overall_rows(
    scores: list[Score], encoders: Tables, retrieval: Retrieval, suite: Settings
) -> list[Average]:
    """A row per benchmark and cell for each task, each group of tasks, and all tasks.

    `encoders` are the tables of waystation.report.encoders.encoder_tables.
    """
    rows, retrieved = [], by_language(encoders, retrieval, suite)
    run = [score for score in scores if score.languages]  # else the task is the target's name
    for name, benchmark in BENCHMARKS.items():
        cells = {}
        for cell in all_cells(suite):
            of_cell = [
                score
                for score in run
                if (score.model, score.recipe) == cell and score.label == score.task
            ]
            cells[cell] = means(task_scores(of_cell, retrieved.get(cell, {}), name), benchmark)
        for (model, recipe), values in cells.items():
            baseline = cells[model, suite.report.baseline]
            for group, value in values.items():
                gain = (value - baseline[group]).difference() if group in baseline else None
                row = Average(
                    benchmark=name,
                    model=model,
                    recipe=recipe,
                    tasks=group,
                    score=value.estimate(),
                    gain=gain,
                    seeds=value.seeds,
                    interval=over(value.seeds),
                )
                rows.append(row)
    return rows


def means(scores: dict[str, Result], benchmark: Benchmark) -> dict[str, Result]:
    """The scores of tasks, and the means over groups and over all tasks, where complete."""
    complete = {task: scores[task] for task in benchmark.tasks if task in scores}
    for name, members in (benchmark.groups | {OVERALL: tuple(benchmark.tasks)}).items():
        if set(members) <= set(scores):
            complete[name] = mean([scores[task] for task in members])
    return complete


def by_language(
    encoders: Tables, retrieval: Retrieval, suite: Settings
) -> dict[Cell, dict[str, Languages]]:
    """{cell: {task: results by language}} of retrieval and mining at the protocol's layer.

    An encoder has no seeds of fine-tuning: each of them gets its score.
    """
    scores: dict[Cell, dict[str, Languages]] = {}
    for measure in PROTOCOL_MEASURES:
        for row in getattr(encoders, measure.table):
            value = row.measured.get(measure.column)
            if row.layer == row.protocol_layer and value is not None:
                cell = row.model, row.recipe
                found = retrieval.get(cell, {}).get(row.task)
                if found and measure.sentences:
                    result = found.language(row.language, measure.sentences, row.layer)
                else:
                    result = approximate(row, measure, suite.report.resamples)
                by_seed = {str(seed): result.score for seed in suite.seeds}
                languages = scores.setdefault(cell, {}).setdefault(row.task, {})
                languages[row.language] = replace(result, by_seed=by_seed)
    return scores


def approximate(row: LayerMeasures, measure: ProtocolMeasure, resamples: int) -> Result:
    """A measure without single sentences: values drawn from its normal interval, not paired.

    Without a number of pairs there is no interval.
    """
    score, pairs, reach = row.measured[measure.column], row.measured.get("n_gold"), 0.0
    if pairs is not None:
        precision, recall = (row.measured[name] for name in beside_f1(measure.column))
        low, high = f1_interval([score], [precision], [recall], [pairs])
        reach = (high - low) / (2 * 1.96)
    name = f"{row.model}/{row.recipe}/{row.task}/{row.language}"
    draws = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(resamples)
    return Result(score, score + reach * draws, {})


def task_scores(
    scores: list[Score], retrieved: dict[str, Languages], name: str
) -> dict[str, Result]:
    """One cell's scores by the benchmark's names of tasks; only tasks that have all languages."""
    versions = {folder_of(task) for task in tasks.names()}
    values: dict[str, Result] = {}
    for task, entry in BENCHMARKS[name].tasks.items():
        folder = f"{name}/{task}" if f"{name}/{task}" in versions else task
        for score in scores:
            codes = wanted(score.languages, entry.languages)
            if folder_of(score.task) == folder and codes:
                results = [score.mean(codes), score.second(codes).get(EXACT_MATCH.column)]
                values.setdefault(task, mean([one for one in results if one is not None]))
        for measured, languages in retrieved.items():
            codes = wanted(languages, entry.languages)
            if folder_of(measured) == folder and codes:
                values.setdefault(task, mean([languages[code] for code in codes]))
    return values


def folder_of(task: str) -> str | None:
    return tasks.load(task).xtreme


def wanted(languages: dict, benchmark: tuple[str, ...]) -> list[str]:
    """The languages to average over; none where a language of the benchmark is missing."""
    if all(PRIVATE_USE.fullmatch(code) for code in languages if code != ENGLISH):
        return list(languages)
    return list(benchmark) if set(benchmark) <= set(languages) else []
