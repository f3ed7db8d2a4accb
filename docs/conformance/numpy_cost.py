"""A Huber cost at a given pose with its residual and Jacobian, in numpy: what test_vectors.py puts to the test.

    cost = 1/2 sum rho(|f|^2)    f = w (pi - x)    residual = sqrt(rho') f    jacobian = sqrt(rho') df/dxi

A pose is a translation and a quaternion (w, x, y, z), or a translation and a turn about the y axis. The
tangent xi is the translation first, then half of a turn of the camera frame, reversed; or the turn itself.
"""
import numpy as np

Z_MIN = 0.1


def cross(v):
    return np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])


def rotation(turn):
    if len(turn) == 1:
        c, s = np.cos(turn[0]), np.sin(turn[0])
        return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    size = np.linalg.norm(turn)
    if abs(size - 1) > 1e-12:
        raise ValueError(f"pose: expected a unit quaternion, got length {size}")
    w, v = turn[0] / size, turn[1:] / size
    return np.eye(3) + 2 * w * cross(v) + 2 * cross(v) @ cross(v)


def one(x, z, w, K, pose, delta):
    if not delta > 0:
        raise ValueError(f"delta: expected delta > 0, got {delta}")
    p = z @ rotation(pose[3:]).T
    h = (p + pose[:3]) @ K.T
    depth = np.maximum(h[:, 2], Z_MIN)
    pixel = h[:, :2] / depth[:, None]
    f = w * (pixel - x)
    size = np.linalg.norm(f, axis=1)
    rho = np.where(size <= delta, size**2, delta * (2 * size - delta))
    root = np.sqrt(np.minimum(1, delta / np.maximum(size, np.finfo(float).tiny)))
    by_point = (K[None, :2] - pixel[:, :, None] * K[None, 2:]) / depth[:, None, None]
    turns = np.array([cross(point) for point in p])
    # X moves by -2 e x p along a coordinate of the half turn, and by e2 x p along a yaw.
    by_turn = 2 * turns if len(pose) == 7 else -turns[:, :, 1:2]
    motion = np.concatenate([np.broadcast_to(np.eye(3), (len(z), 3, 3)), by_turn], axis=2)
    J = (w * root[:, None])[:, :, None] * (by_point @ motion)
    J[h[:, 2] <= Z_MIN] = 0
    return 0.5 * rho.sum(), root[:, None] * f, J


def compute(given, want):
    names = ("x2d", "x3d", "w2d", "K", "pose", "delta")
    batch = zip(*(given[name] for name in names))
    columns = zip(*(one(*problem) for problem in batch))
    answers = dict(zip(("cost", "residual", "jacobian"), map(np.array, columns)))
    return {name: answers[name] for name in want}
