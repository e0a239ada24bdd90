"""PostgreSQL, encryption, files, name service and the orchestrator behind the ports of the use cases."""
