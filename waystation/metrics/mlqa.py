"""F1 and exact match of MLQA: Unicode punctuation, articles of the language, Chinese by character.

Lewis et al. 2020, official script mlqa_evaluation_v1. A generated language (qaa to qtz) has no
articles to remove; any other language without an entry is an error, as in the official script.
"""

import re
import string
import unicodedata

from waystation.base.errors import UserError
from waystation.language_codes import PRIVATE_USE
from waystation.metrics import Points
from waystation.metrics.squad import NAMES, best_over_references, scores  # noqa: F401  the same two

ARTICLES = {
    "en": r"\b(a|an|the)\b",
    "es": r"\b(un|una|unos|unas|el|la|los|las)\b",
    "vi": r"\b(của|là|cái|chiếc|những)\b",
    "de": r"\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b",
    "ar": r"\sال^|ال",
    "hi": None,
    "zh": None,
}
CHARACTER_LANGUAGES = ("zh",)
HAN = re.compile(r"[\u4e00-\u9fa5]")


def points(gold: list[str], predicted: str | None, language: str) -> Points:
    return best_over_references(gold, predicted, lambda text: normalized_tokens(text, language))


def normalized_tokens(text: str, language: str) -> list[str]:
    language = language.partition("-")[0]  # of a pair (`mlqa_cross`) the context's, the answer's
    if language not in ARTICLES and not PRIVATE_USE.fullmatch(language):
        raise UserError(f"MLQA has no rules for {language!r}; allowed: {', '.join(ARTICLES)}")
    text = "".join(character for character in text.lower() if not is_punctuation(character))
    if articles := ARTICLES.get(language):
        text = re.sub(articles, " ", text)
    if language in CHARACTER_LANGUAGES:
        text = HAN.sub(lambda match: f" {match[0]} ", text)
    return text.split()


def is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")
