"""English words that are written alike and spoken differently, told apart by a word or two around them.

A handful of rules for the commonest: they know no grammar, and are wrong where a sentence is unusual.
"""

import re

from genai_demo.audio.speech import english
from genai_demo.audio.speech.english import Phones, phones

_DETERMINER = "a|an|the|this|that|these|those|my|your|his|her|its|our|their|no|any|some|each|every|one|new|old|of|in"
_TO_VERB = (
    "to|will|would|can|could|may|might|must|shall|should|do|does|did|not|n't|i|you|we|they|who|please|let|lets|and"
)
_HAVE = "have|has|had|having|been|was|were|be|is|are|already|never|ever|just|i've|you've|we've|they've|he'd|she'd"

_NOUN_OR_VERB = {
    "record": ("R EH1 K ER0 D", "R IH0 K AO1 R D"), "records": ("R EH1 K ER0 D Z", "R IH0 K AO1 R D Z"),
    "present": ("P R EH1 Z AH0 N T", "P R IY0 Z EH1 N T"), "object": ("AA1 B JH EH0 K T", "AH0 B JH EH1 K T"),
    "project": ("P R AA1 JH EH0 K T", "P R AH0 JH EH1 K T"), "produce": ("P R OW1 D UW0 S", "P R AH0 D UW1 S"),
    "conduct": ("K AA1 N D AH0 K T", "K AH0 N D AH1 K T"), "contract": ("K AA1 N T R AE2 K T", "K AH0 N T R AE1 K T"),
    "conflict": ("K AA1 N F L IH0 K T", "K AH0 N F L IH1 K T"), "permit": ("P ER1 M IH2 T", "P ER0 M IH1 T"),
    "increase": ("IH1 N K R IY2 S", "IH0 N K R IY1 S"), "decrease": ("D IY1 K R IY2 S", "D IH0 K R IY1 S"),
    "import": ("IH1 M P AO2 R T", "IH0 M P AO1 R T"), "export": ("EH1 K S P AO0 R T", "IH0 K S P AO1 R T"),
    "protest": ("P R OW1 T EH2 S T", "P R AH0 T EH1 S T"), "rebel": ("R EH1 B AH0 L", "R IH0 B EH1 L"),
    "subject": ("S AH1 B JH IH0 K T", "S AH0 B JH EH1 K T"), "suspect": ("S AH1 S P EH2 K T", "S AH0 S P EH1 K T"),
    "refuse": ("R EH1 F Y UW2 S", "R AH0 F Y UW1 Z"), "desert": ("D EH1 Z ER0 T", "D IH0 Z ER1 T"),
    "use": ("Y UW1 S", "Y UW1 Z"), "excuse": ("IH0 K S K Y UW1 S", "IH0 K S K Y UW1 Z"),
    "house": ("HH AW1 S", "HH AW1 Z"), "abuse": ("AH0 B Y UW1 S", "AH0 B Y UW1 Z"),
    "estimate": ("EH1 S T AH0 M AH0 T", "EH1 S T AH0 M EY2 T"), "separate": ("S EH1 P ER0 IH0 T", "S EH1 P ER0 EY2 T"),
    "graduate": ("G R AE1 JH AH0 W AH0 T", "G R AE1 JH AH0 W EY2 T"), "tears": ("T IH1 R Z", "T EH1 R Z"),
    "tear": ("T IH1 R", "T EH1 R"), "lives": ("L AY1 V Z", "L IH1 V Z"), "wind": ("W IH1 N D", "W AY1 N D"),
}  # fmt: skip
"""As a noun (or adjective) and as a verb; a noun where nothing around it says otherwise, but for ...

(see _USUALLY_VERBS)."""
_USUALLY_VERBS = frozenset(("produce", "refuse", "use", "excuse", "lives", "separate", "increase"))


def choose(tokens: list[str], place: int) -> Phones | None:
    """The sounds of a word in its sentence where they depend on it, else None."""
    word = tokens[place].lower()
    before = tokens[place - 1].lower() if place else ""
    after = tokens[place + 1].lower() if place + 1 < len(tokens) else ""
    if word in ("the", "a", "to"):
        return _weak(tokens[place], word, after)
    if word in _NOUN_OR_VERB:
        noun, verb = _NOUN_OR_VERB[word]
        if _is(before, _TO_VERB) and not (word == "house" and before == "and"):
            return phones(verb)
        if _is(before, _DETERMINER):
            return phones(noun)
        return phones(verb if word in _USUALLY_VERBS else noun)
    if word == "read":
        return phones("R EH1 D" if _is(before, _HAVE) or before in ("he", "she", "it") else "R IY1 D")
    if word == "live":
        is_verb = _is(before, _TO_VERB) or _is(after, "in|on|with|at|there|here|near|longer|by|under|to|together")
        return phones("L IH1 V" if is_verb and after not in ("music", "show", "broadcast") else "L AY1 V")
    if word == "lead":
        metal = before in ("of", "heavy", "molten") or after in (
            "pipe",
            "pipes",
            "paint",
            "poisoning",
            "pencil",
            "bullet",
        )
        return phones("L EH1 D" if metal else "L IY1 D")
    if word == "close":
        adverb = after in ("to", "by", "enough", "friend", "friends", "together", "range") or before in (
            "so",
            "very",
            "too",
        )
        return phones("K L OW1 S" if adverb else "K L OW1 Z")
    if word == "minute" and before in ("a", "the", "one", "this", "any", "every", "per", "last", ""):
        return phones("M IH1 N AH0 T")
    return None


def _is(word: str, words: str) -> bool:
    return re.fullmatch(words, word) is not None


def _weak(written: str, word: str, after: str) -> Phones | None:
    """Articles before vowels; a capital A between words is the letter."""
    if word == "the":
        sounds = english.english_word(after) if after[:1].isascii() and after[:1].isalpha() else ()
        return phones("DH IY0" if sounds and sounds[0][0] in english.VOWELS else "DH AH0")
    if word == "a" and (written == "a" or (after[:1].isalpha() and after[:1].isascii() and len(after) > 1)):
        return phones("AH0")
    return phones("EY1") if word == "a" else None
