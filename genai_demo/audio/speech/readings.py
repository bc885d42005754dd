"""How a word is read, as people write it down: pinyin with marks for the tones, or the phonetic alphabet."""

from collections.abc import Sequence

from genai_demo.audio.speech.mandarin import FINALS, INITIALS

_TONES = {"a": "āáǎà", "o": "ōóǒò", "e": "ēéěè", "i": "īíǐì", "u": "ūúǔù", "ü": "ǖǘǚǜ"}
_SPELLED = {"ii": "i", "iii": "i", "iou": "iu", "uei": "ui", "uen": "un", "ueng": "ong", "rr": "r"}
_ALONE = {
    "i": "yi", "ia": "ya", "io": "yo", "ie": "ye", "iao": "yao", "iou": "you", "ian": "yan", "in": "yin",
    "iang": "yang", "ing": "ying", "iong": "yong", "u": "wu", "ua": "wa", "uo": "wo", "uai": "wai", "uei": "wei",
    "uan": "wan", "uen": "wen", "uang": "wang", "ueng": "weng", "v": "yu", "ve": "yue", "van": "yuan", "vn": "yun",
}  # fmt: skip
"""Finals without an initial before them."""
_ARPABET = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "EH": "ɛ", "ER": "ɝ", "EY": "eɪ", "IH":
    "ɪ", "IY": "i", "OW": "oʊ", "OY": "ɔɪ", "UH": "ʊ", "UW": "u", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð", "F":
    "f", "G": "ɡ", "HH": "h", "JH": "dʒ", "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ", "P": "p", "R": "ɹ",
    "S": "s", "SH": "ʃ", "T": "t", "TH": "θ", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
_REDUCED = {"AH": "ə", "ER": "ɚ"}
_CLUSTERS = {(a, b) for a in (*"PBTDKGFMV", "TH", "SH", "HH") for b in "LRWY"}
_CLUSTERS |= {("S", b) for b in "PTKMNLWF"}
_CLUSTERS -= {("T", "L"), ("D", "L"), ("TH", "L"), ("M", "L"), ("M", "R"), ("V", "W")}
"""Pairs of consonants that may begin an English syllable."""
_STRESS = {"en1": "ˈ", "en2": "ˌ"}


def reading(phones: Sequence[tuple[str, str]]) -> str:
    """Symbols and marks of one word, or of one Chinese character, to its reading: "ˈhɛləʊ" or "nǐ"; "" for a pause."""
    if any(symbol in FINALS for symbol, _ in phones):
        return _pinyin(phones)
    return _phonetic(phones)


def _pinyin(phones: Sequence[tuple[str, str]]) -> str:
    """Initial and final, with 儿 where it has grown onto the syllable."""
    initial = next((symbol for symbol, _ in phones if symbol in INITIALS), "")
    finals = [(symbol, mark) for symbol, mark in phones if symbol in FINALS]
    final, mark = finals[0]
    if final == "rr":
        return "r"
    if not initial:
        spelled = _ALONE.get(final, final)
    elif initial in ("j", "q", "x") and final.startswith("v"):
        spelled = initial + "u" + final[1:]
    elif initial in ("b", "p", "m", "f") and final == "uo":
        spelled = initial + "o"
    else:
        spelled = initial + _SPELLED.get(final, final).replace("v", "ü")
    return _toned(spelled, mark) + "r" * any(symbol == "rr" for symbol, _ in finals[1:])


def _toned(syllable: str, mark: str) -> str:
    """The mark of a tone over a, else o, else e, else the last vowel; none for the neutral tone."""
    if mark not in ("zh1", "zh2", "zh3", "zh4"):
        return syllable
    place = next((syllable.index(v) for v in "aoe" if v in syllable), -1)
    if place < 0:
        place = max(syllable.rfind(v) for v in "iuü")
    if place < 0:
        return syllable
    return syllable[:place] + _TONES[syllable[place]][int(mark[-1]) - 1] + syllable[place + 1 :]


def _phonetic(phones: Sequence[tuple[str, str]]) -> str:
    """ARPAbet in the International Phonetic Alphabet; a stress stands before the consonants that begin its syllable."""
    signs = [(_REDUCED.get(s) if mark == "en0" else None) or _ARPABET.get(s, "") for s, mark in phones]
    if sum(bool(mark) for _, mark in phones) > 1:
        for place, (_, mark) in enumerate(phones):
            if mark in _STRESS:
                first = _onset(phones, place)
                signs[first] = _STRESS[mark] + signs[first]
    return "".join(signs)


def _onset(phones: Sequence[tuple[str, str]], vowel: int) -> int:
    """Where the consonants before a vowel begin that belong to its syllable: as many as may begin a word."""
    first = vowel
    while first and not phones[first - 1][1] and phones[first - 1][0] != "NG":
        before, after = phones[first - 1][0], phones[first][0]
        if first < vowel and (before, after) not in _CLUSTERS:
            break
        first -= 1
    return first
