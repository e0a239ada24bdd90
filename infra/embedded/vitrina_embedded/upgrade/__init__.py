"""From one release folder to another over the same VITRINA_HOME, and back by itself when that fails."""
