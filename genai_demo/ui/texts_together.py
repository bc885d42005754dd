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

TOGETHER |= {
    "cross.room": ("Sound and picture", "声音与图像"),
    "cross.intro": (
        "A picture decides key, style, tempo and instrument of a tune; a sound decides the painting. What led to what "
        "stands beside the result. The rules are ours: nothing in a picture has a key.",
        "图片决定曲子的调、风格、速度和乐器；声音决定画面。结果旁列出因果关系。规则由我们制定：图片本身并没有调性。",
    ),
    "cross.picture": ("A picture to be heard", "要“听”的图片"),
    "cross.scene": ("Or a scene of ours", "或选一个场景"),
    "cross.scene.info": ("Takes the place of the picture.", "会替换上面的图片。"),
    "cross.hear": ("Hear it", "听一听"),
    "cross.tune": ("Its tune", "它的曲子"),
    "cross.sound": ("A sound to be seen", "要“看”的声音"),
    "cross.sound.file": (
        f"A sound or video file, at most {limits.MAX_SEEN_SECONDS:g} s",
        f"声音或视频文件，最长 {limits.MAX_SEEN_SECONDS:g} 秒",
    ),
    "cross.kind": ("Or a sound of our effects", "或选一个音效"),
    "cross.kind.info": ("Takes the place of the sound.", "会替换上面的声音。"),
    "cross.see": ("See it", "看一看"),
    "cross.move": ("Set in motion", "动起来"),
    "cross.painting": ("Its painting", "它的画"),
    "cross.painting.alt": ("A painting whose colours and forms a sound has decided", "由声音决定颜色与形状的画"),
    "cross.film": ("The painting moves with the sound", "画随声音而动"),
    "cross.stop": ("Stop", "停止"),
    "cross.working": ("Working: {share}", "进行中：{share}"),
    "cross.heard": ("{title}, made in {passed:.1f} s", "{title}，用时 {passed:.1f} 秒"),
    "cross.seen": ("Painting {seed}, made in {passed:.1f} s", "画 {seed}，用时 {passed:.1f} 秒"),
    "cross.moved": ("{seconds:.1f} s of film, made in {passed:.1f} s", "影片 {seconds:.1f} 秒，用时 {passed:.1f} 秒"),
    "cross.wav": ("↓ WAV", "↓ WAV"),
    "cross.mid": ("↓ MIDI", "↓ MIDI"),
    "cross.png": ("↓ PNG", "↓ PNG"),
    "cross.mp4": ("↓ MP4", "↓ MP4"),
    "cross.because": ("measured", "测得"),
    "cross.therefore": ("decided", "决定了"),
    "cause.lightness": ("lightness", "明度"),
    "cause.chroma": ("vividness of the colours", "颜色鲜艳程度"),
    "cause.contrast": ("contrast", "对比度"),
    "cause.unrest": ("unrest", "纷乱程度"),
    "cause.hue": ("hue, degrees", "色相（度）"),
    "cause.warmth": ("warmth of the colours", "颜色冷暖"),
    "cause.smile": ("smile of a face, a guess", "面部微笑（猜测）"),
    "cause.pitch": ("height of the spectrum", "频谱高低"),
    "cause.noise": ("how evenly the spectrum is filled", "频谱平坦程度"),
    "cause.loudness": ("loudness", "响度"),
    "cause.range": ("loud against quiet", "强弱差"),
    "cause.attacks": ("beginnings a second", "起音密度"),
    "effect.of.tonic": ("tonic", "主音"),
    "effect.of.mode": ("mode", "调式"),
    "mode.maj": ("major", "大调"),
    "mode.mix": ("Mixolydian", "混合利底亚调式"),
    "mode.dor": ("Dorian", "多利亚调式"),
    "mode.min": ("minor", "小调"),
    "effect.of.style": ("style", "风格"),
    "effect.of.tempo": ("tempo", "速度"),
    "effect.of.sound": ("instrument", "乐器"),
    "effect.of.palette": ("palette", "配色"),
    "effect.of.symmetry": ("symmetry", "对称"),
    "effect.of.complexity": ("complexity", "复杂度"),
    "effect.of.contrast": ("contrast", "对比度"),
    "effect.of.zoom": ("zoom", "缩放"),
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
    (
        "A painting is made from at most {0} seconds. Use a shorter sound.",
        "画面最多由 {0} 秒的声音生成，请使用更短的声音。",
    ),
    ("A face has 68 landmarks of two numbers, not {0}.", "人脸须有 68 个二维关键点，而不是 {0}。"),
)
