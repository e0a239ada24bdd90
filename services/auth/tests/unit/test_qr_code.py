"""The drawn code, read as a camera would."""

import re

import pytest
import zxingcpp
from vitrina_auth.adapters.qr_code import qr_code
from vitrina_auth.use_cases.ports import QrCode

PIXELS = 4
"""Of a module: a reader wants to see edges."""
LONGEST = f"otpauth://totp/Vitrina:{'n' * 63}?secret={'A7' * 16}&issuer=Vitrina"


def read(code: QrCode) -> str:
    width = code.size * PIXELS
    image = bytearray(b"\xff" * width**2)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path):
        for row in range(int(y) * PIXELS, (int(y) + 1) * PIXELS):
            begin = row * width + int(x) * PIXELS
            image[begin : begin + int(length) * PIXELS] = bytes(int(length) * PIXELS)
    found = zxingcpp.read_barcode(memoryview(image).cast("B", (width, width)))
    assert found is not None
    return found.text


@pytest.mark.parametrize("text", ["otpauth://totp/Vitrina:vera?secret=ABC&issuer=Vitrina", LONGEST])
def test_a_reader_sees_the_text_in_the_drawn_path(text: str) -> None:
    assert read(qr_code(text)) == text
