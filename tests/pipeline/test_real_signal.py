"""One slice of a real encoder on real rows: translations lie near each other, as trained."""

import dataclasses
from importlib import metadata

import pytest
import torch

from tests.conftest import ROOT, fetch
from waystation.alignment.nearest import nearest
from waystation.alignment.vectors import EVERY_TOKEN, SentenceEncoder
from waystation.data import examples
from waystation.encoder.checkpoint import write_encoder
from waystation.encoder.encoder import new_encoder
from waystation.fetched import pretrained
from waystation.params.load import load_settings

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


def test_a_real_encoder_finds_translations_and_random_weights_do_not(mirror, entry, tmp_path):
    record = pretrained.Record(tmp_path / "record.json")
    files = pretrained.fetch(entry, str(mirror), record, tmp_path / "scratch")
    pretrained.write_model(entry, files, tmp_path / "real", tmp_path / "scratch")
    config = dataclasses.replace(SentenceEncoder(tmp_path / "real", 1).encoder.config)
    random = new_encoder(config, torch.Generator().manual_seed(0))
    (tmp_path / "random").mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "random" / name).write_bytes((tmp_path / "real" / name).read_bytes())
    write_encoder(tmp_path / "random", random, None)
    fetch(mirror, "tatoeba", tmp_path / "tatoeba", LANGUAGES, {"test": 200})
    for language in LANGUAGES:
        pairs = examples.read(examples.path(tmp_path / "tatoeba", "test", language))
        assert margin_accuracy(tmp_path / "real", pairs, tmp_path / "v") > 85, language
        assert margin_accuracy(tmp_path / "random", pairs, tmp_path / "v") < 30, language
