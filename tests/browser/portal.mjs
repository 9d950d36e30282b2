// Reads portal pages in Chromium and prints, as JSON, what a reader's browser would notice.
//   node portal.mjs PACKAGES BASE_URL PICTURES PATH…
// PACKAGES holds node_modules; PICTURES is a folder for screenshots, or "-" for none.
import { createRequire } from 'node:module';
import path from 'node:path';

const [packages, base, pictures, ...paths] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(packages), 'x.js'));
const { chromium } = require('playwright-core');
const { AxeBuilder } = require('@axe-core/playwright');

// The narrow phone, the desk, and both as readers set them at night.
const VIEWS = [
  { name: 'phone', width: 360, height: 800, scale: 2, scheme: 'light' },
  { name: 'phone-dark', width: 360, height: 800, scale: 2, scheme: 'dark' },
  { name: 'desk', width: 1366, height: 768, scale: 1, scheme: 'light' },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const found = [];
for (const view of VIEWS) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    deviceScaleFactor: view.scale,
    colorScheme: view.scheme,
    locale: 'zh-CN',
  });
  const page = await context.newPage();
  const foreign = [];
  const complaints = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(base)) foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  for (const at of paths) {
    foreign.length = 0;
    complaints.length = 0;
    const response = await page.goto(base + at, { waitUntil: 'load' });
    const sizes = await page.evaluate(() => {
      const wide = [...document.querySelectorAll('body *')]
        .filter((element) => !element.closest('.skip, .unseen'))
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.outerHTML.slice(0, 120));
      const small = [...document.querySelectorAll('header a, footer a, button, input, .chips a')]
        .filter((element) => element.offsetParent)
        .filter((element) => element.getBoundingClientRect().height < 44)
        .map((element) => element.outerHTML.slice(0, 120));
      const text = getComputedStyle(document.querySelector('main'));
      return {
        overflow: document.documentElement.scrollWidth - innerWidth,
        wide,
        small,
        card: document.querySelector('.cards h3')?.getBoundingClientRect().top ?? null,
        action: document.querySelector('.bulletin .action')?.getBoundingClientRect().top ?? null,
        line: parseFloat(text.lineHeight) / parseFloat(text.fontSize),
        font: parseFloat(text.fontSize),
      };
    });
    // One sheet, whatever stands on it.
    const sheets = at.endsWith('/poster') && view.name === 'desk'
      ? (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type\s*\/Page\b/g).length
      : 1;
    // On paper: how much of the sheet is blank between text and foot, and whether anything is cut off unseen.
    let paper = null;
    if (at.includes('/poster') && view.name === 'desk') {
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: 703, height: 1032 });
      paper = await page.evaluate(() => {
        const sheet = document.querySelector('.sheet').getBoundingClientRect();
        const text = document.querySelector('.sheet .text');
        const last = text.lastElementChild.getBoundingClientRect().bottom;
        const foot = document.querySelector('.foot').getBoundingClientRect();
        return {
          blank: (foot.top - last) / sheet.height,
          clipped: text.scrollHeight > text.clientHeight + 1 || foot.bottom > sheet.bottom + 1,
          end: text.lastElementChild.textContent.slice(-30),
        };
      });
      await page.emulateMedia({ media: null });
      await page.setViewportSize({ width: view.width, height: view.height });
    }
    if (pictures !== '-') {
      const name = `${at.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 60)}-${view.name}.png`;
      await page.screenshot({ path: path.join(pictures, name), fullPage: true });
    }
    await page.keyboard.press('Tab');
    const first = await page.evaluate(() => {
      const box = document.activeElement.getBoundingClientRect();
      return { target: document.activeElement.getAttribute('href'), seen: box.left >= 0 && box.top >= 0 };
    });
    // The browser reports a page that is honestly missing; that is no complaint about the page.
    const missing = response.status() === 404;
    const axe = await new AxeBuilder({ page }).analyze();
    found.push({
      at,
      view: view.name,
      status: response.status(),
      ...sizes,
      sheets,
      paper,
      first,
      foreign: [...foreign],
      cookies: (await context.cookies()).length,
      complaints: complaints.filter((text) => !(missing && text.includes('404'))),
      faults: axe.violations
        .filter((fault) => ['serious', 'critical'].includes(fault.impact))
        .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`),
    });
  }
  await context.close();
}
if (pictures !== '-') {
  // What a printer would get, on the width of an A4 page between its margins.
  const page = await browser.newPage({ viewport: { width: 627, height: 971 }, deviceScaleFactor: 1.5 });
  await page.emulateMedia({ media: 'print' });
  for (const at of paths) {
    await page.goto(base + at);
    const name = `${at.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 60)}-print.png`;
    await page.screenshot({ path: path.join(pictures, name), fullPage: true });
  }
}
await browser.close();
console.log(JSON.stringify(found));
