import { type Equation, place } from "./equation.js";

const losses = "src/pipeline/keypoint-losses.ts";
const pipeline = place("src/pipeline/keypoint-pipeline.ts", "keypointPipeline");
const squared = {
  definition: place("src/definitions/keypoint-loss.ts", "keypointLoss", "keypointLossGradient"),
  kernel: place("src/kernels/keypoint-loss.ts", "keypointLoss", "keypointLossGradient"),
};
const wholeSpec = "spec/pipeline/keypoint-pipeline.spec.ts";
const edgeSpec = "spec/pipeline/pipeline-edges.spec.ts";
const lossSpec = "spec/pipeline/keypoint-losses.spec.ts";
const termSpec = "spec/pipeline/terms.spec.ts";

/** REPRO-L1 … REPRO-L7: the losses of keypoints through a pose. */
export const keypointPipeline: readonly Equation[] = [
  {
    id: "REPRO-L1",
    name: "l_h",
    formula: "l_h = mean over maps of HM-6 (by default), HM-7 or HM-8",
    derivatives: "by the maps' logits",
    edges: ["a label outside the image: the frame is left out, or kept where that is asked for"],
    checks: ["equals HM-6 on drawn targets", "difference quotient"],
    sources: ["[UAVA2021] Sec 3"],
    stage: pipeline,
    specs: [wholeSpec, edgeSpec],
  },
  {
    id: "REPRO-L2",
    name: "l_proj",
    formula: "l_proj = Σ ‖π(z, y⋆) − x⋆‖², a sum over keypoints and a mean over the batch",
    derivatives: "by x, z, w and K: directly, and through the layer",
    edges: ["a solver that fails: a status, no loss and a gradient of zeros"],
    checks: ["0 where the pose is right", "difference quotient of the pose solved again"],
    sources: ["[UAVA2021] Sec 3", "[BPnP2020]"],
    ...squared,
    stage: place(losses, "keypointLosses"),
    specs: ["spec/equations/keypoint-loss.spec.ts", lossSpec],
  },
  {
    id: "REPRO-L3",
    name: "l_reg",
    formula: "l_reg = Σ ‖x − π(z, y⋆)‖²",
    derivatives: "2 (x − π) by x with unit weights: y⋆ is where the rest vanishes (BPNP-8)",
    edges: ["weights, δ or another layer: what does not vanish is not left out"],
    checks: ["the envelope identity, for every variant", "0 exactly where keypoints fit a pose"],
    sources: ["[UAVA2021] Sec 3", "[BPnP2020]"],
    stage: place(losses, "keypointLosses"),
    specs: ["spec/equations/keypoint-loss.spec.ts", lossSpec],
  },
  {
    id: "REPRO-L4",
    name: "l_m",
    formula: "l_m = l_h + β l_proj,  β = 1e-5 ([BPnP2020] used 2e-4)",
    derivatives: "∇l_h + β ∇l_proj; the ratio of their lengths is reported",
    edges: ["β negative or not finite: refused; β = 0: l_h alone"],
    checks: ["linear in β"],
    sources: ["[UAVA2021] Sec 3, 3.3, 5.2"],
    stage: place("src/pipeline/terms.ts", "mixedTerms"),
    specs: [wholeSpec, termSpec],
  },
  {
    id: "REPRO-L5",
    name: "l_p",
    formula: "l_p = l_reg + l_proj",
    derivatives: "the sum of theirs",
    edges: ["no pose yet: the image counts in nothing, and says why"],
    checks: ["descent brings keypoints and pose home, where l_proj alone leaves keypoints off"],
    sources: ["[UAVA2021] Sec 3, 4.1"],
    stage: place("src/pipeline/terms.ts", "poseTerms"),
    specs: [lossSpec, wholeSpec],
  },
  {
    id: "REPRO-L6",
    name: "schedule",
    formula:
      "44 epochs of one loss; to compare solvers, 30 of l_h and 14 of l_m; the best validation model is tested",
    derivatives: "none",
    edges: [
      "resuming between phases: terms are those of the epoch",
      "an epoch beyond the last: refused",
    ],
    checks: ["every epoch of both schedules"],
    sources: ["[UAVA2021] Sec 3.3, Table 5"],
    stage: place("src/pipeline/terms.ts", "termsAt", "bestEpoch"),
    specs: [termSpec],
  },
  {
    id: "REPRO-L7",
    name: "pipeline",
    formula: `maps → softmax → centre of mass → pixels → pose → loss, and back;
f = W/(2 tan(64.69°/2)), 320 × 240`,
    derivatives: "by the maps, with the contract of the layer or loss that is chosen",
    edges: [
      "NaN logits, flat maps, maps of one pixel, labels outside, solvers that fail: said image by image, zero gradient",
      "several resolutions: averaged at the finest or the image's size, learned from at each",
    ],
    checks: [
      "difference quotient from three keypoints on 8 × 6 maps, and of every sum of terms",
      "every layer against its parts",
      "any strides; room for gradients",
    ],
    sources: ["[UAVA2021] Fig 1", "[BPnP2020]"],
    stage: pipeline,
    specs: [wholeSpec, edgeSpec, termSpec],
  },
];
