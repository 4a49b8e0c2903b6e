"""The api's routes, one file per concern."""
