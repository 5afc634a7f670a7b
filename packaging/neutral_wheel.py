#!/usr/bin/env python3
"""neutral_wheel.py WHEEL FOLDER: takes the folder that a wheel was built in out of its bill of materials."""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path
from urllib.parse import quote


def main() -> None:
    wheel, folder = Path(sys.argv[1]), sys.argv[2]
    with zipfile.ZipFile(wheel) as archive:
        entries = [(info, archive.read(info)) for info in archive.infolist()]
    changed: dict[str, bytes] = {}
    for info, data in entries:
        if "/sboms/" in info.filename:
            changed[info.filename] = data.replace(f"file://{quote(folder)}".encode(), b"file:///createaccount")
    with zipfile.ZipFile(wheel, "w") as archive:
        for info, data in entries:
            text = changed.get(info.filename, data)
            if info.filename.endswith(".dist-info/RECORD"):
                text = recorded(data.decode(), changed).encode()
            archive.writestr(info, text, compress_type=info.compress_type, compresslevel=9)


def recorded(record: str, changed: dict[str, bytes]) -> str:
    lines = []
    for line in record.splitlines():
        name = line.split(",")[0]
        if name in changed:
            digest = base64.urlsafe_b64encode(hashlib.sha256(changed[name]).digest()).decode().rstrip("=")
            lines.append(f"{name},sha256={digest},{len(changed[name])}")
        else:
            lines.append(line)
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
