// A headless Chromium of Debian's, driven by playwright-core, with axe-core's judgement of accessibility; both fetched by npm into the cache.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { debian, npmPackages } from './tools.js';

const PACKAGES = ['playwright-core@1.65.1', 'axe-core@4.14.1', '@statelyai/inspect@0.7.2', 'xstate@5.33.3'];

/** What is used of playwright's page: https://playwright.dev/docs/api/class-page */
export interface Page {
  goto(url: string): Promise<unknown>;
  evaluate<T>(script: string | ((argument: never) => T | Promise<T>), argument?: unknown): Promise<T>;
  waitForTimeout(ms: number): Promise<void>;
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  emulateMedia(media: { colorScheme: 'light' | 'dark' }): Promise<void>;
  click(selector: string): Promise<void>;
  on(event: string, listener: (what: never) => void): void;
  close(): Promise<void>;
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
}

/** Waits until an expression of the page is true. By polling: what playwright itself offers needs eval, which the page's policy forbids. */
export async function until(page: Page, expression: string, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await page.waitForTimeout(50)) if (await page.evaluate<boolean>(`Boolean(${expression})`)) return true;
  return false;
}

export interface Browser {
  /** A page that notes what goes wrong in it: console errors, exceptions, requests to anywhere but `base`. */
  open(base: string, size: { width: number; height: number }): Promise<{ page: Page; complaints: string[] }>;
  /** axe-core's findings of the impacts serious and critical, one line each. */
  accessibility(page: Page): Promise<string[]>;
  /** The module of `@statelyai/inspect`. */
  readonly receiver: string;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: { launch(options: object): Promise<{ newPage(options: object): Promise<Page>; close(): Promise<void> }> };
}

/** Starts the browser, or tells why it cannot be had. */
export async function startBrowser(cacheDir: string): Promise<Browser | { readonly missing: string }> {
  const lacking = await debian(cacheDir, 'chromium');
  if (lacking !== undefined) return { missing: lacking };
  const modules = await npmPackages(cacheDir, 'browser', PACKAGES);
  if ('missing' in modules) return modules;
  const { chromium } = createRequire(join(modules.path, '..', 'package.json'))('playwright-core') as Playwright;
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const axe = readFileSync(join(modules.path, 'axe-core', 'axe.min.js'), 'utf8');
  return {
    async open(base, size) {
      const page = await browser.newPage({ viewport: size });
      const complaints: string[] = [];
      page.on('console', (message: { type(): string; text(): string }) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
      page.on('pageerror', (error: Error) => complaints.push(`exception: ${error.message}`));
      page.on('request', (request: { url(): string }) => !/^(?:data:|blob:)/.test(request.url()) && !request.url().startsWith(base) && complaints.push(`a request leaves: ${request.url()}`));
      return { page, complaints };
    },
    async accessibility(page) {
      await page.evaluate(axe);
      const found = await page.evaluate<{ id: string; impact: string; help: string; nodes: { target: string[] }[] }[]>('axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map(({ target }) => ({ target })) })))');
      return found.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, impact, help, nodes }) => `${impact} ${id}: ${help} (${nodes.slice(0, 3).map(({ target }) => target.join(' ')).join(', ')})`);
    },
    receiver: join(modules.path, '@statelyai', 'inspect', 'dist', 'index.mjs'),
    close: () => browser.close(),
  };
}
