"""Stories told on the running bank, and verified in its books."""
