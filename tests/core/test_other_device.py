"""The pretended device refuses what a graphics card refuses, and computes what the CPU computes."""

import copy
import io
from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.core.device_run import assert_alike
from tests.core.other_device import DEVICE, Mixed, Other, other_device


def here() -> Tensor:
    return torch.arange(6.0).view(2, 3)


def there() -> Tensor:
    return here().to(DEVICE)


MIXTURES: dict[str, Callable[[], object]] = {
    "sum": lambda: there() + here(),
    "sum the other way": lambda: here() + there(),
    "number of the device in a sum": lambda: here() + there()[0, 0],
    "in place": lambda: there().add_(here()),
    "matrices": lambda: there() @ here().T,
    "joined": lambda: torch.cat([there(), here()]),
    "stacked numbers": lambda: torch.stack([there()[0, 0], here()[0, 0]]),
    "mask": lambda: there().masked_fill(here() > 1, 0.0),
    "choice": lambda: torch.where(here() > 1, there(), 0.0),
    "taken on the CPU by the device's places": lambda: here()[torch.tensor([1], device=DEVICE)],
    "written values": lambda: there().__setitem__(slice(0, 1), there()[:1] + here()[:1]),
    "written at places": lambda: there().__setitem__(torch.tensor([1], device=DEVICE), here()[:1]),
    "gathered": lambda: there().gather(1, torch.zeros(2, 1, dtype=torch.long)),
    "embedded": lambda: F.embedding(torch.tensor([1]), there()),
    "layer": lambda: nn.Linear(3, 3).to(DEVICE)(here()),
    "layer on the CPU": lambda: nn.Linear(3, 3)(there()),
    "loss": lambda: F.cross_entropy(there(), torch.tensor([0, 1])),
    "window": lambda: torch.stft(torch.zeros(1, 64, device=DEVICE), 16, window=torch.ones(16), return_complex=True),
    "generator": lambda: torch.randn(3, generator=torch.Generator().manual_seed(1), device=DEVICE),
    "generator in place": lambda: there().normal_(generator=torch.Generator().manual_seed(1)),
    "optimiser": lambda: nn.Parameter(there()).grad.add_(here()) if step(here) else None,
}


def step(target: Callable[[], Tensor]) -> bool:
    """A step of training towards a target."""
    weight = nn.Parameter(there())
    (weight - target()).square().sum().backward()
    return True


@pytest.mark.parametrize("name", MIXTURES)
def test_what_does_not_belong_together_is_refused(name: str) -> None:
    with other_device(), pytest.raises((Mixed, RuntimeError), match=r"on the device|device|window"):
        MIXTURES[name]()


def test_its_values_are_not_within_reach_of_numpy() -> None:
    with other_device():
        for read in (np.asarray, Tensor.numpy, torch.Tensor.__array__):
            with pytest.raises((TypeError, RuntimeError)):
                read(there())
        assert there().cpu().numpy().tolist() == here().tolist() == there().tolist()
        assert there()[1, 2].item() == float(there()[1, 2]) == 5


ALLOWED: dict[str, Callable[[torch.device], Tensor]] = {
    "numbers": lambda d: here().to(d) * 2 + torch.tensor(1.5) - torch.ones((), dtype=torch.float64),
    "filled": lambda d: here().to(d).masked_fill(here().to(d) > 2, torch.tensor(7.0)),
    "places of the CPU": lambda d: here().to(d)[torch.tensor([1, 0])],
    "lists as places": lambda d: here().to(d)[[1, 0]][:, [2]],
    "written at listed places": lambda d: written(here().to(d), [1]),
    "written at masked places": lambda d: written(here().to(d), torch.tensor([True, False])),
    "made there": lambda d: torch.tensor([[1.0, 2.0]], device=d) @ torch.ones(2, 2, device=d).T,
    "views": lambda d: written(here().to(d).t()[1:].unflatten(0, (2, 1)).squeeze(1), 0),
    "shape changed in place": lambda d: here().to(d).unsqueeze_(0).transpose_(0, 2).contiguous().view(-1),
    "joined": lambda d: torch.cat([here().to(d), torch.zeros_like(here().to(d))]),
    "spectrum": lambda d: torch.view_as_real(torch.stft(
        torch.linspace(-1, 1, 64, device=d)[None], 16, window=torch.hann_window(16, device=d), return_complex=True)),
    "convolution": lambda d: F.conv2d(here().to(d)[None, None], torch.ones(1, 1, 2, 2, device=d), padding=1),
    "attention": lambda d: F.scaled_dot_product_attention(*[here().to(d)[None, None]] * 3, is_causal=False),
    "without gradients": lambda d: inferred(here().to(d)),
    "seeded on the CPU": lambda d: torch.randn(3, generator=torch.Generator().manual_seed(1)).to(d),
    "counted": lambda d: torch.bincount(torch.tensor([1, 1, 2], device=d)),
}  # fmt: skip


def written(x: Tensor, index: object) -> Tensor:
    x[index] = -1.0
    return x


@torch.inference_mode()
def inferred(x: Tensor) -> Tensor:
    return (x.expand(2, 2, 3)[0] * 2).clone()


@pytest.mark.parametrize("name", ALLOWED)
def test_it_computes_what_the_cpu_computes(name: str) -> None:
    with other_device() as device:
        found = ALLOWED[name](device)
        assert isinstance(found, Other) and found.device == device
        found = found.cpu()
    assert_alike(ALLOWED[name](torch.device("cpu")), found)


def trained(device: torch.device) -> dict[str, Tensor]:
    """A small network after three steps, saved, loaded again and trained once more."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.GELU(), nn.Linear(8, 1))
    network.to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.1)
    for turn in range(4):
        loss = network(torch.linspace(0, 1, 12).view(4, 3).to(device)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if turn == 2:
            file = io.BytesIO()
            torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict()}, file)
            state = torch.load(io.BytesIO(file.getvalue()), map_location="cpu", weights_only=True)
            network = copy.deepcopy(network)
            optimizer = torch.optim.AdamW(network.parameters(), lr=0.1)
            network.load_state_dict(state["network"])
            optimizer.load_state_dict(state["optimizer"])
    return {name: value.cpu() for name, value in network.state_dict().items()}


def test_a_network_learns_there_and_its_state_is_read_anywhere() -> None:
    with other_device() as device:
        found = trained(device)
    assert_alike(trained(torch.device("cpu")), found)


def test_the_device_draws_its_own_random_numbers_by_the_seed() -> None:
    with other_device() as device:
        drawn = []
        for place in (device, device, torch.device("cpu")):
            torch.manual_seed(5)
            drawn.append(torch.randn(4, device=place).tolist())
    assert drawn[0] == drawn[1] != drawn[2]


def test_outside_nothing_has_changed() -> None:
    with other_device():
        pass
    assert torch.zeros(2, device="meta").is_meta and not isinstance(torch.tensor([1.0], device="meta"), Other)
    with torch.inference_mode():
        assert torch.zeros(1).is_inference()
