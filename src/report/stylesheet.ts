/** The style of the report page: one page, light and dark, on a screen and on paper. */
export const stylesheet = `
:root { color-scheme: light dark;
  --paper: #fbfbfa; --card: #ffffff; --ink: #1c2024; --soft: #5b6470; --grid: #d5d9de;
  --good: #14794f; --note: #a15c00; --bad: #c02626; --unsure: #7b3fa0;
  --series-0: #1f77b4; --series-1: #e08214; --series-2: #2a9d5c; --series-3: #b5489a;
  --series-4: #17a2b8; --series-5: #c44e2f; --series-6: #7a68c9; --series-7: #8a8d29;
  --h0: #cfeadd; --h1: #fdf0d0; --h2: #fce3ab; --h3: #fbcf83; --h4: #f8b163; --h5: #f28c50; --h6: #c8452a; --h7: #a82020; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171a; --card: #1c2126; --ink: #e8eaed; --soft: #9ba5b0; --grid: #3a424b;
  --good: #4cc38a; --note: #f0a13a; --bad: #ff6b60; --unsure: #c594e8;
  --series-0: #58a6e0; --series-1: #f2a24a; --series-2: #55c98b; --series-3: #db7ec4;
  --series-4: #4cc7da; --series-5: #ec7d5f; --series-6: #a99cf0; --series-7: #c0c455;
  --h0: #17412f; --h1: #3a3216; --h2: #4c3d14; --h3: #654a12; --h4: #7f5014; --h5: #9a4d1b; --h6: #b04428; --h7: #cc3a3a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 32px 24px 64px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 20px; margin: 40px 0 12px; }
h3 { font-size: 16px; margin: 0 0 4px; overflow-wrap: anywhere; }
p { margin: 6px 0; } .soft, figcaption { color: var(--soft); } .small { font-size: 13px; }
code, td.number, .heat td { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: 0.93em; overflow-wrap: anywhere; }
.card { background: var(--card); border: 1px solid var(--grid); border-left: 5px solid var(--good); border-radius: 8px;
  padding: 16px 20px; margin: 14px 0; display: flex; gap: 24px; flex-wrap: wrap; align-items: flex-start; }
.card > div { flex: 1 1 440px; min-width: 0; } .card figure { flex: 0 1 520px; }
.card.wrong { border-left-color: var(--bad); } .card.expected, .card.approximation { border-left-color: var(--note); }
.card.ill-posed, .card.inconclusive { border-left-color: var(--unsure); }
.badge { display: inline-block; border-radius: 10px; padding: 0 9px; font-size: 13px; font-weight: 600; white-space: nowrap;
  color: var(--good); border: 1px solid currentColor; }
.badge.wrong { color: var(--bad); } .badge.approximation, .badge.expected { color: var(--note); }
.badge.ill-posed, .badge.inconclusive { color: var(--unsure); }
.measure { display: flex; gap: 28px; margin: 10px 0; flex-wrap: wrap; }
.measure b { display: block; font-size: 22px; line-height: 1.2; }
.bar { display: flex; height: 12px; border-radius: 6px; overflow: hidden; margin: 14px 0 8px; gap: 2px; }
.bar span { background: var(--good); } .bar .wrong { background: var(--bad); }
.bar .approximation, .bar .expected { background: var(--note); } .bar .ill-posed, .bar .inconclusive { background: var(--unsure); }
details { background: var(--card); border: 1px solid var(--grid); border-radius: 8px; margin: 10px 0; }
summary { padding: 10px 16px; cursor: pointer; display: list-item; } summary code { font-weight: 600; margin-right: 6px; }
.inside { padding: 0 16px 16px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
th { font-weight: 600; color: var(--soft); } td.number, th.number { text-align: right; white-space: nowrap; }
td.number { font-size: 12.5px; }
.heat { width: auto; margin: 4px 0; } .heat th { padding: 2px 8px 2px 0; border: 0; font-size: 12px; }
.heat thead th { text-align: center; font-weight: 400; padding: 2px; }
.heat td { text-align: center; font-size: 11px; padding: 3px 2px; min-width: 34px; border: 1px solid var(--card); }
.h0 { background: var(--h0); } .h1 { background: var(--h1); } .h2 { background: var(--h2); } .h3 { background: var(--h3); }
.h4 { background: var(--h4); } .h5 { background: var(--h5); } .h6 { background: var(--h6); color: #fff; } .h7 { background: var(--h7); color: #fff; }
.pictures { display: flex; flex-wrap: wrap; gap: 8px 20px; margin-top: 12px; }
figure { margin: 0; max-width: 100%; } figure svg { max-width: 100%; height: auto; display: block; }
figcaption { font-size: 13px; max-width: 520px; } figure h4 { margin: 0; font-size: 13.5px; }
.swatch { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin: 0 5px 0 0; }
.legend span.item { margin-right: 14px; white-space: nowrap; }
dt { font-weight: 600; margin-top: 8px; } dd { margin: 0; }
.formula { font: 14px/1.6 "Cambria Math", "STIX Two Math", "DejaVu Serif", Georgia, serif; margin: 6px 0; padding: 2px 12px; border-left: 3px solid var(--grid);
  overflow-wrap: anywhere; }
.worst { background: var(--card); border: 1px solid var(--grid); border-radius: 8px; padding: 12px 18px 16px; }
.worst > p { margin: 4px 0 0; overflow-wrap: anywhere; } .panel { flex: 0 1 380px; }
.panel table th { font-weight: 400; padding-right: 16px; } .panel table { margin: 4px 0 10px; } .panel figure { margin-top: 8px; }
.reproduce { margin: 14px 0 0; } .reproduce pre { margin: 0; padding: 10px 16px; max-height: 340px; overflow: auto; font-size: 12px;
  border-top: 1px solid var(--grid); }
@media print { details { break-inside: avoid; } body { max-width: none; } }
`;
