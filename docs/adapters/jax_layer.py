"""A JAX layer under audit; protocol.py stands beside this file.

    pnp-oracle audit --exec "python jax_layer.py" --method bpnp --want J_x2d,J_x3d,J_K

`my_layer` is yours: from x2d [N, 2], x3d [N, 3], K [3, 3] and a pose to start from, [6] as (rotation
vector, t), to the pose [6]. What is audited is what jax.jacrev makes of it.
"""
import jax
import jax.numpy as jnp
import numpy as np

from my_package import my_layer
from protocol import serve

jax.config.update("jax_enable_x64", True)
names = ("x2d", "x3d", "K", "pose_init")
ranks = {"x2d": 3, "x3d": 3, "K": 3, "pose_init": 2}
jacobian = jax.jit(jax.jacrev(my_layer, argnums=(0, 1, 2)))


def layer(request):
    given = {name: jnp.array(request["input"][name], dtype=request["dtype"]) for name in names}
    batch = given["x2d"].shape[0]
    claim = {f"J_{name}": [] for name in names[:3]}
    for b in range(batch):
        # An input that all problems share comes without its leading axis.
        one = [given[name][b] if given[name].ndim == ranks[name] else given[name] for name in names]
        for name, J in zip(names, jacobian(*one)):
            claim[f"J_{name}"].append(np.asarray(J, dtype=np.float64))
    return {name: np.stack(claim[name]) for name in request["want"] if name in claim}


if __name__ == "__main__":
    serve(layer)
