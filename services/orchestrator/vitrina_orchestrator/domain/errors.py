"""What can go wrong, in words that a person may read in an exporter's status; none of them ever holds a secret."""


class OrchestratorError(Exception):
    """Its text is the reason that people see."""


class RegistryUnreadError(OrchestratorError):
    """The desired state could not be read: nothing may be stopped, replaced or removed because of that."""


class InstanceBusyError(OrchestratorError):
    """Somebody else works on this instance right now, or runs it: look again soon."""


class StartRefusedError(OrchestratorError):
    """The instance cannot be started; if it was to replace another one, the runtime says whether that one is left."""


class NoInstanceError(OrchestratorError):
    """The runtime has no instance of this exporter."""


class FolderTakenError(OrchestratorError):
    """Another installation keeps its exporters there: each would remove what the other one runs."""


class ContainerRefusedError(StartRefusedError):
    """The policy does not allow such a container, whoever asks for it."""


class EngineUnreachableError(OrchestratorError):
    """The container engine does not answer, or not yet as one that can be believed."""


class ChecksBusyError(OrchestratorError):
    """As many sources are being tried as may be at a time."""


class CheckUnavailableError(OrchestratorError):
    """Sources of this type cannot be tried from here."""


class MonitoringError(OrchestratorError):
    """Prometheus does not answer, or not as it should."""
