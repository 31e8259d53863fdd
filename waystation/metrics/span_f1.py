"""F1 of tagged spans, exactly right, counted over all sentences: named entities and, in XTREME,
parts of speech.

Spans are read off the tags as seqeval does by default, with which XTREME's evaluator scores PAN-X
and UD-POS alike. Of IOB2 tags these are conlleval's: a span begins at B, and at an I that continues
no span of its type (Tjong Kim Sang & De Meulder 2003; Nakayama 2018). Of other tags the first
letter is the mark. So parts of speech have spans too, with consequences that are kept here because
the published scores have them: a run of equal tags is one span, ADJ ADJ NOUN has two; S marks a
span of one word, so SYM SYM has two.

What the type of a tag without a hyphen is depends on seqeval's version, and XTREME pins none:

- RULE, `f1`: the tag itself, as up to seqeval 0.0.15. XTREME's own test of its evaluator expects
  these numbers, and so do its published tables of 2020.
- LATER_RULE, `f1_seqeval_1`, beside the first wherever the two differ: what follows the first
  letter, or `_`, as from seqeval 0.0.16 (October 2020) on. CCONJ and SCONJ are of one type, CONJ,
  and count as equal where they stand alone; CCONJ before SCONJ is lost, CCONJ after SCONJ becomes
  one span with it. X has the type of O: at the end of a sentence X is no span, and an X that begins
  a sentence reaches back to where the last span of the sentence before began.
"""

from collections.abc import Callable

from waystation.metrics import Points, ratio

NAMES = ("f1", "precision", "recall")
RULE = "seqeval before 0.0.16: the type of a tag without a hyphen is the tag"
LATER_RULE = (
    "seqeval from 0.0.16 on: the type of a tag without a hyphen begins at its second letter"
)
LATER = "_seqeval_1"  # ends the names of scores by the later rule
OUTSIDE = "O"

ReadTag = Callable[[str], tuple[str, str]]  # tag -> (mark, type)
Span = tuple[str, int, int]  # type, first word, last word, counted over the file


def file_points(golds: list[list[str]], predictions: list[list[str]], language: str) -> list:
    """Points of every sentence from its tags' names; a sentence weighs as much as it has spans."""
    points = points_by(read_tag, golds, predictions)
    if not any("-" not in tag != OUTSIDE for sentence in golds for tag in sentence):
        return points  # both rules are one
    later = points_by(read_tag_later, golds, predictions)
    return [
        own | {f"{name}{LATER}": value for name, value in other.items()}
        for own, other in zip(points, later, strict=True)
    ]


def points_by(read: ReadTag, golds: list[list[str]], predictions: list[list[str]]) -> list[Points]:
    """Points of every sentence by one rule."""
    sides = zip(spans(golds, read), spans(predictions, read), strict=True)
    return [counts(gold, predicted) for gold, predicted in sides]


def counts(gold: set, predicted: set) -> Points:
    """What is right of the found things and of those that are there."""
    right = len(gold & predicted)
    return {
        "f1": (2.0 * right, float(len(gold) + len(predicted))),
        "precision": (float(right), float(len(predicted))),
        "recall": (float(right), float(len(gold))),
    }


def scores(points: list[Points]) -> dict[str, float]:
    """F1 is the harmonic mean of the two others; 0 where nothing is there or found."""
    scored: dict[str, float] = {}
    rules = ["", LATER] if points and f"f1{LATER}" in points[0] else [""]
    for rule in rules:
        precision, recall = ratio(points, f"precision{rule}"), ratio(points, f"recall{rule}")
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        values = zip(NAMES, (f1, precision, recall), strict=True)
        scored |= {f"{name}{rule}": 100 * value for name, value in values}
    return scored


def spans(sentences: list[list[str]], read: ReadTag) -> list[set[Span]]:
    """The spans that end in each sentence of a file."""
    by_sentence: list[set[Span]] = []
    word, start = 0, 0
    before = (OUTSIDE, "")  # mark and type of the word before
    for sentence in sentences:
        by_sentence.append(set())
        for tag in [*sentence, OUTSIDE]:
            here = read(tag)
            if ends(before, here):
                by_sentence[-1].add((before[1], start, word - 1))
            if begins(before, here):
                start = word
            before = here
            word += 1
    return by_sentence


def read_tag(tag: str) -> tuple[str, str]:
    """(mark, type) of a tag by RULE."""
    return tag[0], tag.rpartition("-")[2]


def read_tag_later(tag: str) -> tuple[str, str]:
    """(mark, type) of a tag by LATER_RULE."""
    rest = tag[1:]
    return tag[0], rest[rest.find("-") + 1 :] or "_"


def ends(before: tuple[str, str], here: tuple[str, str]) -> bool:
    """Does a span end with the word before this one?"""
    if before[0] in "ES" or (before[0] in "BI" and here[0] in "BSO"):
        return True
    return before[0] not in "O." and before[1] != here[1]


def begins(before: tuple[str, str], here: tuple[str, str]) -> bool:
    """Does a span begin with this word?"""
    if here[0] in "BS" or (here[0] in "EI" and before[0] in "ESO"):
        return True
    return here[0] not in "O." and before[1] != here[1]
