/** Every study, by name. */
import { averagingToy } from "./averaging-toy.js";
import type { Study } from "./study.js";

export const studies: readonly Study[] = [averagingToy];
