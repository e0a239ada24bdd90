"""Whether a service is ready: `python -IS health.py PORT PATH` ends with 0 for the answer 200. Starts in no time."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=3) as connection:
    connection.sendall(f"GET {sys.argv[2]} HTTP/1.0\r\n\r\n".encode())
    sys.exit(0 if connection.recv(64).split()[1:2] == [b"200"] else 1)
