"""XLM-R, BERT and XLM-R XL in plain torch, without padding, and their checkpoints.

Parameters carry the names of the Transformers checkpoint, so that a `model.safetensors` goes both
ways without conversion. A batch is *packed*: the tokens of its sequences stand one after the other
in a tensor of shape (N,), N the number of real tokens, and every matrix product runs over those N
rows only. Attention alone sees the sequences: it gathers them into (B, T) for its own product.

Architectures: Conneau et al. 2020 (arXiv 1911.02116), Devlin et al. 2019 (arXiv 1810.04805), Goyal
et al. 2021 (arXiv 2105.00572); the reference implementations that a test holds this one to are
`transformers.XLMRobertaModel`, `BertModel` and `XLMRobertaXLModel`.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from waystation.encoder.config import EncoderConfig
from waystation.encoder.features import Packed
from waystation.encoder.layers import Embeddings, Layer, PreNormLayer, norm


class Encoder(nn.Module):
    """An encoder without pooler: packed ids -> hidden states (N, d), float32.

    `precision`: of its products and attention.
    """

    precision = torch.float32

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.config = config
        pre_norm = config.architecture.pre_norm
        kind = PreNormLayer if pre_norm else Layer
        self.embeddings = Embeddings(config)
        self.encoder = nn.Module()
        self.encoder.layer = nn.ModuleList(kind(config) for _ in range(config.num_hidden_layers))
        self.encoder.LayerNorm = norm(config) if pre_norm else nn.Identity()

    def forward(self, packed: Packed, rows: Tensor | None = None) -> Tensor:
        """Hidden states of the last layer: (N, d), or (M, d) of the tokens in `rows` (M,).

        What only the other tokens need is not computed: in the last layer, all behind attention.
        """
        with self.mixed():
            hidden = self.embeddings(packed)
            *lower, last = self.encoder.layer
            for layer in lower:
                hidden = layer(hidden, packed)
            return self.encoder.LayerNorm(last(hidden, packed, rows)).float()

    def layers(self, packed: Packed, last: int | None = None) -> list[Tensor]:
        """Hidden states (N, d) after the embeddings and after each layer: L + 1 of them.

        The last is what `forward` gives: after the norm at the end, where there is one. With `last`
        the layers above it are left out.
        """
        with self.mixed():
            states = [self.embeddings(packed)]
            for layer in self.encoder.layer[:last]:
                states.append(layer(states[-1], packed))
            if len(states) == len(self.encoder.layer) + 1:
                states[-1] = self.encoder.LayerNorm(states[-1])
        return [state.float() for state in states]

    def keep_layers(self, count: int) -> None:
        """Drop all but the first `count` layers."""
        self.encoder.layer = self.encoder.layer[:count]
        self.config = replace(self.config, num_hidden_layers=count)

    @property
    def device(self) -> torch.device:
        """Where the weights are; a batch must be there too."""
        return self.embeddings.word_embeddings.weight.device

    def mixed(self) -> AbstractContextManager:
        """What has products run in `precision`."""
        if self.precision == torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, self.precision)


class MaskedLanguageHead(nn.Module):
    """Vocabulary logits for chosen rows; the decoder is the embedding table."""

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.layer_norm = norm(config)
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
        encoder.embeddings.word_embeddings.weight[config.pad_token_id] = 0
        if config.architecture.counts_from_padding:
            encoder.embeddings.position_embeddings.weight[config.pad_token_id] = 0
    return encoder
