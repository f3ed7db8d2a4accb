/** Every study, by name. */
import { averagingToy } from "./averaging-toy.js";
import { gradientCorrectnessStudy } from "./gradient-correctness.js";
import type { Study } from "./study.js";

export const studies: readonly Study[] = [averagingToy, gradientCorrectnessStudy];
