/** Rendering of reports: text, JSON and a page with pictures. */
export { reportHtml } from "./html.js";
export { reportJson } from "./json.js";
export { type TerminalOptions, terminalReport } from "./terminal.js";
