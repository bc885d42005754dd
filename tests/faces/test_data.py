"""The data door with made-up pictures: no network but a server on this machine, no packs."""

import argparse
import csv
import hashlib
import http.server
import io
import json
import stat
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from genai_demo.core.imagecheck import decode_picture, difference_hash, hash_distance
from genai_demo.faces import cleaning, data, recrop, sources
from genai_demo.faces.finder_data import read_pack


def picture(seed: int, width: int = 160, height: int = 160) -> Image.Image:
    """Smooth coloured blobs, different for every seed."""
    noise = np.random.default_rng(seed).integers(0, 256, (7, 7, 3), np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def dropped(folder: Path) -> dict[str, str]:
    with (folder / "dropped.csv").open() as handle:
        return {row["file"]: row["reason"] for row in csv.DictReader(handle)}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.delenv("GENAI_FACES_URL", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "mine"
    (root / "deep" / "er").mkdir(parents=True)
    picture(1).save(root / "a.png")
    picture(2, 300, 200).save(root / "deep" / "b.jpg", quality=95)
    picture(3, 90, 400).save(root / "deep" / "er" / "c.webp")
    return root


def test_folder_is_read_recursively_and_cut_square(folder: Path, tmp_path: Path) -> None:
    card = data.prepare(folder, progress=False)
    out = tmp_path / "home" / "data" / "faces"
    images = np.load(out / "images.npy", mmap_mode="r")
    assert images.shape == (3, 128, 128, 3) and images.dtype == np.uint8
    assert card["count"] == 3 and card["dropped"] == {} and card == json.loads((out / "card.json").read_text())
    faces = data.load(split="all")
    assert faces.files == ["a.png", "deep/b.jpg", "deep/er/c.webp"]
    assert tuple(faces.images.shape) == (3, 3, 128, 128) and faces.landmarks is None
    expected = np.asarray(picture(1).resize((128, 128), Image.Resampling.LANCZOS)).transpose(2, 0, 1)
    assert np.array_equal(faces.images[0].numpy(), expected)
    assert faces.labels["width"].tolist() == [160, 200, 90]


def test_bad_pictures_are_dropped_with_the_reason(folder: Path, tmp_path: Path) -> None:
    whole = encoded(picture(4))
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    (folder / "text.png").write_text("no picture")
    (folder / "notes.txt").write_text("notes")
    picture(1).save(folder / "z_again.jpg", quality=70)
    picture(5).convert("L").save(folder / "grey.png")
    picture(6, 40, 40).save(folder / "small.png")
    Image.new("RGB", (128, 128), (120, 90, 60)).save(folder / "flat.png")
    Image.new("RGB", (128, 128)).save(folder / "dark.png")
    Image.new("1", (10_000, 10_000)).save(folder / "huge.png")
    (folder / "link.png").symlink_to(folder / "a.png")
    (folder / "loop").symlink_to(folder)
    card = data.prepare(folder, tmp_path / "out", progress=False)
    assert dropped(tmp_path / "out") == {
        "cut.png": "damaged", "text.png": "not a picture", "notes.txt": "not a picture", "z_again.jpg": "duplicate",
        "grey.png": "greyscale", "small.png": "too small", "flat.png": "flat", "dark.png": "too dark",
        "huge.png": "too many pixels", "link.png": "link", "loop": "link",
    }  # fmt: skip
    assert card["count"] == 3 and card["dropped"]["link"] == 2 and card["dropped"]["duplicate"] == 1
    kept = data.prepare(folder, tmp_path / "out", progress=False, keep_greyscale=True)
    assert kept["count"] == 4


def test_every_kind_of_picture_becomes_rgb() -> None:
    red = Image.new("RGB", (40, 40), (200, 30, 20))
    deep = Image.fromarray(np.full((40, 40), 0x8000, np.uint16))
    kinds = [encoded(red.convert("CMYK"), "JPEG"), encoded(red.convert("P"), "GIF"), encoded(deep),
             encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0))), encoded(Image.new("LA", (40, 40)))]  # fmt: skip
    pixels = [decode_picture(kind).getpixel((20, 20)) for kind in kinds]
    assert all(decode_picture(kind).mode == "RGB" for kind in kinds)
    assert pixels[2] in [(127,) * 3, (128,) * 3] and pixels[3] == (255, 255, 255)


def test_hostile_zip(tmp_path: Path) -> None:
    path = tmp_path / "hostile.zip"
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("inner.png", encoded(picture(9)))
    link = zipfile.ZipInfo("link.png")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.png", encoded(picture(1)))
        archive.writestr("../../escaped.png", encoded(picture(2)))
        archive.writestr("/root.png", encoded(picture(3)))
        archive.writestr("C:/drive.png", encoded(picture(3)))
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb.png", bytes(8 * 2**20))
        archive.writestr("nested.zip", inner.getvalue())
        archive.writestr("folder/also good.jpg", encoded(picture(4), "JPEG", quality=95))
    card = data.prepare(path, tmp_path / "out", progress=False)
    assert card["count"] == 2
    assert dropped(tmp_path / "out") == {
        "../../escaped.png": "unsafe path", "/root.png": "unsafe path", "C:/drive.png": "unsafe path",
        "link.png": "link", "bomb.png": "suspicious compression", "nested.zip": "not a picture",
    }  # fmt: skip
    assert sorted(p.name for p in tmp_path.iterdir()) == ["hostile.zip", "out"]


def pack(path: Path, rows: list[dict[str, str]], pictures: dict[str, bytes], names: np.ndarray | None = None) -> Path:
    index = io.StringIO()
    writer = csv.DictWriter(index, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("index.csv", index.getvalue())
        for name, content in pictures.items():
            archive.writestr(name, content)
        if names is not None:
            points = io.BytesIO()
            np.savez(points, names=names, lm=np.full((len(names), 68, 2), 0.5, np.float16))
            archive.writestr("landmarks68.npz", points.getvalue())
    return path


def rows_of(count: int) -> list[dict[str, str]]:
    return [
        {
            "file": f"images/x/{i}.webp",
            "source": "x" if i % 2 else "y",
            "licence": "CC0 1.0" if i % 2 else "none stated",
            "synthetic": "no" if i == 5 else "yes",
            "yaw": "" if i == 1 else str(i / 10),
            "label_gender": "female",
            "repo": "o/x",
            "commit": "c",
            "source_path": "p",
        }
        for i in range(count)
    ]


def test_pack_labels_licences_and_landmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(7)
    pictures = {row["file"]: encoded(picture(i, 128, 128), "WEBP") for i, row in enumerate(rows) if i != 6}
    names = np.array([row["file"] for row in rows[:3]], object)
    path = pack(tmp_path / "faces-128.zip", rows, pictures, names)
    monkeypatch.setenv("GENAI_DATA", str(tmp_path))
    card = data.prepare(progress=False)
    assert card["sources"] == {"y": 3, "x": 2} and card["licences"] == {"none stated": 3, "CC0 1.0": 2}
    assert card["dropped"] == {"photograph of a real person": 1, "missing file": 1}
    assert card["labels"]["yaw"]["known"] == 4 and sum(card["labels"]["yaw"]["counts"]) == 4
    assert card["labels"]["label_gender"]["counts"] == {"female": 5} and card["with_landmarks"] == 3
    faces = data.load(split="all")
    assert np.isnan(faces.labels["yaw"][1]) and faces.labels["yaw"][2] == np.float32(0.2)
    assert "label_gender" not in faces.labels and "repo" not in faces.labels
    assert faces.landmarks is not None and faces.landmarks.shape == (5, 68, 2) and np.isnan(faces.landmarks[4]).all()
    assert data.prepare(path, progress=False, licence="open")["sources"] == {"x": 2}
    assert data.prepare(path, progress=False, photographs=True)["count"] == 1
    with pytest.raises(ValueError, match="no faces-128-photographs"):
        data.prepare(photographs=True, progress=False)


def test_the_larger_pack_is_read_first_and_halved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAI_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"no faces-256\.zip or faces-128\.zip"):
        data.prepare(progress=False)
    rows = rows_of(4)
    for name, side in (("faces-128.zip", 128), ("faces-256.zip", 256)):
        pictures = {row["file"]: encoded(picture(i, side, side), "WEBP") for i, row in enumerate(rows)}
        pack(tmp_path / name, rows, pictures, np.array([row["file"] for row in rows], object))
        card = data.prepare(progress=False)
        assert (card["size"], card["labels"]["width"]["mean"]) == (128, side)
    assert data.prepare(progress=False, size=256)["size"] == 256
    assert read_pack(tmp_path / "faces-256.zip")[1].shape == (4, 3, 128, 128)


def test_landmarks_cannot_run_code(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "owned",))  # type: ignore[return-value]

    rows = rows_of(1)
    path = pack(tmp_path / "p.zip", rows, {rows[0]["file"]: encoded(picture(1))}, np.array([Evil()], object))
    with pytest.raises(ValueError, match="not allowed"):
        data.prepare(path, tmp_path / "out", progress=False)
    assert not (tmp_path / "owned").exists()


def test_split_rule_and_parts(tmp_path: Path) -> None:
    names = [f"images/x/{i}.webp" for i in range(2000)]
    held_out = [name for name in names if int(hashlib.sha256(name.encode()).hexdigest(), 16) % 20 == 0]
    assert [name for name in names if cleaning.split_of(name) == "held_out"] == held_out and 70 < len(held_out) < 130
    chosen = [held_out[0], *[name for name in names if name not in held_out][:3]]
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for i, name in enumerate(chosen):
            archive.writestr(name, encoded(picture(i)))
    card = data.prepare(tmp_path / "p.zip", tmp_path / "out", progress=False)
    assert card["splits"] == {"train": 3, "held_out": 1}
    assert data.load(tmp_path / "out", "held_out").files == chosen[:1]
    assert data.load(tmp_path / "out").files == chosen[1:]


def test_errors_say_what_to_do(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="python -m genai_demo data faces"):
        data.load()
    with pytest.raises(ValueError, match="held_out"):
        data.load(split="validation")
    with pytest.raises(ValueError, match="no folder or zip"):
        data.prepare(tmp_path / "nothing", progress=False)
    (tmp_path / "note.zip").write_text("no zip")
    with pytest.raises(ValueError, match="no readable zip"):
        data.prepare(tmp_path / "note.zip", progress=False)
    with pytest.raises(ValueError, match="another folder"):
        data.prepare(folder, folder / "deep", progress=False)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="No usable picture"):
        data.prepare(tmp_path / "empty", progress=False)
    with pytest.raises(ValueError, match="size"):
        data.prepare(folder, size=4, progress=False)


def test_a_stopped_preparation_leaves_the_old_set(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    data.prepare(folder, out, progress=False)
    before = (out / "card.json").read_bytes()
    monkeypatch.setattr(data.Cleaner, "finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        data.prepare(folder, out, progress=False)
    assert (out / "card.json").read_bytes() == before and not list(tmp_path.glob(".out*"))
    monkeypatch.undo()
    out.rename(tmp_path / ".out.old")  # As left by a kill between the two renames.
    with pytest.raises(ValueError):
        data.prepare(tmp_path / "nothing", out, progress=False)
    assert data.load(out, "all").files[0] == "a.png"


def test_help_and_run(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    data.add_arguments(parser)
    assert len(parser.format_help().splitlines()) <= 24
    data.run(parser.parse_args(["--from", str(folder), "--out", str(tmp_path / "out")]))
    assert "3 pictures" in capsys.readouterr().out


class Server(http.server.ThreadingHTTPServer):
    """Serves ``files``; after ``good`` answers, everything else gets ``then``: an error code, or 0 for a cut answer."""

    files: dict[str, bytes]
    good, then = 10**9, 503
    asked: list[str]


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        content = self.server.files.get(self.path)
        broken = self.server.good <= 0
        self.server.good -= 1
        if content is None or (broken and self.server.then):
            self.send_error(404 if content is None else self.server.then)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if broken else content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.files, running.asked = {}, []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def public(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """Eight pictures at the server, their crops' hashes in the list; hardly a pause between tries."""
    rows = []
    repository = sources.REPOSITORIES["omi"]
    for i in range(8):
        original = picture(100 + i, 300, 300)
        crop = original.crop((25, 20, 275, 270)).resize((128, 128), Image.Resampling.LANCZOS)
        server.files[f"/{repository.name}/{repository.commit}/images/face%20{i}.jpg"] = encoded(original, "JPEG")
        rows.append({"file": f"images/omi/{i}.webp", "source": "omi", "source_path": f"images/face {i}.jpg",
                     "crop_px": "250.0", "yaw": str(i), "hash": difference_hash(crop).tobytes().hex(),
                     "licence": repository.licence, "synthetic": "yes"})  # fmt: skip
    fetch = sources.fetch
    monkeypatch.setattr(sources, "read_manifest", lambda: rows)
    monkeypatch.setattr(sources, "fetch", lambda *given, **named: fetch(*given, pause=0.01, **named))
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("failure", [503, 0])
def test_download_goes_on_where_it_stopped(server: Server, public: str, tmp_path: Path, failure: int) -> None:
    server.good, server.then = 3, failure
    with pytest.raises(ValueError, match=r"5 of 8 pictures could not be fetched .* run the same command again"):
        data.prepare(out=tmp_path / "out", base_url=public, progress=False)
    assert not (tmp_path / "out").exists() and len(list((tmp_path / "out-download").glob("*.png"))) == 3
    server.good, first = 10**9, len(server.asked)
    card = data.prepare(out=tmp_path / "out", base_url=public, progress=False)
    assert card["count"] == 8 and card["origin"] == "public repositories"
    assert len(server.asked) - first == 5
    data.prepare(out=tmp_path / "out", base_url=public, progress=False)
    assert len(server.asked) - first == 5
    faces = data.load(tmp_path / "out", "all")
    assert sorted(faces.labels["yaw"].tolist()) == list(range(8))
    for name, image in zip(faces.files, faces.images, strict=True):
        original = picture(100 + int(Path(name).stem), 300, 300)
        crop = original.crop((25, 20, 275, 270)).resize((128, 128), Image.Resampling.LANCZOS)
        assert np.abs(image.permute(1, 2, 0).numpy().astype(int) - np.asarray(crop)).mean() < 8


def test_public_pictures_come_at_256_pixels_too(server: Server, public: str, tmp_path: Path) -> None:
    assert data.prepare(out=tmp_path / "out", size=256, base_url=public, progress=False)["size"] == 256
    assert np.load(tmp_path / "out" / "images.npy").shape[1:] == (256, 256, 3)
    with pytest.raises(ValueError, match="128 or 256 pixels"):
        data.prepare(out=tmp_path / "other", size=200, base_url=public, progress=False)


def test_gone_and_exchanged_pictures_are_dropped(
    server: Server, public: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = list(server.files)[:3]
    del server.files[first]
    server.files[second] = encoded(picture(999, 300, 300), "JPEG")
    server.files[third] = b"<html>Please log in</html>"
    monkeypatch.setenv("GENAI_FACES_URL", public)
    card = data.prepare(out=tmp_path / "out", progress=False)
    assert card["count"] == 5
    assert dropped(tmp_path / "out") == {
        "images/omi/0.webp": "gone at the source",
        "images/omi/1.webp": "not the expected picture",
        "images/omi/2.webp": "not a picture",
    }


def test_no_network(public: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Cannot reach .* check the network"):
        data.prepare(out=tmp_path / "out", base_url="http://127.0.0.1:9", progress=False)
    with pytest.raises(ValueError, match="https://"):
        data.prepare(out=tmp_path / "out", base_url="file:///etc", progress=False)


def test_crop_is_found_again_off_centre_and_turned() -> None:
    face = picture(7, 256, 256).filter(ImageFilter.GaussianBlur(2))
    scene = picture(8, 560, 400)
    scene.paste(face, (290, 130))
    turned = scene.rotate(4, Image.Resampling.BICUBIC, center=(418, 258))
    hashed = difference_hash(face.resize((128, 128), Image.Resampling.LANCZOS))
    found = recrop.recover_crop(turned, 256.0, hashed)
    assert found is not None and hash_distance(difference_hash(found), hashed) <= recrop.MATCH_BITS
    assert recrop.recover_crop(picture(11, 400, 300), 256.0, hashed) is None
    large = recrop.recover_crop(turned, 256.0, hashed, 256)
    assert large is not None and large.size == (256, 256)
    halved = np.asarray(large.resize((128, 128), Image.Resampling.LANCZOS), int)
    assert np.abs(halved - np.asarray(found, int)).mean() < 3
    apart = np.abs(np.asarray(large, int) - np.asarray(face, int)).mean()
    assert (
        apart
        < np.abs(np.asarray(found.resize((256, 256), Image.Resampling.BICUBIC), int) - np.asarray(face, int)).mean() + 1
    )


def test_manifest_of_the_project() -> None:
    rows = sources.read_manifest()
    assert len(rows) == 12_285 and len({row["file"] for row in rows}) == len(rows)
    assert all(len(row["hash"]) == 64 and float(row["crop_px"]) > 0 for row in rows)
    assert sum(row["synthetic"] == "no" for row in rows) == 2600
    assert sources.MANIFEST.stat().st_size < 700_000


def test_manifest_round_trip(tmp_path: Path) -> None:
    row = dict.fromkeys(sources.MANIFEST_DECIMALS, "1.25") | {
        "file": "images/omi/1.webp", "source": "omi", "source_path": "images/1.jpg", "label_gender": ""
    }  # fmt: skip
    path = pack(tmp_path / "p.zip", [row], {row["file"]: encoded(picture(1, 128, 128))})
    sources.write_manifest([path], tmp_path / "m.xz")
    (read,) = sources.read_manifest(tmp_path / "m.xz")
    assert bytes.fromhex(read["hash"]) == difference_hash(picture(1, 128, 128)).tobytes()
    assert read["licence"] == "CC BY-NC-SA 4.0" and read["yaw"] == "1.250" and read["source_path"] == "images/1.jpg"
