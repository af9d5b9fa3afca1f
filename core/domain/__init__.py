"""Pure, synchronous decisions over plain values; standard library only."""
