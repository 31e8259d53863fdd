"""F1 of tagged spans, exactly right, counted over all sentences: named entities and, in XTREME,
parts of speech.

Spans are read off the tags as seqeval 1.2.2 does by default, with which XTREME's evaluator scores
PAN-X and UD-POS alike. Of IOB2 tags these are conlleval's: a span begins at B, and at an I that
continues no span of its type (Tjong Kim Sang & De Meulder 2003; Nakayama 2018). Of other tags the
first letter is the mark and the rest the type, or what follows a hyphen, or `_`. So parts of speech
have spans too, with consequences that are kept here because the published scores have them:

- a run of equal tags is one span: ADJ ADJ NOUN has two;
- S marks a span of one word: SYM SYM has two, of type YM;
- CCONJ and SCONJ are of one type, CONJ, and count as equal where they stand alone; CCONJ before
  SCONJ is lost, CCONJ after SCONJ becomes one span with it;
- X has the type of O: at the end of a sentence it is no span, and one that begins a sentence
  reaches back to where the last span of the sentence before began.

The last two came with seqeval 0.0.16 in October 2020: before, as in XTREME's first scores, the type
of a tag without a hyphen was the tag itself. XTREME pins no version, so the newest decides.
"""

from waystation.metrics import Points, ratio

NAMES = ("f1", "precision", "recall")
OUTSIDE = "O"

Span = tuple[str, int, int]  # type, first word, last word, counted over the file


def file_points(golds: list[list[str]], predictions: list[list[str]], language: str) -> list:
    """Points of every sentence from its tags' names; a sentence weighs as much as it has spans."""
    return [
        counts(gold, predicted)
        for gold, predicted in zip(spans(golds), spans(predictions), strict=True)
    ]


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
    precision, recall = ratio(points, "precision"), ratio(points, "recall")
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"f1": 100 * f1, "precision": 100 * precision, "recall": 100 * recall}


def spans(sentences: list[list[str]]) -> list[set[Span]]:
    """The spans that end in each sentence of a file."""
    by_sentence: list[set[Span]] = []
    word, start = 0, 0
    before = (OUTSIDE, "")  # mark and type of the word before
    for sentence in sentences:
        by_sentence.append(set())
        for tag in [*sentence, OUTSIDE]:
            here = read_tag(tag)
            if ends(before, here):
                by_sentence[-1].add((before[1], start, word - 1))
            if begins(before, here):
                start = word
            before = here
            word += 1
    return by_sentence


def read_tag(tag: str) -> tuple[str, str]:
    """(mark, type) of a tag."""
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
