"""Texts of the room "Music": key to (English, Chinese)."""

from genai_demo.audio.music.events import MAX_BARS
from genai_demo.audio.music.pieces import MODES, TONICS
from genai_demo.core import limits

_MEGABYTES, _NOTES = limits.MAX_MIDI_BYTES // limits.MEGABYTE, f"{limits.MAX_MIDI_NOTES:,}"
_MODES = {
    "maj": ("major", "大调"), "min": ("minor", "小调"), "dor": ("Dorian", "多利亚调式"),
    "mix": ("Mixolydian", "混合利底亚调式"), "phr": ("Phrygian", "弗里吉亚调式"), "lyd": ("Lydian", "利底亚调式"),
}  # fmt: skip
_STYLES = {
    "reel": "里尔舞曲", "jig": "吉格舞曲", "hornpipe": "号笛舞曲", "air": "歌调", "chorale": "众赞歌",
    "slip jig": "滑步吉格", "waltz": "圆舞曲", "strathspey": "斯特拉斯佩舞曲", "country dance": "乡村舞曲",
    "clog": "木屐舞曲", "morris": "莫里斯舞曲", "playford": "普莱福德舞曲", "carol": "颂歌",
    "highland fling": "高地舞曲", "march": "进行曲",
}  # fmt: skip

MUSIC: dict[str, tuple[str, str]] = {
    "music.room": ("Music", "音乐"),
    "music.intro": (
        "A small network writes tunes note by note, finds chords to a melody, or the lower voices of a chorale. Up to "
        f"{MAX_BARS} bars. It has learnt from folk tunes of the British Isles and from Bach's chorales.",
        f"一个小型网络逐音谱写旋律，也能为旋律配和弦，或配上众赞歌的低声部。最多 {MAX_BARS} 小节。"
        "它学习了不列颠群岛的民间曲调和巴赫的众赞歌。",
    ),
    "music.style": ("Style", "风格"),
    "music.style.info": ("What kind of piece it is.", "曲子的种类。"),
    "music.key": ("Key", "调"),
    "music.key.info": ("Tonic and mode.", "主音与调式。"),
    "music.metre": ("Metre", "拍号"),
    "music.metre.info": ("Those the style is known in.", "该风格常见的拍号。"),
    "music.bars": ("Bars", "小节数"),
    "music.bars.info": (f"Up to {MAX_BARS}.", f"最多 {MAX_BARS}。"),
    "music.seed": ("Seed", "种子"),
    "music.seed.info": ("Same seed: same piece.", "种子相同，曲子相同。"),
    "music.temperature": ("Temperature", "温度"),
    "music.temperature.info": ("Low: usual. High: bold.", "低则常规，高则大胆。"),
    "music.chords": ("With chords", "带和弦"),
    "music.chords.info": ("Chorales: four voices.", "众赞歌为四个声部。"),
    "music.form": ("Form", "曲式"),
    "music.form.info": (
        "Same letter, same music. Not for chorales.",
        "字母相同，音乐相同。不用于众赞歌。",
    ),
    "music.form.free": ("free", "自由"),
    "music.short": (
        "{form} needs {bars} bars; this piece was written freely.",
        "{form} 至少需要 {bars} 小节；此曲未按曲式写作。",
    ),
    "music.loop": ("Loop", "循环"),
    "music.loop.off": ("Play all of it", "播放全曲"),
    "music.loop.bars": ("bars {first} to {last}", "第 {first} 至 {last} 小节"),
    "music.top_k": ("Top-k", "Top-k"),
    "music.top_k.info": ("Only so many likeliest notes; 0: all.", "只取最可能的几个音；0 为不限。"),
    "music.strictness": ("Voice leading", "声部进行"),
    "music.strictness.info": (
        "Chorales: 0 as the model likes, 1 as few parallel fifths and octaves as Bach has, 3 strict.",
        "众赞歌：0 由模型决定，1 的平行五八度少如巴赫，3 最严格。",
    ),
    "music.compose": ("Compose", "作曲"),
    "music.another": ("⚄ Another seed", "⚄ 换个种子"),
    "music.stop": ("■ Stop", "■ 停止"),
    "music.audio": ("Sound", "声音"),
    "music.sound": ("Instruments", "乐器"),
    "music.sound.info": ("Plays the same notes again.", "用同样的音符重新演奏。"),
    "music.sound.auto": ("what suits the style", "随风格"),
    "music.sound.session": ("fiddle and guitar", "小提琴与吉他"),
    "music.sound.whistle": ("whistle and guitar", "哨笛与吉他"),
    "music.sound.flute": ("flute and harp", "长笛与竖琴"),
    "music.sound.concertina": ("concertina and guitar", "六角手风琴与吉他"),
    "music.sound.piano": ("piano", "钢琴"),
    "music.sound.guitar": ("guitar", "吉他"),
    "music.sound.organ": ("organ", "管风琴"),
    "music.sound.soundfont": ("your soundfont", "你的音色库"),
    "music.pattern": ("Chords are played", "和弦奏法"),
    "music.pattern.info": ("How the accompaniment moves.", "伴奏的音型。"),
    "music.pattern.auto": ("as suits the style", "随风格"),
    "music.pattern.dance": ("bass and chord", "低音与和弦"),
    "music.pattern.waltz": ("waltz", "圆舞曲式"),
    "music.pattern.alberti": ("Alberti bass", "阿尔贝蒂低音"),
    "music.pattern.arpeggio": ("arpeggios", "琶音"),
    "music.pattern.block": ("held", "柱式和弦"),
    "music.drum": ("Drum", "鼓"),
    "music.drum.info": ("As suits the style.", "随风格。"),
    "music.life": ("Life", "生动"),
    "music.life.info": ("Swells; notes a hair early or late.", "力度起伏，音略有先后。"),
    "music.mp3": ("↓ MP3", "↓ MP3"),
    "music.tempo": ("Tempo", "速度"),
    "music.tempo.info": ("1 is usual.", "1 为通常速度。"),
    "music.wav": ("↓ WAV", "↓ WAV"),
    "music.ogg": ("↓ OGG", "↓ OGG"),
    "music.midi": ("↓ MIDI", "↓ MIDI"),
    "music.abc": ("↓ ABC", "↓ ABC"),
    "music.json": ("↓ Recipe", "↓ 配方"),
    "music.history": ("Earlier pieces of this visit", "本次访问的曲子"),
    "music.history.info": ("Choose one to hear it, or to use it below.", "点选即可再听，或在下方使用。"),
    "music.title": ("{style} in {scale}", "{scale}{style}"),
    "music.summary": (
        "{metre} · {bars} bars · {bpm:.0f} quarter notes a minute",
        "{metre} · {bars} 小节 · 每分钟 {bpm:.0f} 个四分音符",
    ),
    "music.writing": ("Bar {bar} of {bars}", "第 {bar} / {bars} 小节"),
    "music.status": ("{notes} notes in {passed:.1f} s", "{notes} 个音，用时 {passed:.1f} 秒"),
    "music.stopped": ("Stopped after {bars} bars", "已停止，共 {bars} 小节"),
    "music.close": (
        "Longest run of notes shared with a training tune: {notes} of {of}, with “{title}”.",
        "与训练曲目相同的最长连续音：{of} 个音中的 {notes} 个，曲名“{title}”。",
    ),
    "music.far": (
        "No run of five notes or more is shared with any training tune.",
        "与任何训练曲目都没有连续五个以上相同的音。",
    ),
    "music.act.compose": ("composed", "作曲"),
    "music.act.accompany": ("accompanied", "伴奏"),
    "music.act.continue": ("continued", "续写"),
    "music.act.vary": ("varied", "变奏"),
    "music.vary": ("Vary", "变奏"),
    "music.likeness": ("Likeness", "相似度"),
    "music.likeness.info": (
        "For Vary. 1: nearly the same.",
        "用于“变奏”。1 为几乎相同。",
    ),
    "music.link": ("Link", "链接"),
    "music.earlier": ("{title} · {act}, seed {seed}", "{title} · {act}，种子 {seed}"),
    "music.voice.melody": ("melody", "旋律"),
    "music.voice.chords": ("chords", "和弦"),
    "music.voice.soprano": ("soprano", "女高音"),
    "music.voice.alto": ("alto", "女低音"),
    "music.voice.tenor": ("tenor", "男高音"),
    "music.voice.bass": ("bass", "男低音"),
    "music.own": ("Your own melody", "你的旋律"),
    "music.own.note": (
        "Play it on the keyboard or click it into the grid; or upload a MIDI file (.mid, .rmi or .kar, up to "
        f"{_MEGABYTES} MB, {_NOTES} notes and {MAX_BARS} bars; a track named as a melody is taken, else the highest). "
        "The melody itself is never changed.",
        "在琴键上弹奏，或在网格中点入；也可上传 MIDI 文件（.mid、.rmi 或 .kar，不超过 "
        f"{_MEGABYTES} MB、{_NOTES} 个音、{MAX_BARS} 小节，"
        "优先取名称标明为旋律的音轨，否则取最高声部）。旋律本身不会被改动。",
    ),
    "music.source": ("Which melody", "用哪段旋律"),
    "music.source.info": ("What Accompany, Continue and Vary begin with.", "“伴奏”“续写”和“变奏”以此为起点。"),
    "music.source.keyboard": ("from the keyboard", "琴键"),
    "music.source.midi": ("MIDI file", "MIDI 文件"),
    "music.source.above": ("the tune above", "上面的曲子"),
    "music.midi.file": ("MIDI file", "MIDI 文件"),
    "music.own.style": ("Accompaniment", "伴奏类型"),
    "music.own.style.info": ("Chords, or voices of a chorale.", "和弦，或众赞歌声部。"),
    "music.own.style.auto": ("chords", "和弦"),
    "music.own.style.chords": ("chords: {style}", "和弦：{style}"),
    "music.own.style.voices": ("chorale voices", "众赞歌声部"),
    "music.own.key": ("Key of the melody", "旋律的调"),
    "music.own.key.info": ("Found by its notes if you like.", "可由音符推断。"),
    "music.own.key.auto": ("find it", "自动判断"),
    "music.own.bars": ("Bars more", "续写小节"),
    "music.own.bars.info": ("For Continue.", "用于“续写”。"),
    "music.own.seed": ("Seed", "种子"),
    "music.own.seed.info": ("Another number, other chords.", "换个数字，和弦不同。"),
    "music.accompany": ("Accompany", "伴奏"),
    "music.continue": ("Continue", "续写"),
    "music.honest": (
        "It keeps to key, metre and form, and knows common turns; within a section it plans a few bars. Titles of "
        "traditional tunes are those of their collections.",
        "它守得住调、拍与曲式，也懂得常见的走法；但在一段之内只能顾及几个小节。传统曲目的名称取自原曲集。",
    ),
}
MUSIC |= {f"music.key.{t} {m}": (f"{t} {_MODES[m][0]}", f"{t} {_MODES[m][1]}") for t in TONICS for m in MODES}
MUSIC |= {f"music.style.{style}": (style, chinese) for style, chinese in _STYLES.items()}
MUSIC |= {
    f"music.own.style.{style}": tuple(  # type: ignore[misc]
        words.format(style=name)
        for words, name in zip(MUSIC[f"music.own.style.{'voices' if style == 'chorale' else 'chords'}"],
                               (style, chinese), strict=True)
    )
    for style, chinese in _STYLES.items()
}  # fmt: skip

MUSIC_ERRORS: tuple[tuple[str, str], ...] = (
    ("No pattern is called {0}. Choose one of {1}.", "没有名为 {0} 的音型，请选择 {1}。"),
    ("This link to a piece is damaged. Copy it again.", "这个乐曲链接已损坏，请重新复制。"),
    ("The likeness must be a number from 0 to 1.", "相似度须为 0 到 1 之间的数。"),
    ("The form {0} needs at least {1} bars.", "曲式 {0} 至少需要 {1} 小节。"),
    ("A chorale has no sections that come again; its form must be free.", "众赞歌没有重复的段落，曲式只能为自由。"),
    ("The strictness must be a number from {0} to {1}.", "声部进行的严格度须为 {0} 到 {1} 之间的数。"),
    (
        "Voice leading is that of chorales; this piece is laid out as {0}.",
        "声部进行只用于众赞歌；这首曲子的织体是 {0}。",
    ),
    ("The number of bars must be a whole number from {0} to {1}.", "小节数须为 {0} 到 {1} 之间的整数。"),
    ("The {0} must be a whole number from {1} to {2}.", "“{0}”须为 {1} 到 {2} 之间的整数。"),
    ("The melody has {0} bars, and {1} are the most. Shorten it.", "旋律有 {0} 小节，最多 {1} 小节，请缩短。"),
    (
        "A note starts or ends beside the grid. Read the melody with melody_of.",
        "有音符不在网格上，请用 melody_of 读入旋律。",
    ),
    (
        "The pitch {0} is too high or too low; MIDI pitches from {1} to {2} can be used.",
        "音高 {0} 过高或过低，可用的 MIDI 音高为 {1} 到 {2}。",
    ),
    (
        "The piece lasts longer than {0} seconds. Shorten it or play faster.",
        "曲子超过 {0} 秒，请缩短或加快速度。",
    ),
    (
        "{0} is no key. Write a tonic and a mode, such as 'D maj', 'A min' or 'E dor'.",
        "{0} 不是调名，请写作 'D maj'、'A min' 或 'E dor'。",
    ),
    ("The MIDI file is larger than {0} MiB. Use a shorter piece.", "MIDI 文件超过 {0} MiB，请使用更短的曲子。"),
    ("The MIDI file holds more than {0} notes. Use a shorter piece.", "MIDI 文件超过 {0} 个音，请使用更短的曲子。"),
    ("This is no MIDI file, or it is damaged. Export it again.", "这不是 MIDI 文件，或文件已损坏，请重新导出。"),
    ("This MIDI file holds drums only. Use one with a melody.", "该 MIDI 文件只有鼓，请使用带旋律的文件。"),
    ("This MIDI file holds no notes. Use one with a melody.", "该 MIDI 文件没有音符，请使用带旋律的文件。"),
    ("There are no notes. Play or upload a melody first.", "没有音符，请先弹奏或上传旋律。"),
    (
        "Every note needs a start and a length in quarter notes and a MIDI pitch.",
        "每个音都要有起点和时值（以四分音符计）以及 MIDI 音高。",
    ),
    (
        "Notes must start at 0 or later, last a while, and have MIDI pitches from 0 to 127.",
        "音符的起点不得早于 0，时值须大于 0，MIDI 音高为 0 到 127。",
    ),
    (
        "The melody of the keyboard cannot be read. Clear it and play it again.",
        "无法读取琴键旋律，请清空后重新弹奏。",
    ),
    (
        "Playing a soundfont needs the package tinysoundfont: pip install tinysoundfont.",
        "播放音色库需要 tinysoundfont：pip install tinysoundfont。",
    ),
    (
        "There is no soundfont. Set the variable {0} to the path of a .sf2 file.",
        "没有音色库，请将变量 {0} 设为 .sf2 文件的路径。",
    ),
    ("Upload a MIDI file first.", "请先上传 MIDI 文件。"),
    ("There is no tune above yet. Press Compose first.", "上面还没有曲子，请先点“作曲”。"),
    ("Choose a piece from 1 to {0}.", "请选择第 1 到 {0} 首曲子。"),
    # remarks
    (
        "{0} overlapping notes were cut: a melody sounds one note at a time.",
        "{0} 个重叠的音被截断：旋律一次只响一个音。",
    ),
    ("{0} notes were moved to the nearest place on the grid.", "{0} 个音被移到最近的网格位置。"),
    ("Of {0} voices the one named as a melody was taken.", "共 {0} 个声部，取名称标明为旋律者。"),
    ("Of {0} voices the highest one was taken as the melody.", "共 {0} 个声部，取最高者为旋律。"),
    ("The metre {0} is not known here; 4/4 was taken.", "不支持拍号 {0}，按 4/4 处理。"),
    ("The metre changes on the way; {0} was taken for all of it.", "中途变换拍号，全曲按 {0} 处理。"),
    (
        "Notes that are never switched off, and so last to the end of their track: {0}.",
        "没有结束事件、因而延续到音轨末尾的音：{0} 个。",
    ),
    ("Notes lengthened to a thirty-second: {0}.", "延长为三十二分音符的音：{0} 个。"),
    ("Notes left out as too short for the grid: {0}.", "短于网格而略去的音：{0} 个。"),
    ("Damaged places of the file that were skipped: {0}.", "跳过的文件损坏处：{0} 处。"),
    ("The file is cut off; what is there of it was read.", "文件被截断，已读入现有部分。"),
    (
        "The file counts time in film frames; {0} quarter notes a minute were taken.",
        "该文件按电影帧计时，按每分钟 {0} 个四分音符处理。",
    ),
)
"""As ``errors.SENTENCES``: the errors of the room's door, and its remarks on melodies."""
