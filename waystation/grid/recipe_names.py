"""What recipes are called, taken apart in one place.

`none` (the pretrained encoder), `random` (the same model, not pretrained), `<task>`, `<task>+mlm`
(masked language modelling mixed in), `<task>+translated` (English rows and machine-translated
ones), `multitask/<set>`, `sequential/<order>/<k>` (the first k tasks of an order, one after the
other), `merged/<method>/<set>` (a set's tasks, each alone, then one encoder out of theirs). The
task `text` is masked language modelling on the raw text of all languages, alone or in a set or an
order; all others are trained in English. What they train says `grid.recipes`.
"""

from dataclasses import dataclass

from waystation.grid.names import CONTROLS

MIXED = ("mlm", "translated")  # what may stand behind `<task>+`


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


def parse(recipe: str) -> Recipe:
    """Take a name apart; whether its parts exist `grid.recipes` checks."""
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
