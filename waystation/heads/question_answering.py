"""The span of a context that answers a question, from a start and an end score for every token.

A context that does not fit gives several overlapping features. The prediction is the best span over
all of an example's features. Where the example allows no answer, the prediction is empty when the
first token beats that span. The first token's score is its start and end score, the lowest over the
features: a window without the answer says nothing about the rest (Devlin et al. 2019, run_squad.py,
with a threshold of 0).
"""

import bisect
import unicodedata

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from waystation.base.errors import UserError
from waystation.encoder.config import EncoderConfig
from waystation.encoder.features import Feature, Lengths, Packed
from waystation.encoder.tokenizer import read_special
from waystation.heads import Kind
from waystation.params.schema import Evaluate

MIN_CONTEXT = 8  # tokens of context that every feature must have room for


def make_features(examples: list[dict], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """Features whose `target` is (start, end), token places of the first answer.

    Both are 0, the first token's, in a feature that does not hold the whole answer. `context` is
    (place of the first context token, [(first character, last + 1) of each context token]), as
    `text_spans` gives them.
    """
    questions = tokenizer.encode_batch([e["question"] for e in examples], add_special_tokens=False)
    contexts = tokenizer.encode_batch([e["context"] for e in examples], add_special_tokens=False)
    frame = read_special(tokenizer)
    features = []
    for index, example in enumerate(examples):
        question = questions[index].ids[: lengths.max_tokens // 2]
        room = lengths.max_tokens - frame.overhead - len(question)
        if room < MIN_CONTEXT:
            raise UserError(
                f"max_tokens {lengths.max_tokens} leaves {room} tokens for the context of example "
                f"{example['id']!r}; it needs {MIN_CONTEXT}"
            )
        step = min(lengths.stride, room)  # no token is left out
        head = frame.head(question)
        ids = contexts[index].ids
        offsets = text_spans(example["context"], contexts[index].offsets)
        answer = _answer_tokens(example, offsets)
        for first in range(0, max(1, len(ids) - room + step), step):
            window = slice(first, first + room)
            features.append(
                Feature(
                    [*head, *ids[window], frame.last],
                    index,
                    _target(answer, first, len(ids[window]), len(head)),
                    (len(head), offsets[window]),
                    seconds=frame.second(question),
                )
            )
    return features


def text_spans(context: str, offsets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The offsets of tokens as the text that they stand for in the context as it was given.

    White space in front is no text. What a normaliser joins or drops (a combining mark, a
    zero-width or a direction mark) is in no token, or in the one behind it. Such a character
    belongs to the token that it follows; after white space to the one that follows it.
    """
    starts, before = [], 0
    for raw, end in offsets:
        start = raw
        while start < end and context[start].isspace():
            start += 1
        reach = start
        while reach > before and not context[reach - 1].isspace():
            reach -= 1
        if reach == 0 or context[reach - 1].isspace():
            start = reach
        else:
            while start < end and unicodedata.category(context[start]) == "Cf":
                start += 1
        starts.append(start)
        before = end
    spans = []
    for (_, end), start, limit in zip(offsets, starts, [*starts, len(context)][1:], strict=True):
        while end < limit and not context[end].isspace():
            end += 1
        spans.append((start, end))
    return spans


def _answer_tokens(example: dict, offsets: list[tuple[int, int]]) -> tuple[int, int] | None:
    """(first, last) context token of the first answer."""
    if not example["answers"] or not offsets:
        return None
    answer = example["answers"][0]
    start, end = answer["start"], answer["start"] + len(answer["text"])
    first = bisect.bisect_right([offset[1] for offset in offsets], start)
    last = bisect.bisect_left([offset[0] for offset in offsets], end) - 1
    return (first, last) if first <= last else None


def _target(answer: tuple[int, int] | None, first: int, length: int, head: int) -> tuple[int, int]:
    if answer is None or answer[0] < first or answer[1] >= first + length:
        return 0, 0
    return head + answer[0] - first, head + answer[1] - first


class Head(nn.Module):
    """A start and an end score for every token (`qa_outputs`)."""

    def __init__(self, config: EncoderConfig, labels: int):
        super().__init__()
        self.qa_outputs = nn.Linear(config.hidden_size, 2)

    def forward(self, hidden: Tensor, packed: Packed) -> Tensor:
        """hidden (N, d) -> logits (B, T, 2), minus infinity at padding."""
        grid = self.qa_outputs(hidden)[packed.gather]
        if packed.mask is None:
            return grid
        return grid.masked_fill(~packed.mask[:, 0, 0, :, None], float("-inf"))


def loss(logits: Tensor, packed: Packed, features: list[Feature]) -> Tensor:
    """Mean of the cross-entropies of start and end."""
    target = torch.tensor([feature.target for feature in features], device=logits.device)
    starts = F.cross_entropy(logits[..., 0], target[:, 0])
    return (starts + F.cross_entropy(logits[..., 1], target[:, 1])) / 2


def outputs(logits: Tensor, packed: Packed, features: list[Feature]) -> list[Tensor]:
    """Start and end logits (2, 1 + context tokens) of each feature, the first token's before."""
    scores = []
    for row, feature in zip(logits, features, strict=True):
        head, offsets = feature.context
        scores.append(torch.cat([row[:1], row[head : head + len(offsets)]]).T)
    return scores


def predict(
    outputs: list[Tensor], features: list[Feature], examples: list[dict], inference: Evaluate
) -> list[str]:
    """The text between the best start and end, at most `max_answer_tokens` apart."""
    best: dict[int, tuple[float, str]] = {}
    none: dict[int, float] = {}
    for scores, feature in zip(outputs, features, strict=True):
        if examples[feature.example].get("allows_none"):
            score = float(scores[:, 0].sum())
            none[feature.example] = min(score, none.get(feature.example, score))
        offsets = feature.context[1]
        if not offsets:
            continue
        score, first, last = _best_span(scores[:, 1:], inference.max_answer_tokens)
        if feature.example not in best or score > best[feature.example][0]:
            context = examples[feature.example]["context"]
            best[feature.example] = score, context[offsets[first][0] : offsets[last][1]]
    for index, score in none.items():
        if index in best and score > best[index][0]:
            best[index] = score, ""
    return [best.get(index, (0.0, ""))[1] for index in range(len(examples))]


def _best_span(scores: Tensor, longest: int) -> tuple[float, int, int]:
    """(score, start, end) of the best start <= end < start + longest; scores (2, T)."""
    length = scores.shape[1]
    joint = scores[0][:, None] + scores[1][None, :]
    band = torch.ones(length, length, dtype=torch.bool).triu().tril(longest - 1)
    best = int(joint.masked_fill(~band, float("-inf")).argmax())
    return float(joint.flatten()[best]), best // length, best % length


def gold(examples: list[dict]) -> list[list[str]]:
    return [[answer["text"] for answer in example["answers"]] for example in examples]


KIND = Kind(
    make_features=make_features,
    network=Head,
    task_class="ForQuestionAnswering",
    loss=loss,
    outputs=outputs,
    predict=predict,
    gold=gold,
)
