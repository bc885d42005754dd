"""Texts of the content policy: key to (English, Chinese)."""

from genai_demo.trust.policy.check import KEPT, MESSAGES

POLICY: dict[str, tuple[str, str]] = {
    "policy.minors": ("it began to sexualise young people", "内容开始将未成年人性化"),
    "policy.hate": ("it began to demean people", "内容开始贬低他人"),
    "policy.abuse": ("it began to be abusive", "内容开始辱骂他人"),
    "policy.sexual": ("it became sexually explicit", "内容变得露骨"),
    "policy.violence": ("it began to say how to hurt people", "内容开始教人伤害他人"),
    "policy.selfharm": ("it came close to self-harm", "内容涉及自我伤害"),
    "policy.personal": (
        "it looked like a telephone number, an address or other personal data",
        "内容像是电话号码、邮箱等个人数据",
    ),
    "policy.stopped": (
        "The text stopped here: {why}. That can be a mistake; try another seed. ",
        "文本在此停止：{why}。这也可能是误判，请换一个种子再试。",
    ),
    "policy.way": ("Way {number} stopped: {why}. ", "第 {number} 种续写已停止：{why}。"),
    "policy.left_out": ("⟨left out: {why}⟩", "〈此处略去：{why}〉"),
    "policy.title": ("Not taken up", "未受理"),
    "policy.note": (
        "What you write and what the model writes pass a filter (hate, sexual content, instructions for violence, "
        "self-harm, personal data). It is small and makes mistakes in both directions: the tab Trust says how many. "
        "Nothing of it is kept.",
        "你写下的和模型写出的文本都会经过过滤（仇恨、色情、暴力教程、自我伤害、个人数据）。过滤器很小，会误判也会漏判，"
        "“可信”页给出了比例。文本不会被保存。",
    ),
    "policy.off": (
        "**The content filter is switched off here** (GENAI_POLICY=off): for research on one's own machine.",
        "**此处已关闭内容过滤**（GENAI_POLICY=off）：仅供在自己的电脑上做研究。",
    ),
}

CHINESE = {
    "minors": "这里不写将儿童或未成年人性化的文本。",
    "hate": "这里不写因身份而贬低他人的文本。去掉侮辱性的说法再试试吧。",
    "abuse": "骂人的话有点多。换一种说法，就可以继续了。",
    "sexual": "这里不写露骨的性内容。欢迎写爱情故事。",
    "violence": "这里不提供武器、毒药或伤害他人的方法。欢迎从历史、科学或小说的角度提问。",
    "selfharm": "听起来你可能正经历非常艰难的时刻。你并不孤单，情况会好起来的。请今天就和人谈谈：朋友、医生，"
    "或心理援助热线（全国统一热线 12356，美国 988，英国和爱尔兰 116 123，其他国家见 findahelpline.com）。"
    "如果此刻有危险，请拨打 110 或 120。",
    "personal": "文本中似乎有邮箱、电话、证件或银行卡号码。请先去掉：这类数据不该交给模型。",
}
"""What ``check.MESSAGES`` says, in Chinese."""

POLICY |= {f"policy.refused.{kind}": (MESSAGES[kind], CHINESE[kind]) for kind in MESSAGES}
POLICY_ERRORS: tuple[tuple[str, str], ...] = tuple(
    (f"{MESSAGES[kind]} {KEPT}", f"{CHINESE[kind]}你写的文字还在原处。") for kind in MESSAGES
)
