"""`make alert-routes` and `make alert-test`: the installation's own receivers, without a restart."""

from vitrina_embedded.alerting.applying import RunningRoutes
from vitrina_embedded.alerting.handed import ALERTING_FILE, Handed, render_handed
from vitrina_embedded.downloads import find_monitoring
from vitrina_embedded.home import Home, read_json, write_private
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import ALERTS_TOKEN
from vitrina_embedded.settings import Settings


def apply_alert_routes(settings: Settings) -> None:
    """Raises Refusal: nothing runs, or the file does not fit; what was in effect stays so."""
    delivery = settings.own_delivery()
    if delivery is None:
        raise Refusal("VITRINA_ALERT_ROUTES_FILE names no file: receivers and routes are set in the web UI.")
    running = _running(settings)
    home = Home(settings.home)
    gateway = f"{LOOPBACK}:{read_json(home.ports_file)['gateway_internal']}"
    receivers = settings.receivers(gateway, home.secrets / ALERTS_TOKEN)
    running.apply(receivers, delivery)
    write_private(home.run / ALERTING_FILE, render_handed(Handed(receivers, delivery)))
    print(f"In effect: {len(delivery.receivers)} receivers, {len(delivery.routes)} routes.")


def send_alert_test(settings: Settings) -> None:
    """Raises Refusal: nothing runs, or there is nobody to tell."""
    delivery = settings.own_delivery()
    names = [receiver.name for receiver in delivery.receivers] if delivery is not None else []
    if not names:
        raise Refusal("VITRINA_ALERT_ROUTES_FILE names no receiver: those of the web UI are tested there.")
    _running(settings).send_test(names)
    print(f"A test is on its way to {', '.join(names)}. What cannot be delivered is told in the log of Alertmanager.")


def _running(settings: Settings) -> RunningRoutes:
    home, monitoring = Home(settings.home), find_monitoring()
    port = read_json(home.ports_file).get("alertmanager")
    if monitoring is None or port is None or not home.ready_file.exists():
        raise Refusal("Vitrina does not run here: start it with `make up`, which reads the file of alert routes.")
    return RunningRoutes(home.run / "alertmanager.yml", f"http://{LOOPBACK}:{port}", monitoring.amtool)
