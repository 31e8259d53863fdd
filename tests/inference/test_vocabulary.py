"""A smaller vocabulary cuts the texts that it was made for as before, under every kind of model."""

import json
from dataclasses import replace

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

from stages.trim import hold_read, shrink
from tests.conftest import Processor
from tests.encoder.test_device import KINDS, SPECIAL, features_of, model_of
from waystation.base.errors import UserError
from waystation.data.examples import Description
from waystation.encoder import tokenizer_training
from waystation.encoder.checkpoint import read_file
from waystation.encoder.config import read_config
from waystation.encoder.encoder import Encoder
from waystation.encoder.features import Feature
from waystation.evaluation.whole_model import WholeModel, write_whole
from waystation.inference.kept_pieces import Read, hold_same, unchanged_percent
from waystation.inference.vocabulary import KINDS as TOKENIZERS
from waystation.inference.vocabulary import trim
from waystation.task_model import TaskModel

FIRST = ["the farmer fed three old horses", "the horse fed the farmer, \U00010600 the barn"]
SECOND = ["die Bäuerin fütterte drei alte Pferde", "ein Pferd, drei Pferde, keine Scheune"]
FRAME = processors.TemplateProcessing(
    single="<s> $A </s>",
    pair="<s> $A </s> </s> $B </s>",
    special_tokens=[("<s>", 0), ("</s>", 2)],
)


def trained(kind: str) -> Tokenizer:
    """A small tokenizer of a kind, on the texts of two languages."""
    if kind in ("BPE", "WordLevel"):
        name = {"BPE": "bpe", "WordLevel": "word"}[kind]
        return tokenizer_training.train(name, 90, lambda: FIRST + SECOND)
    common = {"special_tokens": tokenizer_training.SPECIAL, "vocab_size": 90}
    if kind == "Unigram":
        tokenizer = Tokenizer(models.Unigram())
        trainer = trainers.UnigramTrainer(**common, unk_token="<unk>")
    else:
        tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>"))
        trainer = trainers.WordPieceTrainer(**common)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(FIRST + SECOND, trainer)
    tokenizer.post_processor = FRAME
    return tokenizer


@pytest.mark.parametrize("kind", TOKENIZERS)
@pytest.mark.parametrize("texts", [FIRST, SECOND], ids=["first", "second"])
def test_the_texts_that_it_was_made_for_are_cut_as_before(kind, texts):
    before = trained(kind)
    used = {piece for text in texts for piece in before.encode(text).ids}
    trimmed = trim(before.to_str(), used)
    after = Tokenizer.from_str(trimmed.tokenizer)
    assert after.get_vocab_size() == len(trimmed.kept) < before.get_vocab_size()
    for text in [*texts, ""]:
        old, new = before.encode(text, text), after.encode(text, text)
        assert [trimmed.places[piece] for piece in old.ids] == new.ids
        assert old.tokens == new.tokens
        assert old.offsets == new.offsets
    for name in tokenizer_training.SPECIAL:
        assert after.token_to_id(name) == trimmed.places[before.token_to_id(name)]


def test_the_least_likely_piece_stays_as_it_sets_the_price_of_the_unknown():
    """`ab` costs 3; over the unknown sign the price of which follows from `z` the path is `a b`."""
    special = [("<unk>", 0.0)]
    vocabulary = [*special, ("a", -1.0), ("b", -1.0), ("ab", -3.0), ("z", -50.0)]
    before = Tokenizer(models.Unigram(vocabulary, unk_id=0))
    stored = json.loads(before.to_str())
    stored["post_processor"] = None
    trimmed = trim(json.dumps(stored), set(before.encode("ab?").ids))
    assert 4 in trimmed.kept
    assert 3 not in trimmed.kept
    assert Tokenizer.from_str(trimmed.tokenizer).encode("ab?").tokens == ["a", "b", "?"]


def tokens_alone() -> str:
    """A tokenizer of as many words as the models of these tests have rows."""
    names = [f"w{place}" for place in range(SPECIAL.vocabulary)]
    names[:4], names[SPECIAL.mask] = ["<s>", "<pad>", "</s>", "<unk>"], "<mask>"
    vocabulary = {name: place for place, name in enumerate(names)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.add_special_tokens(tokenizer_training.SPECIAL)
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = FRAME
    return tokenizer.to_str()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "masked_language_modelling"])
def test_outputs_are_the_same_numbers_under_every_head(kind):
    model = model_of(kind, Processor()).eval()
    features = [replace(one, ids=[min(i, 40) for i in one.ids]) for one in features_of(kind)]
    trimmed = trim(tokens_alone(), {piece for one in features for piece in one.ids})
    shape = replace(model.encoder.config, vocab_size=len(trimmed.kept))
    task = Description("task", kind, ("accuracy",), ("a", "b", "c"), None, None)
    smaller = TaskModel(Encoder(shape), {"task": task})
    state, words = model.state_dict(), "encoder.embeddings.word_embeddings.weight"
    smaller.load_state_dict(state | {words: trimmed.table(state[words])})
    moved = [replace(one, ids=[trimmed.places[i] for i in one.ids]) for one in features]
    with torch.inference_mode():
        ours = model.logits("task", features)[0]
        theirs = smaller.eval().logits("task", moved)[0]
    assert len(trimmed.kept) < SPECIAL.vocabulary
    assert torch.equal(ours, theirs)


def test_the_model_loads_with_transformers_and_says_the_same(tmp_path):
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    model = model_of("tagging", Processor()).eval()
    model.write(tmp_path / "model", "task", ("a", "b", "c"))
    whole = whole_model(tmp_path / "model")
    smaller, trimmed = shrink(whole, {10, 11, 12})
    write_whole(tmp_path / "out", smaller, "made")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    theirs = AutoModelForTokenClassification.from_pretrained(tmp_path / "out").eval()
    batch = tokenizer("w10 w12 w11", return_tensors="pt")
    assert batch["input_ids"].tolist() == [[trimmed.places[i] for i in (0, 10, 12, 11, 2)]]
    assert theirs.config.vocab_size == len(trimmed.kept) == 8
    with torch.no_grad():
        logits = theirs(**batch).logits[0]
    ours, _ = model.logits("task", [Feature([0, 10, 12, 11, 2], 0)])
    torch.testing.assert_close(logits[: len(ours)], ours, rtol=1e-5, atol=1e-5)


def whole_model(folder) -> WholeModel:
    decoder = {"0": {"content": "<s>"}, str(SPECIAL.mask): {"content": "<mask>"}}
    named = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": "<pad>",
        "added_tokens_decoder": {k: v | {"special": True} for k, v in decoder.items()},
    }
    files = {
        "config.json": (folder / "config.json").read_bytes(),
        "tokenizer.json": tokens_alone().encode(),
        "tokenizer_config.json": json.dumps(named).encode(),
    }
    return WholeModel(folder, read_config(folder), read_file(folder), files)


def test_rows_that_are_cut_otherwise_are_refused_by_name():
    before = [Read("xnli", "test", "de", [Feature([0, 5, 2], 0), Feature([0, 7, 2], 1)])]
    places = {0: 0, 2: 1, 5: 2, 7: 3}
    same = [Feature([0, 2, 1], 0), Feature([0, 3, 1], 1)]
    assert hold_same(before, [replace(before[0], features=same)], places) == 2
    other = [same[0], Feature([0, 2, 1], 1)]
    with pytest.raises(UserError, match=r"xnli, test rows of 'de': .* cuts example 1 anew"):
        hold_same(before, [replace(before[0], features=other)], places)
    with pytest.raises(UserError, match=r"trim.languages.two: xnli has no 'sw' test rows"):
        hold_read("two", ("de", "sw"), ("xnli",), before)
    assert unchanged_percent(before, {0, 2, 5}) == {"de": 50.0}


def test_a_piece_that_there_is_not_and_another_file_are_refused():
    with pytest.raises(UserError, match="the tokenizer has no piece 90, but 60 pieces"):
        trim(tokens_alone(), {90})
    with pytest.raises(UserError, match=r"to trim is no .*: no key 'model'"):
        trim("{}", {1})
    stored = json.loads(tokens_alone())
    stored["model"]["type"] = "Other"
    with pytest.raises(UserError, match="model of the tokenizer to trim"):
        trim(json.dumps(stored), {1})
