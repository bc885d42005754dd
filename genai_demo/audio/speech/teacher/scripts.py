"""What the teacher reads: for every voice, sentences of both languages that cover all phones and tones early.

Written sentences come from a folder of texts, others from the patterns of ``phrases``. Voices choose by turns
and greedily: each takes, of the sentences that nobody reads yet, the one with the most pairs of phones and runs
of tones that it has said least (a set cover with diminishing gains; Minoux 1978 tells why old gains may stay in
the queue until they come first).
"""

import collections
import dataclasses
import heapq
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from genai_demo.audio.speech.normalise import HAN
from genai_demo.audio.speech.phonemes import PAUSES, Utterance
from genai_demo.audio.speech.teacher.kokoro import utterance_of
from genai_demo.audio.speech.teacher.phrases import phrases
from genai_demo.core.sentences import split_sentences

SHORTEST, LONGEST = 3, 30
"""Words of an English sentence, characters of a Chinese one."""
SPREAD = (9, 17)
"""Where medium and long sentences begin."""
TURNS = (
    "own", "own", "other", "own", "mixed", "own", "phrases", "own", "other", "own",
    "own", "other", "own", "mixed", "own", "phrases", "own", "own", "other", "foreign",
)  # fmt: skip
"""What a voice reads by turns: written texts of its own language and of the other one, sentences of both,
patterns of its own language and of the other."""
FORMS = ("medium", "question", "long", "short", "medium", "exclamation", "long")
"""What kind of written sentence by turns; where there is none left, the next kind."""
MADE = {"en": ("numbers", "lists", "statements"), "zh": ("numbers", "lists", "statements", "coloured", "neutral")}
PHRASES = 900
"""Sentences from patterns of a language, and mixed ones."""
_HEADING, _SPEAKER = re.compile(r"^#.*$", re.MULTILINE), re.compile(r"^[UA]: ", re.MULTILINE)
_PLAIN = re.compile(rf"[A-Za-z0-9{HAN} ,.?!;:'’$%，。？！、；：-]+")
_QUOTES = str.maketrans("", "", '"“”「」『』')


@dataclasses.dataclass(frozen=True)
class Line:
    """A sentence for a voice."""

    voice: str
    language: str
    """"en", "zh" or "mixed"."""
    text: str


def written(texts: Iterable[str]) -> dict[str, list[str]]:
    """The sentences of these texts that can be read, by language, each once.

    Of lines with a tab every column is a text. Left out: sentences of other lengths, in two languages, or with signs
    that are not spoken.
    """
    found: dict[str, dict[str, None]] = {"en": {}, "zh": {}}
    for text in texts:
        plain = _SPEAKER.sub("", _HEADING.sub("", text))
        for line in itertools.chain.from_iterable(line.split("\t") for line in plain.split("\n")):
            language = "zh" if re.search(f"[{HAN}]", line) else "en"
            for sentence in split_sentences(line, language) if line.strip() else ():
                sentence = sentence.translate(_QUOTES).strip()
                if _readable(sentence, language):
                    found[language][sentence] = None
    return {language: list(sentences) for language, sentences in found.items()}


def size(sentence: str) -> int:
    """Chinese characters and English words."""
    return len(re.findall(rf"[{HAN}]|[A-Za-z0-9'’-]+", sentence))


def _readable(sentence: str, language: str) -> bool:
    other = "[A-Za-z]" if language == "zh" else f"[{HAN}]"
    return (
        SHORTEST <= size(sentence) <= LONGEST
        and sentence[-1] in ".?!。？！"
        and not re.search(other, sentence)
        and _PLAIN.fullmatch(sentence) is not None
    )


def form(sentence: str) -> str:
    """One of FORMS."""
    sign = sentence[-1]
    if sign in "?？!！":
        return "question" if sign in "?？" else "exclamation"
    count = size(sentence)
    return "short" if count < SPREAD[0] else "medium" if count < SPREAD[1] else "long"


def units(utterance: Utterance) -> frozenset[tuple[str, ...]]:
    """What a sentence covers: every phone with its mark, every two in a row, and tones in threes."""
    phones = [p.symbol + p.mark for p in utterance.phones]
    tones = [p.mark or p.symbol for p in utterance.phones if p.mark.startswith("zh") or p.symbol in PAUSES]
    runs = (("tones", *run) for run in zip(tones, tones[1:], tones[2:], strict=False))
    return frozenset((*((phone,) for phone in phones), *itertools.pairwise(phones), *runs))


class Pool:
    """Sentences that are taken one by one, each by the voice that learns most from it."""

    def __init__(self, sentences: Sequence[tuple[str, frozenset[tuple[str, ...]]]], voices: Sequence[str]):
        self.units = dict(sentences)
        self.forms = {text: form(text) for text, _ in sentences}
        self.queues: dict[tuple[str, str], list[tuple[float, str]]] = collections.defaultdict(list)
        for voice in voices:
            for text, covered in sentences:
                self.queues[voice, self.forms[text]].append((-len(covered) / (5 + size(text)), text))
        for queue in self.queues.values():
            heapq.heapify(queue)

    def take(self, voice: str, wanted: str, said: collections.Counter[tuple[str, ...]]) -> str | None:
        """The best sentence of a form for a voice that has said these units so often. None where none is left."""
        queue = self.queues[voice, wanted]
        while queue:
            _, text = heapq.heappop(queue)
            if text not in self.units:  # another voice has it
                continue
            gain = sum(1 / (1 + said[unit]) for unit in self.units[text]) / (5 + size(text))
            if not queue or -gain <= queue[0][0]:
                said.update(self.units.pop(text))
                return text
            heapq.heappush(queue, (-gain, text))
        return None


def pools(texts: Iterable[str], voices: Sequence[str], seed: int, progress: bool = True) -> dict[str, Pool]:
    """Pools: written sentences ("en", "zh"), from patterns ("en phrases", "zh phrases"), of both languages ("mixed").

    Raises ValueError where no sentence of the texts can be read.
    """
    from tqdm import tqdm

    sentences = written(texts)
    if not all(sentences.values()):
        raise ValueError("These texts hold no sentences in both languages; name a folder that has them with --texts.")
    for number, language in enumerate(("en", "zh")):
        sentences[f"{language} phrases"] = phrases(language, MADE[language], PHRASES, seed + number)
        sentences.setdefault("mixed", []).extend(phrases(language, ("mixed",), PHRASES, seed + 10 + number))
    found = {}
    for name, mine in sentences.items():
        utterances = (
            (text, utterance_of(text)) for text in tqdm(mine, desc=name, disable=not progress, mininterval=10)
        )
        found[name] = Pool([(text, units(u)) for text, u in utterances if u is not None], voices)
    return found


def lines(pools: dict[str, Pool], voices: dict[str, str], seed: int) -> Iterator[Line]:
    """The sentences of all voices by turns, until a voice has none left. voices: {name: own language}."""
    rng = np.random.default_rng(seed)
    said = {voice: collections.Counter[tuple[str, ...]]() for voice in voices}
    forms = {voice: itertools.cycle(np.roll(FORMS, rng.integers(len(FORMS))).tolist()) for voice in voices}
    for turn in itertools.cycle(TURNS):
        for voice, own in voices.items():
            other = "en" if own == "zh" else "zh"
            names = {"own": own, "other": other, "mixed": "mixed", "phrases": f"{own} phrases"}
            name = names.get(turn, f"{other} phrases")
            text = _next(pools[name], voice, forms[voice], said[voice])
            if text is None:
                return
            yield Line(voice, name.partition(" ")[0], text)


def _next(pool: Pool, voice: str, forms: Iterator[str], said: collections.Counter[tuple[str, ...]]) -> str | None:
    for wanted in itertools.islice(forms, 2 * len(FORMS)):
        text = pool.take(voice, wanted, said)
        if text is not None:
            return text
    return None


def read_texts(folder: Path) -> list[str]:
    """The texts of a folder: *.txt and *.tsv, but no programs. Raises ValueError where there are none."""
    paths = sorted(path for path in folder.glob("*") if path.suffix in (".txt", ".tsv") and ".py" not in path.suffixes)
    found = [path.read_text(encoding="utf-8") for path in paths]
    if not found:
        raise ValueError(f"There are no texts (*.txt, *.tsv) in {folder}.")
    return found
