"""Write a fine-tuned model as one folder that Transformers loads, with tokenizer and card.

A suite stores its models beside their encoders: of the word embeddings only those rows that were
trained. This joins the two; a model that is whole already is copied.

  python -m waystation export --model data/small/models/tagging/e5-small/none/udpos/0 \\
      --encoder data/small/encoders/e5-small/none --out tagger
  python -c 'from transformers import pipeline; print(pipeline("token-classification", "tagger"))'
"""

import argparse
import shutil
from pathlib import Path

from waystation.commands import hold_new
from waystation.encoder import word_rows
from waystation.encoder.checkpoint import read_file, read_words, words_name
from waystation.encoder.config import read_config
from waystation.evaluation import model_card, selection
from waystation.files import whole


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", type=Path, required=True, help="a seed's folder, or one of its checkpoints")
    add("--encoder", type=Path, required=True, help="the encoder that was fine-tuned")
    add("--out", type=Path, required=True, help="new folder")


def main(options: argparse.Namespace) -> None:
    from safetensors.torch import save_file

    hold_new(options.out)
    model = folder = options.model
    if (model / selection.FILE).is_file():
        model /= selection.read(model).chosen
    name, file = words_name(read_config(model)), model / "model.safetensors"
    words = read_words(options.encoder)
    tensors = word_rows.whole(file, name, read_file(model), words)
    with whole(options.out) as beside:
        beside.mkdir(parents=True)
        shutil.copy(model / "config.json", beside)
        for needed in options.encoder.glob("tokenizer*.json"):
            shutil.copy(needed, beside)
        save_file(tensors, beside / file.name, metadata={"format": "pt"})
        command = f"python -m waystation export --model {options.model} --encoder {options.encoder}"
        text = model_card.card(folder, model / "config.json", command)
        (beside / "README.md").write_text(text, encoding="utf-8")
    print(f"{options.out}: {model}, {sum(t.numel() for t in tensors.values()):,} weights")
