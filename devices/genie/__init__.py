"""The assistant: skills of the home that need no appliance."""
