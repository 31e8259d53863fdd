"""Real rows through the same stages, shrunk."""

import dataclasses
import json

import pytest
import transformers
import yaml

from tests.conftest import copy_project, run
from tests.fetched.test_pretrained import ENTRY, SHAPE


@pytest.mark.slow
@pytest.mark.shared_data
def test_a_suite_runs_on_real_rows(mirror, tmp_path, pieces_tokenizer):
    """With a model from scratch, and one fetched from a folder beside the data sets."""
    folder = copy_project(tmp_path)
    file = folder / "suites/small/params.yaml"
    params = yaml.safe_load(file.read_text())
    scratch = yaml.safe_load((folder / "params.yaml").read_text())
    prefix = tmp_path / "hub"
    prefix.mkdir()
    for owner in mirror.iterdir():
        (prefix / owner.name).symlink_to(owner)
    config = transformers.BertConfig(**SHAPE | {"max_position_embeddings": 256})
    transformers.BertForMaskedLM(config).save_pretrained(prefix / ENTRY.repository)
    pieces_tokenizer.save_pretrained(prefix / ENTRY.repository)
    params["source"] |= {"prefix": str(prefix), "depends_on": str(mirror)}
    params["origins"] = {"scratch": ["mini"], "hub": ["mbert"]}
    mini = scratch["models"]["nano"] | {"positions": 258}
    params["models"] = {"mini": mini, "mbert": dataclasses.asdict(ENTRY) | {"positions": 256}}
    params["languages"] = ["en", "de", "zh"]
    params["tasks"] = {
        "text": {"languages": ["en", "de", "zh"], "train": 300},
        "mnli": {"train": 64, "validation": 20},
        "squad_v1": {"train": 30, "validation": 10},
        "udpos": {"train": 40, "validation": 20, "test": 20},
        "xnli": {"validation": 20, "test": 20},
        "xquad": {"test": 10},
        "tatoeba": {"test": 50},
    }
    params["tokenizer"] = {"kinds": ["bpe"], "vocab_size": 2000, "documents": 300}
    params["pretrain"] = scratch["pretrain"] | {"steps": 20}
    params["recipes"], params["multitask"], params["orders"] = ["none", "squad_v1"], {}, {}
    params["intermediate"]["tasks"] = {"squad_v1": {"max_tokens": 256, "stride": 192}}
    params["target"] |= {"epochs": 1, "checkpoints": 1}
    params["target"]["tasks"] = {"squad_v1": {"max_tokens": 256, "stride": 192}, "udpos": {}}
    params["target"]["groups"] = {"tagging": ["udpos"], "squad_v1": ["squad_v1"]}
    params["tasks"].pop("xnli")
    params["align"] |= {"tasks": ["tatoeba"], "development_languages": ["de"]}
    params["seeds"] = [0]
    params["benchmark"] |= {"tests": {"squad_v1": ["xquad"]}, "recipes": ["none", "squad_v1"]}
    params["benchmark"] |= {"rows": 3, "queries": 7, "minutes": 0.1, "server": None}
    params["report"]["resamples"] = 20
    file.write_text(yaml.safe_dump(params, sort_keys=False))
    run(["dvc", "repro", "suites/small/dvc.yaml"], folder)
    summary = json.loads((folder / "metrics/small/summary.json").read_text())
    assert summary["not_run_cells"] == 0
    for model in ("mini", "mbert"):
        assert set(summary["scores"][model]["squad_v1"]) == {"xquad", "udpos", "tatoeba"}
    assert json.loads((folder / "suites/small/fetched/mbert.json").read_text())["revision"] is None
    counts = json.loads((folder / "metrics/small/data/xquad.json").read_text())
    assert counts["splits"]["test"]["zh"]["rows"] == 10
