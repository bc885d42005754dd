"""Errors of what lies below the rooms: notes, sounds, networks, devices; rarely seen, never in the wrong language."""

INTERNAL_ERRORS: tuple[tuple[str, str], ...] = (
    # notes
    ("The piece has {0} bars, and {1} are the most.", "乐曲有 {0} 小节，最多 {1} 小节。"),
    ("Bars of {0} are too long.", "拍号 {0} 的小节太长。"),
    ("The tokens do not begin with the head of a piece.", "词元序列的开头不是乐曲的开头。"),
    ("A note starts or ends beside the grid; place it on the grid first.", "有音符不在网格上，请先对齐到网格。"),
    ("The first bar does not begin with a bar.", "第一小节没有小节标记。"),
    ("The piece has no notes.", "乐曲中没有音符。"),
    (
        "The tonic must be a pitch class from 0 to 11, and the tempo from 20 to 400.",
        "主音须为 0 到 11 的音级，速度须为 20 到 400。",
    ),
    (
        "A piece has one melody, or soprano, alto, tenor and bass.",
        "一首乐曲要么有一条旋律，要么有女高音、女低音、男高音和男低音四个声部。",
    ),
    ("A pitch is no MIDI number from 0 to 127.", "有音高不是 0 到 127 的 MIDI 编号。"),
    ("Notes of the voice {0} overlap or have no length.", "声部 {0} 的音符重叠或没有长度。"),
    ("This is no piece of a music pack: {0} is missing or wrong.", "这不是音乐数据包中的乐曲：{0} 缺失或有误。"),
    # sounds
    (
        "{0} is no pinyin syllable with a tone from 1 to 5, such as 'hao3'.",
        "{0} 不是带 1 到 5 声调的拼音音节（例如 'hao3'）。",
    ),
    ("{0} is no syllable of Mandarin.", "{0} 不是普通话音节。"),
    (
        "A spectrogram has {0} bands by frames; this is of shape {1}.",
        "声谱图应为 {0} 个频带乘以帧数，而这里的形状为 {1}。",
    ),
    ("This spectrogram holds values that are no numbers.", "声谱图中含有不是数的值。"),
    ("A spectrogram needs two frames or more.", "声谱图至少需要两帧。"),
    # networks and devices
    ("{0} Use --device cpu, or GENAI_DEVICE=cpu.", "{0}请使用 --device cpu 或 GENAI_DEVICE=cpu。"),
    ("{0} is no device. Use 'cpu', 'cuda' or 'cuda:1'.", "{0} 不是设备，请使用 'cpu'、'cuda' 或 'cuda:1'。"),
    ("The model sees {0} tokens at once, not {1}.", "模型一次只能看 {0} 个词元，而不是 {1} 个。"),
    ("Give four widths to each network of the finder.", "请为人脸定位器的每个网络给出四个宽度。"),
    ("The sides of the finder's views must be multiples of 16.", "人脸定位器视图的边长须为 16 的倍数。"),
    (
        "Give the cutout network four widths; all of its widths must be multiples of 4.",
        "请为抠图网络给出四个宽度，且都须为 4 的倍数。",
    ),
    ("The cutout network's view must be a multiple of {0}.", "抠图网络的视图边长须为 {0} 的倍数。"),
    ("Give the blemish network four widths and four depths.", "请为瑕疵网络给出四个宽度和四个深度。"),
    # files
    (
        "This file is no readable PNG with a recipe. Choose one that was downloaded here.",
        "这不是带配方的可读 PNG 文件，请选择在此下载的文件。",
    ),
    (
        "This PNG carries no recipe. Choose one that was downloaded here.",
        "该 PNG 不含配方，请选择在此下载的文件。",
    ),
    ("The file {0} is damaged. Fetch it again.", "文件 {0} 已损坏，请重新获取。"),
)
"""As ``errors.SENTENCES``."""
