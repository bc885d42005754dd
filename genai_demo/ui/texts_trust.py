"""Texts of the tab "Trust": key to (English, Chinese)."""

from genai_demo.trust.text import POWERFUL
from genai_demo.ui.texts_policy import POLICY_ERRORS

WORDS, CHARACTERS = POWERFUL * 4 // 5, POWERFUL * 4 // 3
"""English words and Chinese characters that hold about as many different pairs of tokens."""

TRUST: dict[str, tuple[str, str]] = {
    "trust.file.room": ("A file", "文件"),
    "trust.text.room": ("A text", "文本"),
    "cards.room": ("Model cards", "模型卡"),
    "trust.honest": (
        "What is looked at here is read on this machine; what becomes of an upload is said at the foot of the page. "
        "Metadata, and credentials with them, can be removed by anyone: **that nothing is found does not mean that a "
        "picture is real.** The invisible marks in pixels and sounds survive that, and can be washed out by whoever "
        "tries.",
        "这里查看的内容只在本机读取；上传内容如何处理，见页脚。"
        "任何人都能删除元数据及其中的凭证：**没有发现标记并不说明图片是真实的**。像素和声音里的隐形标记不受此影响，但有心人可以洗掉。",
    ),
    "trust.file.note": (
        "Drop any file: is there a content credential and is it intact, which recipe does the file carry, and does "
        "that recipe give the same file again?",
        "放入任意文件：是否带有内容凭证、凭证是否完好、文件带有什么制作方法、按此方法能否再次得到同样的文件？",
    ),
    "trust.file": ("File", "文件"),
    "trust.look": ("Look", "查看"),
    "trust.again": ("Make it again", "重新制作"),
    "trust.again.note": (
        "Faces, style mixes, paintings, sound effects, speech and composed music can be made again from their recipe. "
        "What began with an upload of yours cannot: your picture is in no recipe. The latent of an uploaded face is.",
        "人脸、风格混合、抽象画、音效、语音和作曲可以按其制作方法重做。由你上传的内容开始的不能："
        "制作方法里没有你的图片；但上传人脸的潜向量在其中。",
    ),
    "trust.made": ("Made again", "重新制作的文件"),
    "trust.kind": ("Kind of file", "文件类型"),
    "trust.unknown": ("not one that this page knows", "本页不认识的类型"),
    "trust.credential": ("Content credential", "内容凭证"),
    "trust.state.own": ("Intact, signed here", "完好，由本机签名"),
    "trust.state.own.note": (
        "The file is as it was when this installation signed it.",
        "文件与本机签名时一致。",
    ),
    "trust.state.valid": ("Intact, signed elsewhere", "完好，由他处签名"),
    "trust.state.valid.note": (
        "The file is as it was when it was signed. Who signed it is not known here: anyone can make a certificate.",
        "文件与签名时一致。签名者在此未知：任何人都能自制证书。",
    ),
    "trust.state.broken": ("Broken", "已损坏"),
    "trust.state.broken.note": (
        "The file or its statement was changed after it was signed. Do not believe what it says of itself.",
        "签名之后，文件或其声明被改动过。不要相信它的自述。",
    ),
    "trust.state.none": ("None", "没有"),
    "trust.state.none.note": (
        "The file carries no signed statement. That says nothing about where it comes from.",
        "文件没有经签名的声明。这并不能说明它的来源。",
    ),
    "trust.cannot": (
        "Files of this kind are not signed here. That says nothing about where it comes from.",
        "此类文件在这里不签名。这并不能说明它的来源。",
    ),
    "trust.signer": ("Signer: {name}.", "签名者：{name}。"),
    "trust.models": ("Models: {names}.", "模型：{names}。"),
    "trust.tool": ("Stated by {name}.", "由“{name}”声明。"),
    "trust.state.edited": ("Intact, and edited from another file", "签名完好，由另一个文件编辑而来"),
    "trust.state.edited.trained": (
        "Intact, and edited: a trained model had a part in what it began as",
        "签名完好，但经过编辑：原文件有训练所得的模型参与制作",
    ),
    "trust.state.parts.trained": (
        "Intact, with parts in which a trained model had a hand",
        "签名完好，其中部分素材有训练所得的模型参与制作",
    ),
    "trust.tool.unknown": ("a program without a name", "未署名的程序"),
    "trust.role.parentOf": ("Edited with {tool}; before that it was this file.", "经“{tool}”编辑；此前是这个文件："),
    "trust.role.componentOf": (
        "Put in with {tool}: a part of it comes from this file.",
        "经“{tool}”加入：其中一部分来自这个文件：",
    ),
    "trust.role.inputTo": ("Given to {tool}, which made it: this file.", "制作它的“{tool}”以这个文件为输入："),
    "trust.role.ours": ("That file carries a recipe of this program.", "那个文件带有本程序的制作方法。"),
    "trust.role.broken": (
        "That statement did not hold when it was taken up: {codes}.",
        "那份声明在被引用时已不成立：{codes}。",
    ),
    "trust.source": ("It says: {name}.", "声明：{name}。"),
    "trust.source.trainedAlgorithmicMedia": ("It says: made by a trained model.", "声明：由训练所得的模型生成。"),
    "trust.source.compositeWithTrainedAlgorithmicMedia": (
        "It says: partly made by a trained model.",
        "声明：部分由训练所得的模型生成。",
    ),
    "trust.source.trainedAlgorithmicData": (
        "It says: data that a trained model made.",
        "声明：由训练所得的模型生成的数据。",
    ),
    "trust.source.algorithmicMedia": (
        "It says: made by a program that learnt nothing.",
        "声明：由未经训练的程序生成。",
    ),
    "trust.source.algorithmicallyEnhanced": (
        "It says: a picture that a program changed.",
        "声明：由程序改动过的图片。",
    ),
    "trust.source.digitalCapture": ("It says: a photograph or recording.", "声明：拍摄或录制所得。"),
    "trust.source.computationalCapture": (
        "It says: a photograph put together from several by the camera.",
        "声明：由相机用多次拍摄合成。",
    ),
    "trust.source.negativeFilm": ("It says: scanned from a negative.", "声明：扫描自底片。"),
    "trust.source.positiveFilm": ("It says: scanned from a slide.", "声明：扫描自正片。"),
    "trust.source.print": ("It says: scanned from a print.", "声明：扫描自印刷品。"),
    "trust.source.humanEdits": ("It says: edited by a person.", "声明：经人编辑。"),
    "trust.source.minorHumanEdits": ("It says: slightly edited by a person.", "声明：经人少量编辑。"),
    "trust.source.composite": ("It says: put together from several files.", "声明：由多个文件合成。"),
    "trust.source.compositeCapture": ("It says: put together from several photographs.", "声明：由多张照片合成。"),
    "trust.source.compositeSynthetic": (
        "It says: put together, in part from synthetic files.",
        "声明：合成而来，部分素材为生成内容。",
    ),
    "trust.source.dataDrivenMedia": ("It says: made from data by a program.", "声明：由程序根据数据制作。"),
    "trust.source.digitalCreation": ("It says: made by a person with a program.", "声明：由人用软件创作。"),
    "trust.source.digitalArt": ("It says: made by a person with a program.", "声明：由人用软件创作。"),
    "trust.source.softwareImage": ("It says: made by a person with a program.", "声明：由人用软件创作。"),
    "trust.source.virtualRecording": ("It says: recorded in a virtual world.", "声明：在虚拟世界中录制。"),
    "trust.source.screenCapture": ("It says: a screenshot.", "声明：屏幕截图。"),
    "trust.source.empty": ("It says: begun as an empty file.", "声明：由空白文件开始。"),
    "trust.invisible": ("Invisible mark", "隐形标记"),
    "trust.invisible.marked": ("Found", "找到"),
    "trust.invisible.marked.note": (
        "It is in the pixels or samples themselves, not beside them.",
        "它在像素或采样本身之中，而不是附在旁边。",
    ),
    "trust.invisible.perhaps": ("Perhaps", "也许"),
    "trust.invisible.perhaps.note": (
        "There is something, as faint as one in 1,000 unmarked files shows.",
        "有些迹象，但没有标记的文件中约千分之一也会如此。",
    ),
    "trust.invisible.none": ("None found", "未找到"),
    "trust.invisible.none.note": (
        "None that can be read: never marked, or worn out. That says nothing about where it comes from.",
        "没有读到标记：从未标记，或已磨损。这并不能说明它的来源。",
    ),
    "trust.invisible.sizes": (
        "It was looked for at {smallest:g} to {largest:g} times the size at which a picture is marked.",
        "已按标记时尺寸的 {smallest:g} 到 {largest:g} 倍查找。",
    ),
    "trust.invisible.makers": ("It names: {names}.", "标记所指：{names}。"),
    "trust.invisible.recipe": ("It belongs to the recipe below.", "它属于下面的制作方法。"),
    "trust.invisible.other": ("It belongs to another recipe than the one below.", "它不属于下面的制作方法。"),
    "trust.invisible.mirrored": ("The picture was mirrored.", "图片被镜像过。"),
    "trust.invisible.scale": (
        "The picture was resized to {scale:.2f} of its size.",
        "图片被缩放为原来的 {scale:.2f} 倍。",
    ),
    "trust.invisible.figures": ("z = {z:.1f}; chance of a false alarm {p}.", "z = {z:.1f}；误报概率 {p}。"),
    "trust.software": ("Made by", "制作者"),
    "trust.recipe": ("Recipe", "制作方法"),
    "trust.recipe.none": ("The file carries none.", "文件中没有。"),
    "trust.plain": (
        "Plain metadata: believe them only as far as the credential above.",
        "普通元数据：可信程度不高于上面的凭证。",
    ),
    "trust.again.result": ("Made again", "重新制作"),
    "trust.again.bytes": ("The same, byte for byte, apart from the signed credential", "除签名凭证外，逐字节相同"),
    "trust.again.content": ("The same pixels or samples", "像素或采样完全相同"),
    "trust.again.different": ("Different", "不同"),
    "trust.apart": (
        "The largest difference is {apart:.0f} steps. Other weights, another processor, or a changed file do that.",
        "最大差异为 {apart:.0f} 级。权重不同、处理器不同或文件被改动都会如此。",
    ),
    "trust.other_weights": (
        "The weights here are not those that the file names: {names}.",
        "此处的权重与文件所记的不同：{names}。",
    ),
    "trust.text.note": (
        "The text model prefers, before every word, a half of its vocabulary that only a key knows. A text of its own "
        "has more of that half than chance allows (Kirchenbauer et al. 2023). Translations, code, and whatever was "
        "written at temperature 0 carry no mark; rewriting washes it off.",
        "写每个词之前，文本模型都会偏向词表中由密钥选定的一半。它写的文本里，这一半的词多于随机情形"
        "（Kirchenbauer 等，2023）。翻译、代码以及温度为 0 时写出的内容没有标记；改写会逐渐洗掉标记。",
    ),
    "trust.words": ("Text", "文本"),
    "trust.words.info": (
        "Paste what the model wrote, without what you wrote yourself; 100 words and more are worth a try.",
        "粘贴模型写的部分，不含你自己写的；至少 100 个词才有把握。",
    ),
    "trust.mark": ("Mark", "标记"),
    "trust.count": ("Count", "计数"),
    "trust.figures": (
        "z = {z:.1f}: {green} of {tokens} pairs of tokens are green; p = {p}.",
        "z = {z:.1f}：{tokens} 对词元中有 {green} 对为绿色；p = {p}。",
    ),
    "trust.mark.marked": ("Marked", "有标记"),
    "trust.mark.marked.note": (
        "Fewer than one in 10,000 texts without a mark looks like this: the model most likely wrote it.",
        "没有标记的文本中，像这样的不到万分之一：很可能出自本模型。",
    ),
    "trust.mark.perhaps": ("Perhaps", "也许"),
    "trust.mark.perhaps.note": (
        "Up to one in 100 texts without a mark looks like this. A longer piece would tell.",
        "没有标记的文本中，至多百分之一会这样。更长的片段才能说明问题。",
    ),
    "trust.mark.none": ("No mark found", "未发现标记"),
    "trust.mark.none.note": (
        "It looks like a text without a mark. Someone else, another model, or a rewritten text: nobody can say.",
        "与没有标记的文本一样。可能出自他人、别的模型，或经过改写：无法断定。",
    ),
    "trust.mark.short": ("Too short to tell", "太短，无法判断"),
    "trust.mark.short.note": (
        f"A marked text as short as this may look so, too. Paste at least {POWERFUL} different pairs of tokens: some "
        f"{WORDS} words, or {CHARACTERS} Chinese characters.",
        f"带标记的文本这么短时也可能如此。请至少粘贴含 {POWERFUL} 个不同词元对的文本："
        f"约 {WORDS} 个英文词或 {CHARACTERS} 个汉字。",
    ),
    "cards.note": (
        "Every checkpoint with its card, read from the files beside the weights. The checksums are compared with the "
        "files each time.",
        "每个检查点的模型卡，读自权重旁的文件；每次都会核对校验和。",
    ),
    "cards.none": ("There are no checkpoints.", "没有检查点。"),
    "cards.rows": ("{count} entries", "{count} 项"),
    "cards.purpose": ("Purpose", "用途"),
    "cards.limits": ("Limits and known faults", "局限与已知缺陷"),
    "cards.licence": ("Licence", "许可"),
    "cards.data": ("Data: sources, licences, balance", "数据：来源、许可、分布"),
    "cards.training": ("Training", "训练"),
    "cards.figures": ("Measured figures", "测得的指标"),
    "cards.memorisation": ("Memorisation: does it repeat its training data?", "记忆审计：是否复述训练数据？"),
    "cards.fairness": ("Groups: spread or quality", "群体：分布或质量差异"),
    "cards.spread": (
        "Samples (upper bar) beside training faces (lower bar), truncation {truncation}",
        "样本（上条）与训练人脸（下条），截断 {truncation}",
    ),
    "cards.distance": (
        "{distance:.0%} would have to change group (by chance up to {chance:.0%})",
        "{distance:.0%} 的样本须换组（偶然可达 {chance:.0%}）",
    ),
    "cards.quality": (
        "Repair of {problem}: PSNR above that of all other faces, with its 95 % interval",
        "修复 {problem}：PSNR 高出其他人脸多少，及其 95% 区间",
    ),
    "cards.commands": ("Measured by", "测量命令："),
    "cards.weights": ("Weights", "权重"),
    "cards.size": ("{parameters:,} parameters, {megabytes:.1f} MB", "{parameters:,} 个参数，{megabytes:.1f} MB"),
    "health.broken": ("**Some of the models of this tab are not usable.**", "**本页的部分模型无法使用。**"),
    "health.rest": ("The other tabs work.", "其他页面不受影响。"),
}

TRUST_ERRORS: tuple[tuple[str, str], ...] = (
    *POLICY_ERRORS,
    ("Choose a file first.", "请先选择一个文件。"),
    ("Write or paste a text first.", "请先写下或粘贴一段文本。"),
    (
        "This file carries no recipe. Choose one that was downloaded here.",
        "该文件不带制作方法，请选择在此下载的文件。",
    ),
    ("Only PNG, WAV and OGG files can be made again.", "只有 PNG、WAV 和 OGG 文件可以重做。"),
    (
        "The recipe in this file is damaged or incomplete, so nothing can be made from it.",
        "文件中的制作方法已损坏或不完整，无法据此制作。",
    ),
    (
        "This picture began as another one, which its recipe does not hold: make it by hand.",
        "这张图片由另一张图片而来，而制作方法中没有那张图片：请手动制作。",
    ),
    ("The recipe in this file does not suffice to make it again.", "文件中的制作方法不足以重做。"),
    ("The pictures of this film are too large to be looked at.", "影片的画面太大，无法查看。"),
    ("This film is damaged or of a kind that is not read here.", "影片已损坏，或不是这里能读取的类型。"),
    ("There are no pictures in this film.", "影片中没有画面。"),
    ("GENAI_TEXT_KEY must be a whole number.", "GENAI_TEXT_KEY 须为整数。"),
    ("mark must be a number from {0} to {1}.", "标记强度须为 {0} 到 {1} 之间的数。"),
)
