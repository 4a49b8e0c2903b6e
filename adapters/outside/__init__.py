"""Other MCP servers, by configuration: found, watched and called, each apart from the others."""
