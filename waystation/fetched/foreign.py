"""Checkpoints as others have written them, brought to the tensors that the encoder reads.

Known differences: no prefix, where the bare encoder was saved; norms with `gamma` and `beta`; the
decoder of the masked-language-modelling head stored beside the embedding table that it is; buffers
that hold no weights; poolers and the head of next-sentence prediction, which no phase goes on with.
"""

import re
from pathlib import Path

import torch
from torch import Tensor

from waystation.base.errors import UserError
from waystation.encoder.checkpoint import fill, stored_names
from waystation.encoder.config import EncoderConfig
from waystation.encoder.encoder import Encoder, MaskedLanguageHead

LEFT_OUT = re.compile(
    r"(.*\.)?(position_ids|token_type_ids)|.*pooler\..*|cls\.seq_relationship\..*"
)
OLD_NORMS = {"gamma": "weight", "beta": "bias"}


def adopt(
    file: Path, config: EncoderConfig, tensors: dict[str, Tensor]
) -> tuple[Encoder, MaskedLanguageHead | None, list[str]]:
    """An encoder, its head and the names of the tensors that are left out, from a file's tensors.

    Raises UserError on a tensor that is missing, misshapen, not known, or not a tied one's equal.
    """
    tensors = today(file, tensors)
    left_out = sorted(name for name in tensors if LEFT_OUT.fullmatch(name))
    tensors = {name: tensors[name] for name in tensors.keys() - set(left_out)}
    tensors = untied(file, config, prefixed(config, tensors))
    encoder, head = fill(file, config, tensors)
    known = set(stored_names(encoder, config).values())
    known |= set(stored_names(head, config).values()) if head else set()
    unknown = sorted(tensors.keys() - known)
    if unknown:
        raise UserError(
            f"{file} holds tensors that {config.model_type} has not: {', '.join(unknown[:5])}"
            f"{f' and {len(unknown) - 5} more' if len(unknown) > 5 else ''}"
        )
    return encoder, head, left_out


def today(file: Path, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors under today's names; one that stands under both is named."""
    if twice := sorted(
        name for name in tensors if renamed(name) != name and renamed(name) in tensors
    ):
        raise UserError(f"{file} holds both {twice[0]} and {renamed(twice[0])}")
    return {renamed(name): tensor for name, tensor in tensors.items()}


def renamed(name: str) -> str:
    """A norm's tensor as it is named today."""
    start, dot, last = name.rpartition(".")
    return start + dot + OLD_NORMS.get(last, last) if start.endswith("LayerNorm") else name


def prefixed(config: EncoderConfig, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors with the prefix of the encoder's, where a bare encoder was saved."""
    prefix = config.architecture.prefix
    if any(name.startswith(prefix) for name in tensors):
        return tensors
    own = ("embeddings.", "encoder.")
    return {prefix + name if name.startswith(own) else name: t for name, t in tensors.items()}


def untied(file: Path, config: EncoderConfig, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors without the decoder's: its weight is the embedding table, its bias the head's."""
    family = config.architecture
    decoder = family.masked_head["bias"].removesuffix("bias") + "decoder."
    ties = {
        decoder + "weight": f"{family.prefix}embeddings.word_embeddings.weight",
        decoder + "bias": family.masked_head["bias"],
    }
    tensors = dict(tensors)
    for copy, original in ties.items():
        if copy not in tensors:
            continue
        tensor = tensors.pop(copy)
        if not torch.equal(tensors.setdefault(original, tensor), tensor):
            raise UserError(f"{file}: {copy} is not {original}; only tied decoders are implemented")
    return tensors
