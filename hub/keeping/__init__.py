"""What a household wrote and what is kept of it: versions of its files, a backup, and putting one back."""
