"""Language models: they put masked words into an intent, or an answer into words. They never choose the next step."""
