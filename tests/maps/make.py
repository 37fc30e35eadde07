#!/usr/bin/env python3
"""make.py · the files of tests/maps: weights as torch saves them, an input, and what torch makes of it in float64

Needs torch; tests do not run it. NAME.weights.safetensors is the state_dict of the module, NAME.x and NAME.y input and
output, time first; names in y are those of tests/cells/compare.c. The writer is our own: a header of JSON, then the
data (runtime/safetensors.h).
"""
import json
import struct
from pathlib import Path

import torch

HERE = Path(__file__).parent
OUTPUT = {"lstm": "h", "stack": "layer2.h", "bidirectional": "layer2.y", "gru": "h", "rnn": "h",
          "rnn_stack": "layer2.h"}
TYPES = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16"}


def save(path, tensors):
    header, data = {}, b""
    for name, t in tensors.items():
        t = t.detach().contiguous()
        raw = bytes(t.view(torch.uint8).flatten().tolist()) if t.numel() else b""
        header[name] = {"dtype": TYPES[t.dtype], "shape": list(t.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def case(name, module, width, prefix="", dtype=torch.float32):
    x = torch.randn(6, 3, width)
    weights = {prefix + k: v.to(dtype) for k, v in module.state_dict().items()}
    exact = module.double()
    exact.load_state_dict({k[len(prefix):]: v.double() for k, v in weights.items()})
    save(HERE / f"{name}.weights.safetensors", weights)
    save(HERE / f"{name}.x.safetensors", {"x": x})
    y = exact(x.double())[0].float()
    save(HERE / f"{name}.y.safetensors", {"output:" + OUTPUT[name.split("-")[0]]: y})


torch.manual_seed(7)
case("lstm", torch.nn.LSTM(5, 8), 5)
case("lstm-prefix", torch.nn.LSTM(5, 8), 5, "encoder.rnn.")
case("lstm-bias", torch.nn.LSTM(5, 8, bias=False), 5)
case("lstm-bf16", torch.nn.LSTM(5, 8), 5, dtype=torch.bfloat16)
case("lstm-f64", torch.nn.LSTM(5, 8), 5, dtype=torch.float64)
case("stack", torch.nn.LSTM(5, 8, num_layers=2), 5)
case("bidirectional", torch.nn.LSTM(5, 8, num_layers=2, bidirectional=True), 5)
case("gru", torch.nn.GRU(5, 8), 5)
case("gru-bias", torch.nn.GRU(5, 8, bias=False), 5)
case("rnn", torch.nn.RNN(5, 8), 5)
case("rnn-bias", torch.nn.RNN(5, 8, bias=False), 5)
case("rnn_stack", torch.nn.RNN(5, 8, num_layers=2), 5)
