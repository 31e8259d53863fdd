"""How long examples are in the tokens of one model."""

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from waystation.data import examples, tally

ROWS = 1000  # of a split and language: enough for a median, and millions of rows cost nothing
SPLITS = ("train", "validation", "test")


def rows_of_all(folder: Path) -> list[tuple[str, str, str, Path]]:
    """(task, split, language, file) of all rows, in a fixed order."""
    files = []
    for home in sorted(file.parent for file in folder.glob("*/task.json")):
        for split in SPLITS:
            for language in examples.languages(home, split):
                files.append((home.name, split, language, examples.path(home, split, language)))
    return files


def lengths(tokenizer: Tokenizer, rows: list[dict]) -> dict[str, float | None]:
    """Tokens of an example, all its texts together: median, p95, maximum; and tokens a word."""
    texts = [tally.texts(row) for row in rows]
    flat = [text for own in texts for text in own]
    counted = [len(e.ids) for e in tokenizer.encode_batch_fast(flat, add_special_tokens=False)]
    ends = np.cumsum([len(own) for own in texts])
    tokens = np.add.reduceat(counted, np.concatenate([[0], ends[:-1]]))
    words = sum(len(tally.WORD.findall(text)) for text in flat)
    return {
        "rows": len(rows),
        "tokens_median": nearest_rank(tokens, 0.5),
        "tokens_p95": nearest_rank(tokens, 0.95),
        "tokens_max": int(tokens.max()),
        "tokens_per_word": round(sum(counted) / words, 3) if words else None,
    }


def nearest_rank(values: np.ndarray, share: float) -> int:
    """The smallest value that at least this share of all does not exceed."""
    return int(np.quantile(values, share, method="inverted_cdf"))


def tokens_per_word(tasks: dict) -> str:
    """The languages that are cut least and most finely, by the mean over their files."""
    by_language: dict[str, list[float]] = {}
    for splits in tasks.values():
        for languages in splits.values():
            for code, entry in languages.items():
                if entry["tokens_per_word"] is not None:
                    by_language.setdefault(code, []).append(entry["tokens_per_word"])
    means = sorted((sum(values) / len(values), code) for code, values in by_language.items())
    (least, first), (most, last) = means[0], means[-1]
    return f"{least:.2f} ({first}) to {most:.2f} ({last}) tokens a word"
