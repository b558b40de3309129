import { readFileSync } from 'node:fs';
import type { Results } from '../runs/index.ts';
import { embedJson, embedScript, escapeText } from './embed.ts';
import { cannotShow, shows } from './limits.ts';
import { packTimeline } from './packed-timeline.ts';
import { pageModules, plottingLibrary } from './page-modules.ts';
import { reportData } from './report-data.ts';

export interface ReportOptions {
  /** Of the program that draws it. */
  readonly version: string;
  /** Sentences on what was left out. */
  readonly notes: readonly string[];
}

/**
 * One self-contained page: the Pareto picture, time lines, tables, what the simulator cannot show, parameters and versions. It asks
 * for nothing over a network, and its content security policy forbids it to.
 */
export function renderReport(results: Results, { version, notes }: ReportOptions): string {
  const timelines: string[] = [];
  const data = reportData(results, version, notes, (run) => timelines.push(packTimeline(run)) - 1);
  const { imports, entry } = pageModules();
  const list = (sentences: readonly string[]): string => sentences.map((sentence) => `<li>${escapeText(sentence)}</li>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Laboratory report</title>
<style>${readFileSync(new URL('page/page.css', import.meta.url), 'utf8')}</style>
</head>
<body>
<header>
<h1>Which decision is better</h1>
<p id="about"></p>
<noscript><p class="note">The pictures and tables are drawn by a script in this file, and scripts are switched off.</p></noscript>
<ul id="notes" class="note" hidden></ul>
</header>
<main>
<section aria-labelledby="overview-title">
<h2 id="overview-title">All scenarios</h2>
<div id="overview"></div>
</section>
<nav class="pickers" aria-label="What is shown below">
<label>Scenario <select id="scenario"></select></label>
<label>Policy <select id="policy"></select></label>
<label>beside <select id="beside"></select></label>
<label id="model-label">Model <select id="model"></select></label>
</nav>
<section aria-labelledby="pareto-title">
<h2 id="pareto-title">Attainment against cost</h2>
<p id="scenario-title" class="lead"></p>
<div id="scenario-description"></div>
<div class="switches">
<label>Cost as <select id="cost"><option value="0">money</option><option value="1">average replicas</option><option value="2">GPU-hours</option></select></label>
<label>Attainment as <select id="scale"><option value="linear">per cent</option><option value="log">misses, logarithmic</option></select></label>
</div>
<div id="pareto" class="picture" role="img" aria-labelledby="pareto-title" aria-describedby="pareto-caption"></div>
<p id="pareto-caption" class="caption"></p>
<div id="table"></div>
<ul id="refusals" class="caption"></ul>
</section>
<section aria-labelledby="timeline-title">
<h2 id="timeline-title">What happened</h2>
<p id="timeline-caption" class="caption"></p>
<div id="timeline" class="picture" role="img" aria-labelledby="timeline-title" aria-describedby="timeline-caption"></div>
<h3 id="decisions-title">Decisions</h3>
<p class="switches"><label><input type="checkbox" id="every-decision"> also those that changed nothing</label></p>
<div id="decisions" class="decisions" tabindex="0" role="region" aria-labelledby="decisions-title"></div>
</section>
<section aria-labelledby="limits-title">
<h2 id="limits-title">What the simulator shows, and what it cannot</h2>
<div class="limits"><div><h3>It shows</h3><ul>${list(shows)}</ul></div><div><h3>It cannot show</h3><ul>${list(cannotShow)}</ul></div></div>
</section>
<section aria-labelledby="parameters-title">
<h2 id="parameters-title">Parameters and versions</h2>
<div id="parameters"></div>
</section>
</main>
<script type="application/json" id="data">${embedJson(data)}</script>
${timelines.map((text, index) => `<script type="text/plain" id="timeline-${index}">${text}</script>`).join('\n')}
<script>${embedScript(plottingLibrary())}</script>
<script type="importmap">${embedJson({ imports })}</script>
<script type="module">import ${JSON.stringify(entry)};</script>
</body>
</html>
`;
}
