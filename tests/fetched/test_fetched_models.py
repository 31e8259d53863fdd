"""Fetched models through the stages, from a folder in the Hub's layout back to Transformers."""

import argparse
import json
import sys
from dataclasses import asdict

import pytest
import torch
import transformers
import yaml

from stages import intermediate
from tests.conftest import FULL, ROOT, run
from tests.fetched.test_pretrained import ENTRY, SHAPE
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.encoder.checkpoint import read_encoder
from waystation.files import write_json
from waystation.frame.stage import Run
from waystation.grid import planning
from waystation.params.load import load_settings
from waystation.training import phase
from waystation.training.workplace import Workplace

TEXTS = ["the farmer feed 3 old horses .", "Anna read the book .", "the barn today - 3 horses ."]
LABELS = ("yes", "no")


def nli(count):
    return [
        {"id": str(i), "first": TEXTS[i % 3], "second": TEXTS[i % 2], "label": i % 2}
        for i in range(count)
    ]


def questions(count):
    context = " ".join(TEXTS)
    answers = [{"text": word, "start": context.index(word)} for word in ("farmer", "book", "barn")]
    return [
        {
            "id": str(i),
            "question": "who did read ?",
            "context": context,
            "answers": [answers[i % 3]],
        }
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def suite(tmp_path_factory, pieces_tokenizer, word_tokenizer):
    """A folder with params.yaml, examples of four tasks, and two repositories of tiny models."""
    home = tmp_path_factory.mktemp("suite")
    for task, kind, metrics, labels, make, trained_on in (
        ("mnli", "classification", ["accuracy"], LABELS, nli, None),
        ("xnli", "classification", ["accuracy"], LABELS, nli, "mnli"),
        ("squad_v1", "question_answering", ["squad"], (), questions, None),
        ("xquad", "question_answering", ["squad"], (), questions, "squad_v1"),
    ):
        told = {"name": task, "type": kind, "metrics": metrics, "labels": labels}
        told |= {"chance_percent": None, "trained_on": trained_on}
        write_json(home / "tasks" / task / "task.json", told)
        for split in ("train", "validation") if trained_on is None else ("test",):
            for language in ("en",) if trained_on is None else ("en", "de"):
                examples.write(examples.path(home / "tasks" / task, split, language), make(8))
    told |= {"name": "text", "type": "masked_language_modelling", "trained_on": None}
    write_json(home / "tasks/text/task.json", told)
    rows = [{"id": str(i), "text": text} for i, text in enumerate(TEXTS * 4)]
    examples.write(examples.path(home / "tasks/text", "train", "de"), rows)
    torch.manual_seed(1)
    shape = SHAPE | {"vocab_size": word_tokenizer.get_vocab_size() + 7}  # padded, as XL's
    config = transformers.XLMRobertaConfig(**shape, type_vocab_size=1, layer_norm_eps=1e-5)
    transformers.XLMRobertaForMaskedLM(config).save_pretrained(home / "hub/org/xlmr")
    word_tokenizer.save(str(home / "hub/org/xlmr/tokenizer.json"))
    model = transformers.BertForPreTraining(transformers.BertConfig(**SHAPE))
    model.save_pretrained(home / "hub/org/mbert")
    pieces_tokenizer.save_pretrained(home / "hub/org/mbert")
    write_params(home, shape["vocab_size"])
    (home / "code").write_text("")
    return home


def write_params(home, vocabulary):
    params = yaml.safe_load(FULL.read_text())
    del params["pretrain"], params["world"]
    entry = {key: value for key, value in vars(ENTRY).items() if key != "seed"}
    xlmr = {"repository": "org/xlmr", "architecture": "xlm-roberta", "vocabulary": vocabulary}
    params["models"] = {"mbert": entry, "xlmr": entry | xlmr}
    params |= {"origins": {"scratch": [], "hub": ["mbert", "xlmr"]}, "tokenizer": {"kinds": []}}
    params["generators"] = []
    params["source"] |= {"prefix": str(home / "hub"), "depends_on": str(home / "hub")}
    params["tasks"] = {task: {} for task in ("text", "mnli", "xnli", "squad_v1", "xquad")}
    params["recipes"] = ["random", "none", "mnli+mlm"]
    params |= {"multitask": {}, "orders": {}, "extra": {"models": [], "recipes": []}}
    params["align"] |= {"tasks": []}
    params["intermediate"] |= {"max_tokens": 40}
    params["intermediate"]["mlm"] |= {"max_tokens": 40}
    params["intermediate"] |= {"tasks": {"mnli": {"epochs": 2, "batch_size": 4}}}
    tasks = {"mnli": {"epochs": 2}, "squad_v1": {"epochs": 4}}
    params["target"] |= {"tasks": tasks, "groups": {"both": ["mnli", "squad_v1"]}}
    params["benchmark"] |= {"tests": {}, "recipes": ["none"]}
    params["target"] |= {"batch_size": 4, "max_tokens": 40, "checkpoints": 1}
    (home / "params.yaml").write_text(yaml.safe_dump(params))
    loaded, tasks = load_settings(home / "params.yaml"), home / "tasks"
    both = loaded.target.groups["both"]
    for name, plan in {
        "recipe": planning.recipe("mnli+mlm", loaded, tasks),
        "target": planning.target_group(both, loaded, tasks),
        "evaluation": planning.evaluation_group(both, loaded, tasks),
    }.items():
        write_json(home / f"{name}.json", asdict(plan))


def stage(home, verb, model, **more):
    told = {"params": "params.yaml", "model": model, "code": "code"} | more
    words = [sys.executable, "-m", f"stages.{verb}"]
    for key, value in told.items():
        place = value if key in ("model", "recipe", "group") else str(home / value)
        words += [f"--{key}", place]
    return run(words, ROOT, DVC_ROOT=str(home)).stdout


@pytest.mark.parametrize("model", ["mbert", "xlmr"])
def test_a_fetched_model_is_trained_and_scored_and_loads_in_transformers(suite, model):
    home = suite / model
    at = {name: f"{model}/{name}" for name in ("pretrained", "encoder", "models", "predictions")}
    stage(suite, "fetch", model, record=f"{model}/lock.json", out=at["pretrained"])
    told = dict(recipe="mnli+mlm", plan="recipe.json", tasks="tasks", pretrained=at["pretrained"])
    told |= {"out": at["encoder"], "metrics": f"{model}/phases.json"}
    assert "English development scores mnli" in stage(suite, "intermediate", model, **told)
    told = dict(group="both", recipe="mnli+mlm", plan="target.json", tasks="tasks")
    stage(suite, "target", model, **told, encoder=at["encoder"], out=at["models"])
    told |= {"plan": "evaluation.json", "models": at["models"], "predictions": at["predictions"]}
    told |= {"scores": f"{model}/scores.json"}
    stage(suite, "evaluate", model, **told, encoder=at["encoder"])
    for folder in (home / "pretrained", home / "encoder"):
        _, info = transformers.AutoModelForMaskedLM.from_pretrained(
            folder, output_loading_info=True
        )
        assert not info["missing_keys"]
    before, after = (read_encoder(home / name)[1] for name in ("pretrained", "encoder"))
    assert not torch.equal(before.bias, after.bias)  # masked language modelling went on with it
    check_classification(home)
    check_questions(home)


def check_classification(home):
    """Transformers' own class and tokenizer predict what `evaluate` has written."""
    folder = exported(home, "mnli")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    assert model.config.id2label == dict(enumerate(LABELS))
    rows = nli(8)
    batch = tokenizer(
        [row["first"] for row in rows],
        [row["second"] for row in rows],
        padding=True,
        return_tensors="pt",
    )
    with torch.no_grad():
        theirs = model(**batch).logits.argmax(-1).tolist()
    file = home / "predictions/mnli/0/xnli/de.jsonl"
    assert theirs == [json.loads(line)["prediction"] for line in file.read_text().splitlines()]


def check_questions(home):
    """The span of Transformers' scores over the context is the predicted text."""
    folder = exported(home, "squad_v1")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    row = questions(1)[0]
    batch = tokenizer(row["question"], row["context"], return_tensors="pt")
    with torch.no_grad():
        scores = model(**batch)
    inside = torch.tensor([part == 1 for part in batch.sequence_ids(0)])
    start, end = (s[0].masked_fill(~inside, -1e9) for s in (scores.start_logits, scores.end_logits))
    joint = (start[:, None] + end[None]).where(torch.ones(len(end), len(end)).triu() > 0, -2e9)
    first, last = divmod(int(joint.argmax()), len(end))
    text = row["context"][batch.token_to_chars(0, first).start : batch.token_to_chars(0, last).end]
    lines = (home / "predictions/squad_v1/0/xquad/en.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["prediction"] == text


def exported(home, target):
    """A target's model as one folder for Transformers."""
    words = ["--model", home / "models" / target / "0", "--encoder", home / "encoder"]
    out = home / f"exported-{target}"
    run([sys.executable, "-m", "waystation", "export", *map(str, words), "--out", str(out)], ROOT)
    return out


@pytest.mark.parametrize("headless", [False, True])
def test_random_is_the_fetched_shape_with_other_weights(suite, tmp_path, headless):
    from waystation.encoder.checkpoint import write_encoder
    from waystation.fetched import pretrained

    loaded = load_settings(suite / "params.yaml")
    files = {name: suite / "hub/org/mbert" / name for name in ENTRY.files}
    pretrained.write_model(loaded.models["mbert"], files, tmp_path / "before", tmp_path)
    encoder, head = read_encoder(tmp_path / "before")
    if headless:
        write_encoder(tmp_path / "before", encoder, None)
    inputs, outputs = {"pretrained": tmp_path / "before"}, {"out": tmp_path / "out"}
    options = argparse.Namespace(model="mbert", recipe="random")
    run = Run("intermediate", options, loaded, inputs, outputs, {}, {}, {})
    intermediate.untrained(run, "random")
    other, other_head = read_encoder(tmp_path / "out")
    assert other.config == encoder.config
    for name, tensor in encoder.state_dict().items():
        if name.endswith("dense.weight"):
            assert not torch.equal(tensor, other.state_dict()[name])
    assert (other_head is None) == headless
    if headless:
        places = suite / "tasks", tmp_path / "before", tmp_path / "scratch"
        workplace = Workplace("mbert", *places, loaded, loaded.evaluate)
        with pytest.raises(UserError, match="'mbert' has no masked-language-modelling head"):
            phase.pretrained_head(other_head, workplace)
    else:
        assert not torch.equal(head.dense.weight, other_head.dense.weight)
