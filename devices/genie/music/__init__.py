"""Music and radio, played by MPD (https://www.musicpd.org)."""
