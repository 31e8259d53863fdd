"""Fine-tune one encoder on the targets of one group, once per seed.

The rows are English, unless a target names more languages. Keeps `checkpoints` models of each run;
English development data choose among them, and end a run early where `stopping` says so. A target
that comes `after` another one (COPA after Social IQa) goes on with that one's chosen model and
head. A finished seed of a target is kept in the scratch folder: one more seed or target costs just
that.
"""

from dataclasses import asdict
from functools import partial

from waystation.data import examples
from waystation.encoder import device
from waystation.evaluation import selection
from waystation.frame import finished_parts
from waystation.frame.plan_file import read_plan
from waystation.frame.stage import Run, stage
from waystation.grid.cells import arithmetic
from waystation.grid.plans import TargetGroupPlan, TargetPlan
from waystation.training.fine_tuning import Choice, fine_tune, link
from waystation.training.workplace import Workplace


def main() -> None:
    with stage(
        __doc__,
        options=["group", "model", "recipe"],
        inputs=["code", "plan", "encoder"],
        planned=["tasks"],
        outputs=["out"],
        params=["threads", "device", "precision", "seeds", "evaluate"],
    ) as run:
        device.use(run.settings)
        plan = read_plan(run, TargetGroupPlan)
        means = []
        for name, planned in plan.targets.items():
            target = planned.for_model(run.options.model)
            scores = [train_seed(run, plan, name, target, seed) for seed in run.settings.seeds]
            means.append(f"{name} {sum(scores) / len(scores):.1f}")
        run.made = f"English development scores {', '.join(means)} %, n = {len(scores)} seeds"


def train_seed(run: Run, plan: TargetGroupPlan, name: str, target: TargetPlan, seed: int) -> float:
    """Have one seed of one target in the output; its English score at the chosen checkpoint."""
    workplace = Workplace(
        f"target {name} {run.options.model} {run.options.recipe}",
        run.inputs["tasks"],
        run.inputs["encoder"],
        run.scratch / f"{name}-{seed}",
        run.settings,
        run.settings.evaluate,
    )
    choice = Choice(plan.checkpoints, plan.stopping)
    encoder = run.inputs["encoder"]
    make = partial(fine_tune, workplace, target, choice, encoder, seed)
    done = finished_parts.part("targets", made_from(run, plan, target, seed), make)
    finished_parts.copy(done, run.outputs["out"] / name / str(seed), link)
    return selection.read(done).score


def made_from(run: Run, plan: TargetGroupPlan, target: TargetPlan, seed: int) -> dict:
    """Everything that one seed of a target is made from."""
    names = {task for plan_of in (target, target.after) if plan_of for task, _ in plan_of.rows}
    tasks = [examples.read_description(run.inputs["tasks"] / task) for task in sorted(names)]
    types, metrics = {task.type for task in tasks}, {m for task in tasks for m in task.metrics}
    return {
        "target": asdict(target),
        "seed": seed,
        "checkpoints": plan.checkpoints,
        "stopping": asdict(plan.stopping) if plan.stopping else None,
        "files": {f: d for f, d in plan.files.items() if f.partition("/")[0] in names},
        "encoder": run.checksums[str(run.inputs["encoder"])],
        "code": finished_parts.code_of(run.inputs["code"], fine_tune.__module__, types, metrics),
        **arithmetic(run.settings),
        "evaluate": asdict(run.settings.evaluate),
    }


if __name__ == "__main__":
    main()
