"""The type `retrieval`: sentences scored on the encoder of a target of another task."""

import json

import pytest
import torch
from tqdm import tqdm

from tests.alignment.sentences import sentences
from tests.conftest import Processor
from waystation import task_types
from waystation.alignment import layer_choice
from waystation.data import examples, predictions
from waystation.data.examples import Description
from waystation.encoder.features import Packed
from waystation.evaluation.cell import Scorer, score_test
from waystation.evaluation.rows import Predictor, Reader, read_pool, read_rows, score_rows
from waystation.files import write_json
from waystation.grid.plans import InputLengths
from waystation.params.schema import Evaluate
from waystation.task_model import TaskModel
from waystation.xtreme import submission

LENGTHS = InputLengths(max_tokens=30, stride=2)
SETTINGS = Evaluate(batch_tokens=50, max_answer_tokens=5)


@pytest.fixture
def folder(tmp_path):
    """Pairs whose foreign side says the English backwards, or, every third, something else."""
    pairs = [
        {"id": f"x{i}", "foreign": " ".join(text.split()[::-1]), "english": text + "\n"}
        for i, text in enumerate(sentences(3, 12))
    ]
    for pair, text in zip(pairs[::3], sentences(4, 4), strict=True):
        pair["foreign"] = text
    examples.write(examples.path(tmp_path / "toy", "test", "qda"), pairs)
    description = {"name": "toy", "type": "retrieval", "metrics": ["accuracy"], "labels": []}
    description |= {"chance_percent": None, "trained_on": "squad_v1", "xtreme": "tatoeba"}
    write_json(tmp_path / "toy" / "task.json", description)
    return tmp_path


@pytest.fixture
def model(encoder):
    """An encoder with the head of another task, as it comes from fine-tuning on SQuAD."""
    squad = Description("squad_v1", "question_answering", ("squad",), (), None, None)
    model = TaskModel(encoder, {"squad_v1": squad})
    model.initialize_heads(torch.Generator().manual_seed(1))
    return model.eval()


def rows_of(folder, tokenizer):
    task = examples.read_description(folder / "toy")
    reader = Reader(folder, tokenizer, LENGTHS)
    assert read_pool(reader, task, "test", ["qda"]) is None
    return read_rows(reader, task, "test", "qda")


def predicted_by(model, rows):
    """(predictions, points)."""
    return score_rows(rows, Predictor(model, "squad_v1", SETTINGS))


def test_each_english_sentence_finds_the_nearest_foreign_one(folder, model, word_tokenizer):
    """By hand, one sentence at a time: mean over all tokens of the protocol's layer, cosine."""
    rows = rows_of(folder, word_tokenizer)
    layer = layer_choice.protocol(2)
    sides = {"foreign": [], "english": []}
    for example in rows.examples:
        for side, vectors in sides.items():
            ids = word_tokenizer.encode(example[side]).ids
            with torch.no_grad():
                vectors.append(model.encoder.layers(Packed([ids]))[layer].mean(0))
    x, y = (torch.stack(v) for v in sides.values())
    cosines = torch.nn.functional.cosine_similarity(y[:, None], x[None], dim=2)
    predicted, points = predicted_by(model, rows)
    assert predicted == cosines.argmax(1).tolist()
    right = [float(index == i) for i, index in enumerate(predicted)]
    assert points == [{"accuracy": (value, 1.0)} for value in right]
    assert 0 < sum(right) < len(right)  # both happen here


def test_layers_above_the_protocol_s_and_the_head_do_not_matter(folder, model, word_tokenizer):
    rows = rows_of(folder, word_tokenizer)
    before, _ = predicted_by(model, rows)
    with torch.no_grad():
        for tensor in [*model.heads.parameters(), *model.encoder.encoder.layer[-1].parameters()]:
            tensor.fill_(0.5)
    assert predicted_by(model, rows)[0] == before
    with torch.no_grad():
        for tensor in model.encoder.encoder.layer[0].output.LayerNorm.parameters():
            tensor.zero_()
    assert predicted_by(model, rows)[0] == [0] * 12  # nothing is left to tell by


def test_points_and_submission_are_on_disk_as_of_other_tasks(
    folder, model, word_tokenizer, tmp_path
):
    rows = rows_of(folder, word_tokenizer)
    predicted, points = predicted_by(model, rows)
    predictions.write(tmp_path / "qda.jsonl", rows.examples, predicted, points)
    assert predictions.read_points(tmp_path / "qda.jsonl", "accuracy") == [
        point["accuracy"] for point in points
    ]
    submission.write(tmp_path, rows.task, rows.language, rows.examples, predicted)
    mine = (tmp_path / "tatoeba" / "test-qda.tsv").read_text().splitlines()
    gold = task_types.load("retrieval").gold_lines(rows.task, rows.examples, list)
    right = sum(a == b for a, b in zip(mine, gold, strict=True))
    assert right == sum(point["accuracy"][0] for point in points)
    assert gold != [str(i) for i in range(12)]


def test_evaluate_serves_it_with_the_target_s_own_tasks(folder, model, word_tokenizer, tmp_path):
    """`score_test` goes through it as through any task; it has no development rows."""
    task = examples.read_description(folder / "toy")
    rows = rows_of(folder, word_tokenizer)
    squad = Description("squad_v1", "question_answering", ("squad",), (), None, None)
    model.write(tmp_path / "0" / "7", "squad_v1", ())
    scorer = Scorer(squad, None, Processor(), SETTINGS, tqdm(disable=True), {})
    tasks = {"toy": {"languages": {}}}
    home = tmp_path / "0"
    score_test(tmp_path / "made", home, "7", None, [rows], tasks, scorer)
    entry = tasks["toy"]["languages"]["qda"]
    assert entry["n"] == 12
    predicted, points = predicted_by(model, rows)
    expected = 100 * sum(point["accuracy"][0] for point in points) / 12
    assert entry["seeds"]["0"] == {"accuracy_percent": expected, "oracle_percent": None}
    lines = (tmp_path / "made/toy/qda.jsonl").read_text().splitlines()
    assert [json.loads(line)["prediction"] for line in lines] == predicted
    assert task.metrics == ("accuracy",)
