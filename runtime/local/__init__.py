"""Real servers and our own processes on one machine: found, started, watched, stopped."""
