"""Texts of the room "Speech": key to (English, Chinese); and the sentences of its errors."""

from genai_demo.core import limits
from genai_demo.core.soundfiles import NAMED

CHARACTERS = f"{limits.MAX_SPEECH_CHARACTERS:,}"
SECONDS, MEGABYTES = f"{limits.MAX_COMPARED_SECONDS:g}", limits.MAX_UPLOAD_BYTES // limits.MEGABYTE

SPEECH: dict[str, tuple[str, str]] = {
    "speech.room": ("Speech", "语音"),
    "speech.note.taught": (
        "Four voices, trained from scratch on speech that another program made (Kokoro-82M), not on recordings of "
        "people; each reads both languages, the other one with an accent. Nobody said what you hear: say so where you "
        "share it.",
        "四种从零训练的声音，训练材料由另一个程序（Kokoro-82M）合成，并非真人录音；每种声音都能读两种语言，"
        "读另一种语言时带口音。这些话并非真人所说，分享时请注明是合成语音。",
    ),
    "speech.note.recorded": (
        "Two voices, trained from scratch. The Mandarin recordings are single words, not sentences, so Chinese "
        "sentences sound like words put together. Nobody said what you hear: say so where you share it.",
        "两种从零训练的声音。普通话录音是单个词语而非句子，因此中文句子听起来像词语的拼接。"
        "这些话并非真人所说，分享时请注明是合成语音。",
    ),
    "speech.text": ("Text: English, Chinese, or both", "文本：英文、中文或混合"),
    "speech.text.info": (
        f"Up to {CHARACTERS} characters. Numbers, dates, money and percentages are read out. Words between "
        "asterisks are stressed.",
        f"最多 {CHARACTERS} 个字符。数字、日期、金额和百分比都会读出来。两个星号之间的词会重读。",
    ),
    "speech.voice": ("Voice", "声音"),
    "speech.voice.info": ("Who speaks.", "由谁来读。"),
    "speech.voice.kathleen": ("Kathleen (English)", "Kathleen（英语）"),
    "speech.voice.yue_tan": ("Yue Tan (Mandarin)", "Yue Tan（普通话）"),
    "speech.voice.af_heart": ("Heart (English, woman)", "Heart（英语，女声）"),
    "speech.voice.am_michael": ("Michael (English, man)", "Michael（英语，男声）"),
    "speech.voice.zf_xiaoxiao": ("Xiaoxiao (Mandarin, woman)", "晓晓（普通话，女声）"),
    "speech.voice.zm_yunxi": ("Yunxi (Mandarin, man)", "云希（普通话，男声）"),
    "speech.sample": ("▶ Hear this voice", "▶ 试听这个声音"),
    "speech.second": ("Mix with", "混入"),
    "speech.second.info": ("Another voice, mixed in as two faces are.", "像两张脸一样混合另一种声音。"),
    "speech.second.none": ("nobody", "不混合"),
    "speech.blend": ("Its share", "其比例"),
    "speech.blend.info": ("From 0 to 1.", "从 0 到 1。"),
    "speech.timed": (
        "When each word is said: subtitles (SRT, VTT) and a table (JSON)",
        "每个词的时间：字幕（SRT、VTT）和列表（JSON）",
    ),
    "speech.srt": ("↓ SRT", "↓ SRT"),
    "speech.vtt": ("↓ VTT", "↓ VTT"),
    "speech.json": ("↓ JSON", "↓ JSON"),
    "speech.speed": ("Speed", "语速"),
    "speech.speed.info": ("1 is as recorded, 2 is twice as fast.", "1 为录音语速，2 为两倍。"),
    "speech.pitch": ("Pitch", "音高"),
    "speech.pitch.info": ("Semitones up or down.", "升降的半音数。"),
    "speech.energy": ("Energy", "力度"),
    "speech.energy.info": ("Decibels of effort: softer or stronger.", "发声力度（分贝）：更轻或更强。"),
    "speech.seed": ("Seed", "种子"),
    "speech.seed.info": (
        "Another seed says it a little otherwise; 0 is the plain reading.",
        "换一个种子，读法略有不同；0 为标准读法。",
    ),
    "speech.count": ("{count} of {most} characters", "{count} / {most} 个字符"),
    "speech.go": ("▶ Speak", "▶ 朗读"),
    "speech.stop": ("■ Stop", "■ 停止"),
    "speech.wait": ("An example is being spoken …", "正在朗读示例……"),
    "speech.going": (
        "Speaking: {seconds:.1f} s so far, {done:.0%} of the text …",
        "正在朗读：已有 {seconds:.1f} 秒，完成 {done:.0%}……",
    ),
    "speech.status": (
        "{seconds:.1f} s of speech, made in {passed:.2f} s; the first sound was there after {first:.2f} s.",
        "{seconds:.1f} 秒语音，用时 {passed:.2f} 秒；首个声音在 {first:.2f} 秒后出现。",
    ),
    "speech.stopped": (
        "Stopped after {seconds:.1f} s of speech, which can be heard and kept.",
        "已停止：前 {seconds:.1f} 秒语音可以试听和保存。",
    ),
    "speech.example": (
        "An example of {seconds:.1f} s. Write your own text, and press Speak.",
        "这是一段 {seconds:.1f} 秒的示例。写下自己的文本，再点“朗读”。",
    ),
    "speech.left_out": (" Left out, as it cannot be spoken: {what}", " 无法朗读、已略去：{what}"),
    "speech.more": (" and {count} more", " 等 {count} 处"),
    "speech.result": ("The whole text", "完整语音"),
    "speech.wave": ("Waveform", "波形"),
    "speech.mel": (
        "Mel-spectrogram: time runs to the right, high notes are at the top",
        "梅尔频谱：向右为时间，上方为高音",
    ),
    "speech.wav": ("↓ WAV", "↓ WAV"),
    "speech.ogg": ("↓ OGG", "↓ OGG"),
    "speech.phones": ("Phonemes: bend them", "音素：动手调整"),
    "speech.phones.note": (
        "A bar is a sound: its width is how long it lasts, its height is its pitch; grey ones have none. Drag a bar up "
        "or down for its pitch, sideways for its length. On the keyboard: Tab to a bar, arrow keys to bend it, "
        "Delete to undo.",
        "每一条是一个音：宽度为时长，高度为音高；灰色的没有音高。上下拖动改变音高，左右拖动改变时长。"
        "键盘：Tab 选中，方向键调整，Delete 复原。",
    ),
    "speech.so": ("▶ Speak it so", "▶ 按此朗读"),
    "speech.whole": ("Whole text", "全文"),
    "speech.whole.info": ("Else only the sentence that is shown.", "否则只读所示的一句。"),
    "speech.compare": ("Recording, copy and synthesis side by side", "录音、复制与合成的对比"),
    "speech.compare.note": (
        f"Record or upload a sentence of up to {SECONDS} seconds ({MEGABYTES} MB; {NAMED}). The copy "
        "is what the vocoder makes of its mel-spectrogram: it shows what is lost there. The synthesis is made from the "
        "text alone.",
        f"录制或上传一句不超过 {SECONDS} 秒的话（{MEGABYTES} MB；{NAMED}）。“复制”由声码器根据其梅尔频谱"
        "还原，可听出这一步的损失；“合成”只依据文字。",
    ),
    "speech.recording": ("A recording", "录音"),
    "speech.recording.file": ("A sound file, or a video", "声音文件或视频"),
    "speech.said": ("What is said in it", "录音的文字"),
    "speech.said.info": ("This sentence is synthesised, in the voice chosen above.", "用上面所选的声音合成这句话。"),
    "speech.compare.go": ("Compare", "对比"),
    "speech.original": ("Recorded original", "录音原声"),
    "speech.copy": ("Vocoder copy", "声码器复制"),
    "speech.synthesised": ("Synthesised", "合成"),
    "speech.compare.status": (
        "The copy's mel-spectrogram differs from the original's by {distance:.2f} on average (natural log of "
        "magnitude).",
        "复制与原声的梅尔频谱平均相差 {distance:.2f}（幅度的自然对数）。",
    ),
}

SPEECH_ERRORS: tuple[tuple[str, str], ...] = (
    (
        "The voices are missing: there is no {0} in {1}. Fetch the checkpoints, or train with {2}.",
        "缺少声音：{1} 中没有 {0}。请获取检查点，或用 {2} 训练。",
    ),
    (
        "The weights of {0} know other phones than this program. Fetch them again.",
        "{0} 的权重与本程序的音素不符，请重新获取。",
    ),
    ("No voice is called {0}. Choose one of {1}.", "没有名为 {0} 的声音，可选：{1}。"),
    ("The share of the second voice must be a number from 0 to 1.", "第二种声音的比例须在 0 到 1 之间。"),
    ("The reading of a phone is text.", "音素的读音须为文字。"),
    ("There is no phone {0}: this plan has {1}, counted from 0.", "没有第 {0} 个音素：共有 {1} 个，从 0 数起。"),
    ("This is no plan of speech. Make one with plan(text).", "这不是语音方案，请用 plan(text) 生成。"),
    ("This is no plan of speech. Press Speak first.", "这不是语音方案，请先点“朗读”。"),
    ("This plan is too long. Press Speak again.", "该方案过长，请重新点“朗读”。"),
    ("A sentence lasts up to {0} seconds. Shorten some of its phones.", "一句话最长 {0} 秒，请缩短其中一些音。"),
    ("No phone is called {0}. Make the plan with plan(text).", "没有名为 {0} 的音素，请用 plan(text) 生成方案。"),
    ("A phone lasts more than 0 and up to {0} milliseconds.", "音素的时长须大于 0，最多 {0} 毫秒。"),
    ("The pitch of a phone is 0 or from {0} to {1} hertz.", "音素的音高须为 0，或 {0} 到 {1} 赫兹。"),
    ("The level of a phone lies within {0} decibels of the voice's mean.", "音素的响度须在平均值上下 {0} 分贝之内。"),
    (
        "The melody of a phone is three numbers of semitones, from {0} to {1}.",
        "音素的旋律须为三个半音数，在 {0} 到 {1} 之间。",
    ),
    ("The {0} must be a number from {1} to {2}.", "数值（{0}）须在 {1} 到 {2} 之间。"),
    (
        "Nothing in this text can be spoken: no dictionary knows how its characters are read.",
        "这段文本无法朗读：词典中没有这些字的读音。",
    ),
    ("Write something to be spoken first.", "请先写下要朗读的内容。"),
    (
        "The text has {0} characters; up to {1} can be spoken. Shorten it.",
        "文本有 {0} 个字符，最多可朗读 {1} 个，请缩短。",
    ),
    (
        "Nothing in this text can be spoken: it holds no English or Chinese words and no numbers.",
        "这段文本无法朗读：其中没有英文、中文或数字。",
    ),
    # sounds
    ("Upload the sound as a file.", "请以文件形式上传声音。"),
    ("Choose a sound first.", "请先选择声音。"),
    ("There is nothing in this sound. Choose another file.", "这个声音是空的，请选择其他文件。"),
    (
        "This sound is damaged: it holds values that are no numbers. Save it again.",
        "声音已损坏（含非数值），请重新保存。",
    ),
    ("This sound is silent. Choose another file.", "这个声音是静音，请选择其他文件。"),
    ("This file is larger than {0} MB. Use a smaller one.", "文件超过 {0} MB，请使用更小的文件。"),
    (
        "This sound has {0} samples a second. Convert it to 22,050, 44,100 or 48,000.",
        "该声音的采样率为 {0}，请转换为 22,050、44,100 或 48,000。",
    ),
    ("This sound has {0} channels. Convert it to mono or stereo.", "该声音有 {0} 个声道，请转换为单声道或立体声。"),
    (
        "This file is no sound, or is damaged. Use one of these: {0}.",
        "该文件不是声音或已损坏，请使用以下格式之一：{0}。",
    ),
    ("There is no sound in this file. Choose another one.", "该文件中没有声音，请选择其他文件。"),
    ("This sound is longer than {0} seconds. Use a shorter one.", "声音超过 {0} 秒，请使用更短的。"),
    ("This sound is shorter than {0} seconds. Use a longer one.", "声音不足 {0} 秒，请使用更长的。"),
    ("A sound of {0} samples is too short: it needs {1} or more.", "声音太短：只有 {0} 个采样点，至少需要 {1} 个。"),
)
"""As ``errors.SENTENCES``."""
