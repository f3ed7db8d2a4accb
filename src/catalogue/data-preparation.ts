import { type Equation, place } from "./equation.js";

const frames = "spec/datasets/training-frames.spec.ts";
const dataset = "spec/datasets/bop-dataset.spec.ts";
const hostile = "spec/datasets/hostile-files.spec.ts";
const preparation = (...names: string[]) => place("src/datasets/training-frames.ts", ...names);
const none = "none: data";

/** DATA-1 to DATA-6. */
export const dataPreparation: readonly Equation[] = [
  {
    id: "DATA-1",
    name: "UAVA",
    formula:
      "frames with 0 ≤ u < width, 0 ≤ v < height and Z > 0 of every keypoint; R = R_cᵀ R_d, t = R_cᵀ (p_d − p_c) of the table's placements [m], quaternions x, y, z, w",
    derivatives: none,
    edges: [
      "a keypoint on the far edge, or behind the camera: outside",
      "a quaternion not of length 1: taken as it is, its defect reported",
      "a camera that looks along −z: turned by π about x if asked",
    ],
    checks: [
      "exactly the frames whose keypoints are inside, one by one",
      "to the bit there and back",
    ],
    sources: ["[UAVA2021] Sec 3.2", "[DronePose2020]"],
    stage: preparation("isWholeInImage", "droneKeypoints"),
    specs: [frames, "spec/datasets/drone-frames.spec.ts", hostile],
  },
  {
    id: "DATA-2",
    name: "LineMOD",
    formula:
      "13 of 15 objects; a square of side 1.5 max(w, h)(1 ± ¼), its centre moved by up to ¼ of w and h, resized to m × m",
    derivatives: none,
    edges: [
      "a crop beyond the image: zeros, filled by whoever samples it",
      "a box of no size: refused",
    ],
    checks: ["corners of the square to those of the map", "the range of the draws"],
    sources: ["[EProPnP2022] Sec 5.1", "[Hinterstoisser2012]"],
    stage: preparation("boxCrop"),
    specs: [frames, dataset],
  },
  {
    id: "DATA-3",
    name: "LineMOD Occlusion and YCB-Video",
    formula:
      "8 and 21 objects; real images at a share of 1/4 and 1/8; visible share at least 0.3 or 0.2, and 100 pixels of output",
    derivatives: none,
    edges: [
      "fewer than 100 pixels of output: drawn again",
      "objects that the challenges take for symmetric, and those of tables: two lists",
    ],
    checks: ["counts of 10 000 draws", "data sets in BOP layout, written and read"],
    sources: ["[LC2023] Sec 4.3", "[Hodan2018]", "[BopChallenge2020] Sec 2"],
    stage: preparation("drawnImageKind", "isTrainable"),
    specs: [frames, dataset, "spec/datasets/bop-scene.spec.ts", hostile],
  },
  {
    id: "DATA-4",
    name: "nuScenes",
    formula:
      "1000 scenes in splits of 700, 150 and 150; boxes of 10 classes within the range of their class, with points in them, and no bicycle in a rack; v = Δc/Δt over the neighbours",
    derivatives: none,
    edges: [
      "no points of lidar or radar: left out, and counted",
      "a box on the range: left out",
      "neighbours more than 1.5 s a step apart: velocity NaN",
    ],
    checks: ["a scene in miniature, by hand", "the sizes of the splits"],
    sources: ["[EProPnP2022] Sec 5.1", "[Caesar2020]"],
    stage: place("src/datasets/nuscenes-boxes.ts", "evaluatedBoxes", "isInBox", "quaternionYaw"),
    specs: ["spec/datasets/nuscenes.spec.ts", hostile],
  },
  {
    id: "DATA-5",
    name: "camera of a crop",
    formula: "x′ = M (x, 1)ᵀ, K′ = [M; 0 0 1] K",
    derivatives: "w.r.t. K and M: linear",
    edges: ["a turn in M: skew and an entry below the diagonal", "no size: refused"],
    checks: [
      "projected and warped = projected by K′",
      "homogeneous in K",
      "duals on the definition",
    ],
    sources: ["published code of [LC2023]"],
    definition: place(
      "src/definitions/affine-crop.ts",
      "affineCamera",
      "affineCameraVjp",
      "cropAffine",
    ),
    kernel: place("src/kernels/affine-crop.ts", "affineCamera", "affineCameraVjp", "cropAffine"),
    stage: preparation("boxCrop"),
    specs: ["spec/equations/affine-crop.spec.ts"],
  },
  {
    id: "DATA-6",
    name: "dense coordinate target",
    formula: "z = Rᵀ (d K⁻¹ (u + h, v + h, 1)ᵀ − t) ⊘ e, h = ½",
    derivatives: "none: a target",
    edges: [
      "a hole in the depth: no target, and the mask says so",
      "depth is never interpolated: across an edge it would be of neither side",
      "a crop turned: K with an entry below the diagonal",
    ],
    checks: ["round trip through π"],
    sources: ["published code of [LC2023]"],
    definition: place("src/definitions/coordinate-target.ts", "coordinateTarget"),
    kernel: place("src/kernels/coordinate-target.ts", "coordinateTarget"),
    stage: place("src/datasets/coordinate-map.ts", "coordinateMap"),
    specs: ["spec/equations/coordinate-target.spec.ts", "spec/datasets/coordinate-map.spec.ts"],
  },
];
