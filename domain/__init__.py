"""What the bank means by its words: pure rules and frozen values, no I/O, no clock, no randomness."""
