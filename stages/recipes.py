"""Resolve what every cell of the grid is made from: one small file a recipe, group and evaluation.

Each names its tasks, the checksums of just those rows that the cell reads, and its settings. A cell
depends on its own file, so it reruns exactly when its own data or settings change.

Recipes: `none` (the pretrained encoder), `random` (the same model, not pretrained), `<task>`,
`<task>+mlm` (masked language modelling mixed in), `<task>+translated` (English rows and
machine-translated ones), `multitask/<set>`, `sequential/<order>/<k>` (the first k tasks of an
order, one after the other), `merged/<method>/<set>` (a set's tasks, each alone, then one encoder
out of theirs). The task `text` is masked language modelling on the raw text of all
languages, alone or in a set or an order; all others are trained in English.

Recipes that only some models have can leave targets out (`extra.without`): their plans lie apart.
"""

from dataclasses import asdict

from waystation.base.progress import progress
from waystation.files import write_json
from waystation.frame.stage import stage
from waystation.grid import planning


def main() -> None:
    with stage(
        __doc__,
        inputs=["code", "tasks"],
        outputs=["out"],
        params=["recipes", "extra", "multitask", "orders", "intermediate", "target", "align"],
    ) as run:
        suite, folder, out = run.settings, run.inputs["tasks"], run.outputs["out"]
        names = suite.all_recipes
        for name in progress(names, len(names), "recipes", "recipes"):
            plan = planning.recipe(name, suite, folder)
            write_json(out / "intermediate" / f"{name}.json", asdict(plan))
        grids = {"": suite.target.groups}
        if suite.extra.recipes:
            grids["_extra"] = suite.groups_of(suite.extra.recipes[0])
        groups = [(end, *entry) for end, own in grids.items() for entry in own.items()]
        for end, name, targets in progress(groups, len(groups), "recipes", "groups of targets"):
            trained = planning.target_group(targets, suite, folder)
            write_json(out / f"target{end}" / f"{name}.json", asdict(trained))
            scored = planning.evaluation_group(targets, suite, folder)
            write_json(out / f"evaluate{end}" / f"{name}.json", asdict(scored))
        write_json(out / "align.json", asdict(planning.alignment(suite, folder)))
        write_json(out / "promise.json", asdict(planning.promise(suite, folder)))
        run.made = f"{len(names)} recipes, {len(suite.target.tasks)} targets"


if __name__ == "__main__":
    main()
