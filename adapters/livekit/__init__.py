"""LiveKit's server API and tokens."""
