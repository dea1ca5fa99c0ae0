"""Ears and mouth of one room: sound in, utterances out."""
