"""Texts of the tab "Together": key to (English, Chinese); and the sentences of its errors."""

from genai_demo.core import limits

MOST = limits.MAX_FILM_CHARACTERS

TOGETHER: dict[str, tuple[str, str]] = {
    "together.tab": ("Together", "多模型联合"),
    "portrait.room": ("A portrait that speaks", "会说话的肖像"),
    "portrait.intro": (
        "A face that the first tab draws says a text in a voice of the speech room. Its lips follow the sounds that "
        "the voice plans and how loud they are; it blinks, nods and turns a little.",
        "第一个标签页生成的人脸，用语音房间的声音说出文字：嘴唇跟随声音规划的音素与响度，还会眨眼、点头、微微转头。",
    ),
    "portrait.never": (
        "Only generated faces speak. A photograph never does, through no button and no API: a film of a real person "
        "who says what they never said can harm them. Nobody said what you hear; the film says so in its file, its "
        "pixels and its sound.",
        "只有生成的人脸会说话。照片绝不会，任何按钮和接口都不行：让真人“说出”没说过的话会伤害他们。"
        "这里的话并没有人说过；影片的文件、像素和声音里都注明了这一点。",
    ),
    "portrait.face": ("The face", "人脸"),
    "portrait.seed": ("Seed of the face", "人脸种子"),
    "portrait.seed.info": ("Same seed: same person.", "种子相同，人相同。"),
    "portrait.dice": ("⚄ Another face", "⚄ 换一张脸"),
    "portrait.take": ("← Face of the first tab", "← 用第一个标签页的脸"),
    "portrait.taken": ("Seed {seed}, with {count} sliders moved.", "种子 {seed}，移动了 {count} 个滑块。"),
    "portrait.text": ("What it says: English, Chinese, or both", "说什么：英文、中文或混合"),
    "portrait.text.info": (f"Up to {MOST} characters.", f"最多 {MOST} 个字符。"),
    "portrait.manner": ("Seed of the manner", "神态种子"),
    "portrait.manner.info": (
        "Another one moves and reads a little otherwise.",
        "换一个种子，动作和读法略有不同。",
    ),
    "portrait.go": ("Speak", "说话"),
    "portrait.stop": ("Stop", "停止"),
    "portrait.film": ("Film", "影片"),
    "portrait.alt": ("The face that speaks, while it is made", "正在制作的说话人脸"),
    "portrait.running": ("Making the film: {share}", "正在制作影片：{share}"),
    "portrait.status": (
        "{seconds:.1f} s of film, made in {passed:.1f} s. Nobody said this.",
        "影片 {seconds:.1f} 秒，制作用时 {passed:.1f} 秒。这些话并没有人说过。",
    ),
    "portrait.example": ("An example: seed {seed}. Nobody said this.", "示例：种子 {seed}。这些话并没有人说过。"),
    "portrait.download": (
        "A made-up person, for non-commercial use. The MP4 carries seed, text and settings.",
        "虚构的人物，仅限非商业用途。MP4 中带有种子、文字和全部设置。",
    ),
    "portrait.mp4": ("↓ MP4", "↓ MP4"),
    "portrait.srt": ("↓ SRT", "↓ SRT"),
}

TOGETHER_ERRORS: tuple[tuple[str, str], ...] = (
    ("A portrait says at most {0} characters. Shorten the text.", "肖像最多说 {0} 个字符，请缩短文本。"),
    (
        "No face was found in what these sliders draw. Move them towards the middle.",
        "这些滑块画出的图中找不到人脸，请将它们移向中间。",
    ),
    (
        "Only a face of the GAN that comes from a seed can speak: an uploaded face never does, and a mixed or bred one "
        "cannot be asked for by its seed.",
        "只有由种子生成的 GAN 人脸才能说话：上传的人脸绝不会说话，混合或繁育出的人脸也无法用种子表示。",
    ),
    ("A face has 68 landmarks of two numbers, not {0}.", "人脸须有 68 个二维关键点，而不是 {0}。"),
)
