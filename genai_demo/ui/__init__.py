"""The interface: one file a tab, joined in ``app``. The only place that imports Gradio."""
