// Messages in the corner: in the page's language, each of them once. What our functions say comes translated; titles
// and what Gradio says by itself does not.
(() => {
  const zh = navigator.language.startsWith("zh");
  const titles = { Error: "出错了", Warning: "提醒", Info: "提示", Success: "完成" };
  const sentences = [
    [/^File\(s\) exceed the maximum allowed size of (.+?): (.+)$/, "文件超过了允许的最大大小 $1：$2"],
    [/^Invalid file types?: (.+)\. Only (.+) allowed\.$/, "不支持这种文件：$1。只接受 $2。"],
    [/^Connection to the server was lost\. Attempting reconnection\.\.\.$/, "与服务器的连接中断，正在重新连接……"],
    [/^Upload failed$/, "上传失败。"],
    [/^An error occurred\.$/, "出错了。"],
  ];

  function translate(toast) {
    const title = toast.querySelector(".toast-title")?.firstChild;
    const chinese = title && titles[title.data?.trim()];
    if (chinese) title.data = chinese + " ";
    for (const said of toast.querySelectorAll("[data-testid=toast-text]")) {
      for (const [pattern, words] of sentences) {
        if (pattern.test(said.textContent)) said.textContent = said.textContent.replace(pattern, words);
      }
    }
  }

  /** Of messages that say the same the newest stays. */
  function once(toast) {
    const seen = new Set();
    for (const item of [...toast.querySelectorAll(".toast-message-item")].reverse()) {
      const again = seen.has(item.textContent);
      seen.add(item.textContent);
      item.hidden = again;
      const line = item.nextElementSibling;
      if (line?.matches(".toast-separator")) line.hidden = again;
    }
  }

  new MutationObserver(() => {
    for (const toast of document.querySelectorAll("[data-testid=toast-body]")) {
      if (zh) translate(toast);
      once(toast);
    }
  }).observe(document, { childList: true, subtree: true });
})();
