"""The acoustic model: phones in, mel-spectrogram out, all frames at once (after FastSpeech 2, Ren et al. 2021).

Notable choices
- The encoder reads phones with convolutions and attention; behind it everything is convolutions of
  limited reach, so bending one phone changes the sound near that phone only.
- Duration, pitch and energy are one number a phone each, and three more tell how the pitch moves within
  it (tones!); predicted or given from outside. The decoder sees where the harmonics of that pitch lie.
- A frame knows how far into its phone it is: without that all frames of a phone would start out equal.
- The decoder learns the mean of all ways to say it, which sounds muffled. A refiner adds what a
  discriminator misses (``PatchJudge``); gradients of the refiner never reach the decoder.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.audio.mel import hertz_to_mel, mel_to_hertz
from genai_demo.audio.sounds import RATE
from genai_demo.core.transformer import check_heads, norm, rotate, turns

PLACES = 4
"""Places in a phrase: first syllable or not, last syllable or not."""


@dataclass(frozen=True)
class SpeechConfig:
    """Shape of the model; stored in the card."""

    symbols: int
    marks: int
    languages: int = 2
    speakers: int = 3
    mels: int = 100
    width: int = 224
    heads: int = 4
    encoder_layers: int = 4
    decoder_layers: int = 6
    refiner_layers: int = 4
    expansion: int = 3
    """Width inside a block, in widths."""
    noise: int = 8
    """Random numbers a frame, from which the refiner makes its texture."""
    dropout: float = 0.1
    """In the encoder and before the predictions of prosody."""

    def __post_init__(self) -> None:
        check_heads(self.width, self.heads)


@dataclass
class Phones:
    """A padded batch of sequences; every field but ``speaker`` is (B, N)."""

    symbol: Tensor
    mark: Tensor
    language: Tensor
    place: Tensor
    """First and last syllable of a phrase: 2 x not the first + not the last."""
    speaker: Tensor
    """(B, N, S) float: how much of each speaker a phone has, adding up to 1. A voice may be mixed of two, and between
    recorded speakers a mixed sentence changes the speaker with the language."""
    mask: Tensor
    """float, 1 where there is a phone."""


@dataclass
class Prosody:
    """Numbers a phone, (B, N) float each."""

    log_frames: Tensor
    """Natural logarithm of the duration in frames."""
    pitch: Tensor
    """Mean log F0, standardised by speaker."""
    energy: Tensor
    """Mean log amplitude, standardised by speaker."""
    melody: Tensor
    """(B, N, 3): pitch at the start, middle and end of the phone less ``pitch``, in the same units."""


class ConvBlock(nn.Module):
    """ConvNeXt (Liu et al. 2022) along time. (B, T, W), (B, T, 1) -> (B, T, W); padding stays zero."""

    def __init__(self, width: int, expansion: int, kernel: int = 7, dropout: float = 0.0):
        super().__init__()
        # Over pictures one column wide: so PyTorch convolves with the channels last, five times faster on a CPU.
        self.depthwise = nn.Conv2d(width, width, (kernel, 1), padding=(kernel // 2, 0), groups=width)
        self.depthwise.to(memory_format=torch.channels_last)
        self.norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, expansion * width)
        self.narrow = nn.Linear(expansion * width, width)
        self.dropout = nn.Dropout(dropout)
        nn.init.zeros_(self.narrow.weight)
        nn.init.zeros_(self.narrow.bias)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        y = self.depthwise(x.transpose(1, 2)[..., None])[..., 0].transpose(1, 2)
        return (x + self.dropout(self.narrow(F.relu(self.widen(self.norm(y)))))) * mask


class Attention(nn.Module):
    """Self-attention in both directions with rotary positions. (B, N, W) -> (B, N, W)."""

    def __init__(self, width: int, heads: int, dropout: float):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.to_qkv = nn.Linear(width, 3 * width, bias=False)
        self.project = nn.Linear(width, width, bias=False)
        self.dropout = nn.Dropout(dropout)
        half = width // heads // 2
        self.register_buffer("speeds", 1000.0 ** -(torch.arange(half) / half), persistent=False)
        nn.init.zeros_(self.project.weight)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        q, k, v = self.to_qkv(self.norm(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        turn = turns(0, x.shape[1], self.speeds, q.dtype)
        seen = mask[:, None, None, :, 0] > 0
        y = F.scaled_dot_product_attention(rotate(norm(q), turn), rotate(norm(k), turn), v, attn_mask=seen)
        return (x + self.dropout(self.project(y.transpose(1, 2).flatten(2)))) * mask


class Encoder(nn.Module):
    """Phones to hidden states (B, N, W)."""

    def __init__(self, config: SpeechConfig):
        super().__init__()
        rows = (config.symbols, config.marks, config.languages, PLACES, config.speakers)
        self.embeddings = nn.ModuleList(nn.Embedding(count, config.width) for count in rows)
        for table in self.embeddings:
            nn.init.normal_(table.weight, std=0.4)
        self.convolutions = nn.ModuleList(
            ConvBlock(config.width, config.expansion, 5, dropout=config.dropout) for _ in range(config.encoder_layers)
        )
        self.attentions = nn.ModuleList(
            Attention(config.width, config.heads, config.dropout) for _ in range(config.encoder_layers)
        )
        self.norm = nn.LayerNorm(config.width)

    def forward(self, phones: Phones) -> Tensor:
        mask = phones.mask[..., None]
        numbers = (phones.symbol, phones.mark, phones.language, phones.place)
        *tables, speakers = self.embeddings
        x = sum(table(n) for table, n in zip(tables, numbers, strict=True)) + phones.speaker @ speakers.weight
        x = x * mask
        for convolution, attention in zip(self.convolutions, self.attentions, strict=True):
            x = attention(convolution(x, mask), mask)
        return self.norm(x) * mask


class ProsodyPredictor(nn.Module):
    """Duration, pitch and energy of every phone from the encoder's hidden states (B, N, W)."""

    def __init__(self, config: SpeechConfig):
        super().__init__()
        self.blocks = nn.ModuleList(ConvBlock(config.width, 2, 3, dropout=2 * config.dropout) for _ in range(3))
        self.out = nn.Sequential(nn.LayerNorm(config.width), nn.Linear(config.width, 6))

    def forward(self, hidden: Tensor, mask: Tensor) -> Prosody:
        for block in self.blocks:
            hidden = block(hidden, mask[..., None])
        found = self.out(hidden).float() * mask[..., None]
        log_frames, pitch, energy = found[..., :3].unbind(-1)
        return Prosody(log_frames + 1.8 * mask, pitch, energy, found[..., 3:])  # e^1.8 = 6 frames, the mean


def regulate(frames: Tensor, length: int) -> tuple[Tensor, Tensor, Tensor]:
    """Which phone each frame belongs to, and how far into it: the length regulator of FastSpeech.

    frames: (B, N) int64, durations, 0 for padding. length: T, at least the longest sum.
    -> phone (B, T) int64, within (B, T) int64 counted from 0, mask (B, T) float.
    """
    ends = frames.cumsum(1)
    time = torch.arange(length, device=frames.device).expand(len(frames), -1).contiguous()
    mask = (time < ends[:, -1:]).float()
    phone = torch.searchsorted(ends, time, right=True).clamp_max(frames.shape[1] - 1)
    within = time - (ends - frames).gather(1, phone)
    return phone, within * mask.long(), mask


def glide(points: Tensor, done: Tensor) -> Tensor:
    """A broken line through values at 1/6, 1/2 and 5/6 of a phone: (B, T, 3), (B, T) in [0, 1] -> (B, T)."""
    start, middle, end = points.unbind(-1)
    return middle + 3 * (done - 0.5) * torch.where(done < 0.5, middle - start, end - middle)


class Harmonics(nn.Module):
    """Which mel bands the harmonics of a pitch fall into: log F0 (B, T) -> (B, T, mels) in [-1, 1].

    A comb with teeth at the multiples of F0 that fades where the bands are too wide to tell them apart.
    Without it the decoder would have to learn a spectrogram for every pitch.
    """

    def __init__(self, mels: int):
        super().__init__()
        edges = mel_to_hertz(np.linspace(0, hertz_to_mel(np.array(RATE / 2)), mels + 2))
        self.register_buffer("centres", torch.from_numpy(edges[1:-1]).float(), persistent=False)
        self.register_buffer("widths", torch.from_numpy(edges[2:] - edges[:-2]).float() / 2, persistent=False)

    def forward(self, log_hertz: Tensor) -> Tensor:
        hertz = log_hertz.float().clamp(3.7, 7.0).exp()[..., None]
        return torch.cos(2 * math.pi * self.centres / hertz) * torch.exp(-((self.widths / hertz) ** 2))


class Decoder(nn.Module):
    """Hidden states of phones, spread over their frames, to a mel-spectrogram."""

    def __init__(self, config: SpeechConfig):
        super().__init__()
        self.prosody = nn.Linear(2, config.width)
        self.harmonics = Harmonics(config.mels)
        self.comb = nn.Linear(config.mels, config.width, bias=False)
        self.position = nn.Sequential(
            nn.Linear(4, config.width), nn.GELU(), nn.Linear(config.width, config.width, bias=False)
        )
        self.blocks = nn.ModuleList(ConvBlock(config.width, config.expansion) for _ in range(config.decoder_layers))
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, config.mels)

    def forward(
        self, hidden: Tensor, pitch: Tensor, energy: Tensor, points: Tensor, frames: Tensor, length: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """(B, N, W), (B, N), (B, N), log F0 (B, N, 3), (B, N), T -> mel (B, T, mels), state (B, T, W), mask."""
        hidden = hidden + self.prosody(torch.stack([pitch, energy], -1).to(hidden.dtype))
        phone, within, mask = regulate(frames, length)
        lasts = frames.gather(1, phone).clamp_min(1).float()
        done = (within + 0.5) / lasts
        left = lasts - within
        position = torch.stack([done, (within + 1).log() / 2, left.clamp_min(1).log() / 2, lasts.log() / 2], -1)
        x = hidden.gather(1, phone[..., None].expand(-1, -1, hidden.shape[-1]))
        mask = mask[..., None]
        log_hertz = glide(points.gather(1, phone[..., None].expand(-1, -1, 3)), done)
        x = (x + self.position(position.to(x.dtype)) + self.comb(self.harmonics(log_hertz).to(x.dtype))) * mask
        for block in self.blocks:
            x = block(x, mask)
        state = self.norm(x) * mask
        return self.out(state) * mask, state, mask


class Refiner(nn.Module):
    """What the decoder's mean lacks: (B, T, mels), (B, T, W), noise (B, T, K), mask -> (B, T, mels) to add."""

    def __init__(self, config: SpeechConfig):
        super().__init__()
        self.enter = nn.Linear(config.mels + config.width + config.noise, config.width)
        self.blocks = nn.ModuleList(ConvBlock(config.width, config.expansion) for _ in range(config.refiner_layers))
        self.out = nn.Linear(config.width, config.mels)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, mel: Tensor, state: Tensor, noise: Tensor, mask: Tensor) -> Tensor:
        x = self.enter(torch.cat([mel, state, noise.to(mel.dtype)], -1)) * mask
        for block in self.blocks:
            x = block(x, mask)
        return self.out(x) * mask


@dataclass
class Spoken:
    """What ``SpeechModel`` says. Mels are standardised band by band, (B, T, mels)."""

    prosody: Prosody
    """As predicted, whatever was given."""
    mean: Tensor
    refined: Tensor
    mask: Tensor
    """(B, T, 1)."""


class SpeechModel(nn.Module):
    """The whole chain. Statistics of the training data are buffers, so a checkpoint speaks on its own."""

    def __init__(self, config: SpeechConfig):
        super().__init__()
        self.config = config
        self.encoder, self.predictor = Encoder(config), ProsodyPredictor(config)
        self.decoder, self.refiner = Decoder(config), Refiner(config)
        self.register_buffer("mel_mean", torch.zeros(config.mels))
        self.register_buffer("mel_scale", torch.ones(config.mels))
        self.register_buffer("pitch_mean", torch.full((config.speakers,), 5.3))
        self.register_buffer("pitch_scale", torch.full((config.speakers,), 0.2))
        self.register_buffer("energy_mean", torch.zeros(config.speakers))
        self.register_buffer("energy_scale", torch.ones(config.speakers))

    def prosody(self, phones: Phones) -> tuple[Tensor, Prosody]:
        """Hidden states (B, N, W) and the predicted prosody."""
        hidden = self.encoder(phones)
        return hidden, self.predictor(hidden, phones.mask)

    def render(
        self, hidden: Tensor, speaker: Tensor, given: Prosody, frames: Tensor, noise: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Mean and refined mel, mask. speaker: as of ``Phones``. frames: (B, N) int64. noise: (B, T, K), T at least
        the sum of frames.

        given: pitch, energy and melody to speak with; its durations are not read.
        """
        points = given.pitch[..., None] + given.melody
        points = points * (speaker @ self.pitch_scale)[..., None] + (speaker @ self.pitch_mean)[..., None]
        mean, state, mask = self.decoder(hidden, given.pitch, given.energy, points, frames, noise.shape[1])
        rough = mean.detach()
        return mean, rough + self.refiner(rough, state.detach(), noise, mask), mask

    def forward(self, phones: Phones, given: Prosody, frames: Tensor, noise: Tensor) -> Spoken:
        """Training: the true durations and prosody are given."""
        hidden, prosody = self.prosody(phones)
        return Spoken(prosody, *self.render(hidden, phones.speaker, given, frames, noise))

    def to_log_mel(self, mel: Tensor) -> Tensor:
        """Standardised (..., T, mels) to natural logarithms, as the vocoder reads them."""
        return mel.float() * self.mel_scale + self.mel_mean

    def standardised(self, mel: Tensor) -> Tensor:
        """The way back."""
        return (mel.float() - self.mel_mean) / self.mel_scale


class PatchJudge(nn.Module):
    """Tells real from made mel-spectrograms patch by patch (PatchGAN, Isola et al. 2017).

    (B, T, mels) -> logits (B, T / 8, mels / 16) and the features of every layer, for feature matching.
    """

    def __init__(self, channels: int = 32):
        super().__init__()
        widths = (2, channels, 2 * channels, 4 * channels, 4 * channels)
        strides = ((1, 2), (2, 2), (2, 2), (2, 2))
        self.layers = nn.ModuleList(
            nn.utils.parametrizations.weight_norm(nn.Conv2d(a, b, (3, 5), stride, (1, 2)))
            for a, b, stride in zip(widths, widths[1:], strides, strict=False)
        )
        self.out = nn.utils.parametrizations.weight_norm(nn.Conv2d(widths[-1], 1, 3, padding=1))

    def forward(self, mel: Tensor) -> tuple[Tensor, list[Tensor]]:
        height = torch.linspace(-1, 1, mel.shape[-1], device=mel.device, dtype=mel.dtype).expand_as(mel)
        x, seen = torch.stack([mel, height], 1), []  # which band a patch is in matters
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            seen.append(x)
        return self.out(x), seen
