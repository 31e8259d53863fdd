"""The result tables that a run prints at its end, at most 110 columns wide."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from waystation.grid.cells import all_cells
from waystation.grid.names import CONTROLS
from waystation.params.schema import Settings
from waystation.report.encoders.encoder_measures import PRINTED, PROTOCOL_MEASURES, Measure, shown
from waystation.report.encoders.encoder_tables import protocol_means
from waystation.report.intervals import holm
from waystation.report.learned import DAGGER, legend, row_names
from waystation.report.records import (
    Average,
    CellTask,
    IntermediateScore,
    LanguageScore,
    LayerMean,
    PublishedScore,
    Tables,
    TaskScore,
    by_cell,
    in_english,
    number,
    p_values,
)
from waystation.report.second_scores import SECOND_SCORES, SecondScore
from waystation.xtreme.benchmarks import BENCHMARKS, OVERALL

WIDTH = 110  # characters of a line

NOT_RUN = "not run"
LISTED = 3  # recipes by name of which nothing has run
NO_GAIN = " " * 7  # as wide as a gain and its mark

Rows = list[tuple[str, list[str]]]  # the rows of a model: (name, a text per column)

MARKED = "* p < 0.05 over rows and seeds, Holm-corrected over the table's {} gains"
UNMARKED = (
    "with one seed an interval runs over rows alone, and no gain is marked: another seed moves\n"
    "single scores by points"
)
INTERMEDIATE_NOTE = (
    "English development scores after each phase, percent, 95 % intervals over rows; majority: "
    "the training rows' commonest label; steps: of the task; alone: those that it takes alone"
)
NOTE = (
    "all: margin retrieval into English; F1: of mined pairs; unshared: the same over tokens that\n"
    "do not occur on both sides; CKA: similarity to the English vectors, 0 to 1; kept: to the\n"
    "pretrained encoder's; identity: languages that a probe tells apart"
)


def score_table(tables: Tables, suite: Settings) -> str:
    """Scores of every model, recipe and task, a table a type of task; and of the encoders."""
    seeds = sorted({row.seeds for row in tables.scores if row.seeds is not None})
    baseline = suite.report.baseline
    lines = [
        "",
        f"{suite.suite}: zero-shot mean over languages, percent, and gain over {baseline}, "
        f"points; fine-tuning seeds: {', '.join(map(str, seeds)) or 'none has run'}",
        *([UNMARKED] if seeds[:1] == [1] else []),
    ]
    for heading, tasks in by_type(tables).items():
        lines += ["", *task_table(heading, tasks, tables, suite)]
    lines += wrapped(legend(tables.intermediate, all_cells(suite)))
    lines += intermediate_table(tables.intermediate)
    lines += encoder_table(tables, suite)
    lines += retrieval_tables(tables.retrieval, suite)
    return "\n".join(lines)


def by_type(tables: Tables) -> dict[str, list[str]]:
    """{type of task: labels}; a target of which nothing has run has no type."""
    types = {row.task: row.type.replace("_", " ") for row in tables.gains}
    labels: dict[str, list[str]] = {}
    for task in dict.fromkeys(row.task for row in tables.scores):
        labels.setdefault(types.get(task, "tasks"), []).append(task)
    return labels


@dataclass(frozen=True)
class Column:
    """A column of a table of tasks: the main score of a task, or a second one."""

    task: str
    second: SecondScore | None = None

    @property
    def title(self) -> str:
        return f"{self.task} {self.second.short}" if self.second else self.task

    def english(self, row: LanguageScore | None) -> str:
        if self.second:
            return second_text(row, self.second)
        return self.without_gain(row.score.value if row and row.score else None)

    def without_gain(self, value: float | None) -> str:
        """The number in the column of scores; second scores have no column of gains."""
        return number(value) + ("" if self.second else NO_GAIN)

    def zero_shot(
        self, row: TaskScore | None, ran: bool, significant: set[CellTask], baseline: str
    ) -> str:
        """A dash where the task has run and no language is left that it was not fine-tuned on."""
        if row is None:
            return self.without_gain(None) if ran else NOT_RUN
        if self.second:
            return second_text(row, self.second)
        return score_text(row, (row.model, row.recipe, row.task) in significant, baseline)


def task_columns(tasks: list[str], gains: list[TaskScore]) -> list[Column]:
    """The main scores of some tasks, then those second scores that differ from them anywhere."""
    columns = [Column(task) for task in tasks]
    for second in SECOND_SCORES:
        scored = [row for row in gains if second.column in row.second and not second.is_column]
        having = {r.task for r in scored if second_text(r, second) != number(r.zero_shot.value)}
        columns += [Column(task, second) for task in tasks if task in having]
    return columns


def task_table(heading: str, tasks: list[str], tables: Tables, suite: Settings) -> list[str]:
    """The recipes' scores and gains, below chance and the baseline's English scores."""
    gains, english = by_cell(tables.gains), in_english(tables.scores)
    baseline = suite.report.baseline
    chance = {row.task: row.chance_percent for row in tables.gains}
    columns = task_columns(tasks, tables.gains)
    tested = p_values(
        row for row in tables.gains if row.task in tasks and shows_gain(row, baseline)
    )
    significant, names = holm(tested), row_names(tables.intermediate, suite)
    models: dict[str, Rows] = {
        "": [("chance", [column.without_gain(chance.get(column.task)) for column in columns])]
    }
    for model, recipe in all_cells(suite):
        cells = [(model, recipe, column.task) for column in columns]
        if model not in models:
            texts = [
                column.english(english.get((model, baseline, column.task))) for column in columns
            ]
            models[model] = [(f"{baseline}, in English", texts)]
        texts = [
            column.zero_shot(gains.get(cell), cell in english, significant, baseline)
            for column, cell in zip(columns, cells, strict=True)
        ]
        models[model].append((names[model, recipe], texts))
    models = {model: folded(rows) for model, rows in models.items()}
    lines = table(heading, [column.title for column in columns], models)
    lines += [MARKED.format(len(tested))] if tested else []
    having = [row.second for row in tables.gains if row.task in tasks]
    seconds = [second for second in SECOND_SCORES if any(second.column in own for own in having)]
    return lines + [second.note for second in seconds if second.note]


def folded(rows: Rows) -> Rows:
    """Recipes of which nothing has run, in one row at the end."""
    ran = [(name, texts) for name, texts in rows if {*texts} != {NOT_RUN}]
    left = len(rows) - len(ran)
    return [*ran, (f"{left} more recipes", [NOT_RUN] * len(rows[0][1]))] if left > LISTED else rows


def shows_gain(row: TaskScore, baseline: str) -> bool:
    """Whether a recipe's gain is printed; a control has none."""
    return row.gain is not None and row.recipe not in (baseline, *CONTROLS)


def score_text(row: TaskScore, is_significant: bool, baseline: str) -> str:
    """A score with its gain and perhaps its mark."""
    score = number(row.zero_shot.value)
    if row.gain is None or not shows_gain(row, baseline):
        return score + NO_GAIN
    return f"{score} {row.gain.value:+5.1f}{'*' if is_significant else ' '}"


def intermediate_table(rows: list[IntermediateScore]) -> list[str]:
    """What every phase of every recipe taught, beside the levels of its tasks."""
    if not rows:
        return []
    models: dict[str, Rows] = {}
    for row in rows:
        name = f"{row.recipe}{DAGGER if row.learned == 'no' else ''}"
        texts = [row.task, str(row.english), number(row.chance_percent)]
        texts += [number(row.majority_percent), f"{row.n}", f"{row.steps:,}"]
        texts.append(f"{row.steps_alone:,}")
        models.setdefault(row.model, []).append((name, texts))
    columns = ["task", "English", "chance", "majority", "rows", "steps", "alone"]
    lines = table("intermediate tasks, development", columns, models)
    return ["", *lines, *wrapped(INTERMEDIATE_NOTE)]


def wrapped(text: str) -> list[str]:
    """Lines of a text within the width."""
    return textwrap.wrap(text, WIDTH)


def second_text(row: TaskScore | LanguageScore | None, second: SecondScore) -> str:
    estimate = row.second.get(second.column) if row else None
    return number(estimate.value if estimate else None)


def encoder_table(tables: Tables, suite: Settings) -> list[str]:
    """The encoders' own measures at the protocol's layer; no lines where there are none."""
    columns: dict[str, dict] = {}
    for measure in shown(PRINTED):
        columns |= measure_columns(tables, measure)
    if not columns:
        return []
    chance: Rows = [("chance", [column["chance"] for column in columns.values()])]
    texts = lambda *cell: [column.get(cell, NOT_RUN) for column in columns.values()]
    models = {"": chance} | {m: folded(rows) for m, rows in by_model(suite, texts).items()}
    return ["", *table("encoders, protocol's layer", list(columns), models), NOTE]


def measure_columns(tables: Tables, measure: Measure) -> dict[str, dict]:
    """A measure's columns, one a task: means by cell, and chance."""
    rows = getattr(tables, measure.table)
    columns: dict[str, dict] = {}
    chances = protocol_means(rows, "chance_percent") if measure.unit == "percent" else {}
    for (model, recipe, task), value in protocol_means(rows, measure.column).items():
        column = columns.setdefault(measure.short.format(task), {})
        column[model, recipe] = number(value, measure.digits)
        column["chance"] = number(chances.get((model, recipe, task)))
    return columns


def retrieval_tables(rows: list[LayerMean], suite: Settings) -> list[str]:
    """A table a task: XTREME's measure at the layers that count, for both ways of pooling."""
    lines: list[str] = []
    for task in dict.fromkeys(row.task for row in rows):
        lines += ["", *retrieval_table([row for row in rows if row.task == task], suite)]
    if lines:
        lines.append(
            "protocol: at the original protocol's layer; (): pooled without special tokens"
        )
    for codes in dict.fromkeys(row.development_languages for row in rows if row.scored == "others"):
        lines.append(f"chosen: at the layer that is best on {codes}; others: all but these")
    return lines


def retrieval_table(rows: list[LayerMean], suite: Settings) -> list[str]:
    """The table of one task."""
    columns = {
        ("protocol", "all"): "protocol",
        ("protocol", "others"): "protocol, others",
        ("development", "others"): "chosen, others",
    }
    labels = {measure.column: measure.label for measure in PROTOCOL_MEASURES}
    scores: dict[tuple[str, ...], list[str]] = {}
    for row in rows:  # over all tokens first
        key = (row.model, row.recipe, row.layer_by, row.scored)
        scores.setdefault(key, []).append(number(row.score_percent))

    def texts(model: str, recipe: str) -> list[str]:
        poolings = [scores.get((model, recipe, *column)) for column in columns]
        return ["-" if texts is None else "{} ({})".format(*texts) for texts in poolings]

    heading = f"{rows[0].task}, {labels[rows[0].measure]}"
    return table(heading, list(columns.values()), by_model(suite, texts))


def overall_tables(rows: list[Average], suite: Settings) -> str:
    """A table for each benchmark of which a group of tasks is complete."""
    lines: list[str] = []
    for name in dict.fromkeys(row.benchmark for row in rows):
        same = [row for row in rows if row.benchmark == name]
        complete = {row.tasks for row in same}
        columns = [group for group in (*BENCHMARKS[name].groups, OVERALL) if group in complete]
        scores = {(row.model, row.recipe, row.tasks): number(row.score.value) for row in same}
        if columns:
            models = averages_by_model(scores, columns, suite)
            lines += ["", *table(f"averages of {name}, with English", columns, models)]
    return "\n".join(lines)


def averages_by_model(
    scores: dict[tuple[str, str, str], str], columns: list[str], suite: Settings
) -> dict[str, Rows]:
    texts = lambda *cell: [scores.get((*cell, column), "-") for column in columns]
    return by_model(suite, texts)


def reference_table(rows: list[PublishedScore]) -> str:
    """The published scores and ours; empty without any."""
    if not rows:
        return ""
    references: dict[str, Rows] = {}
    for row in rows:
        texts = [number(row.published_percent), number(row.ours_percent)]
        texts.append("-" if row.difference is None else f"{row.difference:+.1f}")
        heading = f"{row.model}, {row.recipe}: {row.source}"
        references.setdefault(heading, []).append((f"{row.task}, {row.measure}", texts))
    columns = ["published", "ours", "difference"]
    lines = table("means over languages, English included", columns, references)
    return "\n".join(["", *lines, ""])


def by_model(suite: Settings, texts: Callable[[str, str], list[str] | None]) -> dict[str, Rows]:
    """A row for each cell of the grid that has texts, by model."""
    models: dict[str, Rows] = {}
    for model, recipe in all_cells(suite):
        row = texts(model, recipe)
        if row is not None:
            models.setdefault(model, []).append((recipe, row))
    return models


def table(heading: str, columns: list[str], models: dict[str, Rows]) -> list[str]:
    """Lines with a heading per model; columns beyond the width form another table below."""
    every = [row for rows in models.values() for row in rows]
    first = max([len(heading), *(len(name) + 2 for name, _ in every)])
    widths = [
        2 + max(len(column), *(len(texts[index]) for _, texts in every))
        for index, column in enumerate(columns)
    ]
    lines: list[str] = []
    for beside in side_by_side(widths, WIDTH - first):
        lines += [""] * bool(lines)
        lines.append(heading.ljust(first) + padded(columns, beside, widths))
        for model, rows in models.items():
            lines += [model] * bool(model)
            for name, texts in rows:
                line = f"  {name}".ljust(first) + padded(texts, beside, widths)
                lines.append(line.rstrip())
    return lines


def padded(texts: list[str], beside: list[int], widths: list[int]) -> str:
    return "".join(texts[index].rjust(widths[index]) for index in beside)


def side_by_side(widths: list[int], room: int) -> list[list[int]]:
    """Indices of columns, in lists of as many as the room holds, at least one each."""
    lists: list[list[int]] = [[]]
    for index, width in enumerate(widths):
        if lists[-1] and sum(widths[before] for before in lists[-1]) + width > room:
            lists.append([])
        lists[-1].append(index)
    return lists
