/**
 * Where deviations were seen: the code or the paper, by its key in docs/references.md, and the id under which
 * the differences of paper and code are registered.
 */
export const sightings: Readonly<Record<string, string>> = {
  "depth-weighted-residual":
    "backward pass of BoChenYS/BPnP, recorded at commit f1f4f6a [BPnP2020]; register PVC-1",
  "dropped-coefficient-derivatives":
    '"BPnP_fast" of BoChenYS/BPnP, whose paper calls it ignoring higher-order derivatives [BPnP2020]; PVC-2',
  "gauss-newton-hessian":
    "the robust Gauss–Newton matrices of EPro-PnP leave out second-order terms [EProPnP2022]; PVC-16",
  "threshold-attached":
    "the Monte Carlo loss of EPro-PnP, whose threshold follows the weights [EProPnP2022]; PVC-14",
  "threshold-attached-to-points":
    "the adaptive threshold of EPro-PnP follows the spread of the image points too [EProPnP2022]; PVC-14",
  "depth-unclamped":
    "the text of EPro-PnP is silent on clamps, its code has them [EProPnP2022]; PVC-22",
  "threshold-ignored":
    "the printed cost of EPro-PnP has plain squares, its code the Huber kernel [EProPnP2022]; PVC-29",
  "weights-taken-as-w2": "the backbone study prints weights as √w [BackboneStudy]; PVC-33",
  "robustification-missing":
    'the text of the Linear-Covariance loss says "Huber adaptively", its code how [LC2023]; PVC-42',
  "residual-clamp-missing":
    "only the code of the Linear-Covariance loss clamps residuals [LC2023]; PVC-42",
  "residual-threshold-missing":
    "only the code of the Linear-Covariance loss states this threshold [LC2023]; PVC-42",
  "weight-threshold-missing":
    "only the code of the Linear-Covariance loss states this threshold [LC2023]; PVC-42",
  "residual-detached": "ablation C0 of the Linear-Covariance paper [LC2023]",
  "covariance-weights-detached": "ablation C1 of the Linear-Covariance paper [LC2023]",
  "covariance-term-missing": "ablation C2 of the Linear-Covariance paper [LC2023]",
  "linear-term-missing": "ablation C3 of the Linear-Covariance paper [LC2023]",
  "prior-term-missing": "ablation C4 of the Linear-Covariance paper [LC2023]",
  "identity-substituted":
    "the Linear-Covariance code, where a Hessian cannot be factored [LC2023]; PVC-59",
  "lengths-in-millimetres": "the Linear-Covariance code works in millimetres [LC2023]; PVC-54",
  "scaled-to-640-pixels":
    "thresholds of MSPD scale with the image width [BopChallenge2020]; PVC-65",
  "summed-over-batch":
    "a batched backward pass of a public toolkit adds the gradient of shared points to every problem; PVC-6",
};
