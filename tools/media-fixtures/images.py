"""Still images in every flavour that the library promises to read, with the pixels Pillow gives for them.

Reference pixels are those of the checkpoint's own processor: `ImageOps.exif_transpose`, then
`convert("RGB")` (alpha dropped, not blended).
"""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT = 61, 43


def picture(width: int = WIDTH, height: int = HEIGHT, seed: int = 7) -> np.ndarray:
    """Noise beside gradients and hard edges, u8 [height, width, 4]: harsh on chroma upsampling."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    out = np.empty((height, width, 4), np.uint8)
    out[..., 0] = x * 255 // max(width - 1, 1)
    out[..., 1] = y * 255 // max(height - 1, 1)
    out[..., 2] = np.where((x // 5 + y // 5) % 2 == 0, 240, 15)
    out[..., 3] = (x + y) * 255 // max(width + height - 2, 1)
    noisy = rng.integers(0, 256, (height, width, 3), np.uint8)
    third = width // 3
    out[:, third : 2 * third, :3] = noisy[:, third : 2 * third]
    return out


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def orientation(value: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def interlaced(pixels: np.ndarray) -> bytes:
    """An Adam7 PNG of 8-bit RGB, which Pillow cannot write. `pixels`: u8 [height, width, 3]."""
    height, width = pixels.shape[:2]
    rows = b""
    for x, y, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        rows += b"".join(b"\0" + row.tobytes() for row in pixels[y::dy, x::dx])
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    body = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png16(samples: np.ndarray, colour_type: int) -> bytes:
    """A 16-bit PNG, which Pillow cannot write in colour. `samples`: u16 [height, width, channels]."""
    height, width = samples.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def bmp16(rgb: np.ndarray, masks: tuple[int, int, int] | None) -> bytes:
    """A 16-bit BMP: 5-5-5, or 5-6-5 with bit masks. Pillow writes neither."""
    height, width = rgb.shape[:2]
    r, g, b = (rgb[..., i].astype(np.uint16) for i in range(3))
    words = (r >> 3) << 11 | (g >> 2) << 5 | b >> 3 if masks else (r >> 3) << 10 | (g >> 3) << 5 | b >> 3
    stride = (width * 2 + 3) // 4 * 4
    rows = b"".join(row.astype("<u2").tobytes().ljust(stride, b"\0") for row in words[::-1])
    extra = struct.pack("<III", *masks) if masks else b""
    offset = 54 + len(extra)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 16, 3 if masks else 0, len(rows), 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + info + extra + rows


def jpegs() -> dict[str, bytes]:
    rgb = Image.fromarray(picture()[..., :3])
    files = {}
    for name, sampling in (("444", 0), ("422", 1), ("420", 2)):
        files[f"jpeg-{name}.jpg"] = encoded(rgb, "JPEG", quality=90, subsampling=sampling)
    files["jpeg-low.jpg"] = encoded(rgb, "JPEG", quality=12)
    files["jpeg-best.jpg"] = encoded(rgb, "JPEG", quality=100, subsampling=0)
    files["jpeg-progressive.jpg"] = encoded(rgb, "JPEG", quality=85, progressive=True)
    files["jpeg-restarts.jpg"] = encoded(rgb, "JPEG", quality=85, restart_marker_rows=1)
    files["jpeg-rgb.jpg"] = encoded(rgb, "JPEG", quality=90, keep_rgb=True)
    files["jpeg-gray.jpg"] = encoded(rgb.convert("L"), "JPEG", quality=90)
    cmyk = Image.fromarray(picture(seed=8), "CMYK")
    files["jpeg-cmyk.jpg"] = encoded(cmyk, "JPEG", quality=90, subsampling=0)
    files["jpeg-cmyk-420.jpg"] = encoded(cmyk, "JPEG", quality=90, subsampling=2)
    files["jpeg-cmyk-progressive.jpg"] = encoded(cmyk, "JPEG", quality=80, progressive=True)
    for value in range(1, 9):
        files[f"jpeg-exif-{value}.jpg"] = encoded(rgb, "JPEG", quality=90, exif=orientation(value))
    return files


def pngs() -> dict[str, bytes]:
    rgba = picture()
    rgb = Image.fromarray(rgba[..., :3])
    palette = rgb.quantize(200)
    few = rgb.quantize(16)
    files = {
        "png-rgb.png": encoded(rgb, "PNG"),
        "png-rgba.png": encoded(Image.fromarray(rgba), "PNG"),
        "png-gray.png": encoded(rgb.convert("L"), "PNG"),
        "png-gray-alpha.png": encoded(Image.fromarray(rgba).convert("LA"), "PNG"),
        "png-bilevel.png": encoded(rgb.convert("1"), "PNG"),
        "png-palette-8.png": encoded(palette, "PNG"),
        "png-palette-4.png": encoded(few, "PNG", bits=4),
        "png-palette-2.png": encoded(rgb.quantize(4), "PNG", bits=2),
        "png-palette-1.png": encoded(rgb.quantize(2), "PNG", bits=1),
        "png-palette-alpha.png": encoded(palette, "PNG", transparency=bytes(range(200))),
        "png-gray-transparent.png": encoded(rgb.convert("L"), "PNG", transparency=100),
        "png-rgb-transparent.png": encoded(rgb, "PNG", transparency=(0, 0, 240)),
    }
    for bits in (2, 4):
        levels = rgb.convert("L").point(lambda v, bits=bits: v >> (8 - bits))
        files[f"png-gray-{bits}.png"] = low_gray(np.asarray(levels), bits)
    files["png-interlaced.png"] = interlaced(rgba[..., :3])
    deep = picture(seed=9).astype(np.uint16) * 256 + picture(seed=10)
    files["png-rgb-16.png"] = png16(deep[..., :3], 2)
    files["png-rgba-16.png"] = png16(deep, 6)
    files["png-gray-16.png"] = png16(deep[..., :1] >> 6, 0)
    files["png-gray-alpha-16.png"] = png16(deep[..., 2:], 4)
    frames = [Image.fromarray(picture(seed=s)[..., :3]) for s in range(3)]
    files["png-animated.png"] = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    for value in (3, 6, 7):
        files[f"png-exif-{value}.png"] = encoded(rgb, "PNG", exif=orientation(value))
    return files


def low_gray(levels: np.ndarray, bits: int) -> bytes:
    """A grayscale PNG of 2 or 4 bits, which Pillow cannot write."""
    height, width = levels.shape
    per_byte = 8 // bits
    padded = np.zeros((height, -(-width // per_byte) * per_byte), np.uint8)
    padded[:, :width] = levels
    packed = np.zeros((height, padded.shape[1] // per_byte), np.uint8)
    for i in range(per_byte):
        packed |= padded[:, i::per_byte] << (8 - bits * (i + 1))
    rows = b"".join(b"\0" + row.tobytes() for row in packed)
    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def webps() -> dict[str, bytes]:
    rgba = Image.fromarray(picture())
    rgb = rgba.convert("RGB")
    frames = [Image.fromarray(picture(seed=s)) for s in range(3)]
    files = {
        "webp-lossy.webp": encoded(rgb, "WEBP", quality=80),
        "webp-lossless.webp": encoded(rgb, "WEBP", lossless=True),
        "webp-alpha.webp": encoded(rgba, "WEBP", quality=80),
        "webp-alpha-lossless.webp": encoded(rgba, "WEBP", lossless=True, exact=True),
        "webp-animated.webp": encoded(frames[0].convert("RGB"), "WEBP", save_all=True, append_images=[f.convert("RGB") for f in frames[1:]]),
        "webp-animated-alpha.webp": encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True),
    }
    for value in (2, 5, 8):
        files[f"webp-exif-{value}.webp"] = encoded(rgb, "WEBP", lossless=True, exif=orientation(value))
    return files


def avifs() -> dict[str, bytes]:
    # An even width: of an odd one, the decoders disagree on the last column of subsampled chroma.
    rgba = Image.fromarray(picture(WIDTH - 1))
    rgb = rgba.convert("RGB")
    files = {
        "avif-420.avif": encoded(rgb, "AVIF", quality=80, subsampling="4:2:0"),
        "avif-444.avif": encoded(rgb, "AVIF", quality=80, subsampling="4:4:4"),
        "avif-gray.avif": encoded(rgb.convert("L"), "AVIF", quality=80, subsampling="4:0:0"),
        "avif-alpha.avif": encoded(rgba, "AVIF", quality=80, subsampling="4:4:4"),
    }
    for value in (3, 5, 6, 7):
        files[f"avif-exif-{value}.avif"] = encoded(rgb, "AVIF", quality=80, subsampling="4:4:4", exif=orientation(value))
    return files


def gifs() -> dict[str, bytes]:
    frames = [Image.fromarray(picture(seed=s)[..., :3]).quantize(64) for s in range(3)]
    return {
        "gif-static.gif": encoded(frames[0], "GIF"),
        "gif-interlaced.gif": encoded(frames[0], "GIF", interlace=1),
        "gif-animated.gif": encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=40),
        "gif-transparent.gif": encoded(frames[0], "GIF", transparency=5),
        "gif-small-frame.gif": small_frame_gif(encoded(frames[0], "GIF")),
    }


def small_frame_gif(data: bytes) -> bytes:
    """The same GIF on a canvas larger than its first frame."""
    return data[:6] + struct.pack("<HH", WIDTH + 9, HEIGHT + 6) + data[10:]


def bmps() -> dict[str, bytes]:
    rgba = picture()
    rgb = Image.fromarray(rgba[..., :3])
    top_down = bytearray(encoded(rgb, "BMP"))
    stride = (WIDTH * 3 + 3) // 4 * 4
    rows = [top_down[54 + i * stride : 54 + (i + 1) * stride] for i in range(HEIGHT)]
    top_down[22:26] = struct.pack("<i", -HEIGHT)
    top_down[54:] = b"".join(reversed(rows))
    return {
        "bmp-rgb.bmp": encoded(rgb, "BMP"),
        "bmp-rgba.bmp": encoded(Image.fromarray(rgba), "BMP"),
        "bmp-palette.bmp": encoded(rgb.quantize(200), "BMP"),
        "bmp-gray.bmp": encoded(rgb.convert("L"), "BMP"),
        "bmp-bilevel.bmp": encoded(rgb.convert("1"), "BMP"),
        "bmp-top-down.bmp": bytes(top_down),
        "bmp-555.bmp": bmp16(rgba, None),
        "bmp-565.bmp": bmp16(rgba, (0xF800, 0x07E0, 0x001F)),
    }


def tiffs() -> dict[str, bytes]:
    rgba = Image.fromarray(picture())
    rgb = rgba.convert("RGB")
    files = {
        "tiff-raw.tif": encoded(rgb, "TIFF"),
        "tiff-lzw.tif": encoded(rgb, "TIFF", compression="tiff_lzw"),
        "tiff-deflate.tif": encoded(rgb, "TIFF", compression="tiff_adobe_deflate"),
        "tiff-packbits.tif": encoded(rgb, "TIFF", compression="packbits"),
        "tiff-rgba.tif": encoded(rgba, "TIFF"),
        "tiff-gray.tif": encoded(rgb.convert("L"), "TIFF"),
        "tiff-bilevel.tif": encoded(rgb.convert("1"), "TIFF"),
        "tiff-group4.tif": encoded(rgb.convert("1"), "TIFF", compression="group4"),
        "tiff-palette.tif": encoded(rgb.quantize(200), "TIFF"),
        "tiff-cmyk.tif": encoded(Image.fromarray(picture(seed=8), "CMYK"), "TIFF"),
        "tiff-jpeg.tif": encoded(rgb, "TIFF", compression="jpeg", quality=90),
    }
    for value in (3, 6):
        files[f"tiff-exif-{value}.tif"] = encoded(rgb, "TIFF", tiffinfo={0x0112: value})
    return files


def odd_sizes() -> dict[str, bytes]:
    return {
        "size-1x1.png": encoded(Image.fromarray(picture(1, 1)[..., :3]), "PNG"),
        "size-1x1.jpg": encoded(Image.fromarray(picture(1, 1)[..., :3]), "JPEG"),
        "size-1x1.webp": encoded(Image.fromarray(picture(1, 1)[..., :3]), "WEBP"),
        "size-1x1.gif": encoded(Image.fromarray(picture(1, 1)[..., :3]), "GIF"),
        "size-3000x2.png": encoded(Image.fromarray(picture(3000, 2)[..., :3]), "PNG"),
        "size-3000x2.jpg": encoded(Image.fromarray(picture(3000, 2)[..., :3]), "JPEG"),
    }


def all_images() -> dict[str, bytes]:
    groups = (jpegs(), pngs(), webps(), avifs(), gifs(), bmps(), tiffs(), odd_sizes())
    return {name: data for group in groups for name, data in group.items()}


def reference_pixels(data: bytes) -> np.ndarray:
    """u8 [height, width, 3] as the checkpoint's processor sees the file."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    return np.asarray(image.convert("RGB"))
