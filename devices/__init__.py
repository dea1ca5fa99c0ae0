"""The bridges: whoever owns devices and carries intents out."""
