"""The error sentences of the app in Chinese. The code raises them in English; the page shows them in its language."""

import functools
import re

from genai_demo.ui.texts_curves import CURVES_ERRORS
from genai_demo.ui.texts_internal import INTERNAL_ERRORS
from genai_demo.ui.texts_lab import LAB_ERRORS
from genai_demo.ui.texts_music import MUSIC_ERRORS
from genai_demo.ui.texts_own import OWN_ERRORS
from genai_demo.ui.texts_service import SERVICE_ERRORS
from genai_demo.ui.texts_speech import SPEECH_ERRORS
from genai_demo.ui.texts_together import TOGETHER_ERRORS
from genai_demo.ui.texts_trust import TRUST_ERRORS

SENTENCES: tuple[tuple[str, str], ...] = (
    # uploads
    ("Choose a picture first.", "请先选择一张图片。"),
    ("Upload the picture as a file.", "请以文件形式上传图片。"),
    ("This file is larger than {0} MB. Upload a smaller one.", "文件超过 {0} MB，请上传更小的文件。"),
    ("This file is empty. Upload it again.", "文件为空，请重新上传。"),
    ("This file cannot be read. Upload it again.", "文件无法读取，请重新上传。"),
    (
        "SVG drawings cannot be read. Export the drawing as PNG and upload that.",
        "无法读取 SVG 图形，请导出为 PNG 后上传。",
    ),
    (
        "This HEIC picture cannot be read. Save the picture as JPEG and upload that.",
        "无法读取这张 HEIC 图片，请另存为 JPEG 后上传。",
    ),
    (
        "PDF documents cannot be read. Export the page as PNG and upload that.",
        "无法读取 PDF，请将页面导出为 PNG 后上传。",
    ),
    (
        "JPEG XL pictures cannot be read. Save the picture as JPEG and upload that.",
        "无法读取 JPEG XL 图片，请另存为 JPEG 后上传。",
    ),
    (
        "Photoshop files cannot be read. Export the picture as PNG and upload that.",
        "无法读取 Photoshop 文件，请导出为 PNG 后上传。",
    ),
    (
        "This file is a film, not a picture. Upload one of its pictures as JPEG or PNG.",
        "该文件是视频，不是图片，请将其中一帧存为 JPEG 或 PNG 后上传。",
    ),
    (
        "Raw files of cameras cannot be read. Develop the picture, save it as JPEG and upload that.",
        "无法读取相机 RAW 文件，请冲洗并另存为 JPEG 后上传。",
    ),
    (
        "This file is not a picture. Upload a JPEG, PNG or WebP file.",
        "该文件不是图片，请上传 JPEG、PNG 或 WebP 文件。",
    ),
    (
        "This picture is damaged or incomplete. Save it again and upload the new file.",
        "图片已损坏或不完整，请重新保存后上传。",
    ),
    ("This picture has more than {0} megapixels. Upload a smaller one.", "图片超过 {0} 百万像素，请上传更小的图片。"),
    (
        "This picture is smaller than {0} pixels on a side. Upload a larger one.",
        "图片边长小于 {0} 像素，请上传更大的图片。",
    ),
    (
        "No face was found in this picture. Upload one that shows a face from the front, upright and well lit.",
        "图片中没有找到人脸。请上传一张正面、端正、光线充足的人脸图片。",
    ),
    # repair
    (
        "The result would have more than {0} megapixels. Choose a smaller picture.",
        "结果将超过 {0} 百万像素，请选择更小的图片。",
    ),
    ("No task is called {0}. Choose one of {1}.", "没有名为 {0} 的任务，可选：{1}。"),
    (
        "No blemishes were found. Look for fainter ones, or paint over them.",
        "没有找到划痕。请查找更模糊的划痕，或自行涂抹。",
    ),
    ("How sure it must be is a number from 0 to 1.", "明显程度须为 0 到 1 之间的数。"),
    ("Choose what is to be found.", "请选择要查找的内容。"),
    ("Nothing called {0} can be found. Choose from {1}.", "无法查找“{0}”，请从以下选择：{1}。"),
    ("How far fading is taken back must be a number from 0 to 1.", "褪色还原的程度须为 0 到 1 之间的数。"),
    ("Grain is kept or not: say true or false.", "是否保留颗粒须为 true 或 false。"),
    ("No way to fill is called {0}. Choose one of {1}.", "没有名为 {0} 的填补方式，可选：{1}。"),
    ("No damage is called {0}. Choose one of {1}.", "没有名为 {0} 的损坏方式，可选：{1}。"),
    ("No mask is called {0}. Choose one of {1}.", "没有名为 {0} 的遮罩，可选：{1}。"),
    ("No size is called {0}. Choose one of {1}.", "没有名为 {0} 的尺寸，可选：{1}。"),
    ("No style is called {0}. Choose one of {1}, or a picture.", "没有名为 {0} 的风格，可选：{1}，或一张图片。"),
    ("No style is called {0}. Choose one of {1}.", "没有名为 {0} 的风格，可选：{1}。"),
    ("No symmetry is called {0}. Choose one of {1}.", "没有名为 {0} 的对称方式，可选：{1}。"),
    ("No palette is called {0}. Choose one of {1}.", "没有名为 {0} 的调色板，可选：{1}。"),
    (
        "Faces of this model are {0} pixels wide, those of the GAN {1} where wanted.",
        "该模型的人脸宽 {0} 像素，GAN 的人脸可选 {1} 像素。",
    ),
    (
        "Parents must come from one model. Begin again, or choose a face of the same model.",
        "父代必须来自同一模型。请重新开始，或选择同一模型的人脸。",
    ),
    (
        "There is room for {0} parents. Breed them, or take the last one back.",
        "最多 {0} 个父代。请先繁育，或撤销最后一个。",
    ),
    ("Children need two parents or more. Add another face.", "至少需要两个父代。请再加一张脸。"),
    ("At least one parent must count: give it a weight above zero.", "至少一个父代的权重须大于零。"),
    ("Too few faces to see how their codes are spread.", "人脸太少，看不出其编码的分布。"),
    ("There are no children yet. Breed some first.", "还没有子代。请先繁育。"),
    (
        "Write one weight a parent, with commas between them, such as 2, 1.",
        "请为每个父代写一个权重，以逗号分隔，如 2, 1。",
    ),
    (
        "There are {0} parents, and {1} weights. Write one for each, or none.",
        "有 {0} 个父代，却有 {1} 个权重。请逐一填写，或全部留空。",
    ),
    ("No scene is called {0}. Choose one of {1}, or a picture.", "没有名为 {0} 的场景，可选：{1}，或一张图片。"),
    ("No scene is called {0}. Choose one of {1}.", "没有名为 {0} 的场景，可选：{1}。"),
    (
        "No person was found in this picture. Choose one that shows a person from the front, well lit.",
        "图片中没有找到人物。请选择一张人物正面、光线充足的图片。",
    ),
    (
        "The picture of the {0} has more than {1} megapixels. Choose a smaller one.",
        "该图片超过 {1} 百万像素，请选择更小的图片（{0}）。",
    ),
    ("The picture of the person is wholly transparent.", "人物图片完全透明。"),
    ("The person would stand outside the picture. Move them in.", "人物会落在画面之外，请移入画面。"),
    (
        "No part of the person would be seen. Move them in, or make them larger.",
        "看不到人物的任何部分，请移入画面或放大。",
    ),
    (
        "Cut the person out first: a picture with transparency (RGBA) is needed.",
        "请先抠出人物：需要带透明度的图片（RGBA）。",
    ),
    ("The repair of the seam changed the size of the picture.", "修补接缝时图片尺寸发生了变化。"),
    ("A scene's sides must be whole numbers from {0} pixels.", "场景的边长须为不小于 {0} 像素的整数。"),
    (
        "A scene has at most {0} megapixels and is at most {1} times as long as wide.",
        "场景最多 {0} 百万像素，长边最多为短边的 {1} 倍。",
    ),
    ("The seed must be a whole number from {0} to {1}.", "种子须为 {0} 到 {1} 之间的整数。"),
    ("The size of a style picture must be a whole number from {0} to {1}.", "风格图的边长须为 {0} 到 {1} 之间的整数。"),
    ("The fidelity must be a number from {0} to {1}.", "忠实度须为 {0} 到 {1} 之间的数。"),
    ("The strength of the damage must be a number from {0} to {1}.", "损坏强度须为 {0} 到 {1} 之间的数。"),
    ("The mask covers the whole picture. Leave some of it to go by.", "遮罩盖住了整张图片，请留下一部分作为依据。"),
    (
        "The hidden part must have the shape of the face, and leave some of it to go by.",
        "被遮部分须与面部图片形状相同，且不能遮住全部。",
    ),
    ("Paint over what is missing first.", "请先涂抹缺失之处。"),
    ("Ask for 1 to {0} variants.", "一次可要 1 到 {0} 种填补。"),
    ("A mask has one number for every pixel.", "遮罩的每个像素应为一个数。"),
    (
        "The mask has {0} x {1} pixels, the picture {2} x {3}. Use a mask of the same shape.",
        "遮罩为 {0} x {1} 像素，图片为 {2} x {3}。请使用形状相同的遮罩。",
    ),
    (
        "A picture is enlarged as a whole. Remove the mask, or choose another task.",
        "放大针对整张图片。请清除遮罩，或选择其他任务。",
    ),
    ("There are no fillings yet. Press Four fillings first.", "还没有填补结果，请先点“四种填补”。"),
    ("Choose a filling from 1 to {0}.", "请选择第 1 到 {0} 种填补。"),
    ("There is no result yet. Press Repair first.", "还没有结果，请先点“修复”。"),
    ("Choose a result from 1 to {0}.", "请选择第 1 到 {0} 个结果。"),
    ("This picture is no longer here. Repair it again.", "图片已不在此处，请重新修复。"),
    (
        "A painting has at most {0} pixels. Choose a smaller width or height.",
        "画最多 {0} 像素，请选择更小的宽或高。",
    ),
    # sound effects
    ("No sound effect is called {0}. Choose one of {1}.", "没有名为 {0} 的音效，可选：{1}。"),
    ("There is no sound yet. Press one on the board first.", "还没有声音，请先在面板上点一个。"),
    ("Choose a sound from 1 to {0}.", "请选择第 1 到 {0} 个声音。"),
    ("Choose two different sounds.", "请选择两种不同的声音。"),
    ("The length in seconds must be a number from {0} to {1}.", "长度须为 {0} 到 {1} 秒。"),
    ("The brightness must be a number from {0} to {1}.", "明亮度须为 {0} 到 {1} 之间的数。"),
    ("The density must be a number from {0} to {1}.", "密度须为 {0} 到 {1} 之间的数。"),
    ("The share of the second kind must be a number from {0} to {1}.", "第二种的占比须为 {0} 到 {1} 之间的数。"),
    ("The guidance must be a number from {0} to {1}.", "引导强度须为 {0} 到 {1} 之间的数。"),
    ("The strength of the variation must be a number from {0} to {1}.", "变体强度须为 {0} 到 {1} 之间的数。"),
    ("The number of steps must be a whole number from {0} to {1}.", "步数须为 {0} 到 {1} 之间的整数。"),
    ("That is the {0}th variation in a row. Start from another sound.", "已连续做了 {0} 次变体，请换一个声音开始。"),
    (
        "The cards of the sound effects do not fit this program. Fetch them again.",
        "音效的模型卡与本程序不符，请重新获取。",
    ),
    # numbers and names
    ("{0} must be a whole number from {1} to {2}.", "“{0}”须为 {1} 到 {2} 之间的整数。"),
    ("{0} must be a number from {1} to {2}.", "“{0}”须为 {1} 到 {2} 之间的数。"),
    ("{0} must be one of {1}.", "“{0}”须为以下之一：{1}。"),
    ("{0} must be true or false.", "“{0}”须为 true 或 false。"),
    ("{0} must be a list of {1} to {2} whole numbers.", "“{0}”须为由 {1} 到 {2} 个整数组成的列表。"),
    ("{0} must be an object of numbers by name, such as {1}.", "“{0}”须为名称与数值组成的对象，例如 {1}。"),
    ("{0} has {1} characters, and {2} are possible.", "“{0}”有 {1} 个字符，最多 {2} 个。"),
    ("This network has no direction {0}. Choose from {1}.", "此网络没有 {0} 这个方向。请从 {1} 中选择。"),
    ("The slider {0} needs a number, not {1}.", "滑块 {0} 需要一个数，而不是 {1}。"),
    ("Write {0} to {1} seeds: whole numbers with commas between them.", "请填写 {0} 到 {1} 个种子：以逗号分隔的整数。"),
    ("Write {0} seeds: whole numbers with commas between them.", "请填写 {0} 个种子：以逗号分隔的整数。"),
    ("No model is called {0}. Choose one of {1}.", "没有名为 {0} 的模型，可选：{1}。"),
    ("No space is called {0}. Choose one of {1}.", "没有名为 {0} 的空间，可选：{1}。"),
    ("No layer range is called {0}. Choose one of {1}.", "没有名为 {0} 的层范围，可选：{1}。"),
    ("No easing is called {0}. Choose one of {1}.", "没有名为 {0} 的缓动方式，可选：{1}。"),
    ("No path is called {0}. Choose one of {1}.", "没有名为 {0} 的路径，可选：{1}。"),
    ("No direction is called {0}. Choose one of {1}.", "没有名为 {0} 的方向，可选：{1}。"),
    # faces
    ("There are no faces yet. Generate some first.", "还没有人脸，请先生成。"),
    ("Choose a face from 1 to {0}.", "请选择第 1 到 {0} 张脸。"),
    (
        "No face is chosen in this visit, or what was chosen is lost. Generate or choose one first.",
        "这次访问还没有选中人脸，或者选中的已经丢失。请先生成或选择一张。",
    ),
    (
        "This visit has no key faces, or they are lost. Reload the page; a script calls start_keys.",
        "这次访问还没有关键脸，或者它们已经丢失。请刷新页面；程序请先调用 start_keys。",
    ),
    (
        "The map of this visit has no corners, or they are lost. Draw the map first.",
        "这次访问的地图还没有四角，或者它们已经丢失。请先画地图。",
    ),
    ("There is no grid yet. Mix some styles first.", "还没有网格，请先混合风格。"),
    ("Click one of the faces.", "请点击其中一张脸。"),
    ("Choose a moment from 1 to {0}.", "请选择第 1 到 {0} 个时刻。"),
    ("No replay was recorded.", "没有训练回放记录。"),
    ("Decode the faces of one model at a time.", "一次只能解码同一个模型的人脸。"),
    ("The recipe is for another {0} than the one that is here.", "该配方属于另一个 {0}，与此处的不符。"),
    (
        "This recipe is not that of a face. Choose a face that was downloaded here.",
        "该配方不是人脸的配方，请选择在此下载的人脸。",
    ),
    ("The recipe in this PNG is damaged. Choose another picture.", "该 PNG 中的配方已损坏，请选择另一张图片。"),
    ("Only faces of the GAN have styles that can be mixed.", "只有 GAN 的人脸才有可混合的风格。"),
    # paths
    ("There is room for {0} key faces. Remove one first.", "最多 {0} 张关键脸，请先移除一张。"),
    (
        "A path needs at least {0} key faces. Add one before you remove one.",
        "路径至少需要 {0} 张关键脸，请先添加再移除。",
    ),
    ("A path needs at least two key faces and two frames.", "路径至少需要两张关键脸和两帧。"),
    ("Choose a key face from 1 to {0}.", "请选择第 1 到 {0} 张关键脸。"),
    ("Choose {0} to {1} key faces.", "请选择 {0} 到 {1} 张关键脸。"),
    ("There are no frames yet. Draw a path first.", "还没有帧，请先绘制路径。"),
    ("The key faces belong to another model than the path.", "关键脸与路径属于不同的模型。"),
    (
        "Faces from uploads or sliders have no place in Z. Choose W, or keys from seeds.",
        "上传或经滑块编辑的人脸在 Z 空间中没有位置。请选择 W 空间，或使用来自种子的关键脸。",
    ),
    (
        "This key face belongs to the other model. Remove it or choose another space.",
        "这张关键脸属于另一个模型，请移除它或更换空间。",
    ),
    ("The map needs four key faces. Add some first.", "地图需要四张关键脸，请先添加。"),
    ("A map needs exactly four corner faces.", "地图需要恰好四张角脸。"),
    ("The four corners must come from one model.", "四个角必须来自同一个模型。"),
    ('Write the point as "x,y" with two numbers from 0 to 1.', "请将点写成“x,y”，两个数都在 0 到 1 之间。"),
    # text
    ("{0} must be words.", "“{0}”须为文字。"),
    ("The text is longer than {0} characters. Shorten it.", "文本超过 {0} 个字符，请缩短。"),
    ("The prompt is longer than {0} characters. Shorten it.", "开头超过 {0} 个字符，请缩短。"),
    ("The code is longer than {0} characters. Shorten it.", "代码超过 {0} 个字符，请缩短。"),
    ("Your turn is longer than {0} characters. Shorten it.", "你的这句话超过 {0} 个字符，请缩短。"),
    ("The list of stop strings is longer than {0} characters. Shorten it.", "停止词合计超过 {0} 个字符，请缩短。"),
    ("No {0} is called {1}. Choose one of {2}.", "没有名为 {1} 的选项（{0}），可选：{2}。"),
    ("Write some text first.", "请先写一些文字。"),
    ("Write some code first.", "请先写一些代码。"),
    ("Write something to translate first.", "请先写下要翻译的内容。"),
    ("Choose two different languages.", "请选择两种不同的语言。"),
    (
        "Write something first: a conversation is answered after a turn of yours.",
        "请先写点什么：模型会回复你的话。",
    ),
    ("There is nothing to write again. Press Continue first.", "还没有可重写的内容，请先点“续写”。"),
    (
        "The last line is longer than {0} characters. Shorten it or choose another form.",
        "最后一句超过 {0} 个字，请缩短或更换诗体。",
    ),
    ("Only poems have lines of one length: 5 or 7 characters.", "只有诗词才有固定句长：5 或 7 个字。"),
    ("The width {0} cannot be shared by {1} heads of even size.", "宽度 {0} 无法平均分给 {1} 个大小为偶数的注意力头。"),
    ("There is nothing to undo.", "没有可撤销的内容。"),
    ("There is nothing to put back.", "没有可重做的内容。"),
    ("There is nothing here yet. Press Three ways first.", "这里还没有内容，请先点“三种续写”。"),
    ("There is no suggestion here. Press Suggest first.", "这里还没有建议，请先点“给出建议”。"),
    # checkpoints
    ("There is no checkpoint called {0} in {1}.", "{1} 中没有名为 {0} 的检查点。"),
    ("The card {0} is damaged. Fetch it again.", "模型卡 {0} 已损坏，请重新获取。"),
    ("The weights {0} are missing. Fetch them again.", "缺少权重 {0}，请重新获取。"),
    ("The weights {0} are damaged. Fetch them again.", "权重 {0} 已损坏，请重新获取。"),
    (
        "The weights {0} do not match the checksum on their card. Fetch them again.",
        "权重 {0} 与模型卡上的校验和不符，请重新获取。",
    ),
    ("The weights of {0} do not fit the settings on its card.", "{0} 的权重与模型卡上的设置不符。"),
    (
        "The settings on the card of {0} do not fit this program. Fetch it again.",
        "{0} 模型卡上的设置与本程序不符，请重新获取。",
    ),
    *CURVES_ERRORS,
    *INTERNAL_ERRORS,
    *LAB_ERRORS,
    *MUSIC_ERRORS,
    *OWN_ERRORS,
    *SPEECH_ERRORS,
    *SERVICE_ERRORS,
    *TOGETHER_ERRORS,
    *TRUST_ERRORS,
)
"""(English, Chinese); {0}, {1} ... stand for what differs from case to case."""


@functools.cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The most particular sentences first: "No {0} is called {1}" fits those about voices too."""
    compiled = []
    for english, chinese in sorted(SENTENCES, key=lambda pair: -len(re.sub(r"\{\d\}", "", pair[0]))):
        parts = re.split(r"\{\d\}", english)
        compiled.append((re.compile("(.+?)".join(map(re.escape, parts)), re.DOTALL), chinese))
    return compiled


def localise(sentence: str, language: str) -> str:
    """An error sentence in a language ("en" or "zh"); one that is not in the table stays as it is."""
    if language != "zh":
        return sentence
    for pattern, chinese in _patterns():
        if match := pattern.fullmatch(sentence):
            return chinese.format(*match.groups())
    return sentence
