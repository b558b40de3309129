// Rewrites the parts of docs/reference that are made from the code: npm run -s docs:render
import { readFileSync, writeFileSync } from 'node:fs';
import { rendered, sections } from './sections.ts';

const root = new URL('../../../', import.meta.url);
for (const page of new Set(sections.map((section) => section.page))) {
  const file = new URL(page, root);
  writeFileSync(file, rendered(page, readFileSync(file, 'utf8')));
}
