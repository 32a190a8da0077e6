/** The look of the pages: light and dark, from a phone's width upwards. */
export const style = `
:root { color-scheme: light; --bg:#f6f7f9; --card:#fff; --ink:#1c2128; --dim:#5b6470; --line:#d9dee5; --link:#0b5cad;
  --good:#1a7f37; --bad:#c62832; --wait:#8a5a00; --merged:#6f42c1; --add:#e3f7e8; --del:#ffe9e8; --hunk:#eef4fc; --code:#f1f3f6; }
:root[data-theme=dark] { color-scheme: dark; --bg:#0f1318; --card:#171c23; --ink:#e3e8ee; --dim:#98a3b0; --line:#2c343e;
  --link:#74b3f5; --good:#56c271; --bad:#ff7b78; --wait:#dba945; --merged:#b794f6; --add:#12301c; --del:#3a1b1e; --hunk:#182536; --code:#20262f; }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { color-scheme: dark; --bg:#0f1318; --card:#171c23;
  --ink:#e3e8ee; --dim:#98a3b0; --line:#2c343e; --link:#74b3f5; --good:#56c271; --bad:#ff7b78; --wait:#dba945;
  --merged:#b794f6; --add:#12301c; --del:#3a1b1e; --hunk:#182536; --code:#20262f; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--bg); color:var(--ink); font:15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color:var(--link); text-decoration:none; } a:hover { text-decoration:underline; }
:focus-visible { outline:2px solid var(--link); outline-offset:2px; border-radius:3px; }
header.top { background:var(--card); border-bottom:1px solid var(--line); padding:12px 20px; display:flex; gap:6px 18px; flex-wrap:wrap; align-items:center; }
header.top .crumbs { font-weight:600; overflow-wrap:anywhere; } header.top nav { margin-left:auto; display:flex; gap:16px; flex-wrap:wrap; }
header.top nav a[aria-current] { color:var(--ink); font-weight:600; }
main { max-width:1040px; margin:0 auto; padding:20px; }
h1 { font-size:22px; line-height:1.3; margin:4px 0 8px; overflow-wrap:anywhere; } h1 .dim { font-weight:400; }
h2 { font-size:15px; margin:26px 0 8px; }
.dim { color:var(--dim); } .small { font-size:13px; }
.card { background:var(--card); border:1px solid var(--line); border-radius:8px; margin:0 0 14px; }
.card > .row, .card > .pad, .card > form { padding:10px 14px; } .row + .row { border-top:1px solid var(--line); }
.row { display:flex; gap:4px 12px; align-items:baseline; flex-wrap:wrap; } .row .grow { flex:1 1 220px; min-width:0; overflow-wrap:anywhere; }
.head { padding:8px 14px; border-bottom:1px solid var(--line); background:var(--code); border-radius:8px 8px 0 0; font-size:13px; }
code, pre, .mono { font:12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; }
code { background:var(--code); border-radius:4px; padding:1px 4px; overflow-wrap:anywhere; } pre code { background:none; padding:0; }
pre { overflow-x:auto; margin:0; padding:10px 14px; } .md pre { background:var(--code); border-radius:6px; margin:8px 0; }
.md > :first-child { margin-top:0; } .md > :last-child { margin-bottom:0; } .md { overflow-wrap:anywhere; }
.md blockquote { margin:8px 0; padding-left:12px; border-left:3px solid var(--line); color:var(--dim); }
.scroll { overflow-x:auto; overflow-wrap:normal; } table { border-collapse:collapse; } th, td { border:1px solid var(--line); padding:4px 10px; text-align:left; vertical-align:top; }
.pill { display:inline-block; border:1px solid currentColor; border-radius:20px; padding:0 9px; font-size:12px; font-weight:600; white-space:nowrap; }
.good { color:var(--good); } .bad { color:var(--bad); } .wait { color:var(--wait); } .merged { color:var(--merged); }
.label { background:var(--code); border-radius:20px; padding:1px 9px; font-size:12px; }
details.file { background:var(--card); border:1px solid var(--line); border-radius:8px; margin:0 0 12px; overflow:hidden; }
details.file summary { padding:8px 14px; cursor:pointer; background:var(--code); overflow-wrap:anywhere; }
pre.log { white-space:pre-wrap; overflow-wrap:anywhere; }
.diff { padding:0; --row:var(--card); } .diff .line { display:block; white-space:pre; width:max-content; min-width:100%; padding-right:14px; background:var(--row); }
.diff .a { --row:var(--add); } .diff .d { --row:var(--del); } .diff .h { --row:var(--hunk); color:var(--dim); }
.diff .n { position:sticky; left:0; display:inline-block; margin-right:10px; border-right:1px solid var(--line); background:var(--row); color:var(--dim); user-select:none; }
.diff .n::before, .diff .n::after { content:attr(data-before); display:inline-block; width:4.5ch; padding-right:.7ch; text-align:right; } .diff .n::after { content:attr(data-after); }
form { display:grid; gap:10px; } form .line { display:flex; gap:8px; flex-wrap:wrap; align-items:center; }
textarea, select, input[type=text] { font:inherit; color:inherit; background:var(--bg); border:1px solid var(--line); border-radius:6px; padding:6px 9px; max-width:100%; }
textarea { width:100%; min-height:76px; resize:vertical; }
button { font:inherit; font-weight:600; color:var(--ink); background:var(--code); border:1px solid var(--line); border-radius:6px; padding:5px 14px; cursor:pointer; min-height:34px; }
a.button { display:inline-block; font-weight:600; color:var(--ink); background:var(--code); border:1px solid var(--line); border-radius:6px; padding:5px 14px; }
label:has(textarea) { display:grid; gap:4px; } #your-turn, #log { scroll-margin-top:12px; }
button.go { background:var(--good); border-color:var(--good); color:var(--card); }
.notice { border:1px solid var(--bad); color:var(--bad); background:var(--card); border-radius:8px; padding:10px 14px; margin:0 0 14px; }
.empty { padding:22px 14px; text-align:center; color:var(--dim); }
@media (max-width:600px) { main { padding:12px; } header.top { padding:10px 12px; } header.top nav { margin-left:0; width:100%; } .diff .n::before, .diff .n::after { width:3.5ch; padding-right:.4ch; } h1 { font-size:19px; } }
`;

/**
 * Takes over the theme that is chosen in the workspace, leads back to the place that was left there, and redraws a page
 * on which something is still running.
 */
export const script = `
const dress = () => {
  const theme = localStorage.getItem('lockstep-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
};
const lead = () => {
  const place = localStorage.getItem('lockstep-place');
  if (place?.startsWith('?')) document.querySelector('.back').href = '/' + place;
};
dress();
addEventListener('storage', () => { dress(); lead(); });
addEventListener('DOMContentLoaded', () => {
  lead();
  if (!document.body.hasAttribute('data-live')) return;
  setInterval(() => {
    const typing = [...document.querySelectorAll('textarea')].some((one) => one.value || one === document.activeElement);
    const choosing = document.activeElement instanceof HTMLSelectElement;
    if (!typing && !choosing && !document.hidden) location.reload();
  }, 2000);
});
`;
