"""An encoder with the heads of its tasks: losses for training, outputs for inference."""

from pathlib import Path

import torch
from torch import Tensor, nn

from waystation import heads
from waystation.data.examples import Description
from waystation.encoder import word_rows
from waystation.encoder.checkpoint import load, read_file, read_words, words_name, write_checkpoint
from waystation.encoder.config import read_config
from waystation.encoder.encoder import Encoder, initialize
from waystation.encoder.features import Feature, Packed, inference_batches, pack
from waystation.params.schema import Evaluate

HEAD_SPREAD = 0.02  # BERT's, whatever the encoder's own initialisation was


class TaskModel(nn.Module):
    """One encoder, one new head per task; `seed` draws what a training hides from the encoder."""

    def __init__(self, encoder: Encoder, tasks: dict[str, Description], seed: int = 0):
        super().__init__()
        self.encoder, self.seed = encoder, seed
        self.pooled: tuple[object, Tensor] | None = None  # the last pool and its vectors
        self.kinds = {name: heads.load(task.type) for name, task in tasks.items()}
        self.heads = nn.ModuleDict(
            {
                name: self.kinds[name].network(encoder.config, len(task.labels))
                for name, task in tasks.items()
            }
        )

    def initialize_heads(self, generator: torch.Generator) -> None:
        initialize(self.heads, HEAD_SPREAD, generator)

    def train(self, mode: bool = True) -> "TaskModel":
        """Between training and inference weights change: vectors made with them are dropped."""
        self.pooled = None
        return super().train(mode)

    def logits(self, task: str, features: list[Feature]) -> tuple[Tensor, Packed]:
        """What the head makes of a batch, and the batch; both for the processor."""
        packed = pack(features)
        there = packed.to(self.encoder.device)
        return self.heads[task](self.encoder(there), there).cpu(), packed

    def loss(self, task: str, features: list[Feature], step: int) -> tuple[Tensor, int]:
        """(mean loss of a batch, number of real tokens)."""
        kind, packed = self.kinds[task], pack(features)
        kind.corrupt(packed, features, self.encoder, self.seed, step)
        packed = packed.to(self.encoder.device)
        logits = self.heads[task](self.encoder(packed), packed)
        return kind.loss(logits, packed, features), packed.tokens

    @torch.inference_mode()
    def outputs(self, task: str, features: list[Feature], inference: Evaluate) -> list:
        """One output per feature."""
        kind, results = self.kinds[task], [None] * len(features)
        for indices, batch in inference_batches(features, inference.batch_tokens):
            logits, packed = self.logits(task, batch)
            outputs = kind.outputs(logits, packed, batch)
            for index, output in zip(indices, outputs, strict=True):
                results[index] = output
        return results

    def predict(
        self, task: str, features: list[Feature], examples: list[dict], inference: Evaluate
    ) -> list:
        """One prediction per example."""
        outputs = self.outputs(task, features, inference)
        return self.kinds[task].predict(outputs, features, examples, inference)

    def write(
        self, folder: Path, task: str, labels: tuple[str, ...], trained_from: Path | None = None
    ) -> None:
        """Write encoder and head so that the Transformers class of the kind loads them.

        Beside the encoder in `trained_from`, if named, in less room: only `read_model` reads that.
        """
        named = {"id2label": dict(enumerate(labels))} if labels else {}
        task_class = self.kinds[task].task_class
        head = self.heads[task]
        write_checkpoint(folder, self.encoder, head, task_class, trained_from, **named)


def read_model(folder: Path, task: Description, trained_from: Path | None = None) -> TaskModel:
    """Read what `TaskModel.write` wrote, for inference; `trained_from` as it was there."""
    config = read_config(folder)
    model = TaskModel(Encoder(config), {task.name: task})
    file = folder / "model.safetensors"
    words = read_words(trained_from) if trained_from else None
    tensors = word_rows.whole(file, words_name(config), read_file(folder), words)
    load(file, tensors, config, model.encoder, model.heads[task.name])
    return model.eval()
