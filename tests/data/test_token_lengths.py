"""Lengths in tokens, worked by hand with a tokenizer of whole words."""

import json
import subprocess
import sys

from tests.conftest import FULL, ROOT
from waystation.data import examples, token_lengths
from waystation.encoder import tokenizer_training


def write(folder, task, split, language, rows):
    examples.write(examples.path(folder / task, split, language), rows)
    (folder / task / "task.json").write_text("{}")


def test_lengths_are_those_of_all_texts_of_an_example(tmp_path):
    made = tokenizer_training.train("word", 50, lambda: ["a b c d e f-g"])
    rows = [{"first": "a b", "second": "c"}, {"first": "a", "second": "b f-g"}] * 2
    rows.append({"tokens": ["a", "b", "c", "d.e"], "tags": [0] * 4})
    # Tokens: 3, 4 (f and -g), 3, 4 and 4, d.e being unknown; words: 3, 4, 3, 4 and 5.
    assert token_lengths.lengths(made, rows) == {
        "rows": 5,
        "tokens_median": 4,
        "tokens_p95": 4,
        "tokens_max": 4,
        "tokens_per_word": 0.947,
    }


def test_the_stage_tells_of_every_split_and_language(tmp_path):
    tasks = tmp_path / "tasks"
    write(tasks, "text", "train", "en", [{"text": "a b"}])
    write(tasks, "xnli", "test", "en", [{"first": "a", "second": "b"}])
    write(tasks, "xnli", "test", "de", [{"first": "a", "second": "unseen"}])
    made = tokenizer_training.train("word", 50, lambda: ["a b"])
    tokenizer_training.write_tokenizer(made, tmp_path / "tokenizer")
    (tmp_path / "code").write_text("")
    command = [sys.executable, "-m", "stages.lengths", "--params", str(FULL)]
    command += ["--model", "nano", "--code", tmp_path / "code", "--tasks", tasks]
    command += ["--tokenizer", tmp_path / "tokenizer/tokenizer.json"]
    command += ["--out", tmp_path / "out.json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "3 files of 2 tasks, 1.00 (de) to 1.00 (en) tokens a word" in done.stdout
    told = json.loads((tmp_path / "out.json").read_text())["tasks"]
    assert {split: set(found) for split, found in told["xnli"].items()} == {"test": {"en", "de"}}
    assert told["text"]["train"]["en"]["tokens_median"] == 2
