"""Lights, relays and buttons on the pins of a Raspberry Pi."""
