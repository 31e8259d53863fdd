"""XLM-R in plain torch, without padding.

Parameters carry the names of the Transformers checkpoint, so that a `model.safetensors` goes both
ways without conversion. A batch is *packed*: the tokens of its sequences stand one after the other
in a tensor of shape (N,), N the number of real tokens, and every matrix product runs over those N
rows only. Attention alone sees the sequences: it gathers them into (B, T) for its own product.

Architecture: Conneau et al. 2020 (arXiv 1911.02116); the reference implementation that a test holds
this one to is `transformers.XLMRobertaModel`.
"""

import json
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stages.errors import UserError

PAD, BOS, EOS, UNK = 1, 0, 2, 3
FIRST_POSITION = PAD + 1  # RoBERTa counts positions from padding_idx + 1
MODEL_TYPE = "xlm-roberta"


@dataclass(frozen=True)
class EncoderConfig:
    """The shape of an encoder, under the names of the Transformers `config.json`."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    hidden_dropout_prob: float = 0.0
    attention_probs_dropout_prob: float = 0.0
    layer_norm_eps: float = 1e-5
    initializer_range: float = 0.02

    @property
    def max_tokens(self) -> int:
        """Longest sequence in tokens; two rows of the position table are never used."""
        return self.max_position_embeddings - FIRST_POSITION


class Packed:
    """Sequences of token ids laid end to end, and the indices that attention needs.

    ids (N,) and positions (N,) int64; `first` (B,) is the row of each sequence's first token.
    `gather` (B, T) points from a padded grid into the N rows, `scatter` (N,) back; `mask`
    (B, 1, 1, T) is true for real tokens, or None where all sequences have the same length: then
    rows and grid are the same.
    """

    def __init__(self, sequences: list[list[int]]):
        # In numpy: on arrays this small a call of torch costs several times as much.
        lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
        ids = np.fromiter(chain.from_iterable(sequences), np.int64, lengths.sum())
        first = lengths.cumsum() - lengths
        self.shape = (len(sequences), int(lengths.max()))
        columns = np.arange(self.shape[1])
        real = columns < lengths[:, None]
        gather = np.where(real, columns + first[:, None], 0)
        scatter = real.ravel().nonzero()[0]
        positions = scatter % self.shape[1] + FIRST_POSITION
        self.lengths, self.ids, self.first, self.positions, self.gather, self.scatter = map(
            torch.from_numpy, (lengths, ids, first, positions, gather, scatter)
        )
        self.mask = None if real.all() else torch.from_numpy(real)[:, None, None, :]

    @property
    def tokens(self) -> int:
        """Number of real tokens, N."""
        return len(self.ids)


class Embeddings(nn.Module):
    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.word_embeddings = nn.Embedding(config.vocab_size, config.hidden_size)
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, config.hidden_size)
        self.token_type_embeddings = nn.Embedding(1, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, packed: Packed) -> Tensor:
        hidden = self.word_embeddings(packed.ids) + self.token_type_embeddings.weight[0]
        return self.dropout(self.LayerNorm(hidden + self.position_embeddings(packed.positions)))


class SelfAttention(nn.Module):
    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.heads = config.num_attention_heads
        self.dropout = nn.Dropout(config.attention_probs_dropout_prob)
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden: Tensor, packed: Packed, rows: Tensor | None) -> Tensor:
        """Contexts (N, d) of all tokens, or (M, d) of those in `rows`."""
        # One product and one gather for the three projections: (N, 3d) -> (B, T, 3, h, d/h).
        projections = (self.query, self.key, self.value)
        weight = torch.cat([p.weight for p in projections])
        bias = torch.cat([p.bias for p in projections])
        grid = F.linear(hidden, weight, bias)
        if packed.mask is not None:
            grid = grid.index_select(0, packed.gather.view(-1))
        query, key, value = grid.view(*packed.shape, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        dropout = self.dropout.p if self.training else 0.0
        context = F.scaled_dot_product_attention(query, key, value, packed.mask, dropout)
        context = context.transpose(1, 2).reshape(len(grid), -1)
        if rows is not None:
            return context.index_select(0, packed.scatter[rows])
        return context if packed.mask is None else context.index_select(0, packed.scatter)


class Residual(nn.Module):
    """A projection, added to what came in, and normalised (`...output` in the checkpoint)."""

    def __init__(self, width: int, config: EncoderConfig):
        super().__init__()
        self.dense = nn.Linear(width, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, inner: Tensor, hidden: Tensor) -> Tensor:
        return self.LayerNorm(self.dropout(self.dense(inner)) + hidden)


class Layer(nn.Module):
    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.attention = nn.Module()
        self.attention.add_module("self", SelfAttention(config))
        self.attention.output = Residual(config.hidden_size, config)
        self.intermediate = nn.Module()
        self.intermediate.dense = nn.Linear(config.hidden_size, config.intermediate_size)
        self.output = Residual(config.intermediate_size, config)

    def forward(self, hidden: Tensor, packed: Packed, rows: Tensor | None = None) -> Tensor:
        """(N, d) -> (N, d), or (M, d) where only `rows` (M,) are wanted of the result."""
        context = self.attention.self(hidden, packed, rows)
        wanted = hidden if rows is None else hidden.index_select(0, rows)
        hidden = self.attention.output(context, wanted)
        return self.output(F.gelu(self.intermediate.dense(hidden)), hidden)


class Encoder(nn.Module):
    """The XLM-R encoder without pooler: packed ids -> hidden states (N, d)."""

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.config = config
        self.embeddings = Embeddings(config)
        self.encoder = nn.Module()
        self.encoder.layer = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))

    def forward(self, packed: Packed, rows: Tensor | None = None) -> Tensor:
        """Hidden states of the last layer: (N, d), or (M, d) of the tokens in `rows` (M,).

        What only the other tokens need is not computed: in the last layer, all behind attention.
        """
        hidden = self.embeddings(packed)
        *lower, last = self.encoder.layer
        for layer in lower:
            hidden = layer(hidden, packed)
        return last(hidden, packed, rows)

    def layers(self, packed: Packed) -> list[Tensor]:
        """Hidden states (N, d) after the embeddings and after each layer: L + 1 of them."""
        states = [self.embeddings(packed)]
        for layer in self.encoder.layer:
            states.append(layer(states[-1], packed))
        return states


class MaskedLanguageHead(nn.Module):
    """Vocabulary logits for chosen rows; the decoder is the embedding table (`lm_head`)."""

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.layer_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))

    def forward(self, hidden: Tensor, table: Tensor) -> Tensor:
        """hidden (M, d), table (V, d) -> logits (M, V)."""
        return F.linear(self.layer_norm(F.gelu(self.dense(hidden))), table, self.bias)


def initialize(module: nn.Module, spread: float, generator: torch.Generator) -> None:
    """BERT's initialisation from an explicit generator: N(0, spread) weights, zero biases."""
    for child in module.modules():
        if isinstance(child, nn.Linear | nn.Embedding):
            nn.init.normal_(child.weight, 0.0, spread, generator=generator)
        if isinstance(child, nn.Linear):
            nn.init.zeros_(child.bias)


def new_encoder(config: EncoderConfig, generator: torch.Generator) -> Encoder:
    """An encoder with random weights; embeddings as in XLM-R, N(0, 0.02), padding row zero."""
    encoder = Encoder(config)
    initialize(encoder, config.initializer_range, generator)
    with torch.no_grad():
        for table in encoder.embeddings.children():
            if isinstance(table, nn.Embedding):
                table.weight.normal_(0.0, 0.02, generator=generator)
        encoder.embeddings.word_embeddings.weight[PAD] = 0
        encoder.embeddings.position_embeddings.weight[PAD] = 0
    return encoder


def write_checkpoint(
    folder: Path, encoder: Encoder, head: nn.Module, prefix: str, architecture: str, **extra
) -> None:
    """Write `config.json` and `model.safetensors` as Transformers lays them out.

    `prefix` stands before the names of the head's tensors; `extra` goes into the config.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "architectures": [architecture],
        "model_type": MODEL_TYPE,
        **asdict(encoder.config),
        "type_vocab_size": 1,
        "hidden_act": "gelu",
        "pad_token_id": PAD,
        "bos_token_id": BOS,
        "eos_token_id": EOS,
        "tie_word_embeddings": True,
        **extra,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    tensors = {f"roberta.{name}": tensor for name, tensor in encoder.state_dict().items()}
    tensors |= {prefix + name: tensor for name, tensor in head.state_dict().items()}
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def write_encoder(folder: Path, encoder: Encoder, head: MaskedLanguageHead) -> None:
    """Write an encoder with its masked-language-modelling head."""
    write_checkpoint(folder, encoder, head, "lm_head.", "XLMRobertaForMaskedLM")


def read_config(folder: Path) -> EncoderConfig:
    """Read `config.json`; only the fields of `EncoderConfig` are used, nothing else is obeyed."""
    path = folder / "config.json"
    if not path.is_file():
        raise UserError(f"no encoder in {folder}: {path.name} is missing")
    stored = json.loads(path.read_text())
    if stored.get("model_type") != MODEL_TYPE:
        raise UserError(
            f"{path}: model_type is {stored.get('model_type')!r}, allowed: {MODEL_TYPE!r}"
        )
    return EncoderConfig(
        **{name: stored[name] for name in EncoderConfig.__dataclass_fields__ if name in stored}
    )


def read_encoder(folder: Path) -> tuple[Encoder, MaskedLanguageHead]:
    """Read an encoder and its masked-language-modelling head; every tensor must fit."""
    encoder = Encoder(read_config(folder))
    head = MaskedLanguageHead(encoder.config)
    read_tensors(folder, (encoder, "roberta."), (head, "lm_head."))
    return encoder, head


def read_tensors(folder: Path, *modules: tuple[nn.Module, str]) -> None:
    """Fill modules from `model.safetensors`; a missing or misshapen tensor is named."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    file = folder / "model.safetensors"
    if not file.is_file():
        raise UserError(f"no weights: {file} is missing")
    try:
        stored = load_file(file)
    except SafetensorError as problem:
        raise UserError(f"{file} is not a whole safetensors file: {problem}") from None
    for module, prefix in modules:
        own = module.state_dict()
        missing = sorted(prefix + name for name in own if prefix + name not in stored)
        if missing:
            raise UserError(f"{file} lacks {', '.join(missing[:5])}")
        for name, tensor in own.items():
            found = stored[prefix + name].shape
            if found != tensor.shape:
                raise UserError(
                    f"{file}: {prefix + name} has shape {tuple(found)}, "
                    f"the config asks for {tuple(tensor.shape)}"
                )
        module.load_state_dict({name: stored[prefix + name] for name in own})
