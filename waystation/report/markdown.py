"""The result tables of a suite in Markdown, from its CSV tables alone.

`report` writes them to `plots/<suite>/results.md`.
"""

from waystation import tasks
from waystation.grid.recipes import parse
from waystation.languages import ENGLISH
from waystation.report.encoder_measures import RESULTS, Measure, shown
from waystation.report.encoder_tables import accuracy_interval, at_protocol_layer
from waystation.report.records import (
    MEAN,
    NONE,
    RANDOM,
    Estimate,
    LanguageScore,
    Tables,
    TaskScore,
    by_cell,
    in_english,
    number,
)
from waystation.report.second_scores import SECOND_SCORES, SecondScore

WIDEST = 12  # languages beside one another

ModelTask = tuple[str, str]


def markdown(tables: Tables) -> str:
    """All result tables that have rows."""
    blocks = [scores(tables), languages(tables), gains(tables), retrieval(tables)]
    return "\n".join(text for text in blocks if text)


def scores(tables: Tables) -> str:
    """Scores without intermediate training: a row a task and model."""
    rows: list[list[str]] = []
    for model, task in by_task(tables.gains):
        rows += [score_row(tables, model, task), *second_rows(tables, model, task)]
    head = ["task", "model", "n", "chance", "`random`", "`none`, in English", "`none`", "oracle"]
    head += [f"`none`, {second.label}" for second in SECOND_SCORES if second.is_column]
    head += ["`none` less `random`", "larger less smaller model"]
    heading = (
        "Zero-shot means over languages in percent, without intermediate training, and paired "
        "differences in points; 95 % intervals over seeds and test examples, of differences bold "
        "where they exclude zero and rest on several seeds. "
        "n: test examples of a language x fine-tuning seeds. "
        "Oracle: `none` with the other languages' development rows choosing a run's checkpoint, "
        "not English ones."
    )
    legends = [second.legend for second in SECOND_SCORES if second.legend]
    return block(" ".join([heading, *legends]), head, rows)


def score_row(tables: Tables, model: str, task: str) -> list[str]:
    """One task's scores of a model without intermediate training."""
    means, english = by_cell(tables.gains), in_english(tables.scores).get((model, NONE, task))
    plain, random = means.get((model, NONE, task)), means.get((model, RANDOM, task))
    pretrained = [
        row.difference
        for row in tables.pretraining
        if (row.model, row.task, row.language) == (model, task, MEAN)
    ]
    return [
        named(task, plain),
        f"`{model}`",
        counted(plain),
        number(plain.chance_percent if plain else None),
        interval(random.zero_shot if random else None),
        interval(english.score if english else None),
        interval(plain.zero_shot if plain else None),
        number(plain.oracle_percent if plain else None),
        *[second_text(plain, second) for second in SECOND_SCORES if second.is_column],
        signed(pretrained[0] if pretrained else None, marked(tables)),
        sizes(tables, model, task),
    ]


def second_rows(tables: Tables, model: str, task: str) -> list[list[str]]:
    """The rows below a task's scores: one for each second score that has no column."""
    means, english = by_cell(tables.gains), in_english(tables.scores).get((model, NONE, task))
    plain, random = means.get((model, NONE, task)), means.get((model, RANDOM, task))
    dashes, rows = ["-"] * (3 + sum(second.is_column for second in SECOND_SCORES)), []
    for second in SECOND_SCORES:
        if plain and second.column in plain.second and not second.is_column:
            row = [f"{named(task, plain)}, {second.label}", f"`{model}`", counted(plain)]
            row += [number(plain.chance_percent)]
            row += [second_text(scored, second) for scored in (random, english, plain)]
            rows.append(row + dashes)
    return rows


def languages(tables: Tables) -> str:
    """Scores by language, without intermediate training and without pretraining.

    Empty where the languages are too many for a table.
    """
    run = {
        (row.model, row.recipe, row.task, row.language): row.score
        for row in tables.scores
        if row.language and row.score
    }
    cells: dict[ModelTask, dict[str, str]] = {}
    for (model, recipe, task, code), score in run.items():
        if recipe == NONE:
            random = run.get((model, RANDOM, task, code))
            text = f"{interval(score)} ({number(random.value if random else None)})"
            cells.setdefault((model, task), {})[code] = text
    codes = list(dict.fromkeys(code for texts in cells.values() for code in texts))
    codes.sort(key=lambda code: code != ENGLISH)
    if len(codes) > WIDEST:
        return ""
    rows = [
        [f"`{task}`", f"`{model}`", *(cells[model, task].get(code, "-") for code in codes)]
        for model, task in by_task(tables.gains)
        if (model, task) in cells
    ]
    heading = (
        f"Scores by language, nearest to English first, percent, 95 % intervals: `{NONE}`, and "
        f"in round brackets `{RANDOM}`, the same model without pretraining."
    )
    return block(heading, ["task", "model", *codes], rows)


def gains(tables: Tables) -> str:
    """Gains over the baseline, a row a task and model, of the closest recipe and of several."""
    points = {cell: row.gain for cell, row in by_cell(tables.gains).items()}
    nearest, wider, rows = closest(tables.gains), several(tables), []
    bold = marked(tables)
    for model, task in by_task(tables.gains):
        recipe = nearest.get((model, task))
        related_text = f"`{recipe}` {signed(points[model, recipe, task], bold)}" if recipe else "-"
        row = [f"`{task}`", f"`{model}`", related_text]
        rows.append(row + [signed(points.get((model, recipe, task)), bold) for recipe in wider])
    if not any(cell != "-" for row in rows for cell in row[2:]):
        return ""
    head = ["task", "model", "task of its kind", *(f"`{recipe}`" for recipe in wider)]
    heading = (
        f"Gains over `{NONE}` in points: paired differences with 95 % intervals, bold where they "
        "exclude zero and rest on several seeds. "
        "The task of its kind is the target itself or else the first of its type."
    )
    return block(heading, head, rows)


def retrieval(tables: Tables) -> str:
    """The encoders' own measures at the protocol's layer: means over languages, and their range."""
    columns: dict[str, dict[tuple[str, str], str]] = {}
    for measure in shown(RESULTS):
        columns |= measure_columns(tables, measure)
    cells = dict.fromkeys(cell for column in columns.values() for cell in column)
    recipes = {"", NONE, RANDOM, *several(tables), *closest(tables.gains).values()}
    rows = [
        [f"`{model}`" if recipe else model, f"`{recipe}`" if recipe else ""]
        + [column.get((model, recipe), "-") for column in columns.values()]
        for model, recipe in cells
        if recipe in recipes
    ]
    heading = (
        "The encoders of the recipes above at the protocol's layer, percent: margin retrieval of "
        "the English translation, with 95 % intervals over sentences, and mining; means over "
        "languages (lowest to highest language). n: pairs of a language."
    )
    return block(heading, ["model", "recipe", *columns], rows)


def measure_columns(tables: Tables, measure: Measure) -> dict[str, dict[tuple[str, str], str]]:
    """A measure's columns, one a task: texts by cell, and those of the rows `n` and `chance`."""
    rows = getattr(tables, measure.table)
    chances, counts = (
        at_protocol_layer(rows, "chance_percent"),
        at_protocol_layer(rows, measure.count),
    )
    columns: dict[str, dict[tuple[str, str], str]] = {}
    for cell_and_task, values in at_protocol_layer(rows, measure.column).items():
        model, recipe, task = cell_and_task
        chance, n = chances.get(cell_and_task), counts[cell_and_task]
        column = columns.setdefault(measure.label.format(f"`{task}`"), {})
        column["n", ""] = str(min(n))
        column["chance", ""] = number(mean(chance) if chance else None)
        reach = f"({min(values):.1f} to {max(values):.1f})"
        if measure.is_accuracy:
            low, high = accuracy_interval(values, n)
            reach = f"[{low:.1f}, {high:.1f}] {reach}"
        column[model, recipe] = f"{mean(values):.1f} {reach}"
    return columns


def by_task(rows: list[TaskScore]) -> list[ModelTask]:
    """All (model, task), sorted by task."""
    pairs = dict.fromkeys((row.model, row.task) for row in rows)
    names = dict.fromkeys(task for _, task in pairs)
    return [(model, task) for name in names for model, task in pairs if task == name]


def related(rows: list[TaskScore], model: str, task: str) -> str | None:
    """The recipe of a single task that is the target itself, or else the first of its type.

    None where the grid has no such recipe.
    """
    same = [row for row in rows if (row.model, row.task) == (model, task)]
    single = [row for row in same if parse(row.recipe).kind == "single"]
    recipes = [row.recipe for row in single if row.type == tasks.load(row.recipe).type]
    target = same[0].target
    return target if target in recipes else next(iter(recipes), None)


def closest(rows: list[TaskScore]) -> dict[ModelTask, str]:
    """The related recipes by model and task."""
    recipes = {(model, task): related(rows, model, task) for model, task in by_task(rows)}
    return {key: recipe for key, recipe in recipes.items() if recipe}


def several(tables: Tables) -> list[str]:
    """The recipes of several tasks: at once, and the longest sequence of each order."""
    recipes = dict.fromkeys(row.recipe for row in tables.gains)
    multitask = [recipe for recipe in recipes if parse(recipe).kind == "multitask"]
    longest: dict[str, tuple[int, str]] = {}
    for row in tables.sequence:
        longest[row.order] = max(longest.get(row.order, (1, "")), (row.length, row.recipe))
    return multitask + [recipe for _, recipe in longest.values() if recipe]


def sizes(tables: Tables, model: str, task: str) -> str:
    """The differences of `none` to all smaller models."""
    texts = [
        f"`{row.smaller_model}` {signed(row.difference, row.seeds > 1)}"
        for row in tables.sizes
        if (row.model, row.recipe, row.task) == (model, NONE, task)
    ]
    return "<br>".join(texts) or "-"


def block(heading: str, head: list[str], rows: list[list[str]]) -> str:
    """A paragraph and a table below it; empty without rows."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join([heading, "", *(f"| {' | '.join(line)} |" for line in lines), ""])


def named(task: str, row: TaskScore | None) -> str:
    """A task and its metric."""
    return f"`{task}`, {row.metric.replace('_', ' ')}" if row else f"`{task}`"


def counted(row: TaskScore | None) -> str:
    return f"{row.n} x {row.seeds}" if row else "-"


def second_text(row: TaskScore | LanguageScore | None, second: SecondScore) -> str:
    return interval(row.second.get(second.column) if row else None)


def interval(score: Estimate | None) -> str:
    return "-" if score is None else str(score)


def marked(tables: Tables) -> bool:
    """Whether differences rest on more than one seed; a mark on one seed would mislead."""
    return any(row.seeds > 1 for row in tables.gains)


def signed(difference: Estimate | None, bold: bool) -> str:
    """A difference with its interval, perhaps in bold where that excludes zero."""
    if difference is None:
        return "-"
    if bold and difference.excludes_zero:
        return f"**{difference.signed()}**"
    return difference.signed()


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
