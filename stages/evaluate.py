"""Score the models of one cell, without further training, in every language of every task that the
targets of its group serve.

English development data chose the checkpoint whose scores count; beside it stands `oracle`: the
checkpoint that the other languages' development data would choose. Writes the scores, and the
predictions on the test rows: with their points, and under `<target>/<seed>/submission` in XTREME's
format.
"""

from pathlib import Path
from types import SimpleNamespace

from stages import examples, predictions, scoring, submission
from stages.command import Run, read_json, stage, write_json
from stages.model import TaskModel, read_model, read_tokenizer, set_threads
from stages.predictions import Rows, make_pool
from stages.progress import progress
from stages.recipes import SOURCE_LANGUAGE, read_plan


def main() -> None:
    with stage(
        __doc__,
        options=["group", "model", "recipe"],
        inputs=["code", "plan", "tokenizer", "models"],
        planned=["tasks"],
        outputs=["predictions", "scores"],
        params=["threads", "evaluate"],
    ) as run:
        set_threads(run.settings.threads)
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
    test, development = load_rows(run, target)
    head = examples.read_description(run.inputs["tasks"] / target["task"])
    tasks = {
        rows.task.name: {
            "main_score": f"{scoring.main_name(rows.task.metrics[0])}_percent",
            "languages": {},
        }
        for rows in test
    }
    home = run.inputs["models"] / name
    seeds = sorted(home.iterdir(), key=lambda folder: int(folder.name))
    for folder in progress(seeds, len(seeds), f"evaluate {name}", "seeds"):
        chosen = read_json(folder / "english.json")["chosen"]
        steps = sorted(read_json(folder / "english.json")["checkpoints"], key=int)
        oracle = choose_by_oracle(folder, steps, chosen, head, development, run)
        score_test(run, name, folder, chosen, oracle, head, test, tasks)
    return {"languages": target["languages"], "tasks": tasks}


def load_rows(run: Run, target: dict) -> tuple[list[Rows], list[Rows]]:
    """Test rows of all tasks and languages; development rows of all but the source language."""
    folder, lengths = run.inputs["tasks"], SimpleNamespace(**target["settings"])
    tokenizer = read_tokenizer(run.inputs["tokenizer"].parent)
    test, development = [], []
    for name in target["tasks"]:
        task = examples.read_description(folder / name)
        for split, found in (("test", test), ("validation", development)):
            languages = examples.languages(folder / name, split)
            pool = make_pool(folder, task, split, languages, tokenizer, lengths)
            for language in languages:
                if split == "test" or language != SOURCE_LANGUAGE:
                    found.append(Rows(folder, task, split, language, tokenizer, lengths, pool))
    return test, development


def choose_by_oracle(
    folder: Path, steps: list[str], chosen: str, head, development: list[Rows], run: Run
) -> str | None:
    """The checkpoint with the best mean over the other languages' development rows, if any."""
    if not development:
        return None
    if len(steps) == 1:
        return chosen
    means = {}
    for step in steps:
        model = read_model(folder / step, head)
        scores = [
            rows.main_score(rows.score(model, head.name, run.settings.evaluate)[1])
            for rows in development
        ]
        means[step] = sum(scores) / len(scores)
    return max(means, key=lambda step: (means[step], -int(step)))


def score_test(
    run: Run,
    name: str,
    folder: Path,
    chosen: str,
    oracle: str | None,
    head,
    test: list[Rows],
    tasks: dict,
) -> None:
    """Score the chosen checkpoint and the oracle's; write the chosen one's predictions."""
    model = read_model(folder / chosen, head)
    home = run.outputs["predictions"] / name / folder.name
    for rows in test:
        predicted, points = rows.score(model, head.name, run.settings.evaluate)
        task = rows.task.name
        predictions.write(home / task / f"{rows.language}.jsonl", rows, predicted, points)
        submission.write(home / "submission", rows, predicted)
        entry = tasks[task]["languages"].setdefault(
            rows.language,
            {"n": len(rows.examples), "chance_percent": rows.chance_percent(), "seeds": {}},
        )
        scores = scoring.scores(rows.task.metrics, points)
        entry["seeds"][folder.name] = scores | {"oracle_percent": None}
    if oracle is None:
        return
    if oracle != chosen:
        model = read_model(folder / oracle, head)
    for rows in test:
        entry = tasks[rows.task.name]["languages"][rows.language]["seeds"][folder.name]
        entry["oracle_percent"] = oracle_score(entry, rows, model, head, oracle == chosen, run)


def oracle_score(entry: dict, rows: Rows, model: TaskModel, head, same: bool, run: Run) -> float:
    if same:
        return entry[f"{scoring.main_name(rows.task.metrics[0])}_percent"]
    return rows.main_score(rows.score(model, head.name, run.settings.evaluate)[1])


def mean_score(entry: dict) -> float:
    """Mean main score over the languages but English, and over seeds."""
    others = [value for code, value in entry["languages"].items() if code != SOURCE_LANGUAGE]
    scores = [s[entry["main_score"]] for value in others for s in value["seeds"].values()]
    return sum(scores) / len(scores) if scores else float("nan")


if __name__ == "__main__":
    main()
