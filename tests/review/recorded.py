"""Small repositories whose locks and caches are written by hand, to be reviewed."""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

import yaml
from dvc.repo import Repo

from waystation.result_archives import FOLDER, pack
from waystation.result_archives import name as archive_name

CELL = "metrics/tiny/scores/reading/nano/{recipe}.json"
FOUND = "data/tiny/predictions/reading/nano/{recipe}"


def git(*words):
    done = subprocess.run(["git", *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def start():
    """Make the working directory a repository with DVC in it."""
    git("init", "-q", "-b", "main")
    git("config", "user.email", "a@b.c")
    git("config", "user.name", "a")
    Repo.init(".").close()
    Path("dvc.yaml").write_text("stages: {}\n")
    Path("stages").mkdir()


def cached(data):
    """The MD5 of bytes that then lie in DVC's cache."""
    md5 = hashlib.md5(data).hexdigest()
    place(md5).parent.mkdir(parents=True, exist_ok=True)
    place(md5).write_bytes(data)
    return md5


def place(md5):
    """Where DVC's cache has the bytes."""
    return Path(".dvc/cache/files/md5", md5[:2], md5[2:])


def folder(files):
    entries = [{"md5": md5, "relpath": name} for name, md5 in sorted(files.items())]
    md5 = cached(json.dumps(entries).encode())
    place(md5).rename(place(f"{md5}.dir"))
    return f"{md5}.dir"


def predicted(right, of=100):
    """The predictions of a test set whose first examples are right."""
    lines = [
        json.dumps({"id": n, "prediction": 0, "points": {"accuracy": [float(n < right), 1.0]}})
        for n in range(of)
    ]
    return cached("".join(f"{line}\n" for line in lines).encode())


def record(
    recipes,
    *,
    name="tiny",
    params=None,
    rows="1",
    versions="2.13",
    code="a",
    machine=None,
    metric="accuracy",
    stored=False,
):
    """Commit a suite: {recipe: {language: {seed: right of 100}}}; returns the commit.

    With `stored` its results are in git too.
    """
    stages = {}
    for recipe, languages in recipes.items():
        files = {
            f"mnli/{seed}/xnli/{code_}.jsonl": predicted(right)
            for code_, seeds in languages.items()
            for seed, right in seeds.items()
        }
        scores = {
            "targets": {
                "mnli": {
                    "languages": ["en"],
                    "tasks": {
                        "xnli": {
                            "main_score": f"{metric}_percent",
                            "languages": {
                                language: {
                                    "n": 100,
                                    "seeds": {s: {"accuracy_percent": r} for s, r in seeds.items()},
                                }
                                for language, seeds in languages.items()
                            },
                        }
                    },
                }
            },
            "made_from": {
                "threads": 1,
                "versions": {"torch": versions},
                "rows_sha256": {f"xnli/test/{language}.jsonl": rows for language in languages},
            },
        }
        stages[f"evaluate@reading-nano-{recipe}"] = {
            "cmd": "exec python -m stages.evaluate",
            "deps": [{"path": f"data/{name}/code/evaluate/reading", "md5": code}],
            "outs": [
                {"path": FOUND.format(recipe=recipe), "md5": folder(files)},
                {
                    "path": CELL.format(recipe=recipe),
                    "md5": cached(json.dumps(scores).encode()),
                },
            ],
        }
    if machine:
        report = json.dumps({"machine": machine}).encode()
        path = f"metrics/{name}/benchmark/reading.json"
        outs = [{"path": path, "md5": cached(report)}]
        stages["benchmark@reading"] = {"cmd": "x", "deps": [], "outs": outs}
    lock = {"schema": "2.0", "stages": stages}
    values = {"suite": name, "seeds": [0], "report": {"resamples": 500}, **(params or {})}
    for file, value in (("dvc.lock", lock), ("params.yaml", values)):
        Path(file).write_text(yaml.safe_dump(value))
    if stored:
        Path(FOLDER).mkdir(exist_ok=True)
        for stage, entry in stages.items():
            Path(FOLDER, archive_name(stage)).write_bytes(archive(entry["outs"]))
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", "Run it")
    return git("rev-parse", "HEAD")


def archive(outs):
    """An archive of outputs that lie in DVC's cache."""
    with tempfile.TemporaryDirectory() as room:
        for out in outs:
            top = Path(room, out["path"])
            entries = [("", out["md5"])]
            if out["md5"].endswith(".dir"):
                listing = json.loads(place(out["md5"]).read_text())
                entries = [(entry["relpath"], entry["md5"]) for entry in listing]
            for name, md5 in entries:
                (top / name).parent.mkdir(parents=True, exist_ok=True)
                (top / name).write_bytes(place(md5).read_bytes())
        return pack(Path(room), {out["path"]: out["md5"] for out in outs})


def one(**languages):
    """Scores of a recipe with one seed."""
    return {language: {"0": right} for language, right in languages.items()}
