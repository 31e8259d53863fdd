"""The real graph, shrunk: what a change makes DVC run again."""

import sys
from pathlib import Path

import pytest

from tests.conftest import run
from tests.shrunk import append, dvc, edit, params_of, status

RECIPES = ("none", "ccg", "sequential/mnli_squad/2")
GROUPS = ("several", "udpos")  # of targets
ENGLISH = ("mnli", "squad_v1", "ccg", "commonsense_qa", "copa", "squad_retrieval")


def changed(folder: Path) -> set[str]:
    """Stages that DVC finds changed once the cheap ones that decide are up to date."""
    dvc(folder, "repro", "-q", "code", "sources", "recipes")
    return status(folder)


def cells(verb: str, *groups: str) -> set[str]:
    """All stages of a verb: of some groups of targets, or of the encoders."""
    prefixes = [f"{group}-" for group in groups] or [""]
    found = {f"{verb}@{prefix}pico-{recipe}" for prefix in prefixes for recipe in RECIPES}
    return found | {f"{verb}_extra@{prefix}pico-mnli+mlm" for prefix in prefixes}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda f: edit(f, "benchmark.rows", 3), {"benchmark@several", "benchmark@udpos"}),
        (
            lambda f: edit(f, "target.tasks.udpos.learning_rate", 0.01),
            {"report"} | cells("target", "udpos"),
        ),
        (
            lambda f: edit(f, "target.learning_rate", 0.01),
            {"report"} | cells("target", *GROUPS),
        ),
        (
            lambda f: edit(f, "intermediate.tasks.mnli", {"epochs": 2}),
            {
                "intermediate@pico-sequential/mnli_squad/2",
                "intermediate_extra@pico-mnli+mlm",
                "report",
            },
        ),
        (
            lambda f: edit(f, "intermediate.tasks.ccg", {"epochs": 3}),
            {"intermediate@pico-ccg", "report"},
        ),
        (
            lambda f: append(f, "waystation/report/figures/gains.py", "\nMORE = 1\n"),
            {"report"},
        ),
        (lambda f: append(f, "waystation/training/loop.py", "\n# a remark\n"), set()),
        (
            lambda f: edit(f, "extra.recipes", ["mnli+mlm", "mnli"]),
            {"intermediate_extra@pico-mnli", "align_extra@pico-mnli", "report"}
            | {f"{v}_extra@{g}-pico-mnli" for v in ("target", "evaluate") for g in GROUPS}
            | {f"{v}@{g}" for v in ("snapshots", "benchmark") for g in GROUPS},
        ),
        pytest.param(
            lambda f: append(f, "waystation/heads/tagging.py", "\nMORE = 1\n"),
            {
                "intermediate@pico-ccg",
                "promise@pico",
                "snapshots@udpos",
                "benchmark@udpos",
                "trim@two",
            }
            | cells("target", "udpos")
            | cells("evaluate", "udpos"),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda f: edit(f, "align.neighbours", 3),
            cells("align"),
            marks=pytest.mark.slow,
        ),
    ],
    ids=[
        "benchmark_rows",
        "one_target_learning_rate",
        "target_learning_rate",
        "epochs_of_a_task_in_a_sequence",
        "epochs_of_a_single_task",
        "code_of_a_figure",
        "comment_in_a_module",
        "one_more_recipe",
        "file_of_a_type",
        "neighbours_of_the_margin",
    ],
)
def test_a_change_reruns_just_what_it_affects(clean, change, expected):
    change(clean)
    assert changed(clean) == expected, dvc(clean, "status").stdout


def test_a_task_s_file_reruns_its_own_download(clean):
    append(clean, "waystation/tasks/xquad.py", "\nMORE = 1\n")
    dvc(clean, "repro", "-q", "code")
    assert status(clean) == {"generate@world", "sources", "download@xquad", "report"}
    dvc(clean, "repro", "-q", "recipes")
    assert status(clean) == {"report"}  # they ran, and gave the same


@pytest.mark.parametrize(
    ("key", "value", "verbs"),
    [
        ("benchmark.rows", 3, {"benchmark", "report"}),
        (
            "target.learning_rate",
            0.01,
            {"target", "evaluate", "snapshots", "benchmark", "trim", "report"},
        ),
        ("report.resamples", 60, {"report"}),
        ("align.neighbours", 3, {"align", "report"}),
    ],
)
def test_what_follows_from_a_parameter(clean, key, value, verbs):
    """Whole verbs: all cells of those that follow, none of the others."""
    edit(clean, key, value)
    changed(clean)
    ask = "from pathlib import Path; from waystation.runner import dvc_graph, schedule; "
    ask += "graph = dvc_graph.read_graph(Path('dvc.yaml')); "
    ask += "print(*schedule.downstream(graph.changed, graph.upstream), sep='\\n')"
    found = run([sys.executable, "-c", ask], clean).stdout.split()
    assert {stage.partition("@")[0].removesuffix("_extra") for stage in found} == verbs


def test_a_language_s_knob_reaches_only_the_tasks_that_speak_it(clean):
    edit(clean, "world.languages.qdd.order", "vso")
    dvc(clean, "repro", "-q", "sources")
    found = status(clean)
    downloads = {stage.partition("@")[2] for stage in found if stage.startswith("download")}
    assert downloads == set(params_of(clean)["tasks"]) - set(ENGLISH)
    dvc(clean, "repro", "-q", "recipes")
    found = status(clean)
    trained = {stage for stage in found if stage.startswith(("intermediate", "target"))}
    assert trained == {"intermediate_extra@pico-mnli+mlm"}  # reads the corpus itself
    assert "pretrain@pico" in found
    assert cells("evaluate", "udpos") <= found
