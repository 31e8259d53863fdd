"""Classification of a text or a pair of texts, read off the first token's hidden state.

Example: {"id", "first", "second" (or absent), "label"}. Prediction: the index of a label.
"""

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from waystation.encoder import special_tokens
from waystation.encoder.encoder import EncoderConfig, Packed
from waystation.encoder.features import Feature, Lengths
from waystation.encoder.layers import Pooler
from waystation.params.schema import Evaluate

TASK_CLASS = "ForSequenceClassification"


def make_features(examples: list[dict], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """One feature an example; what is longer than `max_tokens` is cut, the longer text first."""
    tokenizer.enable_truncation(lengths.max_tokens, strategy="longest_first")
    texts = [(e["first"], e["second"]) if e.get("second") else e["first"] for e in examples]
    encodings = tokenizer.encode_batch(texts)
    tokenizer.no_truncation()
    seconds = [()] * len(encodings)
    if special_tokens.read(tokenizer).segments:
        seconds = [(len(e.type_ids) - sum(e.type_ids),) for e in encodings]
    return [
        Feature(encoding.ids, index, example["label"], seconds=second)
        for index, (encoding, example, second) in enumerate(
            zip(encodings, examples, seconds, strict=True)
        )
    ]


class Head(nn.Module):
    """Dense, tanh, projection to the labels: XLM-R's classifier, or BERT's pooler and classifier.

    They differ in names, and in XLM-R's dropout before the dense layer.
    """

    def __init__(self, config: EncoderConfig, labels: int):
        super().__init__()
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        if config.architecture.pooled:
            self.pooler = Pooler(config)
            self.classifier = nn.Linear(config.hidden_size, labels)
        else:
            self.pooler = None
            self.classifier = nn.Module()
            self.classifier.dense = nn.Linear(config.hidden_size, config.hidden_size)
            self.classifier.out_proj = nn.Linear(config.hidden_size, labels)

    def forward(self, hidden: Tensor, packed: Packed) -> Tensor:
        """hidden (N, d) -> logits (B, labels)."""
        if self.pooler is not None:
            return self.classifier(self.dropout(self.pooler(hidden, packed)))
        first = self.dropout(hidden[packed.first])
        inner = torch.tanh(self.classifier.dense(first))
        return self.classifier.out_proj(self.dropout(inner))


def loss(logits: Tensor, packed: Packed, features: list[Feature]) -> Tensor:
    labels = torch.tensor([feature.target for feature in features], device=logits.device)
    return F.cross_entropy(logits, labels)


def outputs(logits: Tensor, packed: Packed, features: list[Feature]) -> list[int]:
    return logits.argmax(-1).tolist()


def predict(
    found: list, features: list[Feature], examples: list[dict], inference: Evaluate
) -> list[int]:
    return found


def gold(example: dict) -> int:
    return example["label"]
