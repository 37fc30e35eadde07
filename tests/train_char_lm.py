#!/usr/bin/env python3
"""train_char_lm.py: trains the character LM of the demo with PyTorch; writes its weights and a sample of its outputs.

The model is models/char_lm: embedding of 64, two LSTM layers of 128 units, dense to the vocabulary, softmax. The text
is GPL version 3 as each Debian carries it. The last tenth is held out and plays no part in any choice made here: the
number of epochs is the one that is best on the fifth tenth, found by a first training on the other eight; the model
that is written is then trained afresh, for that many epochs, on all nine. (The fifth, because the ninth is mostly
disclaimers in capitals, which nothing before it prepares a model for.)

Needs:      torch, numpy, safetensors (pip install torch numpy safetensors); a core for 6 minutes.
Guarantees: OUT/char_lm.safetensors, all f32, gates in the order i f g o of torch.nn.LSTM, b = b_ih + b_hh:
              E [V,64]   layer1.W [4,128,64]   layer1.U [4,128,128]   layer1.b [4,128]
                         layer2.W [4,128,128]  layer2.U [4,128,128]   layer2.b [4,128]
              dense.W [V,128]   dense.b [V]
              metadata: vocab (characters in id order, one string), text (path), held_out_from (offset in characters)
            OUT/char_lm.sample.safetensors, pieces of the held-out text from zero state:
              tok i32 [T=64,N=2]   y f32 [64,2,V] = softmax in float32
            Seeds are fixed: one version of PyTorch on one machine writes the same tensors each time (save_file
            orders the metadata as it likes).
"""

import argparse
import math
import os
import time

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

EMBED, UNITS, LAYERS = 64, 128, 2
STREAMS, CHUNK = 16, 64         # training runs STREAMS places of the text side by side, CHUNK characters a step
EPOCHS_MAX, PATIENCE = 80, 12
RATE, DECAY, DROPOUT, CLIP = 4e-3, 0.1, 0.5, 1.0
SAMPLE_T, SAMPLE_N = 64, 2
SEED = 1


class CharLM(nn.Module):
	def __init__(self, vocab):
		super().__init__()
		self.embed = nn.Embedding(vocab, EMBED)
		self.lstm = nn.LSTM(EMBED, UNITS, LAYERS, dropout=DROPOUT)
		self.drop_in, self.drop_out = nn.Dropout(DROPOUT / 2), nn.Dropout(DROPOUT)
		self.dense = nn.Linear(UNITS, vocab)

	def forward(self, tok, state=None):
		"""tok [T,N] -> logits [T,N,V] and the state after them."""
		h, state = self.lstm(self.drop_in(self.embed(tok)), state)
		return self.dense(self.drop_out(h)), state


def loss_on(model, ids):
	"""Mean nats per character of ids[1:], each given all before it, from zero state."""
	model.eval()
	with torch.no_grad():
		logits, _ = model(ids[:-1].unsqueeze(1))
		return nn.functional.cross_entropy(logits.squeeze(1), ids[1:]).item()


def train(vocab, ids, epochs, check=None):
	"""Trains on ids with a rate that falls to zero as a half cosine over EPOCHS_MAX; stops after `epochs`.

	With `check` (other ids), stops early, and the answer's second part is the number of epochs that was best on it.
	State is carried from chunk to chunk, because the demo streams; each epoch cuts the text at other places.
	"""
	torch.manual_seed(SEED)
	places = np.random.default_rng(SEED)
	model = CharLM(vocab)
	optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
	best, best_epoch = math.inf, epochs
	for epoch in range(1, epochs + 1):
		for group in optimizer.param_groups:
			group["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * epoch / (EPOCHS_MAX + 1)))
		model.train()
		turned = torch.roll(ids, -int(places.integers(len(ids))))
		length = (len(turned) - 1) // STREAMS
		x = turned[: STREAMS * length].view(STREAMS, length).t()
		y = turned[1 : STREAMS * length + 1].view(STREAMS, length).t()
		state = None
		for t in range(0, length, CHUNK):
			logits, state = model(x[t : t + CHUNK], state)
			state = tuple(s.detach() for s in state)
			loss = nn.functional.cross_entropy(logits.flatten(0, 1), y[t : t + CHUNK].flatten())
			optimizer.zero_grad()
			loss.backward()
			nn.utils.clip_grad_norm_(model.parameters(), CLIP)
			optimizer.step()
		if check is None:
			continue
		now = loss_on(model, check)
		if now < best:
			best, best_epoch = now, epoch
		if epoch % 10 == 0:
			print(f"  epoch {epoch}: validation {now:.4f}, best {best:.4f} at {best_epoch}", flush=True)
		if epoch - best_epoch >= PATIENCE:
			break
	return model, best_epoch


def named_weights(model):
	"""The parameters under the names and shapes of models/char_lm."""
	def array(p, *shape):
		return np.ascontiguousarray(p.detach().numpy().reshape(shape), dtype=np.float32)

	weights = {"E": array(model.embed.weight, -1, EMBED)}
	for layer in range(LAYERS):
		w, u, b_ih, b_hh = (getattr(model.lstm, f"{kind}_l{layer}")
		                    for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
		weights[f"layer{layer + 1}.W"] = array(w, 4, UNITS, -1)
		weights[f"layer{layer + 1}.U"] = array(u, 4, UNITS, UNITS)
		weights[f"layer{layer + 1}.b"] = array(b_ih + b_hh, 4, UNITS)
	weights["dense.W"] = array(model.dense.weight, -1, UNITS)
	weights["dense.b"] = array(model.dense.bias, -1)
	return weights


def main():
	parser = argparse.ArgumentParser(description="train the character LM of the demo")
	parser.add_argument("--text", default="/usr/share/common-licenses/GPL-3")
	parser.add_argument("--out", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "models"))
	args = parser.parse_args()

	torch.set_num_threads(1)        # the matrices are too small for more, and one order of sums is reproducible
	torch.use_deterministic_algorithms(True)
	with open(args.text, encoding="ascii", newline="") as file:
		text = file.read()
	vocab = "".join(sorted(set(text)))
	ids = torch.tensor([vocab.index(c) for c in text])
	held_from, check_from, check_to = (len(text) * tenths // 10 for tenths in (9, 4, 5))
	held = ids[held_from:]
	print(f"{len(text)} characters, {len(vocab)} distinct, held out from {held_from}")

	start = time.monotonic()
	others = torch.cat((ids[:check_from], ids[check_to:held_from]))
	_, epochs = train(len(vocab), others, EPOCHS_MAX, check=ids[check_from:check_to])
	model, _ = train(len(vocab), ids[:held_from], epochs)
	print(f"{epochs} epochs, {time.monotonic() - start:.0f} s")
	train_loss, held_loss = loss_on(model, ids[:held_from]), loss_on(model, held)
	print(f"train loss {train_loss:.4f}, held-out loss {held_loss:.4f} nats per character")

	common = {"text": args.text, "held_out_from": str(held_from), "torch": torch.__version__}
	save_file(named_weights(model), os.path.join(args.out, "char_lm.safetensors"),
	          metadata={"vocab": vocab, "held_out_loss": f"{held_loss:.4f}", **common})

	half = len(held) // SAMPLE_N
	tok = torch.stack([held[n * half : n * half + SAMPLE_T] for n in range(SAMPLE_N)], dim=1)
	with torch.no_grad():
		y = torch.softmax(model(tok)[0], dim=-1)
		exact = torch.softmax(model.double()(tok)[0], dim=-1)
	print(f"sample: float32 is within {(y - exact).abs().max().item():.2g} of float64")
	save_file({"tok": np.ascontiguousarray(tok.numpy(), dtype=np.int32), "y": np.ascontiguousarray(y.numpy())},
	          os.path.join(args.out, "char_lm.sample.safetensors"),
	          metadata={"about": "softmax outputs in float32 from zero state; tok [T,N], y [T,N,V]", **common})


if __name__ == "__main__":
	main()
