"""Start the demo: ``python app.py``, then open the address that it prints; ``--help`` lists the options."""

import os
import sys

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

if os.environ.get("SPACES_ZERO_GPU"):  # a Space that lends its GPU call by call
    import spaces  # before PyTorch, which it changes

    os.environ.setdefault("GENAI_DEVICE", "cpu")  # outside of such a call there is no card, though PyTorch sees one

    @spaces.GPU
    def on_the_card() -> None:
        """Never called: such a Space ends at once where nothing asks for its GPU (docs/deploy.md)."""


from genai_demo.ui.start import main  # the settings above must come first

if __name__ == "__main__":
    sys.exit(main())
