"""Floating-point operations of an encoder, by one convention for plans and benchmarks.

A forward pass of a sequence of s tokens costs 2 x matrix weights x s for the layers' products and
4 x layers x width x s^2 for attention; a training step three times that. Only real tokens count,
never padding; embeddings, norms and heads cost next to nothing and are left out.
"""

from typing import Protocol

TRAINING = 3  # forward passes that a training step costs: one, and twice that for the gradients


class Shape(Protocol):
    """What of an encoder's shape the operations depend on."""

    @property
    def layers(self) -> int: ...
    @property
    def hidden(self) -> int: ...
    @property
    def intermediate(self) -> int: ...


def matrix_weights(shape: Shape) -> int:
    """Weights of the layers' matrices: 84.9 million in XLM-R base, 302.0 in large."""
    return shape.layers * (4 * shape.hidden**2 + 2 * shape.hidden * shape.intermediate)


def forward(shape: Shape, tokens: float, length: float) -> float:
    """Operations of a forward pass over `tokens` in sequences of `length` each."""
    attention = 4 * shape.layers * shape.hidden * length
    return tokens * (2 * matrix_weights(shape) + attention)


def parameters(shape: Shape, vocabulary: int, positions: int) -> int:
    """All weights of an encoder: matrices, their biases, two norms a layer, and embeddings."""
    d, f = shape.hidden, shape.intermediate
    layers = matrix_weights(shape) + shape.layers * (4 * d + f + d + 4 * d)
    return layers + (vocabulary + positions + 1 + 2) * d
