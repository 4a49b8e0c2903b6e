"""Many payments while everything dies: `make chaos`. What it is and what it proves: docs/adr/0030."""
