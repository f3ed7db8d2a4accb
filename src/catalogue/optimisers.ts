import { type Equation, place } from "./equation.js";

/** OPT-1..7: how a gradient moves parameters. */
export const optimisers: readonly Equation[] = [
  {
    id: "OPT-1",
    name: "Adam",
    formula: `m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²
θ ← θ − η m̂/(√v̂ + ε),  m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ)`,
    derivatives: "none: an update rule",
    edges: [
      "a gradient of 0 from the start: 0/ε, nothing moves",
      "1 − β₂ᵗ at the first steps: through expm1, exact to the last places",
    ],
    checks: [
      "the first step is η against the sign",
      "equal gradients give steps of η g/(|g| + ε)",
      "β₁ = β₂ = 0 is descent by signs on a quadratic",
    ],
    sources: ["[KingmaBa2015] Algorithm 1"],
    definition: place("src/definitions/adam.ts", "adamUpdate", "seenShare"),
    kernel: place("src/kernels/adam.ts", "adamUpdate", "seenShare"),
    stage: place("src/optimise/optimisers.ts", "adam"),
    specs: ["spec/equations/adam.spec.ts", "spec/optimise/trajectories.spec.ts"],
  },
  {
    id: "OPT-2",
    name: "RMSprop",
    formula: `v ← αv + (1 − α)g²,  b ← μb + g/(√v + ε),  θ ← θ − ηb;  centred: √(v − ḡ²) for √v
η 1e-4, times 0.1 after epochs 50, 100, 150`,
    derivatives: "none: an update rule",
    edges: ["v = 0: 0/ε, nothing moves", "centred, v − ḡ² rounded below 0: taken as 0"],
    checks: [
      "the first step is η/√(1 − α) against the sign, 10 η at α = 0.99",
      "equal gradients: the sum of 1/√(1 − αᵗ) in closed form",
    ],
    sources: ["[TielemanHinton2012]", "[Graves2013] Eq 38..42", "[EProPnP2022] Sec 5.2"],
    definition: place("src/definitions/rmsprop.ts", "rmspropUpdate"),
    kernel: place("src/kernels/rmsprop.ts", "rmspropUpdate"),
    stage: place("src/optimise/optimisers.ts", "rmsprop"),
    specs: ["spec/equations/rmsprop.spec.ts", "spec/optimise/trajectories.spec.ts"],
  },
  {
    id: "OPT-3",
    name: "AdamW",
    formula: `θ ← θ − ηλθ, then Adam without decay in g
clip: g ← g min(1, 5/(‖g‖ + 1e-6)) over all parameters;  NaN or ∞ in it: g ← 0`,
    derivatives: "none: an update rule",
    edges: [
      "a gradient of 0: the decay acts all the same",
      "NaN or infinite entries: a zero gradient if asked, by default the step is skipped and says so",
    ],
    checks: [
      "a gradient of 0 shrinks θ by exactly 1 − ηλ",
      "a clipped norm never passes its limit",
    ],
    sources: ["[LoshchilovHutter2019] Algorithm 2", "[Pascanu2013] Algorithm 1"],
    definition: place("src/definitions/adam.ts", "adamWUpdate"),
    kernel: place("src/kernels/adam.ts", "adamWUpdate"),
    stage: place("src/optimise/optimisers.ts", "adamW"),
    specs: ["spec/equations/adam.spec.ts", "spec/optimise/optimisers.spec.ts"],
  },
  {
    id: "OPT-4",
    name: "Ranger",
    formula: `rows of g less their means;  ρ_t = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ)
ρ_t > 5: θ ← θ − η r_t √(1 − β₂ᵗ)/(1 − β₁ᵗ) m/(√v + ε);  else θ ← θ − η m/(1 − β₁ᵗ);  decay as AdamW
every 6 steps: slow ← slow + ½(θ − slow), θ ← slow`,
    derivatives: "none: an update rule",
    edges: [
      "a tensor of one axis: not centred",
      "ρ_t at the first steps: a sum of positive terms, where the closed form cancels",
    ],
    checks: [
      "five steps of descent with a bias-corrected mean, then rectified ones, at β₂ = 0.999",
      "centring twice is centring once",
      "look-ahead on a quadratic: the factor 1 − α + α(1 − ηh)⁶ every 6 steps",
    ],
    sources: ["[Liu2020] Algorithm 2", "[Yong2020] Eq 1", "[Zhang2019] Algorithm 1"],
    definition: place(
      "src/definitions/ranger.ts",
      "centredGradient",
      "smaLength",
      "rectification",
      "rectifiedUpdate",
      "lookAhead",
    ),
    kernel: place(
      "src/kernels/ranger.ts",
      "centredGradient",
      "smaLength",
      "rectification",
      "rectifiedUpdate",
      "lookAhead",
    ),
    stage: place("src/optimise/optimisers.ts", "ranger"),
    specs: ["spec/equations/ranger.spec.ts", "spec/optimise/trajectories.spec.ts"],
  },
  {
    id: "OPT-5",
    name: "flat-and-anneal",
    formula: `k < 1000: 1e-3 + (1 − 1e-3) k/1000;  k ≤ 0.72 T: 1;  k < T: ½(1 + cos π(k − 0.72 T)/(0.28 T));  else 0`,
    derivatives: "none: a schedule",
    edges: [
      "a warm-up longer than the run: never left",
      "a warm-up that reaches into the annealing: goes first",
    ],
    checks: ["values at 0, 1000, 0.72 T, half way from there, T", "falls from 0.72 T on"],
    sources: ["[LC2023] published code", "[LoshchilovHutter2017] Eq 5"],
    definition: place("src/definitions/learning-rate.ts", "warmUp", "flatAndAnneal", "stepDecay"),
    kernel: place("src/kernels/learning-rate.ts", "warmUp", "flatAndAnneal", "stepDecay"),
    stage: place("src/optimise/schedules.ts", "flatAndAnneal", "stepDecay"),
    specs: ["spec/equations/learning-rate.spec.ts", "spec/optimise/schedules.spec.ts"],
  },
  {
    id: "OPT-6",
    name: "gradient guards",
    formula:
      "a step whose gradient norm is NaN is skipped;  the loss of an object that is NaN counts as 0",
    derivatives: "none: a rule",
    edges: [
      "an infinite entry is not NaN: published code steps on it, the default skips it",
      "an infinite loss: kept",
    ],
    checks: ["NaN injected into one entry of one tensor", "norms from 1e-300 to 1e300"],
    sources: ["[EProPnP2022] published code"],
    definition: place("src/definitions/gradient-norm.ts", "gradientNorm", "clipFactor"),
    kernel: place("src/kernels/gradient-norm.ts", "gradientNorm", "clipFactor"),
    stage: place("src/optimise/gradient-guard.ts", "guardedGradient", "definedLosses"),
    specs: ["spec/equations/gradient-norm.spec.ts", "spec/optimise/optimisers.spec.ts"],
  },
  {
    id: "OPT-7",
    name: "gradient descent",
    formula: "b ← μb + g,  θ ← θ − η (b, or by Nesterov g + μb)",
    derivatives: "none: an update rule",
    edges: ["ηh > 2 on a quadratic of curvature h: grows without end, as it should"],
    checks: [
      "(1 − ηh)ᵗ on a quadratic, with momentum the two roots of the recurrence",
      "the loss falls at every step if 0 < ηh < 2",
    ],
    sources: ["[Polyak1964]", "[Sutskever2013] Eq 3, 4"],
    definition: place("src/definitions/gradient-descent.ts", "descentUpdate"),
    kernel: place("src/kernels/gradient-descent.ts", "descentUpdate"),
    stage: place("src/optimise/optimisers.ts", "gradientDescent"),
    specs: ["spec/equations/gradient-descent.spec.ts", "spec/optimise/trajectories.spec.ts"],
  },
];
