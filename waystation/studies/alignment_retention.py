"""What of the alignment survives intermediate training, and does more of it survive in a larger
model?

Retention is retrieval after over retrieval before, in percent, at the layer of the original
protocol, of the same sentences: accuracy by ratio margin to English, mean over languages. A model's
retention is the mean over its recipes and tasks; sizes are compared over the recipes and tasks that
both have, recipe by recipe, so that the spread over recipes stands for that over trainings.
"""

from collections.abc import Sequence
from math import atanh, sqrt, tanh
from statistics import mean as average

from scipy.stats import spearmanr

from waystation.grid.names import CONTROLS
from waystation.params.schema import Settings
from waystation.report.encoders.paired_retrieval import ratio
from waystation.report.intervals import Estimate
from waystation.report.scores import Result, mean
from waystation.report.tables import layer_parameters, pairs
from waystation.studies.answers import (
    ABOVE,
    BELOW,
    EQUAL,
    NO,
    POWER,
    UNDETERMINED,
    YES,
    Answer,
    Compared,
    Finding,
    Needs,
    Study,
    half_width,
    judged,
)
from waystation.studies.evidence import Evidence

MEASURE = "margin_to_english"
MARGIN = 2.0  # points of retention
FEWEST = 4  # encoders of a correlation
RECIPES = 3  # trainings that a spread is taken from


def needs(suite: Settings) -> Needs:
    return Needs(tuple(suite.models), suite.recipes, encoders=True)


def answer(evidence: Evidence) -> Answer:
    kept = [one for model in evidence.suite.models for one in of_model(evidence, model)]
    if not kept:
        return Answer(UNDETERMINED, "No encoder has been aligned before and after a recipe.")
    sizes = judged(between_sizes(evidence), MARGIN)
    findings = (*sizes, *kept, *correlation(evidence))
    verdicts = {one.verdict for one in sizes}
    verdict = UNDETERMINED
    for told, said in ((EQUAL, EQUAL), (ABOVE, YES), (BELOW, NO)):
        if verdicts == {told}:
            verdict = said
    limits = (
        "each encoder was trained once: the interval of a single retention runs over sentences",
        "retrieval at one layer; the table `retention` and its figure have all layers",
    )
    return Answer(verdict, sentence(evidence, sizes), findings, limits)


def trained(evidence: Evidence, model: str) -> list[str]:
    """The recipes of a model that were aligned, beside the baseline; no controls."""
    baseline = evidence.suite.report.baseline
    if (model, baseline) not in evidence.retrieval:
        return []
    own = [recipe for name, recipe in evidence.retrieval if name == model]
    return [recipe for recipe in own if recipe not in {*CONTROLS, baseline}]


def retained(evidence: Evidence, model: str, recipe: str, task: str) -> Result | None:
    """Retention in percent; None where a task is missing, or nothing was found before."""
    after = evidence.retrieval[model, recipe].get(task)
    before = evidence.retrieval[model, evidence.suite.report.baseline].get(task)
    if after is None or before is None or not before.mean(MEASURE).score:
        return None
    return ratio(after.mean(MEASURE), before.mean(MEASURE))


def over_tasks(evidence: Evidence, model: str, recipe: str) -> Result | None:
    """The mean retention over the tasks that the encoder was aligned on."""
    tasks = evidence.retrieval[model, recipe]
    found = [retained(evidence, model, recipe, task) for task in tasks]
    there = [one for one in found if one is not None]
    return mean(there) if there else None


def over_recipes(results: dict[str, Result]) -> Result:
    """The mean over recipes; their spread takes the place of the spread over seeds."""
    by_recipe = {recipe: result.score for recipe, result in results.items()}
    together = mean([*results.values()])
    return Result(together.score, together.replicates, by_recipe)


def of_model(evidence: Evidence, model: str) -> list[Finding]:
    """The retention of every recipe of a model, the mean over tasks; told, not tested."""
    findings = []
    for recipe in trained(evidence, model):
        result = over_tasks(evidence, model, recipe)
        if result:
            tasks = evidence.retrieval[model, recipe]
            findings.append(
                Finding(
                    what=f"{model}, {recipe}: retained, mean over {', '.join(tasks)}",
                    unit="percent of the retrieval before",
                    estimate=result.difference(),
                    n=min(task.n() for task in tasks.values()),
                    seeds=1,
                    smallest_effect=POWER * half_width(result),
                    verdict=None,
                    cells=(f"{model}/{recipe}",),
                )
            )
    return findings


def between_sizes(evidence: Evidence) -> list[Compared]:
    """Retention of the larger less that of the smaller model, over the recipes that both have."""
    compared = []
    for larger, smaller in pairs(evidence.suite.models):
        shared = [one for one in trained(evidence, larger) if one in trained(evidence, smaller)]
        differences = {}
        for recipe in shared:
            both = [over_tasks(evidence, model, recipe) for model in (larger, smaller)]
            if both[0] and both[1]:
                differences[recipe] = both[0] - both[1]
        if len(differences) >= RECIPES:
            tasks = evidence.retrieval[smaller, shared[0]].values()
            compared.append(
                Compared(
                    what=f"retained by {larger} less {smaller}, mean over {len(shared)} recipes",
                    difference=over_recipes(differences),
                    n=min(task.n() for task in tasks),
                    cells=tuple(f"{m}/{recipe}" for recipe in shared for m in (larger, smaller)),
                )
            )
    return compared


def correlation(evidence: Evidence) -> list[Finding]:
    """Spearman's correlation of retention with the mean gain, over the encoders of a model."""
    findings = []
    for model in evidence.suite.models:
        recipes = trained(evidence, model)
        labels = evidence.grid.shared([(model, recipe) for recipe in recipes])
        points = [
            (kept.score, gain.score)
            for recipe in recipes
            if (kept := over_tasks(evidence, model, recipe))
            and labels
            and (gain := evidence.grid.mean_gain(model, recipe, labels))
        ]
        if len(points) >= FEWEST and len({kept for kept, _ in points}) > 1:
            findings.append(
                Finding(
                    what=f"{model}: Spearman's correlation of retention with the mean gain over "
                    f"{len(labels)} tests, over {len(points)} recipes",
                    unit="correlation; n: recipes",
                    estimate=correlated(points),
                    n=len(points),
                    seeds=1,
                    smallest_effect=tanh(2.8 / sqrt(max(1, len(points) - 3))),
                    verdict=None,
                    cells=tuple(f"{model}/{recipe}" for recipe in recipes),
                )
            )
    return findings


def correlated(points: Sequence[tuple[float, float]]) -> Estimate:
    """With Fisher's interval."""
    kept, gains = zip(*points, strict=True)
    value = float(spearmanr(kept, gains).statistic)
    reach = 1.96 / sqrt(len(points) - 3)
    middle = atanh(max(-0.999, min(0.999, value)))
    return Estimate(value, tanh(middle - reach), tanh(middle + reach))


def sentence(evidence: Evidence, sizes: Sequence[Finding]) -> str:
    """How much each size keeps, and whether sizes differ."""
    told = []
    for model in sorted(evidence.suite.models, key=lambda name: size_of(evidence, name)):
        recipes = trained(evidence, model)
        found = [kept for recipe in recipes if (kept := over_tasks(evidence, model, recipe))]
        if found:
            scores = [one.score for one in found]
            over = f"{min(scores):.0f} to {max(scores):.0f} over {len(scores)} recipes"
            over = over if len(scores) > 1 else "one recipe"
            told.append(f"{model} keeps {average(scores):.0f} % ({over})")
    said = "; ".join(told) + "."
    if not sizes:
        return f"{said} Sizes are not compared: {RECIPES} recipes of two sizes are needed."
    differences = "; ".join(f"{one.what}: {one.estimate.signed()} points" for one in sizes)
    return f"{said} {differences}."


def size_of(evidence: Evidence, model: str) -> int:
    return layer_parameters(evidence.suite.models[model])


STUDY = Study(
    "alignment_retention",
    "What of the alignment survives intermediate training, and more of it in a larger model?",
    needs,
    answer,
    figure="retention",
)
