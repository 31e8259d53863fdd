"""The special tokens of a tokenizer, and how it joins two texts, read off the tokenizer itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from waystation.base.errors import MISSHAPEN, UserError, choose, misfit
from waystation.text_files import parse_json, read_text

UNKNOWN = "\U00010600 \U0001061f"  # signs of Linear A, which no vocabulary has
# First token -> padding, unknown, mask: XLM-R's names and BERT's.
NAMES = {"<s>": ("<pad>", "<unk>", "<mask>"), "[CLS]": ("[PAD]", "[UNK]", "[MASK]")}


@dataclass(frozen=True)
class Special:
    """Ids of the special tokens; a pair of texts is first A between B last.

    `segments`: the tokens behind `between` have token type 1. `vocabulary` counts the tokenizer's
    tokens; the model's table may have more rows, which no text uses.
    """

    first: int
    between: tuple[int, ...]
    last: int
    segments: bool
    padding: int
    unknown: int
    mask: int
    vocabulary: int

    @property
    def frame(self) -> frozenset[int]:
        """The ids that stand for no piece of a text, <mask> not among them."""
        return frozenset((self.first, *self.between, self.last, self.padding, self.unknown))

    @property
    def overhead(self) -> int:
        """Special tokens of a pair."""
        return 2 + len(self.between)

    def head(self, first: Sequence[int]) -> list[int]:
        """What stands before the second text of a pair."""
        return [self.first, *first, *self.between]

    def second(self, first: Sequence[int]) -> tuple[int, ...]:
        """Where token type 1 begins in a pair, for `Feature.seconds`; () without types."""
        return (len(first) + 1 + len(self.between),) if self.segments else ()


def read_special(tokenizer: Tokenizer) -> Special:
    """The special tokens that a tokenizer puts around a text and between two."""
    single, pair = tokenizer.encode(""), tokenizer.encode("", "")
    alone, ids = ([i for i, s in zip(e.ids, e.special_tokens_mask) if s] for e in (single, pair))
    if len(alone) != 2 or len(ids) < 3 or alone != [ids[0], ids[-1]]:
        raise UserError(
            f"the tokenizer frames a text by {alone} and two by {ids}; "
            f"allowed: first A last and first A between B last"
        )
    start = choose(str(tokenizer.id_to_token(ids[0])), NAMES, "first token of the tokenizer")
    named = [i for name in NAMES[start] if (i := tokenizer.token_to_id(name)) is not None]
    if len(named) < len(NAMES[start]):
        raise UserError(f"the tokenizer begins with {start} and lacks one of {NAMES[start]}")
    padding, unknown, mask = named
    return Special(
        first=ids[0],
        between=tuple(ids[1:-1]),
        last=ids[-1],
        segments=pair.type_ids[-1] == 1,
        padding=padding,
        unknown=unknown,
        mask=mask,
        vocabulary=tokenizer.get_vocab_size(),
    )


def hold_template(stored: dict, file: Path) -> None:
    """Refuse a frame of tokens that the file does not define: the library ends the process."""
    frame = stored.get("post_processor")
    if not isinstance(frame, dict) or frame.get("type") != "TemplateProcessing":
        return
    try:
        named = {
            piece["SpecialToken"]["id"]
            for form in ("single", "pair")
            for piece in frame[form]
            if "SpecialToken" in piece
        }
        if any(p.get("Sequence", {}).get("id") == "B" for p in frame["single"]):
            raise UserError(f"{file}: post_processor puts a second text into a single one")
        defined = frame["special_tokens"]
        unknown = sorted(named - set(defined))
        uneven = [k for k, v in defined.items() if not len(v["ids"]) == len(v["tokens"]) == 1]
    except MISSHAPEN as problem:
        raise UserError(f"{file}: post_processor: {misfit(problem)}") from None
    if unknown or uneven:
        token = (unknown + uneven)[0]
        raise UserError(f"{file}: post_processor defines no single token for {token!r}")


def framed(
    texts: Sequence[str | tuple[str, str]], tokenizer: Tokenizer, max_tokens: int
) -> list[tuple[list[int], tuple[int, ...]]]:
    """(token ids, `Feature.seconds`) of texts and pairs of texts in their special tokens.

    A pair with an empty text is a pair. What is longer than `max_tokens` is cut at its end, of a
    pair the longer text first.
    """
    tokenizer.enable_truncation(max_tokens, strategy="longest_first")
    encodings = tokenizer.encode_batch(list(texts))
    tokenizer.no_truncation()
    segments = read_special(tokenizer).segments
    return [
        (encoding.ids, (len(encoding) - sum(encoding.type_ids),) if segments else ())
        for encoding in encodings
    ]


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a folder; it neither cuts nor pads, whatever its file asks for."""
    file = folder / "tokenizer.json"
    if not file.is_file():
        raise UserError(f"no tokenizer: {file} is missing")
    text = read_text(file)
    hold_template(parse_json(text, str(file), dict), file)
    try:
        tokenizer = Tokenizer.from_str(text)
    except Exception as problem:  # the library raises nothing more special
        raise UserError(f"{file} is no tokenizer: {' '.join(str(problem).split())}") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    hold_unknown(tokenizer, file)
    return tokenizer


def hold_unknown(tokenizer: Tokenizer, file: Path) -> None:
    """Refuse a tokenizer that has no token for what it does not know: the library would raise at
    the first such word of a text."""
    try:
        tokenizer.encode(UNKNOWN)
    except Exception as problem:  # the library raises nothing more special
        raise UserError(f"{file} cannot take unknown text: {misfit(problem)}") from None
