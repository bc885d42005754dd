"""The vocoder: mel-spectrograms to sound, for speech and effects alike.

It follows Vocos (Siuzdak 2023): ConvNeXt blocks at the rate of the frames, then one inverse STFT and no
up-sampling. Vocos must invent the phase of every bin from a spectrogram that does not hold it: a steady
tone looks the same in every frame, yet its phase advances. Learning that takes a million steps. Here an
hour on two cores has to do, so three things are given instead of learnt:

- Pitch and pulses. The first blocks read the pitch off the spectrogram (taught by a tracker); pulses at
  that pitch carry the phases of all harmonics, as in neural source-filter models (Wang et al. 2019).
  Where there is no pitch an impulse at the centre of the frame takes their place: that is plain Vocos.
- Noise. What is random in a sound is filtered noise, and not a phase that the network would have to fake.
- The envelope. The network's magnitudes are corrections to the magnitudes that the mel bands state.

    S = exp(E + a + i b) P + exp(E + c) N        a, b, c: the head's three outputs a bin and frame
"""

import dataclasses
import functools
import math
import threading
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.audio import source
from genai_demo.audio.mel import FFT, HOP, LOWEST, MELS, filters, hann, stft
from genai_demo.core import checkpoint
from genai_demo.core.device import pick_device

NAME = "audio-vocoder"
BINS = FFT // 2 + 1
KERNEL = 7
CHUNK = 512
"""Frames rendered at a time, 6 s."""


@dataclasses.dataclass(frozen=True)
class VocoderConfig:
    """3.8 million parameters, 19 ms of one core for a second of sound."""

    width: int = 256
    hidden: int = 768
    """Inside the blocks."""
    blocks: int = 8
    listening: int = 2
    """Blocks before the pitch is decided."""

    @property
    def reach(self) -> int:
        """Frames to each side that a frame of the result depends on, windows included."""
        return KERNEL // 2 * (1 + self.blocks) + FFT // (2 * HOP) + 2

    @property
    def pitch_reach(self) -> int:
        """Frames to each side that the pitch depends on."""
        return KERNEL // 2 * (1 + self.listening)


class Block(nn.Module):
    """ConvNeXt (Liu et al. 2022) in one dimension: (B, T, W) -> (B, T, W)."""

    def __init__(self, width: int, hidden: int, scale: float):
        super().__init__()
        self.mix = nn.Conv1d(width, width, KERNEL, padding=KERNEL // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.scale = nn.Parameter(torch.full((width,), scale))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.mix(x.transpose(1, 2)).transpose(1, 2))
        return x + self.scale * self.down(F.gelu(self.up(y)))


class Filters(NamedTuple):
    """What the pulses and the noise are multiplied with; each (B, T, 513)."""

    pulses: Tensor
    """Log magnitude."""
    angle: Tensor
    """Phase in radians that is added to that of the pulses."""
    noise: Tensor
    """Log magnitude."""


class Vocoder(nn.Module):
    """(B, 100, T) mel -> (B, 256 (T - 1)) samples."""

    def __init__(self, config: VocoderConfig | None = None):
        super().__init__()
        self.config = config = config or VocoderConfig()
        self.embed = nn.Conv1d(MELS, config.width, KERNEL, padding=KERNEL // 2)
        self.norm = nn.LayerNorm(config.width)
        scale = 1 / config.blocks
        self.blocks = nn.ModuleList(Block(config.width, config.hidden, scale) for _ in range(config.blocks))
        self.pitch = nn.Linear(config.width, 1 + source.BINS)
        self.clock = nn.Linear(4, config.width)
        self.last = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, 3 * BINS)
        spread, level = _envelope()
        self.register_buffer("spread", spread, persistent=False)
        self.register_buffer("level", level, persistent=False)
        self.init_weights()

    def init_weights(self) -> None:
        """Linear and convolution weights normal with 0.02; the head near zero: it starts at the envelope."""
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Conv1d):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)
        nn.init.normal_(self.head.weight, std=0.002)
        nn.init.constant_(self.head.bias[:BINS], -0.35)  # half the power from each
        nn.init.constant_(self.head.bias[2 * BINS :], -0.35)

    def forward(self, mel: Tensor, start: Tensor | None = None) -> Tensor:
        """start: (B,) int64, where in the noise to begin; 0 by default."""
        hidden, logits = self.listen(mel)
        hertz = source.pitch_of(logits)
        running = source.held(hertz)
        phase = source.phases(running)
        found = self.filters(mel, hidden, hertz, running, phase)
        start = torch.zeros(len(mel), dtype=torch.int64, device=mel.device) if start is None else start
        return self.sound(found, self.excitation(hertz, running, phase), self.noise(start, mel.shape[2]))

    def listen(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 100, T) -> features (B, T, W), logits of the pitch (B, T, 1 + 156), see ``source.pitch_of``."""
        # Log magnitudes to about -2..2.
        hidden = self.norm(self.embed(mel / 4 + 1).transpose(1, 2))
        for block in self.blocks[: self.config.listening]:
            hidden = block(hidden)
        return hidden, self.pitch(hidden)

    def filters(self, mel: Tensor, hidden: Tensor, hertz: Tensor, running: Tensor, phase: Tensor) -> Filters:
        """hertz: (B, T), 0 where there is no pitch. running, phase: (B, T), of the pulses, never 0."""
        clock = torch.stack([hertz > 0, source.bins_of(running) / source.BINS, phase.cos(), phase.sin()], -1)
        hidden = hidden + self.clock(clock)
        for block in self.blocks[self.config.listening :]:
            hidden = block(hidden)
        a, angle, c = self.head(self.last(hidden)).float().chunk(3, -1)
        with torch.autocast(mel.device.type, enabled=False):
            stated = mel.float().transpose(1, 2) @ self.spread - self.level
        return Filters(stated + a, angle, stated + c)

    def excitation(self, hertz: Tensor, running: Tensor, phase: Tensor) -> Tensor:
        """STFT (B, 513, T) complex of the pulses; of an impulse at the centre where there is no pitch."""
        found = stft(source.pulses(running, phase), FFT, HOP)
        impulse = source.LEVEL * (1 - 2 * (torch.arange(BINS, device=hertz.device) % 2).float())
        return torch.where(hertz[:, None] > 0, found, impulse[:, None].to(found.dtype))

    def noise(self, start: Tensor, frames: int) -> Tensor:
        """STFT (B, 513, T) complex of noise from these places on, (B,) int64."""
        return stft(source.noise(start, HOP * (frames - 1)), FFT, HOP)

    def sound(self, found: Filters, excitation: Tensor, noise: Tensor) -> Tensor:
        """Filter, add, and back to (B, 256 (T - 1)) samples, float32."""
        # A bin's magnitude is at most 256 at full scale: whatever is above is a mistake, kept finite.
        size, angle, hiss = (x.float().transpose(1, 2) for x in found)
        spectrum = torch.polar(size.clamp_max(4).exp(), angle) * excitation + hiss.clamp_max(4).exp() * noise
        length = HOP * (spectrum.shape[2] - 1)
        return torch.istft(spectrum, FFT, HOP, window=hann(FFT, spectrum.device), center=True, length=length)


def _envelope() -> tuple[Tensor, Tensor]:
    """What mel bands state of the filters, log = mel @ (100, 513) - (513,).

    A band is the sum of its weights times the magnitudes, so its log less that of the weights' sum is
    a mean magnitude; between the centres of the bands it is interpolated. The excitation's is LEVEL.
    """
    bank = filters(FFT, MELS, torch.device("cpu")).numpy()
    centres = (bank * np.arange(BINS)).sum(1) / bank.sum(1)
    spread = np.stack([np.interp(np.arange(BINS), centres, row) for row in np.eye(MELS)])
    level = np.log(bank.sum(1)) @ spread + math.log(source.LEVEL)
    return torch.from_numpy(spread.astype(np.float32)), torch.from_numpy(level.astype(np.float32))


# --------------------------------------------------------------------------- the doors

_loading = threading.Lock()


@functools.cache
def _load(name: str) -> Vocoder:
    try:
        network = Vocoder(VocoderConfig(**checkpoint.read_card(name)["config"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"The settings on the card of {name!r} do not fit this program. Fetch it again.") from error
    found = checkpoint.load_weights(name, network)
    assert isinstance(found, Vocoder)
    return found.to(pick_device())


def network() -> Vocoder:
    """The trained vocoder. Raises ValueError where its checkpoint is missing or broken."""
    with _loading:
        return _load(NAME)


class Stream:
    """Renders a spectrogram that arrives piece by piece as if it had come at once, but for rounding.

    Samples come when the frames to their right that they depend on are there, so a piece's sound is
    ``reach`` frames (0.4 s) behind its spectrogram until ``finish`` is called.
    """

    def __init__(self, net: Vocoder | None = None):
        self.net = net or network()
        self.mel = torch.zeros(1, MELS, 0)
        self.hertz = torch.zeros(1, 0)
        """Pitch that was decided already; it stays as it was."""
        self.first, self.given = 0, 0
        """Frame of the recording at which ``mel`` begins, and at which the samples given so far end."""
        self.before, self.phase = source.RESTING, 0.0
        """Pitch and phase of the pulses at ``first``."""

    def push(self, mel: np.ndarray) -> np.ndarray:
        """(100, T) log magnitudes, any T -> float32 samples (n,), perhaps none."""
        self.mel = torch.cat([self.mel, _checked(mel)], 2)
        return self._render(self.first + self.mel.shape[2] - 1 - self.net.config.reach)

    def finish(self) -> np.ndarray:
        """The rest: with what ``push`` gave, 256 (T - 1) samples of T frames."""
        missing = max(0, 4 - self.mel.shape[2]) if self.mel.shape[2] else 0
        end = self.first + self.mel.shape[2] - 1
        if missing:  # fewer cannot be transformed
            self.mel = torch.cat([self.mel, self.mel[..., -1:].expand(-1, -1, missing)], 2)
        return self._render(end)

    @torch.inference_mode()
    def _render(self, end: int) -> np.ndarray:
        """Samples from frame ``given`` to frame ``end``."""
        if end <= self.given:
            return np.zeros(0, np.float32)
        net, mel = self.net, self.mel.to(next(self.net.parameters()).device)
        hidden, logits = net.listen(mel)
        hertz = source.pitch_of(logits)
        known = self.hertz.shape[1]
        hertz[:, :known] = self.hertz
        running = source.held(hertz, self.before)
        phase = source.phases(running, self.phase)
        found = net.filters(mel, hidden, hertz, running, phase)
        start = torch.tensor([HOP * self.first], device=mel.device)
        wave = net.sound(found, net.excitation(hertz, running, phase), net.noise(start, mel.shape[2]))
        samples = wave[0, HOP * (self.given - self.first) : HOP * (end - self.first)].cpu().numpy()
        self._forget(end, hertz, running, phase)
        return samples

    def _forget(self, end: int, hertz: Tensor, running: Tensor, phase: Tensor) -> None:
        """Keep of the past what the frames to come depend on."""
        cut = max(0, end - self.net.config.reach - self.first)
        decided = self.mel.shape[2] - self.net.config.pitch_reach
        self.before = float(running[0, max(0, cut - 1)]) if cut else self.before
        self.phase = float(phase[0, cut])
        self.hertz = hertz[:, cut : max(cut, decided)].clone()
        self.mel = self.mel[..., cut:]
        self.first, self.given = self.first + cut, end


def _checked(mel: np.ndarray) -> Tensor:
    mel = np.asarray(mel, np.float32)
    if mel.ndim != 2 or len(mel) != MELS:
        raise ValueError(f"A spectrogram has {MELS} bands by frames; this is of shape {mel.shape}.")
    if not np.isfinite(mel).all():
        raise ValueError("This spectrogram holds values that are no numbers.")
    return torch.from_numpy(mel.clip(LOWEST, 8))[None]


def vocode(mel: np.ndarray) -> np.ndarray:
    """A log mel-spectrogram (100, T), T >= 2, to sound: float32 (256 (T - 1),) at RATE.

    Long ones are rendered in chunks, so memory is bounded. The same spectrogram gives the same sound.
    Raises ValueError for other shapes, for values that are no numbers, and without the weights.
    """
    mel = np.asarray(mel)
    if mel.ndim == 2 and mel.shape[1] < 2:
        raise ValueError("A spectrogram needs two frames or more.")
    return np.concatenate(list(stream(mel[..., i : i + CHUNK] for i in range(0, mel.shape[-1], CHUNK))))


def stream(pieces: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Samples of spectrograms (100, T) that follow each other without a seam; see ``Stream``."""
    rendering = Stream()
    for piece in pieces:
        if len(samples := rendering.push(piece)):
            yield samples
    if len(samples := rendering.finish()):
        yield samples
