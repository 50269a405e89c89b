// What does a person do in one pane of the page, with the hands a browser gives them?

import type { Locator, Page } from 'playwright-core'
import type { PlatformName } from '../../src/playground/seats.ts'

/** A reply of the bridge, on a busy machine. */
export const PATIENCE_MS = 25_000

export interface Chat {
  readonly platform: PlatformName
  readonly pane: Locator
  say(text: string): Promise<void>
  attach(name: string, mimeType: string, buffer: Buffer): Promise<void>
  /** Picks a command from the menu with the keyboard, as one types it. */
  pick(name: string): Promise<void>
  press(label: string | RegExp): Promise<void>
  /** Waits for a whole message of the bot that holds these words: one that cannot be stopped any more. */
  hears(words: string | RegExp, withinMs?: number): Promise<Locator>
  open(room: string): Promise<void>
}

export function chatOn(page: Page, platform: PlatformName): Chat {
  const pane = page.locator(`.pane.${platform}`)
  const field = pane.locator('.line textarea')
  return {
    platform,
    pane,
    async say(text) {
      await field.fill(text)
      await field.press('Enter')
    },
    async attach(name, mimeType, buffer) {
      await pane.locator('.line input[type=file]').setInputFiles({ name, mimeType, buffer })
      await pane.locator('.attached small', { hasText: /kB|MB/ }).waitFor()
    },
    async pick(name) {
      await field.fill(`/${name}`)
      await pane.getByRole('option', { name: `/${name}` }).waitFor()
      await field.press('Enter')
    },
    press: (label) =>
      pane
        .getByRole('button', { name: label })
        .and(page.locator('.btn'))
        .last()
        .click({ timeout: PATIENCE_MS }),
    async hears(words, withinMs = PATIENCE_MS) {
      const message = pane.locator('.msg.bot.final', { hasText: words, hasNotText: '⏹' }).last()
      await message.waitFor({ timeout: withinMs })
      return message
    },
    open: (room) => pane.locator('nav').getByRole('button', { name: room }).click(),
  }
}
