"""Fill the tables of measured quality in README.md from the cards: ``python -m benchmarks.readme``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from genai_demo.core.checkpoint import read_card
from genai_demo.text.documents import TASKS

README = Path(__file__).parents[1] / "README.md"
ROWS = [
    (
        "Frechet distance of 500 pictures, truncation 1 (smaller is better)",
        "frechet",
        "real_against_real",
        "real_blurred_2px",
    ),
    ("Frechet distance in our own classifier's features", "identity_frechet", "identity_frechet_floor", None),
    ("Precision: share of the pictures that lie among real faces", "precision", "real_precision", None),
    ("Recall: share of real faces that lie among the pictures", "recall", "real_recall", None),
    ("Distance to the nearest training face, median", "nearest_train_generated", "nearest_train_held_out", None),
]  # fmt: skip


def quality() -> str:
    """The table as Markdown."""
    gan, vae = read_card("faces-gan")["metrics"], read_card("faces-vae")["metrics"]

    def number(figures: dict[str, float], key: str | None) -> str:
        return f"{figures[key]:.2f}" if key else ""

    lines = ["| measure | GAN | VAE | real faces | real, blurred by 2 px |", "|---|---:|---:|---:|---:|"]
    for text, key, floor, ceiling in ROWS:
        cells = [number(gan, key), number(vae, key), number(gan, floor), number(gan, ceiling)]
        lines.append(f"| {text} | {' | '.join(cells)} |")
    judge, encoder = read_card("faces-discriminator")["metrics"], read_card("faces-encoder")["metrics"]
    lines += [
        "",
        f"With codes from N(0, I), as in the textbook, instead of the Gaussian fitted to the codes of real faces, the "
        f"VAE's distance would be {vae['frechet_standard_prior']:.1f}. "
        f"The VAE gives held-out faces back with {vae['psnr']:.1f} dB PSNR and SSIM {vae['ssim']:.2f}; the GAN, "
        f"through its encoder, with {encoder['psnr']:.1f} dB and {encoder['ssim']:.2f}. The discriminator is right "
        f"about {100 * judge['discriminator_accuracy']:.0f} % of faces and fakes that it has not seen. "
        f"{100 * gan['memorised_share']:.1f} % of the GAN's pictures lie closer to a training face than all but 1 % of "
        "held-out faces do.",
    ]
    if large := read_card("faces-upsampler").get("metrics"):
        lines += [
            "",
            f"At 256 pixels, where the upsampler draws the detail: distance {large['frechet']:.1f} (bicubic "
            f"interpolation {large['frechet_bicubic']:.1f}; real faces {large['real_against_real']:.1f}; real faces "
            f"that were halved and upsampled {large['real_halved_and_upsampled']:.1f}, bicubic "
            f"{large['real_halved_and_bicubic']:.1f}). Halved held-out faces come back with {large['psnr']:.1f} dB "
            f"PSNR and SSIM {large['ssim']:.3f} (bicubic {large['psnr_bicubic']:.1f} dB and "
            f"{large['ssim_bicubic']:.3f}).",
        ]
    return "\n".join(lines)


def text_quality() -> str:
    """The figures of the text model as Markdown."""
    card = read_card("text")
    figures, training = card.get("metrics", {}), card["training"]
    bits = figures.get("bits_per_byte") or training["held_out"]
    names = [n for task in TASKS for n in (task, f"{task}_en", f"{task}_zh") if n in bits]
    words = [n.replace("_en", ", English").replace("_zh", ", Chinese") for n in names]
    lines = [f"| bits per byte of held-out text | {' | '.join(words)} |", f"|---|{'---:|' * len(names)}"]
    lines.append(f"| ours | {' | '.join(f'{bits[n]:.2f}' for n in names)} |")
    peers = card.get("peers", {})
    for peer, label in (("ppmd", "PPMd, fed all training text of the kind"), ("kneser_ney", "5-grams, Kneser-Ney")):
        if peers:
            lines.append(f"| {label} | {' | '.join(f'{peers[n][peer]:.2f}' for n in names)} |")
    if not figures:
        return "\n".join(
            [
                *lines,
                "",
                f"Trained on {training['tokens'] / 1e6:.1f} million tokens; 24 documents of each kind, measured by "
                "`train text`.",
            ]
        )
    lines += [
        "",
        f"Trained on {training['tokens'] / 1e6:.1f} million tokens. BLEU on everyday sentences: "
        f"{figures['bleu_en_zh']:.1f} into Chinese, {figures['bleu_zh_en']:.1f} into English (sacrebleu). "
        f"{100 * figures['code_that_parses']:.0f} % of its code suggestions parse; it solves "
        f"{100 * figures['pass_at_10']:.0f} % of small exercises in ten tries. Poems: "
        f"{100 * figures['poems_with_regular_lines']:.0f} % have regular lines on their own, "
        f"{100 * figures['poems_with_regular_lines_when_kept']:.0f} % where a form is chosen. The longest run that a "
        f"story copies from the training text is {figures['longest_copy_en_written']:.0f} tokens at the median (real "
        f"held-out stories: {figures['longest_copy_en_real']:.0f}). First token after "
        f"{figures['first_token_milliseconds']:.0f} ms, then {figures['tokens_per_second_1']:.0f} tokens a second, "
        f"four texts at once {figures['tokens_per_second_4']:.0f} ({card['metrics_hardware']}).",
    ]
    if peer := card.get("gpt2_peer", {}).get("bits_per_byte"):
        found = card["gpt2_peer"]
        mine, other = (sum(row[who] for row in peer.values()) / len(peer) for who in ("ours", "gpt2"))
        behind = sum(row["ours"] >= row["gpt2"] for row in peer.values())
        lines += [
            "",
            "Beside the GPT-2 of `transformers` with as many weights, after the same "
            f"{found['tokens'] / 1e6:.1f} million tokens each "
            f"(`benchmarks.gpt2_peer`): {mine:.2f} bits a byte against {other:.2f}, the mean of "
            f"{len(peer)} kinds, {'ahead in each' if not behind else f'behind in {behind}'}; and "
            f"{found['tokens_per_second_ours']:.0f} tokens a second against {found['tokens_per_second_gpt2']:.0f} "
            f"({found['hardware']}).",
        ]
    return "\n".join(lines)


DAMAGE = {
    "hole": "holes", "blur": "out of focus", "motion": "moved camera", "shrink2": "enlarged 2 times",
    "shrink4": "enlarged 4 times", "noise": "noise", "blocks": "JPEG blocks", "mixture": "several at once",
}  # fmt: skip


MEASURED = (("psnr", max, 1), ("ssim", max, 3), ("features", min, 3), ("identity", min, 3))
"""Measures of a repair, which of two is better, and digits."""


def repair_quality() -> str:
    """Ours beside the best of the classical methods, measure by measure."""
    card = read_card("repair")
    figures = card.get("metrics", {})
    if not figures:
        return "Not measured yet."
    columns = " | best other | ".join(("PSNR (dB)", "SSIM", "features", "identity", ""))
    lines = [f"| damage | {columns}".removesuffix(" "), f"|---|{'---:|' * 8}"]
    for problem, words in DAMAGE.items():
        found = dict(figures[problem])
        mine, plain = found.pop("ours"), found.pop("ours, faithful")
        cells = []
        for measure, best, digits in MEASURED:
            if measure not in mine:  # identity, where dlib was not installed
                cells += ["", ""]
                continue
            name = best(found, key=lambda n: found[n][measure])
            cells += [f"{mine[measure]:.{digits}f}", f"{found[name][measure]:.{digits}f} {name}"]
        cells[0] += f" ({plain['psnr']:.1f})"
        lines.append(f"| {words} | {' | '.join(cells)} |")
    known = figures["estimate_correlation"]
    lines += [
        "",
        "PSNR and SSIM: larger is better; features (distance of EfficientNet-Lite0 features) and identity (distance "
        "of dlib's face embedding; 0.6 is another person): smaller is better. Both networks were losses of the "
        "training, so those two columns flatter ours. Ours at fidelity 0.5, in brackets at 1. Others: OpenCV's "
        "Telea, Navier-Stokes and non-local means, unsharp "
        "masking, and the damaged picture as it is. What it says is wrong with a picture agrees with what was done to "
        f"it (correlation): {', '.join(f'{name} {value:.2f}' for name, value in known.items())}. A picture of "
        f"128 pixels takes {figures['milliseconds_128']:.0f} ms, one of 512 pixels "
        f"{figures['milliseconds_512']:.0f} ms ({card['metrics_hardware']}).",
    ]
    return "\n".join([*lines, *wide_holes()])


def wide_holes() -> list[str]:
    """Wide holes in faces, by the network alone and with the face GAN."""
    found = read_card("repair").get("wide_holes")
    if not found:
        return []
    lines = ["", "| wide holes in faces | PSNR (dB) | SSIM | features | identity | four fillings apart | seconds |"]
    lines.append(f"|---|{'---:|' * 6}")
    for name in ("network", "network and face GAN"):
        row = found[name]
        lines.append(
            f"| {name} | {row['psnr']:.1f} | {row['ssim']:.3f} | {row['features']:.3f} | {row.get('identity', 0):.3f} "
            f"| {row['apart']:.1f} | {row['seconds']:.2g} |"
        )
    return [
        *lines,
        "",
        f"{found['pictures']} held-out faces of which {100 * found['hidden']:.0f} % is hidden "
        f"(`{found['command'].removesuffix(' --card')}`, {found['hardware']}). Apart: mean difference inside the hole, "
        "of 255.",
    ]


MEASURES = (
    ("pitch_class_distance", "pitches: distance to held-out pieces", 2),
    ("rhythm_distance", "rhythms: distance", 2),
    ("out_of_key", "notes outside the key", 3),
    ("key_heard_as_meant", "key heard as meant", 2),
    ("longest_copy", "longest run shared with a training piece, notes", 0),
)


def music_quality() -> str:
    """What is written beside held-out pieces, style by style."""
    card = read_card("audio-music")
    figures = card.get("metrics", {})
    if not figures:
        return "Not measured yet."
    styles = [name for name in figures if isinstance(figures[name], dict) and name != "bits_per_event"]
    lines = [f"| style | {' | '.join(words for _, words, _ in MEASURES)} |", f"|---|{'---:|' * len(MEASURES)}"]
    for style in styles:
        found = figures[style]
        cells = [f"{found[key]:.{digits}f} ({found[f'{key}_real']:.{digits}f})" for key, _, digits in MEASURES]
        lines.append(f"| {style.replace('_', ' ')} | {' | '.join(cells)} |")
    bits, seconds = figures["bits_per_event"], {k: v for k, v in figures.items() if k.startswith("seconds")}
    lines += [
        "",
        "In brackets the same of real pieces: of one half of the held-out ones to the other, or of all of them. Bits "
        f"an event of held-out pieces: tunes {bits['tune']:.2f}, their chords {bits['chords']:.2f}, sopranos of "
        f"chorales {bits['soprano']:.2f}, the other voices {bits['voices']:.2f}. Chords that it writes to a real "
        f"melody contain its notes {100 * figures['chords_fit']:.0f} % of the time (the real chords: "
        f"{100 * figures['chords_fit_real']:.0f} %) and have the root of the real ones on "
        f"{100 * figures['chords_as_in_the_source']:.0f} % of the half beats. 16 bars of a tune with chords take "
        f"{seconds['seconds_16_bars_tune']:.1f} s, of a chorale {seconds['seconds_16_bars_chorale']:.1f} s; 30 s of "
        f"sound are rendered in {seconds['seconds_render_30_s_tune']:.2f} s and "
        f"{seconds['seconds_render_30_s_chorale']:.2f} s.",
    ]
    return "\n".join(lines)


VOICES = {
    "recorded": "recordings", "griffin_lim_copy": "their Griffin-Lim copies", "vocoder_copy": "their vocoder copies",
    "synthesised": "**ours, from the text**", "flite": "flite (slt)", "espeak-ng": "espeak-ng",
}  # fmt: skip


def speech_quality() -> str:
    """Words that a recogniser gets wrong in each voice, how far copies and synthesis are from recordings, and speed."""
    figures = read_card("audio-speech").get("metrics", {})
    if not figures:
        return "Not measured yet."
    if "voices" in figures:
        return taught_voices(figures)
    rates = {words: figures["word_error_rate"].get(name) for name, words in VOICES.items()}
    rates = {words: rate for words, rate in rates.items() if rate is not None}
    lines = [f"| English heard by pocketsphinx | {' | '.join(rates)} |", f"|---|{'---:|' * len(rates)}"]
    lines += [f"| words that are wrong | {' | '.join(f'{100 * rate:.1f} %' for rate in rates.values())} |", ""]
    lines += ["| | distortion (dB) | pitch error (cents) | voicing errors |", "|---|---:|---:|---:|"]
    for language in ("english", "mandarin"):
        for who, words in (("vocoder", "vocoder copies"), ("griffin_lim", "Griffin-Lim copies")):
            found = figures[f"copies_{language}"][who]
            cells = [f"{found['mel_cepstral_distortion_db']:.2f}", f"{found['pitch_rmse_cents']:.0f}"]
            lines.append(
                f"| {language.title()}, {words} | {' | '.join(cells)} | {100 * found['voicing_errors']:.1f} % |"
            )
    said = {name: figures[name] for name in ("english", "mandarin")}
    lines += [
        "",
        f"{figures['sentences']} held-out sentences, {figures['words']} held-out Mandarin words. Distortion is the "
        "mean difference of smoothed spectra; Griffin-Lim starts from the same spectrograms. "
        "Spoken from the text and brought to the recording's timing, a sentence differs from the recording by "
        f"{said['english']['mel_cepstral_distortion_db']:.1f} dB, a Mandarin word by "
        f"{said['mandarin']['mel_cepstral_distortion_db']:.1f} dB; the contour of a Mandarin word's pitch, its tones, "
        f"correlates with the recorded one by {said['mandarin']['pitch_contour_correlation']:.2f}. The vocoder is "
        f"{1 / figures['vocoder_real_time_factor']:.0f} times faster than real time, the whole chain "
        f"{1 / figures['speech_real_time_factor']:.0f} times; the first sound of a text comes after "
        f"{1000 * figures['first_sound_short_text']:.0f} ms, of a long one after "
        f"{1000 * figures['first_sound_long_text']:.0f} ms.",
    ]
    return "\n".join(lines)


def taught_voices(figures: dict[str, Any]) -> str:
    """Every voice beside its teacher, and speed."""
    voices = figures["voices"]
    lines = [f"| | {' | '.join(voices)} |", f"|---|{'---:|' * len(voices)}"]
    rows: dict[str, Callable[[dict[str, Any]], str]] = {
        "English words heard wrong (pocketsphinx)": lambda v: _share(v, "synthesised"),
        "on the teacher's held-out sentences": lambda v: _share(v, "synthesised_same"),
        "the teacher on these": lambda v: _share(v, "teacher"),
        "distortion from the teacher (dB)": lambda v: f"{v['mel_cepstral_distortion_db']:.1f}",
        "of vocoder copies (dB)": lambda v: f"{v['copies']['mel_cepstral_distortion_db']:.1f}",
        "pitch of Mandarin syllables, correlation": lambda v: f"{v['pitch_contour_correlation']:.2f}",
        "lengths of vowels, correlation": lambda v: f"{v['syllable_length_correlation']:.2f}",
        "pauses at commas, of the teacher's": lambda v: f"{100 * v['pause_ratio']['comma']:.0f} %",
        "questions that end as the teacher's": lambda v: f"{v['questions_end_alike']} of {v['questions']}",
    }
    lines += [f"| {name} | {' | '.join(cell(v) for v in voices.values())} |" for name, cell in rows.items()]
    lines += [
        "",
        f"{figures['sentences']} English sentences that no training text was; for the rest "
        f"{sum(v['clips'] for v in voices.values())} held-out sentences of the teacher. The vocoder is "
        f"{1 / figures['vocoder_real_time_factor']:.0f} times faster than real time, the whole chain "
        f"{1 / figures['speech_real_time_factor']:.0f} times; the first sound of a text comes after "
        f"{1000 * figures['first_sound_short_text']:.0f} ms, of a long one after "
        f"{1000 * figures['first_sound_long_text']:.0f} ms.",
    ]
    return "\n".join(lines)


def _share(voice: dict[str, Any], who: str) -> str:
    rate = voice.get("word_error_rate", {}).get(who)
    return "" if rate is None else f"{100 * rate:.1f} %"


def effects_quality() -> str:
    """What a judge that has heard recordings only takes the sounds for, how far they are from them, and speed."""
    figures = read_card("audio-effects").get("metrics", {})
    if not figures:
        return "Not measured yet."
    names = {"recorded": "recordings", "vocoder_copy": "their vocoder copies", "synthesised": "**made**"}
    lines = ["| held-out kinds and lengths | recognised | Frechet distance to the training sounds |", "|---|---:|---:|"]
    for name, words in names.items():
        share, apart = figures[name]["accuracy"], figures["frechet"][f"{name}_to_training"]
        lines.append(f"| {words} | {100 * share:.0f} % | {apart:.2f} |")
    worst = sorted(figures["synthesised"]["by_kind"].items(), key=lambda item: item[1])[:6]
    named = ", ".join(f"{name.replace('_', ' ')} {100 * share:.0f} %" for name, share in worst)
    sliders, speed = figures["sliders"], figures["speed_of_3_seconds"]
    lines += [
        "",
        f"That is {figures['accuracy_ratio']:.2f} of the share of real sounds. Least often recognised: "
        f"{named}. The brightness of a "
        f"sound follows its slider with a correlation of {sliders['brightness']['mean']:.2f}, its density with "
        f"{sliders['density']['mean']:.2f}. The nearest training sound is {figures['novelty_ratio']:.2f} times as far "
        f"as from a held-out recording. Three seconds take {speed['seconds']:.2f} s.",
    ]
    return "\n".join(lines)


def fill(page: str, name: str, content: str) -> str:
    """The page with new content between the marks of that name."""
    before, _, rest = page.partition(f"<!-- {name}:begin -->")
    _, _, after = rest.partition(f"<!-- {name}:end -->")
    return f"{before}<!-- {name}:begin -->\n{content}\n<!-- {name}:end -->{after}"


def main() -> None:
    page = README.read_text(encoding="utf-8")
    for name, content in (
        ("quality", quality()), ("text", text_quality()), ("repair", repair_quality()), ("music", music_quality()),
        ("speech", speech_quality()), ("effects", effects_quality()),
    ):  # fmt: skip
        page = fill(page, name, content)
    README.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
