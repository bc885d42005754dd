"""Every text of the interface, in English and Chinese.

Static texts travel as keys and are translated by the browser (``text``); texts that Python
composes use the language that the browser asked for (``say``).
"""

import gradio as gr
from gradio.i18n import I18nData

from genai_demo.core import limits
from genai_demo.ui.texts_faces import FACES
from genai_demo.ui.texts_interpolation import INTERPOLATION
from genai_demo.ui.texts_music import MUSIC
from genai_demo.ui.texts_repair import REPAIR
from genai_demo.ui.texts_text import TEXT

SHELL: dict[str, tuple[str, str]] = {
    "shell.headline": (
        "Small generative models, trained from scratch, that run on your own machine.",
        "从零训练的小型生成模型，在你自己的电脑上运行。",
    ),
    "shell.footer": (
        "The people on these pictures do not exist. The weights were trained on synthetic faces whose sources mostly "
        "state no licence: **for non-commercial research and demonstration only**.",
        "图片中的人物并不存在。权重由合成人脸训练而成，其来源大多未注明许可：**仅限非商业研究与演示**。",
    ),
    "shell.memory": (
        "Uploads, faces among them, stay on this machine: they are processed in memory, lie in a temporary folder that "
        "only this program can read, here in memory as well (they are never written to a disk), and are deleted within "
        "three hours.",
        "上传的内容（包括人脸照片）不会离开本机：在内存中处理，临时存放在只有本程序能读取的文件夹中（此处该文件夹也在内存里，"
        "不写入磁盘），并会在三小时内删除。",
    ),
    "shell.disk": (
        "Uploads, faces among them, stay on this machine: they are processed in memory, lie in a temporary folder that "
        "only this program can read, here on a disk, and are deleted within three hours.",
        "上传的内容（包括人脸照片）不会离开本机：在内存中处理，临时存放在只有本程序能读取的文件夹中（此处该文件夹在磁盘上），"
        "并会在三小时内删除。",
    ),
    "shell.signed": (
        "Pictures, animations and sounds that you download say how they were made: the recipe, the models, and a "
        "signed content credential (C2PA), and in the pixels or samples an invisible mark. OGG files and texts carry "
        "no credential; texts of the model are marked in their choice of words.",
        "下载的图片、动画和声音都会说明自己的来历：制作方法、所用模型、经签名的内容凭证（C2PA），以及像素或采样中的隐形标记。"
        "OGG 文件和文本不带凭证；模型写出的文本在用词上带有标记。",
    ),
    "shell.unsigned": (
        "Pictures, animations and sounds that you download carry their recipe. Signed content credentials are switched "
        "off here.",
        "下载的图片、动画和声音带有制作方法；此处已关闭经签名的内容凭证。",
    ),
    "tab.trust": ("Trust", "可信"),
    "tab.faces": ("Face generation", "人脸生成"),
    "tab.interpolation": ("Latent interpolation", "潜空间插值"),
    "tab.audio": ("Audio synthesis", "音频合成"),
}

TEXTS = SHELL | FACES | INTERPOLATION | REPAIR | TEXT | MUSIC


def text(key: str) -> I18nData:
    """The text of a key, translated in the browser. Raises KeyError for an unknown key."""
    TEXTS[key]
    return I18nData(key)


def say(key: str, language: str, **values: object) -> str:
    """The text of a key in a language ("en" or "zh"), with ``values`` filled in."""
    return TEXTS[key][language == "zh"].format(**values)


def language_of(request: gr.Request | None) -> str:
    """ "zh" where the browser prefers Chinese, else "en"."""
    header = request.headers.get("accept-language", "") if request is not None and request.headers else ""
    return "zh" if header.lower().startswith("zh") else "en"


def add_texts(entries: dict[str, tuple[str, str]]) -> None:
    """Add texts that are known only at build time, such as the names of latent directions."""
    TEXTS.update(entries)


def translations() -> gr.I18n:
    """All texts in the form that ``launch(i18n=...)`` takes.

    Once in each language: where a browser's "zh-CN" or "zh-TW" has no text of a key, "zh" has it.
    """
    values = {
        "faces": limits.MAX_FACES,
        "frames": limits.MAX_FRAMES,
        "megabytes": limits.MAX_UPLOAD_BYTES // limits.MEGABYTE,
        "megapixels": limits.MAX_REPAIR_PIXELS // 10**6,
        "photograph_megapixels": limits.MAX_PHOTOGRAPH_PIXELS // 10**6,
    }
    english, chinese = ({k: _filled(v[i], values) for k, v in TEXTS.items()} for i in (0, 1))
    return gr.I18n(en=english, zh=chinese)


def _filled(words: str, values: dict[str, int]) -> str:
    """The words with the limits in them; other places stay open for ``say``."""
    for name, value in values.items():
        words = words.replace(f"{{{name}}}", str(value))
    return words
