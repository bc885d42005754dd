"""Start the demo: ``python app.py``, then open the address that it prints."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

from genai_demo.ui.app import launch  # the settings above must come first

if __name__ == "__main__":
    launch()
