"""The content policy: which prompts are not taken up and which written texts stop, and why.

``normalise`` undoes disguises, ``words`` looks for listed words and patterns, ``model`` is a small classifier of
ours for what no list foresees, ``check`` joins them and is the only door that others use. ``examples``, ``train``
and ``evaluate`` make and measure the classifier. What is looked for lies in sealed files (``sealed``), so that
nobody meets slurs who only reads the code.
"""
