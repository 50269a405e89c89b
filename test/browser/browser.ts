// How does a test look at the playground's page, and notice all that a page must not do?

import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

/** Debian's package `chromium`. Nothing is downloaded for the tests. */
const CHROMIUM = '/usr/bin/chromium'

export const NO_BROWSER = existsSync(CHROMIUM)
  ? undefined
  : `There is no ${CHROMIUM}: install the package chromium.`

export interface Eyes {
  readonly page: Page
  /** Errors of the console, breaches of the content security policy, requests that leave this machine, failed answers. */
  readonly faults: string[]
  close(): Promise<void>
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    // As root, as tests often run, Chromium's own sandbox cannot be set up. Every name but this machine's is unknown to it.
    args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  })
}

export async function openEyes(
  browser: Browser,
  address: string,
  options: BrowserContextOptions,
): Promise<Eyes> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const faults: string[] = []
  const { host } = new URL(address)
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`))
  page.on('request', (request) => {
    const { protocol, host: asked } = new URL(request.url())
    const isOwn = asked === host || protocol === 'data:' || protocol === 'blob:'
    if (!isOwn) faults.push(`left the machine: ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${new URL(response.url()).pathname}`)
  })
  await page.addInitScript(
    "addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))",
  )
  await page.goto(address)
  await page.locator('.tools .bridge.ready').waitFor({ timeout: 30_000 })
  return { page, faults, close: () => context.close() }
}
