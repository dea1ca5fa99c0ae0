"""The butler: from an utterance to intents, to the bridges, to a reply in Korean."""
