"""The picture of a captcha: drawn in the terminal if it can show it, opened in a viewer otherwise."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from PIL import Image, UnidentifiedImageError

from createaccount import image_type
from createaccount.cli.words import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from createaccount.cli.screen import Screen

MAX_PIXELS = 2**22  # a small file can be a huge picture
NARROWEST = 60  # columns that letters drawn with half blocks need to be legible


@contextmanager
def shown(screen: Screen, data: bytes) -> Iterator[None]:
    """Show a picture while the person is asked about it."""
    if draw(screen, data):
        yield
        return
    suffix = (image_type(data) or "").replace("image/", ".")
    with tempfile.TemporaryDirectory(prefix="captcha-") as folder:  # which nobody else can read
        file = Path(folder, f"captcha{suffix}")
        file.write_bytes(data)
        if has_desktop():
            click.launch(str(file))
        screen.line(_("The letters are in this picture:"))
        screen.whole(str(file))
        yield


def draw(screen: Screen, data: bytes) -> bool:
    """Draw a picture in the terminal, if that can show it."""
    if not screen.console.is_terminal:
        return False
    # Imported late, because importing it queries the terminal's capabilities
    from textual_image.renderable import HalfcellImage, SixelImage, TGPImage  # noqa: PLC0415
    from textual_image.renderable import Image as Best  # noqa: PLC0415

    try:
        with Image.open(io.BytesIO(data)) as file:
            if file.width * file.height > MAX_PIXELS:
                return False
            picture = file.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return False
    if Best in {SixelImage, TGPImage}:
        screen.console.print(Best(picture))
        return True
    if screen.console.color_system is None or screen.console.width < NARROWEST or has_desktop():
        return False
    screen.console.print(HalfcellImage(picture, width=min(screen.console.width, picture.width)))
    return True


def has_desktop() -> bool:
    """Tell whether a viewer could open a window."""
    return sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
