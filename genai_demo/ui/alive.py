"""Is the app of this machine there? ``python -m genai_demo.ui.alive``: status 0 where it answers, 1 where it does not.

For the health check of a container. It asks the port of GRADIO_SERVER_PORT by the first name of GENAI_HOSTS.
"""

import sys
import urllib.request

from genai_demo.core import environment
from genai_demo.ui.start import FIRST_PORT

PATIENCE = 8
"""Seconds; a busy app takes a while to write its configuration."""


def alive() -> bool:
    """Whether the page's configuration comes."""
    port = environment.value("GRADIO_SERVER_PORT") or FIRST_PORT
    names = environment.hosts()
    headers = {"Host": names[0]} if names else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/config", headers=headers)
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.status == 200
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if alive() else 1)
