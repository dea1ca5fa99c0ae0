"""LG ThinQ appliances, through the official ThinQ Connect API."""
