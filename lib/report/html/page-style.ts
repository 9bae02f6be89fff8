/**
 * The only style of a report's page. No size is a share of the page, so that "100 %" never appears in a report. In both colour schemes,
 * states have a contrast of at least 3:1 to their background and text at least 4.5:1 (WCAG 2.2, 1.4.3 and 1.4.11).
 */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1c2024;--soft:#59616a;--line:#d5dae0;--panel:#f4f6f8;--link:#0b57b0;--on-state:#fff;
--signed:#2b7a5d;--exempt:#6b7785;--pending:#8f6a00;--unknown:#7a4bc4;--untrusted:#b54708;--unsigned:#c01f2e;--unseen:#e3e6ea}
@media (prefers-color-scheme:dark){:root{--ground:#14171a;--text:#e8ebee;--soft:#a5afb9;--line:#3a424a;--panel:#1d2226;--link:#7cb8ff;
--on-state:#14171a;--signed:#4fb58f;--exempt:#93a0ad;--pending:#d9a514;--unknown:#b292f0;--untrusted:#f08a45;--unsigned:#ff6b76;--unseen:#2b3137}}
@media print{:root{color-scheme:light;--ground:#fff;--text:#000;--soft:#444;--line:#bbb;--panel:#fff;--link:#000;--on-state:#fff;
--signed:#2b7a5d;--exempt:#6b7785;--pending:#8f6a00;--unknown:#7a4bc4;--untrusted:#b54708;--unsigned:#c01f2e;--unseen:#e3e6ea}}
*{box-sizing:border-box}
html{background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;-webkit-text-size-adjust:none}
body{margin:0 auto;max-width:72rem;padding:1.5rem 1rem 4rem;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .75rem}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem;padding-top:.5rem;border-top:2px solid var(--text)}
h3{font-size:1rem;margin:1.5rem 0 .25rem}
.lead{font-size:1.2rem;line-height:1.4;margin:0 0 .75rem;max-width:60rem}
p{max-width:60rem;margin:.5rem 0}
.soft,caption,figcaption{color:var(--soft);font-size:.875rem}
a{color:var(--link)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:1rem 0;padding:0}
.wide{overflow-x:auto;margin:.5rem 0}
.wide:focus-visible,summary:focus-visible,a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);overflow-wrap:normal}
thead th{border-bottom-color:var(--text);white-space:nowrap}
th[scope=rowgroup]{background:var(--panel);padding:.5rem;overflow-wrap:anywhere}
.n{text-align:right;white-space:nowrap}
.t{white-space:nowrap}
code,.d{font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.d{overflow-wrap:anywhere;min-width:12rem}
td .soft{font-size:inherit}
td code{display:block;min-width:17rem;max-width:24rem;overflow-wrap:anywhere}
figure{margin:1rem 0}
figure svg{display:block;margin-top:.75rem;min-width:44rem;color:var(--text)}
figure svg text{fill:var(--text);font-size:12px}
figure svg g[aria-label="y-axis tick label"] text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:11px}
figure svg g[font-weight=bold] text{fill:var(--on-state);font-size:10px}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:.25rem 0;padding:0;font-size:.875rem}
.s::before{content:"";display:inline-block;width:.75em;height:.75em;margin-right:.4em;border-radius:2px;background:var(--c);border:1px solid var(--c);print-color-adjust:exact;-webkit-print-color-adjust:exact}
.signed{--c:var(--signed)}.exempt{--c:var(--exempt)}.pending{--c:var(--pending)}.unknown{--c:var(--unknown)}.untrusted{--c:var(--untrusted)}.unsigned{--c:var(--unsigned)}.unseen{--c:var(--unseen)}
.unseen::before{border-color:var(--soft)}
details{margin:.5rem 0;border:1px solid var(--line);border-radius:6px;padding:0 .75rem}
summary{cursor:pointer;padding:.5rem 0;min-height:2.75rem}
details[open]{padding-bottom:.75rem}
@media (max-width:40rem){h1{font-size:1.35rem}.lead{font-size:1.0625rem}body{padding-top:1rem}}
@page{size:landscape;margin:12mm}
@media print{body{max-width:none;padding:0;font-size:10pt}nav{display:none}section{break-before:page}h2{border:0;margin-top:0}
details{border:0;padding:0}details::details-content{content-visibility:visible;display:block;block-size:auto}summary{list-style:none;font-weight:bold}
table{font-size:8pt}td code,.d{min-width:0;max-width:20rem;font-size:7pt}th,td{overflow-wrap:anywhere}thead th{white-space:normal}
tr,figure svg{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}figure svg{min-width:0}svg rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
