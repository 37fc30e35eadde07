#!/usr/bin/env python3
"""make.py · the files of tests/attack/files: right ones (good-*) and the same with one thing wrong; needs numpy

Tests do not run it. The files called bad-* were made by hand.
"""
import io
import json
import struct
import zipfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def put(name, data):
    path = HERE / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def safetensors(header, data, length=None):
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


two = {"__metadata__": {"format": "pt"}, "a": entry(), "b": entry("I64", [1], [8, 16])}
data = bytes(range(16))
types = {}
at = 0
for dtype, size in [("F64", 8), ("F32", 4), ("I32", 4), ("F16", 2), ("BF16", 2), ("BOOL", 1)]:
    types[dtype.lower()] = entry(dtype, [1, 3], [at, at + 3 * size])
    at += 3 * size
st = {
    "good-two": safetensors(two, data),
    "good-types": safetensors(types, bytes(at)),
    "good-nothing": safetensors({}, b""),
    "good-empty": safetensors({"a": entry(shape=[0, 3], offsets=[0, 0])}, b""),
    "empty": b"",
    "length-cut": b"\x10\0\0",
    "header-cut": safetensors(two, data)[:60],
    "header-none": struct.pack("<Q", 0),
    "header-huge": safetensors(two, data, 1 << 62),
    "header-large": safetensors(two, data, 99999999),
    "header-text": safetensors(b"hello, world", b""),
    "header-open": safetensors(b'{"a":{"dtype":"F32"', b""),
    "header-deep": safetensors(b'{"a":' + b"[" * 3000 + b"]" * 3000 + b"}", b""),
    "duplicate": safetensors(b'{"a":%s,"a":%s}' % ((json.dumps(entry()).encode(),) * 2), bytes(8)),
    "overlap": safetensors({"a": entry(), "b": entry(offsets=[4, 12])}, bytes(12)),
    "gap": safetensors({"a": entry(), "b": entry(offsets=[12, 20])}, bytes(20)),
    "trailing": safetensors({"a": entry()}, bytes(9)),
    "data-cut": safetensors({"a": entry()}, bytes(7)),
    "type-unknown": safetensors({"a": entry("F8_E4M3")}, bytes(8)),
    "type-number": safetensors({"a": entry(4)}, bytes(8)),
    "shape-offsets": safetensors({"a": entry(shape=[3])}, bytes(8)),
    "shape-negative": safetensors({"a": entry(shape=[-2])}, bytes(8)),
    "shape-product": safetensors({"a": entry(shape=[1 << 40, 1 << 40])}, bytes(8)),
    "shape-zero-product": safetensors({"a": entry(shape=[0, 1 << 40, 1 << 40], offsets=[0, 0])}, b""),
    "shape-ranks": safetensors({"a": entry(shape=[1] * 9)}, bytes(8)),
    "offsets-reversed": safetensors({"a": entry(offsets=[8, 0])}, bytes(8)),
    "offsets-fraction": safetensors({"a": entry(offsets=[0, 8.0])}, bytes(8)),
    "offsets-large": safetensors(b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551624]}}', bytes(8)),
    "metadata-number": safetensors({"__metadata__": {"a": 1}}, b""),
    "name-control": safetensors(b'{"\\u001b[2J":3}', b""),
    "name-nul": safetensors(b'{"a\\u0000b":3}', b""),
}
for name, b in st.items():
    put(f"safetensors/{name}", b)


def npy(x, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, np.asarray(x), version=version, allow_pickle=True)
    return out.getvalue()


x = np.arange(6, dtype="<f4").reshape(2, 3)
right = npy(x)
for version in [(1, 0), (2, 0), (3, 0)]:
    put(f"npy/good-version-{version[0]}", npy(x, version))
for kind in "f2 f4 f8 i4 i8 b1".split():
    put(f"npy/good-{kind}", npy(np.zeros((2, 1), kind)))
put("npy/good-scalar", npy(np.float32(3)))
put("npy/good-none", npy(np.zeros((4, 0), "f4")))
wrong = {
    "big-endian": npy(x.astype(">f4")),
    "fortran": npy(np.asfortranarray(x)),
    "object": npy(np.array([None, 1])),
    "records": npy(np.zeros(2, [("a", "<f4"), ("b", "<i4")])),
    "complex": npy(x.astype("c8")),
    "text": npy(np.array(["ab", "c"])),
    "bytes": npy(x.astype("u1")),
    "rank-9": npy(np.zeros([1] * 9, "f4")),
    "empty": b"",
    "magic": b"NUMPY!" + right[6:],
    "version-4": right[:6] + b"\4" + right[7:],
    "header-long": right[:8] + b"\xff\xff" + right[10:],
    "header-huge": right[:6] + b"\2\0\xff\xff\xff\xff" + right[12:],
    "header-cut": right[:60],
    "data-cut": right[:-1],
    "trailing": right + b"\0",
    "shape-other": right.replace(b"(2, 3)", b"(2, 4)"),
    "shape-negative": right.replace(b"(2, 3)", b"(-2,3)"),
    "shape-product": right.replace(b"(2, 3), }" + b" " * 40, b"(4294967296, 4294967296), }" + b" " * 22),
    "shape-name": right.replace(b"(2, 3)", b"(x, 3)"),
    "key-twice": right.replace(b"'shape'", b"'descr'"),
    "key-unknown": right.replace(b"'shape'", b"'shepe'"),
    "key-missing": right.replace(b"'fortran_order': False, ", b" " * 24),
    "order-number": right.replace(b"False", b"00000"),
    "call": right.replace(b"(2, 3)", b"exit()"),
}
for name, b in wrong.items():
    put(f"npy/{name}", b)


def npz(method=zipfile.ZIP_STORED, **arrays):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, b in arrays.items():
            info = zipfile.ZipInfo(name + ".npy")
            info.compress_type = method
            z.writestr(info, b)
    return out.getvalue()


def change(b, at, new):
    at += len(b) if at < 0 else 0
    return b[:at] + new + b[at + len(new):]


stored, packed = npz(a=right, b=npy([1, 2])), npz(zipfile.ZIP_DEFLATED, a=right, b=npy([1, 2]))
out = io.BytesIO()
np.savez(out, a=x, b=np.arange(3))
put("npz/good-savez", out.getvalue())
out = io.BytesIO()
np.savez_compressed(out, a=x, b=np.arange(3))
put("npz/good-savez-compressed", out.getvalue())
put("npz/good-stored", stored)
put("npz/good-deflated", packed)
put("npz/good-none", npz())
entry_a, entry_b = len(stored) - 22 - 2 * 51, len(stored) - 22 - 51
deflated_a = len(packed) - 22 - 2 * 51
wrong = {
    "empty": b"",
    "cut": stored[:-1],
    "cut-half": stored[: len(stored) // 2],
    "trailing": stored + b"\0",
    "directory-far": change(stored, -6, b"\xff\xff\xff\x7f"),
    "directory-long": change(stored, -10, b"\xff\xff\0\0"),
    "directory-short": change(stored, -10, b"\x20\0\0\0"),
    "count-more": change(stored, -12, b"\3"),
    "count-less": change(stored, -12, b"\1"),
    "count-most": change(stored, -12, b"\xff\xff"),
    "crc": change(stored, entry_a + 16, b"????"),
    "data": change(stored, 35 + 130, b"??"),
    "encrypted": change(stored, entry_a + 8, b"\1"),
    "method": change(stored, entry_a + 10, b"\x0c"),
    "stored-as-deflated": change(stored, entry_a + 10, b"\x08"),
    "bomb": change(packed, deflated_a + 24, b"\xf0\xff\xff\xff"),
    "size-more": change(packed, deflated_a + 24, b"\xff\0\0\0"),
    "size-less": change(packed, deflated_a + 24, b"\x20\0\0\0"),
    "deflate-broken": change(packed, 35, b"\xff\xff\xff\xff"),
    "overlap": change(change(stored, entry_a + 20, b"\xa0"), entry_a + 24, b"\xa0"),
    "local-far": change(stored, entry_a + 42, b"\xff\xff\xff\x7f"),
    "local-wrong": change(stored, entry_a + 42, b"\1"),
    "local-name": change(stored, entry_a + 46, b"q"),
    "name-long": change(stored, entry_a + 28, b"\xff\xff"),
    "name-other": npz(a=right).replace(b"a.npy", b"a.txt"),
    "twice": stored.replace(b"b.npy", b"a.npy"),
    "not-npy": npz(a=b"hello"),
    "npy-short": npz(a=right[:-1]),
    "npy-empty": npz(a=b""),
    "object": npz(a=npy(np.array([None]))),
    "zip64-far": stored[:-22] + b"PK\6\7" + bytes(4) + struct.pack("<Q", 1 << 60) + bytes(4) + stored[-22:],
    "zip64-none": stored[:-22] + b"PK\6\7" + bytes(16) + stored[-22:],
}
for name, b in wrong.items():
    put(f"npz/{name}", b)

torch = b"W = weight_ih_l0\nlayer{n}.U = weight_hh_l{n-1}\nb = bias_ih_l0 + bias_hh_l0\n" \
        b"layer{n}.forward.W = 0\nlayer{n}.l{m}.b = 0\n"
maps = {
    "good-torch": torch,
    "good-blocks": torch.replace(b"weight_ih_l0", b"weight_ih_l0[1 0 2 3 of 4]") + b"_ = x.*\r\n# comment",
    "good-empty": b"",
    "equals": b"W weight",
    "nothing": b"W =\n= W\n",
    "plus": b"W = a + + b",
    "quote": b'W = "a\n',
    "block-outside": b"W = a[4 of 4]",
    "block-none": b"W = a[of 4]",
    "block-zero": b"W = a[0 of 0]",
    "block-huge": b"W = a[99999999999999999999999 of 4]",
    "block-of-huge": b"W = a[0 of 99999999999999999999999]",
    "block-many": b"W = a[" + b"0 " * 100 + b"of 4]",
    "extent": b"W[4,] = a",
    "extent-many": b"W[1,1,1,1,1,1,1,1,1] = a",
    "extent-open": b"W[4",
    "nul": b"W = a\0b",
    "good-letters": b"layer{n}.{n}.W = a{n-99999999999999999999}",
    "good-letter-unknown": b"W = a{m}",
    "good-long-name": b"W = " + b"a" * 3000,
}
for name, b in maps.items():
    put(f"map/{name}", b)
