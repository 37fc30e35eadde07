"""GRU, light GRU, and what has few or no products in time: plain, IndRNN, SRU, QRNN."""
import numpy as np
import torch

from frame import N, T, case, load, relu, sigmoid, tanh, tensor


@case("rnn_tanh", "models/rnn_tanh.lua", X=5, H=7, Y=3)
def _(draw):
    x, U, W, V, h0 = draw(T, N, 5), draw(7, 5), draw(7, 7), draw(3, 7), draw(1, N, 7)
    rnn = load(torch.nn.RNN(5, 7, bias=False), weight_ih_l0=U, weight_hh_l0=W)
    h, h1 = rnn(tensor(x), tensor(h0))
    return dict(params=dict(U=U, W=W, V=V), inputs=dict(x=x), starts=dict(h=h0),
                outputs=dict(y=torch.tanh(h @ tensor(V).T).detach()), states=dict(h=h1.detach()))


@case("gru", "models/gru.lua", X=5, H=7)
def _(draw):
    x, W, U, b, h0 = draw(T, N, 5), draw(3, 7, 5), draw(3, 7, 7), draw(3, 7), draw(1, N, 7)
    hs, h = [], h0[0]
    for x_t in x:
        r = sigmoid(x_t @ W[0].T + h @ U[0].T + b[0])
        z = sigmoid(x_t @ W[1].T + h @ U[1].T + b[1])
        g = tanh(x_t @ W[2].T + (r * h) @ U[2].T + b[2])
        h = z * h + (1 - z) * g
        hs.append(h)
    return dict(params=dict(W=W, U=U, b=b), inputs=dict(x=x), starts=dict(h=h0), outputs=dict(h=np.stack(hs)), states=dict(h=h[None]))


@case("gru_after", "models/gru_after.lua", X=5, H=7)
def _(draw):
    x, W, U, b, d, h0 = draw(T, N, 5), draw(3, 7, 5), draw(3, 7, 7), draw(3, 7), draw(3, 7), draw(1, N, 7)
    gru = load(torch.nn.GRU(5, 7), weight_ih_l0=W.reshape(21, 5), weight_hh_l0=U.reshape(21, 7),
               bias_ih_l0=b.reshape(21), bias_hh_l0=d.reshape(21))
    h, h1 = gru(tensor(x), tensor(h0))
    return dict(params=dict(W=W, U=U, b=b, d=d), inputs=dict(x=x), starts=dict(h=h0),
                outputs=dict(h=h.detach()), states=dict(h=h1.detach()))


@case("ligru", "models/ligru.lua", X=5, H=7)
def _(draw):
    x, W, U, h0 = draw(T, N, 5), draw(2, 7, 5), draw(2, 7, 7), draw(1, N, 7)
    mu, var, gamma, beta = draw(2, 7), draw(2, 7, low=0.5, high=1.5), draw(2, 7, low=0.5, high=1.5), draw(2, 7)
    norms = [load(torch.nn.BatchNorm1d(7), weight=gamma[e], bias=beta[e], running_mean=mu[e], running_var=var[e],
                  num_batches_tracked=np.int64(1)) for e in (0, 1)]
    hs, h = [], h0[0]
    for x_t in x:
        z, g = (norms[e](tensor(x_t @ W[e].T)).detach().numpy() + h @ U[e].T for e in (0, 1))
        h = sigmoid(z) * h + (1 - sigmoid(z)) * relu(g)
        hs.append(h)
    return dict(params=dict(W=W, U=U, mu=mu, var=var, gamma=gamma, beta=beta), inputs=dict(x=x), starts=dict(h=h0),
                outputs=dict(h=np.stack(hs)), states=dict(h=h[None]))


@case("indrnn", "models/indrnn.lua", X=5, H=7)
def _(draw):
    x, W, u, b, h0 = draw(T, N, 5), draw(7, 5), draw(7), draw(7), draw(1, N, 7)
    hs, h = [], h0[0]
    for x_t in x:
        h = relu(x_t @ W.T + u * h + b)
        hs.append(h)
    return dict(params=dict(W=W, u=u, b=b), inputs=dict(x=x), starts=dict(h=h0), outputs=dict(h=np.stack(hs)), states=dict(h=h[None]))


@case("sru", "models/sru.lua", L=2, X=5, H=7)
def _(draw):
    x, P = draw(T, N, 5), draw(7, 5)
    params, y, states, starts = {"W": P}, x @ P.T, {}, {}
    for l in 1, 2:
        W, v, b = draw(3, 7, 7), draw(2, 7), draw(2, 7)
        c0 = draw(1, N, 7)
        c, hs = c0[0], []
        for x_t in y:
            f = sigmoid(x_t @ W[1].T + v[0] * c + b[0])
            r = sigmoid(x_t @ W[2].T + v[1] * c + b[1])
            c = f * c + (1 - f) * (x_t @ W[0].T)
            hs.append(r * c + (1 - r) * x_t)
        y = np.stack(hs)
        params |= {f"layer{l}.W": W, f"layer{l}.v": v, f"layer{l}.b": b}
        starts[f"layer{l}.c"], states[f"layer{l}.c"] = c0, c[None]
    return dict(params=params, inputs=dict(x=x), starts=starts, outputs={"layer2.h": y}, states=states)


def qrnn(window, pool):
    """Bradbury et al.: torch's convolution over x with zeros before the first step, then the pooling."""
    def reference(draw):
        G, name = 1 + len(pool), "c" if pool == "f" else "h"
        x, W, b = draw(T, N, 5), draw(G, window, 7, 5), draw(G, 7)
        padded = np.concatenate([np.zeros((window - 1, N, 5)), x]).transpose(1, 2, 0)       # N, X, T
        # torch's kernel[units][X][place] meets the earliest step first; W[gate][0] is for this step.
        kernel = W[:, ::-1].transpose(0, 2, 3, 1).reshape(G * 7, 5, window)
        a = torch.nn.functional.conv1d(tensor(padded), tensor(kernel), tensor(b.reshape(-1))).numpy()
        a = a.transpose(2, 0, 1).reshape(T, N, G, 7).transpose(2, 0, 1, 3)
        z, f = tanh(a[0]), sigmoid(a[1])
        i = sigmoid(a[3]) if pool == "ifo" else 1 - f
        c0 = draw(1, N, 7)
        cs, c = [], c0[0]
        for t in range(T):
            c = f[t] * c + i[t] * z[t]
            cs.append(c)
        h = np.stack(cs) if pool == "f" else sigmoid(a[2]) * np.stack(cs)
        starts = {"c": c0}
        if window > 1:
            starts["x"] = np.zeros((window - 1, N, 5))
        return dict(params=dict(W=W, b=b), inputs=dict(x=x), starts=starts, outputs={name: h}, states=dict(c=c[None]))
    return reference


for number, pool in enumerate(("f", "fo", "ifo"), 1):
    for window in 1, 2:
        case(f"qrnn_{pool}_{window}", "models/qrnn.lua", X=5, H=7, WINDOW=window, POOL=number)(qrnn(window, pool))
