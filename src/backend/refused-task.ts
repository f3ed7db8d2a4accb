import { BackendError } from "./task.js";

/** A task that a backend refused before it began: it has no words, or no room, for it. Others may take it. */
export class RefusedTask extends BackendError {}
