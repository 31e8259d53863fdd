"""The real graph, shrunk, through DVC: runs, resumes, compares revisions."""

import contextlib
import csv
import hashlib
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.conftest import copy_project, run
from tests.frame.test_stage import alive, wait_for
from tests.shrunk import dvc, edit, restore, status
from waystation.grid.plans import InputLengths
from waystation.inference import fresh
from waystation.inference.fresh import Asked, Job
from waystation.params.load import load_settings


def test_everything_has_run(pipeline):
    summary = json.loads((pipeline / "metrics/pocket/summary.json").read_text())
    assert summary["not_run_cells"] == 0
    cells = summary["scores"]["pico"]
    assert set(cells) == {"none", "ccg", "sequential/mnli_squad/2", "mnli+mlm"}
    served = {"xnli", "xnli+2", "udpos", "xcopa", "lareqa"}
    assert set(cells["ccg"]) == served | {"tatoeba", "bucc"}
    plots = pipeline / "plots/pocket"
    pictures = {file.stem for file in plots.glob("*.png")}
    of_one_model = {"gains", "languages", "sequence", "learned", "alignment", "means"}
    of_one_model |= {"latency", "throughput", "pareto", "retention", "heatmap"}
    compared = (plots / "speeds.csv").read_text().count("\n") > 1  # a busy machine has no time
    assert pictures == (of_one_model | {"ratios"} if compared else of_one_model)
    tables = ("gains", "scores", "sequence", "alignment", "mining", "identity", "retrieval", "cost")
    for name in tables:
        assert (plots / f"{name}.csv").stat().st_size > 100
    results = (pipeline / "plots/pocket/results.md").read_text()
    for task in ("xnli", "udpos", "lareqa", "tatoeba", "bucc"):
        assert f"`{task}`" in results
    inputs = [path for path, _ in summary["made_from"]["inputs_sha256"]]
    read = ["intermediate", "scores", "align", "snapshots", "promise"]
    assert {*inputs} == {*(f"metrics/pocket/{name}" for name in read), "data/pocket/predictions"}
    phases = summary["intermediate"]["pico"]["sequential/mnli_squad/2"]
    assert {name: [*tasks] for name, tasks in phases.items()} == {
        "phase_1": ["mnli"],
        "phase_2": ["squad_v1"],
    }
    assert phases["phase_1"]["mnli"]["majority_percent"] > 0
    assert phases["phase_1"]["mnli"]["chance_percent"] == pytest.approx(33.333, abs=0.001)
    assert phases["phase_2"]["squad_v1"]["majority_percent"] is None
    told = pipeline / "metrics/pocket/intermediate/pico/sequential/mnli_squad/2.json"
    made = json.loads(told.read_text())
    (left,) = made["retained"].values()  # of the first task, by its head
    assert left["n"] == 24
    first = made["phases"][0]["english"]["mnli"]
    assert left["accuracy_percent"] - left["change_points"] == pytest.approx(first)


def test_english_choices_and_other_weights_are_told_of_every_group(pipeline):
    groups = {"several": ["mnli", "mnli_more", "copa", "squad_retrieval"], "udpos": ["udpos"]}
    for group, targets in groups.items():
        told = json.loads((pipeline / f"metrics/pocket/snapshots/{group}.json").read_text())
        cells = {(row["recipe"], row["target"]) for row in told["english"]}
        assert len(cells) == len(targets) * 4  # recipes
        assert {row["recipe"] for row in told["tests"]} == {"none"}
        assert {row["variant"] for row in told["tests"]} >= {"mean of snapshots"}
    weights = (pipeline / "plots/pocket/weights.csv").read_text().splitlines()
    assert any(line.startswith("pico,none,udpos,udpos,1,") for line in weights)


def test_another_engine_answers_as_ours_does(pipeline, tmp_path):
    """From texts to predictions by a model of the run: the same score, and the same is measured."""
    data = pipeline / "data/pocket"
    ours = Job(
        recipe="none",
        backend="unpadded",
        engines=tmp_path,
        tasks=data / "tasks",
        encoder=data / "encoders/pico/none",
        model=data / "models/several/pico/none/mnli/0",
        target="mnli",
        sets=(("xnli", "en"), ("xnli", "qda")),
        lengths=InputLengths(64, 32),
        asked=Asked(rows=4, queries=7, warmup=1, scored=8),
        evaluate=load_settings(pipeline / "params.yaml").evaluate,
        file="params.yaml",
        threads=1,
        device="cpu",
        precision="float32",
    )
    theirs = replace(ours, backend="transformers")
    scored = [fresh.measured(replace(job, scoring=True)) for job in (ours, theirs)]
    assert scored[0] == scored[1]
    assert [entry["scored_n"] for entry in scored[0]] == [8, 8]
    timed = [fresh.measured(job) for job in (ours, theirs)]
    assert [entry.keys() for entry in timed[0]] == [entry.keys() for entry in timed[1]]
    assert all(len(entry["latencies_ms"]) >= 7 for entry in timed[1])


def test_every_target_has_a_promise_of_every_intermediate_task(pipeline):
    told = json.loads((pipeline / "metrics/pocket/promise/pico.json").read_text())["scores"]
    targets = {"mnli", "copa", "squad_retrieval", "udpos"}  # by the task of their English rows
    assert set(told["texts"]) == targets
    assert set(told["probe"]) == targets - {"squad_retrieval"}  # that one has no labels
    for scores in told.values():
        assert all(set(own) == {"mnli", "squad_v1", "ccg"} for own in scores.values())
    assert max(told["texts"]["mnli"], key=told["texts"]["mnli"].get) == "mnli"


def test_a_question_runs_nothing_that_has_run_and_prints_its_answer(pipeline):
    made = pipeline / "metrics/pocket/studies"
    assert {file.stem for file in made.iterdir()} == {
        *("qa_inference", "multilingual_finetuning", "sequential_tasks", "model_scaling"),
        *("alignment_retention", "claims", "which_task"),
    }
    claims = json.loads((made / "claims.json").read_text())["claims"]
    assert len(claims) == 9
    done = run([sys.executable, "-m", "waystation", "study", "alignment_retention"], pipeline)
    answer = json.loads((made / "alignment_retention.json").read_text())
    assert f"{answer['verdict']}: {answer['sentence']}" in done.stdout
    assert answer["sentence"].startswith("pico keeps")
    assert "0 of" in done.stdout
    assert "up to date" in done.stdout


def test_predictions_agree_with_scores(pipeline):
    from waystation import metrics
    from waystation.data import predictions

    scores = json.loads((pipeline / "metrics/pocket/scores/udpos/pico/ccg.json").read_text())
    home = pipeline / "data/pocket/predictions/udpos/pico/ccg/udpos/0/udpos"
    for language, entry in scores["targets"]["udpos"]["tasks"]["udpos"]["languages"].items():
        points = predictions.read_points(home / f"{language}.jsonl", "accuracy")
        told = metrics.scores(("accuracy",), [{"accuracy": point} for point in points])
        assert told["accuracy_percent"] == entry["seeds"]["0"]["accuracy_percent"]
        assert len(points) == entry["n"] == 24


def test_scores_over_unshared_tokens_stand_from_the_predictions_to_the_summary(pipeline):
    from waystation import metrics
    from waystation.data import predictions

    scores = json.loads((pipeline / "metrics/pocket/scores/several/pico/ccg.json").read_text())
    told = scores["targets"]["squad_retrieval"]["tasks"]["lareqa"]
    home = pipeline / "data/pocket/predictions/several/pico/ccg/squad_retrieval/0/lareqa"
    means = {}
    for language, entry in told["languages"].items():
        points = predictions.read_points(home / f"{language}.jsonl", "unshared_map_at_20")
        means[language] = metrics.scores(("map_at_20",), [{"map_at_20": p} for p in points])
        found = entry["seeds"]["0"]["unshared_map_at_20_percent"]
        assert found == means[language]["map_at_20_percent"]
    assert set(told["unshared_empty_queries"]) == set(means)
    others = [value["map_at_20_percent"] for code, value in means.items() if code != "en"]
    summary = json.loads((pipeline / "metrics/pocket/summary.json").read_text())
    mean = summary["scores"]["pico"]["ccg"]["lareqa"]["unshared_map_at_20_zero_shot_percent"]
    assert mean == pytest.approx(sum(others) / len(others), abs=6e-4)


def test_submissions_score_as_evaluate_says(pipeline, tmp_path, monkeypatch):
    """To the last digit, against gold files, for a benchmark in the pocket languages."""
    from waystation.commands import gold, score
    from waystation.xtreme import benchmarks

    served = {"mnli": "xnli", "copa": "xcopa", "squad_retrieval": "lareqa", "udpos": "udpos"}
    folders, told = [], {}
    for target, task in served.items():
        group = "udpos" if target == "udpos" else "several"
        file = pipeline / f"metrics/pocket/scores/{group}/pico/ccg.json"
        told[task] = json.loads(file.read_text())["targets"][target]["tasks"][task]["languages"]
        home = pipeline / "data/pocket/predictions" / group / "pico/ccg" / target
        folders.append(home / "0" / "submission")
    tasks = {
        task: replace(benchmarks.XTREME_R.tasks[task], languages=tuple(languages))
        for task, languages in told.items()
    }
    monkeypatch.setitem(
        benchmarks.BENCHMARKS, "pocket", benchmarks.Benchmark(tasks, {"all": tuple(tasks)})
    )
    gold.write_all_gold(pipeline / "data/pocket/tasks", tmp_path / "gold")
    found, _ = score.score(folders, tmp_path / "gold", "pocket")
    for task, languages in told.items():
        for language, entry in languages.items():
            for name, value in found["tasks"][task]["languages"][language].items():
                key = f"{name.replace('@', '_at_')}_percent"
                assert entry["seeds"]["0"][key] == value, (task, language, name)
    assert found["overall"] == found["groups"]["all"] > 0


def test_a_run_goes_on_from_the_target_before_it(pipeline):
    home = pipeline / "data/pocket/models/several/pico/none/copa/0"
    told = json.loads((home / "english.json").read_text())
    assert set(told["checkpoints"]) == {p.name for p in home.iterdir() if p.is_dir()}
    plan = json.loads((pipeline / "data/pocket/recipes/target/several.json").read_text())
    assert plan["targets"]["copa"]["after"]["task"] == "commonsense_qa"
    assert "commonsense_qa/train/en.jsonl" in plan["files"]


def test_an_intermediate_phase_passes_on_its_best_encoder(pipeline):
    for recipe in ("ccg", "mnli+mlm"):
        file = pipeline / f"metrics/pocket/intermediate/pico/{recipe}.json"
        (phase,) = json.loads(file.read_text())["phases"]
        assert phase["chosen_step"] <= phase["steps"]
        assert phase["chosen_step"] % 2 == 0 or phase["chosen_step"] == phase["steps"]


def test_plain_transformers_loads_what_pretrain_wrote(pipeline):
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    folder = pipeline / "data/pocket/pretrained/pico"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForMaskedLM.from_pretrained(folder)
    batch = tokenizer(["the farmer feed-ed 3 horse-s ."], return_tensors="pt")
    assert batch["input_ids"][0, 0] == tokenizer.cls_token_id == 0
    assert batch["input_ids"][0, -1] == tokenizer.sep_token_id == 2
    assert tokenizer.unk_token_id not in batch["input_ids"]
    assert model(**batch).logits.shape[-1] == len(tokenizer)


def test_a_second_run_does_nothing(pipeline):
    done = dvc(pipeline, "repro")
    assert "Running stage" not in done.stdout
    assert "up to date" in done.stdout


def test_an_experiment_narrows_the_grid_and_is_compared_with_its_baseline(clean, tmp_path):
    told = ["-S", "recipes=[none,ccg]", "-S", "extra.recipes=[]"]
    told += ["-S", "target.tasks.udpos.epochs=3"]
    done = dvc(clean, "exp", "run", "-n", "quick", *told)
    assert "sequential" not in done.stdout.replace("stages/sequential", "")
    summary = json.loads((clean / "metrics/pocket/summary.json").read_text())
    assert set(summary["scores"]["pico"]) == {"none", "ccg"}
    assert "target.tasks.udpos.epochs" in dvc(clean, "params", "diff").stdout
    metrics = json.loads(dvc(clean, "metrics", "diff", "--json").stdout)
    found = metrics["metrics/pocket/summary.json"]
    assert any("udpos" in key for key in found)
    assert not any("none.xnli" in key for key in found)  # untouched by the change
    assert "quick" in dvc(clean, "exp", "show", "--csv", "--only-changed").stdout
    make_page = [sys.executable, "-m", "waystation.runner.offline_page"]
    run([*make_page, "--out", ".dvc/plots/offline.html"], clean)
    dvc(clean, "plots", "diff", "HEAD", "quick", "-o", str(tmp_path / "page"))
    page = (tmp_path / "page" / "index.html").read_text()
    assert "cdn.jsdelivr.net/npm/vega" not in page  # opens without a network
    assert page.count("<script") >= 4
    restore(clean)
    restored = dvc(clean, "repro").stdout
    assert "Running stage 'target" not in restored  # the wider grid comes back from the cache


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert files, folder
    for file in files:
        found.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return found.hexdigest()


def test_a_killed_run_goes_on_to_the_same_bytes(clean):
    """kill -9 of dvc in the middle of pretraining; then the same without an interruption."""
    steps = 900
    while not killed_within_pretraining(clean, steps):
        steps *= 3  # it was done before it could be killed: the tests' process had to wait
    assert not (clean / "data/pocket/pretrained/pico").exists()
    done = dvc(clean, "repro", "pretrain")
    assert "going on after step" in done.stdout
    resumed = digest(clean / "data/pocket/pretrained/pico")
    dvc(clean, "repro", "-q", "--force", "--single-item", "pretrain@pico")
    assert digest(clean / "data/pocket/pretrained/pico") == resumed


def killed_within_pretraining(folder: Path, steps: int) -> bool:
    """Kill `dvc repro pretrain` once a checkpoint is there; whether a checkpoint was left."""
    edit(folder, "pretrain.steps", steps)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        ["dvc", "repro", "pretrain"],
        cwd=folder,
        # The plainest shell: what the stage does must not depend on the caller's.
        env=os.environ | {"PATH": path, "CHECKPOINT_SECONDS": "0.1", "SHELL": "/bin/sh"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

    def checkpoints() -> list[Path]:
        return list(folder.glob(".scratch/pretrain-*/training.safetensors"))

    wait_for(lambda: checkpoints() or process.poll() is not None)
    training = children(process.pid)
    with contextlib.suppress(ProcessLookupError):  # ended by itself: the caller tries more steps
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(alive(pid) for pid in training))
    return bool(checkpoints())


def children(pid: int) -> list[int]:
    """Process ids below a process, itself not included."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *children(child)]
    return found


def test_a_wrong_parameter_stops_dvc_with_a_message(clean):
    for key, value, message in (
        ("recipes", ["none", "mnly"], "unknown recipe 'mnly'; allowed: none, random"),
        ("languages", ["en", "qda", "qdb", "xx"], "languages: unknown name 'xx'; allowed: en, qda"),
        ("pretrain.stepz", 5, "unknown key 'stepz'; allowed: steps"),
        ("tasks.xnly", {}, "unknown task 'xnly'; allowed: anli, anli_plus"),
        ("pretrain.max_tokens", 2, "pretrain has max_tokens 2; allowed: 8 and more"),
        ("tokenizer.vocab_size", 3, "tokenizer.vocab_size is 3; allowed: 16 and more"),
    ):
        edit(clean, key, value)
        done = dvc(clean, "repro", check=False)
        assert done.returncode != 0
        assert message in done.stderr
        assert "Traceback" not in done.stderr
        restore(clean)


def test_a_training_that_does_not_stay_finite_stops_dvc_with_a_message(clean):
    edit(clean, "pretrain.learning_rate", 1e38)
    done = dvc(clean, "repro", "--single-item", "pretrain@pico", check=False)
    assert done.returncode != 0
    assert re.search(r"pretrain: error: pretrain pico: .*(not finite|is nan|is inf)", done.stderr)
    assert "learning rate 1e+38); try a smaller one" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (clean / "data/pocket/pretrained/pico").exists()


@pytest.mark.slow
def test_cells_give_the_same_bytes_again_whatever_ran_before(clean):
    """Without what the scratch folder keeps: a sequence of two tasks, and its fine-tuning."""
    cells = {
        "intermediate@pico-sequential/mnli_squad/2": "encoders/pico/sequential/mnli_squad/2",
        "target@udpos-pico-sequential/mnli_squad/2": "models/udpos/pico/sequential/mnli_squad/2",
        "evaluate@udpos-pico-ccg": "predictions/udpos/pico/ccg",
    }
    before = {cell: digest(clean / "data/pocket" / made) for cell, made in cells.items()}
    (clean / ".scratch").rename(clean / ".scratch.aside")  # what other tests find finished
    for cell, made in cells.items():
        dvc(clean, "repro", "-q", "--force", "--single-item", cell)
        assert digest(clean / "data/pocket" / made) == before[cell], cell
    shutil.rmtree(clean / ".scratch")
    (clean / ".scratch.aside").rename(clean / ".scratch")


@pytest.mark.slow
def test_one_more_seed_costs_one_seed_and_leaves_the_first_as_it_was(clean):
    from waystation.frame import finished_parts

    home = clean / "data/pocket/models/udpos/pico/ccg/udpos"
    finished = {path.parent for path in clean.glob(f".scratch/targets/*/{finished_parts.DONE}")}
    before = digest(home / "0")
    edit(clean, "seeds", [0, 1])
    done = dvc(clean, "repro", "target@udpos-pico-ccg", "evaluate@udpos-pico-ccg")
    assert "n = 2 seeds" in done.stdout
    assert digest(home / "0") == before != digest(home / "1")
    trained = {
        path.parent for path in clean.glob(f".scratch/targets/*/{finished_parts.DONE}")
    } - finished
    assert len(trained) == 1  # the second seed alone


@pytest.mark.slow
def test_a_queue_of_several_values_runs(clean):
    dvc(clean, "exp", "run", "--queue", "-S", "report.resamples=20,30")
    dvc(clean, "exp", "run", "--run-all")
    shown = dvc(clean, "exp", "show", "--csv").stdout
    assert shown.count("Success") == 2
    rows = list(csv.DictReader(io.StringIO(shown)))
    values = {
        row.get("params.yaml:report.resamples") or row.get("report.resamples") for row in rows
    }
    assert {"20", "30"} <= values


@pytest.mark.slow
def test_one_worker_makes_the_bytes_of_two(pipeline, tmp_path):
    serial = from_nothing(pipeline, tmp_path)
    dvc(serial, "repro", "-q")
    hold_equal(pipeline, serial)


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_makes_the_same_bytes(pipeline, tmp_path):
    """kill -9 from nothing on, every few seconds: of the command alone, or of its stages too."""
    project, draw, kills = from_nothing(pipeline, tmp_path), random.Random(0), 0
    log = tmp_path / "log"
    while True:
        process = started([sys.executable, "-m", "waystation", "run"], project, log)
        with contextlib.suppress(subprocess.TimeoutExpired):
            # DVC needs some seconds before a stage begins; at last it may come to the end.
            process.wait(draw.uniform(4, 12) if kills < 20 else 600)
        if process.returncode == 0:
            break
        assert process.returncode is None, log.read_text()
        kill(process, children(process.pid) if kills % 2 else [])
        kills += 1
    assert kills > 5
    assert status(project) == set()
    hold_equal(pipeline, project)


@pytest.mark.slow
def test_a_kill_in_every_stage_loses_nothing(pipeline, tmp_path):
    """kill -9 of each stage's own process, by turns of DVC too, somewhere in the stage's work."""
    project, draw = from_nothing(pipeline, tmp_path), random.Random(0)
    names = yaml.safe_load((pipeline / "dvc.lock").read_text())["stages"]
    killed = 0
    for number, name in enumerate(names):
        verb = name.partition("@")[0].removesuffix("_extra")
        process = started(["dvc", "repro", "--single-item", name], project, tmp_path / "log")
        wait_for(lambda p=process, v=verb: stage_of(p, v) or p.poll() is not None)
        time.sleep(draw.uniform(0, 3))
        if stage := stage_of(process, verb):
            os.kill(stage, signal.SIGKILL)
            killed += 1
            kill(process, []) if number % 2 else process.wait()
        process.wait()
        dvc(project, "repro", "-q", "--single-item", name)
    assert killed > len(names) / 2, (killed, len(names))
    assert status(project) == set()
    hold_equal(pipeline, project)


def started(command: list[str], project: Path, log: Path) -> subprocess.Popen:
    """The command, begun in a project, with checkpoints as often as may be."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "CHECKPOINT_SECONDS": "0.1"}
    with log.open("w") as stream:
        return subprocess.Popen(command, cwd=project, env=environment, stdout=stream, stderr=stream)


def stage_of(process: subprocess.Popen, verb: str) -> int | None:
    """The process of the stage that a `dvc repro` runs, once there is one."""
    for pid in children(process.pid):
        with contextlib.suppress(OSError):
            if f"stages.{verb}\0".encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
    return None


def kill(process: subprocess.Popen, more: list[int]) -> None:
    """kill -9 of a command and some others; returns when all that it began has ended."""
    below = children(process.pid)
    for pid in [process.pid, *more]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(map(alive, below)))


def from_nothing(pipeline: Path, folder: Path) -> Path:
    """The shrunk suite's project without anything that it has made."""
    project = copy_project(folder)
    (project / "params.yaml").write_text((pipeline / "params.yaml").read_text())
    return project


def hold_equal(one: Path, other: Path) -> None:
    """All outputs of two runs have the same bytes, but those that hold timings."""
    told = [yaml.safe_load((folder / "dvc.lock").read_text()) for folder in (one, other)]
    assert told[0]["stages"].keys() == told[1]["stages"].keys()
    for name in told[0]["stages"]:
        if not name.startswith(("benchmark", "report")):
            assert told[0]["stages"][name] == told[1]["stages"][name], name
    summary = "metrics/pocket/summary.json"
    assert (other / summary).read_bytes() == (one / summary).read_bytes()


@pytest.mark.slow
def test_recipes_of_every_kind_train(clean):
    """Those that the shrunk grid leaves out: several tasks at once, translated rows, masked
    language modelling alone, and merged ones."""
    merged = ["merged/mean/all", "merged/ties/all"]
    edit(clean, "extra.recipes", ["mnli+mlm", "multitask/all", "mnli+translated", "text", *merged])
    edit(clean, "intermediate.tasks.text", {"train_examples": 16, "epochs": 1, "max_tokens": 64})
    run([sys.executable, "-m", "waystation", "run", "--workers", "2"], clean)
    summary = json.loads((clean / "metrics/pocket/summary.json").read_text())
    assert summary["not_run_cells"] == 0
    assert {"multitask/all", "mnli+translated"} <= set(summary["scores"]["pico"])
    trained = {"multitask/all": {"mnli", "squad_v1", "ccg"}, "mnli+translated": {"mnli"}}
    for recipe, tasks in trained.items():
        told = clean / f"metrics/pocket/intermediate/pico/{recipe}.json"
        assert set(json.loads(told.read_text())["phases"][0]["english"]) == tasks
    told = json.loads((clean / "metrics/pocket/intermediate/pico/text.json").read_text())
    (phase,) = told["phases"]
    assert phase["english"] == {}
    assert phase["examples"] == {"text": 6 * 16}
    for recipe in merged:
        told = json.loads((clean / f"metrics/pocket/intermediate/pico/{recipe}.json").read_text())
        assert [phase["tasks"] for phase in told["phases"]] == [["mnli"], ["squad_v1"], ["ccg"]]
        assert set(told["retained"]) == {"mnli", "squad_v1", "ccg"}
    assert status(clean) == set()


def test_a_search_keeps_what_it_saw_and_trains_nothing_twice(clean):
    """One rate after the other; neither test rows nor the suite's own runs change."""
    command = [sys.executable, "-m", "waystation", "search", "--params", "params.yaml"]
    command += ["--targets", "udpos", "--workers", "1", "--rates"]
    before = digest(clean / "data/pocket/models")
    run([*command, "1e-3"], clean)
    file = clean / "search.csv"
    (row,) = csv.DictReader(file.open())
    assert (row["target"], row["learning_rate"]) == ("udpos", "0.001")
    assert 0 <= float(row["english_score_percent"]) <= 100
    run([*command, "1e-3", "2e-3"], clean)
    again, more = csv.DictReader(file.open())
    assert again == row  # the seconds too: it was not trained again
    assert more["learning_rate"] == "0.002"
    assert digest(clean / "data/pocket/models") == before
    wrong = run([*command[:-4], "ner", "--rates", "1e-3"], clean, check=False)
    assert wrong.returncode == 1
    assert "'ner'" in wrong.stderr
    file.unlink()
