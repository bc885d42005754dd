"""Texts of the room "Sound effects": key to (English, Chinese)."""

from genai_demo.audio.effects.kinds import KINDS
from genai_demo.core import limits

LEAST, MOST = limits.MIN_EFFECT_SECONDS, limits.MAX_EFFECT_SECONDS

EFFECTS: dict[str, tuple[str, str]] = {
    "effects.room": ("Sound effects", "音效"),
    "effects.intro": (
        f"Press a sound: the network makes it and plays it. {len(KINDS)} kinds, {LEAST:g} to {MOST:g} seconds, mono, "
        "22,050 Hz. Every seed is another one; nothing here is a recording.",
        f"点一个声音，网络便即时生成并播放。共 {len(KINDS)} 种，{LEAST:g} 到 {MOST:g} 秒，单声道，22,050 Hz。"
        "种子不同，声音不同；这里没有录音。",
    ),
    "effects.group.nature": ("Nature", "自然"),
    "effects.group.animals": ("Animals", "动物"),
    "effects.group.people": ("People", "人"),
    "effects.group.machines": ("Machines", "机器"),
    "effects.group.things": ("Things", "物件"),
    "effects.group.game": ("Game", "游戏"),
    "effects.group.drums": ("Drums", "鼓"),
    "effects.stop": ("■ Stop", "■ 停止"),
    "effects.another": ("⚄ Another", "⚄ 换一个"),
    "effects.wav": ("↓ WAV", "↓ WAV"),
    "effects.ogg": ("↓ OGG", "↓ OGG"),
    "effects.status": ("{title} · {note} · made in {passed:.2f} s", "{title} · {note} · 用时 {passed:.2f} 秒"),
    "effects.progress": ("{count} of {total} made", "已生成 {count} / {total}"),
    "effects.note.sound": ("{seconds:g} s, seed {seed}", "{seconds:g} 秒，种子 {seed}"),
    "effects.note.loop": (", loops", "，循环"),
    "effects.note.variation": (", variation {seed} ({strength:g})", "，变体 {seed}（{strength:g}）"),
    "effects.seconds": ("Length", "长度"),
    "effects.seconds.info": (f"Seconds, {LEAST:g} to {MOST:g}.", f"秒，{LEAST:g} 到 {MOST:g}。"),
    "effects.seed": ("Seed", "种子"),
    "effects.seed.info": ("Same seed and settings: same sound.", "种子与设置相同，声音相同。"),
    "effects.brightness": ("Brightness", "明亮度"),
    "effects.brightness.info": ("-1 dull, 1 bright; at 0 the seed decides.", "-1 暗，1 亮；0 由种子决定。"),
    "effects.density": ("Density", "密度"),
    "effects.density.info": ("-1: little happens, 1: much.", "-1 稀疏，1 密集。"),
    "effects.loop": ("Loop", "循环"),
    "effects.loop.info": ("The end runs on into the beginning.", "结尾与开头无缝相接。"),
    "effects.more": ("More", "更多"),
    "effects.guidance": ("Guidance", "引导强度"),
    "effects.guidance.info": ("More: purer, less varied. 1: as learnt.", "越大越典型、变化越少；1 为原样。"),
    "effects.steps": ("Steps", "步数"),
    "effects.steps.info": ("More is finer and slower.", "越多越细，也越慢。"),
    "effects.morph": ("Morph", "渐变"),
    "effects.morph.note": (
        "Two sounds from the same noise. The share moves from the first to the second.",
        "由同一噪声生成两种声音，占比决定从第一种到第二种的过渡。",
    ),
    "effects.kind": ("From", "从"),
    "effects.kind.info": ("The sound pressed on the board.", "面板上所选的声音。"),
    "effects.second": ("To", "到"),
    "effects.second.info": ("Another sound.", "另一种声音。"),
    "effects.share": ("Share of the second", "第二种的占比"),
    "effects.share.info": ("0: only the first. 1: only the second.", "0 只有第一种，1 只有第二种。"),
    "effects.between": ("Five from one to the other", "从一到另一的五个声音"),
    "effects.vary": ("Variations", "变体"),
    "effects.vary.note": (
        "Sounds that resemble the present one. A setting moved later starts from the seed again. At most "
        f"{limits.MAX_VARIATIONS} in a row.",
        f"与当前声音相似的声音。之后改动设置会从种子重新开始。最多连续 {limits.MAX_VARIATIONS} 次。",
    ),
    "effects.strength": ("Strength", "强度"),
    "effects.strength.info": ("0: the same. 1: only the kind stays.", "0 不变，1 只保留种类。"),
    "effects.vary.seed": ("Seed of the variations", "变体的种子"),
    "effects.vary.seed.info": ("The first of four.", "四个中的第一个。"),
    "effects.four": ("Four variations", "四个变体"),
    "effects.other_four": ("⚄ Four others", "⚄ 换四个"),
    "effects.history": ("Of this visit: the last eight", "本次访问：最近八个"),
    "effects.picked": ("Number of the sound, from 1", "声音的编号，从 1 起"),
    "effects.honest": (
        "Made by a small network that learnt from free recordings; loudness is evened out. The files carry their "
        "recipe. For non-commercial research and demonstration only.",
        "由小型网络从开放录音中学得；响度已均衡。文件内含生成配方。仅限非商业研究与演示。",
    ),
}
EFFECTS |= {f"effect.{kind.name}": (kind.english, kind.chinese) for kind in KINDS.values()}
