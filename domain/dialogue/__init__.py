"""How a conversation goes: pure decisions over a frozen state. The workflow performs them and decides nothing."""
