"""Speed and memory, each against a named peer or a limit, measured in one run. Prints tables; asserts nothing."""
