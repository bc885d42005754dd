"""The strip "recorded original, vocoder copy, synthesised" of the room "Speech"."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np

from genai_demo.audio import mel, sounds, vocoder
from genai_demo.audio.speech import generate
from genai_demo.audio.speech.normalise import require_length
from genai_demo.core import limits
from genai_demo.trust.policy import check
from genai_demo.ui import presses
from genai_demo.ui.audio_pictures import PICTURES_CSS, pictures
from genai_demo.ui.common import MODEL_EVENT, keep_file, readable_errors
from genai_demo.ui.strings import language_of, say, text

COLUMNS = ("original", "copy", "synthesised")
SAID = "The birch canoe slid on the smooth planks."
"""A sentence to read aloud: the first of the Harvard sentences (IEEE 1969)."""


class Recording(gr.Audio):
    """A sound box whose event functions receive the path of the file, unopened, as ``common.Upload``.

    Files come through a box of their own: this one's refuses what the browser takes for no audio (WebM, MP4, AMR).
    """

    is_template = True

    def preprocess(self, payload: Any) -> str | None:
        """Path of the file; None where the box is empty. Raises gr.Error for no file."""
        if payload is None:
            return None
        if not payload.path:
            raise gr.Error("Upload the sound as a file.", print_exception=False)
        return str(payload.path)


@readable_errors
def take_recording(file: str | None) -> tuple[str | None, None]:
    """An uploaded sound, or that of a video, as a WAV file that every browser plays; and the emptied box.

    Args:
        file: a sound file of any kind.
    """
    if not file:
        return None, None
    samples = sounds.read(file, max_seconds=limits.MAX_COMPARED_SECONDS)
    return keep_file(sounds.wave_bytes(samples), "recording.wav"), None


@readable_errors
def compare_speech(
    recording: str | None, said: str, voice: str, seed: float, request: gr.Request
) -> Iterator[tuple[Any, ...]]:
    """A recorded sentence, the vocoder's copy of it, and the same words synthesised.

    Args:
        recording: a sound file with one sentence.
        said: its words.
        voice: one of ``generate.voices()``.
        seed: of the synthesis.

    Returns:
        The status; then of each of the three the sound as WAV and its pictures (HTML).
    """
    language, empty = language_of(request), (None, "")
    require_length(said or "")
    check.require(said)
    if recording is None:
        raise ValueError("Choose a sound first.")
    original = sounds.read(recording, max_seconds=limits.MAX_COMPARED_SECONDS)
    seen = mel.analyse(original)
    columns: tuple[str, ...] = _column(original, seen, "original", language)
    yield gr.skip(), *columns, *empty, *empty
    copied = vocoder.vocode(seen)
    copy = mel.analyse(copied)
    distance = float(np.abs(copy - seen[:, : copy.shape[1]]).mean())
    status = say("speech.compare.status", language, distance=distance)
    columns += _column(copied, copy, "copy", language)
    yield status, *columns, *empty
    found = list(generate.pieces(said, voice, int(seed)))
    samples = np.concatenate([piece.samples for piece in found])
    yield status, *columns, *_column(samples, generate.spectrogram(found), "synthesised", language)


def _column(samples: np.ndarray, spectrogram: np.ndarray, name: str, language: str) -> tuple[str, str]:
    """File and pictures."""
    return keep_file(sounds.wave_bytes(samples), f"speech-{name}.wav"), pictures(samples, spectrogram, language)


def build(voice: gr.Radio, seed: gr.Number) -> Any:
    """Lay out the strip and connect its event, which is returned."""
    gr.Markdown(text("speech.compare.note"), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=260):
            file = gr.File(
                label=text("speech.recording.file"), type="filepath", height=140, elem_id="speech-recording-file"
            )
            recording = Recording(
                label=text("speech.recording"), sources=["microphone"], type="filepath", elem_id="speech-recording",
                buttons=[],
            )  # fmt: skip
        with gr.Column(min_width=260):
            said = gr.Textbox(
                SAID, label=text("speech.said"), info=text("speech.said.info"), lines=2, elem_id="speech-said",
                max_length=limits.MAX_SPEECH_CHARACTERS,
            )  # fmt: skip
            go = gr.Button(text("speech.compare.go"), variant="primary", elem_id="speech-compare-go")
    status = gr.Markdown(elem_classes="notice", elem_id="speech-compare-status")
    outputs: list[Any] = [status]
    with gr.Row(equal_height=False):
        for name in COLUMNS:
            with gr.Column(min_width=240):
                player = gr.Audio(
                    label=text(f"speech.{name}"), interactive=False, buttons=["download"], elem_id=f"speech-{name}",
                    waveform_options=gr.WaveformOptions(show_recording_waveform=False),
                )  # fmt: skip
                look = gr.HTML(css_template=PICTURES_CSS, apply_default_css=False)
                outputs += [player, look]
    file.upload(take_recording, file, [recording, file], api_visibility="private", show_progress="minimal")
    return go.click(
        compare_speech, [recording, said, voice, seed], outputs, api_name="compare_speech", show_progress="minimal",
        time_limit=120, **MODEL_EVENT, **presses.PRESS,
    )  # fmt: skip
