"""Devices that are on the broker already: found by their Home Assistant discovery messages."""
