"""One slice of a real encoder on real rows: translations lie near each other, as trained."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest
import torch

from tests.conftest import ROOT, Processor, fetch
from waystation.alignment.nearest import nearest
from waystation.alignment.vectors import EVERY_TOKEN, SentenceEncoder
from waystation.data import examples
from waystation.encoder.checkpoint import write_encoder
from waystation.encoder.encoder import new_encoder
from waystation.fetched import pretrained
from waystation.files import checksum
from waystation.grid.plans import TargetPlan
from waystation.params.load import load_settings
from waystation.params.schema import Evaluate, TargetTask
from waystation.training.fine_tuning import Choice, fine_tune
from waystation.training.workplace import Workplace

LANGUAGES = ("de", "ru", "zh")
pytestmark = [pytest.mark.shared_data, pytest.mark.usefixtures("scratch")]


@pytest.fixture
def entry():
    entry = load_settings(ROOT / "suites/taste/params.yaml").models["e5-small"]
    for wanted in entry.packages.values():
        try:
            metadata.distribution(wanted.package.partition("==")[0])
        except metadata.PackageNotFoundError:
            pytest.skip(f"the package {wanted.package} of suites/taste is not installed")
    return entry


def margin_accuracy(folder, pairs, scratch) -> float:
    """Percent of English sentences whose nearest by margin is their translation, last layer."""
    encoder = SentenceEncoder(folder, 8192)
    sides = []
    for side in ("foreign", "english"):
        tokens = encoder.tokens([pair[side] for pair in pairs])
        sides.append(encoder.vectors(tokens, [EVERY_TOKEN], scratch)[0][-1])
    english, foreign = sides[1], sides[0]
    near = nearest(english, foreign, 1, nearest(english, foreign, 4).means())
    right = near.there_places.squeeze(1) == torch.arange(len(pairs))
    return 100 * float(right.float().mean())


@pytest.fixture
def real(mirror, entry, tmp_path):
    """The encoder as `fetch` writes it."""
    record = pretrained.Record(tmp_path / "record.json")
    files = pretrained.fetch(entry, str(mirror), record, tmp_path / "scratch")
    pretrained.write_model(entry, files, tmp_path / "real", tmp_path / "scratch")
    return tmp_path / "real"


def test_a_real_encoder_finds_translations_and_random_weights_do_not(mirror, real, tmp_path):
    config = dataclasses.replace(SentenceEncoder(real, 1).encoder.config)
    random = new_encoder(config, torch.Generator().manual_seed(0))
    (tmp_path / "random").mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "random" / name).write_bytes((real / name).read_bytes())
    write_encoder(tmp_path / "random", random, None)
    fetch(mirror, "tatoeba", tmp_path / "tatoeba", LANGUAGES, {"test": 200})
    for language in LANGUAGES:
        pairs = examples.read(examples.path(tmp_path / "tatoeba", "test", language))
        assert margin_accuracy(real, pairs, tmp_path / "v") > 85, language
        assert margin_accuracy(tmp_path / "random", pairs, tmp_path / "v") < 30, language


def train(home: Path, out: Path) -> None:
    """Fifteen steps of POS tagging."""
    torch.set_num_threads(1)
    settings = TargetTask(
        learning_rate=2e-4, epochs=1, batch_size=8, max_tokens=128, warmup=0.1, weight_decay=0.01,
        beta2=0.98, clip_norm=1.0, stride=64, train_examples=120,
    )  # fmt: skip
    plan = TargetPlan("udpos", (("udpos", "en"),), settings, None)
    inference = Evaluate(batch_tokens=4096, max_answer_tokens=30)
    scratch = out.with_name(f"{out.name}-scratch")
    place = Workplace("real", home, home / "real", scratch, Processor(), inference)
    fine_tune(place, plan, Choice(1, None), home / "real", 0, out)


@pytest.mark.slow
def test_a_killed_fine_tuning_of_the_real_size_goes_on_to_the_same_bytes(mirror, real, tmp_path):
    fetch(mirror, "udpos", tmp_path / "udpos", ("en",), {"validation": 20})
    train(tmp_path, tmp_path / "whole")
    command = [
        sys.executable,
        "-m",
        "tests.pipeline.test_real_signal",
        str(tmp_path),
        str(tmp_path / "killed"),
    ]
    checkpoint = tmp_path / "killed-scratch" / "training.safetensors"
    soon = os.environ | {"CHECKPOINT_SECONDS": "0.1"}
    for _ in range(12):
        before = checkpoint.stat().st_mtime_ns if checkpoint.is_file() else 0
        process = subprocess.Popen(command, cwd=ROOT, env=soon)
        while process.poll() is None and not (
            checkpoint.is_file() and checkpoint.stat().st_mtime_ns > before
        ):
            time.sleep(0.01)
        assert process.poll() is None, "it was done before it could be killed"
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, cwd=ROOT, check=True)
    assert checksum(tmp_path / "killed") == checksum(tmp_path / "whole")


if __name__ == "__main__":
    train(*map(Path, sys.argv[1:]))
