"""The speech room's only door: text in, samples out.

    from genai_demo.audio.speech import generate
    rate, samples = generate.speak("The rain has stopped. 雨停了。")

The models load on first use and stay. Same text, same settings, same seed, same machine: same samples.
"""

import functools
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from genai_demo.audio import vocoder
from genai_demo.audio.mel import LOWEST
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import emphasis, phonemes, plans
from genai_demo.audio.speech.cast import Cast, Mixture, cast_of
from genai_demo.audio.speech.features import CLIP, LANGUAGES
from genai_demo.audio.speech.labels import places
from genai_demo.audio.speech.model import Phones, Prosody, SpeechConfig, SpeechModel
from genai_demo.audio.speech.phonemes import MARKS, SYMBOLS, Utterance
from genai_demo.audio.speech.plans import Plan, PlannedPhone
from genai_demo.audio.speech.readings import reading
from genai_demo.core import checkpoint, limits
from genai_demo.core.device import pick_device
from genai_demo.core.loop import step_seed

NAME = "audio-speech"
DECIBELS = 20 / np.log(10)
"""In one unit of the logarithm of an amplitude."""
SEMITONES = 12 / np.log(2)
"""In one unit of the logarithm of a frequency."""
NEUTRAL = (1.0, 0.0, 0.0)
"""Length, semitones and decibels of a word without emphasis."""
FADE = 110
"""Samples at both ends of an utterance: 5 ms."""
_loading = threading.RLock()


@functools.cache
def _card() -> tuple[SpeechConfig, Cast]:
    if NAME not in checkpoint.names():
        raise ValueError(
            f"The voices are missing: there is no {NAME} in {checkpoint.folder()}. Fetch the checkpoints, or train "
            "with `python -m genai_demo train audio --model speech --publish`."
        )
    card = checkpoint.read_card(NAME)
    if card.get("symbols") != list(SYMBOLS) or card.get("marks") != list(MARKS):
        raise ValueError(f"The weights of {NAME!r} know other phones than this program. Fetch them again.")
    try:
        return SpeechConfig(**card["config"]), cast_of(card)
    except (TypeError, KeyError) as error:
        raise ValueError(f"The settings on the card of {NAME!r} do not fit this program. Fetch it again.") from error


@functools.cache
def _load() -> SpeechModel:
    found = checkpoint.load_weights(NAME, SpeechModel(_card()[0])).to(pick_device())
    assert isinstance(found, SpeechModel)
    return found


def model() -> SpeechModel:
    """The trained acoustic model. Raises ValueError where its checkpoint is missing or broken."""
    with _loading:
        return _load()


def cast() -> Cast:
    """Who speaks in it, as its card says. Raises ValueError where there is none that can be read."""
    with _loading:
        return _card()[1]


def voices() -> dict[str, str]:
    """The voices and the language, "en" or "zh", that each was made from; the first is the usual one."""
    return dict(cast().voices)


def _mixture(voice: str | None, second: str | None, blend: float) -> Mixture:
    """The voices to speak with, the usual one for None. Raises ValueError for one that there is not."""
    known = cast().voices
    for name in (voice, second):
        if name and name not in known:
            raise ValueError(f"No voice is called {name!r}. Choose one of {', '.join(known)}.")
    if isinstance(blend, bool) or not isinstance(blend, int | float) or not 0 <= blend <= 1:
        raise ValueError("The share of the second voice must be a number from 0 to 1.")
    return Mixture(voice or next(iter(known)), second or "", float(blend) if second else 0.0)


def warm_up() -> None:
    """Load models and dictionaries and speak once, so that the first text does not wait for them."""
    phonemes.warm()
    speak("Hello. 你好。")


# --------------------------------------------------------------------------- planning


def plan(text: str, voice: str | None = None, second: str | None = None, blend: float = 0.0, seed: int = 0) -> Plan:
    """How a text will be spoken, phone by phone; the arguments are those of ``speak``. Raises ValueError for text that
    cannot be, and for voices that there are not."""
    mixture = _mixture(voice, second, blend)
    return mixture.plan(tuple(phone for part in _plans(text, mixture, seed) for phone in part.phones))


def _plans(text: str, mixture: Mixture, seed: int) -> Iterator[Plan]:
    """The plan of each utterance as soon as it is known."""
    for number, utterance in enumerate(phonemes.stream(text)):
        planned = _planned(utterance, mixture, number)
        yield mixture.plan(plans.varied(planned.phones, seed and step_seed(seed, number)))


@torch.inference_mode()
def _planned(utterance: Utterance, mixture: Mixture, number: int) -> Plan:
    """An utterance with the durations, pitch and level that the model predicts for it."""
    net, who = model(), cast()
    phones = inputs([(p.symbol, p.mark, p.language) for p in utterance.phones], mixture)
    _, prosody = net.prosody(phones)
    speaker = phones.speaker[0]
    scale, mean = speaker @ net.pitch_scale, speaker @ net.pitch_mean
    log_hertz = prosody.pitch[0].clamp(-CLIP, CLIP) * scale + mean + _towards(mixture, mean)
    hertz = log_hertz.exp().cpu().numpy()
    if who.recorded:
        hertz = hertz * 2 ** (plans.declination(utterance) / 12)
    decibels = (prosody.energy[0].clamp(-CLIP, CLIP) * (speaker @ net.energy_scale)).cpu().numpy() * DECIBELS
    melody = (prosody.melody[0].clamp(-CLIP, CLIP) * scale[:, None]).cpu().numpy() * SEMITONES
    milliseconds = prosody.log_frames[0].exp().cpu().numpy() * plans.FRAME
    found = []
    for word in utterance.words:
        said = [(p.symbol, p.mark) for p in utterance.phones[word.first : word.last]]
        longer, higher, stronger = (emphasis.LENGTH, emphasis.SEMITONES, emphasis.DECIBELS) if word.strong else NEUTRAL
        for i in range(word.first, word.last):
            symbol, mark, language = (getattr(utterance.phones[i], name) for name in ("symbol", "mark", "language"))
            silent = symbol in plans.PAUSES
            lasts = who.pauses.get(symbol, float(milliseconds[i]) * who.pace[language]) * longer
            pitch = float(np.clip(hertz[i] * 2 ** (higher / 12), 40, 1000))
            found.append(PlannedPhone(
                symbol, mark, language, word.text, number,
                round(min(max(lasts, plans.FRAME), limits.MAX_PHONE_MILLISECONDS), 1),
                round(pitch, 1) if plans.has_pitch(symbol) else 0.0,
                0.0 if silent else round(float(decibels[i]) + stronger, 2),
                (round(float(melody[i, 0]), 2), round(float(melody[i, 1]), 2), round(float(melody[i, 2]), 2)),
                "" if i > word.first else reading(said) or word.text,
            ))  # fmt: skip
    return mixture.plan(tuple(found))


def _towards(mixture: Mixture, mean: Tensor) -> Tensor:
    """Half of the way in log F0 from each speaker's mean to the chosen voice's: a guest's words fit in better."""
    own = mixture.shares(cast())[cast().voices[mixture.voice]]
    return (own.to(mean.device) @ model().pitch_mean - mean) / 2


def inputs(phones: list[tuple[str, str, str]], mixture: Mixture) -> Phones:
    """Symbols, marks and languages of an utterance as the model reads them in a voice, a batch of one."""
    shares = mixture.shares(cast())
    symbols, marks, languages = zip(*phones, strict=True)

    def row(numbers: Iterable[int]) -> Tensor:
        return torch.tensor([list(numbers)], device=pick_device())

    return Phones(
        symbol=row(SYMBOLS.index(s) for s in symbols),
        mark=row(MARKS.index(m) for m in marks),
        language=row(LANGUAGES.index(x) for x in languages),
        place=row(places(marks, symbols).tolist()),
        speaker=torch.stack([shares[x] for x in languages])[None].to(pick_device()),
        mask=torch.ones(1, len(phones), device=pick_device()),
    )


# --------------------------------------------------------------------------- speaking


@dataclass(frozen=True)
class Piece:
    """An utterance that has been spoken."""

    phones: tuple[PlannedPhone, ...]
    mel: np.ndarray
    """(100, T) log-mel."""
    samples: np.ndarray
    """(S,) float32 at RATE."""


def pieces(
    text: str,
    voice: str | None = None,
    seed: int = 0,
    speed: float = 1.0,
    pitch: float = 0.0,
    energy: float = 0.0,
    plan: Plan | None = None,
    second: str | None = None,
    blend: float = 0.0,
) -> Iterator[Piece]:
    """A text utterance by utterance, each as soon as it is spoken; the arguments are those of ``speak``."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= limits.MAX_SEED:
        raise ValueError(f"The seed must be a whole number from 0 to {limits.MAX_SEED:,}.")
    parts = _plans(text, _mixture(voice, second, blend), seed) if plan is None else _checked(plan)
    for number, part in enumerate(parts):
        phones = plans.bend_all(part, speed, pitch, energy).phones
        mel = render(phones, Mixture(part.voice, part.second, part.blend), step_seed(seed, number))
        yield Piece(phones, mel, _faded(vocoder.vocode(mel)))


def _checked(plan: Plan) -> Iterator[Plan]:
    """The utterances of a plan that somebody has made or bent. Raises ValueError where it cannot be spoken."""
    mixture = _mixture(plans.check(plan).voice, plan.second, plan.blend)
    return (mixture.plan(phones) for phones in plan.utterances())


@torch.inference_mode()
def render(phones: tuple[PlannedPhone, ...], mixture: Mixture, seed: int = 0) -> np.ndarray:
    """The log-mel (100, T) of one utterance as planned."""
    net = model()
    said = inputs([(p.symbol, p.mark, p.language) for p in phones], mixture)
    hidden, prosody = net.prosody(said)
    speaker, device = said.speaker[0], said.symbol.device
    hertz, decibels = (
        torch.tensor([float(getattr(p, name)) for p in phones], device=device) for name in ("hertz", "decibels")
    )
    scale = speaker @ net.pitch_scale
    pitch = (hertz.clamp_min(1).log() - speaker @ net.pitch_mean) / scale
    voiced = (hertz > 0).cpu().numpy()
    if voiced.any():  # as in training, a sound without a pitch lies between its neighbours
        between = np.interp(np.arange(len(phones)), np.flatnonzero(voiced), pitch.cpu().numpy()[voiced])
        pitch = torch.from_numpy(between).float().to(device)
    silent = torch.tensor([p.silent for p in phones], device=device)
    energy = torch.where(silent, prosody.energy[0], decibels / DECIBELS / (speaker @ net.energy_scale))
    frames = torch.from_numpy(plans.frames_of(phones)).to(device)[None]
    noise = noise_for(frames[0].cpu(), net.config.noise, seed).to(device)
    melody = torch.tensor([p.melody for p in phones], device=device) / SEMITONES / scale[:, None]
    given = Prosody(prosody.log_frames, *(x.clamp(-CLIP, CLIP)[None] for x in (pitch, energy, melody)))
    _, refined, _ = net.render(hidden, said.speaker, given, frames, noise)
    return net.to_log_mel(refined)[0].clamp_min(LOWEST).T.cpu().numpy()


def noise_for(frames: Tensor, size: int, seed: int) -> Tensor:
    """Random numbers (1, T, size) for phones of these durations (N,).

    Every phone has a store of its own, so that a longer one does not shift those of the phones after it.
    """
    most = int(limits.MAX_PHONE_MILLISECONDS / limits.MIN_SPEED / plans.FRAME) + 2
    store = torch.randn(len(frames), most, size, generator=torch.Generator().manual_seed(seed))
    return torch.cat([row[:count] for row, count in zip(store, frames.tolist(), strict=True)])[None]


def _faded(samples: np.ndarray) -> np.ndarray:
    """Without a click at either end."""
    ramp = np.linspace(0, 1, min(FADE, len(samples) // 2), dtype=np.float32)
    samples = samples.astype(np.float32).copy()
    samples[: len(ramp)] *= ramp
    samples[len(samples) - len(ramp) :] *= ramp[::-1]
    return samples.clip(-1, 1)


def stream(
    text: str,
    voice: str | None = None,
    seed: int = 0,
    speed: float = 1.0,
    pitch: float = 0.0,
    energy: float = 0.0,
    plan: Plan | None = None,
    second: str | None = None,
    blend: float = 0.0,
) -> Iterator[tuple[int, np.ndarray]]:
    """As ``speak``, utterance by utterance with the pauses between them: the first is there at once."""
    for piece in pieces(text, voice, seed, speed, pitch, energy, plan, second, blend):
        yield RATE, piece.samples


def speak(
    text: str,
    voice: str | None = None,
    seed: int = 0,
    speed: float = 1.0,
    pitch: float = 0.0,
    energy: float = 0.0,
    plan: Plan | None = None,
    second: str | None = None,
    blend: float = 0.0,
) -> tuple[int, np.ndarray]:
    """A text as sound: the rate and float32 samples (S,) in [-1, 1].

    voice: one of ``voices()``, by default the first. Where no voice was recorded in both languages, each language
    is spoken by its own; the chosen one keeps its pitch, the other comes half way towards it.
    seed: another one says it a little otherwise, words longer or shorter, higher or lower; 0 as it is predicted.
    speed: 1 as recorded, 2 twice as fast. pitch: semitones. energy: decibels of effort.
    second, blend: another voice, and its share from 0 to 1: the two are mixed, as two faces are.
    Words between *stars* are said with emphasis.
    plan: what ``plan`` made of the text and someone may have bent; the text is then not read.
    Raises ValueError for a text that is empty, too long or cannot be spoken, and for numbers out of range.
    """
    found = list(stream(text, voice, seed, speed, pitch, energy, plan, second, blend))
    return RATE, np.concatenate([samples for _, samples in found])


def spectrogram(found: list[Piece]) -> np.ndarray:
    """The log-mels (100, T) of pieces one after the other, for a picture."""
    return np.concatenate([piece.mel for piece in found], 1)
