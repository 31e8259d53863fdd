"""Published scores beside ours, as the parameters name them (`report.reference`).

Both are means over the languages of a benchmark with English, as in XTREME's tables; the zero-shot
tables leave English out. Retrieval is scored at the original protocol's layer, over all tokens. A
benchmark's averages are those of waystation.report.averages.
"""

from typing import Any

from waystation import tasks
from waystation.base.errors import choose
from waystation.metrics import main_name
from waystation.params.schema import Reference, Settings
from waystation.report.encoders.encoder_measures import PROTOCOL_MEASURES
from waystation.report.records import Average, LayerMean, PublishedScore, over
from waystation.report.scores import Result, Score
from waystation.report.second_scores import SECOND_SCORES
from waystation.xtreme.benchmarks import BENCHMARKS, OVERALL

Ours = dict[str, dict[str, Any]]  # {measure: the columns of our score}


def averages(published: Reference) -> list[str]:
    """The names of a benchmark's averages; none where the scores are of no benchmark."""
    if published.benchmark is None:
        return []
    return [*BENCHMARKS[published.benchmark].groups, OVERALL]


def measures(published: Reference, name: str) -> list[str]:
    """The measures that a task or an average may have."""
    if name in averages(published):
        return ["score"]
    mains = [main_name(metric) for metric in tasks.load(name).metrics]
    seconds = [second.name(main) for main in mains for second in SECOND_SCORES]
    return list(dict.fromkeys([*mains, *seconds, *(m.published for m in PROTOCOL_MEASURES)]))


def reference_rows(
    scores: list[Score], retrieval: list[LayerMean], overall: list[Average], suite: Settings
) -> list[PublishedScore]:
    """A row per published score.

    Our score is missing where the cell has not run in all languages of the benchmark. A UserError
    names the measures of the task where the published one is none of them.
    """
    rows = []
    for name, published in suite.report.reference.items():
        for task, measures in published.scores.items():
            by_measure = our_scores(published, task, scores, retrieval, overall)
            for measure, value in measures.items():
                where = f"{suite.file}: report.reference.{name}.scores.{task}: measure"
                columns = by_measure[choose(measure, by_measure, where)] if by_measure else {}
                row = PublishedScore(
                    model=published.model,
                    recipe=published.recipe,
                    task=task,
                    measure=measure,
                    published_percent=value,
                    **columns,
                    difference=columns["ours_percent"] - value if columns else None,
                    reference=name,
                    source=published.source,
                )
                rows.append(row)
    return rows


def our_scores(
    published: Reference,
    task: str,
    scores: list[Score],
    retrieval: list[LayerMean],
    overall: list[Average],
) -> Ours:
    """Our scores of a task or an average, by measure; empty where a language is missing."""
    if task in averages(published):
        return averaged(overall, published, task)
    codes = benchmark_languages(published, task)
    after_target = scored(scores, published, task, codes)
    return after_target or retrieved(retrieval, published, task, len(codes))


def benchmark_languages(published: Reference, task: str) -> tuple[str, ...]:
    """The languages of a published mean; empty where no benchmark is named."""
    if published.benchmark is None:
        return ()
    known = BENCHMARKS[published.benchmark].tasks
    folder = (tasks.load(task).xtreme or task).removeprefix("xtreme-r/")
    return known[choose(folder, known, f"{published.benchmark}: task")].languages


def averaged(overall: list[Average], published: Reference, name: str) -> Ours:
    """The mean over a group of a benchmark's tasks or all tasks, if none is missing."""
    wanted = (published.benchmark, published.model, published.recipe, name)
    for row in overall:
        if (row.benchmark, row.model, row.recipe, row.tasks) == wanted:
            bounds = {"low_percent": row.score.low, "high_percent": row.score.high}
            return {"score": {"ours_percent": row.score.value, "interval": row.interval} | bounds}
    return {}


def scored(scores: list[Score], published: Reference, task: str, codes: tuple[str, ...]) -> Ours:
    """Scores after a target: the main score and the second scores.

    Empty where the cell lacks one of the languages; without `codes`, of all its languages.
    """
    wanted = (published.model, published.recipe, task)
    for score in scores:
        chosen = list(codes or score.languages)
        run = chosen and set(chosen) <= set(score.languages)
        if (score.model, score.recipe, score.label) == wanted and run:
            results, seconds = {score.metric: score.mean(chosen)}, score.second(chosen)
            for second in SECOND_SCORES:
                if second.column in seconds:
                    results[second.name(score.metric)] = seconds[second.column]
            return {name: columns(result, len(chosen)) for name, result in results.items()}
    return {}


def columns(result: Result, languages: int) -> dict[str, Any]:
    estimate = result.estimate()
    return {
        "ours_percent": estimate.value,
        "low_percent": estimate.low,
        "high_percent": estimate.high,
        "interval": over(result.seeds),
        "languages": languages,
    }


def retrieved(rows: list[LayerMean], published: Reference, task: str, languages: int) -> Ours:
    """The encoder's own scores, if over so many languages (0: over any number)."""
    wanted = (published.model, published.recipe, task, "protocol", "all")
    published_as = {measure.column: measure.published for measure in PROTOCOL_MEASURES}
    by_measure: Ours = {}
    for row in rows:
        measure = published_as.get(row.measure)
        is_wanted = (row.model, row.recipe, row.task, row.layer_by, row.scored) == wanted
        if is_wanted and measure and row.languages == (languages or row.languages):
            by_measure[measure] = {
                "ours_percent": row.score_percent,
                "low_percent": row.low_percent,
                "high_percent": row.high_percent,
                "interval": row.interval,
                "languages": row.languages,
            }
    return by_measure
