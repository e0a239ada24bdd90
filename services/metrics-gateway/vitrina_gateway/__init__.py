"""One list of devices, answered from memory."""
