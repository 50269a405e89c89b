// What does a person get from a button? The app's toast and card, or why nothing came; asked over a webhook here.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { stage, type Stage } from './raw-bot.ts'
import { readJson, recordOf, type Json } from './types.ts'

const button = (more: object = {}) => ({
  tag: 'button',
  text: { tag: 'plain_text', content: 'Go' },
  behaviors: [{ type: 'callback', value: { k: 'v' } }],
  ...more,
})
const cardOf = (elements: readonly object[], config: object = { update_multi: true }) => ({
  schema: '2.0',
  config,
  body: { elements },
})

/** Answers every callback with `answer`, once that is known; gives what came. */
async function answering({ emulator }: Stage, answer: unknown) {
  const got: Json[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (bytes: Buffer) => pieces.push(bytes))
    request.on('end', () => {
      got.push(recordOf(readJson(Buffer.concat(pieces).toString('utf8'))))
      void Promise.resolve(answer).then((known) =>
        response.end(typeof known === 'string' ? known : JSON.stringify(known)),
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  emulator.setWebhook(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return {
    got,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function shown({ bot, group }: Stage, card: object): Promise<string> {
  const sent = await bot.send(group.id, '', { msg_type: 'interactive', content: JSON.stringify(card) })
  return sent.data.message_id
}

test('a press is told with its value, in microseconds, and answered with a toast and a card', async () => {
  await using lab = await stage()
  const { emulator, ann, group } = lab
  const next = cardOf([{ tag: 'markdown', content: 'done' }])
  const answer = { toast: { type: 'info', content: 'thanks' }, card: { type: 'raw', data: next } }
  await using app = await answering(lab, answer)
  const messageId = await shown(lab, cardOf([button()]))
  const click = await emulator.clickButton(ann, messageId, { k: 'v' })
  expect(click).toMatchObject({ ok: true, toast: { type: 'info', content: 'thanks' }, card: next })
  expect(emulator.screen(group)[0]).toMatchObject({ text: 'done', buttons: [] })
  expect(recordOf(app.got[0]?.['header'])['create_time']).toMatch(/^\d{16}$/)
  expect(recordOf(app.got[0]?.['event'])).toMatchObject({
    operator: { open_id: ann.id },
    action: { tag: 'button', value: { k: 'v' } },
    context: { open_message_id: messageId, open_chat_id: group.id },
  })
})

test('a form is sent with what was typed', async () => {
  await using lab = await stage()
  await using app = await answering(lab, {})
  const form = {
    tag: 'form',
    name: 'f',
    elements: [{ tag: 'input', name: 'x' }, button({ name: 'send', form_action_type: 'submit' })],
  }
  const messageId = await shown(lab, cardOf([form]))
  expect(await lab.emulator.clickButton(lab.ann, messageId, 'send', { x: 'typed' })).toMatchObject({
    ok: true,
  })
  expect(recordOf(recordOf(app.got[0]?.['event'])['action'])).toMatchObject({
    name: 'send',
    form_value: { x: 'typed' },
  })
})

test('why nothing came is told with the code of the client', async () => {
  await using lab = await stage({ limits: false })
  const { emulator, ann } = lab
  const dead = await shown(lab, cardOf([button({ behaviors: [], value: { k: 'v' } })]))
  expect(await emulator.clickButton(ann, dead, 'Go')).toMatchObject({ ok: false, code: 200340 })
  const messageId = await shown(lab, cardOf([button()]))
  const press = async (answer: unknown) => {
    await using _app = await answering(lab, answer)
    return await emulator.clickButton(ann, messageId, 'Go')
  }
  expect(await press('words')).toMatchObject({ ok: false, code: 200672 })
  expect(await press({ card: { schema: '2.0' } })).toMatchObject({ ok: false, code: 200673 })
  await expect(emulator.clickButton(ann, messageId, 'Stop')).rejects.toThrow(/no button/)
})

test('an app that does not answer in time is given up, and not asked again', async () => {
  await using lab = await stage({ ackWithinMs: 20 })
  await using app = await answering(lab, new Promise(() => {}))
  const messageId = await shown(lab, cardOf([button()]))
  expect(await lab.emulator.clickButton(lab.ann, messageId, 'Go')).toMatchObject({ ok: false, code: 200341 })
  expect(lab.emulator.pendingEvents()).toEqual([])
  expect(app.got.length).toBeLessThanOrEqual(1)
})

test('a streaming card is not changed while an answer is awaited, nor replaced by it', async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group } = lab
  const growing = cardOf([{ tag: 'markdown', element_id: 'body', content: 'grows' }, button()], {
    streaming_mode: true,
  })
  const made = await bot.call('POST', '/cardkit/v1/cards', {
    type: 'card_json',
    data: JSON.stringify(growing),
  })
  const { card_id: cardId } = made.data
  const messageId = await shown(lab, { type: 'card', data: { card_id: cardId } })
  const write = (sequence: number) =>
    bot.codeOf(
      bot.call('PUT', `/cardkit/v1/cards/${cardId}/elements/body/content`, { content: 'more', sequence }),
    )
  const answer = Promise.withResolvers<unknown>()
  await using _app = await answering(lab, answer.promise)
  const press = emulator.clickButton(ann, messageId, 'Go')
  expect(await write(1)).toBe(200810)
  answer.resolve({ card: { type: 'raw', data: cardOf([{ tag: 'markdown', content: 'new' }]) } })
  expect(await press).toMatchObject({ ok: true })
  expect(emulator.screen(group)[0]?.text).toBe('grows')
  expect(await write(1)).toBe(0)
})

test('the token of a press changes the card later, twice', async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group } = lab
  await using app = await answering(lab, {})
  await emulator.clickButton(ann, await shown(lab, cardOf([button()])), 'Go')
  const { token } = recordOf(app.got[0]?.['event'])
  const update = (content: string) =>
    bot.codeOf(
      bot.call('POST', '/interactive/v1/card/update', {
        token,
        card: cardOf([{ tag: 'markdown', content }]),
      }),
    )
  expect([await update('one'), await update('two')]).toEqual([0, 0])
  expect(await update('three')).not.toBe(0)
  expect(emulator.screen(group)[0]?.text).toBe('two')
})
