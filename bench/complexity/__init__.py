"""The complexity classifier's sentences: `train.txt` to learn from, `held_out.txt` to judge by; `+` is complex."""
