"""The trainings that recipes stand for; `grid.recipe_names` says what recipes are called."""

from dataclasses import dataclass

from waystation.base.errors import UserError, choose
from waystation.grid.names import CONTROLS, TEXT
from waystation.grid.recipe_names import MIXED, Recipe, parse
from waystation.params.schema import Settings

METHODS = ("mean", "ties")  # of merging, waystation.training.merging


@dataclass(frozen=True)
class Training:
    """Tasks that a recipe trains together.

    `steps` None means the epochs of the one task; `mixed` is one of MIXED, or None.
    """

    tasks: tuple[str, ...]
    steps: int | None = None
    cap: int | None = None
    mixed: str | None = None


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
