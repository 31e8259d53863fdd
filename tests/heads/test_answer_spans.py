"""The text of a predicted span, where a tokenizer's normaliser joins or drops characters."""

import pytest
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from waystation.grid.plans import InputLengths
from waystation.heads import question_answering
from waystation.params.schema import Evaluate

ANSWERS = {
    "decomposed": "cafe\u0301",
    "two marks": "A\u030a\u0323",
    "decomposed Vietnamese": "tie\u0302\u0301ng",
    "joiner inside and behind": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\u200c",
    "zero-width joiner behind": "\u0915\u094d\u200d",
    "zero-width space behind": "\u0e01\u0e34\u0e19\u200b",
    "direction marks around": "\u200f\u05e9\u05dc\u05d5\u05dd\u200f",
    "left-to-right mark behind": "abc\u200e",
    "byte-order mark in front": "\ufeffhello",
    "variation selector": "\u2764\ufe0f",
    "vowel sign and tone of Thai": "\u0e19\u0e49\u0e33",
    "vowel signs of Devanagari": "\u0939\u093f\u0928\u094d\u0926\u0940",
    "harakat": "\u0643\u0650\u062a\u064e\u0627\u0628\u064c",
    "two words": "\u200fcafe\u0301 noe\u0308l\u200f",
    "plain": "hello",
}
CONTEXTS = {
    "amid words": "one {} two",
    "at the end": "one {}",
    "at the start": "{} two",
    "before punctuation": "one {}. Two",
    "alone": "{}",
    "behind a new line": "one\n{}\u3000two",
}


def joining():
    """As XLM-R's: what can be composed is, marks without a width become blanks, blanks one."""
    tokenizer = Tokenizer(models.WordLevel(numbered("<s> <pad> </s> <unk> <mask>"), "<unk>"))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex("[\\s\u200b-\u200f\ufeff]"), " "),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()]
    )
    ids = [("<s>", 0), ("</s>", 2)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ids
    )
    return tokenizer


def dropping():
    """As BERT's without case: marks are dropped."""
    tokenizer = Tokenizer(models.WordLevel(numbered("[PAD] [UNK] [CLS] [SEP] [MASK]"), "[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def numbered(tokens):
    return {token: index for index, token in enumerate(tokens.split())}


def decoded_gold(tokenizer, context, answer):
    """What the decoder makes of scores that choose the target's tokens."""
    start = context.index(answer)
    example = {"id": "0", "question": "who", "context": context, "allows_none": False}
    example["answers"] = [{"text": answer, "start": start}]
    features = question_answering.make_features([example], tokenizer, InputLengths(40, 20))
    assert len(features) == 1
    head, offsets = features[0].context
    scores = torch.zeros(2, 1 + len(offsets))
    for row, token in enumerate(features[0].target):
        scores[row, 1 + token - head] = 9.0
    return question_answering.predict([scores], features, [example], Evaluate(64, 20))[0]


@pytest.mark.parametrize("where", CONTEXTS)
@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("make", [joining, dropping])
def test_a_span_ends_where_its_last_word_ends_marks_included(make, kind, where):
    answer, context = ANSWERS[kind], CONTEXTS[where].format(ANSWERS[kind])
    assert decoded_gold(make(), context, answer) == answer


def test_a_mark_between_two_tokens_is_the_first_one_s():
    context = "می\u200cخواهم"
    assert decoded_gold(joining(), context, "می\u200c") == "می\u200c"
    assert decoded_gold(joining(), context, "خواهم") == "خواهم"


def test_tokens_that_overlap_or_hold_only_a_blank_keep_their_places():
    """SentencePiece numbers a composed letter twice, and a blank may be a token of its own."""
    assert question_answering.text_spans("ab cd", [(0, 1), (0, 2), (2, 3), (3, 5)]) == [
        (0, 1), (0, 2), (3, 3), (3, 5),
    ]  # fmt: skip
    assert question_answering.text_spans("½ x", [(0, 1), (0, 1), (1, 3)]) == [
        (0, 1), (0, 1), (2, 3),
    ]  # fmt: skip
    assert question_answering.text_spans("", []) == []
