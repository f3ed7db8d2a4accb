"""A PyTorch layer under audit; protocol.py stands beside this file.

    pnp-oracle audit --exec "python torch_layer.py" --method bpnp --want grad_x2d,grad_x3d,grad_K

`my_layer` is yours: from x2d [B, N, 2], x3d [B, N, 3] or [N, 3], K [B, 3, 3] or [3, 3] and a pose to start
from, [B, 6] as (rotation vector, t), to the pose [B, 6]. What is audited is its backward pass.
"""
import torch

from my_package import my_layer
from protocol import serve

dtypes = {"float64": torch.float64, "float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def layer(request):
    dtype = dtypes[request["dtype"]]
    given = {name: torch.tensor(value, dtype=dtype) for name, value in request["input"].items()}
    wanted = [name for name in request["want"] if name.startswith("grad_")]
    inputs = [given[name.removeprefix("grad_")].requires_grad_() for name in wanted]
    pose = my_layer(given["x2d"], given["x3d"], given["K"], given["pose_init"])
    gradients = torch.autograd.grad(pose, inputs, grad_outputs=given["grad_pose"])
    return {name: gradient.double() for name, gradient in zip(wanted, gradients)}


if __name__ == "__main__":
    serve(layer)
