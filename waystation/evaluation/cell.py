"""Scores of one target's models in every language of the tasks that it serves."""

from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from waystation import metrics
from waystation.base.progress import progress
from waystation.data import examples, predictions
from waystation.encoder import device
from waystation.encoder.device import Machine
from waystation.encoder.tokenizer import read_tokenizer
from waystation.evaluation import selection, unshared
from waystation.evaluation.rows import (
    Predictor,
    Reader,
    Rows,
    chance_percent,
    main_score,
    named,
    read_pool,
    read_rows,
    score_rows,
)
from waystation.evaluation.unshared import Unshared
from waystation.grid.plans import EvaluationPlan
from waystation.languages import ENGLISH
from waystation.metrics import Points
from waystation.params.schema import Evaluate
from waystation.task_model import read_model
from waystation.xtreme import submission

# Tokens of a batch on a processor: hidden states of more leave its caches. e5-small reads 1,900
# tokens a processor second at 2,048 and 1,400 at 8,192.
CACHED = 2048


@dataclass(frozen=True)
class Places:
    """Where the rows of all tasks lie, the encoder that was fine-tuned, with its tokenizer, and one
    target's models by seed, and where its predictions are written."""

    tasks: Path
    encoder: Path
    models: Path
    predictions: Path


def evaluate(target: EvaluationPlan, places: Places, machine: Machine, inference: Evaluate) -> dict:
    """One target, all seeds: {"tasks": {task: {..., "languages": {code: {"n", "seeds"}}}}}."""
    test, development, again = load_rows(target, places)
    head = examples.read_description(places.tasks / target.task)
    tasks = {
        rows.task.name: {
            "main_score": f"{metrics.main_name(rows.task.metrics[0])}_percent",
            "languages": {},
        }
        for rows in test
    }
    for task, one in again.items():
        tasks[task] |= one.empty()
    seeds = sorted(places.models.iterdir(), key=lambda folder: int(folder.name))
    sets = len(test) + sum(len(one.rows) for one in again.values())
    with progress(None, len(seeds) * sets, f"evaluate {places.models.name}", "sets") as bar:
        scorer = Scorer(head, places.encoder, machine, inference, bar, again)
        for folder in seeds:
            noted = selection.read(folder)
            chosen, steps = noted.chosen, sorted(noted.checkpoints, key=int)
            oracle = choose_by_oracle(folder, steps, chosen, development, scorer)
            out = places.predictions / folder.name
            score_test(out, folder, chosen, oracle, test, tasks, scorer)
    return {"languages": list(target.languages), "tasks": tasks}


@dataclass
class Scorer:
    """Scores sets of rows by a target's head, and shows how many are done.

    `encoder`: the one that was fine-tuned, where models are stored beside it; `again`: by task what
    is scored over unshared tokens too.
    """

    head: examples.Description
    encoder: Path | None
    machine: Machine
    inference: Evaluate
    bar: tqdm
    again: dict[str, Unshared]

    def read(self, folder: Path) -> Predictor:
        model = device.place(read_model(folder, self.head, self.encoder), self.machine)
        most = CACHED if self.machine.device == "cpu" else self.inference.batch_tokens
        inference = replace(self.inference, batch_tokens=min(self.inference.batch_tokens, most))
        return Predictor(model, self.head.name, inference)

    def expect(self, sets: int) -> None:
        """So many sets more than were known at the start are to be scored."""
        self.bar.total = (self.bar.total or 0) + sets

    def score(self, rows: Rows, predictor: Predictor) -> tuple[list, list[Points]]:
        """(predictions, points) on one set."""
        scored = score_rows(rows, predictor)
        self.bar.update()
        return scored

    def score_again(self, predictor: Predictor) -> dict[tuple[str, str], list[Points]]:
        """Points over unshared tokens, by task and language."""
        points_by_set: dict[tuple[str, str], list[Points]] = {}
        for task, one in self.again.items():
            scored = one.score(predictor)
            points_by_set |= {(task, language): points for language, points in scored.items()}
            self.bar.update(len(scored))
        return points_by_set


def load_rows(
    target: EvaluationPlan, places: Places
) -> tuple[list[Rows], list[Rows], dict[str, Unshared]]:
    """Test rows of all tasks and languages; development rows of all but English.

    And by task those test rows that are scored over unshared tokens too.
    """
    reader = Reader(places.tasks, read_tokenizer(places.encoder), target.settings)
    rows: dict[str, list[Rows]] = {"test": [], "validation": []}
    tasks = [examples.read_description(places.tasks / name) for name in target.tasks]
    splits = [(task, split) for task in tasks for split in rows]
    for task, split in progress(splits, len(splits), f"evaluate {target.task} reads", "splits"):
        languages = examples.languages(places.tasks / task.name, split)
        pool = read_pool(reader, task, split, languages)
        for language in languages:
            if split == "test" or language != ENGLISH:
                rows[split].append(read_rows(reader, task, split, language, pool))
    again = {}
    for task in tasks:
        own = [one for one in rows["test"] if one.task is task]
        if own and own[0].pool is not None:
            again[task.name] = unshared.make(reader, own)
    return rows["test"], rows["validation"], again


def choose_by_oracle(
    folder: Path, steps: list[str], chosen: str, development: list[Rows], scorer: Scorer
) -> str | None:
    """The checkpoint with the best mean over the other languages' development rows, if any."""
    if not development:
        return None
    if len(steps) == 1:
        return chosen
    scorer.expect(len(steps) * len(development))
    means = {}
    for step in steps:
        predictor = scorer.read(folder / step)
        scores = [main_score(r.task, scorer.score(r, predictor)[1]) for r in development]
        means[step] = sum(scores) / len(scores)
    return max(means, key=lambda step: (means[step], -int(step)))


def score_test(
    out: Path,
    folder: Path,
    chosen: str,
    oracle: str | None,
    test: list[Rows],
    tasks: dict,
    scorer: Scorer,
) -> None:
    """Score the chosen checkpoint and the oracle's; write the chosen one's predictions."""
    predictor = scorer.read(folder / chosen)
    again = scorer.score_again(predictor)  # first: then one pool's vectors are in memory at a time
    for rows in test:
        predicted, points = scorer.score(rows, predictor)
        task = rows.task.name
        scores = metrics.scores(rows.task.metrics, points)
        if more := again.get((task, rows.language)):
            scores |= unshared.prefixed(metrics.scores(rows.task.metrics, more))
            both = zip(points, more, strict=True)
            points = [one | unshared.prefixed(other) for one, other in both]
        file = out / task / f"{rows.language}.jsonl"
        predictions.write(file, rows.examples, predicted, points)
        values = named(rows.task, predicted)
        submission.write(out / "submission", rows.task, rows.language, rows.examples, values)
        entry = tasks[task]["languages"].setdefault(
            rows.language,
            {"n": len(rows.examples), "chance_percent": chance_percent(rows), "seeds": {}},
        )
        entry["seeds"][folder.name] = scores | {"oracle_percent": None}
    if oracle is not None:
        score_oracle(folder, chosen, oracle, test, tasks, scorer)


def score_oracle(
    folder: Path, chosen: str, oracle: str, test: list[Rows], tasks: dict, scorer: Scorer
) -> None:
    """Note beside the chosen checkpoint's scores those of the oracle's."""
    if oracle != chosen:
        scorer.expect(len(test))
        predictor = scorer.read(folder / oracle)
    for rows in test:
        entry = tasks[rows.task.name]["languages"][rows.language]["seeds"][folder.name]
        if oracle == chosen:
            percent = entry[f"{metrics.main_name(rows.task.metrics[0])}_percent"]
        else:
            percent = main_score(rows.task, scorer.score(rows, predictor)[1])
        entry["oracle_percent"] = percent


def mean_score(entry: dict) -> float:
    """Mean main score over the languages but English, and over seeds."""
    others = [value for code, value in entry["languages"].items() if code != ENGLISH]
    scores = [s[entry["main_score"]] for value in others for s in value["seeds"].values()]
    return sum(scores) / len(scores) if scores else float("nan")
