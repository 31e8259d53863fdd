"""A model that is stored beside its encoder, and its export as one folder for Transformers."""

import dataclasses
import json
import shutil
import sys
from pathlib import Path

import pytest
import torch
import yaml

from tests.conftest import ROOT, run
from waystation.base.errors import UserError
from waystation.data.examples import Description
from waystation.encoder.checkpoint import write_encoder
from waystation.encoder.encoder import new_encoder
from waystation.encoder.features import Feature
from waystation.encoder.tokenizer_training import write_tokenizer
from waystation.evaluation import model_card, selection
from waystation.evaluation.selection import Selection
from waystation.task_model import TaskModel, read_model
from waystation.training.optimizer import AdamW

LABELS = ("no", "yes")
TASK = Description("task", "classification", ("accuracy",), LABELS, None, None, None)
FEATURES = [Feature([0, 5, 6, 2], 0, 1), Feature([0, 30, 7, 2], 1, 0)]


@pytest.fixture
def stored(tmp_path, config, word_tokenizer):
    """A model after three steps, in memory and in `models/3`; its encoder lies in `encoder`."""
    wide = dataclasses.replace(config, vocab_size=2000)
    model = TaskModel(new_encoder(wide, torch.Generator().manual_seed(0)), {"task": TASK})
    model.initialize_heads(torch.Generator().manual_seed(1))
    write_encoder(tmp_path / "encoder", model.encoder, None)
    write_tokenizer(word_tokenizer, tmp_path / "encoder")
    optimizer = AdamW(dict(model.named_parameters()), weight_decay=0.01)
    for step in range(3):
        model.loss("task", FEATURES, step)[0].backward()
        optimizer.step(1e-3)
    model.eval().write(tmp_path / "models/3", "task", LABELS, tmp_path / "encoder")
    selection.write(tmp_path / "models", Selection("3", 3, 2, {"3": 50.0}, ()))
    return model


def test_it_is_smaller_and_answers_alike(stored, tmp_path):
    file = "model.safetensors"
    sizes = [(tmp_path / name / file).stat().st_size for name in ("models/3", "encoder")]
    assert sizes[0] < sizes[1] / 2
    back = read_model(tmp_path / "models/3", TASK, tmp_path / "encoder")
    unseen = [Feature([0, 1999, 8, 2], 0, 1)]
    for features in (FEATURES, unseen):
        ours, theirs = (model.logits("task", features)[0] for model in (back, stored))
        assert torch.allclose(ours, theirs, atol=1e-6, rtol=0)


def test_without_its_encoder_it_is_refused(stored, tmp_path):
    with pytest.raises(UserError, match="export` joins the two"):
        read_model(tmp_path / "models/3", TASK)


def test_the_export_is_what_transformers_loads(stored, tmp_path):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    words = ["--model", tmp_path / "models", "--encoder", tmp_path / "encoder"]
    command = [sys.executable, "-m", "waystation", "export", *words, "--out", tmp_path / "out"]
    told = run(command, ROOT).stdout
    assert str(tmp_path / "out") in told
    theirs, loading = AutoModelForSequenceClassification.from_pretrained(
        tmp_path / "out", output_loading_info=True
    )
    assert not loading["missing_keys"]
    assert not loading["unexpected_keys"]
    assert theirs.config.id2label == {0: "no", 1: "yes"}
    assert (tmp_path / "out/README.md").read_text().startswith("---\n")
    assert AutoTokenizer.from_pretrained(tmp_path / "out")("the barn")["input_ids"]
    with torch.no_grad():
        logits = theirs.eval()(input_ids=torch.tensor([f.ids for f in FEATURES])).logits
    assert torch.allclose(logits, stored.logits("task", FEATURES)[0], atol=1e-5, rtol=0)
    again = run(command, ROOT, check=False)
    assert again.returncode == 1
    assert "exists already" in again.stderr


CONFIG = {"architectures": ["XLMRobertaForTokenClassification"]}


def front_matter(text):
    return yaml.safe_load(text.split("---\n")[1])


def test_the_card_says_what_the_model_is_and_what_it_scored(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "suites" / "small", tmp_path / "suites" / "small")
    folder = Path("data/small/models/tagging/e5-small/sequential/three/3/udpos/1")
    selection.write(make(folder), Selection("60", 60, 240, {"60": 76.2}, ()))
    (folder / "config.json").write_text(json.dumps(CONFIG))
    language = {"n": 100, "chance_percent": None, "seeds": {"0": {"f1_percent": 9.0}}}
    ours = language | {"seeds": {"1": {"f1_percent": 70.7}}}
    tasks = {"udpos": {"main_score": "f1_percent", "languages": {"de": ours, "sw": language}}}
    scores = {"targets": {"udpos": {"languages": ["en"], "tasks": tasks}}}
    file = Path("metrics/small/scores/tagging/e5-small/sequential/three/3.json")
    text = model_card.card(folder, folder / "config.json", "python -m waystation export ...")
    assert f"No scores: `{file}` is not here" in text
    make(file.parent)
    file.write_text(json.dumps(scores))
    text = model_card.card(folder, folder / "config.json", "python -m waystation export ...")
    assert front_matter(text) == {
        "library_name": "transformers",
        "pipeline_tag": "token-classification",
        "base_model": "intfloat/multilingual-e5-small",
        "license": "mit",
        "language": ["en"],
        "tags": ["cross-lingual-transfer", "intermediate-task-training"],
    }
    assert "# e5-small, sequential/three/3, fine-tuned on udpos, seed 1" in text
    assert "chose step 60 of 60, which trained on 240 examples: 76.2 there" in text
    assert "| udpos, f1 | de | no | 70.7 | - | 100 |" in text
    assert "| sw |" not in text  # another seed's


def test_a_model_from_elsewhere_has_a_card_too(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    text = model_card.card(tmp_path, tmp_path / "config.json", "export")
    assert front_matter(text)["pipeline_tag"] == "token-classification"
    assert "of which nothing more is noted" in text


def make(folder):
    folder.mkdir(parents=True)
    return folder
