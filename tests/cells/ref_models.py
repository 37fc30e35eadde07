"""Models of more than one layer, or over pictures: ConvLSTM, RNNoise, the encoder of RNN-T, greedy decoding."""
import torch

from frame import FULL, N, T, case, load, relu, sigmoid, softmax, tanh, tensor
import numpy as np


@case("conv_lstm", "models/conv_lstm.lua", C=2, H=3, Y=4, X=5, K=3)
def _(draw):
    steps, batch = 4, 2
    x, W, U, b = draw(steps, batch, 2, 4, 5), draw(4, 3, 2, 3, 3), draw(4, 3, 3, 3, 3), draw(4, 3)
    P, h0, c0 = draw(3, 3, 4, 5), draw(1, batch, 3, 4, 5), draw(1, batch, 3, 4, 5)
    conv = load(torch.nn.Conv2d(2 + 3, 4 * 3, 3, padding=1), bias=b.reshape(12),
                weight=np.concatenate([W.reshape(12, 2, 3, 3), U.reshape(12, 3, 3, 3)], axis=1))
    h, c, hs = h0[0], c0[0], []
    for x_t in x:
        a = conv(tensor(np.concatenate([x_t, h], axis=1))).detach().numpy().reshape(batch, 4, 3, 4, 5)
        i, f, g, o = a.transpose(1, 0, 2, 3, 4)
        i, f = sigmoid(i + P[0] * c), sigmoid(f + P[1] * c)
        c = f * c + i * tanh(g)
        h = sigmoid(o + P[2] * c) * tanh(c)
        hs.append(h)
    return dict(params=dict(W=W, U=U, P=P, b=b), inputs=dict(x=x), starts=dict(h=h0, c=c0), outputs=dict(h=np.array(hs)),
                states=dict(h=h[None], c=c[None]), ops=steps * (9 * 5 + 16))


def keras_gru(x, W, U, b, h):
    """GRU(activation="relu", reset_after=False) of Keras, gate order z r h; x[t][n][k], W[g][i][k]."""
    hs = []
    for x_t in x:
        z = sigmoid(x_t @ W[0].T + h @ U[0].T + b[0])
        r = sigmoid(x_t @ W[1].T + h @ U[1].T + b[1])
        h = z * h + (1 - z) * relu(x_t @ W[2].T + (r * h) @ U[2].T + b[2])
        hs.append(h)
    return np.array(hs)


@case("rnnoise", "models/rnnoise.lua", X=7, D=4, V=3, M=5, H=6, B=2)
def _(draw):
    X, D, V, M, H, B = 7, 4, 3, 5, 6, 2
    x, params, starts, states = draw(T, N, X), {}, {}, {}

    def dense(name, act, x, H):
        W, b = params[f"{name}.W"], params[f"{name}.b"] = draw(H, x.shape[-1]), draw(H)
        return act(x @ W.T + b)

    def gru(name, H, *parts):
        x = np.concatenate(parts, axis=-1)
        W, U, b, h0 = draw(3, H, x.shape[-1]), draw(3, H, H), draw(3, H), draw(1, N, H)
        h = keras_gru(x, W, U, b, h0[0])
        params.update({f"{name}.W": W, f"{name}.U": U, f"{name}.b": b})
        starts[f"{name}.h"], states[f"{name}.h"] = h0, h[-1:]
        return h

    features = dense("input_dense", tanh, x, D)
    voice = gru("vad_gru", V, features)
    vad = dense("vad_output", sigmoid, voice, 1)
    noise = gru("noise_gru", M, features, voice, x)
    clean = gru("denoise_gru", H, voice, noise, x)
    gains = dense("denoise_output", sigmoid, clean, B)
    return dict(params=params, inputs=dict(x=x), starts=starts, states=states,
                outputs={"denoise_output.y": gains, "vad_output.y": vad})


def rnnt_encoder(draw, T, X, H, most):
    """most: the largest weight."""
    x, params, states = draw(T, 2, N, X), {}, {}

    def lstm(l, x):
        W, U, b = draw(4, H, x.shape[-1], low=-most, high=most), draw(4, H, H, low=-most, high=most), draw(4, H)
        params.update({f"layer{l}.W": W, f"layer{l}.U": U, f"layer{l}.b": b})
        net = load(torch.nn.LSTM(x.shape[-1], H), weight_ih_l0=W.reshape(4 * H, -1), weight_hh_l0=U.reshape(4 * H, H),
                   bias_ih_l0=b.reshape(-1), bias_hh_l0=np.zeros(4 * H))
        h, (_, c1) = net(tensor(x))
        return h.detach().numpy(), c1.detach().numpy()

    y = x.reshape(2 * T, N, X)
    for l in 1, 2:
        y, _ = lstm(l, y)
        states[f"layer{l}.h"] = y[-2:].reshape(1, 2, N, H)
    y = np.concatenate([y[0::2], y[1::2]], axis=-1)
    for l in 3, 4, 5:
        y, states[f"layer{l}.c"] = lstm(l, y)
        states[f"layer{l}.h"] = y[-1:]
    return dict(params=params, inputs=dict(x=x), outputs={"layer5.h": y}, states=states)


@case("rnnt_encoder", "models/rnnt_encoder.lua", X=3, H=4)
def _(draw):
    return rnnt_encoder(draw, T, 3, 4, 0.8)


@case("rnnt_encoder", "models/rnnt_encoder.lua", FULL)
def _(draw):
    return rnnt_encoder(draw, 4, 240, 1024, 0.1)


def greedy(draw, first, h0, c0):
    E, W, b = draw(11, 5, low=-3, high=3), draw(11, 7, low=-3, high=3), draw(11)
    p = dict(W=draw(4, 7, 5), U=draw(4, 7, 7, low=-4, high=4), b=draw(4, 7))
    lstm = load(torch.nn.LSTM(5, 7), weight_ih_l0=p["W"].reshape(28, 5), weight_hh_l0=p["U"].reshape(28, 7),
                bias_ih_l0=p["b"].reshape(28), bias_hh_l0=np.zeros(28))
    y, at, ys, ps = first, (tensor(h0), tensor(c0)), [], []
    for _ in range(9):
        h, at = lstm(tensor(E[y])[None], at)
        ps.append(softmax(h[0].detach().numpy() @ W.T + b))
        y = ps[-1].argmax(axis=-1).astype(np.int32)
        ys.append(y)
    assert all(len({row[n] for row in ys}) > 1 for n in range(N)), "it says too little"
    params = dict(E=E, W=W, b=b) | {f"decoder.{key}": value for key, value in p.items()}
    return dict(params=params, inputs=dict(first=first), outputs={"y": np.array(ys), "softmax.y": np.array(ps)},
                states={"decoder.h": at[0].detach(), "decoder.c": at[1].detach(), "y": y[None]}, ops=9 * (11 + 5 + 7 + 7 + 16))


@case("greedy", "models/greedy.lua", T=9, V=11, D=5, H=7)
def _(draw):
    return greedy(draw, draw.integers(0, 11, (N,)), *np.zeros((2, 1, N, 7))) | dict(states={})


@case("greedy_resumed", "models/greedy.lua", T=9, V=11, D=5, H=7)      # y of before, too, instead of the input `first`
def _(draw):
    y0, h0, c0 = draw.integers(0, 11, (N,)), draw(1, N, 7), draw(1, N, 7)
    return greedy(draw, y0, h0, c0) | dict(inputs=dict(first=(y0 + 1) % 11),
                                           starts={"decoder.h": h0, "decoder.c": c0, "y": y0[None]})
