"""Who signs: a certificate and its key, from the environment or made by ourselves at first use.

    GENAI_CERTIFICATE      PEM file: the signing certificate, then those that it rests on
    GENAI_CERTIFICATE_KEY  PEM file: its private key, without a password
    GENAI_PRIVATE          folder for the self-made certificate; otherwise the user's own data folder

Without the first two, a root and a signing certificate are made and kept in one file that only the user can read.
Others see such a signature as intact but from a signer that they do not know.
"""

import datetime
import functools
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

YEARS = 10
"""How long a self-made certificate holds."""
FILE = "certificate.pem"


@dataclass(frozen=True)
class Identity:
    """What a signature is made with."""

    algorithm: str
    """Name of the signature's algorithm in C2PA: "ed25519", "es256", "ps256" ..."""
    chain: bytes
    """PEM: the signing certificate first."""
    root: bytes
    """PEM: the last certificate of the chain, which the others rest on."""
    key: bytes
    """PEM: the private key."""
    own: bool
    """Whether it was made here, and not by an authority."""


def folder() -> Path:
    """Where the self-made certificate lies."""
    if chosen := os.environ.get("GENAI_PRIVATE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "genai_demo"


def identity() -> Identity:
    """The certificate to sign with. Raises ValueError where one was named that cannot be used."""
    named = tuple(os.environ.get(name, "") for name in ("GENAI_CERTIFICATE", "GENAI_CERTIFICATE_KEY"))
    return _identity(named[0], named[1], folder())


@functools.lru_cache(maxsize=4)
def _identity(certificate: str, key: str, place: Path) -> Identity:
    if not certificate and not key:
        return _parsed(_own(place / FILE), own=True)
    if not certificate or not key:
        raise ValueError("Name both GENAI_CERTIFICATE and GENAI_CERTIFICATE_KEY, or neither.")
    try:
        return _parsed(Path(certificate).read_bytes() + b"\n" + Path(key).read_bytes(), own=False)
    except (OSError, TypeError, ValueError) as error:
        raise ValueError(
            "GENAI_CERTIFICATE and GENAI_CERTIFICATE_KEY must name PEM files that belong together, "
            "the key without a password."
        ) from error


def _own(path: Path) -> bytes:
    """The self-made certificate: read, or made and kept; where nothing can be kept, it lasts as long as the program."""
    try:
        found = path.read_bytes()
        _parsed(found, own=True)
        return found
    except (OSError, ValueError):
        made = _make()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent)  # readable by the user alone
        with os.fdopen(handle, "wb") as file:
            file.write(made)
        os.replace(part, path)
        return path.read_bytes()  # of two that start together, both use what lies there in the end
    except OSError:
        return made


def _parsed(pem: bytes, own: bool) -> Identity:
    """Raises ValueError where certificate and key are missing, expired, or do not belong together."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    chain = x509.load_pem_x509_certificates(pem)
    key = serialization.load_pem_private_key(_key(pem), None)
    encoding, public = serialization.Encoding, serialization.PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(encoding.DER, public) != chain[0].public_key().public_bytes(encoding.DER, public):
        raise ValueError("Certificate and key do not belong together.")
    now = datetime.datetime.now(datetime.timezone.utc)
    if not all(c.not_valid_before_utc <= now <= c.not_valid_after_utc for c in chain):
        raise ValueError("The certificate has expired, or does not hold yet.")
    private = key.private_bytes(encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    written = [c.public_bytes(encoding.PEM) for c in chain]
    return Identity(_algorithm(key), b"".join(written), written[-1], private, own)


def _key(pem: bytes) -> bytes:
    """The private key among PEM blocks: "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY" ..."""
    end = pem.index(b"PRIVATE KEY-----")
    return pem[pem.rindex(b"-----BEGIN", 0, end) :]


def _algorithm(key: Any) -> str:
    """Its name in C2PA (specification 2.2, section 13.2.1)."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size in (256, 384, 521):
        return {256: "es256", 384: "es384", 521: "es512"}[key.curve.key_size]
    raise ValueError("Keys are Ed25519, RSA, or on a curve of NIST.")


# --------------------------------------------------------------------------- making one


def _make() -> bytes:
    """PEM: a signing certificate, the root that it rests on, and the key of the former; nobody keeps the root's key."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    root_key, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    root = _certificate("genai_demo, self-made root", root_key, root_key, authority=True)
    leaf = _certificate("genai_demo, self-made", key, root_key, authority=False)
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return leaf.public_bytes(encoding) + root.public_bytes(encoding) + private


def _certificate(name: str, key: Any, signer: Any, authority: bool) -> Any:
    """As C2PA wants it (specification 2.2, section 14.5.1): version 3, its uses named."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def called(words: str) -> Any:
        organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "genai_demo")
        return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, words)])

    now = datetime.datetime.now(datetime.timezone.utc)
    uses = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
         "decipher_only"), False
    )  # fmt: skip
    usage = x509.KeyUsage(digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, **uses)
    made = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called("genai_demo, self-made root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not authority:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return made.sign(signer, None)
