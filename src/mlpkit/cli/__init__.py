"""The command line: parse, import the stage, call it, print."""
