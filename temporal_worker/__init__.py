"""The process that runs workflows and activities and relays the outbox. It listens for health alone."""
