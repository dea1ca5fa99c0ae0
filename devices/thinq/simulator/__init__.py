"""A ThinQ Connect cloud with appliances, for whoever has none: LG's own SDK talks to it. It knows nothing of the bridge."""
