"""Cells whose memory is a linear recurrence h = f h' + u: GILR-LSTM, minGRU, minLSTM, xLSTM, selective SSM, RWKV.

Here h is the sum over all earlier steps of u times the product of the f after it, as the papers define or derive it; the
cells go step by step. Where a cell keeps exponents within bounds by a state of its own (m, p), here exp is taken as it is.
"""
from frame import N, T, case, sigmoid, tanh
import numpy as np


def linear(f, u, start=0.0):
    """All h with h_t = f_t h_{t-1} + u_t, h_{-1} = start, without going from one to the next."""
    after = lambda s, t: np.prod(f[s + 1:t + 1], axis=0)
    return np.stack([after(-1, t) * start + sum(after(s, t) * u[s] for s in range(t + 1)) for t in range(len(u))])


def dense(W, b, x):
    """b[g][i] + sum_k W[g][i][k] x[t][n][k], the gates first; without gates for a matrix W."""
    a = np.einsum("...ik,tnk->...tni", W, x)
    return a + b[..., None, None, :]


def layer(draw, gates, X=5, H=7):
    return draw(T, N, X), draw(gates, H, X), draw(gates, H)


@case("gilr_lstm", "models/gilr_lstm.lua", X=5, H=7)
def _(draw):
    x, V, b = layer(draw, 4)
    V_p, b_p, U, p0, c0 = draw(2, 7, 5), draw(2, 7), draw(4, 7, 7), draw(1, N, 7), draw(1, N, 7)
    g, j = dense(V_p, b_p, x)
    p = linear(sigmoid(g), (1 - sigmoid(g)) * tanh(j), p0[0])
    f, i, o, z = dense(V, b, x) + dense(U, 0 * b, np.concatenate([p0, p[:-1]]))
    c = linear(sigmoid(f), sigmoid(i) * tanh(z), c0[0])
    return dict(params=dict(V_p=V_p, b_p=b_p, U=U, V=V, b=b), inputs=dict(x=x), starts=dict(p=p0, c=c0),
                outputs=dict(h=sigmoid(o) * c), states=dict(p=p[-1:], c=c[-1:]))


@case("min_gru", "models/min_gru.lua", X=5, H=7)
def _(draw):
    x, W, b = layer(draw, 2)
    h0 = draw(1, N, 7)
    z, q = dense(W, b, x)
    h = linear(1 - sigmoid(z), sigmoid(z) * q, h0[0])
    return dict(params=dict(W=W, b=b), inputs=dict(x=x), starts=dict(h=h0), outputs=dict(h=h), states=dict(h=h[-1:]))


@case("min_lstm", "models/min_lstm.lua", X=5, H=7)
def _(draw):
    x, W, b = layer(draw, 3)
    h0 = draw(1, N, 7)
    f, i, q = dense(W, b, x)
    share = sigmoid(f) / (sigmoid(f) + sigmoid(i))
    h = linear(share, (1 - share) * q, h0[0])
    return dict(params=dict(W=W, b=b), inputs=dict(x=x), starts=dict(h=h0), outputs=dict(h=h), states=dict(h=h[-1:]))


def largest(log_f, log_i):
    """m at the last step: the largest exponent among the terms of c."""
    return np.max([log_i[s] + log_f[s + 1:].sum(axis=0) for s in range(len(log_i))], axis=0)


def slstm(x, W, bias, R, h, c, n):
    """h, c, n of all steps, and the logarithms of the gates f and i."""
    steps = []
    for x_t in x:
        z, i, f, o = bias[:, None] + np.einsum("gik,nk->gni", W, x_t) + np.einsum("gij,nj->gni", R, h)
        c = sigmoid(f) * c + np.exp(i) * tanh(z)
        n = sigmoid(f) * n + np.exp(i)
        h = sigmoid(o) * c / n
        steps.append((h, c, n, np.log(sigmoid(f)), i))
    return (np.array(part) for part in zip(*steps))


@case("slstm", "models/slstm.lua", X=5, H=7)            # goes on from states: c and n are those of the file times exp(m)
def _(draw):
    x, W, bias, R = draw(T, N, 5), draw(4, 7, 5), draw(4, 7), draw(4, 7, 7)
    c0, n0, m0, h0 = draw(1, N, 7), draw(1, N, 7, low=0.5, high=1), draw(1, N, 7), draw(1, N, 7)
    h, c, n, log_f, log_i = slstm(x, W, bias, R, h0[0], (c0 * np.exp(m0))[0], (n0 * np.exp(m0))[0])
    m = largest(np.insert(log_f, 0, 0, axis=0), np.insert(log_i, 0, m0, axis=0))
    return dict(params=dict(W=W, b=bias, R=R), inputs=dict(x=x), starts=dict(h=h0, c=c0, n=n0, m=m0), outputs=dict(h=h),
                states=dict(h=h[-1:], c=c[-1:] * np.exp(-m), n=n[-1:] * np.exp(-m), m=m[None]))


@case("slstm_large", "models/slstm.lua", X=5, H=7)      # exp(i) beyond float32; an exponent of 128 has 128 times its error
def _(draw):
    x, W, bias, R = draw(T, N, 5), draw(4, 7, 5), draw(4, 7), draw(4, 7, 7)
    W[1] *= 128
    h, _, n, _, _ = slstm(x, W, bias, R, *np.zeros((3, N, 7)))
    assert n.max() > np.finfo(np.float32).max
    return dict(params=dict(W=W, b=bias, R=R), inputs=dict(x=x), outputs=dict(h=h), ops=128 * 6 * 12)


def mlstm(draw, scale, **more):
    x, W, bias, w, b_if = draw(T, N, 5), draw(4, 7, 5), draw(4, 7), draw(2, 5), draw(2)
    w[0] *= scale
    q, k, v, o = dense(W, bias, x)
    k = k / np.sqrt(7)
    i, f = np.moveaxis(dense(w, b_if, x), -1, 0)
    C = linear(sigmoid(f)[..., None, None], np.exp(i)[..., None, None] * v[..., :, None] * k[..., None, :])
    n = linear(sigmoid(f)[..., None], np.exp(i)[..., None] * k)
    d = np.abs(np.einsum("tns,tns->tn", n, q))
    assert 0.2 < np.mean(d > 1) < 1, "both sides of the max should be seen"
    h = sigmoid(o) * np.einsum("tnus,tns->tnu", C, q) / np.maximum(d, 1)[..., None]
    # m starts at 0, as if there was a first term of that exponent; nothing else shows it.
    m = np.maximum(largest(np.log(sigmoid(f)), i), np.log(sigmoid(f)).sum(axis=0))
    return dict(params=dict(W=W, b=bias, w=w, b_if=b_if), inputs=dict(x=x), outputs=dict(h=h),
                states=dict(C=(C[-1] * np.exp(-m)[:, None, None])[None], n=(n[-1] * np.exp(-m)[:, None])[None], m=m[None]), **more)


@case("mlstm", "models/mlstm.lua", X=5, H=7)
def _(draw):
    return mlstm(draw, 4)


@case("mlstm_large", "models/mlstm.lua", X=5, H=7)
def _(draw):
    return mlstm(draw, 128, ops=128 * 6 * 12)


@case("selective_ssm", "models/selective_ssm.lua", X=5, H=4, R=2)
def _(draw):
    x, h0 = draw(T, N, 5), draw(1, N, 5, 4)
    p = dict(W_down=draw(2, 5), W_up=draw(5, 2), b=draw(5), W_B=draw(4, 5), W_C=draw(4, 5), A_log=draw(5, 4), D=draw(5))
    delta = np.log(1 + np.exp(x @ p["W_down"].T @ p["W_up"].T + p["b"]))
    B, C, A = x @ p["W_B"].T, x @ p["W_C"].T, -np.exp(p["A_log"])
    h = linear(np.exp(delta[..., None] * A), (delta * x)[..., None] * B[:, :, None, :], h0[0])
    return dict(params=p, inputs=dict(x=x), starts=dict(h=h0), states=dict(h=h[-1:]),
                outputs=dict(y=np.einsum("tns,tnds->tnd", C, h) + p["D"] * x))


def rwkv(x, mu, W, W_o, w, u, start=None):
    """o of one sequence x[t][k], and what its sums and the largest of their weights are at the end; start: x, a, b, p of before."""
    x0, a0, b0, p0 = start or (np.zeros_like(x[0]), 0, 0, -np.inf)
    before = np.vstack([x0, x[:-1]])
    r, k, v = ((mu[g] * x + (1 - mu[g]) * before) @ W[g].T for g in range(3))

    def sums(t, *last):                                 # of v and of 1, over the steps before t, and those in last
        terms = [(np.exp(p0 - t * w), a0, b0)] + [(np.exp(-(t - 1 - i) * w + k[i]), v[i], 1) for i in range(t)] + [*last]
        return sum(e * a for e, a, _ in terms), sum(e * b for e, _, b in terms), np.max([e for e, _, _ in terms], axis=0)

    wkv = []
    for t in range(len(x)):
        a, b, _ = sums(t, (np.exp(u + k[t]), v[t], 1))
        wkv.append(a / b)
    return (sigmoid(r) * np.array(wkv)) @ W_o.T, *sums(len(x))


def rwkv_params(draw, X=5, H=7):
    return dict(mu=draw(3, X, low=0, high=1), W=draw(3, H, X), W_o=draw(X, H), w=draw(H, low=0, high=1.5), u=draw(H))


@case("rwkv", "models/rwkv.lua", X=5, H=7)              # goes on from states
def _(draw):
    x, p = draw(T, N, 5), rwkv_params(draw)
    starts = dict(x=draw(1, N, 5), a=draw(1, N, 7), b=draw(1, N, 7, low=0.5, high=1), p=draw(1, N, 7))
    start = zip(*(value[0] for value in starts.values()))
    o, a, b, most = (np.stack(part, axis=-2) for part in zip(*(rwkv(x[:, n], **p, start=of_n) for n, of_n in enumerate(start))))
    return dict(params=p, inputs=dict(x=x), starts=starts, outputs=dict(o=o),
                states=dict(a=(a / most)[None], b=(b / most)[None], p=np.log(most)[None], x=x[-1:]))


@case("rwkv_large", "models/rwkv.lua", X=5, H=7)        # exp(k) beyond float32
def _(draw):
    x, p = draw(T, N, 5), rwkv_params(draw)
    p["W"][1] *= 128
    o, _, _, most = (np.stack(part, axis=-2) for part in zip(*(rwkv(x[:, n], **p) for n in range(N))))
    assert most.max() > np.finfo(np.float32).max
    return dict(params=p, inputs=dict(x=x), outputs=dict(o=o), ops=128 * 6 * 12)


@case("documents", "models/documents.lua", X=5, H=7, L=2)
def _(draw):
    steps = 12
    x, new = draw(steps, N, 5), draw.integers(0, 3, (steps, N)) // 2
    layers = [rwkv_params(draw) for _ in range(2)]
    y = x.copy()
    for n in range(N):                                  # each document alone
        begins = [0] + [t for t in range(1, steps) if new[t, n]] + [steps]
        for first, end in zip(begins, begins[1:]):
            for p in layers:
                y[first:end, n] += rwkv(y[first:end, n], **p)[0]
    params = {f"layer{l + 1}.{key}": value for l, p in enumerate(layers) for key, value in p.items()}
    return dict(params=params, inputs=dict(x=x, new=new), outputs={"layer2.sum": y})


@case("diag_ssm", "models/diag_ssm.lua", X=5, H=4)        # the impulse response, whose powers of A no step has formed
def _(draw):
    x, D, h0 = draw(T, N, 5), draw(5), draw(1, N, 5, 4) + 1j * draw(1, N, 5, 4)
    a, delta = -draw(5, 4, low=0.1, high=0.9) + 1j * np.pi * np.arange(4), draw(5, 1, low=0.1, high=0.6)
    single = lambda z: z.astype(np.complex64).astype(np.complex128)
    A, c = single(np.exp(delta * a)), draw(5, 4) + 1j * draw(5, 4)
    C = single(2 * c * (np.exp(delta * a) - 1) / a)
    powers = lambda l: A ** np.arange(l)[:, None, None]
    response = np.einsum("ds,lds->ld", C, powers(T))
    h = [sum(A ** (t - s) * x[s][..., None] for s in range(t + 1)) + A ** (t + 1) * h0[0] for t in range(T)]
    y = [sum(response[t - s] * x[s] for s in range(t + 1)) + np.einsum("ds,nds->nd", C * A ** (t + 1), h0[0]) for t in range(T)]
    return dict(params=dict(A_re=A.real, A_im=A.imag, C_re=C.real, C_im=C.imag, D=D), inputs=dict(x=x),
                starts=dict(re=h0.real, im=h0.imag), outputs=dict(y=np.real(y) + D * x),
                states=dict(re=h[-1].real[None], im=h[-1].imag[None]))
