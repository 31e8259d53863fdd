"""Score the models of one cell, without further training, in every language of every task that the
targets of its group serve.

English development data chose the checkpoint whose scores count; beside it stands `oracle`: the
checkpoint that the other languages' development data would choose; and of retrieval from a pool the
chosen checkpoint's score over unshared tokens (stages.unshared). Writes the scores, and the
predictions on the test rows: with their points, and under `<target>/<seed>/submission` in XTREME's
format.
"""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from tqdm import tqdm

from stages import compute, examples, prediction_files, scoring, submission, unshared
from stages.cell import SOURCE_LANGUAGE, read_plan
from stages.command import Run, read_json, stage, write_json
from stages.model import TaskModel, read_model, read_tokenizer
from stages.predictions import Rows, make_pool
from stages.progress import progress
from stages.scoring import Points
from stages.settings import Settings
from stages.unshared import Unshared


def main() -> None:
    with stage(
        __doc__,
        options=["group", "model", "recipe"],
        inputs=["code", "plan", "tokenizer", "models"],
        planned=["tasks"],
        outputs=["predictions", "scores"],
        params=["threads", "device", "precision", "evaluate"],
    ) as run:
        compute.use(run.settings)
        plan = read_plan(run)
        told = {key: getattr(run.options, key) for key in ("group", "model", "recipe")}
        targets = {name: evaluate(run, name, target) for name, target in plan["targets"].items()}
        made_from = run.made_from() | {"rows_sha256": plan["files"]}
        write_json(run.outputs["scores"], told | {"targets": targets, "made_from": made_from})
        means = [
            f"{task} {mean_score(entry):.1f} %"
            for target in targets.values()
            for task, entry in target["tasks"].items()
        ]
        run.made = "means of the other languages " + ", ".join(means)


def evaluate(run: Run, name: str, target: dict) -> dict:
    """One target, all seeds: {"tasks": {task: {..., "languages": {code: {"n", "seeds"}}}}}."""
    test, development, again = load_rows(run, target)
    head = examples.read_description(run.inputs["tasks"] / target["task"])
    tasks = {
        rows.task.name: {
            "main_score": f"{scoring.main_name(rows.task.metrics[0])}_percent",
            "languages": {},
        }
        for rows in test
    }
    for task, one in again.items():
        tasks[task] |= one.empty()
    home = run.inputs["models"] / name
    seeds = sorted(home.iterdir(), key=lambda folder: int(folder.name))
    sets = len(test) + sum(len(one.rows) for one in again.values())
    with progress(None, len(seeds) * sets, f"evaluate {name}", "sets") as bar:
        scorer = Scorer(head, run.settings, bar, again)
        for folder in seeds:
            chosen = read_json(folder / "english.json")["chosen"]
            steps = sorted(read_json(folder / "english.json")["checkpoints"], key=int)
            oracle = choose_by_oracle(folder, steps, chosen, development, scorer)
            out = run.outputs["predictions"] / name / folder.name
            score_test(out, folder, chosen, oracle, test, tasks, scorer)
    return {"languages": target["languages"], "tasks": tasks}


@dataclass
class Scorer:
    """Scores sets of rows by a target's head, and shows how many are done.

    `again`: by task what is scored over unshared tokens too.
    """

    head: examples.Description
    settings: Settings
    bar: tqdm
    again: dict[str, Unshared]

    def read(self, folder: Path) -> TaskModel:
        return compute.place(read_model(folder, self.head), self.settings)

    def expect(self, sets: int) -> None:
        """So many sets more than were known at the start are to be scored."""
        self.bar.total += sets

    def score(self, rows: Rows, model: TaskModel) -> tuple[list, list[Points]]:
        """(predictions, points) on one set."""
        found = rows.score(model, self.head.name, self.settings.evaluate)
        self.bar.update()
        return found

    def score_again(self, model: TaskModel) -> dict[tuple[str, str], list[Points]]:
        """Points over unshared tokens, by task and language."""
        found = {}
        for task, one in self.again.items():
            scored = one.score(model, self.head.name, self.settings.evaluate)
            found |= {(task, language): points for language, points in scored.items()}
            self.bar.update(len(scored))
        return found


def load_rows(run: Run, target: dict) -> tuple[list[Rows], list[Rows], dict[str, Unshared]]:
    """Test rows of all tasks and languages; development rows of all but the source language.

    And by task those test rows that are scored over unshared tokens too.
    """
    folder, lengths = run.inputs["tasks"], SimpleNamespace(**target["settings"])
    tokenizer = read_tokenizer(run.inputs["tokenizer"].parent)
    found: dict[str, list[Rows]] = {"test": [], "validation": []}
    described = [examples.read_description(folder / name) for name in target["tasks"]]
    parts = [(task, split) for task in described for split in found]
    for task, split in progress(parts, len(parts), f"evaluate {target['task']} reads", "splits"):
        languages = examples.languages(folder / task.name, split)
        pool = make_pool(folder, task, split, languages, tokenizer, lengths)
        for language in languages:
            if split == "test" or language != SOURCE_LANGUAGE:
                rows = Rows(folder, task, split, language, tokenizer, lengths, pool)
                found[split].append(rows)
    again = {}
    for task in described:
        own = [rows for rows in found["test"] if rows.task is task]
        if own and own[0].pool is not None:
            again[task.name] = unshared.make(folder, own, tokenizer, lengths)
    return found["test"], found["validation"], again


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
        model = scorer.read(folder / step)
        scores = [rows.main_score(scorer.score(rows, model)[1]) for rows in development]
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
    model = scorer.read(folder / chosen)
    again = scorer.score_again(model)  # first: then one pool's vectors are in memory at a time
    for rows in test:
        predicted, points = scorer.score(rows, model)
        task = rows.task.name
        scores = scoring.scores(rows.task.metrics, points)
        if more := again.get((task, rows.language)):
            scores |= unshared.prefixed(scoring.scores(rows.task.metrics, more))
            both = zip(points, more, strict=True)
            points = [one | unshared.prefixed(other) for one, other in both]
        file = out / task / f"{rows.language}.jsonl"
        prediction_files.write(file, rows.examples, predicted, points)
        submission.write(out / "submission", rows, predicted)
        entry = tasks[task]["languages"].setdefault(
            rows.language,
            {"n": len(rows.examples), "chance_percent": rows.chance_percent(), "seeds": {}},
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
        model = scorer.read(folder / oracle)
    for rows in test:
        entry = tasks[rows.task.name]["languages"][rows.language]["seeds"][folder.name]
        if oracle == chosen:
            score = entry[f"{scoring.main_name(rows.task.metrics[0])}_percent"]
        else:
            score = rows.main_score(scorer.score(rows, model)[1])
        entry["oracle_percent"] = score


def mean_score(entry: dict) -> float:
    """Mean main score over the languages but English, and over seeds."""
    others = [value for code, value in entry["languages"].items() if code != SOURCE_LANGUAGE]
    scores = [s[entry["main_score"]] for value in others for s in value["seeds"].values()]
    return sum(scores) / len(scores) if scores else float("nan")


if __name__ == "__main__":
    main()
