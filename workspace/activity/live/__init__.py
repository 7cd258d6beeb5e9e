"""The live stream: one hub per process reads what was committed, and tells every open page that asked for it."""
