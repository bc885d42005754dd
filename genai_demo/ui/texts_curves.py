"""Texts of the room "How much data, how long, how big?" of the lab: key to (English, Chinese); and its errors."""

CURVES: dict[str, tuple[str, str]] = {
    "curves.room": ("How much data, how long, how big?", "要多少数据、多久、多大？"),
    "curves.note": (
        "Measured curves instead of hearsay: small versions of our own models, trained again and again with more "
        "examples, more time, more parameters, or worse data. Every point is a training of its own; the figures are "
        "of examples that it had never seen. Point at one, or press Tab, to read it.",
        "用实测曲线代替传闻：把我们自己的模型做成小版本，用更多样本、更长时间、更多参数或更差的数据反复训练。"
        "每个点都是一次独立的训练，数值来自模型从未见过的样本。指向某点或按 Tab 键即可读数。",
    ),
    "curves.medium": ("Model", "模型"),
    "curves.medium.info": ("What was trained.", "训练的是哪个模型。"),
    "curves.medium.text": ("Transformer on stories", "写故事的 Transformer"),
    "curves.medium.labels": ("classifier of faces", "人脸分类器"),
    "curves.medium.faces": ("VAE of faces", "人脸 VAE"),
    "curves.question": ("Question", "问题"),
    "curves.question.info": ("One of them, or all below each other.", "选一个，或全部列出。"),
    "curves.question.all": ("all", "全部"),
    "curves.question.data": ("data", "数据量"),
    "curves.question.time": ("time", "时间"),
    "curves.question.size": ("size", "大小"),
    "curves.question.damage": ("bad data", "数据质量"),
    "curves.csv": ("Numbers as CSV", "下载 CSV"),
    "curves.json": ("Numbers as JSON", "下载 JSON"),
    "curves.ask.data": ("How much data is enough?", "多少数据才够？"),
    "curves.ask.time": ("How long must it train?", "要训练多久？"),
    "curves.ask.size": ("How big must it be?", "模型要多大？"),
    "curves.ask.damage": ("What does bad data cost?", "坏数据的代价是什么？"),
    "curves.axis.examples": ("examples", "样本数"),
    "curves.axis.time": ("seconds of training on one core", "单核训练秒数"),
    "curves.axis.size_steps": ("parameters", "参数量"),
    "curves.axis.size_time": ("parameters", "参数量"),
    "curves.axis.noise.text": ("stories with their words shuffled, %", "词序被打乱的故事，%"),
    "curves.axis.noise.labels": ("wrong labels, %", "错误标签，%"),
    "curves.axis.blur": ("blur of the training pictures, pixels", "训练图片的模糊程度，像素"),
    "curves.axis.duplicates": ("copies among 1,000 examples, %", "1,000 个样本中的重复，%"),
    "curves.name.noise.text": ("Shuffled words", "打乱的词序"),
    "curves.name.noise.labels": ("Wrong labels", "错误标签"),
    "curves.name.blur": ("Blur", "模糊"),
    "curves.name.duplicates": ("Copies", "重复样本"),
    "curves.measure.text": ("bits per byte (lower is better)", "每字节比特数（越低越好）"),
    "curves.measure.labels": ("right answers, % (higher is better)", "答对，%（越高越好）"),
    "curves.measure.faces": ("PSNR, dB (higher is better)", "PSNR，dB（越高越好）"),
    "curves.value.text": ("{value:.2f} bits per byte", "{value:.2f} 比特/字节"),
    "curves.value.labels": ("{value:.1f} % right", "答对 {value:.1f} %"),
    "curves.value.faces": ("{value:.1f} dB", "{value:.1f} dB"),
    "curves.gap.text": ("{value:.2f} bits per byte", "{value:.2f} 比特/字节"),
    "curves.gap.labels": ("{value:.1f} percentage points", "{value:.1f} 个百分点"),
    "curves.gap.faces": ("{value:.1f} dB", "{value:.1f} dB"),
    "curves.line.held_out": ("never seen", "未见过"),
    "curves.line.learnt": ("learnt", "学过的"),
    "curves.line.steps": ("equal steps", "步数相同"),
    "curves.line.time": ("equal time", "时间相同"),
    "curves.dot": (
        "{x} {axis}: {line} {value}, {seeds}; {steps:,.0f} steps, {seconds} s",
        "{axis} {x}：{line} {value}，{seeds}；{steps:,.0f} 步，{seconds} 秒",
    ),
    "curves.seeds.one": ("one training", "一次训练"),
    "curves.seeds.many": ("mean of {count} trainings, ± {spread}", "{count} 次训练的平均，± {spread}"),
    "curves.left_out": (" (0 left out)", "（不含 0）"),
    "curves.point": ("Point at a dot to read it.", "指向某个点即可读数。"),
    "curves.table": ("The numbers", "数值表"),
    "curves.column.x": ("value", "取值"),
    "curves.column.seeds": ("trainings", "训练次数"),
    "curves.column.steps": ("steps", "步数"),
    "curves.column.seconds": ("CPU seconds", "CPU 秒"),
    "curves.answer.data.flat": (
        "Here more examples bring nothing: {first:,.0f} do as well ({first_value}) as {all:,.0f} ({all_value}). "
        "The training sees {seen:,.0f} examples, some of them again and again; it ends before the lack of new ones "
        "can be felt.",
        "在这里更多样本没有好处：{first:,.0f} 个（{first_value}）与 {all:,.0f} 个（{all_value}）一样好。"
        "整个训练只看 {seen:,.0f} 个样本（含重复），还没等到缺少新样本就结束了。",
    ),
    "curves.answer.data.enough": (
        "{enough:,.0f} examples are enough for so short a training: {enough_value}, against {first_value} with "
        "{first:,.0f} and {all_value} with all {all:,.0f}. Beyond that, more brought less than a tenth of the gain, or "
        "less than chance does.",
        "对这么短的训练来说 {enough:,.0f} 个样本就够了：{enough_value}；{first:,.0f} 个时为 {first_value}，"
        "全部 {all:,.0f} 个时为 {all_value}。再多，收益不到总增益的十分之一，或小于随机波动。",
    ),
    "curves.answer.data.more": (
        "Only all {all:,.0f} examples are enough: {all_value}, against {first_value} with {first:,.0f}. More would "
        "probably help.",
        "要用上全部 {all:,.0f} 个样本才够：{all_value}；{first:,.0f} 个时只有 {first_value}。更多数据大概还会有帮助。",
    ),
    "curves.answer.heart.overfits": (
        "With {first:,.0f} examples it learns them by heart: on those it is {few_gap} better than on new ones, with "
        "all of them {everything_gap}. That is overfitting.",
        "只有 {first:,.0f} 个样本时它会死记硬背：在学过的样本上比新样本好 {few_gap}，用全部样本时只差 "
        "{everything_gap}。这就是过拟合。",
    ),
    "curves.answer.heart.same": (
        "Overfitting cannot be told from chance here: what was learnt is {few_gap} better than what is new with "
        "{first:,.0f} examples, {everything_gap} with all.",
        "这里的过拟合与随机波动无法区分：{first:,.0f} 个样本时学过的比新的好 {few_gap}，"
        "用全部样本时为 {everything_gap}。",
    ),
    "curves.answer.time.still": (
        "The second half of the longest training still brought {share:.0f} % of the whole gain: {half_value} after "
        "{half:.0f} s, {last_value} after {last:.0f} s. It is not finished. Seconds, not days, but for a small model "
        "and a modest result.",
        "最长一次训练的后一半仍带来总增益的 {share:.0f} %：{half:.0f} 秒后 {half_value}，{last:.0f} 秒后 {last_value}。"
        "还没有训练完。用的是几十秒而不是几天，但模型很小，结果也有限。",
    ),
    "curves.answer.time.done": (
        "After {half:.0f} s it is about as good ({half_value}) as after {last:.0f} s ({last_value}): more time brings "
        "nothing that could be told from chance. This small model needs no days.",
        "{half:.0f} 秒后（{half_value}）与 {last:.0f} 秒后（{last_value}）差不多：更多时间带来的变化与随机波动"
        "无法区分。这个小模型不需要几天。",
    ),
    "curves.answer.size.bigger": (
        "Bigger is better here, after equally many steps and after equal time: {largest_value} with {largest:,.0f} "
        "parameters in {seconds:.0f} s; the smallest, of {smallest:,.0f}, reaches {smallest_value} after equal steps.",
        "在这里越大越好，无论步数相同还是时间相同：{largest:,.0f} 个参数在 {seconds:.0f} 秒内达到 {largest_value}；"
        "最小的（{smallest:,.0f}）在步数相同时为 {smallest_value}。",
    ),
    "curves.answer.size.steps_only": (
        "Bigger is better only when time does not count. After equally many steps the largest wins ({steps_value}, "
        "{steps_parameters:,.0f} parameters, {largest_seconds:.0f} s); after equal time, {seconds:.0f} s, the best has "
        "{time_parameters:,.0f} ({time_value}) and the largest is behind it ({largest_value}).",
        "只有不计时间时才是越大越好。步数相同时最大的胜出（{steps_value}，{steps_parameters:,.0f} 个参数，"
        "{largest_seconds:.0f} 秒）；时间同为 {seconds:.0f} 秒时，最好的是 {time_parameters:,.0f} 个参数的"
        "（{time_value}），最大的落后（{largest_value}）。",
    ),
    "curves.answer.size.smaller": (
        "Bigger is not better here: even after equally many steps the best has {steps_parameters:,.0f} parameters "
        "({steps_value}), not {largest:,.0f}; after equal time, {seconds:.0f} s, it is the one of "
        "{time_parameters:,.0f} ({time_value}).",
        "在这里并非越大越好：即使步数相同，最好的也是 {steps_parameters:,.0f} 个参数的（{steps_value}），"
        "而不是 {largest:,.0f} 个的；时间同为 {seconds:.0f} 秒时，最好的是 {time_parameters:,.0f} 个参数的"
        "（{time_value}）。",
    ),
    "curves.answer.damage.free": (
        "{name}: nothing that could be told from chance, even at {worst} ({worst_value}, without {clean_value}).",
        "{name}：即使达到 {worst}，影响也与随机波动无法区分（{worst_value}，无损坏时 {clean_value}）。",
    ),
    "curves.answer.damage.unknown": (
        "{name}: {clean_value} without, {worst_value} at {worst}.",
        "{name}：无损坏时 {clean_value}，{worst} 时 {worst_value}。",
    ),
    "curves.answer.damage.beyond": (
        "{name}: {clean_value} without, {worst_value} at {worst}. That is worse than having only {first:,.0f} good "
        "examples: here quality counts more than quantity.",
        "{name}：无损坏时 {clean_value}，{worst} 时 {worst_value}，比只有 {first:,.0f} 个好样本还差："
        "在这里质量比数量重要。",
    ),
    "curves.answer.damage.equal": (
        "{name}: {clean_value} without, {worst_value} at {worst}, as bad as having only about {as_few:,.0f} good "
        "examples.",
        "{name}：无损坏时 {clean_value}，{worst} 时 {worst_value}，相当于只有约 {as_few:,.0f} 个好样本。",
    ),
    "curves.harmless": (" Up to {harmless} the difference is chance.", "{harmless} 以内的差别属于随机波动。"),
    "curves.nothing": ("This was not measured.", "这一项没有测量。"),
    "curves.noise": (
        "From seed to seed a figure differs by {noise} (standard deviation); differences below twice that are taken "
        "for chance.",
        "换一个种子，数值相差 {noise}（标准差）；小于其两倍的差别视为随机波动。",
    ),
    "curves.single": (
        "Every point was trained once, so that small differences may be chance.",
        "每个点只训练了一次，细小的差别可能只是随机波动。",
    ),
    "curves.about": (
        "Measured on {date} by {command} with one core of {hardware}, PyTorch {torch}; {held_out:,} examples held out. "
        "Settings: {settings}.",
        "{date} 由 {command} 测得，使用 {hardware} 的一个核心，PyTorch {torch}；"
        "留出 {held_out:,} 个样本。设置：{settings}。",
    ),
}

CURVES_ERRORS: tuple[tuple[str, str], ...] = (
    (
        "These curves have not been measured yet. Run `python -m benchmarks.curves --publish`.",
        "这些曲线尚未测量，请运行 `python -m benchmarks.curves --publish`。",
    ),
    ("The measured curves {0} are damaged. Fetch them again.", "实测曲线 {0} 已损坏，请重新获取。"),
    ("No question is called {0}. Choose one of {1}.", "没有名为 {0} 的问题，可选：{1}。"),
    (
        "A chart needs points, and a logarithmic axis positive ones.",
        "曲线图需要数据点，对数坐标轴的取值须为正数。",
    ),
)
"""As ``errors.SENTENCES``."""
