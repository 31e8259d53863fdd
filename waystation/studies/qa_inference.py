"""Do question-answering intermediates change throughput and latency on MLQA?

Recipes of one model have one shape: they can differ in speed only by what they predict, as longer
answers take longer to decode. So the question is one of equality, in the mean over languages and
language by language. A single language that differs answers yes; the mean alone answers no.
"""

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from statistics import mean, stdev

from waystation.comparison.decisions import EQUAL, FASTER, SLOWER, UNDECIDED
from waystation.params.schema import Settings
from waystation.report.intervals import Estimate
from waystation.report.records import MEAN
from waystation.report.speed.engines import of_recipes
from waystation.report.speed.speeds import SpeedRatio
from waystation.studies.answers import (
    NO,
    POWER,
    UNDETERMINED,
    YES,
    Answer,
    Compared,
    Finding,
    Needs,
    Study,
    judged,
)
from waystation.studies.evidence import Evidence
from waystation.text_files import read_json_lines

TASK = "mlqa"
MARGIN = 1.0  # points of F1


def needs(suite: Settings) -> Needs:
    return Needs(tuple(suite.models), suite.benchmark.recipes, (TASK,), speed=True)


def answer(evidence: Evidence) -> Answer:
    tables, rows = evidence.tables, compared(evidence)
    if not rows:
        return Answer(UNDETERMINED, f"No recipe's speed on {TASK} has been compared.")
    findings = tuple(finding(row) for row in rows)
    said = Counter(row.verdict for row in rows)
    means = [row for row in rows if row.language == MEAN] or rows
    equal = {row.verdict for row in means} == {EQUAL}
    verdict = YES if said[FASTER] + said[SLOWER] else NO if equal else UNDETERMINED
    return Answer(
        verdict,
        sentence(rows, said),
        (*findings, *quality(evidence), *answers_given(evidence)),
        tuple(dict.fromkeys(row.notes for row in tables.measurements if row.notes != "none")),
    )


def finding(row: SpeedRatio) -> Finding:
    return Finding(
        what=f"{row.model}, {row.language}: {row.measure} of {row.recipe} over {row.base}",
        unit="ratio of speeds; n: blocks",
        estimate=row.ratio,
        n=row.blocks,
        seeds=1,
        smallest_effect=row.detectable_percent / 100,
        verdict=UNDETERMINED if row.verdict == UNDECIDED else row.verdict,
        cells=(f"{row.model}/{row.recipe}", f"{row.model}/{row.base}"),
    )


def compared_recipes(evidence: Evidence) -> list[tuple[str, str, str]]:
    """(model, recipe, the recipe that its speed was compared with)."""
    return list(dict.fromkeys((row.model, row.recipe, row.base) for row in compared(evidence)))


def compared(evidence: Evidence) -> list[SpeedRatio]:
    """Recipes of one model, run by one engine."""
    return [row for row in of_recipes(evidence.tables.speeds) if row.task == TASK]


def quality(evidence: Evidence) -> tuple[Finding, ...]:
    """What the same recipes gain in F1; exact match stands in the table of scores."""
    gains = []
    for model, recipe, _ in compared_recipes(evidence):
        gain = evidence.grid.gain(model, recipe, TASK)
        if gain:
            what, n = f"{model}: gain of {recipe} in F1", evidence.grid.n(model, [TASK])
            gains.append(Compared(what, gain, n, (f"{model}/{recipe}",)))
    return judged(gains, MARGIN)


def answers_given(evidence: Evidence) -> tuple[Finding, ...]:
    """How long predicted answers are and how many are empty, less the base's: what can change the
    time of decoding. Of the first seed, whose models are measured; told, not tested."""
    findings, seed = [], str(evidence.suite.seeds[0])
    for model, recipe, base in compared_recipes(evidence):
        own, other = (predicted(evidence, model, name, seed) for name in (recipe, base))
        if not own or len(own) != len(other):
            continue
        both = [*zip(own, other, strict=True)]
        cells = (f"{model}/{recipe}", f"{model}/{base}")
        for unit, values in (
            ("characters of a predicted answer", [len(a) - len(b) for a, b in both]),
            ("percent of answers that are empty", [100 * ((not a) - (not b)) for a, b in both]),
        ):
            findings.append(mean_difference(f"{model}: {recipe} less {base}", unit, values, cells))
    return tuple(findings)


def mean_difference(
    what: str, unit: str, values: Sequence[float], cells: tuple[str, ...]
) -> Finding:
    """The mean of differences on the same rows, with a normal interval; told, not tested."""
    middle, reach = mean(values), 1.96 * stdev(values) / sqrt(len(values))
    return Finding(
        what=what,
        unit=unit,
        estimate=Estimate(middle, middle - reach, middle + reach),
        n=len(values),
        seeds=1,
        smallest_effect=POWER * reach,
        verdict=None,
        cells=cells,
    )


def predicted(evidence: Evidence, model: str, recipe: str, seed: str) -> list[str]:
    """The predicted answers of one model in all languages."""
    score = evidence.grid.scores.get((model, recipe, TASK))
    if score is None:
        return []
    groups = evidence.suite.target.groups
    group = next(name for name, targets in groups.items() if score.target in targets)
    folder = evidence.predictions / group / model / recipe / score.target / seed / TASK
    return [
        str(row["prediction"])
        for code in score.languages
        for _, row in read_json_lines(folder / f"{code}.jsonl")
    ]


def sentence(rows: Sequence[SpeedRatio], said: Counter[str]) -> str:
    """What the means are, and how many comparisons are equal, different, or not known."""
    margin = f"{rows[0].margin_percent:g} %"
    parts = [f"{said[EQUAL]} are equal within {margin}"] * bool(said[EQUAL])
    for word in (FASTER, SLOWER, UNDECIDED):
        parts += [f"{said[word]} are {word}"] * bool(said[word])
    recipes = ", ".join(dict.fromkeys(row.recipe for row in rows))
    compared = f"Of {len(rows)} comparisons of {recipes} with {rows[0].base}"
    means = [
        f"{row.model}, {row.measure} of {row.recipe} {ratio_text(row.ratio)} ({row.verdict})"
        for row in rows
        if row.language == MEAN
    ]
    first = f"In the mean over languages: {'; '.join(means)}. " if means else ""
    return f"{first}{compared}, over languages, latency and throughput, {', '.join(parts)}."


def ratio_text(ratio: Estimate) -> str:
    return f"{ratio.value:.3f} [{ratio.low:.3f}, {ratio.high:.3f}]"


STUDY = Study(
    "qa_inference",
    "Do question-answering intermediate tasks change latency or throughput on MLQA?",
    needs,
    answer,
    figure="ratios",
)
