"""A fine-tuned model as one folder that Transformers loads: weights, tokenizer and card.

A suite stores its models beside their encoders: of the word embeddings only those rows that were
trained. Reading joins the two; a model that is whole already stays so.
"""

from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from waystation.encoder import word_rows
from waystation.encoder.checkpoint import read_file, read_words, words_name
from waystation.encoder.config import EncoderConfig, read_config
from waystation.evaluation import model_card, selection
from waystation.files import whole


@dataclass(frozen=True, eq=False)
class WholeModel:
    """`folder` is a seed's, or that of a model from elsewhere; `tensors` those of the checkpoint
    that counts; `files` {name: text in UTF-8} its config.json and the tokenizer's files."""

    folder: Path
    config: EncoderConfig
    tensors: dict[str, Tensor]
    files: dict[str, bytes]

    @property
    def words(self) -> str:
        """The name of the table of word embeddings."""
        return words_name(self.config)

    @property
    def weights(self) -> int:
        return sum(tensor.numel() for tensor in self.tensors.values())


def read_whole(folder: Path, encoder: Path) -> WholeModel:
    """The model in a seed's folder, or in that of one checkpoint, and its encoder's tokenizer."""
    model = folder
    if (folder / selection.FILE).is_file():
        model /= selection.read(folder).chosen
    config = read_config(model)
    file, stored = model / "model.safetensors", read_file(model)
    tensors = word_rows.whole(file, words_name(config), stored, read_words(encoder))
    files = [model / "config.json", *sorted(encoder.glob("tokenizer*.json"))]
    return WholeModel(folder, config, tensors, {file.name: file.read_bytes() for file in files})


def write_whole(out: Path, model: WholeModel, command: str) -> None:
    """Write a new folder; `command` is the line that the card says has made it."""
    from safetensors.torch import save_file

    with whole(out) as beside:
        beside.mkdir(parents=True)
        for name, data in model.files.items():
            (beside / name).write_bytes(data)
        save_file(model.tensors, beside / "model.safetensors", metadata={"format": "pt"})
        card = model_card.card(model.folder, beside / "config.json", command)
        (beside / "README.md").write_text(card, encoding="utf-8")
