"""Fill tables of docs/trust.md from the cards: policy, memorisation, groups. ``python -m benchmarks.audits``"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from genai_demo.core import checkpoint

DOCS = Path(__file__).parents[1] / "docs" / "trust.md"
NAMES = {"en": "English", "zh": "Chinese"}
KINDS = ("minors", "hate", "abuse", "sexual", "violence", "selfharm", "personal")


def policy() -> str:
    """What the policy stops wrongly, what it misses, what it costs."""
    figures = checkpoint.read_card("policy")["metrics"]
    missed = figures["missed_percent"]
    lines = ["| per cent | English | Chinese |", "|---|---:|---:|"]

    def row(what: str, values: Callable[[str], float], digits: int = 0) -> None:
        lines.append(f"| {what} | {' | '.join(f'{values(la):.{digits}f}' for la in NAMES)} |")

    wrong = figures["false_positives"]
    row(f"harmless held-out sentences stopped ({wrong['en']['sentences']:,} of each)",
        lambda la: wrong[la]["stopped_percent"], 3)  # fmt: skip
    row("... by lists and patterns alone", lambda la: wrong[la]["stopped_by_lists_alone_percent"], 3)
    row("... that seem to hold personal data, counted apart", lambda la: wrong[la]["personal_data_percent"], 3)
    lists = figures["hand_written_lists"]
    row(
        f"hand-written harmless sentences stopped ({lists['harmless']['en']['sentences']} and "
        f"{lists['harmless']['zh']['sentences']})",
        lambda la: lists["harmless"][la]["stopped_percent"],
        1,
    )
    row(
        f"missed where somebody's age is told in many ways ({lists['minors']['en']['sentences']} and "
        f"{lists['minors']['zh']['sentences']})",
        lambda la: lists["minors"][la]["missed_percent"],
    )
    row(
        f"missed of the hand-written list ({missed['hand_written_count']} in all)",
        lambda la: missed["hand_written"][la],
    )
    for kind in KINDS:
        row(f"... {kind}", lambda la, k=kind: missed["hand_written_by_kind"][f"{k}_{la}"])  # type: ignore[misc]
    row("missed of held-out sentences composed from templates", lambda la: missed["composed"][la])
    hidden = ", ".join(
        f"{name.rpartition('_')[0]} ({NAMES[name.rpartition('_')[2]]}) {value:.0f} %"
        for name, value in missed["disguised"].items()
    )
    lines += [
        "",
        f"Missed of the hand-written list in disguise: {hidden}. Of {missed['hard_harmless_count']} harmless sentences "
        f"chosen to be mistaken, {missed['hard_harmless_stopped']} are stopped. One look takes "
        f"{figures['milliseconds_100_characters']:.1f} ms for 100 characters, "
        f"{figures['milliseconds_1000_characters']:.1f} ms for 1,000 and "
        f"{figures['milliseconds_20000_characters']:.0f} ms for 20,000.",
    ]
    return "\n".join(lines)


def memorisation() -> str:
    """What every generative model repeats."""
    text, repair = (checkpoint.read_card(name)["memorisation"] for name in ("text", "repair"))
    lines = [
        "| text: what comes back word for word after a prefix | documents | 10 tokens or more | 20 | 50 | longest |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for key, name in (
        ("train_prefix_32", "training documents, 32 tokens given"),
        ("held_out_prefix_32", "held-out documents, 32 tokens given"),
        ("train_prefix_64", "training documents, 64 tokens given"),
        ("held_out_prefix_64", "held-out documents, 64 tokens given"),
    ):
        lines.append(_extracted(name, text[key]))
    for often, found in text["by_occurrences_of_the_prefix"].items():
        times = "once" if often == "1" else f"{often} times"
        lines.append(_extracted(f"training, the prefix stands there {times}", found))
    lines += ["", "| other models | made | real and held out |", "|---|---:|---:|"]
    for name in ("faces-gan", "faces-vae"):
        found = checkpoint.read_card(name)["memorisation"]
        lines.append(
            f"| {name}: distance to the nearest training face, median | {found['nearest_training_face_median']:.2f} "
            f"| {found['the_same_of_held_out_faces']:.2f} |"
        )
    effects = checkpoint.read_card("audio-effects")["memorisation"]
    lines.append(
        "| audio-effects: distance to the nearest training sound, median | "
        f"{effects['nearest_training_sound_of_made_sounds']:.2f} | {effects['the_same_of_held_out_recordings']:.2f} |"
    )
    music = checkpoint.read_card("audio-music")["memorisation"]["longest_run_of_intervals_shared_with_a_training_piece"]
    worst = max(found["worst"] for found in music.values())
    real = max(found["worst_of_real_held_out_pieces"] for found in music.values())
    lines.append(f"| audio-music: longest run shared with a training piece, notes | {worst:.0f} | {real:.0f} |")
    low, high = repair["difference_interval"]
    inside = {split: repair[f"psnr_inside_holes_of_{split}_faces"] for split in ("training", "held_out")}
    lines += [
        "",
        f"The repair network fills holes in training faces with {inside['training']:.1f} dB, in held-out ones with "
        f"{inside['held_out']:.1f} dB (difference {repair['difference']:+.2f} dB, 95 % interval {low:+.2f} to "
        f"{high:+.2f}); a training face has the better repair in {100 * repair['share_told_apart']:.0f} % of random "
        "pairs, 50 % being no memory.",
    ]
    return "\n".join(lines)


def _extracted(name: str, found: dict[str, float]) -> str:
    shares = " | ".join(f"{100 * found[f'share_{n}_tokens']:.1f} %" for n in (10, 20, 50))
    return f"| {name} | {found['documents']:.0f} | {shares} | {found['longest']:.0f} |"


def fairness() -> str:
    """How samples spread over groups, and how repair differs between them."""
    lines = [
        "| share that would have to change its group | GAN, 0.7 | GAN, 1 | VAE, 0.7 | VAE, 1 | by chance |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    gan, vae = (checkpoint.read_card(name)["fairness"] for name in ("faces-gan", "faces-vae"))
    settings = [(card, psi) for card in (gan, vae) for psi in ("truncation_0.7", "truncation_1")]
    for group in gan["truncation_1"]:
        cells = [f"{100 * card[psi][group]['total_variation']:.0f} %" for card, psi in settings]
        lines.append(
            f"| {group} | {' | '.join(cells)} | {100 * gan['truncation_1'][group]['distance_by_chance']:.0f} % |"
        )
    lines += ["", "| share of samples (of training faces) | GAN, 0.7 | GAN, 1 | VAE, 1 |", "|---|---:|---:|---:|"]
    for group in ("gender", "skin", "appearance"):
        for name in gan["truncation_1"].get(group, {}).get("share", {}):
            parts = (gan["truncation_0.7"], gan["truncation_1"], vae["truncation_1"])
            cells = [
                f"{100 * p[group]['share'][name]:.0f} % ({100 * p[group]['training_share'][name]:.0f} %)" for p in parts
            ]
            lines.append(f"| {group}: {name} | {' | '.join(cells)} |")
    repair = checkpoint.read_card("repair")["fairness"]
    lines += ["", "| PSNR of repairs above that of all other faces, dB | holes | enlarged 4 times |", "|---|---:|---:|"]
    for group, found in repair["hole"].items():
        for name in found:
            cells = [_above(repair[problem][group][name]["psnr"]) for problem in ("hole", "shrink4")]
            lines.append(f"| {group}: {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _above(found: dict[str, Any]) -> str:
    low, high = found["interval"]
    return f"{found['above_others']:+.2f} ({low:+.2f} to {high:+.2f})"


def filled(document: str, name: str, body: str) -> str:
    """The document with new text between the markers of a name. Raises ValueError where they are missing."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if begin not in document or end not in document:
        raise ValueError(f"{DOCS} has no markers {begin} and {end}.")
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{body}\n{end}", document, flags=re.DOTALL)


def main() -> None:
    """Rewrite the tables whose figures are on the cards."""
    document = DOCS.read_text(encoding="utf-8")
    for name, make in (("policy", policy), ("memorisation", memorisation), ("fairness", fairness)):
        try:
            document = filled(document, name, make())
        except KeyError as error:
            print(f"{name}: the figure {error} is not on its card yet")
    DOCS.write_text(document, encoding="utf-8")


if __name__ == "__main__":
    main()
