"""The platforms of Home Assistant that a device can be shown by, and the entities for all that is left of it."""
