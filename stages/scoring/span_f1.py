"""F1 of named entities: spans with their type, exactly right, counted over all sentences.

Spans are read off the tags as seqeval and conlleval do by default, which XTREME's evaluation uses:
a span begins at B, and at an I that continues no span of its type (Tjong Kim Sang & De Meulder
2003; Nakayama 2018). A sentence weighs as much as it has spans.
"""

NAMES = ("f1", "precision", "recall")
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")  # tags are indices of these


def points(gold: list[int], predicted: list[int], language: str) -> dict:
    there, found = spans(gold), spans(predicted)
    right = len(there & found)
    return {
        "f1": (2.0 * right, float(len(there) + len(found))),
        "precision": (float(right), float(len(found))),
        "recall": (float(right), float(len(there))),
    }


def spans(tags: list[int]) -> set[tuple[int, int, str]]:
    """{(first word, last word + 1, type)} of a sentence's IOB2 tags."""
    found, start, kind = set(), 0, ""
    for place, tag in enumerate([*tags, 0]):
        mark, _, its = LABELS[tag].partition("-")
        if mark == "I" and its == kind:
            continue
        if kind:
            found.add((start, place, kind))
        start, kind = place, its
    return found
