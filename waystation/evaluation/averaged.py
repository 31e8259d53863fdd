"""What other weights of a fine-tuning score than those that English development rows chose.

    last                the run's last snapshot
    mean of snapshots   the mean of the weights of all snapshots of a run
    mean of seeds       the mean of the weights that the seeds chose

Schmidt et al. 2023 (arXiv 2305.16834) average both, seeds after one shared training of the head.
Here every seed has its own new head, and so has the mean.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from waystation import metrics
from waystation.base.progress import progress
from waystation.data import examples
from waystation.data.examples import Description
from waystation.encoder.device import Machine
from waystation.evaluation import selection
from waystation.evaluation.cell import Places, Scorer, load_rows, score_test
from waystation.evaluation.rows import Rows
from waystation.evaluation.selection import Selection
from waystation.grid.plans import EvaluationPlan
from waystation.params.schema import Evaluate
from waystation.task_model import read_model

LAST, SNAPSHOTS, SEEDS = "last", "mean of snapshots", "mean of seeds"
MEAN = "mean"  # folder of averaged weights
Models = dict[Path, str]  # {folder of a seed: the name of a model in that folder}


@dataclass(frozen=True)
class Fitted:
    """The models of one target: a folder a seed, and what each seed noted."""

    target: EvaluationPlan
    places: Places  # predictions: a folder for what is made on the way

    def seeds(self) -> dict[Path, Selection]:
        folders = sorted(self.places.models.iterdir(), key=lambda folder: int(folder.name))
        return {folder: selection.read(folder) for folder in folders}

    def head(self) -> Description:
        return examples.read_description(self.places.tasks / self.target.task)

    def last(self) -> Models:
        """Where English rows chose an earlier snapshot."""
        steps = {folder: max(one.checkpoints, key=int) for folder, one in self.seeds().items()}
        return {f: step for f, step in steps.items() if step != self.seeds()[f].chosen}

    def snapshots(self) -> Models:
        """Where a run has several."""
        made = {}
        for folder, noted in self.seeds().items():
            if len(noted.checkpoints) > 1:
                out = self.places.predictions / SNAPSHOTS / folder.name
                steps = sorted(noted.checkpoints, key=int)
                made[self.average([folder / step for step in steps], out)] = MEAN
        return made

    def mean_of_seeds(self) -> Models:
        """Where there are several seeds: a model, of the seed `all`."""
        chosen = [folder / noted.chosen for folder, noted in self.seeds().items()]
        if len(chosen) < 2:
            return {}
        return {self.average(chosen, self.places.predictions / SEEDS / "all"): MEAN}

    def average(self, folders: list[Path], out: Path) -> Path:
        write_average(folders, self.head(), self.places.encoder, out / MEAN)
        return out


VARIANTS: dict[str, Callable[[Fitted], Models]] = {
    LAST: Fitted.last,
    SNAPSHOTS: Fitted.snapshots,
    SEEDS: Fitted.mean_of_seeds,
}


def write_average(folders: list[Path], head: Description, encoder: Path, out: Path) -> None:
    """Write the mean of the models in some folders, one at least, stored beside `encoder`."""
    total: dict[str, Tensor] = {}
    for folder in folders:
        model = read_model(folder, head, encoder)
        for name, weight in model.state_dict().items():
            total[name] = total[name] + weight if name in total else weight
    model.load_state_dict({name: weight / len(folders) for name, weight in total.items()})
    model.write(out, head.name, head.labels)


def other_tests(fitted: Fitted, machine: Machine, inference: Evaluate) -> Iterator[dict]:
    """A row a variant and task: {variant, task, languages: {code: {seed: percent}}}."""
    test, _, _ = load_rows(fitted.target, fitted.places)
    for variant, models in VARIANTS.items():
        scores: dict[str, dict] = {rows.task.name: {"languages": {}} for rows in test}
        for folder, step in models(fitted).items():
            with progress(None, len(test), f"{variant} of {fitted.target.task}", "sets") as bar:
                scorer = Scorer(fitted.head(), fitted.places.encoder, machine, inference, bar, {})
                out = fitted.places.predictions / "predictions"
                score_test(out, folder, step, None, test, scores, scorer)
        for task, entry in scores.items():
            if entry["languages"]:
                yield {
                    "variant": variant,
                    "task": task,
                    "languages": main_scores(task, entry, test),
                }


def main_scores(task: str, entry: dict, test: list[Rows]) -> dict[str, dict[str, float]]:
    """By language and seed."""
    metric = next(rows.task.metrics[0] for rows in test if rows.task.name == task)
    name = f"{metrics.main_name(metric)}_percent"
    return {
        code: {seed: scores[name] for seed, scores in told["seeds"].items()}
        for code, told in entry["languages"].items()
    }
