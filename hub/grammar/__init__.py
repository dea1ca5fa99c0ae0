"""The grammar: lexicon, frames and the names of one home, as one automaton for text and for speech."""
