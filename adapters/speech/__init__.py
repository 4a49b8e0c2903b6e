"""Sound in, words out, and back: everything here works on 16-bit mono PCM and needs no network."""
