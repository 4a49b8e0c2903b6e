"""Redis: a fast way for events. It may be lost at any time; Postgres has everything."""
