"""The rows of the report's tables, as records.

A field is a column of its name in the table's CSV file. An estimate is three columns, of a
difference four, which its annotation names. Scores are in percent, differences in points. A `task`
is the label of a column: `xnli`, `xnli+2`. `interval` says over what the intervals of a row run:
`rows` (test examples), or `rows and seeds`. `learned` says, by yes or no, whether all intermediate
tasks of a recipe were (`IntermediateScore`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from waystation.grid.names import CONTROLS
from waystation.languages import ENGLISH
from waystation.report.choice.choice_records import EnglishScore, PromisedGain, Weights
from waystation.report.intervals import Estimate
from waystation.report.speed.speeds import Cost, Measurement, ServerRate, SpeedRatio

PERCENT, POINTS = ("low_percent", "high_percent"), ("low", "high", "p_value")
NONE, RANDOM = CONTROLS
ROWS, ROWS_AND_SEEDS = "rows", "rows and seeds"
MEAN = "mean"  # stands in the column `language` for all (zero-shot) languages

CellTask = tuple[str, str, str]  # model, recipe, task


@dataclass(frozen=True, kw_only=True)
class LanguageScore:
    """One task of one cell in one language; a task that has not run has one row, without language.

    `status` is `run` or `not run`. `trained` says, by yes or no, whether the target was fine-tuned
    on the language. `second` holds the second scores by their column.
    """

    model: str
    recipe: str
    target: str
    task: str
    metric: str | None = None
    language: str | None = None
    trained: str | None = None
    score: Annotated[Estimate | None, "score_percent", *PERCENT] = None
    gain: Annotated[Estimate | None, "gain", *POINTS] = None
    n: int | None = None
    seeds: int | None = None
    interval: str | None = None
    learned: str | None = None
    chance_percent: float | None = None
    oracle_percent: float | None = None
    status: str = "run"
    second: dict[str, Estimate] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TaskScore:
    """One task of one cell: the zero-shot mean over languages, and its gain over the baseline.

    The target was not fine-tuned on the zero-shot languages. `other_languages` is the mean over
    all languages but English, whatever the target was fine-tuned on. `layer_parameters` is the
    model's size, `n` the number of test examples of a language.
    """

    model: str
    recipe: str
    target: str
    task: str
    type: str
    metric: str
    chance_percent: float | None = None
    layer_parameters: int
    zero_shot_languages: int
    n: int
    seeds: int
    interval: str | None = None
    learned: str | None = None
    zero_shot: Annotated[Estimate, "zero_shot_percent", *PERCENT]
    oracle_percent: float | None = None
    other_languages: Annotated[
        Estimate,
        "other_languages_percent",
        "other_languages_low_percent",
        "other_languages_high_percent",
    ]
    gain: Annotated[Estimate | None, "gain", *POINTS] = None
    second: dict[str, Estimate] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A paired difference between two cells: larger less smaller model, or `none` less `random`.

    The former has a `smaller_model` and a recipe. The latter has a `language`, or `mean`.
    """

    model: str
    smaller_model: str | None = None
    recipe: str | None = None
    target: str
    task: str
    language: str | None = None
    difference: Annotated[Estimate, "difference", *POINTS]
    n: int
    seeds: int
    interval: str | None = None


@dataclass(frozen=True, kw_only=True)
class SequenceStep:
    """A task's score after the first `length` tasks of an order, of which `added` is the last.

    Where the same tasks were trained in no order, `order` is the recipe, and `added` None.
    """

    model: str
    order: str
    length: int
    recipe: str
    target: str
    task: str
    chance_percent: float | None = None
    zero_shot: Annotated[Estimate, "zero_shot_percent", *PERCENT]
    gain: Annotated[Estimate | None, "gain", *POINTS] = None
    seeds: int | None = None
    interval: str | None = None
    learned: str | None = None
    added: str | None = None


@dataclass(frozen=True, kw_only=True)
class IntermediateScore:
    """The English development score of one task after one phase of a recipe.

    `majority_percent` is the score of the most frequent label of the training rows. `steps` are
    those that trained the task, `steps_alone` those that it takes alone. `learned` is yes where the
    interval lies above chance and majority, or above 0 where a task has neither. `change`: of the
    score since the phase ended, by the same head on the recipe's last encoder.
    """

    model: str
    recipe: str
    phase: int
    task: str
    metric: str
    english: Annotated[Estimate, "english_percent", *PERCENT]
    interval: str
    n: int
    chance_percent: float | None = None
    majority_percent: float | None = None
    learned: str
    steps: int
    steps_alone: int
    change: Annotated[Estimate | None, "change", *POINTS] = None


@dataclass(frozen=True, kw_only=True)
class LayerMeasures:
    """The measures of one layer of an encoder; `measured` has them by the names of `align`.

    The language probe has no task and no language.
    """

    model: str
    recipe: str
    protocol_layer: int
    task: str | None = None
    language: str | None = None
    layer: int
    measured: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LayerMean:
    """The mean of a measure over languages, at one layer of an encoder.

    `layer_by` says what chose the layer, `protocol` or `development`. The mean is over all
    languages, or over the `others` than those of development (`scored`).
    """

    model: str
    recipe: str
    task: str
    measure: str
    pooling: str
    development_languages: str | None = None
    layer_by: str
    layer: int
    scored: str
    languages: int
    score_percent: float
    low_percent: float | None = None
    high_percent: float | None = None
    interval: str | None = None
    n: int


@dataclass(frozen=True, kw_only=True)
class Retention:
    """What of an encoder's retrieval a recipe keeps at one layer, mean over languages.

    `relative_depth` is 1 at the last layer. `difference` and `retained` are paired by sentence:
    after less before, in points, and after over before, in percent.
    """

    model: str
    recipe: str
    task: str
    measure: str
    protocol_layer: int
    layer: int
    relative_depth: float
    score: Annotated[Estimate, "score_percent", *PERCENT]
    difference: Annotated[Estimate, "difference", "difference_low", "difference_high"]
    retained: Annotated[
        Estimate, "retained_percent", "retained_low_percent", "retained_high_percent"
    ]
    interval: str = ROWS
    n: int
    languages: int


@dataclass(frozen=True, kw_only=True)
class Average:
    """A benchmark's score of one cell; `tasks` names a task, a group of tasks, or all tasks.

    Retrieval has no seeds: it is the same in all of them.
    """

    benchmark: str
    model: str
    recipe: str
    tasks: str
    score: Annotated[Estimate, "score_percent", *PERCENT]
    gain: Annotated[Estimate | None, "gain", *POINTS] = None
    seeds: int | None = None
    interval: str | None = None
    learned: str | None = None


@dataclass(frozen=True, kw_only=True)
class PublishedScore:
    """A published score and ours, which is None where the cell lacks a language."""

    model: str
    recipe: str
    task: str
    measure: str
    published_percent: float
    ours_percent: float | None = None
    low_percent: float | None = None
    high_percent: float | None = None
    interval: str | None = None
    languages: int | None = None
    difference: float | None = None
    reference: str
    source: str


@dataclass(frozen=True)
class Tables:
    """All tables; a field's name is the name of its CSV file."""

    scores: list[LanguageScore] = field(default_factory=list)
    gains: list[TaskScore] = field(default_factory=list)
    sizes: list[Difference] = field(default_factory=list)
    pretraining: list[Difference] = field(default_factory=list)
    sequence: list[SequenceStep] = field(default_factory=list)
    intermediate: list[IntermediateScore] = field(default_factory=list)
    english: list[EnglishScore] = field(default_factory=list)
    weights: list[Weights] = field(default_factory=list)
    promises: list[PromisedGain] = field(default_factory=list)
    alignment: list[LayerMeasures] = field(default_factory=list)
    mining: list[LayerMeasures] = field(default_factory=list)
    identity: list[LayerMeasures] = field(default_factory=list)
    retrieval: list[LayerMean] = field(default_factory=list)
    retention: list[Retention] = field(default_factory=list)
    cost: list[Cost] = field(default_factory=list)
    speeds: list[SpeedRatio] = field(default_factory=list)
    servers: list[ServerRate] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    overall: list[Average] = field(default_factory=list)
    reference: list[PublishedScore] = field(default_factory=list)


def by_cell(rows: list[TaskScore]) -> dict[CellTask, TaskScore]:
    return {(row.model, row.recipe, row.task): row for row in rows}


def in_english(rows: list[LanguageScore]) -> dict[CellTask, LanguageScore]:
    """The English scores by cell and task."""
    return {(row.model, row.recipe, row.task): row for row in rows if row.language == ENGLISH}


def p_values(rows: Iterable[TaskScore]) -> dict[CellTask, float]:
    """The p-values of gains that rest on several seeds."""
    return {
        (row.model, row.recipe, row.task): row.gain.p_value
        for row in rows
        if row.gain and row.gain.p_value is not None
    }


def over(seeds: int) -> str:
    """What an interval of so many seeds runs over."""
    return ROWS_AND_SEEDS if seeds > 1 else ROWS


def overs(seeds: Iterable[int]) -> str:
    """What the intervals of a table run over."""
    names = {over(number) for number in seeds}
    if names == {ROWS, ROWS_AND_SEEDS}:
        return f"{ROWS_AND_SEEDS}, of one seed {ROWS} alone"
    return f"{ROWS} (one seed)" if names == {ROWS} else ROWS_AND_SEEDS


def number(value: float | None, digits: int = 1) -> str:
    """A number as text; a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"
