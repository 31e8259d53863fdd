"""The pocket suite at its smallest, run through DVC, and what tests do to it."""

import functools
import json
import sys
from pathlib import Path

import yaml

from tests.conftest import FULL, as_default, copy_project, run


def make(folder: Path) -> Path:
    """Run it, two stages at a time, and commit what it made; returns the project's folder."""
    project = copy_project(folder)
    shrink(project)
    run([sys.executable, "-m", "waystation", "run", "--workers", "2"], project)
    run(["git", "add", "-A"], project)
    run(["git", "commit", "-q", "-m", "Run the shrunk suite"], project)
    return project


# Every type of task and, translated, of training rows in more languages.
TASKS = ("text", "mnli", "mnli_translated", "xnli", "squad_v1", "xquad", "mlqa", "ccg", "udpos")
TASKS += ("commonsense_qa", "copa", "xcopa", "squad_retrieval", "lareqa", "tatoeba", "bucc")


def shrink(folder: Path) -> None:
    """The smallest grid that still has every kind of stage, out of the full pocket suite."""
    params = as_default(yaml.safe_load(FULL.read_text()))
    params |= {"threads": 1, "seeds": [0]}
    params["models"] = {"pico": params["models"]["pico"] | {"hidden": 32}}
    params["origins"] = {"scratch": ["pico"], "hub": []}
    params["pretrain"] |= {"steps": 60, "batch_size": 4}
    params["align"]["tasks"] = ["tatoeba", "bucc"]
    params["benchmark"] |= {"tests": {"mnli": ["xnli"]}, "recipes": ["none", "ccg"], "rows": 4}
    params["benchmark"] |= {"queries": 7, "minutes": 0.4, "server": None}
    params["promise"]["rows"] = 16
    params["trim"] |= {"group": "udpos", "model": "pico", "languages": {"two": ["en", "qda"]}}
    params["report"]["resamples"] = 50
    choose_rows(params)
    choose_trainings(params)
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))


def choose_rows(params: dict) -> None:
    """A few rows of the tasks, translated ones in two languages."""
    params["tasks"] = {task: {} for task in TASKS}
    params["tasks"]["text"] = {"languages": params["languages"]}
    params["tasks"]["mnli_translated"] = {"languages": ["qda", "qdc"]}
    world, small = params["world"], {"train": 64, "validation": 24, "test": 24}
    rows = {task: splits for task, splits in world["rows"].items() if task in TASKS}
    rows = {task: {split: small[split] for split in splits} for task, splits in rows.items()}
    rows["bucc"] = {"validation": 32, "test": 32}
    params["world"] = world | {"documents": 200, "rows": rows, "translated": ["mnli"]}


def choose_trainings(params: dict) -> None:
    """Recipes of four kinds, more that tests add, and targets of every type in two groups."""
    params["recipes"] = ["none", "ccg", "sequential/mnli_squad/2"]
    params["extra"] = {"models": ["pico"], "recipes": ["mnli+mlm"]}
    params["orders"] = {"mnli_squad": ["mnli", "squad_v1"]}
    params["multitask"] = {
        "all": {"tasks": ["mnli", "squad_v1", "ccg"], "steps": 60, "cap": 2000},
    }
    params["intermediate"] |= {
        "epochs": 1,
        "stopping": {"every": 2, "patience": 1, "examples": 16},
        "tasks": {"mnli": {}, "squad_v1": {"epochs": 6}, "ccg": {"epochs": 4}},
    }
    params["target"] |= {"checkpoints": 2, "epochs": 1}
    params["target"]["tasks"] = {
        "mnli": {"train_examples": 48},
        "mnli_more": {"task": "mnli", "languages": ["en", "qda", "qdc"], "train_examples": 16},
        "commonsense_qa": {"train_examples": 32},
        "copa": {"after": "commonsense_qa", "train_examples": 32},
        "squad_retrieval": {"train_examples": 32},
        "udpos": {"train_examples": 32, "epochs": 2},
    }
    several = ["mnli", "mnli_more", "copa", "squad_retrieval"]
    params["target"]["groups"] = {"several": several, "udpos": ["udpos"]}


def dvc(folder, *words, **more):
    return run(["dvc", *words], folder, **more)


def params_of(folder: Path) -> dict:
    return yaml.safe_load((folder / "params.yaml").read_text())


def edit(folder: Path, key: str, value) -> None:
    """Set a dotted key of the shrunk params.yaml."""
    file, params = folder / "params.yaml", params_of(folder)
    *path, last = key.split(".")
    functools.reduce(dict.__getitem__, path, params)[last] = value
    file.write_text(yaml.safe_dump(params, sort_keys=False))


def append(folder: Path, file: str, text: str) -> None:
    path = folder / file
    path.write_text(path.read_text() + text)


def restore(folder: Path) -> None:
    """Have git write all committed files again.

    Without its index: git tells an edit within a second of its own writing, of the same size, by
    the index's age, and DVC, which stages dvc.lock, makes the index younger.
    """
    (folder / ".git/index").unlink()
    run(["git", "reset", "-q", "--hard"], folder)


def status(folder: Path) -> set[str]:
    """Stages of the pocket suite that `dvc status` finds changed."""
    found = json.loads(dvc(folder, "status", "--json").stdout)
    return {stage for stage in found if not stage.startswith("suites/")}
