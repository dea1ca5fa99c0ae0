"""What was measured in the home: taken in, kept small, and drawn as charts."""
