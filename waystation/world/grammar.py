"""Languages that say the same meanings: a grammar whose choices are knobs.

A sentence is a list of `Word`s with their gold structure: part of speech, supertag, the part of the
meaning that they say, the entity that they belong to. A word is one token for tagging; its endings,
if any, follow hyphens.
"""

import dataclasses
import random
from typing import NamedTuple, cast

from waystation.base.errors import UserError
from waystation.params.schema import LanguageKnobs
from waystation.world import lexicon, meanings
from waystation.world.lexicon import CONTENT
from waystation.world.meanings import Event, State

ALLOWED = {
    "order": ("svo", "sov", "vso"),
    "adjective": ("before", "after"),
    "adposition": ("before", "after"),
    "tense": ("suffix", "particle", "none"),
    "question": ("front", "in_situ"),
    "script": tuple(lexicon.SCRIPTS),
}
ASKING = {
    "agent": "who", "thing": "what", "place": "where", "time": "when", "number": "how-many",
    "reason": "why",
}  # fmt: skip
# Part of speech and CCG category of the question word for each part; an adverb's where not named.
WH = {
    "agent": ("PRON", r"S[wq]/(S[dcl]\NP)"),
    "thing": ("PRON", "S[wq]/(S[q]/NP)"),
    "number": ("DET", "(S[wq]/(S[q]/NP))/N"),
}
WH_ADVERB = ("ADV", "S[wq]/S[q]")
GROUP_OF = {concept: group for group in CONTENT.values() for concept in group}


class Word(NamedTuple):
    form: str
    concept: str  # what the word says, the same in all languages
    pos: str  # universal part of speech
    category: str  # CCG category, as English has it
    part: str = ""  # agent, verb, thing, quality, number, place, time: for answer spans
    entity: str = "O"  # PER, LOC, ORG, or O


class Language:
    """One language: its lexicon and its grammar."""

    def __init__(self, code: str, rank: int, knobs: LanguageKnobs, seed: int):
        for name, allowed in ALLOWED.items():
            if (value := getattr(knobs, name)) not in allowed:
                raise UserError(
                    f"world.languages.{code}.{name} is {value!r}; allowed: {', '.join(allowed)}"
                )
        self.code, self.knobs = code, knobs
        self.forms = lexicon.build(rank, code, knobs, seed)

    def form(self, concept: str, *endings: str) -> str:
        return self.forms[concept] + "".join("-" + self.forms[f"-{name}"] for name in endings)

    def statement(self, event: Event, fronted: str = "", after: str = "") -> list[Word]:
        """`then the farmer wash-ed the horse in the barn yesterday .`

        `fronted` names a modifier (place or time) that is said first; `after` is a connective.
        """
        first = [self._connective(after)] if after else []
        return [*first, *self._clause(event, fronted=fronted), self._mark(".")]

    def explained(self, event: Event, cause: State) -> list[Word]:
        """`Anna wash-ed the horse because the horse be old .`"""
        because = self._connective("because")
        return [*self._clause(event), because, *self._state(cause), self._mark(".")]

    def state(self, state: State) -> list[Word]:
        """`the horse be old .`"""
        return [*self._state(state), self._mark(".")]

    def title(self, name: str, person: str) -> list[Word]:
        """`Anna be the baker .`"""
        subject, noun = self._noun(name, "agent"), self._noun(person, "thing")
        return [*self._copula(subject, noun, "NP"), self._mark(".")]

    def question(self, event: Event, asked: str) -> list[Word]:
        """Ask for one part of an event: `what did Anna wash in the barn ?`

        The question word stands first or where its answer would; with an auxiliary `did` follows
        it, or what says the future, and the verb is bare.
        """
        word = "whom" if asked == "thing" and is_animate(event.thing) else ASKING[asked]
        who = Word(self.form(word), word, *WH.get(asked, WH_ADVERB), "wh")
        if asked == "number":
            bare = event.but(number=None, quality=None)
            phrase = [who, *self._thing(bare, several=True, article=False)]
        else:
            phrase = [who]
        slot = "thing" if asked == "number" else asked
        if self.knobs.question == "in_situ" and slot != "reason":
            return [*self._clause(event, put=(slot, phrase)), self._mark("?")]
        helped = self.knobs.auxiliary and asked != "agent"
        helper = "will" if event.tense == "future" and self.knobs.tense != "none" else "did"
        first = [Word(self.form(helper), helper, "AUX", r"(S[q]/(S[b]\NP))/NP")] if helped else []
        return [*phrase, *first, *self._clause(event, put=(slot, []), bare=helped), self._mark("?")]

    def _clause(
        self,
        event: Event,
        put: tuple[str, list[Word]] = ("", []),
        fronted: str = "",
        bare: bool = False,
    ) -> list[Word]:
        said = {
            "agent": self._agent(event),
            "thing": self._thing(event, several=event.number is not None),
            "place": self._place(event, fronted == "place") if event.place else [],
            "time": self._time(event, fronted == "time") if event.time else [],
            "verb": self._verb(event, bare),
        }
        said |= {put[0]: put[1]} if put[0] in said else {}
        orders = {
            "svo": ("agent", "verb", "thing", "place", "time"),
            "sov": ("agent", "time", "place", "thing", "verb"),
            "vso": ("verb", "agent", "thing", "place", "time"),
        }
        order = [fronted] if fronted else []
        order += [part for part in orders[self.knobs.order] if part != fronted]
        return [word for part in order for word in said[part]]

    def _verb(self, event: Event, bare: bool) -> list[Word]:
        endings, before = [], []
        if not bare and self.knobs.tense == "suffix" and event.tense == "past":
            endings.append("past")
        elif not bare and self.knobs.tense == "particle" and event.tense == "past":
            before.append(self._auxiliary("before-now"))
        if self.knobs.tense != "none" and event.tense == "future" and not bare:
            before.append(self._auxiliary("will"))
        if self.knobs.agreement and event.plural:
            endings.append("many")
        phrase = r"S[b]\NP" if bare or before else r"S[dcl]\NP"
        if event.negated:
            before.append(Word(self.form("not"), "not", "PART", f"({phrase})/({phrase})"))
        form = self.form(event.verb, *endings)
        return [*before, Word(form, event.verb, "VERB", f"({phrase})/NP", "verb")]

    def _auxiliary(self, concept: str) -> Word:
        return Word(self.form(concept), concept, "AUX", r"(S[dcl]\NP)/(S[b]\NP)")

    def _agent(self, event: Event) -> list[Word]:
        return self._noun(event.agent, "agent", several=event.plural)

    def _thing(self, event: Event, several: bool, article: bool = True) -> list[Word]:
        noun = self._noun(event.thing, "thing", several, case=self.knobs.case, article=False)
        if event.quality is not None:
            after = self.knobs.adjective == "after"
            quality = Word(self.form(event.quality), event.quality, "ADJ", "N/N", "quality")
            noun = [*noun, quality] if after else [quality, *noun]
        if event.number is not None:
            number = Word(self.form(event.number), "number", "NUM", "NP/N", "number")
            return [number, *noun]
        named = event.thing in meanings.NAMES
        return noun if several or named or not article else [*self._article("thing"), *noun]

    def _noun(
        self, concept: str, part: str, several: bool = False, case: bool = False,
        article: bool = True,
    ) -> list[Word]:  # fmt: skip
        """A noun phrase: a name, a company, or article and noun."""
        endings = ["plural"] if several and self.knobs.plural else []
        endings += ["object"] if case else []
        if concept in meanings.NAMES:
            return [Word(self.form(concept, *endings), concept, "PROPN", "NP", part, "PER")]
        name, company, _ = concept.partition(" company")
        if company:
            words = [
                Word(self.form(name), name, "PROPN", "N/N", part, "ORG"),
                Word(self.form("company"), "company", "NOUN", "N", part, "ORG"),
            ]
        else:
            words = [Word(self.form(concept, *endings), concept, "NOUN", "N", part)]
        return [*self._article(part), *words] if article and not several else words

    def _place(self, event: Event, first: bool) -> list[Word]:
        where = Word(self.form("in"), "in", "ADP", f"({_modifier(first)})/NP")
        phrase = self._noun(cast(str, event.place), "place")
        phrase = [word._replace(entity="LOC") if word.entity == "PER" else word for word in phrase]
        return [where, *phrase] if self.knobs.adposition == "before" else [*phrase, where]

    def _time(self, event: Event, first: bool) -> list[Word]:
        time = cast(str, event.time)
        return [Word(self.form(time), time, "ADV", _modifier(first), "time")]

    def _state(self, state: State) -> list[Word]:
        quality = [Word(self.form(state.quality), state.quality, "ADJ", "S[adj]\\NP", "quality")]
        return self._copula(self._noun(state.thing, "thing"), quality, r"(S[adj]\NP)")

    def _copula(self, subject: list[Word], predicate: list[Word], taken: str) -> list[Word]:
        """`taken` is the predicate's category."""
        be = Word(self.form("be"), "be", "AUX", rf"(S[dcl]\NP)/{taken}", "verb")
        orders = {
            "svo": [*subject, be, *predicate],
            "sov": [*subject, *predicate, be],
            "vso": [be, *subject, *predicate],
        }
        return orders[self.knobs.order]

    def _article(self, part: str) -> list[Word]:
        if not self.knobs.articles:
            return []
        return [Word(self.form("the"), "the", "DET", "NP/N", part)]

    def _connective(self, concept: str) -> Word:
        if concept == "because":
            return Word(self.form(concept), concept, "SCONJ", f"({_modifier(False)})/S[dcl]")
        return Word(self.form(concept), concept, "ADV", _modifier(True))

    def _mark(self, mark: str) -> Word:
        return Word(mark, mark, "PUNCT", ".")


class MachineTranslation(Language):
    """A language as a machine writes it: some content words are others of their kind."""

    def __init__(self, language: Language, rate: float, seed: str):
        self.code, self.knobs, self.forms = language.code, language.knobs, language.forms
        self.rate, self.draw = rate, random.Random(seed)

    def form(self, concept: str, *endings: str) -> str:
        if concept in GROUP_OF and self.draw.random() < self.rate:
            concept = self.draw.choice(GROUP_OF[concept])
        return super().form(concept, *endings)


def _modifier(first: bool) -> str:
    """The category of what modifies a sentence, said before it, or its verb phrase, after it."""
    return "S/S" if first else r"(S\NP)\(S\NP)"


def is_animate(concept: str) -> bool:
    return concept in meanings.NAMES or concept in CONTENT["animate"]


def build(world_knobs: dict[str, LanguageKnobs], seed: int) -> dict[str, Language]:
    """All languages of a world, English first."""
    if "en" not in world_knobs:
        raise UserError("world.languages has no 'en': English is the source language")
    return {
        code: Language(code, rank, knobs, seed)
        for rank, (code, knobs) in enumerate(world_knobs.items())
    }


def least_marked(english: Language, seed: int) -> Language:
    """English words without the marks and the words that a language may lack.

    Two meanings that some language says alike, because it marks neither plural nor tense, say, are
    said alike in this one; which meanings those are does not depend on the world's languages.
    """
    knobs = dataclasses.replace(
        english.knobs,
        articles=False,
        plural=False,
        case=False,
        agreement=False,
        tense="none",
        question="in_situ",
        auxiliary=False,
    )
    return build({"en": knobs}, seed)["en"]


def text(words: list[Word]) -> str:
    """Words with a blank between them, the full stop too: offsets stay easy to read."""
    return " ".join(word.form for word in words)
