// The threads' module for specs and scripts that run src/ as it was written; the package leaves it out.
import { register } from "tsx/esm/api";

register();
const { default: workOn } = await import("./worker.ts");
export default workOn;
