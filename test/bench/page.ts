// How long after an edit does the playground's page show it, while a long answer grows on all three panes at once?

import { openPage } from '../../src/playground/page/server.ts'
import { PLATFORM_NAMES } from '../../src/playground/seats.ts'
import { NO_BROWSER, openEyes, startBrowser } from '../browser/browser.ts'
import { chatOn } from '../browser/chat.ts'
import { percentile } from './numbers.ts'

/** From the platform's emulator taking an edit to the frame that shows it being on its way to the screen. */
export type PageResult =
  { readonly p50: number; readonly p95: number; readonly edits: number } | { readonly skipped: string }

const LONG = '!long 9000'
const DESK = { viewport: { width: 1440, height: 900 }, locale: 'en-GB' }
const WITHIN_MS = 90_000

/** `rounds` long answers on each pane; the first texts, while the page and the bridge warm up, are not counted. */
export async function measurePage(rounds: number): Promise<PageResult> {
  if (NO_BROWSER !== undefined) return { skipped: NO_BROWSER }
  const [server, browser] = await Promise.all([openPage({ port: 0 }), startBrowser()])
  try {
    const { page } = await openEyes(browser, server.address, DESK)
    const latencies = (): Promise<number[]> => page.evaluate<number[]>('window.pageLatencies()')
    const answers = async (text: string): Promise<void> => {
      const chats = PLATFORM_NAMES.map((platform) => chatOn(page, platform))
      for (const chat of chats) await chat.say(text)
      const stop = page.locator('.btn', { hasText: '⏹' })
      await stop.nth(PLATFORM_NAMES.length - 1).waitFor({ timeout: WITHIN_MS })
      await stop.first().waitFor({ state: 'detached', timeout: WITHIN_MS })
    }
    await answers('!long 1500')
    const before = (await latencies()).length
    for (let round = 0; round < rounds; round += 1) await answers(LONG)
    const measured = (await latencies()).slice(before)
    return { p50: percentile(measured, 50), p95: percentile(measured, 95), edits: measured.length }
  } finally {
    await browser.close()
    await server.close()
  }
}
