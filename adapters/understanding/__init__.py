"""What was said, turned into what is meant, in-process and within a couple of milliseconds."""
