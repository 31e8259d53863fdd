"""The files that describe the cells of the grid, as records.

Apart from `grid.planning`, which makes them, so that another way of planning reruns `recipes` and
just those cells whose files it changes.
"""

from dataclasses import dataclass, replace

from waystation.params.schema import FineTuning, MaskedLanguageModelling, Stopping, TargetTask

Rows = tuple[tuple[str, str], ...]  # (task, language)
Files = dict[str, str]  # {path below the folder of tasks: SHA-256}


@dataclass(frozen=True)
class Phase:
    """One phase of a recipe: tasks that are trained together.

    `steps` None: the epochs of the one task, else a budget that the tasks share in proportion to
    their examples, of each at most `cap`. `mixed`: `mlm`, `translated` or None. `rows` and
    `settings` by head: a task's, and with `mlm` that of the raw text.
    """

    tasks: tuple[str, ...]
    steps: int | None
    cap: int | None
    mixed: str | None
    rows: dict[str, Rows]
    settings: dict[str, FineTuning | MaskedLanguageModelling]


@dataclass(frozen=True)
class RecipePlan:
    """What the encoder of one recipe is made from; a control has no phases."""

    recipe: str
    phases: tuple[Phase, ...]
    seed: int
    stopping: Stopping | None
    files: Files


@dataclass(frozen=True)
class TargetPlan:
    """What one target is fine-tuned on; `after`: the same of the target before it."""

    task: str
    rows: Rows
    settings: TargetTask
    after: "TargetPlan | None"

    def for_model(self, model: str) -> "TargetPlan":
        """The plan as one model trains it, with that model's learning rates, here and before.

        Rates of other models are left out: a change of theirs makes nothing of this model again.
        """
        own = self.settings
        rate = own.learning_rate_by_model.get(model, own.learning_rate)
        settings = replace(own, learning_rate=rate, learning_rate_by_model={})
        return replace(
            self, settings=settings, after=self.after.for_model(model) if self.after else None
        )


@dataclass(frozen=True)
class TargetGroupPlan:
    """The targets that one stage trains."""

    targets: dict[str, TargetPlan]
    checkpoints: int
    stopping: Stopping | None
    files: Files


@dataclass(frozen=True)
class InputLengths:
    """How long inputs are, in tokens: at most, and from a window on a context to the next one."""

    max_tokens: int
    stride: int


@dataclass(frozen=True)
class EvaluationPlan:
    """The tasks that a target serves; `task` is the one it is trained on, `languages` those of its
    fine-tuning."""

    task: str
    languages: tuple[str, ...]
    tasks: tuple[str, ...]
    settings: InputLengths


@dataclass(frozen=True)
class EvaluationGroupPlan:
    """The evaluations of one group of targets."""

    targets: dict[str, EvaluationPlan]
    files: Files
