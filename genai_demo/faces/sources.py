"""The public face pictures: which repositories they come from, at which commit, and how they are fetched."""

import csv
import io
import lzma
import os
import urllib.parse
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from genai_demo.core import download
from genai_demo.core.imagecheck import MAX_BYTES, decode_picture, difference_hash
from genai_demo.core.picturefiles import Archive
from genai_demo.faces.recrop import SIDE, recover_crop


@dataclass(frozen=True)
class Repository:
    """A public GitHub repository at one commit, and what it says of its licence."""

    name: str
    commit: str
    licence: str
    synthetic: bool = True


REPOSITORIES = {
    "generated-faces": Repository(
        "hmdghoul/generated-faces", "59ccdc22f394311d9eda526e1d3d29db3ef2e3ec", "none stated"
    ),
    "random-faces": Repository("hatatori/random-faces", "2ea1e3a5e5cb36598c291bfc1d5f039d14172891", "none stated"),
    "erase-your-face": Repository(
        "youthradio/erase-your-face", "e15d064b10f52da95a565b5487b5bb63c002e4a4", "none stated"
    ),
    "omi": Repository("jcpeterson/omi", "53bb3c13113afc3ae67aa6ede4ac9dfe33f306af", "CC BY-NC-SA 4.0"),
    "tpdne-junguler": Repository(
        "junguler/TPDNE_example_images", "d84b84463f41878c6ae78025667513cae9532aea", "none stated"
    ),
    "fakefaces": Repository("BaseMax/FakeFaces", "bb509d9909f1a7e947df35ac4ec95e50dc03c8f3", "GPL-3.0 (repository)"),
    "realorfake-fake": Repository(
        "dinablachman/realorfake", "e4a5b79372cf913e4280527d6ea4d3e21a769037", "MIT (repository)"
    ),
    "face-memory-ai": Repository(
        "NoahDavison001/face_memory", "c738f3098f7e024bb6bd467fd2bada27db1ff282", "none stated"
    ),
    "faker-portrait": Repository(
        "faker-js/assets-person-portrait", "63aef57b5a839aebe3ad913ec7c76469aabbb6c5", "CC0 1.0"
    ),
    "ffhq5k": Repository(
        "jamescalixto/face-memory",
        "3cc79f0bacdf44f63e432dc59bc1feb9e7070969",
        "CC BY-NC-SA 4.0 (FFHQ; single photos CC BY / CC BY-NC / PD)",
        synthetic=False,
    ),
}

MANIFEST = Path(__file__).with_name("sources.csv.xz")
MANIFEST_DECIMALS = {
    "width": 0, "crop_px": 1, "yaw": 3, "mouth_open": 3, "eye_open": 3, "fa_age": 0, "fa_male": 2, "fa_happy": 2,
    "omi_long_hair": 0, "omi_hair_color": 0, "omi_skin_color": 0,
    "hand_glasses": 2, "hand_beard": 2, "hand_hat": 2,
}  # fmt: skip
BASE_URL = "https://raw.githubusercontent.com"
THREADS = 8
HOPELESS = 16
"""So many pictures in a row out of reach, and none before them: there is no network."""


def write_manifest(packs: list[Path], path: Path = MANIFEST) -> int:
    """The manifest of prepared packs (zips with index.csv): one line a column, so that like compresses with like.

    Holds names, rounded labels and a 256-bit difference hash of every aligned picture, no picture.
    Returns the size of the file in bytes.
    """
    names = ["file", "source", "source_path", "label_gender", *MANIFEST_DECIMALS, "hash"]
    columns: dict[str, list[str]] = {name: [] for name in names}
    for pack in packs:
        archive = Archive(pack)
        for row in csv.DictReader(io.StringIO(archive.read("index.csv").decode())):
            hashed = difference_hash(decode_picture(archive.read(row["file"])))
            for name in names[:4]:
                columns[name].append(row[name])
            for name, decimals in MANIFEST_DECIMALS.items():
                columns[name].append(f"{float(row[name]):.{decimals}f}" if row[name] else "")
            columns["hash"].append(hashed.tobytes().hex())
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([name, *values] for name, values in columns.items())
    path.write_bytes(lzma.compress(text.getvalue().encode(), preset=9 | lzma.PRESET_EXTREME))
    return path.stat().st_size


def read_manifest(path: Path = MANIFEST) -> list[dict[str, str]]:
    """One dictionary a picture, with the licence and origin of its repository filled in."""
    try:
        lines = list(csv.reader(io.StringIO(lzma.decompress(path.read_bytes()).decode())))
    except (OSError, lzma.LZMAError) as error:
        raise ValueError(f"The list of public pictures {path.name} is missing or damaged; install again.") from error
    names = [line[0] for line in lines]
    rows = [dict(zip(names, values, strict=True)) for values in zip(*(line[1:] for line in lines), strict=True)]
    for row in rows:
        repository = REPOSITORIES[row["source"]]
        row |= {"licence": repository.licence, "synthetic": "yes" if repository.synthetic else "no"}
    return rows


def fetch(
    rows: list[dict[str, str]],
    cache: Path,
    base_url: str | None = None,
    progress: bool = True,
    pause: float = 0.5,
    side: int = SIDE,
) -> dict[str, str]:
    """Downloads the pictures of the manifest's ``rows``, aligned, ``side`` x ``side`` pixels, into ``cache``.

    Verified: that an answer is complete, is a picture, and that a crop of it agrees with the
    manifest's hash (``recrop``), which tells the expected face from any other. Not verified: the
    bytes of the original file, whose checksum is not known; for these the pinned commit and the
    encrypted connection vouch. Pictures already in ``cache`` are not fetched again.

    ``base_url`` (or the variable GENAI_FACES_URL) replaces raw.githubusercontent.com by a mirror;
    ``pause``: seconds before the second try, doubled with every further one.
    Returns the files refused, each with its reason; they are asked for again next time.
    ValueError, after fetching all others, when some pictures are out of reach for now.
    """
    base = download.checked_base(base_url or os.environ.get("GENAI_FACES_URL") or BASE_URL)
    cache.mkdir(parents=True, exist_ok=True)
    refused: dict[str, str] = {}
    wanted = [row for row in rows if not cached_path(cache, row["file"]).exists()]
    missing, reached = 0, 0
    reason: Exception | None = None
    bar = tqdm(total=len(rows), initial=len(rows) - len(wanted), unit="picture", disable=not progress)
    with ThreadPoolExecutor(THREADS) as pool, bar:
        try:
            for row, answer in _answers(pool, wanted, base, pause):
                try:
                    _keep(answer.result(), row, cache, side)
                    reached += 1
                except ValueError as error:
                    reached += 1
                    refused[row["file"]] = str(error)
                except ConnectionError as error:
                    missing, reason = missing + 1, error
                    if missing >= HOPELESS and not reached:
                        break
                bar.update()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    if missing and not reached:
        raise ValueError(
            f"Cannot reach {base} ({reason}); check the network, or prepare your own pictures with --from."
        )
    if missing:
        raise ValueError(
            f"{missing} of {len(rows)} pictures could not be fetched ({reason}); "
            "run the same command again to fetch only these."
        )
    return refused


def cached_path(cache: Path, file: str) -> Path:
    """Where ``fetch`` leaves the aligned picture of a manifest's ``file``."""
    return cache / f"{sha256(file.encode()).hexdigest()[:32]}.png"


def _answers(
    pool: ThreadPoolExecutor, rows: list[dict[str, str]], base: str, pause: float
) -> Iterator[tuple[dict[str, str], "Future[bytes]"]]:
    """In the order of the rows, and never more than a few answers waiting in memory."""
    waiting: deque[tuple[dict[str, str], Future[bytes]]] = deque()
    for row in rows:
        repository = REPOSITORIES[row["source"]]
        path = urllib.parse.quote(row["source_path"])
        url = f"{base}/{repository.name}/{repository.commit}/{path}"
        waiting.append((row, pool.submit(download.read, url, MAX_BYTES, pause)))
        if len(waiting) >= 4 * THREADS:
            yield waiting.popleft()
    yield from waiting


def _keep(data: bytes, row: dict[str, str], cache: Path, side: int) -> None:
    hashed = np.frombuffer(bytes.fromhex(row["hash"]), np.uint64)
    picture = recover_crop(decode_picture(data), float(row["crop_px"]), hashed, side)
    if picture is None:
        raise ValueError("not the expected picture")
    _write(picture, cached_path(cache, row["file"]))


def _write(picture: Image.Image, path: Path) -> None:
    """Whole or not at all: a kill leaves only a .part file, overwritten by the next run."""
    part = path.with_suffix(".part")
    picture.save(part, "PNG")
    os.replace(part, path)
