"""Writing XTREME's submission format: our predictions and our gold, scored from the files."""

import json
from pathlib import Path

import pytest
import torch

from waystation import metrics, task_types, tasks
from waystation.base.errors import UserError
from waystation.commands import score
from waystation.commands.gold import write_all_gold
from waystation.data import downloads, examples
from waystation.data.examples import Description
from waystation.evaluation.rows import Predictor, Reader, named, read_pool, read_rows, score_rows
from waystation.files import write_json
from waystation.grid.plans import InputLengths
from waystation.params.schema import Evaluate
from waystation.task_model import TaskModel
from waystation.xtreme import submission
from waystation.xtreme.benchmarks import BENCHMARKS

CONTEXT = "the farmer feed 3 old horse-s in the barn today ."
WORDS = CONTEXT.split()


def example(name: str, kind: str, index: int, language: str) -> dict:
    """One of three examples; they differ between languages."""
    shift = (index + len(language) + ord(language[0])) % 4
    first, second = " ".join(WORDS[shift:]), " ".join(WORDS[: shift + 2])
    row = {"id": f"{name}-{index}", "first": first, "second": second}
    if kind == "classification":
        return row | {"label": shift % 2}
    if kind == "multiple_choice":
        return row | {"choices": ["the barn .", second], "label": shift % 2}
    if kind == "tagging":
        tags = [(shift + index) % 7 for index in range(len(WORDS) - shift)]
        return {"id": row["id"], "tokens": WORDS[shift:], "tags": tags}
    if kind == "question_answering":
        answer = {"text": WORDS[shift + 1], "start": CONTEXT.index(WORDS[shift + 1])}
        return {"id": row["id"], "question": second, "context": CONTEXT, "answers": [answer]}
    key = f"{language}:{index}" if name == "lareqa" else f"Q{index}"
    return {
        "id": row["id"], "query": first, "key": key,
        "candidates": [{"key": key, "text": second}] if name != "mewslix" else [],
    }  # fmt: skip


def describe(folder: Path, name: str) -> Description:
    task = tasks.load(name)
    write_json(folder / name / "task.json", downloads.description(task, task.labels))
    return examples.read_description(folder / name)


@pytest.mark.parametrize(
    ("benchmark", "name"),
    [
        ("xtreme", "xnli"),
        ("xtreme", "pawsx"),
        ("xtreme", "panx"),
        ("xtreme-r", "udpos"),
        ("xtreme", "mlqa"),
        ("xtreme-r", "xquad"),
        ("xtreme-r", "xcopa"),
        ("xtreme-r", "lareqa"),
        ("xtreme-r", "mewslix"),
    ],
)
def test_our_submission_against_our_gold_scores_as_evaluate_does(
    tmp_path, encoder, word_tokenizer, benchmark, name
):
    task, languages = describe(tmp_path, name), BENCHMARKS[benchmark].tasks[name].languages
    for home in {name, task.pool or name}:
        describe(tmp_path, home)
        for language in languages:
            rows = [example(home, task.type, index, language) for index in range(3)]
            examples.write(examples.path(tmp_path / home, "test", language), rows)
    model = TaskModel(encoder, {name: task})
    model.initialize_heads(torch.Generator().manual_seed(1))
    model.eval()
    lengths = InputLengths(max_tokens=36, stride=2)
    settings = Evaluate(batch_tokens=200, max_answer_tokens=3)
    reader, predictor = Reader(tmp_path, word_tokenizer, lengths), Predictor(model, name, settings)
    pool, ours = read_pool(reader, task, "test", languages), {}
    for language in languages:
        rows = read_rows(reader, task, "test", language, pool)
        predicted, points = score_rows(rows, predictor)
        values = named(task, predicted)
        submission.write(tmp_path / "mine", task, language, rows.examples, values)
        ours[language] = metrics.scores(task.metrics, points)
    write_all_gold(tmp_path, tmp_path / "gold")
    theirs, _ = score.score([tmp_path / "mine"], tmp_path / "gold", benchmark)
    assert any(0 < value < 100 for scores in ours.values() for value in scores.values())
    for language, scores in theirs["tasks"][task.xtreme]["languages"].items():
        for metric, value in scores.items():
            assert ours[language][f"{metric.replace('@', '_at_')}_percent"] == value


def gold_files(folder: Path, rows: dict[str, list[dict]]) -> Path:
    """The gold of {task: its rows in German}."""
    for name, own in rows.items():
        describe(folder, name)
        examples.write(examples.path(folder, f"{name}/test", "de"), own)
    write_all_gold(folder, folder / "gold")
    return folder / "gold"


def test_gold_files_hold_what_xtremes_label_files_do(tmp_path):
    word = {"id": "0", "tokens": ["Er", "war", "da"]}
    choice = {"first": "", "choices": ["", ""]}
    gold = gold_files(
        tmp_path,
        {
            "xnli": [{"id": str(label), "label": label} for label in (2, 0, 1)],
            "pawsx": [{"id": str(label), "label": label} for label in (1, 0)],
            "panx": [word | {"tags": [1, 2, 0]}, {"id": "1", "tokens": ["Rom"], "tags": [5]}],
            "udpos": [word | {"tags": [10, 3, 2]}],
            "xcopa": [choice | {"id": "0", "label": 1}, choice | {"id": "1", "label": 0}],
            "bucc": [
                {"id": "de-1", "side": "foreign", "text": "", "pairs": ["en-7", "en-9"]},
                {"id": "de-2", "side": "foreign", "text": "", "pairs": []},
                {"id": "en-7", "side": "english", "text": "", "pairs": ["de-1"]},
            ],
            "lareqa": [
                {
                    "id": "q",
                    "query": "",
                    "key": "de:1/0",
                    "candidates": [{"key": f"de:1/{i}", "text": ""} for i in range(2)],
                }
            ],
        },
    )
    assert {str(file.relative_to(gold)): file.read_text() for file in gold.rglob("test-*")} == {
        "xnli/test-de.tsv": "contradiction\nentailment\nneutral\n",
        "pawsx/test-de.tsv": "1\n0\n",
        "panx/test-de.tsv": "B-PER\nI-PER\nO\n\nB-LOC\n\n",
        "udpos/test-de.tsv": "PRON\nAUX\nADV\n\n",
        "xcopa/test-de.jsonl": '{"label": 1}\n{"label": 0}\n',
        "bucc2018/test-de.tsv": "de-1\ten-7\nde-1\ten-9\n",
        "lareqa/test-de.json": '{\n "q": [\n  "de:1/0"\n ]\n}\n',
    }


def test_tatoeba_asks_in_sorted_english(tmp_path):
    """XTREME's English file is sorted, so its label file is the order of the sorting."""
    english = ["where is he ?", "Anna left .", " a house", "Anna left ."]
    rows = [{"id": str(i), "foreign": "", "english": text} for i, text in enumerate(english)]
    gold = gold_files(tmp_path, {"tatoeba": rows}) / "tatoeba/test-de.tsv"
    assert gold.read_text() == "1\n3\n2\n0\n"  # capitals first, equal ones in their order
    lines = task_types.load("retrieval").submission_lines
    task = examples.read_description(tmp_path / "tatoeba")
    assert lines(task, rows, [3, 1, 2, 0]) == ["1", "0", "2", "3"]


def test_mined_pairs_are_two_ids_a_line(tmp_path):
    submission.write(tmp_path, describe(tmp_path, "bucc"), "de", [], [("de-1", "en-2")])
    assert (tmp_path / "bucc2018/test-de.tsv").read_text() == "de-1\ten-2\n"


def test_the_gold_of_answers_has_squads_layout_and_reads_in_any_encoding(tmp_path):
    row = {"id": "q", "question": "Wo?", "context": "In Köln.", "allows_none": False}
    row["answers"] = [{"text": "Köln", "start": 3}, {"text": "In Köln", "start": 0}]
    text = (gold_files(tmp_path, {"mlqa": [row]}) / "mlqa/test-de.json").read_bytes()
    (paragraph,) = json.loads(text.decode("ascii"))["data"][0]["paragraphs"]
    assert paragraph["context"] == "In Köln."
    assert paragraph["qas"] == [
        {
            "id": "q",
            "question": "Wo?",
            "answers": [
                {"text": "Köln", "answer_start": 3},
                {"text": "In Köln", "answer_start": 0},
            ],
        }
    ]


def test_an_id_that_names_two_rows_is_refused(tmp_path):
    task = describe(tmp_path, "mlqa")
    rows = [{"id": index} for index in ("a", "b", "b")]
    with pytest.raises(UserError, match="task 'mlqa': the id 'b' stands twice"):
        submission.write(tmp_path, task, "de", rows, ["x", "y", "z"])


def test_a_task_that_is_not_xtremes_has_no_files(tmp_path):
    describe(tmp_path, "mnli")
    row = {"id": "0", "first": "", "second": "", "label": 0}
    examples.write(examples.path(tmp_path / "mnli", "test", "en"), [row])
    with pytest.raises(UserError, match="holds no test rows of a task of XTREME"):
        write_all_gold(tmp_path, tmp_path / "gold")
    assert not (tmp_path / "gold").exists()
    (tmp_path / "gold").mkdir()
    with pytest.raises(UserError, match="gold exists already; name a new folder"):
        write_all_gold(tmp_path, tmp_path / "gold")


@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_the_tasks_and_the_benchmarks_agree(benchmark):
    ours = {task.xtreme: task for task in map(tasks.load, tasks.names())}
    for name, official in BENCHMARKS[benchmark].tasks.items():
        task = ours.get(f"{benchmark}/{name}") or ours[name]
        assert set(official.languages) <= set(task.languages)
        assert task.metrics[:1] in ((), (official.metric,))


def test_a_folder_is_that_of_one_task():
    folders = [task.xtreme for task in map(tasks.load, tasks.names()) if task.xtreme]
    assert len(set(folders)) == len(folders)
    known = {name for benchmark in BENCHMARKS.values() for name in benchmark.tasks}
    assert {folder.removeprefix("xtreme-r/") for folder in folders} == known
