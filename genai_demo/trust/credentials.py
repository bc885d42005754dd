"""Content credentials: a signed statement inside a file that says how it was made (C2PA, c2pa.org).

Whoever changes the file or the statement breaks the signature; whoever removes the statement leaves no trace of it.
The open library c2pa-rs, through the package c2pa-python, writes and checks it. Nothing is fetched: no time stamps,
no remote manifests, no lists of revoked certificates.

    GENAI_CREDENTIALS=off    downloads are not signed
"""

import functools
import hashlib
import io
import json
import logging
import threading
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from genai_demo.core import cards, environment
from genai_demo.trust import certificates, metadata
from genai_demo.trust.history import RECIPE, UNTRUSTED, Statement, statements

TRAINED, COMPOSITE = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
"""Made by a trained model; partly so, as a repaired photograph is."""
ALGORITHM, ENHANCED = "algorithmicMedia", "algorithmicallyEnhanced"
"""Made by a program that learnt nothing; a photograph that such a program changed."""
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""Where the IPTC defines the four; a name, nothing is fetched from it."""
SIGNED = ("image/png", "image/jpeg", "image/webp", "image/gif", "audio/wav", "video/mp4")
"""What can carry a credential. The library knows no OGG Vorbis, MIDI or text."""
READ = (
    *SIGNED, "image/avif", "image/heic", "image/tiff", "image/jxl", "audio/mp4", "audio/mpeg", "audio/flac",
    "video/x-msvideo", "application/pdf",
)  # fmt: skip
"""What others sign, and is read here."""
KEPT_BYTES = 16 * 2**20
"""Of signed files that are remembered: a signature is salted, and the same download asked for twice stays the same."""

_signing = threading.Lock()
_kept: OrderedDict[bytes, bytes] = OrderedDict()


@dataclass(frozen=True)
class Credential:
    """What was found in a file."""

    state: str
    """"own": intact and signed by this installation; "valid": intact, by a signer that is not known here;
    "broken": the file or the statement was changed since; "none"."""
    signer: str = ""
    source: str = ""
    """TRAINED, COMPOSITE, ALGORITHM, ENHANCED or another of the IPTC's names."""
    recipe: dict[str, Any] | None = None
    models: dict[str, str] | None = None
    """Names and short hashes of weights, as ``metadata.Found.models``."""
    reasons: tuple[str, ...] = ()
    """Codes of what is wrong, as the standard names them."""
    history: tuple[Statement, ...] = ()
    """The file's own statement, then those of what it was made from; see ``trust.history``."""


def switched_on() -> bool:
    """Whether downloads are signed."""
    return environment.switched_on("GENAI_CREDENTIALS")


def prepare() -> None:
    """Load the library and the certificate, so that the first download does not wait for them (0.3 s)."""
    if switched_on():
        _tools(certificates.identity())


def sign(data: bytes, title: str, recipe: dict[str, Any] | None, models: Sequence[str], source: str = TRAINED) -> bytes:
    """The file with a signed statement. Unchanged where signing is off or the format has no room for one.

    The same file and recipe give the same bytes while the program remembers them; otherwise only the statement differs,
    and ``without`` gives the same bytes. A failure to sign is logged and never costs anyone the download.
    """
    kind = metadata.kind_of(data)
    if not switched_on() or kind not in SIGNED:
        return data
    manifest = _manifest(title, recipe, models, source)
    name = hashlib.sha256(hashlib.sha256(data).digest() + json.dumps(manifest, sort_keys=True).encode()).digest()
    with _signing:
        if name in _kept:
            _kept.move_to_end(name)
            return _kept[name]
        try:
            signed = _sign(data, kind, manifest | {"label": f"urn:c2pa:{uuid.UUID(bytes=name[:16], version=4)}"})
        except Exception:  # whatever the native library or the certificate misses
            logging.getLogger(__name__).exception("%s could not be signed.", title)
            return data
        _kept[name] = signed
        while sum(map(len, _kept.values())) > KEPT_BYTES:
            _kept.popitem(last=False)
        return signed


def _manifest(title: str, recipe: dict[str, Any] | None, models: Sequence[str], source: str) -> dict[str, Any]:
    weights = {}
    for name in models:
        try:
            weights[name] = cards.fingerprint(name)
        except ValueError:
            continue
    made = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCE + source,
        "softwareAgent": {"name": metadata.software(models)},
    }
    return {
        "claim_generator_info": [{"name": metadata.PROGRAM}],
        "title": title,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [made]}},
            {"label": RECIPE, "kind": "Json", "data": {"recipe": recipe, "weights": weights}},
        ],
    }


def _sign(data: bytes, kind: str, manifest: dict[str, Any]) -> bytes:
    import c2pa

    signer, context = _tools(certificates.identity())
    out = io.BytesIO()
    with c2pa.Builder(manifest, context=context) as builder:
        builder.sign(signer, kind, io.BytesIO(data), out)
    return out.getvalue()


@functools.lru_cache(maxsize=4)
def _tools(identity: certificates.Identity) -> tuple[Any, Any]:
    """The library's signer and settings."""
    import c2pa

    info = c2pa.C2paSignerInfo(identity.algorithm, identity.chain, identity.key, None)
    return c2pa.Signer.from_info(info), _context(identity.root.decode())


def _context(root: str) -> Any:
    import c2pa

    settings = {
        "builder": {"thumbnail": {"enabled": False}},  # they take 100 times as long as the signature
        "verify": {
            "verify_after_sign": False,
            "verify_trust": True,
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "trust": {"trust_anchors": root},
    }
    return c2pa.Context(c2pa.Settings.from_json(json.dumps(settings)))


# --------------------------------------------------------------------------- reading


def read(data: bytes) -> Credential:
    """Look for a statement in a file and check it, against the file and against its signature."""
    kind = metadata.kind_of(data)
    if kind not in READ:
        return Credential("none")
    import c2pa

    try:
        with c2pa.Reader(kind, io.BytesIO(data), context=_tools(certificates.identity())[1]) as reader:
            found = json.loads(reader.json())
    except c2pa.C2paError.ManifestNotFound:
        return Credential("none")
    except c2pa.C2paError as error:
        # A statement that cannot even be parsed. A damaged file without one is no broken credential.
        return Credential("broken", reasons=(str(error)[:200],)) if b"c2pa" in data else Credential("none")
    return _credential(found)


def _credential(found: dict[str, Any]) -> Credential:
    state = {"Trusted": "own" if certificates.identity().own else "valid", "Valid": "valid"}.get(
        found.get("validation_state", ""), "broken"
    )
    history = statements(found)
    own = history[0] if history else Statement()
    failures = [s.get("code", "") for s in found.get("validation_status", [])]
    return Credential(
        state,
        own.signer,
        own.sources[0] if own.sources else "",
        own.recipe,
        own.models,
        tuple(dict.fromkeys(code for code in failures if code and code != UNTRUSTED)),
        history,
    )


# --------------------------------------------------------------------------- removing


def without(data: bytes) -> bytes:
    """The PNG, WAV or WebP file as it was before ``sign``, bit by bit; other files as they are."""
    kind = metadata.kind_of(data)
    if kind == "image/png":
        return _without_chunk(data, len(metadata.PNG), b"caBX", "big", 12)
    if kind in ("audio/wav", "image/webp"):
        found = _without_chunk(data, 12, b"C2PA", "little", 8)
        return found[:4] + (len(found) - 8).to_bytes(4, "little") + found[8:]
    return data


def _without_chunk(data: bytes, at: int, code: bytes, order: Any, extra: int) -> bytes:
    """Leave out the chunks with this code. extra: bytes of a chunk beside its body."""
    kept, place = [data[:at]], 0 if order == "little" else 4
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 - place : at + 8 - place], order)
        end = at + extra + size + (size % 2 if order == "little" else 0)
        if data[at + place : at + place + 4] != code:
            kept.append(data[at:end])
        at = end
    return b"".join(kept) + data[at:]
