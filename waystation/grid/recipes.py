"""The names of recipes, taken apart in one place, and the trainings that they stand for.

`none` (the pretrained encoder), `random` (the same model, not pretrained), `<task>`, `<task>+mlm`
(masked language modelling mixed in), `<task>+translated` (English rows and machine-translated
ones), `multitask/<set>`, `sequential/<order>/<k>` (the first k tasks of an order, one after the
other), `merged/<method>/<set>` (a set's tasks, each alone, then one encoder out of theirs). The
task `text` is masked language modelling on the raw text of all languages, alone or in a set or an
order; all others are trained in English.
"""

from dataclasses import dataclass

from waystation.base.errors import UserError, choose
from waystation.grid.names import CONTROLS, TEXT
from waystation.params.schema import Settings

MIXED = ("mlm", "translated")  # what may stand behind `<task>+`
METHODS = ("mean", "ties")  # of merging, waystation.training.merging


@dataclass(frozen=True)
class Recipe:
    """A recipe's name in parts.

    `kind`: `control`, `single`, `multitask`, `sequential`, `merged`, or what is mixed in. `name`:
    of the control, task, set or order. `length`: as it is written behind an order, else "".
    `method`: of merging, else "".
    """

    kind: str
    name: str
    length: str = ""
    method: str = ""


@dataclass(frozen=True)
class Training:
    """Tasks that a recipe trains together.

    `steps` None means the epochs of the one task; `mixed` is one of MIXED, or None.
    """

    tasks: tuple[str, ...]
    steps: int | None = None
    cap: int | None = None
    mixed: str | None = None


def parse(recipe: str) -> Recipe:
    """Take a name apart; whether its parts exist `phases` checks."""
    if recipe in CONTROLS:
        return Recipe("control", recipe)
    kind, slash, rest = recipe.partition("/")
    if slash and kind == "sequential":
        order, _, length = rest.partition("/")
        return Recipe(kind, order, length)
    if slash and kind == "multitask":
        return Recipe(kind, rest)
    if slash and kind == "merged":
        method, _, name = rest.partition("/")
        return Recipe(kind, name, method=method)
    task, _, mixed = recipe.partition("+")
    return Recipe(mixed if mixed in MIXED else "single", task)


def phases(recipe: str, suite: Settings) -> list[Training]:
    """The trainings of a recipe, in order; a UserError names what is allowed.

    Those of a merged recipe all start from the pretrained encoder.
    """
    named = parse(recipe)
    if named.kind == "control":
        return []
    if named.kind == "multitask":
        chosen = suite.multitask[choose(named.name, suite.multitask, "multitask set")]
        return [Training(chosen.tasks, chosen.steps, chosen.cap)]
    if named.kind == "sequential":
        return [Training((task,)) for task in tasks_in_order(recipe, named, suite)]
    if named.kind == "merged":
        choose(named.method, METHODS, "method of merging")
        chosen = suite.multitask[choose(named.name, suite.multitask, "multitask set")]
        return [Training((task,)) for task in chosen.tasks]
    known = suite.intermediate.tasks
    allowed = [*CONTROLS, *known, *(f"{t}+{m}" for t in known if t != TEXT for m in MIXED)]
    allowed += [f"multitask/{key}" for key in suite.multitask]
    allowed += [f"sequential/{key}/<k>" for key in suite.orders]
    allowed += [f"merged/{method}/{key}" for key in suite.multitask for method in METHODS]
    choose(recipe, allowed, "recipe")
    return [Training((named.name,), mixed=None if named.kind == "single" else named.kind)]


def tasks_in_order(recipe: str, named: Recipe, suite: Settings) -> tuple[str, ...]:
    """The tasks of a sequence."""
    tasks = suite.orders[choose(named.name, suite.orders, "order")]
    lengths = [str(length) for length in range(1, len(tasks) + 1)]
    if named.length not in lengths:
        first, last = (f"sequential/{named.name}/{length}" for length in (1, len(tasks)))
        raise UserError(
            f"recipe {recipe!r}: order {named.name!r} has {len(tasks)} tasks; "
            f"allowed: {first} to {last}"
        )
    return tasks[: int(named.length)]


def used(training: Training) -> list[str]:
    """All tasks whose rows a training reads."""
    more = {"mlm": [TEXT], "translated": [f"{training.tasks[0]}_translated"]}
    return [*training.tasks, *more.get(training.mixed or "", [])]
