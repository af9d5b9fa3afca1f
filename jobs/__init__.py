"""Everything that runs by itself: the writer, the reconciler, due things, retention."""
