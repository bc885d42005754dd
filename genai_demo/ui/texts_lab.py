"""Texts of the tab "Lab": key to (English, Chinese); and the sentences of its errors."""

from genai_demo.core import limits

LAB: dict[str, tuple[str, str]] = {
    "tab.lab": ("Lab", "实验室"),
    "lab.run": ("▶ Run", "▶ 运行"),
    "lab.pause": ("❚❚ Pause", "❚❚ 暂停"),
    "lab.step": ("→ One step", "→ 单步"),
    "lab.again": ("↺ Start over", "↺ 重新开始"),
    "lab.running": ("Training: step {step:,}, {rate:.0f} steps a second", "训练中：第 {step:,} 步，每秒 {rate:.0f} 步"),
    "lab.ahead": ("Training ahead: step {step} of {steps} …", "预先训练：第 {step} / {steps} 步……"),
    "lab.paused": ("Paused at step {step:,}.", "已暂停在第 {step:,} 步。"),
    "lab.fresh": ("New networks, nothing learnt yet. Press Run.", "全新的网络，尚未学习。请点“运行”。"),
    "lab.time": (
        "Paused after {seconds} seconds, so that others get their turn. Run goes on from here.",
        "已运行 {seconds} 秒，自动暂停以便他人使用。点“运行”可继续。",
    ),
    "lab.starting": ("The training begins …", "训练即将开始……"),
    "lab.curves": ("Losses, step by step", "逐步的损失曲线"),
    "characters.room": ("Transformer on your text", "用你的文本训练 Transformer"),
    "characters.note": (
        "A small Transformer learns your text from scratch, character by character. The last tenth is held out: when "
        "its curve turns up while the other still falls, the model learns the text by heart. Your text and the model "
        "are kept for this visit only.",
        "一个小型 Transformer 从零开始逐字学习你的文本。最后十分之一不参与训练：当它的曲线回升而另一条仍在下降，"
        "模型便是在死记硬背。文本与模型只在本次访问中保留。",
    ),
    "characters.text": ("Text to learn", "要学习的文本"),
    "characters.text.info": (
        f"{limits.MIN_LAB_TEXT} to {limits.MAX_LAB_TEXT:,} characters, in any language; another text starts over.",
        f"{limits.MIN_LAB_TEXT} 到 {limits.MAX_LAB_TEXT:,} 个字符，语言不限；更换文本会重新开始。",
    ),
    "characters.sentence": ("Your sentence", "你的句子"),
    "characters.sentence.info": (
        "Its attention, and what could come after it, are shown below while the model learns.",
        "下方显示它的注意力和可能的下一个字符，随训练更新。",
    ),
    "characters.sample": ("What it writes now", "它现在写出的文字"),
    "characters.sample.info": ("A new sample every few seconds.", "每隔几秒更新一次。"),
    "characters.attention": (
        "Attention: each row is a character, dark fields are what it looks at. Point at a field.",
        "注意力：每一行是一个字符，深色表示它在看哪里。指向某格查看。",
    ),
    "characters.next": (
        "The most likely characters after your sentence, and how likely the model finds them",
        "你的句子之后最可能的字符，以及模型给出的概率",
    ),
    "characters.stepped": (
        "Step {step:,}: loss {loss:.3f} nats a character, on the {windows} pieces of text that it just learnt from.",
        "第 {step:,} 步：在刚学习的 {windows} 段文本上，损失为每字符 {loss:.3f} 奈特。",
    ),
    "characters.learnt": ("text it learns", "训练部分"),
    "characters.held_out": ("held-out part", "留出部分"),
    "characters.overfits": (
        "It overfits: the held-out part gets worse.",
        "出现过拟合：留出部分变差了。",
    ),
    "characters.tips": ("Try: {tips}.", "可以尝试：{tips}。"),
    "characters.tips.pause": ("pause here", "就此暂停"),
    "characters.tips.dropout": ("a dropout above {dropout:g}", "把 Dropout 调到 {dropout:g} 以上"),
    "characters.tips.text": ("a text longer than these {length:,} characters", "换用比这 {length:,} 个字符更长的文本"),
    "characters.dropout": ("Dropout", "Dropout"),
    "characters.dropout.info": (
        "Leaves numbers out at random, against learning by heart.",
        "随机丢弃部分数值，防止死记硬背。",
    ),
    "characters.layers": ("Layers", "层数"),
    "characters.layers.info": ("Another number starts over.", "更改会重新开始。"),
    "characters.width": ("Width", "宽度"),
    "characters.width.info": (
        "Numbers for every character; another one starts over.",
        "每个字符的数值个数；更改会重新开始。",
    ),
    "characters.context": ("Context", "上下文"),
    "characters.context.info": ("Characters that it sees at once.", "一次能看到的字符数。"),
    "characters.seed": ("Seed", "种子"),
    "characters.seed.info": ("The same seed learns in the same way.", "相同的种子，相同的学习过程。"),
    "vae.room": ("VAE on a plane of faces", "人脸平面上的 VAE"),
    "vae.note": (
        "A variational autoencoder squeezes faces, drawn by the GAN of this page, into two numbers and draws them "
        "again. The sheet shows what it draws for every place of that plane, while it learns.",
        "变分自编码器把（由本项目 GAN 画的）人脸压缩为两个数，再画回来。下图展示平面上每个位置画出的人脸，随训练更新。",
    ),
    "vae.faces": ("Our GAN draws the faces: {count} of {most} …", "GAN 正在画人脸：{count} / {most} ……"),
    "vae.beta": ("β", "β"),
    "vae.beta.info": (
        "Weight of the latent term: high and all faces become alike, 0 and the plane has holes.",
        "潜变量项的权重：过高则人脸趋同，为 0 则平面上有空洞。",
    ),
    "vae.seed": ("Seed", "种子"),
    "vae.seed.info": ("Of weights and order; another one starts over.", "权重与顺序的种子；更改会重新开始。"),
    "vae.untrained": ("The plane before anything is learnt", "学习之前的平面"),
    "vae.learnt": ("Some of the faces that it learns from", "用来学习的部分人脸"),
    "vae.sheet": ("The plane: a face for every place", "平面：每个位置一张脸"),
    "vae.codes": ("Where the faces lie on the plane", "人脸在平面上的位置"),
    "vae.pairs": ("Held-out faces, and what two numbers leave of them", "留出的人脸，以及两个数还原的样子"),
    "vae.error": ("error × 10", "误差 × 10"),
    "vae.nats": ("nats in a code", "编码的奈特数"),
    "gan.room": ("GAN on a plane", "平面上的 GAN"),
    "gan.note": (
        "A generator G turns noise into points, a discriminator D tells them from real ones, and each learns from the "
        "other. Change anything while they train: the loss, the rates, even the distribution. One training runs at a "
        f"time, up to {limits.MAX_LAB_SECONDS} seconds; others wait and see their place.",
        "生成器 G 把噪声变成点，判别器 D 区分真假，二者互相学习。训练时可随时更改：损失、学习率，甚至分布。"
        f"同一时间只运行一个训练，最长 {limits.MAX_LAB_SECONDS} 秒；其他人排队并看到自己的位置。",
    ),
    "gan.step.discriminator": ("D alone", "仅 D 一步"),
    "gan.step.generator": ("G alone", "仅 G 一步"),
    "gan.ahead": ("▶▶ Start trained", "▶▶ 从训练好的开始"),
    "gan.target": ("Distribution", "分布"),
    "gan.target.info": (
        "What G should learn to make; it may change while it trains. Brings the learning rates that suit it.",
        "G 要学会生成的分布；训练中可更换，并换上适合它的学习率。",
    ),
    "gan.target.ring": ("ring of eight", "八点环"),
    "gan.target.grid": ("grid of sixteen", "十六点阵"),
    "gan.target.spirals": ("spirals", "螺旋"),
    "gan.target.drawing": ("own drawing", "自己画"),
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
    (
        "The training of this visit is lost. Press again to begin anew.",
        "这次访问的训练已经丢失，再按一次即可重新开始。",
    ),
    ("The drawing cannot be read. Clear it and draw again.", "无法读取图形，请清除后重画。"),
    (
        "This text has {0} characters; to learn from it, {1} or more are needed.",
        "这段文本只有 {0} 个字符，至少需要 {1} 个才能学习。",
    ),
    (
        "This text has {0} characters; up to {1} can be learnt. Shorten it.",
        "这段文本有 {0} 个字符，最多可学习 {1} 个，请缩短。",
    ),
    ("Layers of this model: {0}. Look at one of those.", "这个模型有 {0} 层，请选择其中一层。"),
    ("This text is one character over and over. Paste another one.", "这段文本只有一种字符，请换一段。"),
    ("The width must be a multiple of {0}.", "宽度须为 {0} 的倍数。"),
    ("Give {0} pictures of {1} x {2} pixels or more.", "请提供至少 {0} 张 {1} × {2} 像素的图片。"),
    ("beta must be a number from {0} to {1}.", "β 须为 {0} 到 {1} 之间的数。"),
    ("Draw something first: a line, some dots, a letter.", "请先画点什么：一条线、几个点或一个字。"),
)
"""As ``errors.SENTENCES``."""
