"""Chinese text to syllables with the tones that are spoken: sandhi, characters with several readings, scripts."""

import pytest

from genai_demo.audio.speech import english, phonemes
from genai_demo.audio.speech.mandarin import mandarin, syllables
from genai_demo.audio.speech.normalise import normalise
from genai_demo.audio.speech.phonemes import EDGE, PAUSES

ONE_AND_NOT = {
    "不一样": "bu4 yi2 yang4",
    "不一定": "bu4 yi2 ding4",
    "不一会儿": "bu4 yi2 hui4 r5",
    "同一个": "tong2 yi2 ge4",
    "同一天": "tong2 yi4 tian1",
    "一样": "yi2 yang4",
    "一定": "yi2 ding4",
    "一个": "yi2 ge4",
    "一般": "yi4 ban1",
    "一年": "yi4 nian2",
    "一起": "yi4 qi3",
    "一百": "yi4 bai3",
    "一万": "yi2 wan4",
    "第一": "di4 yi1",
    "第一名": "di4 yi1 ming2",
    "一月": "yi1 yue4",
    "十一": "shi2 yi1",
    "十一个": "shi2 yi1 ge4",
    "二十一岁": "er4 shi2 yi1 sui4",
    "统一": "tong3 yi1",
    "统一安排": "tong3 yi1 an1 pai2",
    "万一": "wan4 yi1",
    "万一下雨": "wan4 yi1 xia4 yu3",
    "唯一": "wei2 yi1",
    "之一": "zhi1 yi1",
    "星期一": "xing1 qi1 yi1",
    "一班": "yi1 ban1",
    "一楼": "yi1 lou2",
    "一号": "yi1 hao4",
    "听一听": "ting1 yi5 ting1",
    "想一想": "xiang3 yi5 xiang3",
    "看一看": "kan4 yi5 kan4",
    "一心一意": "yi4 xin1 yi2 yi4",
    "一模一样": "yi4 mu2 yi2 yang4",
    "不看": "bu2 kan4",
    "不对": "bu2 dui4",
    "不去": "bu2 qu4",
    "不来": "bu4 lai2",
    "不吃": "bu4 chi1",
    "不想": "bu4 xiang3",
    "去不去": "qu4 bu5 qu4",
    "三分之一": "san1 fen1 zhi1 yi1",
    "一百一十": "yi4 bai3 yi1 shi2",
    "九一年": "jiu3 yi1 nian2",
    "二点一米": "er4 dian3 yi1 mi3",
    "三点一刻": "san1 dian3 yi2 ke4",
    "一不小心": "yi2 bu4 xiao3 xin1",
}
THIRD_TONES = {
    "老师好": "lao3 shi1 hao3",
    "雨伞": "yu2 san3",
    "很好": "hen2 hao3",
    "水果": "shui2 guo3",
    "洗脸": "xi2 lian3",
    "管理员": "guan2 li3 yuan2",
    "五百": "wu2 bai3",
    "买了两小时的票": "mai3 le5 liang2 xiao3 shi2 de5 piao4",
    "他有五把伞": "ta1 you3 wu2 ba2 san3",
    "两百": "liang2 bai3",
    "手表厂": "shou2 biao2 chang3",
    "选举法": "xuan2 ju2 fa3",
    "友好": "you2 hao3",
}
POLYPHONES = {
    "裙子很长": "qun2 zi5 hen3 chang2",
    "这座桥长五公里": "zhe4 zuo4 qiao2 chang2 wu3 gong1 li3",
    "小树长高了": "xiao3 shu4 zhang3 gao1 le5",
    "她是校长": "ta1 shi4 xiao4 zhang3",
    "三行诗": "san1 hang2 shi1",
    "银行在对面": "yin2 hang2 zai4 dui4 mian4",
    "行不行": "xing2 bu5 xing2",
    "数一数": "shu3 yi5 shu3",
    "数不清": "shu3 bu4 qing1",
    "数学": "shu4 xue2",
    "量一量": "liang2 yi5 liang2",
    "给他量血压": "gei3 ta1 liang2 xue4 ya1",
    "力量": "li4 liang5",
    "照相": "zhao4 xiang4",
    "相片": "xiang4 pian4",
    "互相帮助": "hu4 xiang1 bang1 zhu4",
    "不得了": "bu4 de2 liao3",
    "受不了": "shou4 bu4 liao3",
    "吃得了吗": "chi1 de5 liao3 ma5",
    "走了": "zou3 le5",
    "你得努力": "ni2 dei3 nu3 li4",
    "唱得好": "chang4 de5 hao3",
    "得了冠军": "de2 le5 guan4 jun1",
    "慢慢地走": "man4 man4 de5 zou3",
    "高兴地说": "gao1 xing4 de5 shuo1",
    "地上": "di4 shang5",
    "目的": "mu4 di4",
    "睡着了": "shui4 zhao2 le5",
    "坐着": "zuo4 zhe5",
    "着火": "zhao2 huo3",
    "还钱": "huan2 qian2",
    "还有": "hai2 you3",
    "他还在家": "ta1 hai2 zai4 jia1",
    "什么时候还": "shen2 me5 shi2 hou5 huan2",
    "重复": "chong2 fu4",
    "太重了": "tai4 zhong4 le5",
    "重来一遍": "chong2 lai2 yi2 bian4",
    "音乐": "yin1 yue4",
    "快乐": "kuai4 le4",
    "首都": "shou3 du1",
    "都来了": "dou1 lai2 le5",
    "为了你": "wei4 le5 ni3",
    "认为": "ren4 wei2",
    "爱好": "ai4 hao4",
    "好人": "hao3 ren2",
    "头发": "tou2 fa5",
    "出发": "chu1 fa1",
    "晾干了": "liang4 gan1 le5",
    "干活": "gan4 huo2",
    "中间": "zhong1 jian1",
    "猜中了": "cai1 zhong4 le5",
    "种菜": "zhong4 cai4",
    "这种菜": "zhe4 zhong3 cai4",
    "当老师": "dang1 lao3 shi1",
    "上当了": "shang4 dang4 le5",
    "部分": "bu4 fen5",
    "分开": "fen1 kai1",
    "没空": "mei2 kong4",
    "空气": "kong1 qi4",
    "我教你": "wo3 jiao1 ni3",
    "教室": "jiao4 shi4",
    "睡觉": "shui4 jiao4",
    "觉得": "jue2 de5",
    "主角": "zhu3 jue2",
    "角落": "jiao3 luo4",
    "调高一点": "tiao2 gao1 yi4 dian3",
    "调查": "diao4 cha2",
    "转身": "zhuan3 shen1",
    "转圈": "zhuan4 quan1",
    "自传": "zi4 zhuan4",
    "传说": "chuan2 shuo1",
    "请假": "qing3 jia4",
    "真假": "zhen1 jia3",
    "投降": "tou2 xiang2",
    "降价": "jiang4 jia4",
    "结实": "jie1 shi5",
    "试卷": "shi4 juan4",
    "看门": "kan1 men2",
    "难民": "nan4 min2",
    "切菜": "qie1 cai4",
    "一切": "yi2 qie4",
    "少年": "shao4 nian2",
    "宿舍": "su4 she4",
    "盛饭": "cheng2 fan4",
    "似的": "shi4 de5",
    "提防": "di1 fang5",
    "系鞋带": "ji4 xie2 dai4",
    "血液": "xue4 ye4",
    "反应": "fan3 ying4",
    "三只鸟": "san1 zhi1 niao3",
    "朝阳升起": "zhao1 yang2 sheng1 qi3",
    "西藏": "xi1 zang4",
    "处理": "chu2 li3",
    "重担": "zhong4 dan4",
    "可恶": "ke3 wu4",
    "冠军": "guan4 jun1",
    "会计": "kuai4 ji4",
    "几乎": "ji1 hu1",
    "尽管": "jin2 guan3",
    "据说": "ju4 shuo1",
    "积累": "ji1 lei3",
    "沉没": "chen2 mo4",
    "模样": "mu2 yang4",
    "宁可": "ning4 ke3",
    "撒谎": "sa1 huang3",
    "堵塞": "du3 se4",
    "扇风": "shan1 feng1",
    "反省": "fan2 xing3",
    "校对": "jiao4 dui4",
    "兴奋": "xing1 fen4",
    "要求": "yao1 qiu2",
    "参与": "can1 yu4",
    "记载": "ji4 zai3",
    "投奔": "tou2 ben4",
    "薄弱": "bo2 ruo4",
    "出差": "chu1 chai1",
    "对称": "dui4 chen4",
    "数了数": "shu3 le5 shu3",
    "量了量": "liang2 le5 liang2",
    "出去转一转": "chu1 qu4 zhuan4 yi5 zhuan4",
    "没猜中答案": "mei2 cai1 zhong4 da2 an4",
    "看中国电影": "kan4 zhong1 guo2 dian4 ying3",
    "头发长了": "tou2 fa5 chang2 le5",
    "长了一个包": "zhang3 le5 yi2 ge4 bao1",
    "毛巾还没干": "mao2 jin1 hai2 mei2 gan1",
    "作业得写完": "zuo4 ye4 dei2 xie3 wan2",
    "轻轻地说": "qing1 qing1 de5 shuo1",
    "组长": "zu2 zhang3",
    "长裙": "chang2 qun2",
    "密切合作": "mi4 qie4 he2 zuo4",
    "单调": "dan1 diao4",
    "还了我十块钱": "huan2 le5 wo3 shi2 kuai4 qian2",
    "帮得了你": "bang1 de5 liao2 ni3",
    "怎么得了": "zen3 me5 de2 liao3",
    "一天量三次": "yi4 tian1 liang2 san1 ci4",
    "教教我": "jiao1 jiao1 wo3",
    "照一张相": "zhao4 yi4 zhang1 xiang4",
    "把孩子背上楼": "ba3 hai2 zi5 bei1 shang4 lou2",
    "尽最大努力": "jin4 zui4 da4 nu3 li4",
    "温差大": "wen1 cha1 da4",
    "穿着讲究": "chuan1 zhuo2 jiang3 jiu5",
}
TRADITIONAL = {
    "銀行": "yin2 hang2",
    "音樂會": "yin1 yue4 hui4",
    "睡覺": "shui4 jiao4",
    "還錢": "huan2 qian2",
    "重慶": "chong2 qing4",
    "幾乎": "ji1 hu1",
    "乾淨": "gan1 jing5",
    "乾隆皇帝": "qian2 long2 huang2 di4",
    "一點兒": "yi4 dian3 r5",
    "頭髮很長": "tou2 fa5 hen3 chang2",
    "發現": "fa1 xian4",
    "計程車": "ji4 cheng2 che1",
    "軟體": "ruan2 ti3",
    "看著書": "kan4 zhe5 shu1",
    "不一樣": "bu4 yi2 yang4",
    "關係": "guan1 xi5",
    "衣服乾了": "yi1 fu5 gan1 le5",
    "他很能幹": "ta1 hen3 neng2 gan4",
    "一隻手": "yi4 zhi1 shou3",
    "白髮老人": "bai2 fa4 lao3 ren2",
    "繫鞋帶": "ji4 xie2 dai4",
    "戰鬥": "zhan4 dou4",
}
FIGURES = {
    "2口人": "liang2 kou3 ren2",
    "第2天": "di4 er4 tian1",
    "拨打119": "bo1 da3 yao1 yao1 jiu3",
    "验证码1102": "yan4 zheng4 ma3 yao1 yao1 ling2 er4",
    "5-7天": "wu3 dao4 qi1 tian1",
    "-3度": "ling2 xia4 san1 du4",
    "2011年1月": "er4 ling2 yi1 yi1 nian2 yi1 yue4",
    "1个": "yi2 ge4",
    "11个": "shi2 yi1 ge4",
    "8:11": "ba1 dian3 shi2 yi1 fen1",
    "1/3": "san1 fen1 zhi1 yi1",
    "21%": "bai3 fen1 zhi1 er4 shi2 yi1",
}
LETTERS = {
    "AI和IT行业": "AI he2 IT hang2 ye4",
    "US和UK参加": "US he2 UK can1 jia1",
    "GDP增长": "GDP zeng1 zhang3",
    "WTO成员": "WTO cheng2 yuan2",
    "打开APP": "da3 kai1 APP",
    "公司CEO": "gong1 si1 CEO",
    "做PPT": "zuo4 PPT",
    "去KTV唱歌": "qu4 KTV chang4 ge1",
    "白T恤": "bai2 T xu4",
    "X光": "X guang1",
    "A股": "A gu3",
    "LED灯": "LED deng1",
    "WHO说": "WHO shuo1",
    "U盘": "U pan2",
}


def said(text: str) -> list[str]:
    """The phones of a text, with marks, without pauses."""
    return [
        phone.symbol + phone.mark
        for utterance in phonemes.phonemise(text)
        for phone in utterance.phones
        if phone.symbol not in (EDGE, *PAUSES)
    ]


def phones(pinyin: str) -> list[str]:
    """The phones of syllables, and of capitals by their letters."""
    found: list[str] = []
    for token in pinyin.split():
        if token.isupper():
            found += [s + ("en" + m if m else "") for s, m in english.spell(token)]
        else:
            found += [s + ("zh" + m if m else "") for s, m in mandarin(token)]
    return found


@pytest.mark.parametrize(("text", "pinyin"), [*ONE_AND_NOT.items(), *THIRD_TONES.items(), *POLYPHONES.items()])
def test_syllables(text: str, pinyin: str) -> None:
    assert " ".join(syllables(text)) == pinyin
    assert said(text) == phones(pinyin)


@pytest.mark.parametrize(("text", "pinyin"), [*TRADITIONAL.items(), *FIGURES.items(), *LETTERS.items()])
def test_text(text: str, pinyin: str) -> None:
    assert said(f"好。{text}。")[len(phones("hao3")) :] == phones(pinyin)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("銀行裡有2個人。", "銀行裡有兩個人."),
        ("頭髮發現了", "頭髮發現了"),
        ("電話138 0013 8000", "電話幺三八, 零零幺三, 八零零零"),
        ("后天和皇后", "后天和皇后"),
        ("他看著著名的軟體，3點鐘來。", "他看著著名的軟體, 三點鐘來."),
    ],
)
def test_a_text_keeps_its_own_characters(text: str, shown: str) -> None:
    assert normalise(text).text == shown


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("昨天晚上我和几个老朋友一起去\n公园散步，很开心。", "昨天晚上我和几个老朋友一起去公园散步，很开心。"),
        ("春天来了，\n花开了。", "春天来了，花开了。"),
        ("这家公司去年的收入增长了百分之\n二十。", "这家公司去年的收入增长了百分之二十。"),
        ("我们在会议上讨论了三个重要\r\n的问题。", "我们在会议上讨论了三个重要的问题。"),
    ],
)
def test_no_stop_where_a_line_breaks_in_mid_sentence(lines: str, text: str) -> None:
    assert [u.text for u in phonemes.phonemise(lines)] == [u.text for u in phonemes.phonemise(text)]
