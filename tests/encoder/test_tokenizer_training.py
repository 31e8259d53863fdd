"""A tokenizer is a function of its text: ties are not left to chance."""

import random

import pytest

from waystation.base.errors import UserError
from waystation.encoder import tokenizer_training


@pytest.fixture
def texts():
    """Raw texts with many words and characters of the same frequency."""
    draw = random.Random(1)
    characters = [chr(place) for place in range(0x4E00, 0x4E00 + 400)]
    words = ["".join(draw.choices("abcdefgh", k=4)) for _ in range(300)]
    return [" ".join(draw.sample(words + characters, 40)) for _ in range(30)]


@pytest.mark.parametrize("kind", tokenizer_training.KINDS)
def test_the_same_text_gives_the_same_tokenizer(texts, kind, monkeypatch):
    monkeypatch.setattr(tokenizer_training, "ALPHABET", 100)
    made = {tokenizer_training.train(kind, 300, lambda: texts).to_str() for _ in range(4)}
    assert len(made) == 1


def test_the_most_frequent_characters_stay_and_of_equals_the_first(monkeypatch):
    monkeypatch.setattr(tokenizer_training, "ALPHABET", 3)
    empty, _ = tokenizer_training.empty("bpe", 300)
    assert tokenizer_training.alphabet(empty, ["cc bb", "c a"]) == ["▁", "c", "b"]
    assert tokenizer_training.alphabet(empty, ["c b a"]) == ["▁", "a", "b"]


def test_a_kind_that_gives_another_tokenizer_every_time_is_refused(texts):
    with pytest.raises(UserError, match="kind of tokenizer 'unigram'; allowed: word, bpe"):
        tokenizer_training.train("unigram", 300, lambda: texts)


@pytest.mark.parametrize("kind", ["word", "bpe"])
@pytest.mark.parametrize("texts", [[], [""], [" ", "\n"]])
def test_a_text_without_words_trains_no_tokenizer(kind, texts):
    with pytest.raises(UserError, match="holds no word"):
        tokenizer_training.train(kind, 50, lambda: texts)
