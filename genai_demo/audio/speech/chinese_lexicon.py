"""Words whose reading in speech differs from that of the dictionary, or that it lacks."""

import re

_NEUTRAL = (
    "爸爸 妈妈 爷爷 奶奶 哥哥 姐姐 弟弟 妹妹 叔叔 伯伯 舅舅 姑姑 公公 婆婆 太太 宝宝 娃娃 星星 猩猩 谢谢 "
    "先生 朋友 学生 老婆 丈夫 亲戚 姑娘 媳妇 女婿 大夫 师傅 护士 客人 主人 老爷 少爷 上司 和尚 狐狸 骆驼 蛤蟆 刺猬 "
    "东西 衣服 裤子 头发 眼睛 鼻子 耳朵 嘴巴 舌头 下巴 脖子 胳膊 指甲 指头 骨头 膝盖 屁股 石头 木头 馒头 枕头 锄头 "
    "葡萄 豆腐 萝卜 核桃 石榴 玫瑰 柴火 蘑菇 棉花 高粱 点心 包袱 铺盖 被子 窗户 钥匙 剪刀 灯笼 喇叭 风筝 扫帚 "
    "故事 消息 事情 意思 关系 生意 买卖 名字 名堂 主意 道理 本事 力气 脾气 福气 运气 客气 和气 阔气 小气 秀气 热闹 "
    "漂亮 干净 舒服 聪明 明白 清楚 糊涂 老实 规矩 厉害 麻烦 便宜 暖和 凉快 新鲜 结实 实在 厚道 地道 利索 马虎 "
    "认识 知道 告诉 喜欢 觉得 记得 晓得 懂得 值得 舍得 打听 打扮 打算 招呼 商量 收拾 休息 咳嗽 喷嚏 吩咐 嘱咐 答应 "
    "照顾 佩服 应酬 折腾 琢磨 耽误 耽搁 糟蹋 溜达 哆嗦 嘀咕 唠叨 张罗 将就 凑合 包涵 稀罕 心疼 抬举 埋怨 "
    "行李 月亮 云彩 天气 时候 早上 晚上 晌午 地方 屋里 家里 里头 外头 上头 下头 后头 前头 里边 外边 "
    "这个 那个 哪个 这么 那么 怎么 什么 多么 我们 你们 他们 她们 它们 咱们 人们 味道 动静 功夫 工夫 学问 "
    "差事 官司 笑话 闺女 队伍 街坊 邻居 亲家 冤枉 委屈 精神 困难 苗条 打发 对付 伺候 相声 帐篷 交情 状元 使唤 "
    "讲究 力量 部分 提防 地上 对不起 了不起 看不起 来不及 差不多 怪不得 为什么"
)
NEUTRAL = frozenset(_NEUTRAL.split())
"""Words whose last syllable is spoken without its tone, where dictionaries agree."""
_READ = """
了不起 liao3bu5qi3, 对不起 dui4bu5qi3, 看不起 kan4bu5qi3, 来不及 lai2bu5ji2, 差不多 cha4bu5duo1,
怪不得 guai4bu5de5, 为什么 wei4shen2me5, 大夫 dai4fu5, 朝阳 chao2yang2, 还是 hai2shi4, 会计 kuai4ji4,
不得了 bu4de2liao3, 多长 duo1chang2, 得不到 de2bu5dao4, 没得 mei2de2, 相片 xiang4pian4, 下载 xia4zai4,
加载 jia1zai4, 落下 luo4xia4, 一箭中的 yi2jian4zhong4di4, 唱曲 chang4qu3, 蒙古 meng3gu3, 内蒙古 nei4meng3gu3,
蒙古族 meng3gu3zu2, 恶心 e3xin1, 薄膜 bo2mo2, 抽血 chou1xie3, 怎么得了 zen3me5de2liao3,
时差 shi2cha1,
温差 wen1cha1, 色差 se4cha1, 炸鸡 zha2ji1, 华山 hua4shan1, 重阳 chong2yang2,
尽头 jin4tou2, 的士 di1shi4, 打的 da3di1, 答应 da1ying5, 一行人 yi4xing2ren2, 和面 huo4mian4, 宿舍 su4she4,
行人 xing2ren2, 重写 chong2xie3, 重读 chong2du2, 重做 chong2zuo4, 数数 shu3shu4, 还钱 huan2qian2,
还款 huan2kuan3, 还书 huan2shu1, 还债 huan2zhai4, 还清 huan2qing1, 下行 xia4xing2, 上行 shang4xing2,
同行 tong2xing2, 种地 zhong4di4, 种田 zhong4tian2, 种花 zhong4hua1, 种树 zhong4shu4, 好学 hao4xue2,
曝光 bao4guang1, 薄荷 bo4he5, 压轴 ya1zhou4, 星宿 xing1xiu4, 心宽体胖 xin1kuan1ti3pan2, 量力 liang4li4,
单行 dan1xing2, 空地 kong4di4, 划船 hua2chuan2, 关卡 guan1qia3, 卡壳 ka3ke2, 露馅 lou4xian4, 说服 shuo1fu2,
粳米 jing1mi3, 呆板 dai1ban3, 一会儿 yi2hui4r5, 这会儿 zhe4hui4r5, 献血 xian4xue4,
晃来晃去 huang4lai2huang4qu4, 嗯 en4
"""
READ = {
    word: tuple(re.findall(r"[a-z]+\d", pinyin))
    for word, pinyin in (w.split(" ") for w in _READ.replace(",\n", ", ").strip().split(", "))
}
"""Words and their syllables as they are said."""

_ER = "儿子 女儿 儿童 儿女 儿孙 儿媳 儿科 儿歌 儿戏 婴儿 幼儿 孤儿 少儿 胎儿 健儿 男儿 小儿 宠儿 弃儿 育儿 混血儿"
FULL_ER = frozenset(_ER.split())
"""Words in which 儿 is a syllable of its own."""
_TRADITIONAL = """
乾 gan1, 幹 gan4, 隻 zhi1, 祇 zhi3, 髮 fa4, 發 fa1, 繫 ji4, 捲 juan3, 臟 zang4, 髒 zang1, 鬥 dou4, 籲 yu4,
瞭 liao3, 徵 zheng1, 纖 xian1, 鬱 yu4, 颳 gua1, 鹹 xian2, 築 zhu4, 穀 gu3, 蔔 bo5, 崑 kun1, 鍊 lian4,
鬆 song1, 彆 bie4, 闆 ban3, 濛 meng2, 矇 meng1
"""
TRADITIONAL = dict(pair.split(" ") for pair in _TRADITIONAL.replace(",\n", ", ").strip().split(", "))
"""Traditional characters with one reading, whose simplified form has several."""
