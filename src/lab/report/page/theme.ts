import type { PolicyFacts } from '../../runs/index.ts';

/** Colours of the page as it is shown now: light, dark or printed. */
export interface Theme {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly surface: string;
  readonly families: Readonly<Record<PolicyFacts['family'], string>>;
  readonly first: string;
  readonly second: string;
  readonly need: string;
  readonly limit: string;
  readonly starting: string;
  readonly draining: string;
}

export function currentTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('text'),
    faint: colour('faint'),
    line: colour('line'),
    surface: colour('surface'),
    families: { static: colour('static'), peer: colour('peer'), ours: colour('ours'), bound: colour('bound'), informed: colour('informed') },
    first: colour('first'),
    second: colour('second'),
    need: colour('need'),
    limit: colour('limit'),
    starting: colour('starting'),
    draining: colour('draining'),
  };
}

/** Calls when the reader changes between light and dark. */
export function onThemeChange(fire: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', fire);
}
