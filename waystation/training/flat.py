"""A model's parameters in two buffers, so that clipping and AdamW are one call for each.

One buffer holds the parameters with weight decay, the other those without. The model's parameters
become views of them and keep names, shapes and values: the model runs, saves and loads as before.
"""

import torch
from torch import Tensor, nn

from waystation.training.optimizer import NO_DECAY


class Flat:
    """The buffers: `named` is what an optimiser trains, `gradients` (zeros) has the same layout."""

    def __init__(self, model: nn.Module):
        self.named, self.gradients, self._places = {}, {}, {}
        own = dict(model.named_parameters())
        # The names tell `AdamW` which of the two to decay.
        for buffer, decays in (("weight", True), ("bias", False)):
            parameters = [p for n, p in own.items() if decays != n.endswith(NO_DECAY)]
            values = torch.cat([p.detach().view(-1) for p in parameters])
            self.named[buffer] = nn.Parameter(values)
            self.gradients[buffer] = torch.zeros_like(values)
            end = 0
            for p in parameters:
                start, end = end, end + p.numel()
                self._places[p] = (buffer, start, end)
                p.data = values[start:end].view(p.shape)

    def views(self, *parameters: nn.Parameter) -> tuple[Tensor, Tensor]:
        """(values, gradients) of parameters that are neighbours in a buffer, joined by rows."""
        places = [self._places[p] for p in parameters]
        assert all(a[0] == b[0] and a[2] == b[1] for a, b in zip(places, places[1:])), places
        buffer, span = places[0][0], slice(places[0][1], places[-1][2])
        shape = (-1, *parameters[0].shape[1:])
        values, gradients = self.named[buffer].detach(), self.gradients[buffer]
        return values[span].view(shape), gradients[span].view(shape)
