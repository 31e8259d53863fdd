"""Measure how long a suite's examples are in the tokens of one model.

A data set's own statistics (`download`) are in characters and words, before there is a tokenizer.
Here the first rows of every split and language are cut into tokens, without special tokens: what a
sequence length has to hold, and how finely a model cuts a language (tokens a word, its *fertility*:
Rust et al. 2021, arXiv 2012.15613).
"""

from waystation.base.progress import progress
from waystation.data import examples
from waystation.data.token_lengths import ROWS, lengths, rows_of_all, tokens_per_word
from waystation.encoder.tokenizer import read_tokenizer
from waystation.files import write_json
from waystation.frame.stage import stage


def main() -> None:
    with stage(
        __doc__,
        options=["model"],
        inputs=["code", "tasks", "tokenizer"],
        outputs=["out"],
    ) as run:
        tokenizer = read_tokenizer(run.inputs["tokenizer"].parent)
        files = rows_of_all(run.inputs["tasks"])
        statistics: dict = {}
        for task, split, language, file in progress(files, len(files), "lengths", "files"):
            entry = lengths(tokenizer, examples.read(file, ROWS))
            statistics.setdefault(task, {}).setdefault(split, {})[language] = entry
        write_json(run.outputs["out"], {"tasks": statistics, "inputs_sha256": run.checksums})
        run.made = f"{len(files)} files of {len(statistics)} tasks, {tokens_per_word(statistics)}"


if __name__ == "__main__":
    main()
