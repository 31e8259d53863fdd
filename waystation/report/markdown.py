"""The result tables of a suite in Markdown, from its CSV tables and nothing else.

`report` writes them to `plots/<suite>/results.md`, from where they are pasted into the README; a
test compares the two.
"""

from waystation import tasks
from waystation.grid.recipes import parse
from waystation.languages import ENGLISH
from waystation.report.differences import MEAN, NONE, RANDOM
from waystation.report.encoder_measures import RESULTS, shown
from waystation.report.encoder_tables import accuracy_interval, by_cell
from waystation.report.second_scores import SECOND_SCORES

Tables = dict[str, list[dict]]

WIDEST = 12  # languages beside one another


def markdown(tables: Tables) -> str:
    """All result tables; of one of which nothing has run, nothing."""
    parts = [scores(tables), languages(tables), gains(tables), retrieval(tables)]
    return "\n".join(part for part in parts if part)


def scores(tables: Tables) -> str:
    """What the encoders do without intermediate training: a row a task and model."""
    means = {(r["model"], r["recipe"], r["task"]): r for r in tables["gains"]}
    english = {
        (r["model"], r["recipe"], r["task"]): r
        for r in tables["scores"]
        if r.get("language") == ENGLISH
    }
    pretrained = {
        (r["model"], r["task"]): r for r in tables["pretraining"] if r["language"] == MEAN
    }
    rows = []
    for model, task in by_task(tables["gains"]):
        plain = means.get((model, NONE, task))
        row = [told(task, plain), f"`{model}`", counted(plain), number(plain, "chance_percent")]
        row += [interval(means.get((model, RANDOM, task)), "zero_shot_percent")]
        row += [interval(english.get((model, NONE, task)), "score_percent")]
        row += [interval(plain, "zero_shot_percent"), number(plain, "oracle_percent")]
        row += [interval(plain, *second.columns) for second in SECOND_SCORES if second.is_column]
        row += [signed(pretrained.get((model, task)), "difference")]
        rows.append([*row, sizes(tables, model, task)])
        rows += second_rows(plain, means, english)
    head = ["task", "model", "n", "chance", "`random`", "`none`, in English", "`none`", "oracle"]
    head += [f"`none`, {second.label}" for second in SECOND_SCORES if second.is_column]
    head += ["`none` less `random`", "larger less smaller model"]
    heading = (
        "Zero-shot means over languages in percent, without intermediate training, and paired "
        "differences in points; 95 % intervals over seeds and test examples, of differences bold "
        "where they exclude zero. n: test examples of a language x fine-tuning seeds. "
        "Oracle: `none` with the other languages' development rows choosing a run's checkpoint, "
        "not English ones."
    )
    legends = [second.legend for second in SECOND_SCORES if second.legend]
    return block(" ".join([heading, *legends]), head, rows)


def second_rows(
    plain: dict | None, means: dict[tuple, dict], english: dict[tuple, dict]
) -> list[list[str]]:
    """What stands below a task's scores: a row for each second score without a column."""
    rows = []
    for second in SECOND_SCORES:
        if plain is None or second.is_column or second.columns[0] not in plain:
            continue
        model, task = plain["model"], plain["task"]
        scored = [means.get((model, RANDOM, task)), english.get((model, NONE, task)), plain]
        row = [f"{told(task, plain)}, {second.label}", f"`{model}`", counted(plain)]
        row += [number(plain, "chance_percent")]
        row += [interval(one, *second.columns) for one in scored]
        rows.append(row + ["-"] * (3 + sum(other.is_column for other in SECOND_SCORES)))
    return rows


def languages(tables: Tables) -> str:
    """Each language's score without intermediate training, and of the model without pretraining."""
    found: dict[tuple, dict[str, str]] = {}
    run = [row for row in tables["scores"] if row.get("status") == "run"]
    scored = {(r["model"], r["recipe"], r["task"], r["language"]): r for r in run}
    for model, recipe, task, code in scored:
        if recipe == NONE:
            plain = interval(scored[model, recipe, task, code], "score_percent")
            control = number(scored.get((model, RANDOM, task, code)), "score_percent")
            found.setdefault((model, task), {})[code] = f"{plain} ({control})"
    named = dict.fromkeys(code for cell in found.values() for code in cell)
    codes = sorted(named, key=lambda code: code != ENGLISH)
    if len(codes) > WIDEST:
        return ""
    rows = [
        [f"`{task}`", f"`{model}`", *(found[model, task].get(code, "-") for code in codes)]
        for model, task in by_task(tables["gains"])
        if (model, task) in found
    ]
    heading = (
        f"Scores by language, nearest to English first, percent, 95 % intervals: `{NONE}`, and "
        f"in round brackets `{RANDOM}`, the same model without pretraining."
    )
    return block(heading, ["task", "model", *codes], rows)


def gains(tables: Tables) -> str:
    """Gains over the baseline, a row a task and model: of the related recipe, and of several."""
    found = {(r["model"], r["recipe"], r["task"]): r for r in tables["gains"]}
    nearest, wider, rows = closest(tables), several(tables), []
    for model, task in by_task(tables["gains"]):
        row = [f"`{task}`", f"`{model}`"]
        recipe = nearest.get((model, task))
        gain = signed(found.get((model, recipe, task)), "gain")
        row += [f"`{recipe}` {gain}" if recipe else "-"]
        rows.append(row + [signed(found.get((model, r, task)), "gain") for r in wider])
    if not any(cell != "-" for row in rows for cell in row[2:]):
        return ""
    head = ["task", "model", "task of its kind", *(f"`{recipe}`" for recipe in wider)]
    heading = (
        f"Gains over `{NONE}` in points: paired differences with 95 % intervals, bold where they "
        "exclude zero. The task of its kind is the target itself or else the first of its type."
    )
    return block(heading, head, rows)


def retrieval(tables: Tables) -> str:
    """The encoders' own measures at the protocol's layer, means over languages with their range."""
    columns: dict[str, dict[tuple[str, str], str]] = {}
    for measure in shown(RESULTS):
        measured = tables[measure.table]
        guesses, counts = by_cell(measured, "chance_percent"), by_cell(measured, measure.count)
        for key, found in by_cell(measured, measure.column).items():
            column = columns.setdefault(measure.label.format(f"`{key[2]}`"), {})
            column["n", ""] = str(min(counts[key]))
            column["chance", ""] = f"{mean(guesses[key]):.1f}" if key in guesses else "-"
            bounds = ""
            if measure.is_accuracy:
                bounds = "[{:.1f}, {:.1f}] ".format(*accuracy_interval(found, counts[key]))
            reach = f"({min(found):.1f} to {max(found):.1f})"
            column[key[0], key[1]] = f"{mean(found):.1f} {bounds}{reach}"
    cells = dict.fromkeys(cell for column in columns.values() for cell in column)
    chosen = {"", NONE, RANDOM, *several(tables), *closest(tables).values()}
    rows = [
        [f"`{model}`" if recipe else model, f"`{recipe}`" if recipe else ""]
        + [column.get((model, recipe), "-") for column in columns.values()]
        for model, recipe in cells
        if recipe in chosen
    ]
    heading = (
        "The encoders of the recipes above at the protocol's layer, percent: margin retrieval of "
        "the English translation, with 95 % intervals over sentences, and mining; means over "
        "languages (lowest to highest language). n: pairs of a language."
    )
    return block(heading, ["model", "recipe", *columns], rows)


def by_task(rows: list[dict]) -> list[tuple[str, str]]:
    """All (model, task), the models of a task below one another."""
    both = dict.fromkeys((row["model"], row["task"]) for row in rows)
    names = dict.fromkeys(task for _, task in both)
    return [(model, task) for name in names for model, task in both if task == name]


def related(rows: list[dict], model: str, task: str) -> str | None:
    """The recipe of a single task that is the target itself, or else the first of its type."""
    same = [row for row in rows if (row["model"], row["task"]) == (model, task)]
    single = [row for row in same if parse(row["recipe"]).kind == "single"]
    found = [r["recipe"] for r in single if r["type"] == tasks.load(r["recipe"]).TYPE]
    target = same[0]["target"]
    return target if target in found else (found[0] if found else None)


def closest(tables: Tables) -> dict[tuple[str, str], str]:
    """The related recipe by model and task, where there is one."""
    rows = tables["gains"]
    found = {cell: related(rows, *cell) for cell in by_task(rows)}
    return {cell: recipe for cell, recipe in found.items() if recipe}


def several(tables: Tables) -> list[str]:
    """The recipes of several tasks: at once, and the longest sequence of each order."""
    found = dict.fromkeys(row["recipe"] for row in tables["gains"])
    multitask = [recipe for recipe in found if parse(recipe).kind == "multitask"]
    lengths: dict[str, tuple[int, str]] = {}
    for row in tables["sequence"]:
        reached = lengths.get(row["order"], (1, ""))
        lengths[row["order"]] = max(reached, (row["length"], row["recipe"]))
    return multitask + [recipe for _, recipe in lengths.values() if recipe]


def sizes(tables: Tables, model: str, task: str) -> str:
    """The differences of `none` to all smaller models."""
    found = [
        r for r in tables["sizes"] if (r["model"], r["recipe"], r["task"]) == (model, NONE, task)
    ]
    return "<br>".join(f"`{r['smaller_model']}` {signed(r, 'difference')}" for r in found) or "-"


def block(heading: str, head: list[str], rows: list[list[str]]) -> str:
    """A paragraph and a table below it; nothing without rows."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join([heading, "", *(f"| {' | '.join(line)} |" for line in lines), ""])


def told(task: str, row: dict | None) -> str:
    """A task and what it is measured by."""
    return f"`{task}`, {row['metric'].replace('_', ' ')}" if row else f"`{task}`"


def counted(row: dict | None) -> str:
    return f"{row['n']} x {row['seeds']}" if row else "-"


def number(row: dict | None, name: str) -> str:
    return f"{row[name]:.1f}" if row and name in row else "-"


def interval(row: dict | None, name: str, low="low_percent", high="high_percent") -> str:
    """A score with its interval."""
    if row is None or name not in row:
        return "-"
    return f"{row[name]:.1f} [{row[low]:.1f}, {row[high]:.1f}]"


def signed(row: dict | None, name: str) -> str:
    """A difference with its interval, in bold where that excludes zero."""
    if row is None or name not in row:
        return "-"
    text = f"{row[name]:+.1f} [{row['low']:+.1f}, {row['high']:+.1f}]"
    return f"**{text}**" if row["low"] > 0 or row["high"] < 0 else text


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
