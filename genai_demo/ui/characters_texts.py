"""Texts in the public domain that the room "Transformer on your text" offers to learn."""

JABBERWOCKY = """'Twas brillig, and the slithy toves
Did gyre and gimble in the wabe:
All mimsy were the borogoves,
And the mome raths outgrabe.

"Beware the Jabberwock, my son!
The jaws that bite, the claws that catch!
Beware the Jubjub bird, and shun
The frumious Bandersnatch!"

He took his vorpal sword in hand;
Long time the manxome foe he sought-
So rested he by the Tumtum tree
And stood awhile in thought.

And, as in uffish thought he stood,
The Jabberwock, with eyes of flame,
Came whiffling through the tulgey wood,
And burbled as it came!

One, two! One, two! And through and through
The vorpal blade went snicker-snack!
He left it dead, and with its head
He went galumphing back.

"And hast thou slain the Jabberwock?
Come to my arms, my beamish boy!
O frabjous day! Callooh! Callay!"
He chortled in his joy."""
"""Lewis Carroll, 1871, without the last stanza: it repeats the first, and what is held out must be new."""

TANG = """床前明月光，疑是地上霜。举头望明月，低头思故乡。
春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。
白日依山尽，黄河入海流。欲穷千里目，更上一层楼。
红豆生南国，春来发几枝。愿君多采撷，此物最相思。
空山不见人，但闻人语响。返景入深林，复照青苔上。
千山鸟飞绝，万径人踪灭。孤舟蓑笠翁，独钓寒江雪。
松下问童子，言师采药去。只在此山中，云深不知处。
移舟泊烟渚，日暮客愁新。野旷天低树，江清月近人。
独坐幽篁里，弹琴复长啸。深林人不知，明月来相照。
君自故乡来，应知故乡事。来日绮窗前，寒梅著花未。
向晚意不适，驱车登古原。夕阳无限好，只是近黄昏。
绿蚁新醅酒，红泥小火炉。晚来天欲雪，能饮一杯无。
众鸟高飞尽，孤云独去闲。相看两不厌，只有敬亭山。
美人卷珠帘，深坐蹙蛾眉。但见泪痕湿，不知心恨谁。"""
"""Quatrains of the Tang dynasty."""

COUNTING = "\n".join(f"{a} plus {b} is {a + b}." for a in range(1, 13) for b in range(1, 13))
"""Sums: what is in the held-out lines can be worked out, not copied."""
