"""What a word is in its sentence, a noun or a verb, by the part-of-speech tagger HanTa (Wartena 2019).

HanTa carries a trigram model of English in its package; nothing is fetched. Its tags are those of the British
National Corpus (CLAWS5): NN1 a noun, VVB VVI VVZ forms of the present, VVD the past, VVN the participle, AJ0 an
adjective, AV0 an adverb, AT0 DPS DT0 determiners, PNP pronouns, VB VD VH VM be, do, have and the modals.
"""

import functools
import re
import threading
from typing import Any

_lock = threading.Lock()
_CONTRACTION = re.compile(r"(?i)(.+?)(n't|'(?:ll|re|ve|s|d|m))$")


@functools.cache
def _tagger() -> Any:
    from HanTa.HanoverTagger import HanoverTagger

    return HanoverTagger("morphmodel_en.pgz")


@functools.lru_cache(256)
def tags(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The CLAWS5 tag of each word or pause of a sentence; words of other languages count as names."""
    words, places = [], []
    for place, token in enumerate(tokens):
        parts = found.groups() if token.isascii() and (found := _CONTRACTION.match(token)) else (token,)
        for part in parts:
            words.append(part if part.isascii() else "X")
            places.append(place)
    with _lock:
        tagged = _tagger().tag_sent(words)
    first: dict[int, str] = {}
    for place, (_, _, tag) in zip(places, tagged, strict=True):
        first.setdefault(place, tag)
    return tuple(first[place] for place in range(len(tokens)))
