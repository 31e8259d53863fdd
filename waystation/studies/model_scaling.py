"""How does what intermediate training gives change with the size of the model?

The gain over `none` of every recipe that two sizes have, mean over the tasks that both have, and
its slope for every doubling of the layers' parameters. A task where the largest model scores above
90 % without intermediate training leaves little room: it is named, and in the mean all the same.
"""

from collections.abc import Sequence
from math import log2

from waystation.grid.names import CONTROLS
from waystation.params.schema import Settings
from waystation.report.tables import layer_parameters
from waystation.studies.answers import (
    ABOVE,
    BELOW,
    EQUAL,
    UNDETERMINED,
    YES,
    Answer,
    Compared,
    Finding,
    Needs,
    Study,
    judged,
    one_seed,
)
from waystation.studies.evidence import Evidence
from waystation.studies.means import Grid, slope

MARGIN = 1.0  # points for every doubling of the layers' parameters
CEILING = 90.0  # percent


def answer(evidence: Evidence) -> Answer:
    grid = evidence.grid
    models = by_size(grid.suite)
    changes = [change(grid, models, recipe, own) for recipe, own in recipes(grid, models).items()]
    findings = judged([one for one in changes if one], MARGIN)
    if not findings:
        said = "No recipe has run at two sizes."
        return Answer(UNDETERMINED, said)
    verdicts = {one.verdict for one in findings}
    verdict = YES if verdicts & {ABOVE, BELOW} else EQUAL if verdicts == {EQUAL} else UNDETERMINED
    said = sentence(findings, verdict)
    return Answer(verdict, said, findings, limits(grid, models))


def needs(suite: Settings) -> Needs:
    return Needs(tuple(suite.models), suite.recipes)


def by_size(suite: Settings) -> dict[str, float]:
    """{model: doublings of the layers' parameters}, the smallest first."""
    sizes = {name: log2(layer_parameters(model)) for name, model in suite.models.items()}
    return dict(sorted(sizes.items(), key=lambda item: item[1]))


def recipes(grid: Grid, models: dict[str, float]) -> dict[str, list[str]]:
    """{recipe: its models, the smallest first} of those that two sizes have; no controls."""
    without = {*CONTROLS, grid.suite.report.baseline}
    run = {(model, recipe) for model, recipe, _ in grid.scores}
    having = {
        recipe: [model for model in models if (model, recipe) in run]
        for recipe in grid.suite.all_recipes
        if recipe not in without
    }
    return {
        recipe: own for recipe, own in having.items() if len({models[name] for name in own}) > 1
    }


def change(grid: Grid, models: dict[str, float], recipe: str, own: list[str]) -> Compared | None:
    """The slope of a recipe's mean gain over the tasks that all of its sizes have."""
    shared = grid.shared([(model, recipe) for model in own])
    gains = [grid.mean_gain(model, recipe, shared) for model in own]
    there = [gain for gain in gains if gain is not None]
    if not there:
        return None
    return Compared(
        what=f"gain of {recipe} for every doubling, mean over {len(shared)} tasks",
        difference=slope(there, [models[model] for model in own]),
        n=grid.n(own[0], shared),
        cells=tuple(f"{model}/{recipe}" for model in own),
    )


def sentence(findings: Sequence[Finding], verdict: str) -> str:
    """What the slopes say together."""
    rising = [one for one in findings if one.verdict == ABOVE]
    falling = [one for one in findings if one.verdict == BELOW]
    if verdict == YES:
        parts = [f"grows with size in {len(rising)}"] * bool(rising)
        parts += [f"shrinks with size in {len(falling)}"] * bool(falling)
        return f"The gain {' and '.join(parts)} of {len(findings)} recipes."
    if verdict == EQUAL:
        return f"A doubling changes the gain of no recipe by {MARGIN:g} point or more."
    if one_seed(findings):
        return f"One fine-tuning seed gives no verdict on {len(findings)} recipes."
    least = min(one.smallest_effect for one in findings)
    return (
        f"No change of the gain with size is shown in {len(findings)} recipes; the best of them "
        f"would have shown one of {least:.1f} points for every doubling."
    )


def limits(grid: Grid, models: dict[str, float]) -> tuple[str, ...]:
    """Sizes, seeds of pretraining, and tasks with little room."""
    largest, baseline = list(models)[-1], grid.suite.report.baseline
    scored = {label: grid.zero_shot(largest, baseline, label) for label in grid.labels()}
    full = [label for label, result in scored.items() if result and result.score > CEILING]
    said = [f"{len(models)} sizes, one pretrained model each: no interval covers pretraining"]
    if full:
        said.append(
            f"{largest} leaves little room ({baseline} above {CEILING:g} %): {', '.join(full)}"
        )
    return tuple(said)


STUDY = Study(
    "model_scaling",
    "Does the gain of intermediate training change with the size of the model?",
    needs,
    answer,
    figure="size",
)
