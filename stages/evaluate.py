"""Score the models of one cell, without further training, in every language of every task that the
targets of its group serve.

English development data chose the checkpoint whose scores count; beside it stands `oracle`: the
checkpoint that the other languages' development data would choose; and of retrieval from a pool the
chosen checkpoint's score over unshared tokens (waystation.evaluation.unshared). Writes the scores,
and the predictions on the test rows: with their points, and under `<target>/<seed>/submission` in
XTREME's format.
"""

from waystation.encoder import device
from waystation.evaluation.cell import Places, evaluate, mean_score
from waystation.files import write_json
from waystation.frame.plan_file import read_plan
from waystation.frame.stage import stage
from waystation.grid.plans import EvaluationGroupPlan


def main() -> None:
    with stage(
        __doc__,
        options=["group", "model", "recipe"],
        inputs=["code", "plan", "encoder", "models"],
        planned=["tasks"],
        outputs=["predictions", "scores"],
        params=["threads", "device", "precision", "evaluate"],
    ) as run:
        device.use(run.settings)
        plan = read_plan(run, EvaluationGroupPlan)
        targets = {}
        for name, target in plan.targets.items():
            places = Places(
                run.inputs["tasks"],
                run.inputs["encoder"],
                run.inputs["models"] / name,
                run.outputs["predictions"] / name,
            )
            targets[name] = evaluate(target, places, run.settings, run.settings.evaluate)
        cell = {key: getattr(run.options, key) for key in ("group", "model", "recipe")}
        made_from = run.made_from() | {"rows_sha256": plan.files}
        write_json(run.outputs["scores"], cell | {"targets": targets, "made_from": made_from})
        means = [
            f"{task}{more_languages(target['languages'])} {mean_score(entry):.1f} %"
            for target in targets.values()
            for task, entry in target["tasks"].items()
        ]
        run.made = "means of the other languages " + ", ".join(means)


def more_languages(trained: list[str]) -> str:
    """`+2` behind the name of a task whose target was trained in two more than English."""
    return f"+{len(trained) - 1}" if len(trained) > 1 else ""


if __name__ == "__main__":
    main()
