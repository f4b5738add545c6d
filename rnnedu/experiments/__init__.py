"""Experiments behind the widgets and lessons: each runs without a notebook, and draws nothing."""
