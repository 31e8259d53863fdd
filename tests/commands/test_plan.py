"""The plan of a run: counts worked by hand, and nothing touched."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.conftest import FULL, ROOT, run
from waystation.commands import plan
from waystation.grid import flops
from waystation.grid.workload import Workload
from waystation.params.load import load_settings
from waystation.params.models import Model

XTREME = ROOT / "suites/xtreme/params.yaml"
SUITES = [ROOT / "params.yaml", *sorted(ROOT.glob("suites/*/params.yaml"))]


def test_sizes_are_those_of_the_published_models():
    models = load_settings(XTREME).models
    base, large = models["xlm-roberta-base"], models["xlm-roberta-large"]
    assert flops.matrix_weights(base) == 84_934_656
    assert flops.parameters(base, base.vocabulary, base.positions) == 277_453_056
    assert flops.parameters(large, large.vocabulary, large.positions) == 558_840_832


def test_a_forward_pass_is_counted_by_hand():
    shape = Model(layers=2, hidden=4, heads=1, intermediate=8, positions=9)
    assert flops.matrix_weights(shape) == 2 * (4 * 16 + 2 * 32)
    # 3 sequences of 5 tokens: products, and two products of (5, 4) by (4, 5) in each layer.
    products, attention = 15 * 2 * 256, 3 * 2 * 2 * (2 * 5 * 5 * 4)
    assert flops.forward(shape, 15, 5) == products + attention


def work(suite, tmp_path):
    """What the stages do, by verb and cell; `suite`: a parameters file or its settings."""
    settings = load_settings(suite) if isinstance(suite, Path) else suite
    load = Workload(settings, tmp_path, 4.0)
    return {(one.verb, one.cell): one for one in load.all()}, load


@pytest.fixture
def grouped():
    """The full pocket suite with one seed and two groups of one target each."""
    full = load_settings(FULL)
    groups = {"udpos": ("udpos",), "more": ("mnli_more",)}
    return replace(full, seeds=(0,), target=replace(full.target, groups=groups))


def test_steps_and_examples_of_a_pocket_suite(grouped, tmp_path):
    cells, load = work(grouped, tmp_path)
    assert not {"mnli", "squad_v1", "udpos"} & {task for task, _ in load.unknown}
    assert cells["pretrain", "pico"].steps == 16000
    # A paragraph of real length gives three features of 128 tokens, 64 apart.
    mnli, squad = 2000 // 16 * 2, 3 * 2000 // 16 * 6
    assert cells["intermediate", "pico-mnli"].steps == mnli
    # The sequence goes on from the phase that the single recipe has left.
    assert cells["intermediate", "nano-sequential/nine/2"].steps == squad
    assert cells["intermediate", "pico-none"].flops == 0
    assert cells["target", "udpos-nano-none"].steps == 20 // 4 * 10
    assert cells["target", "more-nano-none"].steps == 3 * 600 // 16 * 4


def test_masked_language_modelling_alone_counts_all_languages(tmp_path):
    cells, _ = work(FULL, tmp_path)
    assert cells["intermediate", "nano-text"].steps == 6 * 1000 // 8


def test_rows_are_those_that_a_download_has_counted(grouped, tmp_path):
    (tmp_path / "udpos.json").write_text('{"splits": {"train": {"en": {"rows": 12}}}}')
    cells, _ = work(grouped, tmp_path)
    assert cells["target", "udpos-nano-none"].steps == 12 // 4 * 10


def test_a_target_before_another_is_counted(tmp_path):
    cells, _ = work(XTREME, tmp_path)
    steps = 33_410 // 32 * 5 + 400 // 32 * 5
    assert cells["target", "choice-xlm-roberta-large-none"].steps == steps


def test_rows_of_languages_in_one_configuration_are_shared_out(tmp_path):
    cells, load = work(XTREME, tmp_path)
    assert load.rows("tydiqa", "test", "fi") == 782
    assert load.rows("tydiqa", "train", "en") + load.rows("tydiqa", "validation", "en") == 3696
    assert "th" not in load.languages("udpos_r", "train")  # a union: what none of its parts has
    assert load.unknown == set()
    assert load.rows("xnli", "test", "fr") == 5010  # each of its rows is in all languages
    assert cells["align", "xlm-roberta-large-none"].examples == 3 * sum(
        load.rows(task, "test", code)
        for task in ("tatoeba", "bucc_gold")
        for code in load.languages(task, "test")
    )


def test_one_checkpoint_is_scored_once_on_the_test_rows(tmp_path):
    cells, load = work(XTREME, tmp_path)
    served = sum(load.rows("xcopa", "test", code) for code in load.languages("xcopa", "test"))
    assert cells["evaluate", "choice-xlm-roberta-large-none"].examples == served


def test_the_chosen_checkpoint_reads_the_rows_of_retrieval_from_a_pool_again(tmp_path):
    """LAReQA has no development rows."""
    _, load = work(FULL, tmp_path)
    served = sum(load.rows("lareqa", "test", code) for code in load.languages("lareqa", "test"))
    evaluation = load.evaluation("pico", "none", "reading", ("squad_retrieval",))
    assert evaluation.examples == len(load.settings.seeds) * (2 + 1) * served


@pytest.mark.parametrize("file", SUITES, ids=lambda file: file.parent.name)
def test_stages_are_those_that_dvc_has(file):
    counts = plan.stage_counts(load_settings(file), ROOT / "dvc.yaml")
    listed = run(["dvc", "stage", "list", "--name-only", str(file.with_name("dvc.yaml"))], ROOT)
    assert sum(counts.values()) == len(listed.stdout.split())


def test_the_plan_of_the_real_suite_is_printed_and_written(tmp_path):
    file, data = tmp_path / "plan.json", ROOT / "data/xtreme"
    before = data.exists()
    command = ["python", "-m", "waystation", "plan", "--params", str(XTREME), "--json", str(file)]
    done = run([*command, "--gpu", "h200"], ROOT)
    assert "xlm-roberta-large" in done.stdout
    assert "7.5% of 989 TFLOP/s" in done.stdout
    planned = yaml.safe_load(file.read_text())
    hours = sum(entry["hours"] for entry in planned["work"])
    operations = sum(entry["flops"] for entry in planned["work"])
    assert math.isclose(hours * 3600 * 0.075 * 989e12, operations, rel_tol=1e-9)
    assert data.exists() == before


@pytest.mark.parametrize("command", ["plan", "gold", "score"])
def test_a_command_that_reads_files_needs_no_torch(command):
    script = f"import sys; from waystation.commands import {command}; print('torch' in sys.modules)"
    assert run([sys.executable, "-c", script], ROOT).stdout.strip() == "False"


def test_nothing_is_measured_for_a_card():
    words = ["--params", str(XTREME), "--gpu", "h200"]
    script = f"import sys; from waystation.__main__ import run; run('plan', {words})"
    script += "; print('torch' in sys.modules)"
    assert run([sys.executable, "-c", script], ROOT).stdout.splitlines()[-1] == "False"


def test_this_machine_s_rate_is_measured():
    rate, of = plan.measured_rate(load_settings(FULL), seconds=0.1)
    assert 1e8 < rate < 1e14
    assert of.endswith(", measured with one stage at a time")
