"""Train the suite's tokenizer on its raw text, with XLM-R's special tokens and templates.

`word` keeps whole words (the pocket world's are few), `bpe` cuts them into pieces. Written as
`tokenizer.json`, which `transformers.AutoTokenizer` loads.

The library's trainer of unigram models, XLM-R's kind, is not among them: it adds up probabilities
in the order of a hash table, so that the same text gives another tokenizer every time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from stages import examples, special
from stages.command import read_json, stage, write_json
from stages.errors import choose
from stages.progress import progress
from stages.settings import TokenizerSettings

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]  # the first ids, in this order
BOS, PAD, EOS, UNK = range(4)
KINDS = ("word", "bpe")
ALPHABET = 3000  # characters of `bpe`; rarer ones are unknown


def main() -> None:
    with stage(
        __doc__,
        options=["kind"],
        inputs=["code", "text"],
        outputs=["out"],
        params=["tokenizer"],
    ) as run:
        kind = run.options.kind
        tokenizer = train(kind, run.settings.tokenizer, run.inputs["text"])
        write_tokenizer(tokenizer, run.outputs["out"])
        run.made = f"{tokenizer.get_vocab_size():,} {kind} tokens"


def train(kind: str, settings: TokenizerSettings, text: Path) -> Tokenizer:
    """Train on all languages' text, at most `documents` of each."""
    choose(kind, KINDS, "kind of tokenizer")
    tokenizer, trainer = empty(kind, settings.vocab_size)
    if kind == "bpe":  # which of two equally rare characters stays, the trainer leaves to chance
        trainer.initial_alphabet = alphabet(tokenizer, documents(text, settings.documents))
        trainer.limit_alphabet = len(trainer.initial_alphabet)
    tokenizer.train_from_iterator(documents(text, settings.documents), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", BOS), ("</s>", EOS)],
    )
    return tokenizer


def documents(text: Path, limit: int | None) -> Iterator[str]:
    """The texts, language after language, with a bar of their own each time they are read."""
    codes = examples.languages(text, "train")
    for language in progress(codes, len(codes), "tokenizer reads", "languages"):
        for example in examples.read(examples.path(text, "train", language), limit):
            yield example["text"]


def alphabet(tokenizer: Tokenizer, texts: Iterable[str]) -> list[str]:
    """The most frequent characters of texts as the tokenizer cuts them, at most ALPHABET."""
    counts: Counter[str] = Counter()
    for text in texts:
        for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(
            tokenizer.normalizer.normalize_str(text)
        ):
            counts.update(piece)
    return sorted(counts, key=lambda character: (-counts[character], character))[:ALPHABET]


def empty(kind: str, vocab_size: int) -> tuple[Tokenizer, trainers.Trainer]:
    """An untrained tokenizer of a kind, with its trainer."""
    common = {"vocab_size": vocab_size, "special_tokens": SPECIAL, "show_progress": True}
    if kind == "word":
        tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
        # An ending keeps its hyphen: `horse-s` -> `horse`, `-s`.
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.WhitespaceSplit(),
                pre_tokenizers.Split(Regex(r"-"), "merged_with_next"),
            ]
        )
        return tokenizer, trainers.WordLevelTrainer(**common)
    tokenizer, trainer = Tokenizer(models.BPE(unk_token="<unk>")), trainers.BpeTrainer(**common)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer, trainer


def write_tokenizer(tokenizer: Tokenizer, folder: Path) -> None:
    """Write the files that AutoTokenizer reads."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    found = special.read(tokenizer)
    names = {"bos_token": found.first, "cls_token": found.first, "pad_token": found.padding}
    names |= {"eos_token": found.last, "sep_token": found.last, "unk_token": found.unknown}
    names["mask_token"] = found.mask
    tokens = {name: tokenizer.id_to_token(index) for name, index in names.items()}
    if found.segments:
        tokens["model_input_names"] = ["input_ids", "token_type_ids", "attention_mask"]
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", **tokens},
    )


def note_longest(folder: Path, tokens: int) -> None:
    """Have AutoTokenizer cut at the longest input of the model that lies beside it."""
    file = folder / "tokenizer_config.json"
    write_json(file, read_json(file) | {"model_max_length": tokens})


if __name__ == "__main__":
    main()
