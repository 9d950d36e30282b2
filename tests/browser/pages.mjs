// Reads pages that lie in files in Chromium and prints, as JSON, what a reader's browser would notice.
//   node pages.mjs PACKAGES PICTURES FILE…
// PACKAGES holds node_modules; PICTURES is a folder for screenshots, or "-" for none.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, pictures, ...files] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(packages), 'x.js'));
const { chromium } = require('playwright-core');
const { AxeBuilder } = require('@axe-core/playwright');

// The narrow phone and the desk, by day and by night.
const VIEWS = [360, 1366].flatMap((width) => ['light', 'dark'].map((scheme) => ({ width, scheme })));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const found = [];
for (const { width, scheme } of VIEWS) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme });
  const page = await context.newPage();
  const foreign = [];
  const complaints = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  for (const file of files) {
    foreign.length = 0;
    complaints.length = 0;
    await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
    const seen = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - innerWidth,
      wide: [...document.querySelectorAll('body *')]
        .filter((element) => !element.closest('.unseen') && !element.matches('thead, thead *'))
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.outerHTML.slice(0, 120)),
      scrolled: [...document.querySelectorAll('body *')]
        .filter((element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX))
        .map((element) => element.outerHTML.slice(0, 120)),
      tables: [...document.querySelectorAll('tr')]
        .filter((row) => getComputedStyle(row).display === 'table-row').length,
      scripts: document.scripts.length,
      height: document.documentElement.scrollHeight,
      // Links that lead to no file beside the page.
      links: [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href')),
    }));
    if (pictures !== '-') {
      const name = `${path.basename(file)}-${width}-${scheme}.png`;
      await page.screenshot({ path: path.join(pictures, name), fullPage: true });
    }
    const axe = await new AxeBuilder({ page }).analyze();
    let sheets = null;
    if (width === 1366 && scheme === 'light') {
      const print = await page.pdf({ format: 'A4', preferCSSPageSize: true, printBackground: true,
        ...(pictures === '-' ? {} : { path: path.join(pictures, `${path.basename(file)}.pdf`) }) });
      sheets = print.toString('latin1').match(/\/Type\s*\/Page\b/g).length;
    }
    found.push({
      at: path.basename(file),
      view: `${width}-${scheme}`,
      ...seen,
      sheets,
      foreign: [...foreign],
      complaints: [...complaints],
      faults: axe.violations
        .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`),
    });
  }
  await context.close();
}
await browser.close();
console.log(JSON.stringify(found));
