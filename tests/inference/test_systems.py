"""Which systems a benchmark compares: recipes by the first engine, engines by the first recipe."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from stages.benchmark import jobs
from tests.conftest import ROOT
from waystation.params.load import load_settings

SUITE = load_settings(ROOT / "suites/small-full/params.yaml")
ENGINES = ["none transformers", "none onnxruntime", "none onnxruntime-int8"]


def systems(model, target):
    group = next(name for name, targets in SUITE.target.groups.items() if target in targets)
    run = SimpleNamespace(
        settings=SUITE,
        options=SimpleNamespace(group=group),
        inputs=dict.fromkeys(("tasks", "encoders", "models"), Path("nowhere")),
        scratch=Path("scratch"),
    )
    plan = SimpleNamespace(tasks=(), task=target, settings=None)
    return jobs(run, model, target, plan)


@pytest.mark.parametrize(
    ("model", "target", "recipes"),
    [
        ("e5-small", "squad_v1", ["none", "squad_v1", "squad_v2", "multitask/qa"]),
        ("e5-small-3", "squad_v1", ["none", "squad_v1"]),  # the others are of e5-small alone
        ("e5-small", "mnli_15", ["none", "squad_v1"]),  # which the others leave out
    ],
)
def test_only_recipes_that_a_model_has_on_a_target(model, target, recipes):
    found = systems(model, target)
    assert list(found) == [f"{recipe} unpadded" for recipe in recipes] + ENGINES
    assert {(job.recipe, job.backend) for job in found.values()} == {
        tuple(name.split()) for name in found
    }
