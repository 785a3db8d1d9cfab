import { darkRules } from './looks.js'

/** Light by default, dark where the reader's system is; paper is always light. Nothing is loaded. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1c2126;--soft:#59636e;--paper:#fff;--edge:#d5dae0;--tint:#f4f6f8;--link:#0b5cad}
@media screen and (prefers-color-scheme:dark){
:root{--ink:#e4e8ec;--soft:#a0abb6;--paper:#14181d;--edge:#343c45;--tint:#1c2229;--link:#7ab8ff}
${darkRules()}
}
*{box-sizing:border-box}
body{margin:0 auto;max-width:84rem;padding:1.5rem clamp(.75rem,3vw,2.5rem) 4rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem;padding-top:.5rem;border-top:1px solid var(--edge)}
h3{font-size:1rem;margin:1.5rem 0 .25rem}
p{margin:.4rem 0;max-width:52rem}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.soft,figcaption small,td small,th small{color:var(--soft)}
.lead{font-size:1.1rem}
.options{overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:.75rem 0}
pre{background:var(--tint);border:1px solid var(--edge);border-radius:.4rem;padding:.6rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9rem}
summary{cursor:pointer}
.scroll{overflow-x:auto;margin:.75rem 0;position:relative}
table{border-collapse:separate;border-spacing:0;font-size:.9rem;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:.4rem .5rem;text-align:right;vertical-align:top;border-bottom:1px solid var(--edge);white-space:nowrap}
th[scope=row],th:first-child,.words td,.words th{text-align:left}
th[scope=row]{font-weight:500;white-space:normal;min-width:8rem;position:sticky;left:0;background:var(--paper)}
.words td:last-child{white-space:normal;overflow-wrap:anywhere;min-width:14rem}
thead th{color:var(--soft);font-weight:500;border-bottom-width:2px;vertical-align:bottom}
td small,th small{display:block;font-size:.78rem;font-weight:400}
tbody tr:hover,tbody tr:hover th{background:var(--tint)}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:1rem 1.5rem}
figure{margin:0;min-width:0;break-inside:avoid}
figcaption{font-size:.9rem;font-weight:600;margin-bottom:.15rem;overflow-wrap:anywhere}
figcaption small{font-weight:400;font-size:.82rem;display:block}
figure svg[role=img]{display:block;width:100%;max-width:32rem;height:auto;font-family:inherit}
.empty{border:1px dashed var(--edge);border-radius:.4rem;padding:2rem 1rem;text-align:center;color:var(--soft);font-size:.9rem;max-width:none}
.note{font-size:.82rem;color:var(--soft);margin:.2rem 0}
.key{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;list-style:none;padding:0;margin:.6rem 0;font-size:.9rem}
.key li{display:flex;align-items:baseline}
.sample{flex:none;vertical-align:middle;overflow:visible;margin-right:.25rem}
.ramp{width:5rem;height:.7rem;vertical-align:baseline}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10pt}nav{display:none}h2,h3{break-after:avoid}.scroll{overflow:visible}table{font-size:7.5pt}th,td{padding:.2rem .3rem}.charts{grid-template-columns:repeat(2,1fr)}}
`
