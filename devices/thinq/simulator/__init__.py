"""A ThinQ Connect cloud with appliances, which LG's own SDK talks to; nothing in it knows the bridge."""
