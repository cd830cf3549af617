"""Words in English, French, Arabic and Arabic in Latin letters: what they mean, and what is wished for with them."""
