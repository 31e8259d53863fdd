"""Several stages at once: order, failures, and that DVC finds nothing left to do."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, run
from tests.frame.test_stage import alive, wait_for
from tests.runner.tiny import at_once
from waystation.commands import run as run_command
from waystation.runner import cards, outcome, schedule
from waystation.runner.schedule import Schedule, ancestors, downstream, expected_seconds

# a -> b -> d, a -> c -> d, and e alone
DIAMOND = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": []}


def play(plan: Schedule, workers: int, fail: str = "") -> list[str]:
    """Run a schedule in simulated time; the order of starts. Seconds are the schedule's own."""
    order, now, ends = [], 0.0, []
    while True:
        while len(ends) < workers and (stage := plan.next()):
            order.append(stage)
            ends.append((now + plan.seconds[stage], stage))
        if not ends:
            return order
        ends.sort()
        now, stage = ends.pop(0)
        plan.finish(stage, stage != fail)


def test_nothing_starts_before_its_upstream():
    plan = Schedule(DIAMOND, dict.fromkeys(DIAMOND, 1.0))
    started = [plan.next(), plan.next(), plan.next()]
    assert started == ["a", "e", None]
    assert plan.finish("a", succeeded=True) == []
    assert {plan.next(), plan.next()} == {"b", "c"}
    plan.finish("b", succeeded=True)
    assert plan.next() is None
    plan.finish("c", succeeded=True)
    assert plan.next() == "d"


def test_the_longest_path_goes_first():
    # b is short but before long d; c is longer than b; e is longer than any one stage but d
    upstream = {"a": [], "b": [], "c": [], "d": ["b"], "e": []}
    seconds = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 20.0, "e": 10.0}
    assert schedule.longest_paths(upstream, seconds) == {
        "a": 1.0,
        "b": 22.0,
        "c": 3.0,
        "d": 20.0,
        "e": 10.0,
    }
    assert play(Schedule(upstream, seconds), workers=1) == ["b", "d", "e", "c", "a"]


def test_an_exclusive_stage_runs_alone_and_last():
    upstream = {"x1": [], "x2": [], "a": [], "b": ["a"], "end": ["x1", "x2", "b"]}
    plan = Schedule(upstream, dict.fromkeys(upstream, 1.0), lambda stage: stage[0] == "x")
    assert (plan.next(), plan.next()) == ("a", None)  # x1 may not join a running stage
    plan.finish("a", succeeded=True)
    assert (plan.next(), plan.next()) == ("b", None)  # b goes first though x1 could run alone
    plan.finish("b", succeeded=True)
    first = plan.next()
    assert first in ("x1", "x2")
    assert plan.next() is None  # nothing joins an exclusive stage, not even another one
    plan.finish(first, succeeded=True)
    assert plan.next() in ("x1", "x2")


def test_nothing_joins_an_exclusive_stage():
    plan = Schedule({"x": [], "a": []}, {"x": 1.0, "a": 1.0}, lambda stage: stage == "x")
    assert plan.next(lambda stage: stage == "x") == "x"
    assert plan.next() is None
    plan.finish("x", succeeded=True)
    assert plan.next() == "a"


def test_a_failure_skips_what_needs_it_and_nothing_else():
    plan = Schedule(DIAMOND, dict.fromkeys(DIAMOND, 1.0))
    assert play(plan, workers=2, fail="b") == ["a", "e", "b", "c"]
    assert plan.failed == ["b"]
    assert plan.skipped == ["d"]
    assert plan.done == {"a", "c", "e"}


def test_what_turns_out_up_to_date_is_not_visited():
    plan = Schedule(DIAMOND, dict.fromkeys(DIAMOND, 1.0))
    only = plan.next(lambda stage: stage == "a")
    assert (only, plan.next(lambda stage: stage == "a")) == ("a", None)
    plan.finish("a", succeeded=True)
    plan.keep({"c", "d"})
    assert play(plan, workers=2) == ["c", "d"]
    assert plan.done == set(DIAMOND)


@pytest.mark.parametrize(("workers", "expected"), [(1, 16.0), (2, 10.0), (4, 8.0)])
def test_time_left_is_that_of_the_schedule(workers, expected):
    seconds = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 6.0}
    plan = Schedule(DIAMOND, seconds)
    assert plan.seconds_left(workers, {}, 1.0) == expected
    assert plan.seconds_left(workers, {}, 2.0) == 2 * expected
    assert set(plan.waiting) == set(DIAMOND)  # asking changes nothing


def test_time_left_counts_what_running_stages_have_done():
    plan = Schedule(DIAMOND, dict.fromkeys(DIAMOND, 4.0))
    plan.next()
    assert plan.seconds_left(1, {"a": 3.0}, 1.0) == 17.0
    assert plan.seconds_left(1, {"a": 30.0}, 1.0) == 16.0


def test_downstream_and_ancestors():
    assert downstream(["b"], DIAMOND) == {"b", "d"}
    assert ancestors(["b"], DIAMOND) == {"a", "b"}


def test_expected_seconds_are_the_last_ones_else_the_groups(tmp_path):
    runs = tmp_path / "runs.jsonl"
    lines = [
        {"stage": "target@a", "suite": "pocket", "stage_sec": 100.0},
        {"stage": "target@a", "suite": "pocket", "stage_sec": 5.0},
        {"stage": "target@b", "suite": "pocket", "stage_sec": 7.0},
        {"stage": "target@c", "suite": "small", "stage_sec": 900.0},
    ]
    runs.write_text("\n".join(json.dumps(line) for line in lines) + '\n{"stage": "tar')
    found = expected_seconds(["target@a", "target@c", "new"], "pocket", runs)
    start = schedule.START_SEC
    assert found == {
        "target@a": 5.0 + start,
        "target@c": 6.0 + start,
        "new": schedule.DEFAULT_SEC + start,
    }
    fresh = expected_seconds(["new", "pretrain@nano"], "pocket", tmp_path / "absent")
    assert fresh["pretrain@nano"] > 10 * fresh["new"]


def test_every_verb_with_seconds_of_its_own_is_one():
    verbs = {
        schedule.noted(name) for name in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    }
    assert set(schedule.TYPICAL_SEC) <= verbs


def test_a_grid_of_extra_recipes_is_expected_to_take_what_its_verb_noted(tmp_path):
    runs = tmp_path / "runs.jsonl"
    lines = [
        {"stage": "target@a-nano-anli", "suite": "pocket", "stage_sec": 60.0},
        {"stage": "target@a-nano-mnli", "suite": "pocket", "stage_sec": 20.0},
    ]
    runs.write_text("\n".join(map(json.dumps, lines)))
    stages = ["target_extra@a-nano-anli", "target_extra@a-nano-qqp", "target@a-nano-mnli"]
    found = expected_seconds(stages, "pocket", runs)
    assert list(found.values()) == [s + schedule.START_SEC for s in (60.0, 40.0, 20.0)]


def test_a_stage_without_a_time_is_expected_to_take_what_its_relatives_took(tmp_path):
    runs = tmp_path / "runs.jsonl"
    took = {"a-nano-6-none": 60.0, "a-nano-6-mnli": 80.0, "a-pico-none": 10.0, "b-nano-6-none": 2.0}
    lines = [{"stage": f"target@{n}", "suite": "pocket", "stage_sec": s} for n, s in took.items()]
    runs.write_text("\n".join(map(json.dumps, lines)))
    expected = {"a-nano-none": 70.0, "a-mini-none": 60.0, "b-pico-none": 2.0, "c-pico-none": 35.0}
    found = expected_seconds([f"target@{name}" for name in expected], "pocket", runs)
    assert list(found.values()) == [s + schedule.START_SEC for s in expected.values()]


def outputs(folder: Path) -> dict[str, str]:
    files = [*sorted((folder / "out").rglob("*")), folder / "dvc.lock"]
    return {
        str(file.relative_to(folder)): hashlib.md5(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file()
    }


def nothing_to_do(folder: Path) -> bool:
    assert json.loads(run(["dvc", "status", "--json"], folder).stdout) == {}
    done = run(["dvc", "repro"], folder)
    return "Running stage" not in done.stdout and "is cached" not in done.stdout


def test_parallel_is_serial_in_every_byte(project):
    done = at_once(project, "--workers", "3")
    assert "[8/8] report" in done.stdout
    assert "tiny: 8 of 8 stages ran, 0 were up to date" in done.stdout
    assert done.stdout.count("the tables\n") == 1
    logs = project / ".scratch/logs/tiny"
    assert "the table of report in a fork" in (logs / "report.log").read_text()
    assert "the table of join in a new Python" in (logs / "join.log").read_text()
    times = [line.split() for line in (project / "times").read_text().splitlines()]
    alone = next(entry for entry in times if entry[0] == "benchmark")
    others = [entry for entry in times if entry is not alone]
    assert all(entry[2] <= alone[1] or entry[1] >= alone[2] for entry in others)
    parallel = outputs(project)
    assert len(parallel) == 9
    assert nothing_to_do(project)
    assert "all 8 stages are up to date" in at_once(project).stdout
    # Now serially, from nothing, without what is remembered of the first run.
    run(["rm", "-rf", "out", "dvc.lock", ".dvc/cache"], project)
    run(["dvc", "repro"], project)
    assert outputs(project) == parallel


def test_a_change_runs_what_it_affects_and_a_failure_spares_the_rest(project):
    at_once(project, "--workers", "2")
    (project / "source.txt").write_text("one ")  # `code` gives the same bytes
    done = at_once(project, "--workers", "2")
    assert "tiny: 1 of 8 stages ran, 7 were up to date" in done.stdout

    params = (project / "params.yaml").read_text()
    (project / "params.yaml").write_text(params.replace("a: 1", "a: 2").replace("d/1: 1", "d/1: 2"))
    (project / "fail").write_text("d/1")
    done = at_once(project, "--workers", "2", check=False)
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "make: error: no luck" in done.stdout
    assert ".scratch/logs/tiny/make@d_1.log" in done.stdout
    assert "dvc --wait-for-lock repro --single-item make@d/1" in done.stdout
    assert "join report" in done.stdout.splitlines()[-1]
    assert set(json.loads(run(["dvc", "status", "--json"], project).stdout)) == {"make@d/1", "join"}

    command = next(line for line in done.stdout.splitlines() if "repeat: " in line)
    (project / "fail").unlink()
    run(["sh", "-c", command.partition("repeat: ")[2]], project)
    done = at_once(project, "join")
    assert "all 6 stages are up to date" in done.stdout
    assert nothing_to_do(project)


def test_entries_of_stages_that_are_gone_leave_the_lock(project):
    at_once(project, "--workers", "2")
    lock = project / "dvc.lock"
    told = lock.read_text().replace("stages:\n", "stages:\n  make@gone:\n    cmd: 'true'\n", 1)
    lock.write_text(told)
    (project / "source.txt").write_text("two")
    (project / "fail").write_text("out/join")
    at_once(project, "--workers", "2", check=False)
    assert "make@gone" in lock.read_text()  # the parameters may be wrong that left it out
    (project / "fail").unlink()
    at_once(project, "--workers", "2")
    assert "make@gone" not in lock.read_text()
    assert nothing_to_do(project)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_nothing_running_and_goes_on(project, number):
    (project / "hang").write_text("")
    process = subprocess.Popen(
        [sys.executable, "-m", "waystation", "run", "--workers", "2"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(ROOT), "DVC_NO_ANALYTICS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_for((project / "started").exists)
    children = of(process.pid)
    assert len(children) >= 3  # workers and at least one command
    process.send_signal(number)
    told = process.communicate(timeout=30)[0]
    if number != signal.SIGKILL:
        assert process.returncode == 128 + number
        assert "interrupted after 1 stages" in told
    wait_for(lambda: not any(alive(child) for child in children))
    (project / "hang").unlink()
    at_once(project, "--workers", "2")
    assert nothing_to_do(project)


def test_a_stage_that_is_killed_fails_alone_and_runs_again(project):
    (project / "hang").write_text("made/a")
    process = subprocess.Popen(
        [sys.executable, "-m", "waystation", "run", "--workers", "2"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(ROOT), "DVC_NO_ANALYTICS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    started = project / "started"
    wait_for(lambda: started.exists() and started.read_text())
    os.kill(int(started.read_text()), signal.SIGKILL)
    told = process.communicate(timeout=120)[0]
    assert process.returncode == 1
    assert "tiny: 5 of 8 stages ran" in told
    assert "exited with -9" in told
    assert not [pid for pid in of(process.pid) if alive(pid)]
    (project / "hang").unlink()
    assert "tiny: 3 of 8 stages ran" in at_once(project, "--workers", "2").stdout
    assert nothing_to_do(project)


def of(parent: int) -> list[int]:
    """The processes below a process."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            above = int(file.read_text().rpartition(")")[2].split()[1])
        except OSError:  # has ended meanwhile
            continue
        if above == parent:
            found += [int(file.parent.name), *of(int(file.parent.name))]
    return found


def test_the_repeating_command_quotes_and_finds_the_programs(monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    command = "dvc --wait-for-lock repro --single-item"
    suite_file = Path("suites/taste/dvc.yaml")
    assert outcome.repeat(suite_file, "a@b c") == f"{command} 'suites/taste/dvc.yaml:a@b c'"
    monkeypatch.delenv("VIRTUAL_ENV")
    path = Path(sys.executable).parent
    assert outcome.repeat(Path("dvc.yaml"), "a@b") == f'PATH={path}:"$PATH" {command} a@b'


def test_what_failed_for_one_reason_is_told_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for stage, text in (("a", "no net"), ("b", "no net"), ("c", "no disk")):
        log = outcome.log_file("tiny", stage)
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"> a command\ndownload: error: {text}\nERROR: failed '{stage}'\n")
    ended = outcome.Outcome("tiny", Path("dvc.yaml"), 4, {}, ["a", "b", "c"], ["d"], 1.0)
    lines = str(ended)
    others = "1 more for the same reason, with the like command:\n"
    others += "      b, log .scratch/logs/tiny/b.log"
    assert lines.count(f"| download: error: no net\n    {others}\n") == 1
    assert lines.count("| download: error: no disk") == 1
    assert "3 failed:" in lines
    assert lines.endswith("1 skipped, as they need one of these:\n  d")


def test_a_folder_for_logs_that_cannot_be_made_is_named(project):
    (project / ".scratch").write_text("")
    done = at_once(project, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("run: error: .scratch/")
    assert "Traceback" not in done.stderr


def test_unknown_targets_are_named(project):
    done = at_once(project, "mkae", check=False)
    assert done.returncode == 1
    assert "no stage is named 'mkae'; groups of stages: code, make, join" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("threads: 0\n", "threads: expected a whole number from 1 up, got 0"),
        ("threads: two\n", "threads: expected a whole number from 1 up, got 'two'"),
        ("threads: [\n", "expected YAML"),
    ],
)
def test_wrong_parameters_are_named_before_anything_runs(tmp_path, text, message):
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    (tmp_path / "params.yaml").write_text(text)
    command = [sys.executable, "-m", "waystation", "run", "--suite-file"]
    done = run([*command, str(tmp_path / "dvc.yaml")], ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("run: error: ")
    assert message in done.stderr


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"recipes": "none"}, "recipes: expected a list, got str 'none'"),
        ({"generators": "world"}, "generators: expected a list, got str 'world'"),
        ({"models": None}, "models: allowed: at least one, got None"),
        (
            {"source": {"prefix": "hub", "depends_on": 3, "sampled": True}},
            "depends_on: expected str, got int 3",
        ),
    ],
)
def test_a_wrong_type_that_the_graph_is_made_of_is_named(tmp_path, params, wrong, message):
    shutil.copy(ROOT / "dvc.yaml", tmp_path)
    (tmp_path / "stages").mkdir()
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params | wrong, sort_keys=False))
    run(["git", "init", "-q"], tmp_path)
    run([sys.executable, "-m", "dvc", "init", "-q"], tmp_path)
    done = run(
        [sys.executable, "-m", "waystation", "run"], tmp_path, check=False, PYTHONPATH=str(ROOT)
    )
    assert done.returncode == 1
    assert done.stderr.startswith("run: error: ")
    assert message in done.stderr


@pytest.fixture
def two_cards(tmp_path, monkeypatch):
    """A machine on whose path `nvidia-smi` tells of two cards."""
    (tmp_path / "nvidia-smi").write_text(
        "#!/bin/sh\necho '0, GPU-aa, 81559'\necho '1, GPU-bb, 24564'\n"
    )
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@pytest.mark.parametrize(
    ("visible", "names", "workers"),
    [(None, ["0", "1"], 4), ("1", ["1"], 1), ("GPU-aa", ["GPU-aa"], 3), ("", [], 1)],
)
def test_a_suite_on_cards_has_as_many_workers_as_they_have_room_for(
    two_cards, tmp_path, monkeypatch, visible, names, workers
):
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert list(cards.cards()) == names
    (tmp_path / "params.yaml").write_text("threads: 1\ndevice: cuda\n")
    assert run_command._default_workers(tmp_path / "dvc.yaml") == workers


def test_a_card_that_tells_no_memory_has_room_for_one_stage(two_cards, tmp_path):
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\necho '0, GPU-cc, [N/A]'\n")
    assert cards.cards() == {"0": cards.STAGE_GIB}


def test_a_machine_without_cards_has_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cards.cards() == {}


def test_stages_are_spread_over_the_cards():
    two = cards.Cards(["0", "1"])
    assert [two.take(stage) for stage in "abc"] == ["0", "1", "0"]
    two.release("a")
    two.release("c")
    assert two.take("d") == "0"
    assert cards.Cards([]).take("e") is None


def test_help_says_what_it_does():
    done = run([sys.executable, "-m", "waystation", "run", "--help"], ROOT)
    assert "several stages at once" in done.stdout
