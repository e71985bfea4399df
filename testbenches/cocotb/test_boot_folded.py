"""The suite `boot` on a folded chip."""

from test_boot import decides, every_word, foreign, host_waits  # noqa: F401
