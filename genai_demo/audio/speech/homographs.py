"""English words that are written alike and spoken differently, told apart by what stands around them.

Most are a noun in one sound and a verb in the other: the words beside them tell, and where those do not, a
part-of-speech tagger (``word_class``). Some have two senses of one class: the words of the sentence tell.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from genai_demo.audio.speech import english, homograph_words, word_class
from genai_demo.audio.speech import homograph_neighbours as beside
from genai_demo.audio.speech.english import Phones, phones
from genai_demo.audio.speech.homograph_words import words

_PAUSES = (",", ".", "?", "!", "")


@dataclass(frozen=True)
class _Place:
    """A word in its sentence."""

    tokens: tuple[str, ...]
    at: int

    def word(self, step: int = 0) -> str:
        """In small letters; "" beyond the sentence."""
        return self.tokens[self.at + step].lower() if 0 <= self.at + step < len(self.tokens) else ""

    def tag(self, step: int = 0) -> str:
        return self._tags[self.at + step] if 0 <= self.at + step < len(self.tokens) else ""

    @cached_property
    def _tags(self) -> tuple[str, ...]:
        return word_class.tags(self.tokens)

    @cached_property
    def before(self) -> str:
        return self.word(-1)

    @cached_property
    def after(self) -> str:
        return self.word(1)

    def near(self, words: Collection[str], reach: int = 100) -> bool:
        """Whether one of the words stands within so many places."""
        return any(self.word(i) in words for i in range(-reach, reach + 1) if i)

    def past_elsewhere(self) -> bool:
        return any(t in ("VVD", "VBD", "VDD", "VHD") for i, t in enumerate(self._tags) if i != self.at)

    def starts(self) -> bool:
        """Whether nothing but a pause, or a word that leads over, stands before."""
        return self.before in _PAUSES or (self.before in beside.FIRST_WORDS and self.before != "to")


def choose(tokens: tuple[str, ...], place: int) -> Phones | None:
    """The sounds of a word in its sentence where they depend on it, else None."""
    here = _Place(tokens, place)
    word = here.word()
    if word in ("the", "a"):
        return _weak(tokens[place], here)
    if word in _SPECIAL:
        return _SPECIAL[word](here)
    pair = homograph_words.noun_and_verb(word)
    return None if pair is None else pair[1] if _is_verb(here) else pair[0]


def _is_verb(here: _Place) -> bool:
    """Whether the word is a verb: the neighbours first, then the tagger, then a plural that must be its subject."""
    before, after, tag = here.before, here.after, here.tag()
    if here.word(-2 if before == "not" else -1) in beside.BE:  # is not perfect, isn't perfect
        return tag.startswith("VV") and before not in beside.BE
    if before in beside.MODALS or before.endswith("n't") or before in beside.SUBJECTS:
        return True
    if before == here.word():
        return False
    if before == "to":
        return tag.startswith("VV") or after in beside.OBJECTS or here.word(-2) in _PAUSES
    if before in beside.THIRD and here.word().endswith("s"):
        return True
    if before in ("her", "him", "them", "me", "us", "it") and here.word(-2) in beside.LET:
        return True
    if before in beside.DETERMINERS and not (before in ("this", "that", "these", "those") and tag.startswith("VV")):
        return False
    if here.starts() and after in beside.OBJECTS:
        return True
    if here.starts() and here.tag(1).startswith("NN") and _is_finite(here.tag(2)):  # Refuse collection is ...
        return False
    if tag.startswith("VV"):
        return True
    return tag.startswith(("NN", "AJ")) and _after_subject(here)


def _is_finite(tag: str) -> bool:
    return re.match("V.[BDZ0]", tag) is not None


def _after_subject(here: _Place) -> bool:
    """Whether a noun before must be the subject of this word, as no other verb stands there.

    "Metals contract in the cold", "The camera records sound".
    """
    subjects = ("NN1", "NP0") if here.word().endswith("s") else ("NN2", "NN0")
    if here.tag(-1) not in subjects or here.before in beside.COMPOUNDS:
        return False
    if here.word().endswith("s"):
        return here.after not in _PAUSES and not any(_is_finite(here.tag(i)) for i in range(-here.at, 100))
    if here.tag(1).startswith(("VV", "VB", "VH", "VM", "VD", "NN")):
        return False
    return not any(_is_finite(here.tag(-i)) for i in range(1, here.at + 1))


def _either(first: str, second: str, is_first: Callable[[_Place], bool]) -> Callable[[_Place], Phones | None]:
    """A rule that chooses between two sounds."""
    return lambda here: phones(first if is_first(here) else second)


def _read_past(here: _Place) -> bool:
    before, tag = here.before, here.tag()
    if before in beside.MODALS or before.endswith(("n't", "'ll")) or before == "to":
        return False
    if before in beside.HAVE or before in beside.BE or tag == "VVN":
        return True
    if before in _PAUSES or tag in ("VVI", "NN1") or before in ("a", "good", "great", "quick", "and", "please"):
        return tag in ("VVN", "VVD") and before == "and" and here.past_elsewhere()
    subject = -1 if not here.tag(-1).startswith("AV") else -2
    if here.word(subject) in beside.THIRD or here.tag(subject) in ("NN1", "NP0", "PNI"):
        return True
    if here.near(beside.OFTEN):
        return False
    return here.near(beside.ONCE) or here.past_elsewhere() or here.after in beside.DETERMINERS


def _used(here: _Place) -> Phones:
    """Used to do, or accustomed: with an S; where somebody makes use of a thing, with a Z."""
    if here.after == "to":
        passive = here.before in beside.BE or here.tag(-1).startswith("VB") or here.tag() == "VVN"
        does = here.tag(2) in ("VVI", "VVB", "VBI", "VHI", "VDI")
        if does != passive:  # "he used to walk", "I am used to it"
            return phones("Y UW1 S T")
    return phones("Y UW1 Z D")


def _use(here: _Place) -> Phones:
    noun, verb = phones("Y UW1 S"), phones("Y UW1 Z")
    asked = here.before.startswith("did") or here.word(-2).startswith("did")
    accustomed = here.after == "to" and asked  # "did you use to", "didn't use to"
    return verb if _is_verb(here) and not accustomed else noun


def _is_live_verb(here: _Place) -> bool:
    if here.before in beside.MODALS or here.before in beside.SUBJECTS or here.before.endswith("n't"):
        return True
    if (
        here.before in beside.DETERMINERS
        or here.tag(1) in ("NN1", "NN2")
        or here.before in ("go", "goes", "going", "went")
    ):
        return False
    if here.tag(-1) in ("VVD", "VVN", "VVG"):  # played live
        return False
    if here.tag(-1) in ("NN2", "NN0") or here.before in ("to", "that", "people", "both", "all", "still"):
        return True
    return here.tag().startswith("VV") and here.tag(-1) not in ("NN1", "PNP", "NP0") and here.before not in beside.BE


def _is_lead_metal(here: _Place) -> bool:
    if _is_verb(here) or here.after in ("singer", "guitar", "guitarist", "actor", "role", "author", "time", "times"):
        return False
    contained = here.before in ("of", "contain", "contains", "containing") and not here.tag(1).startswith("NN")
    levels = ("free", "poisoning", "levels", "exposure", "contamination", "dust", "weights", "crystal", "shot")
    return contained or here.after in levels or here.near(homograph_words.METAL, 3)


def _is_rip(here: _Place) -> bool:
    if _is_verb(here) or here.before in ("and", "wear") or here.near(homograph_words.CLOTH, 5):
        return here.after != "gas" and not here.near(("eye", "eyes", "cheek", "cheeks", "shed", "cried"))
    return here.word() == "tear" and here.after == "in" and not here.near(("eye", "eyes"))


def _is_bend(here: _Place) -> bool:
    if here.near(homograph_words.WEAPON, 4):
        return False
    aboard = here.before == "the" and here.word(-2) in ("in", "at")  # of a ship; a ribbon is tied in a bow
    return aboard or _is_verb(here) or here.near(homograph_words.BENT, 6)


def _is_open(here: _Place) -> bool:
    """Whether close is what one does to a door, not where one is."""
    if here.before in beside.SUBJECTS and here.after not in ("to", "enough", "friends", "by", "together"):
        return True
    if here.after in beside.CLOSE_TO:
        return here.before in beside.MODALS or (here.before == "to" and here.after != "to")
    if here.before in beside.HOW_CLOSE:
        return False
    if (here.starts() and here.after in beside.OBJECTS) or here.tag().startswith("NN"):
        return True
    return _is_verb(here)


def _is_satisfied(here: _Place) -> bool:
    if here.tag() == "AJ0" or here.after in ("with", "himself", "herself", "themselves", "yourself", "myself"):
        return here.before not in beside.DETERMINERS
    return here.before in beside.FEEL and not here.tag(1).startswith("NN")


def _is_tiny(here: _Place) -> bool:
    if here.after in homograph_words.TINY:
        return here.tag(-1) != "CRD"
    if here.before == "a" and here.tag(1) in ("NN1", "NN2"):
        return here.after not in ("hand", "steak", "book", "walk", "read")
    alone = here.before in beside.BE and here.after in _PAUSES
    return alone or here.before in ("very", "extremely", "incredibly", "most", "so")


def _is_wounded(here: _Place) -> bool:
    """Whether wound is what was wound, not a wound."""
    if here.before in beside.DETERMINERS or here.before in beside.MODALS or here.before == "to":
        return False
    return here.tag() in ("VVD", "VVN") or here.after in ("up", "around", "down", "round")


def _is_polish_people(here: _Place) -> bool:
    return here.tokens[here.at][0].isupper() and not (here.starts() and here.after in beside.OBJECTS)


def _is_who(here: _Place) -> bool:
    asks = words("is are was were did do does would will can could has have am cares knows wants else let made")
    return here.tokens[here.at] != "WHO" or (here.before in _PAUSES and here.after in asks)


def _who(here: _Place) -> Phones | None:
    return phones("HH UW1") if _is_who(here) else None


def _am(here: _Place) -> Phones | None:
    return phones("AE1 M") if here.before == "i" or here.tokens[here.at] != "AM" else None


def _does(here: _Place) -> Phones | None:
    many = here.before in ("the", "two", "three", "several", "many", "female", "wild", "bucks")
    return phones("D OW1 Z") if many and here.tag() == "NN2" else None


def _is_dived(here: _Place) -> bool:
    into = here.after in ("into", "in", "off", "under", "down", "headfirst", "deep", "from", "right", "straight", "for")
    return here.tag() == "VVD" or (into and here.before not in beside.DETERMINERS and here.tag(-1) != "AJ0")


def _has_syllable(things: str) -> Callable[[_Place], bool]:
    """Adjectives in -ed with a syllable of their own before some nouns: a learned man, an aged body."""
    return lambda here: here.tag() == "AJ0" and here.after in words(things)


def _is_town(here: _Place) -> bool:
    return here.tokens[here.at][0] == "R" and here.before in ("in", "to", "from", "near", "of", "at") and here.at > 1


_SPECIAL: dict[str, Callable[[_Place], Phones | None]] = {
    "read": _either("R EH1 D", "R IY1 D", _read_past),
    "used": _used,
    "use": _use,
    "live": _either("L IH1 V", "L AY1 V", _is_live_verb),
    "lead": _either("L EH1 D", "L IY1 D", _is_lead_metal),
    "tear": _either("T EH1 R", "T IH1 R", _is_rip),
    "tears": _either("T EH1 R Z", "T IH1 R Z", _is_rip),
    "bow": _either("B AW1", "B OW1", _is_bend),
    "bows": _either("B AW1 Z", "B OW1 Z", _is_bend),
    "bass": _either("B AE1 S", "B EY1 S", lambda here: here.near(homograph_words.FISH)),
    "row": _either("R AW1", "R OW1", lambda here: not _is_verb(here) and _quarrels(here)),
    "rows": _either("R AW1 Z", "R OW1 Z", lambda here: not _is_verb(here) and _quarrels(here)),
    "sewer": _either("S OW1 ER0", "S UW1 ER0", lambda here: here.near(homograph_words.NEEDLE, 5)),
    "close": _either("K L OW1 Z", "K L OW1 S", _is_open),
    "content": _either("K AH0 N T EH1 N T", "K AA1 N T EH0 N T", _is_satisfied),
    "minute": _either("M AY0 N UW1 T", "M IH1 N AH0 T", _is_tiny),
    "wound": _either("W AW1 N D", "W UW1 N D", _is_wounded),
    "dove": _either("D OW1 V", "D AH1 V", _is_dived),
    "does": _does,
    "who": _who,
    "am": _am,
    "polish": _either("P OW1 L IH0 SH", "P AA1 L IH0 SH", _is_polish_people),
    "invalid": _either("IH1 N V AH0 L AH0 D", "IH2 N V AE1 L AH0 D", lambda here: here.tag() == "NN1"),
    "moped": _either("M OW1 P T", "M OW1 P EH2 D", lambda here: here.tag() in ("VVD", "VVN")),
    "number": _either("N AH1 M ER0", "N AH1 M B ER0", lambda here: here.after == "than" and here.tag(-1) != "AT0"),
    "learned": _either("L ER1 N IH0 D", "L ER1 N D", _has_syllable(
        "man men professor scholar scholars society judge counsel people person gentleman woman friend")),
    "blessed": _either("B L EH1 S IH0 D", "B L EH1 S T", _has_syllable(
        "day mother virgin event sacrament life relief memory place be trinity")),
    "aged": _either("EY1 JH IH0 D", "EY1 JH D", _has_syllable(
        "man woman people body mother father parents couple care gentleman lady king aunt uncle face hands")),
    "reading": _either("R EH1 D IH0 NG", "R IY1 D IH0 NG", _is_town),
}  # fmt: skip


def _quarrels(here: _Place) -> bool:
    told = here.near(homograph_words.QUARREL, 3) and here.word(1) not in ("of", "boat")
    return told or here.after in ("over", "about", "erupted", "broke", "between")


def _weak(written: str, here: _Place) -> Phones | None:
    """Articles before vowels; a capital A within a sentence is the letter, but for titles."""
    after = here.tokens[here.at + 1] if here.at + 1 < len(here.tokens) else ""
    if here.word() == "the":
        sounds = english.english_word(after) if after[:1].isascii() and after[:1].isalpha() else ()
        return phones("DH IY0" if sounds and sounds[0][0] in english.VOWELS else "DH AH0")
    word_follows = re.match(r"[A-Za-z]", after) is not None and len(after) > 1
    article = written == "a" or (word_follows and (here.before in _PAUSES or after[0].isupper()))
    return phones("AH0" if article else "EY1")
