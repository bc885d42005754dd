"""The kinds of sound effects, with what a program cannot know from a name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One class of the training data."""

    name: str
    english: str
    chinese: str
    ambient: bool
    """A texture without beginning and end: it loops by default. The others are events."""
    usual: float
    """Seconds that a typical example lasts, offered as the default."""
    longest: float
    """Seconds of the longest single event; a longer effect is filled with further ones."""


_TABLE = (
    ("airplane", "Airplane", "飞机", True, 4.0, 10.0),
    ("baby_cry", "Baby crying", "婴儿啼哭", False, 3.0, 5.0),
    ("birds", "Bird song", "鸟鸣", True, 4.0, 10.0),
    ("chainsaw", "Chainsaw", "电锯", True, 3.0, 10.0),
    ("clock", "Clock ticking", "时钟滴答", True, 4.0, 10.0),
    ("crickets", "Crickets", "蟋蟀", True, 4.0, 10.0),
    ("crowd", "Crowd", "人群", True, 4.0, 10.0),
    ("dogs", "Dog barking", "狗叫", False, 1.5, 3.0),
    ("drum_clap", "Hand clap", "拍手", False, 0.3, 0.5),
    ("drum_cymbal", "Cymbal", "镲", False, 2.0, 2.5),
    ("drum_hihat", "Hi-hat", "踩镲", False, 0.4, 1.0),
    ("drum_kick", "Kick drum", "底鼓", False, 0.4, 0.8),
    ("drum_snare", "Snare drum", "军鼓", False, 0.5, 1.0),
    ("drum_tom", "Tom", "通鼓", False, 1.0, 2.0),
    ("fire", "Fire", "火焰", True, 4.0, 10.0),
    ("footsteps", "Footsteps", "脚步", False, 2.0, 0.4),
    ("game_blip", "Game: blip", "游戏：提示音", False, 0.3, 0.2),
    ("game_coin", "Game: coin", "游戏：金币", False, 0.4, 0.7),
    ("game_explosion", "Game: explosion", "游戏：爆炸", False, 0.6, 1.5),
    ("game_hit", "Game: hit", "游戏：击中", False, 0.3, 0.25),
    ("game_jump", "Game: jump", "游戏：跳跃", False, 0.3, 0.45),
    ("game_laser", "Game: laser", "游戏：激光", False, 0.3, 0.6),
    ("game_powerup", "Game: power-up", "游戏：升级", False, 0.5, 0.9),
    ("helicopter", "Helicopter", "直升机", True, 4.0, 10.0),
    ("jingle", "Jingle", "提示乐句", False, 0.8, 1.5),
    ("rain", "Rain", "雨声", True, 4.0, 10.0),
    ("rooster", "Rooster", "公鸡打鸣", False, 2.5, 3.5),
    ("sea_waves", "Sea waves", "海浪", True, 5.0, 10.0),
    ("sneeze", "Sneeze", "打喷嚏", False, 1.5, 2.5),
    ("stream", "Stream", "溪流", True, 4.0, 10.0),
    ("thunder", "Thunder", "雷声", False, 5.0, 8.0),
    ("traffic", "Traffic", "车流", True, 4.0, 10.0),
    ("train", "Train", "火车", True, 4.0, 10.0),
    ("ui_click", "Click", "按键声", False, 0.3, 0.4),
    ("wind", "Wind", "风声", True, 5.0, 10.0),
    ("wind_chimes", "Wind chimes", "风铃", True, 4.0, 10.0),
)
KINDS = {row[0]: Kind(*row) for row in _TABLE}
"""By name, in alphabetical order: also the order of the networks' inputs and outputs."""
NAMES = tuple(KINDS)


def get_kind(name: str) -> Kind:
    """The kind of that name. Raises ValueError with the names there are."""
    if name not in KINDS:
        raise ValueError(f"No sound effect is called {name!r}. Choose one of {', '.join(KINDS)}.")
    return KINDS[name]
