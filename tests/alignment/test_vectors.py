"""Vectors of sentences: pooling, and what is left out of it."""

import torch

from waystation.alignment import retrieval
from waystation.alignment.vectors import EVERY_TOKEN, SentenceEncoder, emptied, shared_tokens
from waystation.encoder.features import Packed
from waystation.encoder.tokenizer_training import BOS, EOS, UNK


def test_every_pooling_of_every_layer_equals_a_sentence_alone(folder):
    """Batched with others and in one pass, or alone: the mean of the kept tokens' states."""
    reader = SentenceEncoder(folder, batch_tokens=20)
    ids = reader.tokens(["the old horse .", "Anna read the book .", "who did feed the horse ?"])
    left_out = {BOS, EOS, ids[0][1]}
    every, some = reader.vectors(ids, [EVERY_TOKEN, left_out], folder)
    assert every.shape == some.shape == (3, 3, 32)
    assert not list(folder.glob("*.bin"))  # the files go with the tensors
    for row, sequence in enumerate(ids):
        kept = [token not in left_out for token in sequence]
        for layer, states in enumerate(reader.encoder.layers(Packed([sequence]))):
            assert torch.allclose(every[layer, row], states.mean(0), atol=1e-5)
            assert torch.allclose(some[layer, row], states[kept].mean(0), atol=1e-5)


def test_shared_tokens_are_those_of_both_sides_and_special_ones():
    foreign, english = [[BOS, 10, 11, EOS], [BOS, 12, EOS]], [[BOS, 20, EOS], [BOS, 11, EOS]]
    shared = shared_tokens(foreign, english, [BOS, EOS, UNK])
    assert shared & {10, 11, 12, 20} == {11}  # 11 stands in different pairs: shared all the same
    assert {BOS, EOS, UNK} <= shared


def test_a_pair_that_shares_nothing_but_a_name_is_not_found_without_it(folder):
    """Both sides of pair 0 are the name alone: nothing is left, and nothing can find it."""
    reader = SentenceEncoder(folder, batch_tokens=4096)
    foreign = reader.tokens(["Anna", "barn", "horse", "old"])
    english = reader.tokens(["Anna", "kitchen", "book", "red"])
    shared = shared_tokens(foreign, english, reader.special.frame)
    found = [reader.vectors(ids, [EVERY_TOKEN, shared], folder) for ids in (foreign, english)]
    lost = emptied(foreign, shared) | emptied(english, shared)
    assert lost.tolist() == [True, False, False, False]
    (x, x_unshared), (y, _) = found
    assert torch.equal(x_unshared[:, 0], torch.zeros(3, 32))
    last = retrieval.accuracies(retrieval.right(x[2], y[2], 2))
    assert last["cosine_to_english_percent"] >= 25
    # Without the name pair 0 fails in every direction; made to translate, the others are found.
    right = retrieval.right(x_unshared[2], x_unshared[2], 2, "unshared_", lost)
    told = retrieval.accuracies(right)
    assert set(told.values()) == {75.0}
    assert set(told) >= {"unshared_cosine_from_english_percent"}
