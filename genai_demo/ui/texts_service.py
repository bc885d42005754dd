"""Sentences of the service around the page, English and Chinese; {0}, {1} ... as in ``errors.SENTENCES``."""

NOT_FITTING = "These values do not fit what is asked for here. Load the page again, or see how the API describes them."
FOREIGN_FILE = "This file was not uploaded here, or is no longer kept. Upload it again."
DISK_FULL = "The disk of this machine is full, so nothing can be kept. Try again later."
OUT_OF_MEMORY = "There is not enough memory for this just now. Try something smaller, or again later."
SOMETHING_WRONG = "Something went wrong here; it is noted in the log. Try again, or with other settings."

SERVICE_ERRORS: tuple[tuple[str, str], ...] = (
    (NOT_FITTING, "这些值与此处要求的不符。请刷新页面，或查看 API 的说明。"),
    (FOREIGN_FILE, "该文件不是在此上传的，或已不再保存，请重新上传。"),
    (DISK_FULL, "本机磁盘已满，无法保存任何内容，请稍后再试。"),
    (OUT_OF_MEMORY, "目前内存不足，请缩小规模，或稍后再试。"),
    (SOMETHING_WRONG, "这里出了问题，已记入日志。请重试，或更换设置。"),
    ("This is none of the choices. Choose one of {0}.", "没有这个选项，可选：{0}。"),
    ("This is none of the choices.", "没有这个选项。"),
    ("Queue full, try again in {0} s.", "排队已满，请在 {0} 秒后重试。"),
    ("Too many requests at once, try again in {0} s.", "请求过于频繁，请在 {0} 秒后重试。"),
    ("Too many pages are open from here. Close some of them.", "同时打开的页面过多，请关闭一些。"),
    ("{0} of your requests are waiting already. Let them finish first.", "你已有 {0} 个请求在排队，请等它们完成。"),
    ("This request is larger than {0} MB.", "该请求超过 {0} MB。"),
    ("This request took longer than {0} s to arrive. Send it again.", "该请求超过 {0} 秒仍未传完，请重新发送。"),
    ("This request cannot be understood.", "无法理解该请求。"),
    ("There is nothing at this address.", "此地址没有内容。"),
    ("This app does not answer to that name. Use the address that it printed when it started.",
     "本应用不响应该主机名，请使用启动时显示的地址。"),
    ("Other sites may not send anything here.", "其他网站不得向此处发送内容。"),
    ("There is no tool {0}. Choose from {1}.", "没有名为 {0} 的工具，可选：{1}。"),
    ("The tool {0} has no {1}. Choose from {2}.", "工具 {0} 没有参数 {1}，可选：{2}。"),
    ("The tool {0} needs {1}.", "工具 {0} 需要参数 {1}。"),
    ("{0} must be a data: URL in base64, or the address of a file that came from here.",
     "“{0}”须为 base64 的 data: URL，或来自此处的文件的地址。"),
    ("{0} is not written in base64.", "“{0}”不是 base64 编码。"),
    ("{0} is larger than {1} MB.", "“{0}”超过 {1} MB。"),
)  # fmt: skip
