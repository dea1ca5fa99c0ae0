"""Home Assistant both ways: the hub's devices shown there, and what it exposes to voice assistants brought here."""
