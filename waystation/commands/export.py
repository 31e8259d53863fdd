"""Write a fine-tuned model as one folder that Transformers loads, with tokenizer and card.

A suite stores its models beside their encoders: of the word embeddings only those rows that were
trained. This joins the two; a model that is whole already is copied.

  python -m waystation export --model data/small/models/tagging/e5-small/none/udpos/0 \\
      --encoder data/small/encoders/e5-small/none --out tagger
  python -c 'from transformers import pipeline; print(pipeline("token-classification", "tagger"))'
"""

import argparse
from pathlib import Path

from waystation.commands import hold_new
from waystation.evaluation.whole_model import read_whole, write_whole


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", type=Path, required=True, help="a seed's folder, or one of its checkpoints")
    add("--encoder", type=Path, required=True, help="the encoder that was fine-tuned")
    add("--out", type=Path, required=True, help="new folder")


def main(options: argparse.Namespace) -> None:
    hold_new(options.out)
    model = read_whole(options.model, options.encoder)
    command = f"python -m waystation export --model {options.model} --encoder {options.encoder}"
    write_whole(options.out, model, command)
    print(f"{options.out}: {options.model}, {model.weights:,} weights")
