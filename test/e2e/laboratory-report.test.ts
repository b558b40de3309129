import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/lab/report/index.ts';
import { madeResults } from '../support/lab/made-results.ts';

// The report as a reader has it: a file, opened in the browser of the system.

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'].find((path) => existsSync(path));

describe.skipIf(executablePath === undefined)('the report in a browser (skipped where no Chromium is installed)', () => {
  let browser: Browser;
  let file: string;

  beforeAll(async () => {
    file = join(mkdtempSync(join(tmpdir(), 'wva-report-')), 'report.html');
    const results = madeResults({ scenarios: 4, policies: 8, seeds: 3, rows: 120 });
    writeFileSync(file, renderReport(results, { version: '9.9.9', notes: ['a note with <i>markup</i>'] }));
    browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function opened(options: { width?: number; colorScheme?: 'light' | 'dark'; hash?: string } = {}): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
    const page = await browser.newPage({ viewport: { width: options.width ?? 1200, height: 900 }, colorScheme: options.colorScheme ?? 'light' });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`${pathToFileURL(file).href}${options.hash ?? ''}`);
    await page.locator('#timeline svg').waitFor();
    return { page, complaints, requests };
  }

  it.each([['light', 1200], ['dark', 1200], ['light', 390]] as const)('draws everything in %s at %i pixels, asks nobody, complains of nothing and scrolls one way only', async (colorScheme, width) => {
    const { page, complaints, requests } = await opened({ colorScheme, width });
    expect(await page.locator('#pareto svg path').count()).toBeGreaterThan(15);
    expect(await page.locator('#timeline svg path').count()).toBeGreaterThan(20);
    expect(await page.locator('#table tbody tr').count()).toBe(9 + 5);
    expect(complaints).toStrictEqual([]);
    expect(requests.filter((url) => !url.startsWith('data:'))).toStrictEqual([pathToFileURL(file).href]);
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
    const names = await page.locator('#table tbody').first().locator('th').allInnerTexts();
    const written = await page.locator('#pareto svg text').allTextContents();
    expect(names.filter((name) => !written.includes(name))).toStrictEqual([]);
    expect((await page.locator('#timeline svg text').allTextContents()).filter((text) => text.includes('...'))).toStrictEqual([]);
    const [red = 0] = (await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')).match(/\d+/g)?.map(Number) ?? [];
    expect(red > 200).toBe(colorScheme === 'light');
    await page.close();
  });

  it('keeps held-out scenarios apart from those used in design', async () => {
    const { page } = await opened();
    const groups = await page.locator('#scenario optgroup').evaluateAll((all) => all.map((group) => [group.getAttribute('label'), group.childElementCount]));
    expect(groups).toStrictEqual([['held out', 2], ['used in design', 2]]);
    expect(await page.locator('#overview thead').innerText()).toMatch(/2 held out[\s\S]*2 used in design/);
    await page.close();
  });

  it('shows another policy from the keyboard, beside a second one, and says so in its address', async () => {
    const { page, complaints } = await opened();
    await page.locator('#table tbody button', { hasText: 'static-8' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('#decisions-title', { hasText: 'static-8' }).waitFor();
    await page.locator('#beside').selectOption('wva');
    await page.locator('#timeline-caption', { hasText: 'dashed wva' }).waitFor();
    expect(page.url()).toMatch(/policy=static-8&beside=wva/);
    await page.locator('#scenario').selectOption('scenario-2');
    await page.locator('#timeline-caption', { hasText: 'scenario-2' }).waitFor();
    expect(complaints).toStrictEqual([]);
    await page.close();
  });

  it('has one cursor for pictures and decisions', async () => {
    const { page } = await opened({ hash: '#policy=wva' });
    // from the list to the pictures
    await page.locator('#decisions button').nth(3).focus();
    const tooltip = page.locator('#timeline > div').last();
    await expect.poll(async () => await tooltip.innerText()).toMatch(/^4:30\n[\s\S]*P90 TTFT[\s\S]*last decided at 4:30/);
    // from the pictures to the list
    await page.evaluate('document.activeElement.blur()');
    await page.locator('#timeline').scrollIntoViewIfNeeded();
    const box = await page.locator('#timeline').boundingBox();
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) * 0.75, (box?.y ?? 0) + 60);
    await expect.poll(async () => await page.locator('#decisions tr.chosen td').first().innerText()).toMatch(/^2[12]:/);
    await page.close();
  });

  it('names the front of the axis that is shown', async () => {
    const { page, complaints } = await opened();
    const before = await page.locator('#pareto-caption').innerText();
    expect(before).toMatch(/on the front, its edge, stand .*static-4/);
    for (const cost of ['1', '2']) await page.locator('#cost').selectOption(cost);
    // all policies have the same GPU-hours in these results: the one with the best attainment is the front
    expect(await page.locator('#pareto-caption').innerText()).toMatch(/on the front, its edge, stand [\w-]+\./);
    await page.locator('#scale').selectOption('log');
    expect(complaints).toStrictEqual([]);
    await page.close();
  });

  it('sorts by a heading, and the other way when it is pressed again', async () => {
    const { page } = await opened();
    const names = async (): Promise<string[]> => await page.locator('#table tbody').first().locator('th').allInnerTexts();
    const money = page.locator('#table thead button', { hasText: 'money' });
    await money.click();
    const [cheapest] = await names();
    await money.click();
    expect((await names()).at(-1)).toBe(cheapest);
    expect(await page.locator('#table th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    await page.close();
  });

  it('shows markup in what was recorded as text', async () => {
    const { page } = await opened({ hash: '#policy=wva' });
    expect(await page.locator('#notes').innerText()).toContain('<i>markup</i>');
    expect(await page.locator('#decisions').innerText()).toContain('<b>10 %</b>');
    expect(await page.locator('#decisions b, #notes i').count()).toBe(0);
    await page.close();
  });
});
