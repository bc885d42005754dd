"""Kokoro-82M speaks our phones: sound, how long every phone lasts, and its pitch.

The network (hexgrad 2025, after StyleTTS 2, Li et al. 2023) reads signs of the International Phonetic
Alphabet, predicts how many frames of 25 ms each takes and a pitch for every 12.5 ms, and makes the sound
from these: so both are not measured but exact. It needs ``pip install onnx onnxruntime``.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genai_demo.audio.speech import chinese_words, phonemes
from genai_demo.audio.speech.normalise import HAN
from genai_demo.audio.speech.phonemes import EDGE, PAUSES, Phone, Utterance
from genai_demo.audio.speech.teacher import sources

RATE = 24_000
FRAME, HALF = 600, 300
"""Samples of a step of the lengths, and of the pitch."""
LENGTHS, PITCH = "/encoder/Clip_output_0", "/encoder/F0_proj/Conv_output_0"
"""Inner results of the graph that are made outputs: frames a token, hertz."""
MOST_TOKENS = 510
VOICELESS = 60.0
"""Hertz below which the teacher makes noise instead of pulses."""


def _table(text: str) -> dict[str, str]:
    """ "a b, c d" to {"a": "b", "c": "d"}."""
    return dict(pair.split() for pair in text.split(","))  # type: ignore[misc]


GUEST = 0.65
"""How far the style of a voice moves towards that of the guest for a sentence in the other language. Of the English
words of zf_xiaoxiao pocketsphinx heard 88 % wrong at 0, 72 at 0.35, 49 at 0.5, 21 at 0.7, 19 at 1 (4 sentences)."""

ENGLISH = _table(
    "AA ɑ, AE æ, AH ʌ, AO ɔ, AW W, AY I, B b, CH ʧ, D d, DH ð, EH ɛ, ER ɜɹ, EY A, F f, G ɡ, HH h, IH ɪ, IY i, JH ʤ, "
    "K k, L l, M m, N n, NG ŋ, OW O, OY Y, P p, R ɹ, S s, SH ʃ, T t, TH θ, UH ʊ, UW u, V v, W w, Y j, Z z, ZH ʒ"
)
"""ARPAbet in the teacher's signs; A, I, O, W, Y are its diphthongs."""
REDUCED = {"AH": "ə", "ER": "əɹ"}
"""The same without stress."""
STRESS = {"en1": "ˈ", "en2": "ˌ"}
INITIALS = _table(
    "b p, p pʰ, m m, f f, d t, t tʰ, n n, l l, g k, k kʰ, h x, j ʨ, q ʨʰ, x ɕ, zh ꭧ, ch ꭧʰ, sh ʂ, r ɻ, z ʦ, c ʦʰ, s s"
)
FINALS = _table(
    "a a0, o ɔ0, e ɤ0, ai ai0, ei ei0, ao au0, ou ou0, an a0n, en ə0n, ang a0ŋ, eng ə0ŋ, er ɚ0, i i0, ii ɨ0, iii ɨ0, "
    "ia ja0, io jɔ0, ie je0, iao jau0, iou jou0, ian jɛ0n, in i0n, iang ja0ŋ, ing i0ŋ, iong jʊ0ŋ, u u0, ua wa0, "
    "uo wo0, uai wai0, uei wei0, uan wa0n, uen wə0n, uang wa0ŋ, ueng wə0ŋ, ong ʊ0ŋ, v y0, ve ɥe0, van ɥɛ0n, vn y0n, "
    "rr ɻ0"
)
"""Mandarin after Duanmu (2007); 0 is where the sign of the tone stands."""
TONES = {"zh1": "→", "zh2": "↗", "zh3": "↓", "zh4": "↘", "zh5": ""}


def signs(phone: Phone) -> str:
    """What the teacher reads for a phone. Raises KeyError for silence."""
    if phone.language == "zh":
        return INITIALS.get(phone.symbol) or FINALS[phone.symbol].replace("0", TONES[phone.mark])
    reduced = REDUCED.get(phone.symbol) if phone.mark == "en0" else None
    return STRESS.get(phone.mark, "") + (reduced or ENGLISH[phone.symbol])


def word_starts(text: str) -> set[int]:
    """Places in a normalised text at which a Chinese word begins."""
    found: set[int] = set()
    for run in re.finditer(f"[{HAN}]+", text):
        place = run.start()
        for word in chinese_words.words(run[0]):
            found.add(place)
            place += len(word.text)
    return found


def transcribe(utterance: Utterance) -> list[tuple[str, int]]:
    """An utterance as signs, each with the index of its phone; spaces between words have -1.

    Mandarin has a space between words too, as the teacher was taught.
    """
    found: list[tuple[str, int]] = []
    starts, before = word_starts(utterance.text), ""
    for word in utterance.words:
        phones = utterance.phones[word.first : word.last]
        if phones[0].symbol == EDGE:
            continue
        if phones[0].symbol in PAUSES:
            found.append((phones[0].symbol, word.first))
            continue
        if found and ("en" in (phones[0].language, before) or word.start in starts or found[-1][0] in PAUSES):
            found.append((" ", -1))
        before = phones[0].language
        for place, phone in enumerate(phones, word.first):
            found += [(sign, place) for sign in signs(phone)]
    return found


def foreign(utterance: Utterance, language: str) -> float:
    """Share of the sounds of an utterance that are in another language."""
    sounds = [phone.language != language for phone in utterance.phones if phone.symbol not in (EDGE, *PAUSES)]
    return sum(sounds) / max(1, len(sounds))


@dataclass
class Speech:
    """An utterance as the teacher says it."""

    samples: np.ndarray
    """(S,) float32 at ``RATE``."""
    frames: np.ndarray
    """(N,) int64 of ``FRAME`` samples: how long every phone of the utterance lasts; silence around it on its edges."""
    gaps: np.ndarray
    """(N,) int64: frames between the end of a phone and the next word. With ``frames`` they add up to all."""
    hertz: np.ndarray
    """(2 x frames,) float32: pitch of every ``HALF`` samples, 0 in silence; voiceless phones mostly have one too."""


class Speaker:
    """The teacher in one voice. folder: where ``sources.install`` has put it. Raises ValueError without onnxruntime.

    language: that the voice was made from. guest: a voice that was made from the other language. Sounds of the other
    language are hardly understood in a pure style, so the style moves towards the guest's by their share.
    """

    def __init__(self, folder: Path, voice: str, language: str, guest: str, session: Any = None):
        self.session = session or open_session(folder / sources.NETWORK)
        self.tokens: dict[str, int] = json.loads((folder / sources.VOCABULARY).read_text(encoding="utf-8"))
        self.language = language
        self.styles, self.guest = (
            np.fromfile(folder / f"{name}.bin", np.float32).reshape(MOST_TOKENS, 1, -1) for name in (voice, guest)
        )

    def style(self, utterance: Utterance, signs: int) -> np.ndarray:
        """(1, 256): the style for a sentence of so many signs."""
        towards = GUEST * foreign(utterance, self.language)
        return (1 - towards) * self.styles[signs] + towards * self.guest[signs]

    def speak(self, utterance: Utterance) -> Speech:
        """Say an utterance. Raises ValueError where it has more signs than the teacher reads."""
        text = transcribe(utterance)
        if len(text) >= MOST_TOKENS:
            raise ValueError(f"This sentence has {len(text)} signs; the teacher reads up to {MOST_TOKENS - 1}.")
        tokens = np.array([[0, *(self.tokens[sign] for sign, _ in text), 0]], np.int64)
        feed = {"tokens": tokens, "style": self.style(utterance, len(text)), "speed": np.ones(1, np.float32)}
        samples, lengths, hertz = (x.ravel() for x in self.session.run(None, feed))
        frames, gaps = np.zeros((2, len(utterance.phones)), np.int64)
        before = 0
        for place, count in zip([0, *(p for _, p in text), len(frames) - 1], lengths.astype(int), strict=True):
            if place < 0:
                gaps[before] += count
            else:
                frames[place] += count
                before = place
        return Speech(samples, frames, gaps, np.where(hertz > VOICELESS, hertz, 0.0))


def open_session(path: Path) -> Any:
    """A session on one thread that also gives ``LENGTHS`` and ``PITCH``. Raises ValueError without onnxruntime."""
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        raise ValueError("The teacher needs `pip install onnx onnxruntime`.") from error
    model = onnx.load(path)
    for name in (LENGTHS, PITCH):
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def utterance_of(text: str) -> Utterance | None:
    """A sentence as one utterance, however long; None where it is more than one or cannot be spoken."""
    try:
        found = phonemes.phonemise(text, first_phones=phonemes.LONGEST)
    except ValueError:
        return None
    return found[0] if len(found) == 1 else None
