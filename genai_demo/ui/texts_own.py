"""Texts of the room "Your own data" of the lab: key to (English, Chinese); and the sentences of its errors."""

from genai_demo.audio.effects.kinds import KINDS
from genai_demo.core import limits, soundfiles

MEGABYTES = limits.MAX_UPLOAD_BYTES // limits.MEGABYTE

SIZES = (
    f"Up to {MEGABYTES} MB a file, {limits.MAX_OWN_UPLOAD_BYTES // limits.MEGABYTE} MB in all; from a zip up to "
    f"{limits.MAX_ARCHIVE_MEMBERS:,} files and {limits.MAX_ARCHIVE_BYTES // limits.MEGABYTE} MB.",
    f"每个文件不超过 {MEGABYTES} MB，合计 {limits.MAX_OWN_UPLOAD_BYTES // limits.MEGABYTE} MB；"
    f"zip 内最多 {limits.MAX_ARCHIVE_MEMBERS:,} 个文件、{limits.MAX_ARCHIVE_BYTES // limits.MEGABYTE} MB。",
)

OWN: dict[str, tuple[str, str]] = {
    "own.room": ("Your own data", "你自己的数据"),
    "own.note": (
        "Teach a model of this page with texts, portraits or sounds of yours: they are checked, part of them is held "
        "out, and the model is trained on the rest for a minute or two. Use only what is yours to use, and portraits "
        "of people who agree. **Your data and weights are yours alone and are deleted when you leave the page**, or "
        f"after {limits.OWN_VISIT_MINUTES} minutes without a step here.",
        "用你自己的文本、人像或声音训练本页的模型：先检查，再留出一部分不参与训练，其余训练一两分钟。请只使用你有权使用的内容，人像须经本人同意。"
        f"**数据与权重只属于你，离开页面即删除**；{limits.OWN_VISIT_MINUTES} 分钟无操作也会删除。",
    ),
    "own.medium": ("What is it?", "数据类型"),
    "own.medium.info": ("Another choice starts afresh.", "更改会重新开始。"),
    "own.medium.texts": ("texts", "文本"),
    "own.medium.pictures": ("portraits", "人像"),
    "own.medium.sounds": ("sounds", "声音"),
    "own.files": ("Files, or one zip", "文件或一个 zip"),
    "own.files.texts": (
        f".txt, .md, .json, .jsonl: {limits.MIN_OWN_TEXT:,} to {limits.MAX_OWN_TEXT:,} characters in all. {SIZES[0]}",
        f".txt、.md、.json、.jsonl：共 {limits.MIN_OWN_TEXT:,} 到 {limits.MAX_OWN_TEXT:,} 个字符。{SIZES[1]}",
    ),
    "own.files.pictures": (
        f"{limits.MIN_OWN_PICTURES} to {limits.MAX_OWN_PICTURES} pictures with one face each. {SIZES[0]}",
        f"{limits.MIN_OWN_PICTURES} 到 {limits.MAX_OWN_PICTURES} 张图片，每张一张人脸。{SIZES[1]}",
    ),
    "own.files.sounds": (
        f"{soundfiles.NAMED}: {limits.MIN_OWN_SOUNDS} to {limits.MAX_OWN_SOUNDS} sounds of up to "
        f"{limits.MAX_SOUND_SECONDS:g} s; a long one counts once every three seconds. {SIZES[0]}",
        f"{soundfiles.NAMED}：{limits.MIN_OWN_SOUNDS} 到 {limits.MAX_OWN_SOUNDS} 段，每段最长 "
        f"{limits.MAX_SOUND_SECONDS:g} 秒；长声音每三秒算一段。{SIZES[1]}",
    ),
    "own.pasted": ("Or paste a text", "或粘贴文本"),
    "own.pasted.info": ("It counts as one more file.", "算作另一个文件。"),
    "own.kind": ("Counts as", "作为"),
    "own.kind.info": (
        "The kind under which the model writes like your texts.",
        "选择该类型时，模型会按你的文本来写。",
    ),
    "own.effect": ("In the place of", "取代"),
    "own.effect.info": ("The kind of sound effect that becomes yours.", "这一类音效将变成你的声音。"),
    "own.check": ("Check", "检查"),
    "own.example": ("Try with an example", "用示例试试"),
    "own.seconds": ("Seconds of training", "训练秒数"),
    "own.seconds.info": (
        "One training runs at a time; the others wait for their turn.",
        "一次只进行一个训练，其余排队等候。",
    ),
    "own.train": ("▶ Train", "▶ 训练"),
    "own.stop": ("■ Stop", "■ 停止"),
    "own.again": ("↺ Start over", "↺ 重新开始"),
    "own.use": ("Use my weights in the other tabs, in this visit", "本次访问中在其他标签页使用我的权重"),
    "own.use.info": (
        "Texts: every room of Text continuation. Portraits: Face generation, Latent interpolation, and the faces of "
        "Image repair. Sounds: the room Sound effects.",
        "文本：“文本续写”的所有房间；人像：“人脸生成”“潜空间插值”及“图像修复”中的人脸；声音：“音效”。",
    ),
    "own.pack": ("Make the download", "生成下载文件"),
    "own.file": ("Your weights and their card", "你的权重与模型卡"),
    "own.delete": ("Delete everything of mine", "删除我的全部数据"),
    "own.reading": ("Reading … {count} kept so far.", "正在读取……已保留 {count} 项。"),
    "own.checked": ("Checked. Press Train.", "检查完毕，请点“训练”。"),
    "own.unchecked": (
        "The check failed, and nothing new is kept. Choose files again and press Check.",
        "检查未通过，没有保留新内容。请重新选择文件并点“检查”。",
    ),
    "own.few": (
        "That is few: below {few} a model soon knows them by heart, and its new faces may become worse.",
        "数量偏少：少于 {few} 张时，模型很快就会死记硬背，新脸可能变差。",
    ),
    "own.worse": (
        "Worse than the model of this page: {figures}. Look at both before you use yours.",
        "以下方面不如本页模型：{figures}。使用前请先比较两者。",
    ),
    "own.report": ("What came of the check", "检查结果"),
    "own.kept.texts": (
        "**{characters:,} characters** are kept: {learnt} pieces to learn, {held_out} held out.",
        "保留 **{characters:,} 个字符**：{learnt} 段用于训练，{held_out} 段留出。",
    ),
    "own.kept.pictures": (
        "**{count} faces** are kept, aligned: {learnt} to learn, {held_out} held out.",
        "保留并对齐 **{count} 张人脸**：{learnt} 张用于训练，{held_out} 张留出。",
    ),
    "own.kept.sounds": (
        "**{count} sounds**, {seconds:.0f} s, are kept: {learnt} to learn, {held_out} held out.",
        "保留 **{count} 段声音**，共 {seconds:.0f} 秒：{learnt} 段用于训练，{held_out} 段留出。",
    ),
    "own.dropped": ("Left out: {count}", "舍弃：{count}"),
    "own.none_dropped": ("Nothing was left out.", "没有舍弃任何内容。"),
    "own.reason": ("Reason", "原因"),
    "own.count": ("Count", "数量"),
    "own.names": ("For example", "例如"),
    "own.place": (
        "You are number {place} in the line; one training runs at a time.",
        "你排在第 {place} 位；一次只进行一个训练。",
    ),
    "own.next": ("It is your turn: loading the model …", "轮到你了：正在载入模型……"),
    "own.running": (
        "Training: step {step}, {left:.0f} s left. Waiting behind you: {waiting}.",
        "训练中：第 {step} 步，还剩 {left:.0f} 秒。在你之后等候：{waiting} 人。",
    ),
    "own.stopped": (
        "Stopped after step {step}; nothing is lost. Train goes on from here.",
        "已在第 {step} 步后停止，没有丢失任何进度。点“训练”可继续。",
    ),
    "own.time": ("Time is up after step {step}. Train goes on from here.", "时间到，共 {step} 步。点“训练”可继续。"),
    "own.ended": (
        "Ended at step {step}: the held-out part gets no better any more. The best weights, of step {best}, count.",
        "在第 {step} 步结束：留出部分不再变好。采用第 {best} 步的最佳权重。",
    ),
    "own.fresh": ("Nothing is trained on this data yet.", "尚未在这些数据上训练。"),
    "own.curves": ("Loss, step by step", "逐步的损失"),
    "own.learnt": ("what it learns", "训练部分"),
    "own.held_out": ("held-out part", "留出部分"),
    "own.figures": ("On the held-out part", "在留出部分上"),
    "own.shipped": ("model of this page", "本页模型"),
    "own.yours": ("yours", "你的模型"),
    "own.bits": ("Bits per byte (less is better)", "每字节比特数（越小越好）"),
    "own.nats": ("Nats a token (less is better)", "每词元奈特数（越小越好）"),
    "own.psnr": ("Held-out faces drawn again, PSNR in dB (more is better)", "重绘留出人脸的 PSNR，dB（越大越好）"),
    "own.score": ("Held-out faces drawn again, distance (less is better)", "重绘留出人脸的距离（越小越好）"),
    "own.frechet": (
        "New faces to held-out ones, Frechet distance (less is better)",
        "新脸与留出人脸的 Frechet 距离（越小越好）",
    ),
    "own.velocity": ("Error of the flow (less is better)", "流的误差（越小越好）"),
    "own.spectrum": (
        "Spectra of made sounds to held-out ones, dB (less is better)",
        "生成声音与留出声音的频谱差，dB（越小越好）",
    ),
    "own.best.none": (
        "Nothing has become better yet: yours are still the weights of this page. Train longer.",
        "尚未变好：你的模型仍与本页相同，请再训练一会儿。",
    ),
    "own.best": ("Best weights: step {step}.", "最佳权重：第 {step} 步。"),
    "own.begin": ("Both begin with the first words of a held-out piece.", "两者都从一段留出文本的开头写起。"),
    "own.pictures.held_out": ("held out", "留出"),
    "own.pictures.again": ("drawn again", "重绘"),
    "own.pictures.new": ("new", "新脸"),
    "own.used": (
        "Your weights are in use in this visit: {where}.",
        "本次访问正在使用你的权重：{where}。",
    ),
    "own.where.texts": ("open Text continuation, room Continue, kind “{kind}”", "打开“文本续写”的“续写”，类型“{kind}”"),
    "own.where.pictures": ("open Face generation or Latent interpolation", "打开“人脸生成”或“潜空间插值”"),
    "own.where.sounds": (
        "open Audio synthesis, Sound effects, and press “{kind}”",
        "打开“音频合成”的音效面板并点“{kind}”",
    ),
    "own.lost": (
        "The training of this visit is lost. The other tabs use the models of this page.",
        "这次访问的训练已经丢失。其他标签页使用本页模型。",
    ),
    "own.unused": ("The other tabs use the models of this page.", "其他标签页使用本页模型。"),
    "own.packed": (
        "A zip of safetensors and model card; put all its files into checkpoints/ to use them in the place of ours.",
        "zip 内含 safetensors 与模型卡；全部放入 checkpoints/ 即可替换本页模型。",
    ),
    "own.deleted": ("Everything of yours is deleted.", "你的全部数据已删除。"),
    "own.with": (
        "**With your weights.** Switch them off in the lab, room “Your own data”.",
        "**正在使用你的权重。** 可在实验室“你自己的数据”中关闭。",
    ),
    "own.with.faces": (
        "The GAN is yours. The VAE, what finds the place of an upload, the discriminator and the directions of the "
        "sliders stay those of this page: they were learnt with its own GAN.",
        "GAN 是你的；VAE、定位上传人脸的编码器、判别器与滑块方向仍是本页的：它们是随本页的 GAN 学出的。",
    ),
    "own.with.interpolation": (
        "Faces in W, in Z and on the map come from your GAN; the VAE is that of this page.",
        "W、Z 与地图上的人脸来自你的 GAN；VAE 仍是本页的。",
    ),
    "own.with.repair": (
        "The faces that are offered come from your GAN; what repairs them is that of this page.",
        "提供的人脸来自你的 GAN；修复模型仍是本页的。",
    ),
    "own.with.text": (
        "All rooms of this tab use them. They learnt your texts, not to chat, translate or write code, and may do that "
        "worse.",
        "本页所有房间都使用它们。它们学的是你的文本，而不是聊天、翻译或写代码，这些可能变差。",
    ),
    "own.with.effects": (
        "Your kind is on its button; codec and vocoder are those of this page, and other kinds may have changed too.",
        "你的声音在它的按钮上；编解码器与声码器仍是本页的，其他种类也可能有变化。",
    ),
}  # fmt: skip

REASONS: dict[str, tuple[str, str]] = {
    "too large": ("too large", "过大"),
    "empty": ("empty", "空文件"),
    "other kind of file": ("another kind of file", "其他类型的文件"),
    "link": ("a link", "链接"),
    "no plain file": ("no plain file", "非普通文件"),
    "unsafe path": ("a name that leads out of the archive", "指向压缩包之外的路径"),
    "encrypted": ("encrypted", "已加密"),
    "hidden file": ("hidden file", "隐藏文件"),
    "archive in the archive": ("an archive in the archive", "压缩包中的压缩包"),
    "unknown compression": ("unknown compression", "未知压缩方式"),
    "suspicious compression": ("grows suspiciously when unpacked", "解压后异常膨胀"),
    "beyond the limit of all": ("beyond the limit of all files together", "超出总量上限"),
    "damaged": ("damaged", "已损坏"),
    "too short": ("too short", "过短"),
    "duplicate": ("a duplicate", "重复"),
    "control characters": ("no text: control characters", "不是文本：含控制字符"),
    "no text": ("no text", "不是文本"),
    "no JSON": ("no JSON", "不是 JSON"),
    "no text in it": ("no text in it", "没有文本"),
    "not a picture": ("no picture", "不是图片"),
    "too many pixels": ("too many pixels", "像素过多"),
    "too small": ("too small", "过小"),
    "no face found": ("no face found", "未找到人脸"),
    "too dark": ("too dark", "过暗"),
    "too bright": ("too bright", "过亮"),
    "flat": ("without contrast", "没有对比"),
    "greyscale": ("greyscale", "灰度图"),
    "blurred": ("blurred", "模糊"),
    "silent": ("silent", "无声"),
    "too long": ("too long", "过长"),
    "missing": ("not readable", "无法读取"),
    "no sound": ("no sound, or damaged", "不是声音，或已损坏"),
    "unusable": ("an odd sampling rate, or too many channels", "采样率异常或声道过多"),
}
OWN |= {f"own.effect.{kind.name}": (kind.english, kind.chinese) for kind in KINDS.values()}
OWN |= {f"own.reason.{reason}": words for reason, words in REASONS.items()}

OWN_ERRORS: tuple[tuple[str, str], ...] = (
    ("Choose files first.", "请先选择文件。"),
    ("These files are larger than {0} MB together. Upload fewer.", "文件合计超过 {0} MB，请减少文件。"),
    ("This zip file holds more than {0} files. Pack fewer.", "zip 中超过 {0} 个文件，请减少文件。"),
    ("This zip file is damaged. Pack it again.", "zip 文件已损坏，请重新打包。"),
    (
        "After the checks {0} characters of text are left; {1} or more are needed.",
        "检查后剩 {0} 个字符；至少需要 {1} 个。",
    ),
    (
        "After the checks {0} sounds are left; {1} or more are needed. A long one counts once every {2} seconds.",
        "检查后剩 {0} 段声音；至少需要 {1} 段。长声音每 {2} 秒算一段。",
    ),
    ("After the checks {0} faces are left; {1} or more are needed.", "检查后剩 {0} 张人脸；至少需要 {1} 张。"),
    (
        "There is no data in this visit yet, or it is lost. Upload some and press Check.",
        "这次访问还没有数据，或者数据已经丢失。请先上传并点“检查”。",
    ),
    (
        "Nothing is trained in this visit yet, or it is lost. Press Train first.",
        "这次访问尚未训练，或者训练已经丢失。请先点“训练”。",
    ),
    ("Nothing was trained yet. Press Train first.", "尚未训练，请先点“训练”。"),
    ("Your training is running. Stop it first.", "训练正在进行，请先停止。"),
    ("Reload the page: this visit has no name.", "请刷新页面：本次访问没有标识。"),
    (
        "{0} visitors keep data here at present, which is all there is room for. Try again later.",
        "目前已有 {0} 位访客在此存放数据，已达上限，请稍后再试。",
    ),
    ("No kind of data is called {0}. Choose one of {1}.", "没有名为 {0} 的数据类型，可选：{1}。"),
    ("These weights belong to other data or settings. Start over.", "这些权重属于其他数据或设置，请重新开始。"),
    ("{0} is damaged. Delete it to start over, or use another --run folder.", "{0} 已损坏，请重新开始。"),
)
