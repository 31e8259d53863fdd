"""Rows of classification tasks."""

from tests.tasks.rows import NLI, Case, pair

PREMISE, HYPOTHESIS = "a farmer feeds old horses", "animals eat today"
PREMISES = {"premise": PREMISE, "hypothesis": HYPOTHESIS}
GERMAN = {"premise": "ein Bauer füttert Pferde", "hypothesis": "Tiere fressen heute"}
FIRST, SECOND = "who wrote the book ?", "the author is whom ?"
ENTAILED = "<s> a farmer feeds old horses </s> </s> animals eat today </s>"
GERMAN_PAIR = "<s> ein Bauer füttert Pferde </s> </s> Tiere fressen heute </s>"
INFERENCE = "accuracy, 33.33 by chance"


def xnli(split: str, source: str, scored: str, is_submitted: bool) -> Case:
    """A German row of the source's split that is `split` here."""
    return Case(
        where=f"facebook/xnli de {source}",
        split=split,
        language="de",
        scored=scored,
        rows=[GERMAN | {"label": 2}],
        classes={"label": NLI},
        examples=[pair("ein Bauer füttert Pferde", "Tiere fressen heute", 2)],
        sequences=[GERMAN_PAIR],
        target="contradiction",
        lines=["contradiction"] if is_submitted else [],
    )


CASES = {
    "mnli": Case(
        where="nyu-mll/multi_nli default train",
        scored=INFERENCE,
        rows=[PREMISES | {"promptID": 5, "pairID": "", "genre": "fiction", "label": 2}],
        classes={"label": NLI},
        examples=[pair(PREMISE, HYPOTHESIS, 2)],
        sequences=[ENTAILED],
        target="contradiction",
    ),
    "mnli_glue": Case(
        where="nyu-mll/glue mnli validation_matched",
        split="validation",
        scored=INFERENCE,
        rows=[PREMISES | {"label": 1, "idx": 9}],
        classes={"label": NLI},
        examples=[pair(PREMISE, HYPOTHESIS, 1)],
        sequences=[ENTAILED],
        target="neutral",
    ),
    "mnli_translated": Case(
        where="facebook/xnli de train",
        language="de",
        scored=INFERENCE,
        rows=[GERMAN | {"label": 0}],
        classes={"label": NLI},
        examples=[pair("ein Bauer füttert Pferde", "Tiere fressen heute", 0)],
        sequences=[GERMAN_PAIR],
        target="entailment",
    ),
    "snli": Case(
        where="stanfordnlp/snli plain_text train",
        scored=INFERENCE,
        rows=[
            {"premise": "nobody agrees", "hypothesis": "on this", "label": -1},
            PREMISES | {"label": 0},
        ],
        examples=[pair(PREMISE, HYPOTHESIS, 0, "1")],
        dropped={"no gold label": 1},
        sequences=[ENTAILED],
        target="entailment",
    ),
    "anli": Case(
        where="facebook/anli plain_text train_r1+train_r2+train_r3",
        scored=INFERENCE,
        rows=[PREMISES | {"uid": "u-1", "reason": "since horses are animals", "label": 0}],
        classes={"label": NLI},
        examples=[pair(PREMISE, HYPOTHESIS, 0)],
        sequences=[ENTAILED],
        target="entailment",
    ),
    "anli/development": Case(
        where="facebook/anli plain_text dev_r1+dev_r2+dev_r3",
        split="validation",
        scored=INFERENCE,
        rows=[PREMISES | {"uid": "u-2", "reason": "", "label": 2}],
        classes={"label": NLI},
        examples=[pair(PREMISE, HYPOTHESIS, 2)],
        sequences=[ENTAILED],
        target="contradiction",
    ),
    "anli_plus": Case(
        where="stanfordnlp/snli plain_text train, nyu-mll/multi_nli default train, "
        "facebook/anli plain_text train_r1+train_r2+train_r3",
        scored=INFERENCE,
        rows={
            "snli": [PREMISES | {"label": -1}, PREMISES | {"label": 1}],
            "mnli": [{"premise": "dogs bark", "hypothesis": "cats sleep", "label": 2}],
            "anli": [{"premise": "rain falls", "hypothesis": "it is wet", "label": 0}],
        },
        examples=[
            pair(PREMISE, HYPOTHESIS, 1, "snli-1"),
            pair("dogs bark", "cats sleep", 2, "mnli-0"),
            pair("rain falls", "it is wet", 0, "anli-0"),
        ],
        dropped={"no gold label": 1},
        sequences=[ENTAILED],
        target="neutral",
    ),
    "qqp": Case(
        where="nyu-mll/glue qqp train",
        scored="accuracy, 50.00 by chance",
        rows=[{"question1": FIRST, "question2": SECOND, "label": 1, "idx": 7}],
        classes={"label": ("not_duplicate", "duplicate")},
        examples=[pair(FIRST, SECOND, 1)],
        sequences=["<s> who wrote the book ? </s> </s> the author is whom ? </s>"],
        target="duplicate",
    ),
    "qqp/no second question": Case(
        where="nyu-mll/glue qqp validation",
        split="validation",
        scored="accuracy, 50.00 by chance",
        rows=[{"question1": FIRST, "question2": "", "label": 0, "idx": 8}],
        classes={"label": ("not_duplicate", "duplicate")},
        examples=[pair(FIRST, "", 0)],
        sequences=["<s> who wrote the book ? </s> </s> </s>"],
        target="not_duplicate",
    ),
    "sib200": Case(
        where="Davlan/sib200 deu_Latn test",
        split="test",
        language="de",
        scored="accuracy, 14.29 by chance, after sib200",
        rows=[{"index_id": 1523, "category": "sports", "text": "ein Bauer füttert Pferde"}],
        examples=[{"id": "1523", "first": "ein Bauer füttert Pferde", "label": 5}],
        sequences=["<s> ein Bauer füttert Pferde </s>"],
        target="sports",
        lines=["sports"],
    ),
    "xnli": xnli("test", "test", "accuracy, 33.33 by chance, after mnli, as xnli", True),
    "xnli_dev": xnli("train", "validation", "accuracy, 33.33 by chance", False),
    "xnli_xtreme": Case(
        where="google/xtreme XNLI test",
        split="test",
        language="de",
        scored="accuracy, 33.33 by chance, after mnli",
        rows=[
            {"language": "fr", "sentence1": "x", "sentence2": "y", "gold_label": "neutral"},
            {
                "language": "de",
                "sentence1": "ein Bauer füttert Pferde",
                "sentence2": "Tiere fressen heute",
                "gold_label": "contradiction",
            },
        ],
        examples=[pair("ein Bauer füttert Pferde", "Tiere fressen heute", 2, "1")],
        dropped={"another language": 1},
        sequences=[GERMAN_PAIR],
        target="contradiction",
    ),
    "pawsx": Case(
        where="google-research-datasets/paws-x de train",
        language="de",
        scored="accuracy, 50.00 by chance, after pawsx, as pawsx",
        rows=[
            {"id": 3, "sentence1": "NS", "sentence2": "da", "label": 0},
            {"id": 4, "sentence1": "da", "sentence2": "NS", "label": 0},
            {
                "id": 5,
                "sentence1": "Anna ruft Boris",
                "sentence2": "er wird gerufen",
                "label": 1,
            },
        ],
        classes={"label": ("0", "1")},
        examples=[pair("Anna ruft Boris", "er wird gerufen", 1, "5")],
        dropped={"placeholder of an untranslated sentence": 2},
        sequences=["<s> Anna ruft Boris </s> </s> er wird gerufen </s>"],
        target="paraphrase",
        lines=["1"],
    ),
    "pawsx/test rows keep the placeholder": Case(
        where="google-research-datasets/paws-x de test",
        split="test",
        language="de",
        scored="accuracy, 50.00 by chance, after pawsx, as pawsx",
        rows=[{"id": 6, "sentence1": "Anna ruft", "sentence2": "NS", "label": 0}],
        classes={"label": ("0", "1")},
        examples=[pair("Anna ruft", "NS", 0, "6")],
        sequences=["<s> Anna ruft </s> </s> NS </s>"],
        target="different",
        lines=["0"],
    ),
    "pawsx_xtreme": Case(
        where="google/xtreme PAWS-X.de train",
        language="de",
        scored="accuracy, 50.00 by chance, after pawsx_xtreme",
        rows=[
            {"sentence1": "NS", "sentence2": "da", "label": "0"},
            {"sentence1": "Anna ruft Boris", "sentence2": "er wird gerufen", "label": "1"},
        ],
        examples=[pair("Anna ruft Boris", "er wird gerufen", 1, "1")],
        dropped={"placeholder of an untranslated sentence": 1},
        sequences=["<s> Anna ruft Boris </s> </s> er wird gerufen </s>"],
        target="paraphrase",
    ),
}
