"""Finding and aligning faces: geometry on made-up landmarks, the search on scenes of our own faces."""

import functools
import io
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from genai_demo.core.loop import LoopOptions, Run
from genai_demo.faces import align
from genai_demo.faces.finder import Finder, FinderConfig, centre_of_mass
from genai_demo.faces.finder_data import is_held_out, read_pack
from genai_demo.faces.scenes import FLIP, SceneMaker, crop_to_view, to_images, view_to_crop
from genai_demo.faces.train_finder import FinderTask, detector_loss, square_overlap

TINY = FinderConfig(view=64, crop=32, detector_widths=(4, 4, 4, 4), landmarker_widths=(4, 4, 4, 4))


def made_up_landmarks() -> np.ndarray:
    """A face whose aligned square is exactly the unit square: only the eyes and the mouth matter to that."""
    points = np.full((68, 2), 0.5)
    points[36:42], points[42:48] = (0.375, 0.48), (0.625, 0.48)
    points[48], points[54] = (0.4, 0.68), (0.6, 0.68)
    return points


def moved(points: np.ndarray, x: float, y: float, side: float, degrees: float) -> np.ndarray:
    """From the unit square to a turned one with its middle at (x, y)."""
    pose = torch.tensor([[x, y, side, math.radians(degrees)]], dtype=torch.float64)
    return crop_to_view(torch.tensor(points)[None], pose)[0].numpy()


@functools.cache
def faces() -> list[Image.Image]:
    from genai_demo.faces import generate

    return generate.sample(seed=11, count=4, truncation=0.5)


def scene(*placed: tuple[int, float, float, float, float], size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Our own faces, (which, x, y, side, degrees) in pixels, on a plain gradient, upscaled smoothly."""
    line = np.linspace(60, 150, size[0])
    ground = np.stack([np.tile(line + shift, (size[1], 1)) for shift in (0, 20, 40)], 2)
    picture = Image.fromarray(ground.astype(np.uint8))
    for which, x, y, side, degrees in placed:
        square = faces()[which].resize((round(side),) * 2, Image.Resampling.BICUBIC)
        turned = square.convert("RGBA").rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
        picture.paste(turned, (round(x - turned.width / 2), round(y - turned.height / 2)), turned)
    return picture


# --------------------------------------------------------------------------- geometry


def test_aligned_quad_of_a_known_face() -> None:
    quad = align.aligned_quad(made_up_landmarks())
    # Half the side is max(2 * 0.25, 1.8 * 0.2) = 0.5, the middle a tenth from the eyes to the mouth.
    np.testing.assert_allclose(quad, [[0, 0], [0, 1], [1, 1], [1, 0]], atol=1e-12)


@pytest.mark.parametrize("degrees", [-170, -30, 0, 12, 90])
def test_aligned_quad_moves_with_the_face(degrees: float) -> None:
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    quad = align.aligned_quad(moved(made_up_landmarks(), 210, 95, 64, degrees))
    np.testing.assert_allclose(quad, moved(corners, 210, 95, 64, degrees), atol=1e-9)
    x, y, side, turn = align.quad_pose(quad)
    np.testing.assert_allclose([x, y, side, math.degrees(turn)], [210, 95, 64, degrees], atol=1e-9)


def test_landmarks_in_one_point_are_no_face() -> None:
    with pytest.raises(ValueError, match="no face"):
        align.aligned_quad(np.zeros((68, 2)))


def test_square_overlap() -> None:
    square = np.array([0.5, 0.5, 0.4, 0.3])
    assert square_overlap(square, square) == pytest.approx(1)
    assert square_overlap(square, square + [2, 0, 0, 0]) == 0
    upright = np.array([0.0, 0.0, 1.0, 0.0])
    assert square_overlap(upright, upright + [0.5, 0, 0, 0]) == pytest.approx(1 / 3, abs=0.01)


def quarters(side: int) -> Image.Image:
    """Four colours, one in each quarter."""
    pixels = np.zeros((side, side, 3), np.uint8)
    half = side // 2
    pixels[:half, :half], pixels[:half, half:] = (255, 0, 0), (0, 255, 0)
    pixels[half:, :half], pixels[half:, half:] = (0, 0, 255), (255, 255, 0)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("degrees", [0, 25, -35])
@pytest.mark.parametrize("side", [90, 600])
def test_crop_quad_undoes_turn_and_scale(degrees: float, side: int) -> None:
    picture = Image.new("RGB", (1000, 1000))
    turned = quarters(side).convert("RGBA").rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
    picture.paste(turned, (500 - turned.width // 2, 500 - turned.height // 2), turned)
    quad = moved(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]), 500, 500, side, degrees)
    crop = align.crop_quad(picture, quad)
    assert crop.size == (128, 128) and crop.mode == "RGB"
    difference = np.abs(np.asarray(crop, dtype=float) - np.asarray(quarters(128), dtype=float))
    assert difference.mean() < 8


def test_crop_quad_continues_the_picture_beyond_its_edge() -> None:
    picture = Image.new("RGB", (100, 100), (40, 90, 200))
    quad = np.array([[-50.0, -50.0], [-50.0, 120.0], [120.0, 120.0], [120.0, -50.0]])
    pixels = np.asarray(align.crop_quad(picture, quad), dtype=int)
    assert np.abs(pixels - [40, 90, 200]).max() <= 2


def test_crop_quad_outside_the_picture() -> None:
    far = np.array([[500.0, 500.0], [500.0, 600.0], [600.0, 600.0], [600.0, 500.0]])
    with pytest.raises(ValueError, match="No face"):
        align.crop_quad(Image.new("RGB", (100, 100)), far)


def test_is_aligned_only_when_it_is() -> None:
    corners = np.array([[0.0, 0.0], [0.0, 128.0], [128.0, 128.0], [128.0, 0.0]])
    assert align.is_aligned((128, 128), corners + 2)
    assert not align.is_aligned((128, 128), corners + 12)
    assert not align.is_aligned((160, 128), corners)


# --------------------------------------------------------------------------- the search's parts


@pytest.mark.parametrize("size", [(300, 200), (64, 640), (500, 500)])
@pytest.mark.parametrize("share", align.WINDOWS)
def test_windows_cover_the_picture(size: tuple[int, int], share: float) -> None:
    covered = np.zeros(size, bool)
    for x, y, side, turn in align.windows(*size, share).tolist():
        assert side == pytest.approx(share * max(size)) and turn == 0
        low = [max(0, math.floor(x - side / 2 + 0.01)), max(0, math.floor(y - side / 2 + 0.01))]
        covered[low[0] : math.ceil(x + side / 2 - 0.01), low[1] : math.ceil(y + side / 2 - 0.01)] = True
    assert covered.all()


def test_decode_places_a_peak() -> None:
    grid = torch.full((2, 6, 8, 8), -9.0)
    grid[1, :, 2, 5] = torch.tensor([3.0, 0.25, -0.25, math.log(0.5), math.cos(0.3), math.sin(0.3)])
    poses, heat = align.decode(grid, torch.tensor([[50.0, 50, 100, 0], [150.0, 80, 160, 0]]))
    np.testing.assert_allclose(poses, [[150 + 160 * (5.75 / 8 - 0.5), 80 + 160 * (2.25 / 8 - 0.5), 80, 0.3]], rtol=1e-5)
    assert float(heat) == pytest.approx(1 / (1 + math.exp(-3)))


def test_distinct_keeps_the_better_of_two_that_overlap() -> None:
    poses = torch.tensor([[10.0, 10, 50, 0], [15, 10, 50, 0], [90, 10, 50, 0]])
    assert align.distinct(poses, torch.tensor([0.5, 0.9, 0.3])) == [1, 2]


def test_cut_reads_a_turned_square() -> None:
    picture = quarters(256).rotate(-20, Image.Resampling.BICUBIC)
    square = torch.tensor([[128.0, 128.0, 160.0, math.radians(20)]])
    cut = align.cut(align._levels(picture), picture.size, square, 64)
    assert np.abs(np.asarray(to_images(cut)[0], dtype=float) - np.asarray(quarters(64), dtype=float)).mean() < 12


def test_the_networks_shapes_and_size() -> None:
    finder = Finder(TINY).eval()
    assert finder.detector(torch.zeros(2, 3, 64, 64)).shape == (2, 6, 8, 8)
    points, logits = finder.landmarker(torch.zeros(2, 3, 32, 32))
    assert points.shape == (2, 68, 2) and logits.shape == (2,)
    assert sum(p.numel() for p in Finder(FinderConfig()).parameters()) < 1_500_000
    as_in_a_card = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(TINY).items()}
    assert FinderConfig(**as_in_a_card) == TINY


def test_centre_of_mass_of_a_sharp_peak() -> None:
    maps = torch.zeros(1, 1, 4, 8)
    maps[0, 0, 1, 6] = 99
    np.testing.assert_allclose(centre_of_mass(maps), [[[6.5 / 8, 1.5 / 4]]], rtol=1e-5)


# --------------------------------------------------------------------------- scenes and training


def tiny_maker() -> SceneMaker:
    source = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 256, (6, 3, 32, 32), generator=source, dtype=torch.uint8)
    landmarks = torch.from_numpy(made_up_landmarks()).float().expand(6, 68, 2)
    return SceneMaker(pictures, landmarks, torch.zeros(0, 3, 8, 8, dtype=torch.uint8))


def test_flipping_twice_changes_nothing() -> None:
    assert sorted(FLIP) == list(range(68)) and [FLIP[i] for i in FLIP] == list(range(68))
    assert FLIP[36] == 45 and FLIP[48] == 54 and FLIP[8] == 8


def test_view_and_crop_are_inverse() -> None:
    poses = torch.tensor([[0.4, 0.6, 0.5, 0.7]])
    inside = view_to_crop(16, poses).view(1, -1, 2)
    line = (torch.arange(16) + 0.5) / 16
    wanted = torch.cartesian_prod(line, line).flip(1)
    np.testing.assert_allclose(crop_to_view(inside, poses)[0], wanted, atol=1e-6)


def test_scenes_are_labelled_pictures() -> None:
    torch.manual_seed(1)
    wide = tiny_maker().wide(24, 64, empty=0.5, second=0.5)
    assert wide.pictures.shape == (24, 3, 64, 64) and wide.pictures.abs().max() <= 1
    assert wide.landmarks.shape == (24, 2, 68, 2) and 0 < wide.present[:, 0].sum() < 24
    for i, k in wide.present.nonzero().tolist():
        pose = align.quad_pose(align.aligned_quad(wide.landmarks[i, k].double().numpy()))
        np.testing.assert_allclose(pose, wide.poses[i, k], atol=1e-5)
    close = tiny_maker().close(64, 32, align.CROP_MIDDLE, empty=0.0)
    assert close.present.all()
    assert abs(float(close.poses[:, 0, 2].log().mean())) < 0.1


def test_detector_loss_is_small_for_the_right_answer() -> None:
    torch.manual_seed(2)
    scenes = tiny_maker().wide(8, 64, empty=0.0, second=0.0)
    answer = torch.zeros(8, 6, 8, 8)
    answer[:, 0] = -12
    for i, (x, y, side, turn) in enumerate(scenes.poses[:, 0].tolist()):
        column, row = int(x * 8), int(y * 8)
        answer[i, 0, row, column] = 12
        cells = torch.arange(8) + 0.5
        answer[i, 1], answer[i, 2] = (x * 8 - cells)[None], (y * 8 - cells)[:, None]
        answer[i, 3:] = torch.tensor([math.log(side), math.cos(turn), math.sin(turn)])[:, None, None]
    focal, pose = detector_loss(answer, scenes)
    assert focal < 0.01 and pose < 0.01
    assert detector_loss(torch.zeros_like(answer), scenes)[0] > 1


def test_training_takes_steps_and_resumes(tmp_path: Path) -> None:
    def run(steps: int, folder: str) -> FinderTask:
        torch.manual_seed(0)
        task = FinderTask(TINY, tiny_maker(), tiny_maker(), steps=4, batch=4)
        loop = Run(task, LoopOptions(tmp_path / folder, steps=steps, progress=False))
        loop.resume()
        loop.train()
        return task

    whole = run(4, "whole")
    run(2, "halves")
    halves = run(4, "halves")
    for a, b in zip(whole.finder.parameters(), halves.finder.parameters(), strict=True):
        assert torch.equal(a, b)
    assert all(math.isfinite(v) for v in whole.evaluate().values())
    whole.sample_sheet(tmp_path / "sheet")
    assert Image.open(tmp_path / "sheet.png").size == (8 * 64, 4 * 64)


def test_packs_are_read_by_name(tmp_path: Path) -> None:
    names = [f"images/{i}.webp" for i in range(3)]
    (tmp_path / "images").mkdir()
    for i, name in enumerate(names):
        Image.new("RGB", (16, 16), (i * 60, 0, 0)).save(tmp_path / name, lossless=True)
    (tmp_path / "index.csv").write_text("file,source\n" + "".join(f"{name},own\n" for name in names))
    landmarks = np.stack([np.full((68, 2), i / 4, np.float16) for i in (2, 1)])
    np.savez(tmp_path / "landmarks68.npz", names=np.array([names[2], names[1]]), lm=landmarks)
    found, pictures, points = read_pack(tmp_path)
    assert found == names[1:]
    assert pictures[:, 0, 0, 0].tolist() == [60, 120] and points[:, 0, 0].tolist() == [0.25, 0.5]
    with pytest.raises(ValueError, match="no pack"):
        read_pack(tmp_path / "nowhere")


def test_the_split_is_a_twentieth() -> None:
    assert 30 < sum(is_held_out(f"images/{i}.webp") for i in range(1000)) < 70


# --------------------------------------------------------------------------- with the trained weights


@pytest.mark.parametrize(
    "placed", [(0, 200, 150, 240, 0), (1, 120, 160, 110, 20), (2, 300, 140, 130, -25), (3, 90, 90, 45, 8)]
)
def test_faces_are_found_where_they_are(placed: tuple[int, float, float, float, float]) -> None:
    found = align.find_face(scene(placed))
    assert found.landmarks.shape == (68, 2) and 0 < found.score <= 1
    pose = align.quad_pose(align.aligned_quad(found.landmarks))
    _, x, y, side, degrees = placed
    assert square_overlap(pose, np.array([x, y, side, math.radians(degrees)])) > 0.75


def test_the_largest_of_several_faces() -> None:
    picture = scene((0, 90, 110, 100, 0), (1, 290, 160, 170, 5))
    assert len(align.find_faces(picture)) == 2
    assert abs(align.find_face(picture).landmarks[:, 0].mean() - 290) < 30


@pytest.mark.parametrize("side", [128, 512])
def test_an_aligned_face_comes_back_as_it_is(side: int) -> None:
    for face in faces():
        aligned = align.align_face(face.resize((side, side), Image.Resampling.BICUBIC))
        assert aligned.size == (128, 128)
        assert np.abs(np.asarray(aligned, dtype=float) - np.asarray(face, dtype=float)).mean() < 3


def test_a_photograph_becomes_the_aligned_face() -> None:
    aligned = align.align_face(scene((1, 210, 150, 256, 15)))
    difference = np.abs(np.asarray(aligned, dtype=float) - np.asarray(faces()[1], dtype=float))[16:112, 16:112]
    assert difference.mean() < 16


def test_large_uploads_in_other_modes() -> None:
    picture = scene((1, 1100, 700, 500, -10), size=(2400, 1600)).convert("CMYK")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG")
    assert align.align_face(buffer.getvalue()).size == (128, 128)


@pytest.mark.parametrize("kind", ["gradient", "flat", "noise", "stripes"])
def test_no_face_is_said_in_a_sentence(kind: str) -> None:
    pictures = {
        "gradient": scene(),
        "flat": Image.new("RGB", (200, 300), (220, 180, 160)),
        "noise": Image.fromarray(np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)),
        "stripes": Image.fromarray(np.tile(np.arange(256, dtype=np.uint8) // 16 * 100, (200, 1))),
    }
    with pytest.raises(ValueError, match="No face was found in this picture"):
        align.align_face(pictures[kind])


def test_the_same_picture_gives_the_same_bytes() -> None:
    picture = scene((2, 180, 140, 150, 12))
    assert align.align_face(picture).tobytes() == align.align_face(picture).tobytes()
