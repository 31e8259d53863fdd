"""Rows of tagging tasks."""

from tests.tasks.rows import IOB, UPOS, Case

WORDS = ["Anna", "besucht", "die", "Universität", "Wien"]
NAMES = [1, 0, 0, 3, 4]  # as the Hub numbers them
NAMED = ["B-PER", "O", "O", "B-ORG", "I-ORG"]
PARTS = [11, 15, 5, 7, 11]
SPOKEN = ["PROPN", "VERB", "DET", "NOUN", "PROPN"]
SENTENCE = "<s> Anna besucht die Universität Wien </s>"
# A fused word and its two components; the numbers are those of the repository.
POLISH = {"tokens": ["byłem", "był", "em", "tu"], "upos": [13, 16, 17, 14], "lemmas": list("abcd")}
UD_27 = (
    "NOUN", "PUNCT", "ADP", "NUM", "SYM", "SCONJ", "ADJ", "PART", "DET", "CCONJ", "PROPN", "PRON",
    "X", "_", "ADV", "INTJ", "VERB", "AUX",
)  # fmt: skip


def tagged(tokens: list[str], tags: list, name: str = "0") -> dict:
    return {"id": name, "tokens": tokens, "tags": tags}


def entities(where: str, folder: str, language: str = "de", split: str = "train") -> Case:
    return Case(
        where=where,
        scored=f"span_f1, after panx, as {folder}",
        language=language,
        split=split,
        rows=[{"tokens": WORDS, "ner_tags": NAMES, "langs": ["de"] * 5, "spans": ["PER: Anna"]}],
        classes={"ner_tags": IOB},
        examples=[tagged(WORDS, NAMES)],
        sequences=[SENTENCE],
        target=NAMED,
        lines=[*NAMED, ""],
    )


CASES = {
    "panx": entities("google/xtreme PAN-X.de train", "panx"),
    "panx_r": entities("unimelb-nlp/wikiann ro test", "xtreme-r/panx", "ro", "test"),
    "udpos": Case(
        where="google/xtreme udpos.German test",
        scored="span_f1 accuracy, after udpos, as udpos",
        language="de",
        split="test",
        rows=[{"tokens": WORDS, "pos_tags": PARTS}],
        classes={"pos_tags": UPOS},
        examples=[tagged(WORDS, PARTS)],
        sequences=[SENTENCE],
        target=SPOKEN,
        lines=[*SPOKEN, ""],
    ),
    "udpos_pud": Case(
        where="local/ud_pud de test",
        scored="span_f1 accuracy, after udpos",
        language="de",
        split="test",
        rows=[{"sent_id": "n01", "text": "Anna", "tokens": WORDS, "upos": SPOKEN}],
        examples=[tagged(WORDS, PARTS, "n01")],
        sequences=[SENTENCE],
        target=SPOKEN,
        lines=[*SPOKEN, ""],
    ),
    "udpos_27": Case(
        where="universal-dependencies/universal_dependencies pl_lfg+pl_pdb+pl_pud train",
        scored="span_f1 accuracy, after udpos",
        language="pl",
        rows=[POLISH],
        classes={"upos": UD_27},
        examples=[tagged(["był", "em", "tu"], [15, 3, 2])],
        sequences=["<s> był em tu </s>"],
        target=["VERB", "AUX", "ADV"],
    ),
    "udpos_r": Case(
        where="google/xtreme udpos.German train",
        scored="span_f1 accuracy, after udpos, as xtreme-r/udpos",
        language="de",
        rows={"udpos": [{"tokens": WORDS, "pos_tags": PARTS}]},
        classes={"pos_tags": UPOS},
        examples=[tagged(WORDS, PARTS)],
        sequences=[SENTENCE],
        target=SPOKEN,
        lines=[*SPOKEN, ""],
    ),
    "udpos_r/a language of XTREME-R": Case(
        where="universal-dependencies/universal_dependencies uk_iu test",
        scored="span_f1 accuracy, after udpos, as xtreme-r/udpos",
        language="uk",
        split="test",
        rows={"udpos_27": [{"tokens": ["кіт", "_", "спить"], "upos": [0, 13, 16]}]},
        classes={"upos": UD_27},
        examples=[tagged(["кіт", "спить"], [7, 15])],
        sequences=["<s> кіт спить </s>"],
        target=["NOUN", "VERB"],
        lines=["NOUN", "VERB", ""],
    ),
    "ccg": Case(
        where="local/ccgbank default train",
        scored="accuracy",
        rows=[
            {"id": "wsj_1.1", "tokens": ["the", "cook"], "supertags": ["NP/N", "N"]},
            {"id": "wsj_1.2", "tokens": ["cooks"], "supertags": ["N"]},
        ],
        examples=[
            tagged(["the", "cook"], ["NP/N", "N"], "wsj_1.1"),
            tagged(["cooks"], ["N"], "wsj_1.2"),
        ],
        sequences=["<s> the cook </s>"],
        target=["NP/N", "N"],
    ),
}
