"""Find a sentence's translation among those of all examples, with a fine-tuned encoder alone.

XTREME-R scores Tatoeba so, after fine-tuning on SQuAD: mean over all tokens at the protocol's layer
(waystation.alignment.layer_choice), cosine. `align` scores encoders before any target.
"""

import torch
from tokenizers import Tokenizer

from waystation.alignment import layer_choice
from waystation.alignment.retrieval import foreign_places
from waystation.alignment.vectors import means
from waystation.encoder.encoder import Encoder
from waystation.encoder.features import Feature, Lengths, inference_batches, pack
from waystation.heads import Kind
from waystation.params.schema import Evaluate


def make_features(examples: list[dict], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """Features of two sequences, foreign and English, cut to `max_tokens` each."""
    tokenizer.enable_truncation(lengths.max_tokens)
    sides = [
        tokenizer.encode_batch([example[side].strip() for example in examples])
        for side in ("foreign", "english")
    ]
    tokenizer.no_truncation()
    return [
        Feature([*foreign.ids, *english.ids], index, cuts=(len(foreign.ids),))
        for index, (foreign, english) in enumerate(zip(*sides, strict=True))
    ]


@torch.inference_mode()
def retrieve(encoder: Encoder, features: list[Feature], inference: Evaluate) -> list[int]:
    """The index of the nearest foreign sentence of each English one."""
    layer = layer_choice.protocol(encoder.config.num_hidden_layers)
    vectors = torch.zeros(len(features), 2, encoder.config.hidden_size)
    for indices, batch in inference_batches(features, inference.batch_tokens):
        packed = pack(batch)
        rows = torch.arange(2 * len(batch)).repeat_interleave(packed.lengths)
        states = encoder.layers(packed.to(encoder.device), layer)[layer]
        vectors[indices] = means(states, rows, 2 * len(batch)).cpu().unflatten(0, (-1, 2))
    return foreign_places(*vectors.unbind(1))


def gold(examples: list[dict]) -> list[int]:
    """Each example should find itself."""
    return list(range(len(examples)))


KIND = Kind(make_features=make_features, gold=gold, retrieve=retrieve)
