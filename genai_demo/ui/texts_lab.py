"""Texts of the tab "Lab": key to (English, Chinese); and the sentences of its errors."""

from genai_demo.core import limits

LAB: dict[str, tuple[str, str]] = {
    "tab.lab": ("Lab", "实验室"),
    "lab.run": ("▶ Run", "▶ 运行"),
    "lab.pause": ("❚❚ Pause", "❚❚ 暂停"),
    "lab.step": ("→ One step", "→ 单步"),
    "lab.again": ("↺ Start over", "↺ 重新开始"),
    "lab.running": ("Training: step {step:,}, {rate:.0f} steps a second", "训练中：第 {step:,} 步，每秒 {rate:.0f} 步"),
    "lab.paused": ("Paused at step {step:,}.", "已暂停在第 {step:,} 步。"),
    "lab.fresh": ("New networks, nothing learnt yet. Press Run.", "全新的网络，尚未学习。请点“运行”。"),
    "lab.time": (
        "Paused after {seconds} seconds, so that others get their turn. Run goes on from here.",
        "已运行 {seconds} 秒，自动暂停以便他人使用。点“运行”可继续。",
    ),
    "gan.room": ("GAN on a plane", "平面上的 GAN"),
    "gan.note": (
        "A generator G turns noise into points, a discriminator D tells them from real ones, and each learns from the "
        "other. Change anything while they train: the loss, the rates, even the distribution. One training runs at a "
        f"time, up to {limits.MAX_LAB_SECONDS} seconds; others wait and see their place.",
        "生成器 G 把噪声变成点，判别器 D 区分真假，二者互相学习。训练时可随时更改：损失、学习率，甚至分布。"
        f"同一时间只运行一个训练，最长 {limits.MAX_LAB_SECONDS} 秒；其他人排队并看到自己的位置。",
    ),
    "gan.target": ("Distribution", "分布"),
    "gan.target.info": (
        "What G should learn to make; it may change while it trains.",
        "G 要学会生成的分布；训练中可更换。",
    ),
    "gan.target.ring": ("ring of eight", "八点环"),
    "gan.target.grid": ("grid of sixteen", "十六点阵"),
    "gan.target.spirals": ("spirals", "螺旋"),
    "gan.target.drawing": ("own drawing", "自己画"),
    "gan.draw": (
        "Draw with mouse or finger: a letter, a face, some dots. G learns it when you let go.",
        "用鼠标或手指画：一个字、一张脸、几个点。松手后 G 便开始学习。",
    ),
    "gan.loss": ("Loss", "损失函数"),
    "gan.loss.info": (
        "Switch it while they train; the formula is beside the plane.",
        "训练中可切换；公式显示在平面旁。",
    ),
    "gan.loss.minimax": ("minimax", "极小极大"),
    "gan.loss.non_saturating": ("non-saturating", "非饱和"),
    "gan.loss.relativistic": ("relativistic", "相对论式"),
    "gan.loss.hinge": ("hinge", "合页"),
    "gan.pace": ("Pace", "速度"),
    "gan.pace.info": (
        "Slow motion lights up the five parts of a step one after the other.",
        "慢动作会逐一点亮每一步的五个环节。",
    ),
    "gan.pace.slow": ("slow motion", "慢动作"),
    "gan.pace.one": ("1 step a picture", "每帧 1 步"),
    "gan.pace.five": ("5 steps", "每帧 5 步"),
    "gan.pace.full": ("full speed", "全速"),
    "gan.generator_rate": ("Learning rate of G", "G 的学习率"),
    "gan.generator_rate.info": ("Too high and G jumps from mode to mode.", "过高时 G 会在模式间跳来跳去。"),
    "gan.discriminator_rate": ("Learning rate of D", "D 的学习率"),
    "gan.discriminator_rate.info": ("Much higher than G's, and D wins.", "远高于 G 时，D 会获胜。"),
    "gan.penalty": ("Gradient penalty γ", "梯度惩罚 γ"),
    "gan.penalty.info": ("Smooths D (R1 and R2); 0 leaves it out.", "使 D 平滑（R1 与 R2）；0 为不用。"),
    "gan.batch": ("Batch", "批大小"),
    "gan.batch.info": ("Points in every step.", "每一步的点数。"),
    "gan.width": ("Network size", "网络大小"),
    "gan.width.info": (
        "Units in each hidden layer; another size starts over at Run.",
        "每个隐藏层的单元数；更改后点“运行”重新开始。",
    ),
    "gan.seed": ("Seed", "种子"),
    "gan.seed.info": (
        "Of weights and noise; another one starts over at Run.",
        "权重与噪声的种子；更改后点“运行”重新开始。",
    ),
}

LAB_ERRORS: tuple[tuple[str, str], ...] = (
    ("No distribution is called {0}. Choose one of {1}.", "没有名为 {0} 的分布，可选：{1}。"),
    ("No loss is called {0}. Choose one of {1}.", "没有名为 {0} 的损失函数，可选：{1}。"),
    ("The drawing cannot be read. Clear it and draw again.", "无法读取图形，请清除后重画。"),
    ("Draw something first: a line, some dots, a letter.", "请先画点什么：一条线、几个点或一个字。"),
)
"""As ``errors.SENTENCES``."""
