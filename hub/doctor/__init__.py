"""`jipsa doctor`: looks at everything that Jipsa needs, all at a time, and says what to do where something is wrong."""
