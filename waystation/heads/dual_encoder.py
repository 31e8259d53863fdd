"""Retrieval with one vector for a query and one for each candidate, by the same encoder.

Vector: mean over all tokens, linear projection, length 1 (a dual encoder as in LAReQA, Roy et al.
2020, and Mewsli-X, Ruder et al. 2021). Training: softmax of a query over the candidates of its
batch, cosines times SCALE. XTREME-R's scale starts at 100 and is learned; here it stays there: at
the learning rates of fine-tuning it would hardly move.
"""

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from waystation.encoder.config import EncoderConfig
from waystation.encoder.features import Feature, Lengths, Packed
from waystation.heads import Kind, Ranking, as_they_are

SCALE = 100.0
TOP = 20  # candidates that a prediction names
QUERIES_AT_ONCE = 512  # bounds the memory of a ranking


def make_features(examples: list[dict], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """Features of two sequences, query and candidate, whose `target` is the key."""
    queries = cut([example["query"] for example in examples], tokenizer, lengths)
    candidates = cut([example["candidate"] for example in examples], tokenizer, lengths)
    return [
        Feature([*query, *candidate], index, example["key"], cuts=(len(query),))
        for index, (example, query, candidate) in enumerate(
            zip(examples, queries, candidates, strict=True)
        )
    ]


def make_queries(examples: list[dict], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """Features of the queries alone."""
    return make_candidates([example["query"] for example in examples], tokenizer, lengths)


def make_candidates(texts: list[str], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """Features of one sequence each."""
    return [Feature(ids, index) for index, ids in enumerate(cut(texts, tokenizer, lengths))]


def cut(texts: list[str], tokenizer: Tokenizer, lengths: Lengths) -> list[list[int]]:
    """Token ids with special tokens, cut to `max_tokens`."""
    tokenizer.enable_truncation(lengths.max_tokens)
    encodings = tokenizer.encode_batch(texts)
    tokenizer.no_truncation()
    return [encoding.ids for encoding in encodings]


class Head(nn.Module):
    """The vector of a sequence (`projection`)."""

    def __init__(self, config: EncoderConfig, labels: int):
        super().__init__()
        self.projection = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden: Tensor, packed: Packed) -> Tensor:
        """hidden (N, d) -> vectors (sequences, d) of length 1."""
        numbers = torch.arange(len(packed.lengths), device=hidden.device)
        rows = numbers.repeat_interleave(packed.lengths, output_size=packed.tokens)
        sums = hidden.new_zeros(len(packed.lengths), hidden.shape[1]).index_add(0, rows, hidden)
        return F.normalize(self.projection(sums / packed.lengths[:, None]), dim=1)


def loss(logits: Tensor, packed: Packed, features: list[Feature]) -> Tensor:
    """Cross-entropy of each query over the batch; another candidate with its key is left out."""
    similarity = SCALE * logits[0::2] @ logits[1::2].T
    numbers = {key: number for number, key in enumerate({f.target: None for f in features})}
    keys = torch.tensor([numbers[feature.target] for feature in features], device=logits.device)
    own = torch.arange(len(keys), device=logits.device)
    twins = (keys[:, None] == keys) & (own[:, None] != own)
    return F.cross_entropy(similarity.masked_fill(twins, float("-inf")), own)


def outputs(logits: Tensor, packed: Packed, features: list[Feature]) -> list[Tensor]:
    """The vector (d,) of each feature's only sequence."""
    return list(logits.clone())


def rank(queries: list[Tensor], pool: Tensor, keys: list[str], top: int = TOP) -> list[list[str]]:
    """The keys of the `top` candidates with the highest cosines; queries (d,) each, pool (P, d)."""
    ranked = []
    for some in torch.stack(queries).split(QUERIES_AT_ONCE):
        best = (some @ pool.T).topk(min(top, len(keys)), dim=1).indices
        ranked += [[keys[candidate] for candidate in row] for row in best.tolist()]
    return ranked


KIND = Kind(
    make_features=make_features,
    network=Head,
    loss=loss,
    outputs=outputs,
    predict=as_they_are,  # vectors; `rank` makes keys of them
    ranking=Ranking(make_queries, make_candidates, rank),
)
