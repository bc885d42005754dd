"""People cut out of pictures and placed in other scenes.

    from genai_demo.repair import compose
    compose.compose("me.jpg", "beach", scale=0.8).save("holiday.png")

The network loads on first use and stays. Same input and machine: same pixels.
"""

import functools
import math
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from genai_demo.core import checkpoint, limits
from genai_demo.core.colours import flattened
from genai_demo.core.device import pick_device
from genai_demo.core.uploads import Source, open_layer
from genai_demo.repair.cutout import Cutout, CutoutConfig, box_mean, refined, view_size
from genai_demo.repair.light import gaussian, lit
from genai_demo.repair.scenes import SCENES, scene
from genai_demo.repair.tiles import spread

__all__ = ["SCENES", "compose", "cut_out", "place", "scene"]

NAME = "repair-cutout"
LEAST_PERSON = 0.01
"""Share of a picture; what is smaller is taken for a mistake."""
LEAST_CLEAR = 0.02
"""Share of a picture that is transparent if it was cut out before; the round corners of a screenshot are less."""
RIM = 0.02
"""Width of the edge in which an old background may show, in heights of the person."""
SCENE_SIZE = (960, 720)
ARC = 0.08
"""How far the ends of a cut-off head are rounded down, in widths of the cut."""
NOBODY = "No person was found in this picture. Choose one that shows a person from the front, well lit."
Repair = Callable[[Image.Image, Image.Image], Image.Image]
"""Picture (RGB) and mask (L, white where it may change) to a picture of the same size."""
_loading = threading.Lock()


# --------------------------------------------------------------------------- input


def _number(value: float, low: float, high: float, what: str) -> float:
    """A finite number within limits. Raises ValueError with a sentence otherwise."""
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not low <= number <= high:
        raise ValueError(f"{what} must be a number from {low:g} to {high:g}.")
    return number


def _open(source: Source, what: str) -> Image.Image:
    """An upload as RGB, or RGBA where it is transparent, within ``limits.MAX_COMPOSE_PIXELS``."""
    picture = open_layer(source)
    if picture.width * picture.height > limits.MAX_COMPOSE_PIXELS:
        most = limits.MAX_COMPOSE_PIXELS / 10**6
        raise ValueError(f"The picture of the {what} has more than {most:g} megapixels. Choose a smaller one.")
    return picture


def _is_cut_out(layer: Image.Image) -> bool:
    """Whether a picture already has a transparent ground."""
    return layer.mode == "RGBA" and float((np.asarray(layer.getchannel("A")) < 128).mean()) >= LEAST_CLEAR


def _tensor(picture: Image.Image) -> Tensor:
    """(1, C, H, W) in 0..1."""
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


def _picture(values: Tensor) -> Image.Image:
    pixels = (values[0].clamp(0, 1) * 255).round().to(torch.uint8)
    return Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())


# --------------------------------------------------------------------------- cutting out


@functools.cache
def _load(name: str) -> Cutout:
    try:
        config = CutoutConfig(**checkpoint.read_card(name).get("config", {}))
    except TypeError as error:
        raise ValueError(f"The settings on the card of {name!r} do not fit this program. Fetch it again.") from error
    found = checkpoint.load_weights(name, Cutout(config))
    assert isinstance(found, Cutout)
    return found.to(pick_device(), memory_format=torch.channels_last)


def network() -> Cutout:
    """The trained network. Raises ValueError where its checkpoint is missing or broken."""
    with _loading:
        return _load(NAME)


@torch.inference_mode()
def coarse_mask(net: Cutout, picture: Tensor) -> Tensor:
    """What the network takes for a person: (1, 3, H, W) in 0..1 -> (1, 1, h, w) in 0..1 at its own size.

    The mean of the picture and its mirror image, without the specks that hang on to nothing solid.
    """
    size = view_size(picture.shape[2], picture.shape[3], net.config.view)
    view = F.interpolate(picture, size=size, mode="bilinear", antialias=True, align_corners=False) * 2 - 1
    device = next(net.parameters()).device
    both = net(torch.cat([view, view.flip(3)]).to(device, memory_format=torch.channels_last)).float().sigmoid().cpu()
    mask = (both[:1] + both[1:].flip(3)) / 2
    return mask * connected(mask > 0.3, box_mean(mask, 3) > 0.8)


def connected(where: Tensor, core: Tensor) -> Tensor:
    """The parts of ``where`` that touch ``core`` (reconstruction by dilation). Both (1, 1, H, W) bool."""
    found, before = (core & where).float(), -1.0
    while float(found.sum()) != before:
        before = float(found.sum())
        for _ in range(8):
            found = F.max_pool2d(found, 3, 1, 1) * where
    return found


def rounded_top(alpha: Tensor) -> Tensor:
    """A head that the picture's upper edge cuts off gets a crown in place of the straight line.

    alpha: (1, 1, H, W). A parabola goes down to both ends of every stretch along the upper edge, by ARC of its width,
    and on a little; stretches over most of the picture stay: there is more than a head's top.
    """
    height, width = alpha.shape[2:]
    edge = F.pad((alpha[0, 0, 0] > 0.5).int(), (1, 1)).diff()
    found, rows, columns = alpha.clone(), torch.arange(height)[:, None] + 0.5, torch.arange(width)[None]
    for start, end in zip((edge == 1).nonzero()[:, 0].tolist(), (edge == -1).nonzero()[:, 0].tolist(), strict=True):
        if 4 <= end - start <= 0.7 * width:
            from_middle = (2 * columns + 1 - start - end).abs() / (end - start)  # 1 at the ends
            crown = (rows - ARC * (end - start) * from_middle**2 + 0.5).clamp(0, 1)
            found[0, 0] *= torch.where(from_middle < 2, crown, 1.0)
    return found


def without_ground(picture: Tensor, alpha: Tensor) -> Tensor:
    """The person's own colours where the old background shines through the edge. (1, 3, H, W), (1, 1, H, W).

    From I = a F + (1 - a) B and smooth guesses F0 and B0 of person and background:
    F = F0 + a (I - a F0 - (1 - a) B0), after Forte 2021, "Approximate Fast Foreground Colour Estimation".
    """
    solid, clear = (alpha > 0.95).float(), (alpha < 0.05).float()
    if not solid.any() or not clear.any():
        return picture
    inner, outer = spread(picture, solid), spread(picture, clear)
    found = inner + alpha * (picture - alpha * inner - (1 - alpha) * outer)
    return torch.where(alpha > 0.95, picture, found.clamp(0, 1))


def cut_out(image: Source) -> Image.Image:
    """The person in a picture, on a transparent ground: RGBA of the picture's own size.

    A picture whose ground is transparent already keeps its own colours and its soft edge. Up to
    ``limits.MAX_COMPOSE_PIXELS``. Raises ValueError where nobody is found, or for bad input.
    """
    layer = _open(image, "person")
    if _is_cut_out(layer):
        return layer
    values = _tensor(flattened(layer))
    coarse = coarse_mask(network(), values)
    if float((coarse > 0.5).float().mean()) < LEAST_PERSON:
        raise ValueError(NOBODY)
    alpha = rounded_top(refined(values, coarse))
    return _picture(torch.cat([without_ground(values, alpha), alpha], 1))


# --------------------------------------------------------------------------- placing


def _visible(
    person: Image.Image, size: tuple[int, int], x: float, y: float, scale: float, margin: int
) -> tuple[Image.Image, int, int]:
    """The part of the resized person that lies in a picture of ``size``, as RGBA, and its left and top there.

    Up to ``margin`` transparent pixels are added around the person; below only if they do not stand on the
    lower edge, where a body that is cut off should not fade.
    """
    box = person.getchannel("A").point(lambda v: 255 * (v > 4)).getbbox()
    if box is None:
        raise ValueError("The picture of the person is wholly transparent.")
    width, height = size
    zoom = scale * height / (box[3] - box[1])
    left, top = round(x * width - zoom * (box[2] - box[0]) / 2), round(y * height - scale * height)
    right, bottom = left + max(1, round(zoom * (box[2] - box[0]))), top + max(1, round(scale * height))
    if min(right, width) <= max(left, 0) or min(bottom, height) <= max(top, 0):
        raise ValueError("The person would stand outside the picture. Move them in.")
    across, down = (box[2] - box[0]) / (right - left), (box[3] - box[1]) / (bottom - top)
    seen = (max(left, 0), max(top, 0), min(right, width), min(bottom, height))
    source = (
        box[0] + (seen[0] - left) * across,
        box[1] + (seen[1] - top) * down,
        box[0] + (seen[2] - left) * across,
        box[1] + (seen[3] - top) * down,
    )
    # Pillow multiplies by alpha before and divides after: colours under transparent pixels do not come in.
    part = person.resize((seen[2] - seen[0], seen[3] - seen[1]), Image.Resampling.LANCZOS, source)
    room = (
        min(margin, seen[0]) if left >= 0 else 0,
        min(margin, seen[1]) if top >= 0 else 0,
        min(margin, width - seen[2]) if right <= width else 0,
        min(margin, height - seen[3]) if bottom < height else 0,
    )
    part = part.crop((-room[0], -room[1], part.width + room[2], part.height + room[3]))
    return part, seen[0] - room[0], seen[1] - room[1]


def place(
    person: Source,
    background: Source,
    x: float = 0.5,
    y: float = 1.0,
    scale: float = 0.9,
    feather: float = 1.5,
    match: float = 0.7,
    shadow: float = 0.3,
    mirror: bool = False,
    repair: Repair | None = None,
) -> Image.Image:
    """A cut-out person (transparent around) in a picture: RGB of the picture's size.

    x, y: where the middle of the person's lower edge stands, 0..1 of the picture. scale: height of the
    person (of its opaque part) in heights of the picture. feather: pixels over which the edge fades
    inwards. match: 0 leaves the person's colours, 1 draws them to the scene's. shadow: 0..1, darkness of
    a soft shadow. mirror: turned left to right. repair: see ``Repair``; called with the result and a thin ring
    along the edge, and only the ring is taken from what it returns.
    Without a shadow every pixel outside the person is the picture's own. Raises ValueError for bad input.
    """
    x, y = _number(x, 0, 1, "The place across"), _number(y, 0, 1, "The place down")
    scale = _number(scale, limits.MIN_PERSON_SCALE, limits.MAX_PERSON_SCALE, "The size of the person")
    feather = _number(feather, 0, limits.MAX_FEATHER, "The soft edge")
    match, shadow = _number(match, 0, 1, "The match of colours"), _number(shadow, 0, 1, "The shadow")
    if not isinstance(person, Image.Image) or person.mode != "RGBA":
        person = open_layer(person, least=1)
    if person.mode != "RGBA":
        raise ValueError("Cut the person out first: a picture with transparency (RGBA) is needed.")
    ground = flattened(_open(background, "scene"))
    if mirror:
        person = person.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    part, left, top = _visible(person, ground.size, x, y, scale, math.ceil(3 * feather) + 2)
    values = _tensor(part)
    colours, alpha = values[:, :3], values[:, 3:]
    if float(alpha.max()) < 0.5:
        raise ValueError("No part of the person would be seen. Move them in, or make them larger.")
    solid = (alpha > 0.95).float()
    if solid.any():  # whatever old background is left at the edge gives way to the colours inside it; a veil stays
        reach = max(2, round(RIM * part.height))
        edge = F.max_pool2d(solid, 2 * reach + 1, 1, reach) * (1 - alpha)
        colours = colours + edge * (spread(colours, solid) - colours)
    alpha = torch.minimum(alpha, gaussian(alpha, feather))
    scene_values = _tensor(ground)
    high, wide = alpha.shape[-2:]
    rows, columns = slice(top, top + high), slice(left, left + wide)
    if match:
        colours = lit(colours, alpha, scene_values, (top, left), match)
    if shadow:
        scene_values = scene_values * (1 - shadow * _shade(alpha, (top, left), ground.size))
    behind = scene_values[..., rows, columns]
    scene_values = scene_values.clone()
    scene_values[..., rows, columns] = behind + alpha * (colours - behind)
    found = _picture(scene_values)
    if repair is not None:
        ring = Image.new("L", found.size)
        ring.paste(_ring(alpha, max(1, round(feather))), (left, top))
        repaired = repair(found, ring)
        if repaired.size != found.size:
            raise ValueError("The repair of the seam changed the size of the picture.")
        found = Image.composite(repaired.convert("RGB"), found, ring)
    return found


def _shade(alpha: Tensor, corner: tuple[int, int], size: tuple[int, int]) -> Tensor:
    """How dark the shadow is: (1, 1, H, W) of the picture in 0..1, zero away from the person."""
    (top, left), (width, height) = corner, size
    high, wide = alpha.shape[-2:]
    whole = F.pad(alpha, (left, width - left - wide, top, height - top - high))
    soft = 0.03 * high
    dark = gaussian(whole, soft) * 0.6 + gaussian(whole, 3 * soft) * 0.4
    down = min(round(0.6 * soft), height - 1)
    dark = F.pad(dark, (0, 0, down, 0))[..., :height, :]
    return ((dark - 0.004) / 0.996).clamp(0, 1)


def _ring(alpha: Tensor, reach: int) -> Image.Image:
    """White along the edge of the person."""
    inside = (alpha > 0.5).float()
    size = 2 * reach + 1
    ring = F.max_pool2d(inside, size, 1, reach) + F.max_pool2d(-inside, size, 1, reach)
    return Image.fromarray((ring[0, 0] * 255).to(torch.uint8).numpy())


def compose(
    person: Source,
    scene_or_picture: str | Source,
    x: float = 0.5,
    y: float = 1.0,
    scale: float = 0.9,
    feather: float = 1.5,
    match: float = 0.7,
    shadow: float = 0.3,
    mirror: bool = False,
    repair: Repair | None = None,
    size: tuple[int, int] = SCENE_SIZE,
    seed: int = 0,
) -> Image.Image:
    """The person in any picture, cut out and placed in one of SCENES or in another picture.

    size: width and height of a built-in scene. seed: of that scene. The rest as in ``place``.
    Raises ValueError for bad input, and where nobody is found.
    """
    if isinstance(scene_or_picture, str) and scene_or_picture in SCENES:
        ground = scene(scene_or_picture, *size, seed)
    elif isinstance(scene_or_picture, str) and not Path(scene_or_picture).suffix:
        raise ValueError(f"No scene is called {scene_or_picture!r}. Choose one of {', '.join(SCENES)}, or a picture.")
    else:
        ground = _open(scene_or_picture, "scene")
    return place(cut_out(person), ground, x, y, scale, feather, match, shadow, mirror, repair)
