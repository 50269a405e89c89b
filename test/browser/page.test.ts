// The playground as a person meets it: a real browser, the real bridge, three platforms.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openPage, type PageServer } from '../../src/playground/page/server.ts'
import { PLATFORM_NAMES } from '../../src/playground/seats.ts'
import { NO_BROWSER, openEyes, startBrowser, type Eyes } from './browser.ts'
import { chatOn, PATIENCE_MS, type Chat } from './chat.ts'

const PICTURES = join(import.meta.dirname, '..', '..', 'test-results')
const DESK = { viewport: { width: 1440, height: 900 }, locale: 'en-GB' }
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: 'zh-CN',
}
/** A long answer, broken off and taken up again, on a busy machine. */
const LONG_MS = 60_000
/** A red dot. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==',
  'base64',
)

let browser: Browser
let server: PageServer
let desk: Eyes

beforeAll(async () => {
  if (NO_BROWSER !== undefined) return
  await mkdir(PICTURES, { recursive: true })
  server = await openPage({ port: 0 })
  browser = await startBrowser()
  desk = await openEyes(browser, server.address, DESK)
})

afterAll(async () => {
  if (NO_BROWSER !== undefined) return
  await browser.close()
  await server.close()
})

beforeEach((context) => {
  if (NO_BROWSER !== undefined) context.skip(NO_BROWSER)
})

/** Nothing a page must not do was done, in this test or before. */
afterEach(() => {
  if (NO_BROWSER === undefined) expect(desk.faults).toEqual([])
})

test('a newcomer is told what to do, and one press asks in all three chats', async () => {
  expect(await desk.page.locator('.hints p').textContent()).toContain('Write to the bot')
  await picture('1-welcome')
  await desk.page.locator('.hint').first().click()
  for (const chat of everywhere()) await chat.hears(/You said/)
  await picture('2-hello')
})

test.each(PLATFORM_NAMES)('on %s words are answered, and their edits counted', async (platform) => {
  const chat = chatOn(desk.page, platform)
  await chat.say('The marmalade is **orange**.')
  const reply = await chat.hears('marmalade')
  expect(await reply.locator('.edits').textContent()).toMatch(/^\d+× edited$/)
})

test.each(PLATFORM_NAMES)('on %s a picture goes there and comes back', async (platform) => {
  const chat = chatOn(desk.page, platform)
  await chat.attach('dot.png', 'image/png', PNG)
  await chat.say('Look !picture')
  await chat.pane.locator('.msg.own .picture img').last().waitFor({ timeout: PATIENCE_MS })
  const back = chat.pane.locator('.msg.bot .picture img').last()
  await back.waitFor({ timeout: PATIENCE_MS })
  const width = () => back.evaluate((image: object) => Number(Reflect.get(image, 'naturalWidth')))
  await expect.poll(width, { timeout: PATIENCE_MS }).toBe(5)
  await chat.hears('That is all.')
})

test('a slash command of Discord is filled in by the keyboard alone', async () => {
  const chat = chatOn(desk.page, 'discord')
  const { keyboard } = desk.page
  await chat.pick('weather')
  const form = chat.pane.locator('.filling')
  await form.locator(':focus').waitFor()
  await keyboard.type('Oslo')
  await keyboard.press('Tab')
  await keyboard.type('Cel')
  await picture('3-command')
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await chat.hears('Take an umbrella')
})

test('a form of Discord opens before all else, and gives the focus back', async () => {
  const chat = chatOn(desk.page, 'discord')
  await chat.say('/book topic=holiday')
  await chat.press(/Answer/)
  const dialog = desk.page.locator('dialog')
  await dialog.getByLabel('Name of the guest').waitFor()
  await picture('4-modal')
  await desk.page.keyboard.press('Escape')
  await expect.poll(() => dialog.count()).toBe(0)
  await chat.press(/Answer/)
  await fillBooking(dialog)
  await dialog.getByRole('button', { name: 'Send' }).click()
  await chat.hears(BOOKED)
})

test('Telegram asks for a command’s values one by one', async () => {
  const chat = chatOn(desk.page, 'telegram')
  await chat.say('/book a holiday')
  await chat.hears('Name of the guest')
  await chat.pane.locator('.replying').waitFor()
  await chat.say('Ann')
  await chat.hears('Nights')
  await chat.say('2')
  await chat.hears('Breakfast')
  await chat.press('Yes')
  await chat.hears(BOOKED)
})

test('a form in a card of Feishu keeps what is typed, and is sent', async () => {
  const chat = chatOn(desk.page, 'feishu')
  await chat.say('/book a holiday')
  const form = chat.pane.locator('.msg .form').last()
  await fillBooking(form)
  await form.getByRole('button', { name: 'Send' }).click()
  await chat.hears(BOOKED)
})

test.each(PLATFORM_NAMES)('on %s a question is answered by a button', async (platform) => {
  const chat = chatOn(desk.page, platform)
  await chat.say(platform === 'discord' ? '/trip topic=sea' : '/trip the sea')
  await chat.press('Bergen')
  await chat.hears('Who comes along?')
  await chat.say('a friend')
  await chat.hears('Have a good journey!')
  await picture(`5-question-${platform}`)
})

test.each(PLATFORM_NAMES)('on %s a long answer is stopped in the middle', async (platform) => {
  const chat = chatOn(desk.page, platform)
  await chat.say('!long 9000')
  await chat.pane.locator('.msg.bot', { hasText: 'Section 1' }).last().waitFor({ timeout: PATIENCE_MS })
  await chat.press(/Stop/)
  await chat.hears(/Section 1[^]*Stopped/)
})

test('in a group the bot answers who mentions it, and everybody sees it', async () => {
  for (const chat of everywhere()) {
    await chat.open('Group')
    await chat.say('Is anybody here?')
    await chat.hears('Is anybody here?')
  }
  await desk.page.getByRole('button', { name: '小明' }).click()
  for (const chat of everywhere()) {
    await chat.hears('Is anybody here?')
    await chat.open('Direct')
    await chat.pane.locator('.empty').waitFor()
  }
  await desk.page.getByRole('button', { name: 'Ann', exact: true }).click()
})

test('a bridge that is killed in the middle finishes what it began', async () => {
  const chat = chatOn(desk.page, 'telegram')
  await desk.page.getByRole('radio', { name: /^Long/ }).check()
  await chat.say('Tell me a long story')
  await chat.pane.locator('.msg.bot', { hasText: 'Section 1' }).last().waitFor({ timeout: PATIENCE_MS })
  await desk.page.getByRole('button', { name: 'Kill it' }).click()
  await desk.page.locator('.tools .bridge.starting').waitFor()
  await desk.page.locator('.tools .bridge.ready').waitFor({ timeout: PATIENCE_MS })
  await chat.hears('The end of 9000.', LONG_MS)
  await desk.page.getByRole('radio', { name: /^Echo/ }).check()
})

test('the wire shows the calls and how soon an edit is on the page', async () => {
  await desk.page.locator('.tab').last().click()
  await desk.page.locator('.calls .discord').first().waitFor()
  await desk.page.locator('.calls .coze').first().waitFor()
  expect(await desk.page.locator('.wire').textContent()).toMatch(/p95 \d+ ms/)
  await picture('6-wire')
})

test('in the dark and in Chinese nothing is left in English', async () => {
  const dark = await openEyes(browser, server.address, { ...DESK, locale: 'zh-CN', colorScheme: 'dark' })
  expect(await dark.page.locator('html').getAttribute('lang')).toBe('zh-CN')
  expect(await dark.page.locator('html').getAttribute('data-theme')).toBe('dark')
  const words = (await dark.page.locator('.hints, .bar, .drawer, .pane header').allInnerTexts()).join(' ')
  expect(words.replaceAll(NAMES, '')).not.toMatch(/[a-z]{3}/i)
  await dark.page.getByRole('button', { name: '小明' }).click()
  await chatOn(dark.page, 'feishu').say('你好，请介绍一下你自己')
  await chatOn(dark.page, 'feishu').hears('你好')
  await picture('7-dark-chinese', dark)
  expect(dark.faults).toEqual([])
  await dark.close()
})

test('on a phone one chat fits the screen, and the others are a tab away', async () => {
  const phone = await openEyes(browser, server.address, PHONE)
  for (const platform of PLATFORM_NAMES) {
    await phone.page.locator(`.tabs .${platform}`).click()
    await expect.poll(() => phone.page.locator('.pane:visible').count()).toBe(1)
    await picture(`8-phone-${platform}`, phone)
    const width = await phone.page.evaluate('document.documentElement.scrollWidth')
    expect(width, 'nothing is wider than the screen').toBe(PHONE.viewport.width)
  }
  await phone.page.getByRole('button', { name: '控制台' }).click()
  await picture('9-phone-drawer', phone)
  expect(phone.faults).toEqual([])
  await phone.close()
})

test('a real token leaves the field as soon as it is sent, and is kept nowhere on the page', async () => {
  await desk.page.locator('.tab').first().click()
  await desk.page.getByText('Use a real Coze').click()
  await desk.page.getByLabel('API address').fill('http://not-https.example')
  await desk.page.getByLabel('Access token').fill('pat_never_to_be_seen')
  await desk.page.getByLabel('Agent ID').fill('7')
  await desk.page.getByRole('button', { name: 'Connect' }).click()
  await desk.page.locator('.toast').first().waitFor()
  expect(await desk.page.getByLabel('Access token').inputValue()).toBe('')
  expect(await desk.page.content()).not.toContain('pat_never_to_be_seen')
  expect(await desk.page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain(
    'pat_',
  )
  // The refusal itself is an answer of 400, which a browser notes as an error; nothing else may have gone wrong.
  expect(desk.faults.splice(0).filter((fault) => !fault.includes('400'))).toEqual([])
})

/** What is called the same in Chinese; `English` leads back. */
const NAMES = /Coze Bridge|Discord|Telegram|Ann|English|SIGKILL|API/g
const BOOKED = 'A room for Ann: 2 nights'

async function fillBooking(form: Locator): Promise<void> {
  await form.getByLabel('Name of the guest').fill('Ann')
  await form.getByLabel(/Nights/).fill('2')
  await form.getByLabel(/Breakfast/).selectOption('Yes')
}

function everywhere(): readonly Chat[] {
  return PLATFORM_NAMES.map((platform) => chatOn(desk.page, platform))
}

async function picture(name: string, { page }: Eyes = desk): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `page-${name}.png`) })
}
