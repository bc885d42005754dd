"""The page and its configuration, compressed: two megabytes of JSON that become a sixth.

Gradio compresses what has an extension in its address; these have none.
"""

from typing import Any

from starlette.middleware.gzip import GZipMiddleware

from genai_demo.ui.guards import COSTLY

LEVEL = 5
"""Of zlib. Above it the page takes longer to compress than it saves on a fast line."""


class Compressed:
    """ASGI middleware: gzip for those addresses alone. Streams, pictures and sounds pass as they are."""

    def __init__(self, app: Any):
        self.app, self.gzip = app, GZipMiddleware(app, compresslevel=LEVEL)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer a request, compressed where it is one of those and the browser takes it."""
        small = scope["type"] == "http" and COSTLY.fullmatch(scope["path"])
        await (self.gzip if small else self.app)(scope, receive, send)
