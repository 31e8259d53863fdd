"""Scoring folders in XTREME's submission format: every task, the averages, bad input."""

import json
import os
import shutil
from pathlib import Path

import pytest

from waystation.__main__ import run as command
from waystation.commands import score
from waystation.xtreme.benchmarks import BENCHMARKS, XTREME, XTREME_R, averages

# What a file holds, and its file of predictions: scores are worked by hand.
FILES = {
    "labels": ("0\n1\n1\n0\n", "0\n1\n0\n0"),  # 3 of 4, the last line without its end
    "tags": ("B-PER\nI-PER\nO\n\nB-LOC\n", "B-PER\nI-PER\nB-LOC\n\nB-LOC\n\n"),  # P 2/3, R 2/2
    "pairs": ("x-1\ten-1\nx-2\ten-2\n", "x-2\ten-2\nx-1\ten-3\nx-2\ten-2\n"),  # P 1/2, R 1/2
    "places": ("3\n0\n2\n1\n1\n", "3\n0\n1\n2\n1\n"),  # 3 of 5
    "choices": ('{"premise": "x", "label": 1}\n{"label": 0}\n', '{"label": 1}\n{"label": 1}\n'),
    "answers": (
        {"data": [{"paragraphs": [{"qas": [
            {"id": "a", "answers": [{"text": "old fox"}, {"text": "fox"}]},
            {"id": "b", "answers": [{"text": "red barn"}]},
            {"id": "c", "answers": [{"text": "1889"}]},
            {"id": "d", "answers": [{"text": "the"}]},
        ]}]}]},
        {"a": "Fox", "b": "barn", "c": "", "e": "unknown"},  # d: no answer, no exact match
    ),
    "entities": (
        {"a": ["Q1", "Q9"], "b": ["Q2 "], "c": ["Q3"]},
        {"a": ["Q9", "Q1"], "b": ["Q2", "Q2"]},
    ),
    "rankings": ({"a": ["x", "y"], "b": ["z"]}, {"a": ["x", "-", "y"], "b": ["-", "z"]}),
}  # fmt: skip
SCORES = {
    "labels": {"accuracy": 75.0},
    "tags": {
        "f1": 100 * (2 * (2 / 3) * 1.0 / (2 / 3 + 1.0)),
        "precision": 100 * (2 / 3),
        "recall": 100.0,
    },
    "pairs": {"f1": 50.0, "precision": 50.0, "recall": 50.0},
    "places": {"accuracy": 60.0},
    "choices": {"accuracy": 50.0},
    "answers": {"exact_match": 25.0, "f1": 100.0 * (1.0 + 2 / 3) / 4},
    "entities": {"map@20": 50.0},  # (1/2 + 1 + 0) / 3: only the first of the gold counts
    "rankings": {"map@20": 100 * (((1.0 + 2 / 3) / 2 + 1 / 2) / 2)},
}  # fmt: skip

# Averages that evaluate_test.py of google-research/xtreme expects, in percent.
MOCK_AVERAGES = {
    "pawsx": {"accuracy": 51.42857142857143},
    "xnli": {"accuracy": 30.666666666666668},
    "panx": {
        "f1": 57.50793650793652,
        "precision": 54.729166666666664,
        "recall": 62.750000000000014,
    },
    "udpos": {"f1": 70.21746048354693, "precision": 71.02232625883823, "recall": 69.54982073976082},
    "bucc2018": {"f1": 55.0, "precision": 55.0, "recall": 55.0},
    "tatoeba": {"accuracy": 53.611111111111114},
    "xquad": {"exact_match": 77.27272727272727, "f1": 79.9586776859504},
    "mlqa": {"exact_match": 57.142857142857146, "f1": 81.76870748299321},
    "tydiqa": {"exact_match": 88.88888888888889, "f1": 97.22222222222223},
}


def put(file: Path, content: str | dict) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))


@pytest.fixture
def folders(tmp_path):
    """Gold and predictions of all tasks of both benchmarks, the same in every language."""
    for benchmark in BENCHMARKS.values():
        for name, task in benchmark.tasks.items():
            for language in task.languages:
                for side, content in zip(("gold", "mine"), FILES[task.form], strict=True):
                    put(tmp_path / side / name / score.file_name(task, language), content)
    return tmp_path


def call(folder: Path, benchmark: str = "xtreme", *more: str) -> int:
    """The command's exit status."""
    words = ["--predictions", str(folder / "mine"), *more, "--gold", str(folder / "gold")]
    words += ["--benchmark", benchmark, "--out", str(folder / "out/scores.json")]
    return command("score", words)


def run(folder: Path, benchmark: str = "xtreme", *more: str) -> dict:
    """What the command writes."""
    assert call(folder, benchmark, *more) == 0
    return json.loads((folder / "out/scores.json").read_text())


def fail(folder: Path, capsys, benchmark: str = "xtreme") -> str:
    """What the command says when it fails; it leaves nothing behind."""
    assert call(folder, benchmark) == 1
    assert not (folder / "out").exists()
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


@pytest.mark.parametrize("benchmark", list(BENCHMARKS))
def test_all_tasks_are_scored_and_averaged(folders, benchmark, capsys):
    told = run(folders, benchmark)
    assert set(told) == {"tasks", "groups", "overall"}
    assert set(told["tasks"]) == set(BENCHMARKS[benchmark].tasks)
    for name, task in BENCHMARKS[benchmark].tasks.items():
        entry = told["tasks"][name]
        assert set(entry["languages"]) == set(task.languages)
        assert all(found == SCORES[task.form] for found in entry["languages"].values())
        assert {key: entry[key] for key in SCORES[task.form]} == pytest.approx(SCORES[task.form])
    accuracy, tags, answers = 75.0, SCORES["tags"]["f1"], (25.0 + SCORES["answers"]["f1"]) / 2
    if benchmark == "xtreme":
        groups = {"classification": accuracy, "tagging": tags, "qa": answers, "retrieval": 55.0}
        overall = (2 * accuracy + 2 * tags + 3 * answers + 50.0 + 60.0) / 9
    else:
        retrieval = [60.0, 50.0, SCORES["rankings"]["map@20"]]
        groups = {"classification": (accuracy + 50.0) / 2, "tagging": tags, "qa": answers}
        groups["retrieval"] = sum(retrieval) / 3
        overall = (accuracy + 50.0 + 2 * tags + 3 * answers + sum(retrieval)) / 10
    assert told["groups"] == pytest.approx(groups)
    assert told["overall"] == pytest.approx(overall)
    said = capsys.readouterr()
    assert f"overall           {overall:.2f}" in said.out
    assert "mlqa/test-zh.json: 1 ids missing, score 0: 'd'" in said.err
    assert "mlqa/test-zh.json: 1 ids unknown, not scored" in said.err


def test_averages_are_over_languages_then_tasks_and_not_over_groups():
    """Two languages of pawsx differ; QA tasks count with the mean of their two scores."""

    def everywhere(name, **scores):
        return {code: dict(scores) for code in XTREME.tasks[name].languages}

    languages = {
        "pawsx": everywhere("pawsx", accuracy=80.0),
        "xnli": everywhere("xnli", accuracy=60.0),
        "panx": everywhere("panx", f1=50.0, precision=10.0, recall=90.0),
        "udpos": everywhere("udpos", f1=70.0, precision=10.0, recall=90.0),
        "bucc2018": everywhere("bucc2018", f1=30.0, precision=10.0, recall=90.0),
        "tatoeba": everywhere("tatoeba", accuracy=40.0),
        "xquad": everywhere("xquad", f1=70.0, exact_match=50.0),
        "mlqa": everywhere("mlqa", f1=60.0, exact_match=40.0),
        "tydiqa": everywhere("tydiqa", f1=80.0, exact_match=60.0),
    }
    languages["pawsx"]["en"]["accuracy"] = 87.0  # English counts like the other six
    told = averages(XTREME, languages)
    assert told["tasks"]["pawsx"]["accuracy"] == pytest.approx(81.0)
    assert told["tasks"]["mlqa"]["exact_match"] == pytest.approx(40.0)
    assert told["groups"] == pytest.approx(
        {"classification": 70.5, "tagging": 60.0, "qa": 60.0, "retrieval": 35.0}
    )
    tasks = 81 + 60 + 50 + 70 + 30 + 40 + 60 + 50 + 70  # 511 / 9, where the groups' mean is 56.4
    assert told["overall"] == pytest.approx(tasks / 9)
    del languages["tydiqa"]
    told = averages(XTREME, languages)
    assert told["overall"] is None
    assert set(told["groups"]) == {"classification", "tagging", "retrieval"}


def test_the_benchmarks_have_their_tasks_and_languages():
    counts = {name: len(task.languages) for name, task in XTREME.tasks.items()}
    assert counts == {
        "pawsx": 7, "xnli": 15, "panx": 40, "udpos": 33, "bucc2018": 4, "tatoeba": 36,
        "xquad": 11, "mlqa": 7, "tydiqa": 9,
    }  # fmt: skip
    counts = {name: len(task.languages) for name, task in XTREME_R.tasks.items()}
    assert counts == {
        "xnli": 15, "panx": 48, "udpos": 38, "tatoeba": 41, "xcopa": 11, "lareqa": 11,
        "mewslix": 11, "xquad": 12, "mlqa": 7, "tydiqa": 9,
    }  # fmt: skip
    for benchmark in BENCHMARKS.values():
        assert {t for group in benchmark.groups.values() for t in group} == set(benchmark.tasks)
        for task in benchmark.tasks.values():
            assert len(set(task.languages)) == len(task.languages)


def test_the_tasks_that_are_there_are_scored(folders, capsys):
    for name in XTREME.tasks:
        if name not in ("xnli", "pawsx", "xquad"):
            shutil.rmtree(folders / "mine" / name)
    shutil.rmtree(folders / "gold/xquad")
    told = run(folders)
    assert set(told["tasks"]) == {"xnli", "pawsx"}
    assert told["groups"] == {"classification": 75.0}
    assert told["overall"] is None
    said = capsys.readouterr()
    assert "mine/xquad: not scored, " in said.err
    assert "mine/mewslix: not scored, mewslix is no task of xtreme" in said.err
    missing = "panx, udpos, bucc2018, tatoeba, xquad, mlqa, tydiqa"
    assert f"overall               -  not there: {missing}" in said.out


def test_a_suite_with_fewer_languages_is_scored_in_those_of_the_gold(folders, capsys):
    """Without averages over tasks, which are the benchmark's."""
    whole = run(folders)["tasks"]["xnli"]
    for side in ("mine", "gold"):
        for code in ("sw", "th"):
            (folders / side / f"xnli/test-{code}.tsv").unlink()
    shutil.rmtree(folders / "out")
    told = run(folders, "xtreme", "--languages-of-gold")
    languages = told["tasks"]["xnli"]["languages"]
    assert languages == {k: v for k, v in whole["languages"].items() if k not in ("sw", "th")}
    assert len(told["tasks"]) == 9
    assert (told["groups"], told["overall"]) == ({}, None)
    (folders / "mine/xnli/test-de.tsv").unlink()
    capsys.readouterr()
    assert call(folders, "xtreme", "--languages-of-gold") == 1
    assert "mine/xnli: no test-de.tsv" in capsys.readouterr().err


def test_predictions_may_lie_in_several_folders(folders, capsys):
    (folders / "more").mkdir()
    (folders / "mine/xnli").rename(folders / "more/xnli")
    assert len(run(folders, "xtreme", str(folders / "more"))["tasks"]) == 9
    shutil.copytree(folders / "mine/pawsx", folders / "more/pawsx")
    shutil.rmtree(folders / "out")
    capsys.readouterr()
    assert call(folders, "xtreme", str(folders / "more")) == 1
    assert "pawsx is both in" in capsys.readouterr().err


def test_languages_of_the_other_benchmark_are_left_aside_and_said(folders, capsys):
    assert "ro" not in run(folders)["tasks"]["xquad"]["languages"]
    assert "mine/xquad: not scored: test-ro.json" in capsys.readouterr().err


def remove(name):
    return lambda folder: (folder / name).unlink()


def content(name, text):
    return lambda folder: put(folder / name, text)


DE = "mine/xnli/test-de.tsv"
ERRORS = [
    (remove("mine/xnli/test-sw.tsv"), "mine/xnli: no test-sw.tsv; needed are test-ar.tsv, test-bg"),
    (remove("gold/mlqa/test-zh.json"), "gold/mlqa: no test-zh.json; needed are test-en.json"),
    (content("mine/xnli/test-xx.tsv", "0\n"), "mine/xnli: unknown file test-xx.tsv; allowed are"),
    (content("mine/xquad/test-de.tsv", "0\n"), "mine/xquad: unknown file test-de.tsv; allowed"),
    (content("mine/xqaud/test-de.json", "{}"), "mine: 'xqaud'; allowed: pawsx, xnli, panx"),
    (content(DE, "0\n1\n1\n"), "mine/xnli/test-de.tsv has 3 lines; "),
    (content(DE, "0\n1\n1\n0\n\n"), "test-de.tsv, line 5: one label is needed, got ''"),
    (content(DE, "0\n1\tx\n1\n0\n"), "test-de.tsv, line 2: one label is needed, got '1\\tx'"),
    (content(DE, ""), "mine/xnli/test-de.tsv is empty; one label on each line is needed"),
    (content("gold/xnli/test-de.tsv", "0\n"), "mine/xnli/test-de.tsv has 4 lines; "),
    (content("mine/tatoeba/test-de.tsv", "3\n0\n[1]\n2\n1\n"), "line 3: a number is needed, got"),
    (content("mine/tatoeba/test-de.tsv", "3\n"), "mine/tatoeba/test-de.tsv has 1 lines; "),
    (content("mine/tatoeba/test-de.tsv", "3\n00\n1\n2\n1\n"), "a number is needed, got '00'"),
    (content("mine/bucc2018/test-de.tsv", "de-1 en-1\n"), "line 1: two ids with a tab between"),
    (content("gold/bucc2018/test-de.tsv", ""), "gold/bucc2018/test-de.tsv is empty; two ids"),
    (content("mine/panx/test-de.tsv", "O\nO\nO\n"), "mine/panx/test-de.tsv has 1 sentences; "),
    (content("mine/panx/test-de.tsv", "O\nO\n\nO\n"), "sentence 1 has 2 tags; "),
    (content("mine/panx/test-de.tsv", "Er O\nO\n\nO\n"), "line 1: one tag is needed, got 'Er O'"),
    (content("mine/panx/test-de.tsv", "\n\n"), "mine/panx/test-de.tsv is empty; a tag on each"),
    (content("mine/mlqa/test-de.json", '{"a": '), "mine/mlqa/test-de.json is not whole JSON"),
    (content("mine/mlqa/test-de.json", "[]"), "an object {id: a text} is needed, got []"),
    (content("mine/mlqa/test-de.json", {"a": None}), "a text is needed for 'a', got None"),
    (content("mine/mlqa/test-de.json", {"a": 1}), "a text is needed for 'a', got 1"),
    (content("mine/mlqa/test-de.json", {"a": {"text": "x"}}), "a text is needed for 'a', got {"),
    (content("mine/mlqa/test-de.json", {"data": [{"id": "a"}]}), "a text is needed for 'data'"),
    (content("mine/mlqa/test-de.json", '{"a": "x", "a": "y"}'), "the key 'a' stands twice"),
    (content("gold/mlqa/test-de.json", {"a": "x"}), "expected SQuAD's layout, {"),
    (content("gold/mlqa/test-de.json", {"data": []}), "test-de.json holds no questions"),
]  # fmt: skip
TWICE = {"data": [{"paragraphs": [{"qas": [{"id": "a", "answers": [{"text": "x"}]}] * 2}]}]}
NULL = {"data": [{"paragraphs": [{"qas": [{"id": "a", "answers": [{"text": None}]}]}]}]}
ERRORS += [
    (
        content("gold/mlqa/test-de.json", TWICE),
        "the id 'a' stands twice; it must name one question",
    ),
    (content("gold/mlqa/test-de.json", NULL), "paragraph 1: text is None, not a text"),
]
QA = {"data": [{"paragraphs": [{"qas": [{"id": "a", "answers": []}]}]}]}
ERRORS += [
    (content("gold/mlqa/test-de.json", QA), "question 'a' needs at least one answer, got []")
]
ERRORS_R = [
    (content("mine/xcopa/test-et.jsonl", '{"label": 1}\n'), "test-et.jsonl has 1 lines; "),
    (content("mine/xcopa/test-et.jsonl", '{"label": "1"}\n'), 'line 1: {"label": 0} with a whole'),
    (content("mine/xcopa/test-et.jsonl", "1\n0\n"), "line 1: expected an object, got 1"),
    (content("mine/xcopa/test-et.jsonl", '{"label": true}\n'), '{"label": 0} with a whole number'),
    (content("mine/xcopa/test-et.jsonl", '{"label": 0, "label": 1}'), "'label' stands twice"),
    (content("gold/lareqa/test-de.json", {}), "gold/lareqa/test-de.json holds no queries"),
    (content("mine/lareqa/test-de.json", '{"a": ["x"], "a": ["y"]}'), "the key 'a' stands twice"),
    (content("mine/xcopa/test-et.jsonl", ""), 'test-et.jsonl is empty; {"label": 0} on each'),
    (content("mine/mewslix/test-de.json", {"a": "Q1"}), "a list of texts is needed for 'a', got"),
    (content("gold/mewslix/test-de.json", {"a": []}), "no candidate for 'a'; at least one is"),
    (content("gold/lareqa/test-de.json", {"a": [1]}), "a list of at least one text is needed for"),
    (remove("mine/lareqa/test-de.json"), "mine/lareqa: no test-de.json"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("benchmark", "break_it", "expected"),
    [("xtreme", *case) for case in ERRORS] + [("xtreme-r", *case) for case in ERRORS_R],
)
def test_errors_say_what_where_got_and_allowed(folders, capsys, benchmark, break_it, expected):
    break_it(folders)
    assert expected in fail(folders, capsys, benchmark)


def test_a_file_that_is_no_text_is_named(folders, capsys):
    (folders / DE).write_bytes(b"\xff\xfe0\n")
    assert "mine/xnli/test-de.tsv is UTF-16 text; expected text" in fail(folders, capsys)
    (folders / DE).write_bytes(b"0\n\xe4\n1\n0\n")
    assert "line 2: byte 1 is 0xe4; expected UTF-8 text" in fail(folders, capsys)


def test_marks_and_carriage_returns_change_no_score(folders):
    """Every file as a Windows editor saves it."""
    before = run(folders)
    for file in [*folders.rglob("mine/*/*"), *folders.rglob("gold/*/*")]:
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert run(folders) == before


def test_blanks_around_ids_change_no_score(folders):
    before = run(folders, "xtreme"), run(folders, "xtreme-r")
    for file in folders.glob("mine/bucc2018/*"):
        file.write_text(file.read_text().replace("\t", " \t\u00a0").replace("\n", " \n"))
    for file in folders.glob("mine/lareqa/*"):
        file.write_text(file.read_text().replace('",', ' ",'))
    assert (run(folders, "xtreme"), run(folders, "xtreme-r")) == before


def test_numbers_of_no_sentence_are_said_and_long_labels_cut(folders, capsys):
    put(folders / "mine/tatoeba/test-de.tsv", "3\n0\n1\n5\n1\n")
    put(folders / DE, f"0\n1\n0\n{'x' * 10_000}\n")
    run(folders)
    said = capsys.readouterr().err
    assert "mine/tatoeba/test-de.tsv: 1 labels that the gold has nowhere, wrong: '5'" in said
    assert "mine/xnli/test-de.tsv: 1 labels that the gold has nowhere, wrong: 'xxx" in said
    assert max(map(len, said.splitlines())) < 500


@pytest.mark.parametrize("side", ["mine", "gold"])
def test_scores_are_not_written_among_what_is_read(folders, capsys, side):
    before = (folders / side / "xnli/test-de.tsv").read_text()
    words = ["--predictions", str(folders / "mine"), "--gold", str(folders / "gold")]
    words += ["--benchmark", "xtreme", "--out", str(folders / side / "xnli/test-de.tsv")]
    assert command("score", words) == 1
    assert f"{side}, which is read; name another place" in capsys.readouterr().err
    assert (folders / side / "xnli/test-de.tsv").read_text() == before


XTREME_CLONE = os.environ.get("XTREME_CLONE", "")


@pytest.mark.skipif(
    not XTREME_CLONE, reason="XTREME_CLONE names no clone of google-research/xtreme"
)
def test_xtreme_s_own_test_data_score_as_its_own_test_expects(tmp_path):
    """`mock_test_data`, by the default rule of spans, against evaluate_test.py's averages."""
    data = Path(XTREME_CLONE) / "mock_test_data"
    words = ["--predictions", str(data / "predictions"), "--gold", str(data / "labels")]
    words += ["--benchmark", "xtreme", "--out", str(tmp_path / "scores.json")]
    assert command("score", words) == 0
    scored = json.loads((tmp_path / "scores.json").read_text())["tasks"]
    for name, averages_of_task in MOCK_AVERAGES.items():
        for metric, expected in averages_of_task.items():
            assert scored[name][metric] == pytest.approx(expected, abs=1e-9), (name, metric)


def test_missing_folders_are_named(tmp_path, capsys):
    assert "mine is no folder" in fail(tmp_path, capsys)
    (tmp_path / "mine").mkdir()
    (tmp_path / "gold").mkdir()
    assert "no task of xtreme is both in" in fail(tmp_path, capsys)


def test_a_failure_leaves_earlier_scores_as_they_are(folders):
    run(folders)
    before = (folders / "out/scores.json").read_bytes()
    (folders / DE).unlink()
    assert call(folders) == 1
    assert [file.name for file in (folders / "out").iterdir()] == ["scores.json"]
    assert (folders / "out/scores.json").read_bytes() == before


def test_scores_that_cannot_be_written_whole_are_not_there(folders, capsys, monkeypatch):
    def full(file: Path, value: object) -> None:
        put(file, '{"tasks"')
        raise OSError(28, "No space left on device", str(file))

    monkeypatch.setattr(score, "write_json", full)
    assert call(folders) == 1
    assert "scores.json.partial: No space left on device" in capsys.readouterr().err
    assert not (folders / "out/scores.json").exists()


def test_out_may_not_be_a_folder(folders, capsys):
    (folders / "out/scores.json").mkdir(parents=True)
    assert call(folders) == 1
    assert "scores.json is a folder" in capsys.readouterr().err


def test_nothing_mined_and_nothing_answered_score_zero(folders):
    put(folders / "mine/bucc2018/test-de.tsv", "")
    put(folders / "mine/mlqa/test-de.json", "{}")
    told = run(folders)["tasks"]
    assert set(told["bucc2018"]["languages"]["de"].values()) == {0.0}
    assert told["bucc2018"]["f1"] == pytest.approx(37.5)  # of three languages at 50
    assert set(told["mlqa"]["languages"]["de"].values()) == {0.0}


def test_labels_that_the_gold_does_not_know_are_wrong_and_said(folders, capsys):
    put(folders / DE, "no\n1\n1\nyes\n")
    assert run(folders)["tasks"]["xnli"]["languages"]["de"] == {"accuracy": 50.0}
    said = capsys.readouterr().err
    assert f"{DE}: 2 labels that the gold has nowhere, wrong: 'no', 'yes'" in said


def test_predictions_in_the_gold_layout_are_read_too(folders):
    """As by the public evaluator: what stands under `data` counts, if there is such a key."""
    put(folders / "mine/mlqa/test-de.json", {"data": FILES["answers"][1], "version": "1.1"})
    assert run(folders)["tasks"]["mlqa"]["languages"]["de"] == SCORES["answers"]
