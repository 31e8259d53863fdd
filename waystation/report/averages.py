"""The averages of XTREME and XTREME-R over our own scores: groups of tasks, and all tasks.

A task's score is the mean over its languages, English included; of question answering the mean of
F1 and exact match; of sentence retrieval that at the original protocol's layer. A task is told of a
cell that has scores in all of the benchmark's languages, a group and the whole of one that has all
of their tasks. In a generated world, whose languages no benchmark has, those of the world take
their place.
"""

from waystation import tasks
from waystation.grid.cells import all_cells
from waystation.params.schema import Settings
from waystation.report.encoder_tables import MEASURES
from waystation.report.scores import ENGLISH, Score
from waystation.xtreme.benchmarks import BENCHMARKS, OVERALL, Benchmark, mean


def overall_rows(
    scores: list[Score], encoders: dict[str, list[dict]], settings: Settings
) -> list[dict]:
    """A row per benchmark, model, recipe and task, group of tasks, and one for all tasks.

    `encoders` are the tables of waystation.report.encoder_tables.
    """
    rows, retrieved = [], by_language(encoders)
    for name, benchmark in BENCHMARKS.items():
        cells = {}
        for cell in all_cells(settings):
            own = [s for s in scores if (s.model, s.recipe) == cell and s.label == s.task]
            cells[cell] = means(task_scores(own, retrieved.get(cell, {}), name), benchmark)
        for (model, recipe), found in cells.items():
            base = cells[model, settings.report.baseline]
            for group, value in found.items():
                row = {"benchmark": name, "model": model, "recipe": recipe, "tasks": group}
                row |= {"score_percent": value}
                rows.append(row | ({"gain": value - base[group]} if group in base else {}))
    return rows


def means(told: dict[str, float], benchmark: Benchmark) -> dict[str, float]:
    """{task: its score}, {group: mean over its tasks}, the mean over all, where complete."""
    found = {task: told[task] for task in benchmark.tasks if task in told}
    for name, members in (benchmark.groups | {OVERALL: tuple(benchmark.tasks)}).items():
        if set(members) <= set(told):
            found[name] = mean([told[task] for task in members])
    return found


def by_language(encoders: dict[str, list[dict]]) -> dict[tuple[str, str], dict]:
    """{(model, recipe): {task: {language: score at the protocol's layer}}} of retrieval, mining."""
    found: dict[tuple[str, str], dict] = {}
    for table, measure in (("alignment", MEASURES["tasks"]), ("mining", MEASURES["mining"])):
        for row in encoders[table]:
            if row["layer"] == row["protocol_layer"] and row.get(measure) is not None:
                told = found.setdefault((row["model"], row["recipe"]), {})
                told.setdefault(row["task"], {})[row["language"]] = row[measure]
    return found


def task_scores(scores: list[Score], retrieved: dict[str, dict], name: str) -> dict[str, float]:
    """{a benchmark's task: its score} of one cell, of those tasks that have all languages."""
    versions = {folder_of(task) for task in tasks.names()}
    found: dict[str, float] = {}
    for task, told in BENCHMARKS[name].tasks.items():
        folder = f"{name}/{task}" if f"{name}/{task}" in versions else task
        for s in scores:
            if folder_of(s.task) == folder and (codes := wanted(s.languages, told.languages)):
                results = (s.mean(codes), s.exact(codes))
                found.setdefault(task, mean([r.score for r in results if r is not None]))
        for own, languages in retrieved.items():
            if folder_of(own) == folder and (codes := wanted(languages, told.languages)):
                found.setdefault(task, mean([languages[code] for code in codes]))
    return found


def folder_of(task: str) -> str | None:
    return tasks.load(task).xtreme


def wanted(there: dict, benchmark: tuple[str, ...]) -> list[str]:
    """The languages to average over; none where one of the benchmark's is missing."""
    if all(tasks.PRIVATE_USE.fullmatch(code) for code in there if code != ENGLISH):
        return list(there)
    return list(benchmark) if set(benchmark) <= set(there) else []
