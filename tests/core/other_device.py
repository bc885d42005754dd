"""A second device where there is none: its tensors hold their values on the CPU, but do not mix with those of the CPU.

Code that forgets to move a tensor works on a machine without a graphics card and stops on one with it. Inside
``other_device()`` the device "meta" behaves as a card does, so such code stops here too:

- A tensor of the CPU and one of the device in one operation: RuntimeError. As on a card, the CPU's may be a single
  number in elementwise operations, and may say by index which elements of the device's are meant, not the other way.
- A random generator of the CPU cannot draw on the device, and the device draws other random numbers than the CPU.
- ``Tensor.numpy`` does not reach its values; ``Tensor.cpu``, ``item`` and ``tolist`` do.

Everything is computed by the CPU's kernels, so results are those of the CPU up to the order in which sums are taken.
"""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import torch
from torch import Tensor
from torch._C import _DisableTorchDispatch
from torch.utils._python_dispatch import TorchDispatchMode

DEVICE = torch.device("meta")
CPU = torch.device("cpu")
aten = torch.ops.aten
MOVES = {aten._to_copy, aten.to, aten.copy_, aten.copy}
"""They are there to get tensors from one device to another."""
INDEXED = {aten.index, aten._unsafe_index, aten.index_put, aten.index_put_, aten._index_put_impl_}
"""Tensor, then a list of what to take of it; then, where it is written to, the values."""
SINGLE = {aten.fill_, aten.fill, aten.masked_fill, aten.masked_fill_, aten.where}
"""Beside the elementwise ones: a single number of the CPU's is taken for a number."""

AUTOCAST = {
    "autocast": contextlib.nullcontext(),
    "is_autocast_enabled": False,
    "get_autocast_dtype": torch.float32,
}
"""What is said of the device, where everything is computed as it comes."""


class Mixed(RuntimeError):
    """Tensors of two devices met."""


class Other(Tensor):
    """A tensor that says that it lies on ``DEVICE``. values: what it holds, a tensor of the CPU."""

    values: Tensor

    @staticmethod
    def __new__(cls, values: Tensor) -> "Other":
        made = Tensor._make_wrapper_subclass(
            cls, values.size(), strides=values.stride(), storage_offset=values.storage_offset(), dtype=values.dtype,
            layout=values.layout, device=DEVICE,
        )  # fmt: skip
        made.values = values
        return made

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return f"Other({self.values!r})"

    def tolist(self) -> Any:
        return self.values.tolist()

    def __getitem__(self, index: Any) -> Any:
        return super().__getitem__(_listed(index))

    def __setitem__(self, index: Any, value: Any) -> None:
        super().__setitem__(_listed(index), value)

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Files hold the values; they are read with ``map_location="cpu"``."""
        return self.values.detach().__reduce_ex__(protocol)

    @classmethod
    def __torch_dispatch__(
        cls, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        return _operate(function, args, kwargs or {})


def _listed(index: Any) -> Any:
    """An index with tensors in the place of lists, which PyTorch would turn into tensors of "meta" without values."""
    if isinstance(index, tuple):
        return tuple(_listed(part) for part in index)
    return torch.tensor(index, dtype=None if index else torch.long) if isinstance(index, list) else index


class _Everywhere(TorchDispatchMode):
    """Sees the operations that no tensor of the device takes part in yet: those that make one, or move one there."""

    def __torch_dispatch__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        return _operate(function, args, kwargs or {})


def _operate(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """One operation, computed on the CPU; its results belong where a card's would."""
    if function.overloadpacket is aten._has_compatible_shallow_copy_type:
        return False  # ``Module.to`` makes new parameters instead of changing what the old ones hold
    leaves: list[Any] = []
    _each(lambda x: leaves.append(x), (*args, *kwargs.values()))
    ours = [t for t in leaves if isinstance(t, Other)]
    assert not any(isinstance(t, Tensor) and t.is_meta for t in leaves if not isinstance(t, Other)), (
        f"{function} got a tensor without values: other_device.py does not see how it came about"
    )
    target = _target(function, args, kwargs, ours)
    _check(function, args, leaves, target)
    if target == DEVICE and torch.Tag.inplace_view in function.tags:
        with _DisableTorchDispatch():
            function(*args, **kwargs)  # the shape that the tensor says it has changes as that of its values does
    args, kwargs = _each(_held, args), {name: _each(_held, value) for name, value in kwargs.items()}
    if target == DEVICE and torch.Tag.nondeterministic_seeded in function.tags:
        with _another_stream():
            found = function(*args, **kwargs)
    else:
        found = function(*args, **kwargs)
    if target != DEVICE:
        return found
    known = {id(t.values): t for t in ours}  # what was changed in place stays itself

    def placed(x: Any) -> Any:
        if not isinstance(x, Tensor):
            return x
        return known[id(x)] if id(x) in known else Other(x)

    return _each(placed, found)


def _each(change: Callable[[Any], Any], x: Any) -> Any:
    """Arguments or results of an operation with every part of them changed: they are nested in lists and tuples."""
    return type(x)(_each(change, part) for part in x) if type(x) in (tuple, list) else change(x)


def _held(x: Any) -> Any:
    """An argument as the CPU's kernels want it."""
    if isinstance(x, Other):
        return x.values
    return CPU if isinstance(x, torch.device) else x


def _target(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], ours: list[Other]) -> torch.device:
    """Where the results belong."""
    named = [d for d in (*args, *kwargs.values()) if isinstance(d, torch.device)]
    if named:
        return named[0]
    if function.overloadpacket in MOVES:
        leader = args[1] if function in (aten.to.other,) else args[0]
        return DEVICE if isinstance(leader, Other) else CPU
    return DEVICE if ours and function.overloadpacket is not aten._local_scalar_dense else CPU


def _check(function: Any, args: tuple[Any, ...], leaves: list[Any], target: torch.device) -> None:
    """Raises Mixed where a card would not do this."""
    packet = function.overloadpacket
    if target == DEVICE and any(isinstance(x, torch.Generator) for x in leaves):
        raise Mixed(f"{function}: a generator of the CPU cannot draw on the device")
    if packet in MOVES:
        return
    if packet in INDEXED and isinstance(args[0], Other):
        leaves = [args[0], *(v for v in args[2:3] if v.dim())]  # a list of places may come from the CPU
    ours = [x for x in leaves if isinstance(x, Other)]
    theirs = [x for x in leaves if isinstance(x, Tensor) and not isinstance(x, Other)]
    if torch.Tag.pointwise in function.tags or packet in SINGLE:
        theirs = [x for x in theirs if x.dim()]
    if ours and theirs:
        shapes = [[tuple(t.shape) for t in some] for some in (ours, theirs)]
        raise Mixed(f"{function}: {shapes[0]} on the device, {shapes[1]} on the CPU")


@contextlib.contextmanager
def _another_stream() -> Iterator[None]:
    """Random numbers that the seed decides, but none that the CPU would draw."""
    seed = int(torch.randint(2**62, ()))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def _moved(construct: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """``torch.tensor`` and its like with the move to ``device`` as a step of its own, which the mode can see."""

    def constructed(*args: Any, device: Any = None, **kwargs: Any) -> Tensor:
        found = construct(*args, **kwargs)
        return found if device is None else found.to(device)

    return constructed


def _besides(function: Callable[..., Any], answer: Any) -> Callable[..., Any]:
    """A function of PyTorch's autocast, which knows nothing of "meta", with its answer there."""

    def asked(device_type: str | None = None, *args: Any, **kwargs: Any) -> Any:
        if device_type == DEVICE.type:
            return answer
        return function(*(() if device_type is None else (device_type,)), *args, **kwargs)

    return asked


def _no_gradients(mode: bool) -> torch.set_grad_enabled:
    """In the place of inference mode, in which tensors like ``Other`` cannot be viewed."""
    return torch.set_grad_enabled(not mode)


@contextlib.contextmanager
def other_device() -> Iterator[torch.device]:
    """Inside, ``DEVICE`` is a device of its own. Only for the thread that enters.

    Gradients are switched off by ``torch.inference_mode`` here as by ``torch.no_grad``, and there is no autocast.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", ".*copying from a non-meta parameter")  # here it does copy
        for name in ("tensor", "as_tensor"):
            stack.enter_context(mock.patch.object(torch, name, _moved(getattr(torch, name))))
        for name, answer in AUTOCAST.items():
            stack.enter_context(mock.patch.object(torch, name, _besides(getattr(torch, name), answer)))
        stack.enter_context(mock.patch.object(torch._C, "_InferenceMode", _no_gradients))
        stack.enter_context(_Everywhere())
        yield DEVICE
