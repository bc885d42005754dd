"""Start the demo: ``python app.py``, then open the address that it prints; ``--help`` lists the options."""

import os
import sys

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

from genai_demo.ui.start import main  # the settings above must come first

if __name__ == "__main__":
    sys.exit(main())
