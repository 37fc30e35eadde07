"""LSTM and its variants. Gate order i f g o in every case, as in torch."""
import torch

from frame import FULL, N, T, case, load, sigmoid, softmax, tanh, tensor
import numpy as np


@case("lstm", "models/lstm.lua", X=5, H=7)
def _(draw):
    x, W, U, b = draw(T, N, 5), draw(4, 7, 5), draw(4, 7, 7), draw(4, 7)
    h0, c0 = draw(1, N, 7), draw(1, N, 7)
    lstm = load(torch.nn.LSTM(5, 7), weight_ih_l0=W.reshape(28, 5), weight_hh_l0=U.reshape(28, 7),
                bias_ih_l0=b.reshape(28), bias_hh_l0=np.zeros(28))
    h, (h1, c1) = lstm(tensor(x), (tensor(h0), tensor(c0)))
    return dict(params=dict(W=W, U=U, b=b), inputs=dict(x=x), starts=dict(h=h0, c=c0),
                outputs=dict(h=h.detach()), states=dict(h=h1.detach(), c=c1.detach()))


# The variants below run forwards from h = c = 0 with the products of all gates at once; what differs is in `step`.

def run(x, W, U, b, step, h0, c0):
    """h and c of all steps: step(a, h, c) -> (h, c), with a[n][gate][unit] the gates before activation."""
    hs, cs, h, c = [], [], h0[0], c0[0]
    for x_t in x:
        a = b + np.einsum("gik,nk->ngi", W, x_t) + np.einsum("gij,nj->ngi", U, h)
        h, c = step(a, h, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs), np.stack(cs)


def variant(draw, step, gates=4, P=7, name="h", **more):
    """A layer of 7 units over 5 inputs; P: as many numbers return to it."""
    x, W, U, b = draw(T, N, 5), draw(gates, 7, 5), draw(gates, 7, P), draw(gates, 7)
    h0, c0 = draw(1, N, P), draw(1, N, 7)
    h, c = run(x, W, U, b, step, h0, c0)
    return dict(params=dict(W=W, U=U, b=b, **more), inputs=dict(x=x), starts={name: h0, "c": c0},
                outputs={name: h}, states={name: h[-1:], "c": c[-1:]})


@case("lstm_noaf", "models/lstm_noaf.lua", X=5, H=7)
def _(draw):
    def step(a, h, c):
        i, f, g, o = a.transpose(1, 0, 2)
        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        return sigmoid(o) * c, c
    return variant(draw, step)


@case("lstm_coupled", "models/lstm_coupled.lua", X=5, H=7)
def _(draw):
    def step(a, h, c):
        f, g, o = a.transpose(1, 0, 2)
        i = 1 - sigmoid(f)
        c = sigmoid(f) * c + i * tanh(g)
        return sigmoid(o) * tanh(c), c
    return variant(draw, step, gates=3)


def look(p):
    """The step of Graves (2013), with peepholes p of i, f and o."""
    def step(a, h, c):
        i, f, g, o = a.transpose(1, 0, 2)
        i = sigmoid(i + p[0] * c)
        f = sigmoid(f + p[1] * c)
        c = f * c + i * tanh(g)
        o = sigmoid(o + p[2] * c)
        return o * tanh(c), c
    return step


@case("lstm_peephole", "models/lstm_peephole.lua", X=5, H=7)
def _(draw):
    p = draw(3, 7)
    return variant(draw, look(p), p=p)


@case("lstm_projected", "models/lstm_projected.lua", X=5, H=7, P=4)
def _(draw):
    x, W, U, b, W_r = draw(T, N, 5), draw(4, 7, 5), draw(4, 7, 4), draw(4, 7), draw(4, 7)
    r0, c0 = draw(1, N, 4), draw(1, N, 7)
    lstm = load(torch.nn.LSTM(5, 7, proj_size=4), weight_ih_l0=W.reshape(28, 5), weight_hh_l0=U.reshape(28, 4),
                weight_hr_l0=W_r, bias_ih_l0=b.reshape(28), bias_hh_l0=np.zeros(28))
    r, (r1, c1) = lstm(tensor(x), (tensor(r0), tensor(c0)))
    return dict(params=dict(W=W, U=U, b=b, W_r=W_r), inputs=dict(x=x), starts=dict(r=r0, c=c0),
                outputs=dict(r=r.detach()), states=dict(r=r1.detach(), c=c1.detach()))


def keyword(draw, steps, X, H, P, Y, most):
    """most: the largest recurrent weight and projection, so that sums of P or H of them stay where gates are not flat."""
    x = draw(steps, N, X)
    W, U, b = draw(4, H, X), draw(4, H, P, low=-most, high=most), draw(4, H)
    p, W_r, V, d = draw(3, H), draw(P, H, low=-most, high=most), draw(Y, P), draw(Y)
    step = look(p)

    def project(a, r, c):
        m, c = step(a, None, c)
        return m @ W_r.T, c
    r, c = run(x, W, U, b, project, np.zeros((1, N, P)), np.zeros((1, N, H)))
    return dict(params=dict(W=W, U=U, b=b, p=p, W_r=W_r, V=V, d=d), inputs=dict(x=x),
                outputs=dict(y=r[-1] @ V.T + d), states=dict(r=r[-1:], c=c[-1:]))


@case("keyword", "models/keyword.lua", X=10, H=18, P=12, Y=5)
def _(draw):
    return keyword(draw, 9, 10, 18, 12, 5, 0.4)


@case("keyword", "models/keyword.lua", FULL)
def _(draw):
    return keyword(draw, 25, 10, 144, 98, 12, 0.25)


@case("lstm_zoneout", "models/lstm_zoneout.lua", X=5, H=7)
def _(draw):
    z_c, z_h = 0.5, 0.05

    def step(a, h, c):
        i, f, g, o = a.transpose(1, 0, 2)
        new = sigmoid(f) * c + sigmoid(i) * tanh(g)
        return z_h * h + (1 - z_h) * sigmoid(o) * tanh(new), z_c * c + (1 - z_c) * new
    return variant(draw, step)


@case("lstm_layer_norm", "models/lstm_layer_norm.lua", X=5, H=7)
def _(draw):
    x, W, U, b = draw(T, N, 5), draw(4, 7, 5), draw(4, 7, 7), draw(4, 7)
    alpha, beta, alpha_c, beta_c = draw(2, 4, 7, low=0.5, high=1.5), draw(2, 4, 7), draw(7, low=0.5, high=1.5), draw(7)
    h0, c0 = draw(1, N, 7), draw(1, N, 7)

    def LN(v, gain, shift):                     # over all that v[n] holds
        v = v.reshape(N, -1)
        return torch.nn.functional.layer_norm(tensor(v), v.shape[1:], tensor(gain.reshape(-1)),
                                              tensor(shift.reshape(-1)), 1e-5).numpy()
    hs, h, c = [], h0[0], c0[0]
    for x_t in x:
        a = LN(h @ U.reshape(28, 7).T, alpha[0], beta[0]) + LN(x_t @ W.reshape(28, 5).T, alpha[1], beta[1]) + b.reshape(28)
        f, i, o, g = np.split(a, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        h = sigmoid(o) * tanh(LN(c, alpha_c, beta_c))
        hs.append(h)
    # Two normalisations more than tolerance() knows of: 28 squares and as many values each; they multiply what they are
    # given, and its error, by 1 / sqrt(var), here at most 3.
    return dict(params=dict(W=W, U=U, b=b, alpha=alpha, beta=beta, alpha_c=alpha_c, beta_c=beta_c), inputs=dict(x=x),
                starts=dict(h=h0, c=c0), outputs=dict(h=np.stack(hs)), states=dict(h=h[None], c=c[None]),
                ops=3 * T * (5 + 7 + 2 * 2 * 28 + 2 * 7 + 16))


# ---- stacks, against torch

def torch_stack(draw, x, L, X, H, both=False, lengths=None):
    """torch.nn.LSTM of L layers; gives our params, and y, h, c as torch gives them."""
    ours, theirs, width = {}, {}, X
    for l in range(L):
        for suffix, scope in ("", "forward"), ("_reverse", "backward"):
            W, U, b = draw(4, H, width), draw(4, H, H), draw(4, H)
            prefix = f"layer{l + 1}.{scope}." if both else f"layer{l + 1}."
            ours |= {prefix + "W": W, prefix + "U": U, prefix + "b": b}
            theirs |= {f"weight_ih_l{l}{suffix}": W.reshape(4 * H, width), f"weight_hh_l{l}{suffix}": U.reshape(4 * H, H),
                       f"bias_ih_l{l}{suffix}": b.reshape(4 * H), f"bias_hh_l{l}{suffix}": np.zeros(4 * H)}
            if not both:
                break
        width = 2 * H if both else H
    lstm = load(torch.nn.LSTM(X, H, L, bidirectional=both), **theirs)
    if lengths is None:
        y, (h, c) = lstm(tensor(x))
    else:
        packed = torch.nn.utils.rnn.pack_padded_sequence(tensor(x), tensor(lengths), enforce_sorted=False)
        y, (h, c) = lstm(packed)
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, total_length=len(x))
    return ours, y.detach(), h.detach(), c.detach()


@case("lstm_stack", "models/lstm_stack.lua", L=3, X=5, H=6)
def _(draw):
    x = draw(T, N, 5)
    params, y, h, c = torch_stack(draw, x, 3, 5, 6)
    states = {f"layer{l + 1}.{s}": v[l:l + 1] for l in range(3) for s, v in (("h", h), ("c", c))}
    return dict(params=params, inputs=dict(x=x), outputs={"layer3.h": y}, states=states)


@case("lstm_bidirectional", "models/lstm_bidirectional.lua", L=2, X=5, H=4)
def _(draw):
    x = draw(T, N, 5)
    params, y, h, c = torch_stack(draw, x, 2, 5, 4, both=True)
    return dict(params=params, inputs=dict(x=x), outputs={"layer2.y": y})


@case("lstm_encoder", "models/lstm_encoder.lua", L=2, X=5, H=4)
def _(draw):
    x, lengths = draw(T, 5, 5), np.array([4, T, 1, 3, T - 1], np.int32)
    params, y, h, c = torch_stack(draw, x, 2, 5, 4, both=True, lengths=lengths)
    return dict(params=params, inputs=dict(x=x, len=lengths), outputs={"layer2.y": y, "code": h[2:].transpose(0, 1)})


@case("lstm_residual", "models/lstm_residual.lua", L=3, X=5, H=6)
def _(draw):
    x = draw(T, N, 5)
    params, y, states = {}, tensor(x), {}
    for l, X in (1, 5), (2, 6), (3, 6):
        W, U, b = draw(4, 6, X), draw(4, 6, 6), draw(4, 6)
        lstm = load(torch.nn.LSTM(X, 6), weight_ih_l0=W.reshape(24, X), weight_hh_l0=U.reshape(24, 6),
                    bias_ih_l0=b.reshape(24), bias_hh_l0=np.zeros(24))
        out, (h, c) = lstm(y)
        y = (out + y if l > 1 else out).detach()
        params |= {f"layer{l}.W": W, f"layer{l}.U": U, f"layer{l}.b": b}
        states |= {f"layer{l}.h": h.detach(), f"layer{l}.c": c.detach()}
    return dict(params=params, inputs=dict(x=x), outputs={"layer3.y": y}, states=states)
