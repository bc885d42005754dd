"""What a file went through before it came here: the statements inside its statement (C2PA ingredients).

An editor that keeps to the standard signs anew and keeps the statement of what it opened as an ingredient. So the last
signature may be sound and say nothing of a model, while one below it does. All of it is read from the report of the
library, which anybody may have filled with anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

RECIPE = "org.genai-demo.recipe"
"""Label of our assertion: the recipe, the models, and the full checksums of their weights."""
UNTRUSTED = "signingCredential.untrusted"
"""That a signer is not known here is no fault of a statement."""
PARENT, COMPONENT, INPUT = "parentOf", "componentOf", "inputTo"
"""What an ingredient was to the file: what was edited, a part, something that a program was given."""
TRAINED_SOURCES = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicData")
"""Names of the IPTC, and of the C2PA, for what a trained model made all or part of."""
MOST, DEEPEST, LONGEST = 24, 12, 200
"""Statements that are looked at, how deep they may lie, and characters of a name."""


@dataclass(frozen=True)
class Statement:
    """One statement of a file or of something that went into it."""

    role: str = ""
    """PARENT, COMPONENT or INPUT of the statement above it; empty for the file's own."""
    depth: int = 0
    tool: str = ""
    """The program that says it."""
    signer: str = ""
    sources: tuple[str, ...] = ()
    """How it was made, by the IPTC's names."""
    recipe: dict[str, Any] | None = None
    models: dict[str, str] | None = None
    """Names of our models and short hashes of their weights."""
    reasons: tuple[str, ...] = ()
    """Codes of what was wrong with it when it was taken up, as the standard names them."""

    @property
    def is_trained(self) -> bool:
        """Whether it says that a trained model had a part in it."""
        return any(source in TRAINED_SOURCES for source in self.sources)


def statements(report: dict[str, Any]) -> tuple[Statement, ...]:
    """The file's own statement, then those that it rests on, each before what it rests on itself; at most MOST."""
    found: list[Statement] = []
    label = _text(report.get("active_manifest"))
    _follow(report, label, Statement(), found, set())
    return tuple(found)


def _follow(report: dict[str, Any], label: str, place: Statement, found: list[Statement], seen: set[str]) -> None:
    if len(found) >= MOST or place.depth > DEEPEST or label in seen:
        return
    manifest = _dict(report.get("manifests")).get(label)
    if not isinstance(manifest, dict):
        return
    seen.add(label)
    found.append(_statement(manifest, place))
    for ingredient in _dicts(manifest.get("ingredients")):
        below = _text(ingredient.get("active_manifest"))
        failures = tuple(dict.fromkeys([*_failures(ingredient), *_deltas(report, below)]))
        role = _text(ingredient.get("relationship")) or PARENT
        _follow(report, below, Statement(role, place.depth + 1, reasons=failures), found, seen)


def _statement(manifest: dict[str, Any], place: Statement) -> Statement:
    assertions = _dicts(manifest.get("assertions"))
    ours = next((_dict(a.get("data")) for a in assertions if a.get("label") == RECIPE), {})
    recipe, weights = ours.get("recipe"), ours.get("weights")
    tools = [_text(info.get("name")) for info in _dicts(manifest.get("claim_generator_info"))]
    return Statement(
        place.role,
        place.depth,
        next(filter(None, tools), _text(manifest.get("claim_generator"))),
        _text(_dict(manifest.get("signature_info")).get("common_name"))
        or _text(_dict(manifest.get("signature_info")).get("issuer")),
        tuple(dict.fromkeys(source for a in assertions for source in _sources(a))),
        recipe if isinstance(recipe, dict) else None,
        {_text(k): _text(v) for k, v in list(weights.items())[:MOST]} if isinstance(weights, dict) else None,
        place.reasons,
    )


def _sources(assertion: dict[str, Any]) -> Iterator[str]:
    """What an assertion says of how the file was made."""
    label, data = _text(assertion.get("label")), _dict(assertion.get("data"))
    if label.startswith("c2pa.actions"):
        for action in _dicts(data.get("actions")):
            yield from filter(None, [_name(action.get("digitalSourceType"))])
    else:  # metadata of photographs: "Iptc4xmpExt:DigitalSourceType"
        for key, value in data.items():
            if key.rpartition(":")[2].lower() == "digitalsourcetype":
                yield from filter(None, [_name(value)])


def _name(source: Any) -> str:
    """The last part of the address by which a kind of source goes."""
    return _text(source).rstrip("/").rpartition("/")[2]


def _failures(ingredient: dict[str, Any]) -> Iterator[str]:
    """What was wrong with an ingredient when it was taken up, in either form that the standard has for it."""
    results = _dict(_dict(ingredient.get("validation_results")).get("activeManifest"))
    for status in (*_dicts(results.get("failure")), *_dicts(ingredient.get("validation_status"))):
        code = _text(status.get("code"))
        if code and code != UNTRUSTED:
            yield code


def _deltas(report: dict[str, Any], label: str) -> Iterator[str]:
    """What is wrong with an ingredient now, beyond what was wrong when it was taken up."""
    for delta in _dicts(_dict(report.get("validation_results")).get("ingredientDeltas")):
        for status in _dicts(_dict(delta.get("validationDeltas")).get("failure")):
            code = _text(status.get("code"))
            if label and label in _text(status.get("url"), 1_000) and code and code != UNTRUSTED:
                yield code


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _text(value: Any, longest: int = LONGEST) -> str:
    return value[:longest] if isinstance(value, str) else ""
