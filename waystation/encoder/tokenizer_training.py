"""Train a tokenizer, and write its files."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from waystation.base.errors import UserError, choose
from waystation.encoder.tokenizer import read_special
from waystation.files import write_json
from waystation.text_files import read_json

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]  # the first ids, in this order
BOS, PAD, EOS, UNK = range(4)
KINDS = ("word", "bpe")
ALPHABET = 3000  # characters of `bpe`; rarer ones are unknown


def train(kind: str, vocab_size: int, texts: Callable[[], Iterable[str]]) -> Tokenizer:
    """Train on texts, which are gone through more than once."""
    choose(kind, KINDS, "kind of tokenizer")
    tokenizer, trainer = empty(kind, vocab_size)
    if kind == "bpe":  # which of two equally rare characters stays, the trainer leaves to chance
        trainer.initial_alphabet = alphabet(tokenizer, texts())
        trainer.limit_alphabet = len(trainer.initial_alphabet)
    tokenizer.train_from_iterator(texts(), trainer)
    if not {token.strip("▁ ") for token in tokenizer.get_vocab()} - {"", *SPECIAL}:
        raise UserError("the text that a tokenizer should be trained on holds no word")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", BOS), ("</s>", EOS)],
    )
    return tokenizer


def alphabet(tokenizer: Tokenizer, texts: Iterable[str]) -> list[str]:
    """The most frequent characters of texts as the tokenizer cuts them, at most ALPHABET."""
    counts: Counter[str] = Counter()
    for text in texts:
        for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(
            tokenizer.normalizer.normalize_str(text)
        ):
            counts.update(piece)
    return sorted(counts, key=lambda character: (-counts[character], character))[:ALPHABET]


def empty(kind: str, vocab_size: int) -> tuple[Tokenizer, Any]:
    """An untrained tokenizer of a kind, with its trainer."""
    common: dict[str, Any] = {
        "vocab_size": vocab_size,
        "special_tokens": SPECIAL,
        "show_progress": True,
    }
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
    special = read_special(tokenizer)
    names = {"bos_token": special.first, "cls_token": special.first, "pad_token": special.padding}
    names |= {"eos_token": special.last, "sep_token": special.last, "unk_token": special.unknown}
    names["mask_token"] = special.mask
    tokens: dict[str, Any] = {name: tokenizer.id_to_token(i) for name, i in names.items()}
    if special.segments:
        tokens["model_input_names"] = ["input_ids", "token_type_ids", "attention_mask"]
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", **tokens},
    )


def note_longest(folder: Path, tokens: int) -> None:
    """Have AutoTokenizer cut at the longest input of the model that lies beside it."""
    file = folder / "tokenizer_config.json"
    write_json(file, read_json(file) | {"model_max_length": tokens})
