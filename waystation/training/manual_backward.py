"""Masked language modelling with the backward pass written out, for small encoders.

At a few hundred tokens a step, 20 to 30 % of the time goes into autograd and calls of many small
operations. Here the same loss and gradients are computed without autograd, straight into the
buffers of `waystation.training.flat`; one gather takes the heads of a layer apart, and another puts
them together. A test holds loss and gradients to those of the plain modules. Attention's scores, B
* h * T * T numbers a layer, are kept for the way back.

Every part has `forward`, which keeps what `backward` needs, and `backward`, which takes the loss's
gradient by its output, writes those of its parameters and returns that by its input. M is the
number of chosen rows, otherwise the letters are those of `waystation.encoder.layers`.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from waystation.encoder.encoder import Encoder, MaskedLanguageHead
from waystation.encoder.features import Packed
from waystation.training.flat import Flat

ops = torch.ops.aten


def fits(encoder: Encoder) -> bool:
    """Whether this file has the encoder's architecture: norms behind each half, no dropout.

    And its arithmetic, which is the processor's, in float32.
    """
    config = encoder.config
    dropout = config.hidden_dropout_prob or config.attention_probs_dropout_prob
    plain = encoder.device.type == "cpu" and encoder.precision == torch.float32
    return plain and not (config.architecture.pre_norm or dropout)


class ComputedLoss:
    """A loss whose gradients are there already, as `waystation.training.loop.Loss`."""

    def __init__(self, value: float, flat: Flat):
        self.value, self.flat = value, flat

    def item(self) -> float:
        return self.value

    def backward(self) -> None:
        for buffer, parameter in self.flat.named.items():
            parameter.grad = self.flat.gradients[buffer]


class MaskedStep:
    """Loss and gradients of an encoder and its masked-language-modelling head."""

    def __init__(self, encoder: Encoder, head: MaskedLanguageHead, flat: Flat):
        self.flat, self.heads = flat, encoder.config.num_attention_heads
        self.embeddings = EmbeddingStep(encoder, flat)
        self.layers = [LayerStep(layer, self.heads, flat) for layer in encoder.encoder.layer]
        self.head = HeadStep(head, self.embeddings.words, flat)

    @torch.inference_mode()
    def loss(self, packed: Packed, rows: Tensor, gold: Tensor) -> ComputedLoss:
        """The mean cross-entropy of the ids `gold` (M,) in `rows` (M,) of the batch, in nats."""
        grid = Grid(packed, self.heads)
        hidden = self.embeddings.forward(packed)
        for layer in self.layers[:-1]:
            hidden = layer.forward(hidden, grid)
        hidden = self.layers[-1].forward(hidden, grid, rows)
        value = self.head.forward(hidden, gold)
        gradient = self.head.backward()
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        self.embeddings.backward(gradient)
        return ComputedLoss(value, self.flat)


class Grid:
    """Indices between tokens, N * 3 * h rows of d/h numbers, and a padded grid of B * h * T.

    `apart` (3 * B * h * T,) takes the heads of query, key and value apart, `together` (N * 3 * h,)
    puts them together; `bias` (B, 1, 1, T) hides padding from the scores, or is None without any.
    """

    def __init__(self, packed: Packed, heads: int):
        # In numpy: on arrays this small a call of torch costs several times as much.
        self.shape, self.tokens, self.heads = packed.shape, packed.tokens, np.arange(heads)
        sequences, width = packed.shape
        gather, thirds = packed.gather.numpy(), np.arange(3)
        sources = gather[:, None] * (3 * heads) + self.heads[:, None]
        apart = sources + heads * thirds[:, None, None, None]
        # (N,): from the place in a grid of B * T to that of the first head in one of B * h * T.
        scatter = packed.scatter.numpy()
        firsts = scatter + scatter // width * (width * (heads - 1))
        self.places = firsts[:, None] + self.heads * width  # (N, h)
        together = self.places[:, None] + sequences * heads * width * thirds[:, None]
        self.apart, self.together = (torch.from_numpy(a.ravel()) for a in (apart, together))
        self.bias, self.rows = None, gather
        if packed.mask is not None:
            self.bias = torch.zeros(packed.mask.shape).masked_fill_(~packed.mask, float("-inf"))
            # Padding gets the gradient of row N, which is zero.
            self.rows = np.where(packed.mask.numpy()[:, 0, 0], gather, self.tokens)

    def contexts(self, rows: Tensor | None) -> tuple[Tensor, Tensor]:
        """For all tokens or the M in `rows`: indices (M * h,) from the grid, (B * h * T,) into it.

        Those into it point to M * h rows and, where no token is, to the h behind them.
        """
        places, order = self.places, self.rows
        if rows is not None:
            places = places[rows.numpy()]
            ranks = np.full(self.tokens + 1, len(places))
            ranks[rows.numpy()] = np.arange(len(places))
            order = ranks[order]
        spread = order[:, None] * len(self.heads) + self.heads[:, None]
        return torch.from_numpy(places.ravel()), torch.from_numpy(spread.ravel())


class LinearStep:
    """One linear module, or several of the same input as one: (N, in) -> (N, out)."""

    def __init__(self, flat: Flat, *modules: nn.Linear):
        self.weight, self.weight_gradient = flat.views(*(m.weight for m in modules))
        self.bias, self.bias_gradient = flat.views(*(m.bias for m in modules))

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        return torch.addmm(self.bias, x, self.weight.t())

    def backward(self, gradient: Tensor, out: Tensor | None = None) -> Tensor:
        torch.mm(gradient.t(), self.x, out=self.weight_gradient)
        torch.sum(gradient, 0, out=self.bias_gradient)
        return torch.mm(gradient, self.weight, out=out)


class NormStep:
    """Layer normalisation."""

    def __init__(self, flat: Flat, module: nn.LayerNorm):
        self.weight, self.weight_gradient = flat.views(module.weight)
        self.bias, self.bias_gradient = flat.views(module.bias)
        self.shape, self.eps = module.normalized_shape, module.eps

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        y, self.mean, self.rstd = torch.native_layer_norm(
            x, self.shape, self.weight, self.bias, self.eps
        )
        return y

    def backward(self, gradient: Tensor) -> Tensor:
        told = (self.shape, self.mean, self.rstd, self.weight, self.bias, [True] * 3)
        result, weight, bias = ops.native_layer_norm_backward(gradient, self.x, *told)
        self.weight_gradient.copy_(weight)
        self.bias_gradient.copy_(bias)
        return result


class EmbeddingStep:
    """Sum of the three embeddings, normalised."""

    def __init__(self, encoder: Encoder, flat: Flat):
        module = encoder.embeddings
        self.words = flat.views(module.word_embeddings.weight)
        self.positions = flat.views(module.position_embeddings.weight)
        self.types = flat.views(module.token_type_embeddings.weight)
        self.norm, self.first_position = NormStep(flat, module.LayerNorm), module.first_position

    def forward(self, packed: Packed) -> Tensor:
        self.ids, self.rows = packed.ids, packed.positions + self.first_position
        hidden = self.words[0].index_select(0, self.ids)
        hidden += self.positions[0].index_select(0, self.rows)
        return self.norm.forward(hidden.add_(self.types[0][0]))

    def backward(self, gradient: Tensor) -> None:
        """Adds to the gradient of the words, which the head has written."""
        gradient = self.norm.backward(gradient)
        self.words[1].index_add_(0, self.ids, gradient)
        self.positions[1].zero_().index_add_(0, self.rows, gradient)
        torch.sum(gradient, 0, out=self.types[1][0])


class AttentionStep:
    """Self-attention: (N, d) -> contexts (N, d), or (M, d) of the tokens in `rows`."""

    def __init__(self, module: nn.Module, heads: int, flat: Flat):
        self.projections = LinearStep(flat, module.query, module.key, module.value)
        self.heads = heads

    def forward(self, hidden: Tensor, grid: Grid, rows: Tensor | None) -> Tensor:
        (sequences, width), size = grid.shape, hidden.shape[1] // self.heads
        self.grid, self.scale = grid, size**-0.5
        projected = self.projections.forward(hidden).view(-1, size).index_select(0, grid.apart)
        self.parts = projected.view(3, sequences * self.heads, width, size).unbind()
        query, key, value = self.parts
        # beta=0: what the scores hold before is not read.
        scores = query.new_empty(len(query), width, width)
        scores.baddbmm_(query, key.transpose(1, 2), beta=0, alpha=self.scale)
        if grid.bias is not None:
            scores.view(sequences, self.heads, width, width).add_(grid.bias)
        self.shares = torch.softmax(scores, -1)
        collect, self.spread = grid.contexts(rows)
        contexts = torch.bmm(self.shares, value).view(-1, size)
        return contexts.index_select(0, collect).view(-1, hidden.shape[1])

    def backward(self, gradient: Tensor) -> Tensor:
        """Takes (M + 1, d), the last row zero."""
        query, key, value = self.parts
        gradient = gradient.view(-1, query.shape[2]).index_select(0, self.spread).view(query.shape)
        result = query.new_empty(3, *query.shape)
        torch.bmm(self.shares.transpose(1, 2), gradient, out=result[2])
        shares = torch.bmm(gradient, value.transpose(1, 2))
        scores = ops._softmax_backward_data(shares, self.shares, -1, shares.dtype)
        result[0].baddbmm_(scores, key, beta=0, alpha=self.scale)
        result[1].baddbmm_(scores.transpose(1, 2), query, beta=0, alpha=self.scale)
        result = result.view(-1, query.shape[2]).index_select(0, self.grid.together)
        return self.projections.backward(result.view(self.grid.tokens, -1))


class LayerStep:
    """`waystation.encoder.layers.Layer`."""

    def __init__(self, layer: nn.Module, heads: int, flat: Flat):
        self.attention = AttentionStep(layer.attention.self, heads, flat)
        self.attention_output = LinearStep(flat, layer.attention.output.dense)
        self.attention_norm = NormStep(flat, layer.attention.output.LayerNorm)
        self.intermediate = LinearStep(flat, layer.intermediate.dense)
        self.output = LinearStep(flat, layer.output.dense)
        self.norm = NormStep(flat, layer.output.LayerNorm)

    def forward(self, hidden: Tensor, grid: Grid, rows: Tensor | None = None) -> Tensor:
        contexts = self.attention.forward(hidden, grid, rows)
        self.rows = rows
        wanted = hidden if rows is None else hidden.index_select(0, rows)
        hidden = self.attention_norm.forward(self.attention_output.forward(contexts).add_(wanted))
        self.inner = self.intermediate.forward(hidden)
        return self.norm.forward(self.output.forward(F.gelu(self.inner)).add_(hidden))

    def backward(self, gradient: Tensor) -> Tensor:
        gradient = self.norm.backward(gradient)
        inner = ops.gelu_backward(self.output.backward(gradient), self.inner)
        gradient = self.attention_norm.backward(self.intermediate.backward(inner).add_(gradient))
        contexts = gradient.new_empty(len(gradient) + 1, gradient.shape[1])
        contexts[-1] = 0
        self.attention_output.backward(gradient, contexts[:-1])
        result = self.attention.backward(contexts)
        if self.rows is None:
            return result.add_(gradient)
        # Several times as fast as `index_add_`.
        return result.add_(torch.zeros_like(result).index_copy_(0, self.rows, gradient))


class HeadStep:
    """The head on the embedding table, and the loss."""

    def __init__(self, head: MaskedLanguageHead, table: tuple[Tensor, Tensor], flat: Flat):
        self.dense, self.norm = LinearStep(flat, head.dense), NormStep(flat, head.layer_norm)
        self.table, self.table_gradient = table
        self.bias, self.bias_gradient = flat.views(head.bias)

    def forward(self, hidden: Tensor, gold: Tensor) -> float:
        """hidden (M, d), gold (M,) -> mean cross-entropy in nats."""
        self.inner, self.gold = self.dense.forward(hidden), gold[:, None]
        self.x = self.norm.forward(F.gelu(self.inner))
        logits = torch.addmm(self.bias, self.x, self.table.t())
        self.log_shares = torch.log_softmax(logits, 1)
        return -self.log_shares.gather(1, self.gold).mean().item()

    def backward(self) -> Tensor:
        gradient = self.log_shares.exp_()
        gradient.scatter_add_(1, self.gold, gradient.new_full(self.gold.shape, -1.0))
        gradient *= 1 / len(gradient)
        torch.mm(gradient.t(), self.x, out=self.table_gradient)
        torch.sum(gradient, 0, out=self.bias_gradient)
        gradient = self.norm.backward(torch.mm(gradient, self.table))
        return self.dense.backward(ops.gelu_backward(gradient, self.inner))
