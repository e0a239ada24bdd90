"""Real Prometheus and Alertmanager for tests of alerts: started on free ports, killed and ended by their pid."""
