"""The parts of an encoder: packed batches, embeddings, attention, layers.

Modules carry the names that their tensors have in Transformers' checkpoints.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from waystation.encoder.config import EncoderConfig
from waystation.encoder.features import Packed
from waystation.encoder.processor import attention
from waystation.encoder.processor.dropout import drop, drop_and_add

LARGE_TABLE = 2**24  # numbers; zeros for the gradient of so many take longer than all the rest


def norm(config: EncoderConfig) -> nn.LayerNorm:
    return nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)


class Embeddings(nn.Module):
    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.first_position = config.first_position
        self.word_embeddings = nn.Embedding(config.vocab_size, config.hidden_size)
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, config.hidden_size)
        self.token_type_embeddings = nn.Embedding(config.type_vocab_size, config.hidden_size)
        self.LayerNorm = nn.Identity() if config.architecture.pre_norm else norm(config)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, packed: Packed) -> Tensor:
        table = self.token_type_embeddings
        types = table.weight[0] if packed.types is None else table(packed.types)
        positions = self.position_embeddings(packed.positions + self.first_position)
        words = self.word_embeddings
        read = F.embedding(packed.ids, words.weight, sparse=few_rows_of(words.weight))
        return drop(self.LayerNorm(read + types + positions), self.dropout)


def few_rows_of(table: Tensor) -> bool:
    """Whether a batch reads so few rows of a table (V, d) that its gradient names just those."""
    return table.device.type == "cpu" and table.numel() >= LARGE_TABLE


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
        dropout = self.dropout.p if self.training else 0.0
        if attention.suits(grid):
            context = attention.attend(grid, packed.lengths.tolist(), self.heads, dropout)
            return context if rows is None else context.index_select(0, rows)
        if unpadded(grid, packed, self.heads):
            context = attend(grid.view(len(grid), 3, self.heads, -1), packed, dropout)
            return context if rows is None else context.index_select(0, rows)
        if packed.mask is not None:
            grid = grid.index_select(0, packed.gather.view(-1))
        query, key, value = grid.view(*packed.shape, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        context = F.scaled_dot_product_attention(query, key, value, packed.mask, dropout)
        context = context.transpose(1, 2).reshape(len(grid), -1)
        if rows is not None:
            return context.index_select(0, packed.scatter[rows])
        return context if packed.mask is None else context.index_select(0, packed.scatter)


def unpadded(grid: Tensor, packed: Packed, heads: int) -> bool:
    """Whether `attend` can take the projections (N, 3d)."""
    half = grid.dtype in (torch.bfloat16, torch.float16)
    return half and packed.bounds is not None and grid.shape[1] // (3 * heads) % 8 == 0


def attend(grid: Tensor, packed: Packed, dropout: float) -> Tensor:
    """Attention on a card, in half precision, without a padded grid: (N, 3, h, d/h) -> (N, d).

    FlashAttention (Dao 2023, arXiv 2307.08691) over sequences laid end to end. torch's public way
    to it (`torch.nn.attention.varlen`) has no dropout.
    """
    bounds, width = packed.bounds, packed.shape[1]
    context, *_ = torch.ops.aten._flash_attention_forward(
        *grid.unbind(1), bounds, bounds, width, width, dropout, False, False
    )
    return context.flatten(1)


def projection(width: int, out: int) -> nn.Module:
    """A projection under a name of its own (`...dense`)."""
    holder = nn.Module()
    holder.dense = nn.Linear(width, out)
    return holder


class Residual(nn.Module):
    """A projection, added to what came in, and normalised (`...output` in the checkpoint)."""

    def __init__(self, width: int, config: EncoderConfig):
        super().__init__()
        self.dense = nn.Linear(width, config.hidden_size)
        self.LayerNorm = norm(config)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, inner: Tensor, hidden: Tensor) -> Tensor:
        return self.LayerNorm(drop_and_add(self.dense(inner), self.dropout, hidden))


class Layer(nn.Module):
    """A layer of XLM-R and BERT: each of its halves ends with a norm."""

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.attention = nn.Module()
        self.attention.add_module("self", SelfAttention(config))
        self.attention.output = Residual(config.hidden_size, config)
        self.intermediate = projection(config.hidden_size, config.intermediate_size)
        self.output = Residual(config.intermediate_size, config)

    def forward(self, hidden: Tensor, packed: Packed, rows: Tensor | None = None) -> Tensor:
        """(N, d) -> (N, d), or (M, d) where only `rows` (M,) are wanted of the result."""
        context = self.attention.self(hidden, packed, rows)
        wanted = hidden if rows is None else hidden.index_select(0, rows)
        hidden = self.attention.output(context, wanted)
        return self.output(F.gelu(self.intermediate.dense(hidden)), hidden)


class PreNormLayer(nn.Module):
    """A layer of XLM-R XL: each of its halves begins with a norm; dropout after attention only."""

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.attention = nn.Module()
        self.attention.add_module("self", SelfAttention(config))
        self.attention.output = projection(config.hidden_size, config.hidden_size)
        self.attention.self_attn_layer_norm = norm(config)
        self.intermediate = projection(config.hidden_size, config.intermediate_size)
        self.output = projection(config.intermediate_size, config.hidden_size)
        self.LayerNorm = norm(config)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, hidden: Tensor, packed: Packed, rows: Tensor | None = None) -> Tensor:
        """As `Layer.forward`."""
        context = self.attention.self(self.attention.self_attn_layer_norm(hidden), packed, rows)
        wanted = hidden if rows is None else hidden.index_select(0, rows)
        hidden = drop_and_add(self.attention.output.dense(context), self.dropout, wanted)
        inner = F.gelu(self.intermediate.dense(self.LayerNorm(hidden)))
        return hidden + self.output.dense(inner)


class Pooler(nn.Module):
    """Dense and tanh on a sequence's first token (`pooler`)."""

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden: Tensor, packed: Packed) -> Tensor:
        """hidden (N, d) -> (sequences, d)."""
        return torch.tanh(self.dense(hidden[packed.first]))
