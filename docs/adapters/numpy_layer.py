"""A BPnP layer in numpy, put under audit:

    pnp-oracle audit --exec "python numpy_layer.py" --method bpnp --convention chart=LEFT

Replace `solve` and `jacobians` by your own. These find the minimum by Newton steps and differentiate the
condition of stationarity, g(y, theta) = 0, so that J = -H^-1 dg/dtheta. A derivative of g is the imaginary
part of g at a point moved by i h: there is no difference of two numbers, hence no error but rounding. The
tangent is LEFT: R <- Exp(phi) R, t <- t + tau.
"""
import sys

import numpy as np

from protocol import serve

H = 1e-30


def cross(v):
    zero = 0 * v[0]
    return np.array([[zero, -v[2], v[1]], [v[2], zero, -v[0]], [-v[1], v[0], zero]])


def rotation(w):
    angle = np.linalg.norm(w)
    if angle < 1e-12:
        return np.eye(3) + cross(w)
    k = cross(w / angle)
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)


def gradient(data, R, t):
    """g [6]: the slope of 1/2 sum |w (x - pi)|^2 as the camera frame turns and shifts."""
    x, z, w, K = data["x2d"], data["x3d"], data["w2d"], data["K"]
    p = z @ R.T
    h = (p + t) @ K.T
    pixel = h[:, :2] / h[:, 2:]
    force = -(w**2) * (x - pixel) / h[:, 2:]
    q = force @ K[:2] - np.outer((force * pixel).sum(axis=1), K[2])
    return np.concatenate([np.cross(p, q).sum(axis=0), q.sum(axis=0)])


def moved(R, t, y):
    return R + cross(y[:3]) @ R, t + y[3:]


def hessian(data, R, t):
    steps = 1j * H * np.eye(6)
    return np.array([gradient(data, *moved(R, t, step)).imag / H for step in steps]).T


def solve(data, pose):
    R, t = rotation(pose[:3]), pose[3:]
    for _ in range(30):
        y = -np.linalg.solve(hessian(data, R, t), gradient(data, R, t))
        R, t = rotation(y[:3]) @ R, t + y[3:]
        if np.linalg.norm(y) < 1e-14:
            break
    return R, t


def jacobians(data, R, t):
    inverse = -np.linalg.inv(hessian(data, R, t))
    found = {}
    for name, value in data.items():
        columns = []
        for k in range(value.size):
            shifted = value.astype(complex)
            shifted.flat[k] += 1j * H
            columns.append(gradient({**data, name: shifted}, R, t).imag / H)
        found[name] = (inverse @ np.array(columns).T).reshape(6, *value.shape)
    return found


def layer(request):
    given = {name: np.array(value, dtype=float) for name, value in request["input"].items()}
    batch = given["x2d"].shape[0]
    shared = {name for name in ("x3d", "K", "w2d") if name in given and given[name].ndim == 2}
    claim = {}
    for b in range(batch):
        one = {name: given[name] if name in shared else given[name][b] for name in ("x2d", "x3d", "K")}
        w = given.get("w2d", np.ones_like(given["x2d"]))
        one["w2d"] = w if "w2d" in shared else w[b]
        start = given.get("pose", given["pose_init"])
        start = start if start.ndim == 1 else start[b]
        J = jacobians(one, *solve(one, start))
        for name, value in J.items():
            claim.setdefault(f"J_{name}", []).append(value)
            grad = np.tensordot(given["grad_pose"][b], value, axes=1)
            if "--plant-sign" in sys.argv:
                grad = -grad
            claim.setdefault(f"grad_{name}", []).append(grad)
    for name in shared:
        claim[f"grad_{name}"] = sum(claim[f"grad_{name}"])
    return {name: claim[name] for name in request["want"] if name in claim}


if __name__ == "__main__":
    serve(layer)
