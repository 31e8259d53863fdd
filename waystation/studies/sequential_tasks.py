"""What does a longer sequence of intermediate tasks do?

Of every model and order: the slope of the mean zero-shot score over the number of tasks, from none
to the longest sequence that has run, mean over the tasks that all lengths have. Beside the trend
stand the same tasks trained at once, or each alone and then merged, less the sequence; and what the
last encoder forgot of earlier tasks, by their own heads on English development rows.
"""

from collections.abc import Sequence
from itertools import product

from waystation.grid.recipe_names import parse
from waystation.params.schema import Settings
from waystation.report.scores import mean
from waystation.report.tables import AT_ONCE, recipe_of_length, tasks_of
from waystation.studies.answers import (
    ABOVE,
    BELOW,
    EQUAL,
    POWER,
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

MARGIN = 0.25  # points a task
AT_ONCE_MARGIN = 1.0  # points
FEWEST = 3  # lengths of a trend, none among them


def needs(suite: Settings) -> Needs:
    """Every order in all of its lengths, and the tasks together."""
    recipes = [
        recipe
        for recipe in suite.all_recipes
        if parse(recipe).kind in ("control", "sequential", *AT_ONCE)
        or any(recipe == tasks[0] for tasks in suite.orders.values())
    ]
    return Needs(tuple(suite.models), tuple(recipes), encoders=True)


def answer(evidence: Evidence) -> Answer:
    grid = evidence.grid
    trends = [one for model in grid.suite.models for one in trends_of(grid, model)]
    findings = judged(trends, MARGIN)
    if not findings:
        said = f"No order has run in {FEWEST} lengths."
        return Answer(UNDETERMINED, said)
    verdicts = {one.verdict for one in findings}
    verdict = YES if verdicts & {ABOVE, BELOW} else EQUAL if verdicts == {EQUAL} else UNDETERMINED
    limits = ["one run of each sequence: no interval covers intermediate training"]
    for model in grid.suite.models:
        if unlearned := evidence.not_learned(model):
            limits.append(f"{model}: not all tasks were learned in {', '.join(unlearned)}")
    said = sentence(findings, verdict)
    models = grid.suite.models
    instead = [one for model in models for one in at_once(grid, model)]
    lost = [one for model in models for one in forgotten(evidence, model)]
    return Answer(verdict, said, (*findings, *judged(instead, AT_ONCE_MARGIN), *lost), (*limits,))


def trends_of(grid: Grid, model: str) -> list[Compared]:
    """The slope of each order that the model has in enough lengths."""
    found = []
    for order, tasks in grid.suite.orders.items():
        lengths = lengths_of(grid, model, order, tasks)
        labels = grid.shared([(model, recipe) for recipe in lengths.values()])
        if len(lengths) < FEWEST or not labels:
            continue
        means = [
            mean([score for label in labels if (score := grid.zero_shot(model, recipe, label))])
            for recipe in lengths.values()
        ]
        found.append(
            Compared(
                what=f"{model}, {order}: each task from {min(lengths)} to {max(lengths)}, "
                f"mean over {len(labels)} tests",
                difference=slope(means, list(lengths)),
                n=grid.n(model, labels),
                cells=tuple(f"{model}/{recipe}" for recipe in lengths.values()),
            )
        )
    return found


def at_once(grid: Grid, model: str) -> list[Compared]:
    """Recipes that take a sequence's tasks in no order, less the sequence, in mean gain."""
    run = dict.fromkeys(recipe for own, recipe, _ in grid.scores if own == model)
    without = [recipe for recipe in run if parse(recipe).kind in AT_ONCE]
    ordered = [recipe for recipe in run if parse(recipe).kind == "sequential"]
    found = []
    for recipe, sequence in product(without, ordered):
        labels = grid.shared([(model, recipe), (model, sequence)])
        gains = [grid.mean_gain(model, one, labels) for one in (recipe, sequence)]
        same = tasks_of(recipe, grid.suite) == tasks_of(sequence, grid.suite)
        if same and labels and gains[0] and gains[1]:
            what = f"{model}: {recipe} less {sequence}, mean over {len(labels)} tests"
            cells = (f"{model}/{recipe}", f"{model}/{sequence}")
            found.append(Compared(what, gains[0] - gains[1], grid.n(model, labels), cells))
    return found


def forgotten(evidence: Evidence, model: str) -> list[Finding]:
    """What the last encoder of each recipe lost of tasks that it was trained on before."""
    return [
        Finding(
            what=f"{model}, {row.recipe}: English {row.task} ({row.metric}) since its own training",
            unit="points",
            estimate=row.change,
            n=row.n,
            seeds=1,
            smallest_effect=POWER * (row.change.high - row.change.value),
            verdict=None,
            cells=(f"{model}/{row.recipe}",),
        )
        for row in evidence.tables.intermediate
        if row.model == model and row.change
    ]


def lengths_of(grid: Grid, model: str, order: str, tasks: tuple[str, ...]) -> dict[int, str]:
    """{number of tasks: recipe} of those that have run; no task is the baseline."""
    run = {recipe for own, recipe, _ in grid.scores if own == model}
    if not any(parse(recipe).name == order for recipe in run):
        return {}
    named = {
        length: recipe_of_length(order, tasks, length, run, grid.suite.report.baseline)
        for length in range(len(tasks) + 1)
    }
    return {length: recipe for length, recipe in named.items() if recipe in run}


def sentence(findings: Sequence[Finding], verdict: str) -> str:
    """What the trends say together."""
    told = "; ".join(f"{one.what}: {one.estimate.signed()} points" for one in findings)
    if verdict == EQUAL:
        return f"Another task changes the score by less than {MARGIN:g} points: {told}."
    if one_seed(findings):
        return f"One fine-tuning seed gives no verdict; {told}."
    if verdict == UNDETERMINED:
        return f"No trend is shown: {told}."
    rising = sum(one.verdict == ABOVE for one in findings)
    falling = sum(one.verdict == BELOW for one in findings)
    parts = [f"rises in {rising}"] * bool(rising) + [f"falls in {falling}"] * bool(falling)
    return f"The score {' and '.join(parts)} of {len(findings)} orders: {told}."


STUDY = Study(
    "sequential_tasks",
    "Does another task in the sequence change the zero-shot score?",
    needs,
    answer,
    figure="sequence",
)
