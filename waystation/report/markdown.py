"""The result tables of a suite in Markdown, from its CSV tables alone.

`report` writes them to `plots/<suite>/results.md`.
"""

from waystation import tasks
from waystation.grid.recipe_names import parse
from waystation.languages import ENGLISH
from waystation.report.encoders.encoder_markdown import retention, retrieval
from waystation.report.intervals import holm
from waystation.report.learned import dagger, has_learned, legend, steps_a_task
from waystation.report.markdown_parts import (
    block,
    counted,
    interval,
    mean,
    named,
    second_text,
    signed,
)
from waystation.report.records import (
    MEAN,
    NONE,
    RANDOM,
    CellTask,
    Estimate,
    Tables,
    TaskScore,
    by_cell,
    in_english,
    number,
    overs,
    p_values,
)
from waystation.report.second_scores import SECOND_SCORES
from waystation.report.tables import AT_ONCE

WIDEST = 12  # languages beside one another

WEIGHTS = {
    "chosen_percent": "chosen",
    "last_percent": "last kept",
    "snapshots_percent": "snapshots' mean",
    "seeds_percent": "seeds' mean",
    "oracle_percent": "oracle",
}

ModelTask = tuple[str, str]


def markdown(tables: Tables) -> str:
    """All result tables that have rows."""
    blocks = [scores(tables), languages(tables), gains(tables), intermediate(tables)]
    shown = {NONE, RANDOM, *several(tables), *closest(tables.gains).values()}
    blocks += [retrieval(tables, shown), retention(tables), weights(tables)]
    return "\n".join(text for text in blocks if text)


def scores(tables: Tables) -> str:
    """Scores without intermediate training: a row a task and model."""
    rows: list[list[str]] = []
    p_of_each = {key: estimate.p_value for key, estimate in shown_differences(tables).items()}
    tested, bold = sum(p is not None for p in p_of_each.values()), holm(p_of_each)
    for model, task in by_task(tables.gains):
        rows += [score_row(tables, bold, model, task), *second_rows(tables, model, task)]
    head = ["task", "model", "n", "chance", "`random`", "`none`, in English", "`none`", "oracle"]
    head += [f"`none`, {second.label}" for second in SECOND_SCORES if second.is_column]
    head += ["`none` less `random`", "larger less smaller model"]
    heading = (
        "Zero-shot means over languages in percent, without intermediate training, and paired "
        f"differences in points; 95 % intervals over {overs(row.seeds for row in tables.gains)}. "
        f"{legend_of_bold(tested, 'differences')} "
        "n: test examples of a language x fine-tuning seeds. "
        "Oracle: `none` with the other languages' development rows choosing a run's checkpoint, "
        "not English ones."
    )
    legends = [second.legend for second in SECOND_SCORES if second.legend]
    return block(" ".join([heading, *legends]), head, rows)


def shown_differences(tables: Tables) -> dict[CellTask, Estimate]:
    """The paired differences of the first table, by model, what it is compared with, and task."""
    pretrained = {
        (row.model, RANDOM, row.task): row.difference
        for row in tables.pretraining
        if row.language == MEAN
    }
    larger = {
        (row.model, row.smaller_model or "", row.task): row.difference
        for row in tables.sizes
        if row.recipe == NONE
    }
    return pretrained | larger


def legend_of_bold(number_of_tests: int, what: str) -> str:
    """What bold means in a table with so many p-values."""
    if not number_of_tests:
        return "Nothing is bold: a mark takes a p-value over several seeds."
    return f"Bold: p < 0.05, Holm-corrected over the table's {number_of_tests} {what}."


def score_row(tables: Tables, bold: set[CellTask], model: str, task: str) -> list[str]:
    """One task's scores of a model without intermediate training."""
    means, english = by_cell(tables.gains), in_english(tables.scores).get((model, NONE, task))
    plain, random = means.get((model, NONE, task)), means.get((model, RANDOM, task))
    differences = shown_differences(tables)
    smaller = [
        f"`{other}` {signed(difference, (model, other, task) in bold)}"
        for (larger, other, of_task), difference in differences.items()
        if (larger, of_task) == (model, task) and other != RANDOM
    ]
    key = model, RANDOM, task
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
        signed(differences.get(key), key in bold),
        "<br>".join(smaller) or "-",
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
        f"Scores by language, nearest to English first, percent, 95 % intervals over "
        f"{overs(row.seeds for row in tables.gains)}: `{NONE}`, and "
        f"in round brackets `{RANDOM}`, the same model without pretraining."
    )
    return block(heading, ["task", "model", *codes], rows)


def gains(tables: Tables) -> str:
    """Gains over the baseline, a row a task and model, of the closest recipe and of several."""
    cells, learned = by_cell(tables.gains), has_learned(tables.intermediate)
    nearest, wider, rows = closest(tables.gains), several(tables), []
    pairs = by_task(tables.gains)
    shown = {(model, recipe, task) for model, task in pairs for recipe in wider}
    shown |= {(model, recipe, task) for (model, task), recipe in nearest.items()}
    shown &= {cell for cell, row in cells.items() if row.gain}
    tested = p_values(cells[cell] for cell in shown)
    bold = holm(tested)

    def text(*cell: str) -> str:
        gain = cells[cell].gain if cell in shown else None
        return signed(gain, cell in bold) + (dagger(learned, *cell[:2]) if gain else "")

    for model, task in pairs:
        recipe = nearest.get((model, task))
        related_text = f"`{recipe}` {text(model, recipe, task)}" if recipe else "-"
        row = [f"`{task}`", f"`{model}`", related_text]
        rows.append(row + [text(model, recipe, task) for recipe in wider])
    if not any(cell != "-" for row in rows for cell in row[2:]):
        return ""
    steps = steps_a_task(tables.intermediate)
    head = ["task", "model", "task of its kind"]
    head += [f"`{recipe}`{f', {steps[recipe]}' if recipe in steps else ''}" for recipe in wider]
    heading = [
        f"Gains over `{NONE}` in points: paired differences with 95 % intervals over "
        f"{overs(cells[cell].seeds for cell in shown)}.",
        legend_of_bold(len(tested), "gains"),
        "The task of its kind is the target itself or else the first of its type.",
        legend(tables.intermediate, {(model, recipe) for model, recipe, _ in shown}),
    ]
    return block(" ".join(filter(None, heading)), head, rows)


def intermediate(tables: Tables) -> str:
    """What every phase of every recipe taught, beside the levels of its tasks."""
    rows = []
    for row in tables.intermediate:
        names = [f"`{row.model}`", f"`{row.recipe}`", f"{row.phase}", f"`{row.task}`, {row.metric}"]
        levels = [number(row.chance_percent), number(row.majority_percent)]
        rows.append([*names, f"{row.n}", *levels, str(row.english), row.learned])
        rows[-1] += [f"{row.steps:,}", f"{row.steps_alone:,}", signed(row.change, False)]
    head = ["model", "recipe", "phase", "task", "n", "chance", "majority", "English"]
    head += ["learned", "steps", "alone", "change"]
    heading = (
        "English development scores after each phase of intermediate training, percent, with 95 % "
        "intervals over rows. Majority: the score of the training rows' commonest label. Learned: "
        "the interval lies above chance and majority, or above 0 where a task has neither. "
        "Steps: those that trained the task; alone: those that the task takes by itself. Change: "
        "points since the phase, by the same head on the recipe's last encoder, paired by row."
    )
    return block(heading, head, rows)


def weights(tables: Tables) -> str:
    """Which weights of a run count: a row a task, and the mean over a cell's tasks."""
    rows = []
    for model, recipe in dict.fromkeys((row.model, row.recipe) for row in tables.weights):
        own = [row for row in tables.weights if (row.model, row.recipe) == (model, recipe)]
        scores = {f"`{row.task}`": [getattr(row, name) for name in WEIGHTS] for row in own}
        columns = zip(*scores.values(), strict=True)
        scores["mean"] = [None if None in column else mean([*column]) for column in columns]
        seeds = own[0].seeds
        rows += [
            [f"`{model}`", f"`{recipe}`", task, f"{seeds}", *map(number, values)]
            for task, values in scores.items()
        ]
    heading = (
        "Zero-shot means in percent by the weights that count, chosen by English development rows, "
        "and by others: the last kept snapshot, the mean of a run's snapshots, the mean of the "
        "seeds' models (whose heads are new in every seed), and the oracle's choice. -: the same "
        "as the chosen one, or not all tasks have it. No intervals: told, not tested."
    )
    return block(heading, ["model", "recipe", "task", "seeds", *WEIGHTS.values()], rows)


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
    at_once = [recipe for recipe in recipes if parse(recipe).kind in AT_ONCE]
    longest: dict[str, tuple[int, str]] = {}
    for row in tables.sequence:
        if row.order == row.recipe:  # in no order
            continue
        longest[row.order] = max(longest.get(row.order, (1, "")), (row.length, row.recipe))
    return at_once + [recipe for _, recipe in longest.values() if recipe]
