"""Say what English rows chose of every fine-tuning, and what other choices of weights score.

Of all recipes the English development scores of every seed. Of `snapshots.recipes` the test scores
beside those of the chosen checkpoint: of the last one, of the mean of a run's snapshots, and of the
mean of the seeds' chosen models. A variant that is the chosen checkpoint itself is left out.
"""

from waystation.encoder import device
from waystation.evaluation.averaged import Fitted, other_tests
from waystation.evaluation.cell import Places
from waystation.files import write_json
from waystation.frame.plan_file import read_plan
from waystation.frame.stage import Run, stage
from waystation.grid.cells import all_cells
from waystation.grid.plans import EvaluationGroupPlan


def main() -> None:
    with stage(
        __doc__,
        options=["group"],
        inputs=["code", "plan", "encoders", "models"],
        planned=["tasks"],
        outputs=["out"],
        params=[
            "threads",
            "device",
            "precision",
            "evaluate",
            "snapshots",
            "models",
            "recipes",
            "extra",
        ],
    ) as run:
        device.use(run.settings)
        plan = read_plan(run, EvaluationGroupPlan)
        made: dict[str, list[dict]] = {"english": [], "tests": []}
        for model, recipe in all_cells(run.settings):
            for name, target in plan.targets.items():
                names = {"model": model, "recipe": recipe, "target": name}
                fitted = Fitted(target, places(run, model, recipe, name))
                if fitted.places.models.is_dir():  # it has run
                    made["english"] += [names | row for row in english(fitted)]
                    if recipe in run.settings.snapshots.recipes:
                        rows = other_tests(fitted, run.settings, run.settings.evaluate)
                        made["tests"] += [names | row for row in rows]
        origin = {"made_from": run.made_from()}
        write_json(run.outputs["out"], {"group": run.options.group} | made | origin)
        counts = [len(rows) for rows in made.values()]
        run.made = f"{counts[0]} English development scores, {counts[1]} tests of other weights"


def places(run: Run, model: str, recipe: str, target: str) -> Places:
    cell = f"{model}/{recipe}"
    return Places(
        run.inputs["tasks"],
        run.inputs["encoders"] / cell,
        run.inputs["models"] / cell / target,
        run.scratch / cell / target,
    )


def english(fitted: Fitted) -> list[dict]:
    """A row a seed: the chosen step, and its English development score in percent."""
    return [
        {"seed": int(folder.name), "step": int(noted.chosen), "english_percent": noted.score}
        for folder, noted in fitted.seeds().items()
    ]


if __name__ == "__main__":
    main()
