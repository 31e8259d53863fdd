"""A cell's predictions, gathered into one folder in XTREME's submission format."""

import json
import re
import sys

import pytest

from tests.conftest import ROOT, run


@pytest.fixture
def suite(tmp_path):
    """Predictions of one cell: two targets for XNLI, XTREME-R's own panx, Tatoeba."""

    def predict(*parts, languages=("en", "de")):
        for language in languages:
            file = tmp_path.joinpath(*parts, f"test-{language}.tsv")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("/".join(parts))

    for group, targets in {
        "pairs": {"mnli": ["en"], "more": ["en", "de"]},
        "tags": {"panx": ["en"]},
    }.items():
        scores = {"targets": {name: {"languages": codes} for name, codes in targets.items()}}
        file = tmp_path / "scores" / group / "mini" / "multitask" / "all.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(scores))
    cell = ("mini", "multitask/all")
    predict("predictions", "pairs", *cell, "more", "0", "submission", "xnli")
    predict("predictions", "pairs", *cell, "mnli", "0", "submission", "xnli")
    predict("predictions", "tags", *cell, "panx", "0", "submission", "panx")
    predict("predictions", "tags", *cell, "panx", "0", "submission", "xtreme-r/panx")
    predict("predictions", "tags", *cell, "panx", "0", "submission", "a_task_of_ones_own")
    predict("aligned", *cell, "tatoeba", languages=("de",))
    return tmp_path


def gather(suite, *more, out="mine", check=True):
    command = [sys.executable, "-m", "waystation", "gather"]
    command += ["--model", "mini", "--out", str(suite / out)]
    for name in ("scores", "predictions", "aligned"):
        command += [f"--{name}", str(suite / name)]
    return run([*command, *more], ROOT, check=check)


def held(folder):
    return {str(f.relative_to(folder)): f.read_text() for f in folder.rglob("*.tsv")}


def test_every_task_of_the_benchmark_comes_from_english_training(suite):
    done = gather(suite, "--recipe", "multitask/all", "--benchmark", "xtreme")
    found = held(suite / "mine")
    assert {name.partition("/")[0] for name in found} == {"xnli", "panx", "tatoeba"}
    assert "/mnli/0/" in found["xnli/test-de.tsv"]
    assert found["panx/test-en.tsv"].endswith("submission/panx")
    assert "3 of 9 tasks; not pawsx udpos" in done.stdout
    assert "xnli: 2 languages; not ar bg" in done.stdout


def test_xtreme_r_has_versions_of_its_own(suite):
    gather(suite, "--recipe", "multitask/all", "--benchmark", "xtreme-r")
    found = held(suite / "mine")
    assert found["panx/test-en.tsv"].endswith("submission/xtreme-r/panx")
    assert set(found) == {f"{t}/test-{c}.tsv" for t in ("xnli", "panx") for c in ("en", "de")} | {
        "tatoeba/test-de.tsv"
    }


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--recipe", "mnli"], "model and recipe in .* 'mini/mnli'; allowed: mini/multitask/all"),
        (["--recipe", "multitask/all", "--seed", "7"], "unknown seed of .* '7'; allowed: 0"),
        (["--recipe", "multitask/all", "--out", "scores"], "scores exists already"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named(suite, more, message):
    more = [str(suite / "scores") if part == "scores" else part for part in more]
    done = gather(suite, *more, "--benchmark", "xtreme", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("gather: error: ")
    assert re.search(message, done.stderr)
    assert not (suite / "mine").exists()
