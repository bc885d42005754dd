"""What speaks against a sentence as the next one of a text, by rules that anybody can follow.

Who is a she may not become a he; a text that has a hero does not bring new names in every sentence, nor name the hero a
second time; quotation marks and brackets close; a sentence ends with an end sign; what was said is not said again.
The rules know nothing of meaning and miss much. They need only be right more often than wrong: they choose among
several sentences, and forbid none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

SHE, HE = "she", "he"
PRONOUNS = {
    "en": {SHE: re.compile(r"\b(?:she|her|hers|herself)\b", re.I), HE: re.compile(r"\b(?:he|his|him|himself)\b", re.I)},
    "zh": {SHE: re.compile("她(?!们)"), HE: re.compile("(?<![其吉])他(?![们人乡日])")},
}
NOUNS = {
    "en": {
        SHE: r"girl|woman|lady|mother|mom|mum|mommy|mummy|grandma|grandmother|sister|aunt|daughter|wife|queen|princess",
        HE: r"boy|man|gentleman|father|dad|daddy|grandpa|grandfather|brother|uncle|son|husband|king|prince",
    },
    "zh": {
        SHE: "女孩|姑娘|女人|妈妈|母亲|奶奶|外婆|姐姐|妹妹|阿姨|女儿|妻子|王后|公主|女王|女士|小姐",
        HE: "男孩|小伙子|男人|爸爸|父亲|爷爷|外公|哥哥|弟弟|叔叔|儿子|丈夫|国王|王子|先生",
    },
}
NO_NAMES = frozenset(
    re.findall(
        r"\S+",
        "I I'm I'll I'd I've Mr Mrs Miss Ms Dr Sir Monday Tuesday Wednesday Thursday Friday Saturday Sunday January "
        "February March April May June July August September October November December Christmas English Chinese God "
        "Oh Yes No Mom Mommy Mum Mummy Dad Daddy Mama Papa Grandma Grandpa Mother Father Queen King Prince Princess "
        "Lady Lord",
    )
)
"""Capitalised words that name nobody."""
ENGLISH_NAME = re.compile(r"(?<![.!?:\"“”\n])(?<![.!?:][\"”]) (?!the |The )([A-Z][a-z]{2,}(?: [A-Z][a-z]+)*)\b")
"""A capitalised word in mid-sentence, and only one of them: what has several is a place or a firm."""
ENGLISH_NAMED = re.compile(r"\b(?:named|called|name was|name is|name's) ([A-Z][a-z]{2,})")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
CHINESE_NAME = re.compile(
    rf"(?:名叫|叫做|名字叫|名字是|叫作|叫)([\u4e00-\u9fff]{{2,3}})(?=[，。！的、；”])|([老小阿][{SURNAMES}明红华丽强刚兰芳])"
    rf"|(?<![\u4e00-\u9fff])([{SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=说|道|问|想|笑|走|听|看)"
)
"""After "is called"; old Wang, little Ming; a surname with one or two characters before what people do."""
END = {"en": re.compile(r"[.!?…][\"”'’)\]]*\s*$"), "zh": re.compile(r"[。！？…][”’」』）\"]*\s*$")}
PAIRS = (("“", "”"), ("(", ")"), ("（", "）"), ("「", "」"), ("《", "》"), ("[", "]"))
DOUBLED = re.compile(r"[，、；：。][，、；：。]|[,;:.][,;:]|\ufffd| [,.;:!?](?!\.)")
RUN = 4
"""Tokens of a run that counts as said before."""


@dataclass
class People:
    """Who is in a text, as far as rules can see."""

    language: str
    names: dict[str, str] = field(default_factory=dict)
    """Names with what they are: SHE, HE, or "" where nothing says it."""
    genders: set[str] = field(default_factory=set)
    """Of all that the text has mentioned."""
    recent: set[str] = field(default_factory=set)
    """Of those in its last sentence."""

    def read(self, text: str) -> tuple[int, int]:
        """Take in sentence after sentence. Returns how often a gender was contradicted, and how many names are new.

        A name that stands alone in its sentence with pronouns of one gender has that gender from there on. Pronouns of
        a sentence without a name need somebody of that gender in the text, or a name that may be.
        """
        contradictions = new = 0
        for sentence in re.findall(r"[^.!?。！？\n]+[.!?。！？\n]*", text):
            found, genders = self._names(sentence), self._genders(sentence)
            for name in found:
                new += name not in self.names
                self.names.setdefault(name, "")
            spoken = {g for g, words in PRONOUNS[self.language].items() if words.search(_unquoted(sentence))}
            contradictions += self._contradicts(sentence, found, genders, spoken)
            here = spoken or genders
            if len(found) == 1 and len(genders | spoken) == 1:
                self.names[found[0]] = self.names[found[0]] or next(iter(here))
            elif not found and len(spoken) == 1 and not spoken & self.genders:
                unknown = [name for name, gender in self.names.items() if not gender]
                self.names |= {name: next(iter(spoken)) for name in unknown if len(unknown) == 1}
            self.recent = genders | spoken | {self.names[name] for name in found}
            self.genders |= genders | spoken
        return contradictions, new

    def _contradicts(self, sentence: str, found: list[str], genders: set[str], spoken: set[str]) -> bool:
        """Whether the pronouns of a sentence fit nobody."""
        if len(spoken) != 1 or genders or len(found) > 1:
            return False
        (gender,) = spoken
        if not found:
            return bool(self.genders) and gender not in self.genders and all(self.names.values())
        known, pronoun = self.names[found[0]], PRONOUNS[self.language][gender].search(sentence)
        if not known or known == gender:
            return False
        behind = pronoun is not None and pronoun.start() > sentence.index(found[0])
        return gender not in self.genders or (behind and gender not in self.recent)

    def renamed(self, sentence: str) -> int:
        """How often a sentence gives a further name to somebody, where a name was given already to one like that."""
        if self.language != "en":
            return 0
        found = 0
        for match in re.finditer(r"\b(?:(her)|(his)|([A-Z][a-z]+)'s) name (?:was|is) ([A-Z][a-z]+)", sentence, re.I):
            her, his, owner, name = match.groups()
            gender = SHE if her else HE if his else ""
            known = [n for n, g in self.names.items() if n == owner or (gender and g == gender)]
            found += bool(known) and name not in known
        return found

    def _names(self, sentence: str) -> list[str]:
        if self.language == "zh":
            return list(dict.fromkeys(next(filter(None, m)) for m in CHINESE_NAME.findall(sentence)))
        words = [m for m in ENGLISH_NAME.findall(" " + sentence.lstrip()) if " " not in m]
        words = words[1:] if words and sentence.lstrip().startswith(words[0]) and words[0] not in self.names else words
        words += ENGLISH_NAMED.findall(sentence)
        words += [w for w in re.findall(r"[A-Z][a-z]+", sentence) if w in self.names]
        return [w for w in dict.fromkeys(words) if w not in NO_NAMES]

    def _genders(self, sentence: str) -> set[str]:
        edge = r"\b" if self.language == "en" else ""
        plain = _unquoted(sentence)
        return {g for g, words in NOUNS[self.language].items() if re.search(f"{edge}(?:{words}){edge}", plain, re.I)}


def _unquoted(sentence: str) -> str:
    """Without direct speech, which may be about anybody."""
    return re.sub(r"“[^”]*”?|\"[^\"]*\"?|「[^」]*」?", " ", sentence)


@dataclass(frozen=True)
class Faults:
    """What speaks against a sentence, each counted from 0."""

    contradictions: int
    """Pronouns that fit nobody, second names."""
    new_names: int
    """Where somebody has a name already."""
    broken: int
    """No end sign, quotation marks or brackets that stay open, signs in a row."""
    said_before: float
    """Share of its runs of tokens that the text has already, 0 to 1."""


def faults(text: str, sentence: str, language: str, before: Sequence[int], tokens: Sequence[int]) -> Faults:
    """Of a sentence that goes on after a text. before, tokens: those of the text and of the sentence."""
    people = People(language)
    people.read(text)
    had_names = bool(people.names)
    renamed = people.renamed(sentence)
    contradictions, new = people.read(sentence)
    return Faults(
        contradictions + renamed, new if had_names else 0, broken(text, sentence, language), said_before(before, tokens)
    )


def broken(text: str, sentence: str, language: str) -> int:
    """How many signs say that a sentence is not whole."""
    paragraph = (text.rpartition("\n")[2] + sentence).rpartition("\n")[2]
    count = int(not END[language].search(sentence)) + len(DOUBLED.findall(sentence))
    count += paragraph.count('"') % 2
    return count + sum(paragraph.count(left) != paragraph.count(right) for left, right in PAIRS)


def said_before(before: Sequence[int], tokens: Sequence[int]) -> float:
    """Share of the runs of tokens that came before, in the text or in the sentence itself."""
    whole = [*before, *tokens]
    seen = {tuple(whole[i : i + RUN]) for i in range(len(before) - RUN + 1)}
    again = total = 0
    for i in range(max(0, len(before) - RUN + 1), len(whole) - RUN + 1):
        run = tuple(whole[i : i + RUN])
        again += run in seen
        total += 1
        seen.add(run)
    return again / total if total else 0.0
