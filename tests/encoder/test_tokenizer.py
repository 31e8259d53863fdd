"""Special tokens and token types are those of the model's own tokenizer."""

import pytest
import torch
from tokenizers import Tokenizer, models, processors

from waystation import tasks
from waystation.base.errors import UserError
from waystation.encoder import tokenizer_training
from waystation.encoder.features import Packed
from waystation.encoder.tokenizer import Special, read_special
from waystation.grid.plans import InputLengths
from waystation.heads import (
    classification,
    dual_encoder,
    masked_language_modelling,
    multiple_choice,
    question_answering,
    tagging,
)

CONTEXT = "the farmer feed 3 old horses in the barn today ."


def lengths(max_tokens=40):
    return InputLengths(max_tokens, stride=2)


def theirs(transformer, first, second):
    """(ids, place of the first token of type 1) as Transformers joins two texts."""
    told = transformer([first], [second])  # in a batch: alone "" is no second text for it
    return told["input_ids"][0], told["token_type_ids"][0].index(1)


def test_berts_pairs_have_one_separator_and_types(pieces_tokenizer):
    ours = pieces_tokenizer.backend_tokenizer
    found = read_special(ours)
    assert found == Special(2, (3,), 3, True, padding=0, unknown=1, mask=4, vocabulary=24)
    expected = theirs(pieces_tokenizer, "who did read ?", CONTEXT)
    pair = {"id": "0", "first": "who did read ?", "second": CONTEXT, "label": 1}
    feature = classification.make_features([pair], ours, lengths())[0]
    assert (feature.ids, feature.seconds) == (expected[0], (expected[1],))
    question = {"id": "0", "question": "who did read ?", "context": CONTEXT, "answers": []}
    feature = question_answering.make_features([question], ours, lengths())[0]
    assert (feature.ids, feature.seconds) == (expected[0], (expected[1],))
    options = [{"id": "0", "first": CONTEXT, "choices": ["Anna", "the book"], "label": 0}]
    feature = multiple_choice.make_features(options, ours, lengths())[0]
    pairs = [theirs(pieces_tokenizer, CONTEXT, choice) for choice in ("Anna", "the book")]
    assert feature.sequences() == [ids for ids, _ in pairs]
    assert feature.seconds == tuple(place for _, place in pairs)


def test_single_texts_are_of_type_0(pieces_tokenizer):
    ours = pieces_tokenizer.backend_tokenizer
    expected = pieces_tokenizer(CONTEXT)["input_ids"]
    alone = classification.make_features([{"first": CONTEXT, "label": 0}], ours, lengths())[0]
    assert (alone.ids, alone.seconds) == (expected, (len(expected),))
    words = {"id": "0", "tokens": [*CONTEXT.split(), "\u200d"], "tags": [0] * 12}
    tagged = tagging.make_features([words], ours, lengths())[0]
    assert tagged.ids == [*expected[:-1], 1, 3]  # nothing is left of the last word: [UNK]
    query = dual_encoder.make_candidates([CONTEXT], ours, lengths())[0]
    assert (query.ids, query.seconds, tagged.seconds) == (expected, (), ())


@pytest.mark.parametrize(
    ("first", "second"), [("who read ?", ""), ("", "who read ?"), ("", ""), ("who read ?", " ")]
)
def test_a_pair_with_an_empty_text_is_a_pair(pieces_tokenizer, word_tokenizer, first, second):
    """As in the official batches; QQP has such rows. Its parser keeps the empty text."""
    row = {"question1": first, "question2": second, "label": 1}
    example = tasks.load("qqp").example(row, 0, "en")
    assert (example["first"], example["second"]) == (first, second)
    options = {"id": "0", "first": first, "choices": [second, "Anna"], "label": 0}
    ours = pieces_tokenizer.backend_tokenizer
    feature = classification.make_features([example], ours, lengths())[0]
    ids, place = theirs(pieces_tokenizer, first, second)
    assert (feature.ids, feature.seconds) == (ids, (place,))
    chosen = multiple_choice.make_features([options], ours, lengths())[0]
    assert (chosen.sequences()[0], chosen.seconds[0]) == (ids, place)
    framed = [0, *words(word_tokenizer, first), 2, 2, *words(word_tokenizer, second), 2]
    feature = classification.make_features([example], word_tokenizer, lengths())[0]
    assert (feature.ids, feature.seconds) == (framed, ())
    chosen = multiple_choice.make_features([options], word_tokenizer, lengths())[0]
    assert chosen.sequences()[0] == framed


def words(tokenizer, text):
    return tokenizer.encode(text, add_special_tokens=False).ids


def test_xlm_rs_pairs_have_two_separators_and_no_types(word_tokenizer):
    found = read_special(word_tokenizer)
    size = word_tokenizer.get_vocab_size()
    assert found == Special(0, (2, 2), 2, False, padding=1, unknown=3, mask=4, vocabulary=size)
    assert found.second([7]) == ()
    assert found.head([7]) == [0, 7, 2, 2]


@pytest.mark.parametrize("kind", tokenizer_training.KINDS)
def test_every_kind_of_trained_tokenizer_is_read(kind):
    texts = [f"{CONTEXT} {i}" for i in range(20)]
    trained = tokenizer_training.train(kind, 60, lambda: texts)
    found = read_special(trained)
    assert (found.first, found.between, found.last, found.padding) == (0, (2, 2), 2, 1)


def test_another_frame_is_refused():
    odd = Tokenizer(models.WordLevel({"<s>": 0, "[CLS]": 1, "x": 2, "[SEP]": 3}, unk_token="x"))
    with pytest.raises(UserError, match=r"frames a text by \[\] and two by \[\]; allowed"):
        read_special(odd)
    for first, last, message in (("x", "<s>", "unknown first token"), ("[CLS]", "[SEP]", "lacks")):
        ids = [(name, odd.token_to_id(name)) for name in (first, last)]
        odd.post_processor = processors.TemplateProcessing(
            single=f"{first} $A {last}", pair=f"{first} $A {last} $B {last}", special_tokens=ids
        )
        with pytest.raises(UserError, match=message):
            read_special(odd)


@pytest.mark.parametrize(
    "tokens",
    [
        Special(0, (2, 2), 2, False, padding=1, unknown=3, mask=9, vocabulary=10),
        Special(5, (7,), 7, True, padding=0, unknown=3, mask=2, vocabulary=10),
    ],
)
def test_masking_spares_and_never_draws_special_tokens(tokens):
    """Every other token is masked and drawn, wherever the special ones stand."""
    texts = sorted(set(range(10)) - tokens.frame - {tokens.mask})
    packed = Packed([[tokens.first, *texts * 300, tokens.last]])
    before = packed.ids.clone()
    rows, gold = masked_language_modelling.Masking(0.9, tokens, 0).apply(packed, 3)
    assert torch.equal(before[rows], gold)
    assert set(gold.tolist()) == set(texts)
    changed = packed.ids[packed.ids != before]
    assert set(changed.tolist()) == {*texts, tokens.mask}
    assert (changed == tokens.mask).float().mean() > 0.8
