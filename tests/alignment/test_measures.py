"""All measures of an encoder, through the stage `align`."""

import json
import re
import sys

import pytest
import torch

from stages import align
from tests.alignment.sentences import mining_rows, sentences
from tests.conftest import FULL
from waystation.alignment import mining
from waystation.data import examples
from waystation.encoder.checkpoint import write_encoder
from waystation.encoder.encoder import MaskedLanguageHead
from waystation.files import checksum, write_json


@pytest.fixture
def tasks(tmp_path):
    """A retrieval and a mining task of one language that is English said backwards."""
    folder = tmp_path / "tasks"
    for name, kind in (("tatoeba", "retrieval"), ("bucc", "mining"), ("xnli", "classification")):
        told = {"name": name, "type": kind, "metrics": [], "labels": [], "chance_percent": None}
        told |= {"trained_on": None, "xtreme": {"bucc": "bucc2018"}.get(name, name)}
        write_json(folder / name / "task.json", told)
    pairs = [
        {"id": str(i), "foreign": " ".join(text.split()[::-1]), "english": text}
        for i, text in enumerate(sentences(0, 20))
    ]
    examples.write(folder / "tatoeba" / "test" / "qda.jsonl", pairs)
    for seed, split in enumerate(("validation", "test"), 1):
        found = sentences(seed, 40)
        gold = {" ".join(text.split()[::-1]): text for text in found[:20]}
        rows = mining_rows(gold, found[20:30], found[30:])
        examples.write(folder / "bucc" / split / "qda.jsonl", rows)
    return folder


def run_stage(
    monkeypatch, tmp_path, folder, tasks, names: list[str], pretrained=None, development="[]"
) -> str:
    """`python -m stages.align` in this process; the written JSON's text."""
    files = [file for name in names for file in sorted((tasks / name).rglob("*.json*"))]
    rows = {str(file.relative_to(tasks)): checksum(file) for file in files}
    write_json(tmp_path / "plan.json", {"tasks": names, "files": rows})
    (tmp_path / "code").write_text("code\n")
    params = FULL.read_text()
    params = re.sub(r"(development_languages:) .*", rf"\1 {development}", params)
    (tmp_path / "params.yaml").write_text(params)
    told = {"params": tmp_path / "params.yaml", "model": "pico", "recipe": "none"}
    told |= {"code": tmp_path / "code", "plan": tmp_path / "plan.json", "tasks": tasks}
    told |= {
        "encoder": folder,
        "pretrained": pretrained or folder,
        "scores": tmp_path / "scores.json",
        "predictions": tmp_path / "predictions",
    }
    monkeypatch.chdir(tmp_path)
    arguments = [part for key, value in told.items() for part in (f"--{key}", str(value))]
    monkeypatch.setattr(sys, "argv", ["align.py", *arguments])
    align.main()
    return (tmp_path / "scores.json").read_text()


def test_the_stage_writes_every_measure_and_the_same_bytes_again(
    monkeypatch, tmp_path, folder, tasks, capsys
):
    runs = [run_stage(monkeypatch, tmp_path, folder, tasks, ["tatoeba", "bucc"]) for _ in range(2)]
    assert runs[0] == runs[1]
    told = json.loads(runs[0])
    assert set(told) == {
        *("model", "recipe", "tasks", "mining", "language_identity", "made_from"),
        *("protocol_layer", "relative_layer", "development"),
    }
    assert (told["protocol_layer"], told["relative_layer"]) == (1, 1)
    assert told["development"] == {"tatoeba": None, "bucc": None}  # there are no such languages
    retrieved = told["tasks"]["tatoeba"]["qda"]
    assert retrieved["n"] == 20
    assert retrieved["unshared_empty"] == 40  # all words are shared with English
    assert [layer["layer"] for layer in retrieved["layers"]] == [0, 1, 2]
    for layer in retrieved["layers"]:
        assert layer["unshared_cosine_to_english_percent"] == 0
        assert layer["cka_to_pretrained"] == 1  # the encoder is the pretrained one
        assert 0 < layer["cka_to_english"] < 1
        assert layer["margin_to_english_percent"] > 50  # the same words in another order
        assert layer["no_special_cosine_from_english_percent"] > 50
    for name, by_layer in retrieved["right"].items():  # each sentence's result, by layer
        shares = [100 * text.count("1") / len(text) for text in by_layer]
        assert shares == [layer[f"{name}_percent"] for layer in retrieved["layers"]]
    mined = told["mining"]["bucc"]["qda"]
    assert [mined[k] for k in ("n_gold", "foreign_sentences", "english_sentences")] == [20, 30, 30]
    assert mined["chance_percent"] == 2.6667  # 20 / 30 right of 30 mined and 20 gold pairs
    assert [layer["layer"] for layer in mined["layers"]] == [0, 1, 2]
    assert all(layer["f1_percent"] > 50 for layer in mined["layers"])
    assert all(layer["no_special_f1_percent"] > 50 for layer in mined["layers"])
    assert told["language_identity"]["n"] == 20
    assert told["language_identity"]["chance_percent"] == 50
    assert "tatoeba" in capsys.readouterr().out


def test_the_pretrained_encoder_is_what_it_is_compared_with(
    monkeypatch, tmp_path, folder, tasks, config
):
    from shutil import copy

    from waystation.encoder.encoder import new_encoder

    other = new_encoder(config, torch.Generator().manual_seed(1))
    write_encoder(tmp_path / "other", other, MaskedLanguageHead(config))
    copy(folder / "tokenizer.json", tmp_path / "other")
    same, changed = (
        json.loads(run_stage(monkeypatch, tmp_path, folder, tasks, ["tatoeba"], before))
        for before in (folder, tmp_path / "other")
    )
    for a, b in zip(*(run["tasks"]["tatoeba"]["qda"]["layers"] for run in (same, changed))):
        assert b["cka_to_pretrained"] < 0.999
        assert b | {"cka_to_pretrained": 1.0} == a  # nothing else depends on it


def test_another_type_of_task_is_refused(monkeypatch, tmp_path, folder, tasks, capsys):
    with pytest.raises(SystemExit):
        run_stage(monkeypatch, tmp_path, folder, tasks, ["xnli"])
    assert "'classification'; allowed: retrieval, mining" in capsys.readouterr().err


def test_mining_needs_the_development_split(monkeypatch, tmp_path, folder, tasks, capsys):
    (tasks / "bucc" / "validation" / "qda.jsonl").unlink()
    with pytest.raises(SystemExit):
        run_stage(monkeypatch, tmp_path, folder, tasks, ["bucc"])
    assert "validation/qda.jsonl is missing" in capsys.readouterr().err


def test_what_is_found_is_written_in_the_form_of_xtreme(monkeypatch, tmp_path, folder, tasks):
    told = json.loads(run_stage(monkeypatch, tmp_path, folder, tasks, ["tatoeba", "bucc"]))
    home, layer = tmp_path / "predictions", told["protocol_layer"]
    pairs = examples.read(tasks / "tatoeba" / "test" / "qda.jsonl")
    # The English sentences sorted, each with the place of the foreign one in the data set.
    gold = sorted(range(20), key=lambda place: pairs[place]["english"])
    found = (home / "tatoeba" / "test-qda.tsv").read_text().split("\n")
    assert found.pop() == ""
    right = sum(int(a) == b for a, b in zip(found, gold, strict=True))
    scores = told["tasks"]["tatoeba"]["qda"]["layers"][layer]
    assert 100 * right / 20 == scores["cosine_from_english_percent"]
    assert found != [str(place) for place in sorted(gold)]
    # The mined pairs above the threshold of the development split: their F1 is that of the scores.
    mined = [tuple(line.split("\t")) for line in (home / "bucc2018/test-qda.tsv").open()]
    mined = {(foreign, english.rstrip("\n")) for foreign, english in mined}
    gold = mining.read_pools(tasks / "bucc" / "test" / "qda.jsonl").gold
    f1 = 200 * len(mined & gold) / (len(mined) + len(gold))
    scores = told["mining"]["bucc"]["qda"]["layers"][layer]
    assert f1 == pytest.approx(scores["f1_percent"], abs=1e-3)


def test_gold_pairs_alone_are_not_mined(monkeypatch, tmp_path, folder, tasks, capsys):
    for split in ("validation", "test"):
        file = tasks / "bucc" / split / "qda.jsonl"
        rows = [row for row in examples.read(file) if row["pairs"]]
        examples.write(file, rows)
    with pytest.raises(SystemExit):
        run_stage(monkeypatch, tmp_path, folder, tasks, ["bucc"])
    assert "name bucc_gold instead of bucc" in capsys.readouterr().err
    assert not (tmp_path / "scores.json").exists()


def test_development_languages_are_told_with_what_they_choose(monkeypatch, tmp_path, folder, tasks):
    from shutil import copy

    file = tasks / "tatoeba" / "test" / "qda.jsonl"
    copy(file, file.with_stem("qdb"))
    told = json.loads(
        run_stage(monkeypatch, tmp_path, folder, tasks, ["tatoeba", "bucc"], None, "[qdb]")
    )
    chosen = told["development"]["tatoeba"]
    assert (chosen["chosen_on"], chosen["scored_on"]) == (["qdb"], ["qda"])
    layers = told["tasks"]["tatoeba"]["qdb"]["layers"]
    for measure, layer in chosen["layers"].items():
        assert measure.endswith("english_percent")
        assert layers[layer][measure] == max(found[measure] for found in layers)
    assert len(chosen["layers"]) == 14  # seven ways of comparing, two directions
    assert told["development"]["bucc"] is None  # it has only the other one


def test_a_development_language_of_no_task_is_named(monkeypatch, tmp_path, folder, tasks, capsys):
    with pytest.raises(SystemExit):
        run_stage(monkeypatch, tmp_path, folder, tasks, ["tatoeba"], None, "[qdb]")
    assert "align.development_languages 'qdb'; allowed: qda" in capsys.readouterr().err
