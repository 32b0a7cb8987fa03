"""From a mixture to stems: the networks run in time chunks, the Wiener filter, and the separator over both."""
