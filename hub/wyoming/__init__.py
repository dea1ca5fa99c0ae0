"""Wyoming: Home Assistant's Assist on this hub, which hears, understands, answers and speaks for it.

The protocol is that of https://github.com/OHF-Voice/wyoming; what Home Assistant sends and expects is that of its
integration `wyoming` (read in 2025.4.4).
"""
