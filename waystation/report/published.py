"""Published scores beside ours, as the parameters name them (`report.reference`).

Both are means over the languages of a benchmark, English included, as XTREME's tables have them;
those of the zero-shot tables are without English. A retrieval task's is that at the original
protocol's layer, over all tokens. A benchmark's averages are those of waystation.report.averages.
"""

from waystation import tasks
from waystation.base.errors import choose
from waystation.params.schema import Reference, Settings
from waystation.report.scores import EXACT, Score
from waystation.xtreme.benchmarks import BENCHMARKS, OVERALL

RETRIEVAL = {"cosine_from_english_percent": "accuracy", "f1_percent": "f1"}

Ours = dict[str, dict[str, float | int]]  # {measure: columns of a row}


def averages(published: Reference) -> list[str]:
    """The groups of tasks and the whole of the benchmark, if the scores are a benchmark's."""
    if published.benchmark is None:
        return []
    return [*BENCHMARKS[published.benchmark].groups, OVERALL]


def reference_rows(
    scores: list[Score], retrieval: list[dict], overall: list[dict], settings: Settings
) -> list[dict]:
    """A row per published score; without our columns where the cell has not run in all languages
    of the benchmark."""
    rows = []
    for name, published in settings.report.reference.items():
        for task, measures in published.scores.items():
            if task in averages(published):
                ours = averaged(overall, published, task)
            else:
                codes = benchmark_languages(published, task)
                ours = scored(scores, published, task, codes)
                ours = ours or retrieved(retrieval, published, task, len(codes))
            for measure, value in measures.items():
                row = {"model": published.model, "recipe": published.recipe, "task": task}
                row |= {"measure": measure, "published_percent": value}
                if ours:
                    where = f"{settings.file}: report.reference.{name}.scores.{task}: measure"
                    row |= ours[choose(measure, ours, where)]
                    row["difference"] = row["ours_percent"] - value
                rows.append(row | {"reference": name, "source": published.source})
    return rows


def benchmark_languages(published: Reference, task: str) -> tuple[str, ...]:
    """The languages over which a score was averaged; none where no benchmark is named."""
    if published.benchmark is None:
        return ()
    known = BENCHMARKS[published.benchmark].tasks
    folder = (tasks.load(task).xtreme or task).removeprefix("xtreme-r/")
    return known[choose(folder, known, f"{published.benchmark}: task")].languages


def averaged(overall: list[dict], published: Reference, name: str) -> Ours:
    """The mean over a group of a benchmark's tasks or all of them, if none is missing."""
    wanted = (published.benchmark, published.model, published.recipe, name)
    for row in overall:
        if tuple(row[key] for key in ("benchmark", "model", "recipe", "tasks")) == wanted:
            return {"score": {"ours_percent": row["score_percent"]}}
    return {}


def scored(scores: list[Score], published: Reference, task: str, codes: tuple[str, ...]) -> Ours:
    """What was scored after a target: the main measure, and the exact match where there is one."""
    wanted = (published.model, published.recipe, task)
    for s in scores:
        chosen = list(codes or s.languages)
        if (s.model, s.recipe, s.label) == wanted and chosen and set(chosen) <= set(s.languages):
            found = {s.metric: s.mean(chosen), EXACT: s.exact(chosen)}
            names = ("ours_percent", "low_percent", "high_percent")
            told = {name: one.named(*names) for name, one in found.items() if one is not None}
            return {name: row | {"languages": len(chosen)} for name, row in told.items()}
    return {}


def retrieved(rows: list[dict], published: Reference, task: str, languages: int) -> Ours:
    """What was measured on the encoder itself, if in as many languages (0: in any number)."""
    wanted = (published.model, published.recipe, task, "protocol", "all")
    found: Ours = {}
    for row in rows:
        key = tuple(row[name] for name in ("model", "recipe", "task", "layer_by", "scored"))
        measure = RETRIEVAL.get(row["measure"])
        if key == wanted and measure and row["languages"] == (languages or row["languages"]):
            told = {"ours_percent": row["score_percent"], "languages": row["languages"]}
            bounds = {name: row[name] for name in ("low_percent", "high_percent") if name in row}
            found[measure] = told | bounds
    return found
