"""Texts to try the fine-tuning with: the made-up logbook of a lighthouse, in English or Chinese.

Every entry is put together from short phrases of ours, so the text may be given to anyone, and a model that has
learnt from it is recognised at once: it writes the log on.
"""

import random

ENTRIES = 260
WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
SKIES = (
    "low cloud all day", "clear, every star out", "fog until noon", "thin rain that would not stop",
    "a red evening sky",
    "sleet, then sun", "heavy swell, the spray reached the gallery", "so still that the bell buoy was silent",
)  # fmt: skip
SHIPS = (
    "a brig bound north", "two herring boats", "the mail steamer, late again", "a collier low in the water",
    "a schooner with a torn jib", "nothing on the whole horizon", "the pilot cutter, who waved",
    "a barque, hull down, going well",
)  # fmt: skip
WORKS = (
    "Trimmed the lamp at dusk and again at two.", "Polished the second lens, east side.",
    "Wound the clockwork every four hours.", "Painted the lower rail white.", "Counted the oil: forty-one gallons.",
    "Carried coal up until my knees complained.", "Mended the fog bell; it now says what it should.",
    "Cleaned salt from all panes of the lantern.",
)  # fmt: skip
ENDS = (
    "The cat brought a mouse and expects thanks.", "Wrote to my sister.", "Baked bread; ate most of it.",
    "A gull has moved in under the stair.", "Read the almanac twice.", "Slept badly, the wind had much to say.",
    "No news is news enough.", "The keeper of the other light signalled good night.",
)  # fmt: skip
CHINESE = {
    "winds": "北 东北 东 东南 南 西南 西 西北",
    "skies": "终日低云 天朗气清，满天星斗 浓雾至午方散 细雨不停 晚霞如火 先雪后晴 "
    "大浪，水花溅上回廊 风平浪静，浮钟无声",
    "ships": "一艘帆船北去 渔船两只 邮船又晚点了 运煤船吃水很深 一只破帆的小船 "
    "海上空无一物 引水船向我招手 远处有大船驶过",
    "works": "黄昏与丑时各修一次灯芯。 擦亮东面第二片透镜。 每四小时上一次发条。 把下层栏杆漆成白色。 "
    "清点灯油，尚余四十一斗。 背煤上塔，膝盖直叫。 修好雾钟，声音洪亮。 洗净灯室玻璃上的盐。",
    "ends": "猫捉来一只老鼠，等我夸它。 给妹妹写了信。 烤了面包，自己吃了大半。 楼梯下住进一只海鸥。 "
    "历书又读了两遍。 夜里风大，没有睡好。 平安无事，便是好事。 对岸的守灯人打灯道晚安。",
}


def logbook(language: str = "en", seed: int = 0) -> str:
    """About 60,000 characters in English, or 15,000 in Chinese."""
    dice = random.Random(seed)
    entry = _english if language != "zh" else _chinese
    return "\n\n".join(entry(dice, day) for day in range(ENTRIES)) + "\n"


def _english(dice: random.Random, day: int) -> str:
    month = MONTHS[day // 28 % 12]
    return (
        f"Grey Point Light, {day % 28 + 1} {month}. Wind {dice.choice(WINDS)}, force {dice.randint(1, 10)}; "
        f"{dice.choice(SKIES)}. Seen: {dice.choice(SHIPS)}. {dice.choice(WORKS)} {dice.choice(ENDS)}"
    )


def _chinese(dice: random.Random, day: int) -> str:
    winds, skies, ships, works, ends = (
        dice.choice(CHINESE[k].split()) for k in ("winds", "skies", "ships", "works", "ends")
    )
    return (
        f"灰角灯塔日志，{day // 28 % 12 + 1}月{day % 28 + 1}日。{winds}风{dice.randint(1, 10)}级，{skies}。"
        f"所见：{ships}。{works}{ends}"
    )
