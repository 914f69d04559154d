"""Pictures that the demo's people upload: drawn, so that no file has to be kept."""

from io import BytesIO

from PIL import Image, ImageDraw


def picture(number: int) -> bytes:
    """Draw a sheet with a frame and a few lines: something a reviewer can open."""
    sheet = Image.new("RGB", (420, 300), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((20, 20, 400, 280), outline="black", width=3)
    for line in range(5):
        pen.line(
            (60, 80 + 40 * line, 360 - (number * 37 + line * 53) % 200, 80 + 40 * line), "gray", 4
        )
    target = BytesIO()
    sheet.save(target, "PNG")
    return target.getvalue()
