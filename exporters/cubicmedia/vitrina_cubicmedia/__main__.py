"""The exporter's process."""

from vitrina_sdk import run

from vitrina_cubicmedia.platform import CubicMedia

if __name__ == "__main__":
    run(CubicMedia())
