"""Train the suite's tokenizer on its raw text, with XLM-R's special tokens and templates.

`word` keeps whole words (the pocket world's are few), `bpe` cuts them into pieces. Written as
`tokenizer.json`, which `transformers.AutoTokenizer` loads.

The library's trainer of unigram models, XLM-R's kind, is not among them: it adds up probabilities
in the order of a hash table, so that the same text gives another tokenizer every time.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from waystation.base.progress import progress
from waystation.data import examples
from waystation.encoder.tokenizer_training import train, write_tokenizer
from waystation.frame.stage import stage


def main() -> None:
    with stage(
        __doc__,
        options=["kind"],
        inputs=["code", "text"],
        outputs=["out"],
        params=["tokenizer"],
    ) as run:
        kind, knobs = run.options.kind, run.settings.tokenizer
        texts = partial(documents, run.inputs["text"], knobs.documents)
        tokenizer = train(kind, run.settings.at("tokenizer.vocab_size"), texts)
        write_tokenizer(tokenizer, run.outputs["out"])
        run.made = f"{tokenizer.get_vocab_size():,} {kind} tokens"


def documents(text: Path, limit: int | None) -> Iterator[str]:
    """The texts, language after language, with a bar of their own each time they are read."""
    codes = examples.languages(text, "train")
    for language in progress(codes, len(codes), "tokenizer reads", "languages"):
        for example in examples.read(examples.path(text, "train", language), limit):
            yield example["text"]


if __name__ == "__main__":
    main()
