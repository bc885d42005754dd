"""Identity as a loss: reading dlib's weights, turning faces upright, and agreement with dlib where it is installed."""

import importlib.util
import struct

import numpy as np
import pytest
import torch

from genai_demo.repair import identity
from tests.repair.tiny import picture


def written(*sizes: int) -> tuple[bytes, np.ndarray]:
    """A tensor as dlib writes it."""

    def number(value: int) -> bytes:
        length = max(1, (value.bit_length() + 7) // 8)
        return bytes([length]) + value.to_bytes(length, "little")

    values = np.arange(int(np.prod(sizes)), dtype="<f4").reshape(sizes)
    return number(2) + b"".join(number(size) for size in sizes) + values.tobytes(), values


def test_tensors_are_found_between_other_things():
    first, a = written(96, 1, 1, 1)
    second, b = written(64, 300, 1, 1)
    noise = b"\x01\x05con_4" + struct.pack("<d", 0.25) + b"\x01\x02\x01\x02\x01\x02\x01\x03\x01\x15"
    found = identity.read_tensors(noise + first + noise + second + noise)
    assert [t.shape for t in found] == [a.shape, b.shape]
    assert np.array_equal(found[0], a) and np.array_equal(found[1], b)


def test_the_network_has_dlibs_shape():
    network = identity.FaceEmbedding().eval()
    convolutions = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    assert len(convolutions) == 29
    faces = (torch.rand(2, 3, identity.CHIP, identity.CHIP) * 2 - 1).requires_grad_()
    found = network(faces)
    assert found.shape == (2, 128)
    found.sum().backward()
    assert faces.grad is not None and faces.grad.abs().sum() > 0


def test_faces_are_cut_out_where_the_turn_says():
    pictures = torch.zeros(1, 3, 100, 200)
    pictures[..., 40, 70] = 1
    shift = torch.tensor([[[1.0, 0, 20], [0, 1, 10]]])  # column + 20, row + 10
    found = identity.upright(pictures, shift)
    assert found.shape == (1, 3, identity.CHIP, identity.CHIP)
    assert found[0, 0, 30, 50] == pytest.approx(1, abs=1e-3) and found.sum() == pytest.approx(3, abs=1e-2)


def test_without_dlib_there_is_a_sentence(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="pip install"):
        identity.IdentityDistance(torch.device("cpu"))


@pytest.mark.slow
@pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("dlib", "face_recognition_models"))),
    reason="face-recognition-models, 100 MB without wheels, is no requirement: pip install dlib-bin "
    "face-recognition-models",
)
def test_agrees_with_dlib():
    import dlib

    folder = identity.models()
    pixels = picture(128, 3)
    predictor = dlib.shape_predictor(str(folder / "shape_predictor_68_face_landmarks.dat"))
    points = predictor(pixels, dlib.rectangle(26, 32, 102, 122))
    chip = dlib.get_face_chip(pixels, points, size=identity.CHIP, padding=0.25)
    theirs = dlib.face_recognition_model_v1(str(folder / "dlib_face_recognition_resnet_model_v1.dat"))
    wanted = np.array(theirs.compute_face_descriptor(chip))

    def tensor(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(array).permute(2, 0, 1).float() / 127.5 - 1

    network = identity.load_embedding()
    assert np.abs(network(tensor(chip)[None])[0].numpy() - wanted).max() < 1e-4
    turn = identity.places(tensor(pixels), predictor)
    ours = identity.upright(tensor(pixels)[None], turn[None])
    assert (ours - tensor(chip)).abs().mean() < 0.05
    distance = identity.IdentityDistance(torch.device("cpu"))
    batch = tensor(pixels)[None]
    assert distance(batch, batch) < 1e-3 < distance(batch, batch * 0.3)
